"""Which findings a reader means by a word: those of that name or synonym, else those that are spelt nearly so."""

from __future__ import annotations

from functools import cache

from ingest.concepts.lexicon import Concept, concepts, written_forms
from ingest.spelling import spelt_nearly_so
from ingest.vocabulary import ConceptKind

MAX_FINDINGS = 5


def finding_named(words: str) -> Concept | None:
    """Return the finding of which this is a name, a synonym or a spelling; None where there is none."""
    asked = _plain(words)
    return next((concept for form, concept in _forms() if form == asked), None)


def findings_like(words: str, *, limit: int = MAX_FINDINGS) -> list[Concept]:
    """Return the findings that words may mean: those spelt nearly so, then those with these words in them."""
    asked = _plain(words)
    if not asked:
        return []
    forms = [form for form, _ in _forms()]
    within = (form for form in forms if f" {asked} " in f" {form} ")
    named = dict(reversed(_forms()))
    found = dict.fromkeys(named[form].concept_id for form in (*spelt_nearly_so(asked, forms), *within))
    return [concepts()[concept_id] for concept_id in found][:limit]


def _plain(words: str) -> str:
    return " ".join(words.split()).casefold()


@cache
def _forms() -> tuple[tuple[str, Concept], ...]:
    return tuple((form, concept) for form, concept in written_forms() if concept.kind is ConceptKind.FINDING)
