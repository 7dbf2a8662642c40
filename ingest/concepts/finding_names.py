"""Which findings a reader means by a word: those of that name or synonym, else those that are spelt nearly so."""

from __future__ import annotations

from functools import cache

from ingest.concepts.lexicon import Concept, concepts, written_forms
from ingest.vocabulary import ConceptKind

MIN_LIKENESS = 70  # of 100: one slip in a word of four letters still finds it, an unrelated word does not
MAX_FINDINGS = 5


def finding_named(words: str) -> Concept | None:
    """Return the finding of which this is a name, a synonym or a spelling; None where there is none."""
    asked = _plain(words)
    return next((concept for form, concept in _forms() if form == asked), None)


def findings_like(words: str, *, limit: int = MAX_FINDINGS) -> list[Concept]:
    """Return the findings that words may mean: those spelt nearly so, then those with these words in them."""
    from rapidfuzz import fuzz, process

    asked = _plain(words)
    if not asked:
        return []
    forms = [form for form, _ in _forms()]
    near = process.extract(asked, forms, scorer=fuzz.ratio, score_cutoff=MIN_LIKENESS, limit=None)
    near.sort(key=lambda found: (-found[1], found[0]))
    within = (at for at, form in enumerate(forms) if f" {asked} " in f" {form} ")
    found = dict.fromkeys(_forms()[at][1].concept_id for at in (*(at for _, _, at in near), *within))
    return [concepts()[concept_id] for concept_id in found][:limit]


def _plain(words: str) -> str:
    return " ".join(words.split()).casefold()


@cache
def _forms() -> tuple[tuple[str, Concept], ...]:
    return tuple((form, concept) for form, concept in written_forms() if concept.kind is ConceptKind.FINDING)
