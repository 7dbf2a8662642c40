"""Findings that a case denies and that its own diagnosis names: one of the two is wrong, or means something else."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from ingest.case import Annotation, Case
from ingest.concepts.diagnosis import diagnosis_concept_id
from ingest.concepts.lexicon import concepts, phrase_book, with_broader
from ingest.concepts.phrases import fold
from ingest.vocabulary import Assertion, ConceptKind

_TOO_WIDE = frozenset(
    (
        "finding:dilatation", "finding:displacement", "finding:enlargement", "finding:inflammation", "finding:lesion",
        "finding:mass", "finding:thickening", "finding:tumor",
    )
)  # fmt: skip
_FINDINGS = frozenset({ConceptKind.FINDING})


def denied_diagnoses(case: Case) -> Iterator[Annotation]:
    """Yield the first mention of each finding that the texts say is absent and the diagnosis is or names.

    "No fracture" denies a stress fracture too; but "no mass" is said of so many places that it denies no tumor.
    """
    if not case.diagnosis:
        return
    named = _named_in(case.diagnosis)
    told: set[str] = set()
    for mention in case.annotations:
        denied = mention.kind is ConceptKind.FINDING and mention.assertion is Assertion.ABSENT and mention.of_patient
        if denied and mention.concept_id in named and mention.concept_id not in told:
            told.add(mention.concept_id)
            yield mention


def _named_in(diagnosis: str) -> frozenset[str]:
    within = {found.value.concept_id for found in phrase_book(_FINDINGS).find(fold(diagnosis)) if found.value}
    same = _findings_by_diagnosis().get(diagnosis_concept_id(diagnosis) or "", frozenset())
    named = [broader for concept_id in within | same for broader in with_broader(concept_id)]
    return frozenset(named) - _TOO_WIDE


@cache
def _findings_by_diagnosis() -> dict[str, frozenset[str]]:
    """Return the findings that are the same disease as a diagnosis, by the concept of that."""
    gathered: dict[str, set[str]] = {}
    for concept in concepts().values():
        if concept.kind is ConceptKind.FINDING:
            for disease in {diagnosis_concept_id(word) for word in (concept.name, *concept.synonyms)} - {None}:
                gathered.setdefault(str(disease), set()).add(concept.concept_id)
    return {disease: frozenset(findings) for disease, findings in gathered.items()}
