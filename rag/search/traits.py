"""What can be said of a case, trait by trait, and what two cases share of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ingest.annotation.annotate import concepts
from ingest.annotation.apart import spot_of, told_apart
from ingest.case import Annotation, Case
from ingest.vocabulary import Assertion, ConceptKind, Section


class Aspect(StrEnum):
    """In what respect two cases are compare_traits, in the order in which one tells it."""

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


Traits = Mapping[Trait, None]


def compare_traits(of_first: Traits, of_second: Traits) -> Explanation:
    """Return which traits both have, and which only one of them.

    A finding that one reports and the other denies stands on both sides, as a finding and as an absent one.
    """
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
        (Aspect.FINDING, _conceptnames_in(case, ConceptKind.FINDING, Assertion.PRESENT)),
        (Aspect.ABSENT_FINDING, _conceptnames_in(case, ConceptKind.FINDING, Assertion.ABSENT)),
        (Aspect.ANATOMY, _conceptnames_in(case, ConceptKind.ANATOMY, Assertion.PRESENT)),
        (Aspect.REGION, [image.region for image in case.images]),
        (Aspect.MODALITY, [image.modality for image in case.images]),
        (Aspect.PLANE, [image.plane for image in case.images]),
        (Aspect.CATEGORY, [case.topic.pathology_category]),
        (Aspect.SEX, [patient.sex]),
        (Aspect.AGE, [None if patient.age_years is None else f"{int(patient.age_years) // 10 * 10}s"]),
    ]
    return {Trait(aspect, name): None for aspect, names in named for name in sorted({str(n) for n in names if n})}


def _conceptnames_in(case: Case, kind: ConceptKind, assertion: Assertion) -> list[str]:
    """Return the names of what the case says of its own images and patient."""
    return names_in(own_mentions(case), kind, assertion)


def own_mentions(case: Case) -> list[Annotation]:
    """Return what the case says of its own images and patient; a discussion speaks of others too."""
    return [m for m in case.annotations if m.of_patient and m.section is not Section.DISCUSSION]


def names_in(mentions: Iterable[Annotation], kind: ConceptKind, assertion: Assertion) -> list[str]:
    """Return the names of the concepts of a kind that are so asserted."""
    known = concepts()
    return [
        known[mention.concept_id].name
        for mention in mentions
        if mention.kind is kind and mention.assertion is assertion and mention.concept_id in known
    ]


def denied_beside(case: Case) -> dict[Trait, str | None]:
    """Return where the findings are that a case both shows and denies, in words.

    None stands for a denial that no place tells from what is shown, "" for the finding then shown.
    """
    own = [m for m in own_mentions(case) if m.kind is ConceptKind.FINDING and m.concept_id in concepts()]
    shown, denied = (
        {name: {spot_of(m) for m in own if m.concept_id == name and m.assertion is assertion} for name in _ids(own)}
        for assertion in (Assertion.PRESENT, Assertion.ABSENT)
    )
    told: dict[Trait, str | None] = {}
    for concept_id in (name for name in shown if shown[name] and denied[name]):
        name, apart = concepts()[concept_id].name, told_apart(shown[concept_id], denied[concept_id])
        told[Trait(Aspect.FINDING, name)] = ", ".join(apart.shown) if apart else ""
        told[Trait(Aspect.ABSENT_FINDING, name)] = ", ".join(apart.denied) if apart else None
    return told


def _ids(mentions: Iterable[Annotation]) -> set[str]:
    return {mention.concept_id for mention in mentions}
