"""The organs of what was scanned: under which the findings of a scan stand, and which of them nobody spoke of.

A report goes through the organs of its scan in a fixed order, normal ones too. A draft cannot say of an organ that it
is normal where its user did not, so it says that the organ was not assessed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.annotation.annotate import annotate_text
from ingest.case import Annotation
from ingest.concepts.lexicon import with_broader
from ingest.vocabulary import ConceptKind, Region, Section
from rag.drafts.scanned_fields import FIELDS, ScannedField, organ_of

_OTHERS = re.compile(r"\b(?:otherwise|remaind?er|remaining|rest of|other organs)\b", re.IGNORECASE)
_NORMAL = re.compile(r"\b(?:normal|unremarkable|negative)\b", re.IGNORECASE)


def field_scanned(region: Region | None, findings: str | None) -> ScannedField | None:
    """Return what was scanned: of the fields of the region the one that the findings name most, else its first.

    Examples
    --------
    >>> field_scanned(Region.SPINE_AND_MUSCLES, "Disc herniation at L4-5.").name
    'spine'
    """
    fields = [field for field in FIELDS if field.region is region]
    mentions = _mentions(findings or "")
    places = [mention.concept_id for mention in mentions if mention.kind is ConceptKind.ANATOMY]
    seen = [mention.concept_id for mention in mentions if mention.kind is ConceptKind.FINDING]
    counts = [field.count_of(places) + sum(key in field.of_findings for key in seen) for field in fields]
    return fields[counts.index(max(counts))] if fields else None


def organs_in(text: str, field: ScannedField) -> tuple[str, ...]:
    """Return the organs that a sentence speaks of, those of the field first named as it names them.

    An organ that another field has is told too: the lung bases of a CT of the abdomen.
    """
    found: dict[str, None] = {}
    for mention in _mentions(text):
        if mention.kind is ConceptKind.ANATOMY:
            fields = (field, *(other for other in FIELDS if other is not field))
            named = next((organ for one in fields if (organ := organ_of(mention.concept_id, one.of_places))), None)
        else:
            above = with_broader(mention.concept_id)
            named = next((field.of_findings[key] for key in sorted(above) if key in field.of_findings), None)
        if named:
            found.setdefault(named)
    return tuple(found)


def organs_of_each(sentences: Sequence[str], field: ScannedField) -> list[tuple[str, ...]]:
    """Return the organs of each sentence; one that names none goes on about those of the sentence before it."""
    found: list[tuple[str, ...]] = []
    for sentence in sentences:
        found.append(organs_in(sentence, field) or (found[-1] if found else ()))
    return found


def says_the_rest_is_normal(text: str) -> bool:
    """Tell whether a sentence speaks of all other organs at once: "otherwise unremarkable"."""
    return bool(_OTHERS.search(text) and _NORMAL.search(text))


def _mentions(text: str) -> list[Annotation]:
    return annotate_text(text, Section.FINDINGS)
