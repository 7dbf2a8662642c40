"""What two cases share and where they differ, in words: for a hit beside its question, and for the compare page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from ingest.annotate import concepts
from ingest.case import Case
from ingest.vocabulary import Assertion, ConceptKind, Section


class Aspect(StrEnum):
    """In what respect two cases are compared, in the order in which one tells it."""

    DIAGNOSIS = "diagnosis"
    CONSIDERED = "considered diagnosis"
    FINDING = "finding"
    ABSENT_FINDING = "absent finding"
    ANATOMY = "anatomy"
    REGION = "region"
    MODALITY = "modality"
    PLANE = "plane"
    CATEGORY = "pathology category"
    SEX = "sex"
    AGE = "age"


@dataclass(frozen=True)
class Trait:
    """One thing that can be said of a case."""

    aspect: Aspect
    name: str


@dataclass(frozen=True)
class Explanation:
    """The traits that both cases have, and those that only one of them has."""

    shared: tuple[Trait, ...]
    only_first: tuple[Trait, ...]
    only_second: tuple[Trait, ...]


def explain_cases(first: Case, second: Case) -> Explanation:
    """Compare two cases trait by trait.

    A finding that one case reports and the other denies stands on both sides, as a finding and as an absent one.
    """
    of_first, of_second = traits_of(first), traits_of(second)
    return Explanation(
        shared=tuple(trait for trait in of_first if trait in of_second),
        only_first=tuple(trait for trait in of_first if trait not in of_second),
        only_second=tuple(trait for trait in of_second if trait not in of_first),
    )


def traits_of(case: Case) -> dict[Trait, None]:
    """Return what can be said of a case, each once, in order of aspect and name."""
    patient = case.patient
    named: list[tuple[Aspect, Iterable[object]]] = [
        (Aspect.DIAGNOSIS, [case.diagnosis]),
        (Aspect.CONSIDERED, case.differential_diagnosis),
        (Aspect.FINDING, _concept_names(case, ConceptKind.FINDING, Assertion.PRESENT)),
        (Aspect.ABSENT_FINDING, _concept_names(case, ConceptKind.FINDING, Assertion.ABSENT)),
        (Aspect.ANATOMY, _concept_names(case, ConceptKind.ANATOMY, Assertion.PRESENT)),
        (Aspect.REGION, [image.region for image in case.images]),
        (Aspect.MODALITY, [image.modality for image in case.images]),
        (Aspect.PLANE, [image.plane for image in case.images]),
        (Aspect.CATEGORY, [case.topic.pathology_category]),
        (Aspect.SEX, [patient.sex]),
        (Aspect.AGE, [None if patient.age_years is None else f"{int(patient.age_years) // 10 * 10}s"]),
    ]
    return {Trait(aspect, name): None for aspect, names in named for name in sorted({str(n) for n in names if n})}


def _concept_names(case: Case, kind: ConceptKind, assertion: Assertion) -> list[str]:
    """Return the names of what the case says of its own pictures and patient; a discussion speaks of others too."""
    known = concepts()
    return [
        known[mention.concept_id].name
        for mention in case.annotations
        if mention.kind is kind
        and mention.assertion is assertion
        and mention.section is not Section.DISCUSSION
        and mention.concept_id in known
    ]
