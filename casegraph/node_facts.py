"""What a node of the graph says of itself in words, and the filter that finds its cases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

from ingest.concepts.lexicon import with_narrower
from ingest.normalise.age_words import age_in_words
from ingest.store.filter_text import format_filter
from ingest.store.filters import Annotated, AnyOf, Filter, OneOf, Within
from ingest.vocabulary import Assertion
from kg.questions.neighbourhood import Node
from kg.schema import KEY_PROPERTIES, Label, parse_node_key

# For finding files again; not for people.
_OF_MACHINES = frozenset({"object_key", "pixel_sha256", "name"})
_IN_WORDS = {"aliases": "also written", "codes": "codes", "doi": "DOI", "source": "data set"}
_SAID = (Assertion.PRESENT, Assertion.HISTORICAL)  # of a clinical finding: a risk is mostly told as history
_FIELDS = {
    Label.CASE: "case_id",
    Label.IMAGE: "image_id",
    Label.MODALITY: "modality",
    Label.PATHOLOGY_CATEGORY: "pathology_category",
    Label.ARTICLE: "article",
}


def properties_in_words(node: Node) -> tuple[tuple[str, str], ...]:
    """Return what is known of a node, as names and values; what only machines read is left out.

    Examples
    --------
    >>> image = Node("Image:a_1", Label.IMAGE, "1", {"modality": "MR", "technique": ["T1 weighted"], "object_key": "x"})
    >>> properties_in_words(image)
    (('modality', 'MR'), ('technique', 'T1 weighted'))
    """
    return tuple(_said(node))


def _said(node: Node) -> Iterator[tuple[str, str]]:
    for name, value in node.properties.items():
        if name in _OF_MACHINES or name == KEY_PROPERTIES[node.label]:
            continue
        if name == "age_years":
            yield "age", age_in_words(value)
        elif value not in (None, "", [], ()):
            parts = cast("Sequence[object]", value) if isinstance(value, list | tuple) else (value,)
            words = ", ".join(map(str, parts))
            yield _IN_WORDS.get(name, name.replace("_", " ")), words


def filter_of(node: Node) -> str:
    """Return the filter, as text, that finds the cases of a node among the documents."""
    return format_filter(_filter_of(node))


def _filter_of(node: Node) -> Filter:
    key = parse_node_key(node.key).key
    match node.label:
        case Label.DIAGNOSIS:
            return OneOf("disease", (node.name,))
        case Label.REGION:
            return OneOf("region", (node.name,))
        case Label.FINDING | Label.CLINICAL_FINDING:
            said = _SAID if node.label is Label.CLINICAL_FINDING else (Assertion.PRESENT,)
            kinds = tuple(Annotated(concept_id, how) for concept_id in sorted(with_narrower(key)) for how in said)
            return kinds[0] if len(kinds) == 1 else AnyOf(kinds)
        case Label.TREATMENT | Label.EXAM:
            return Annotated(key)
        case label if label in _FIELDS:
            return OneOf(_FIELDS[label], (key,))
        case _:
            return Within(node.key, 2 if node.label in (Label.ANATOMICAL_LOCATION, Label.ACR_CODE) else 1)
