"""What speaks for a diagnosis and what against it, in words, each with the cases that say so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import log

from ingest.case import Case
from ingest.concepts.diagnosis_parents import all_broader, disease_of
from ingest.concepts.lexicon import says_little
from ingest.normalise.age_words import age_in_words
from kg.questions.differential import Candidate, FindingEvidence
from rag.plausibility import fit_of

# Of fewer cases with a diagnosis, ages and sexes are an accident; so is an age a little beyond those of a few cases.
MIN_FOR_PATIENT = 3
MIN_YEARS_BEYOND = 10
MIN_SHARE_BEYOND = 0.5  # of the span of their ages
MUCH = 1.2  # how many times more often than usual a finding must be shown to be worth a word
MIN_MISSED = 1.0  # cases that would show a finding if it were as usual as elsewhere: of fewer, none is no wonder


@dataclass(frozen=True)
class Reason:
    """One thing that speaks for or against a diagnosis, and the cases it stands on."""

    text: str
    case_ids: tuple[str, ...]


@dataclass(frozen=True)
class Reasons:
    """What speaks for and what speaks against."""

    speaking_for: tuple[Reason, ...]
    speaking_against: tuple[Reason, ...]


class Basis(StrEnum):
    """What the cases of a reason have in common."""

    SIMILAR = "similar"  # similar cases that have or consider the diagnosis
    SHOWN = "shown"  # a finding that they show
    RULED_OUT = "ruled out"  # a finding that they rule out
    DESCRIBED = "described"  # a finding that their texts describe of the disease
    MISSED = "missed"  # all that have the diagnosis, of which too few show a finding
    PATIENT = "patient"  # all that have the diagnosis, of another age or sex than this patient


@dataclass(frozen=True)
class Ground:
    """A reason with what it was made of, so that it can be looked up in its cases and checked.

    Attributes
    ----------
    diagnosis : str
        What it speaks for or against, as a concept.
    finding : str or None
        The finding that it goes by, as a concept.
    weight : float
        How much it speaks: the logarithm of a ratio, as far as one is known.
    """

    diagnosis: str
    reason: Reason
    speaks_for: bool
    basis: Basis
    finding: str | None = None
    weight: float = 0.0


def as_reasons(grounds: Sequence[Ground]) -> Reasons:
    """Return what is read of some grounds."""
    speaking_for = tuple(ground.reason for ground in grounds if ground.speaks_for)
    return Reasons(speaking_for, tuple(ground.reason for ground in grounds if not ground.speaks_for))


def grounds_for(
    concept_id: str,
    candidate: Candidate | None,
    known: Sequence[Case],
    *,
    having: Sequence[Case],
    considering: Sequence[Case],
    similar: int,
    age_years: float | None,
    sex: str | None,
) -> list[Ground]:
    """Collect what speaks for and against a diagnosis.

    Parameters
    ----------
    candidate : Candidate or None
        What the graph says of the diagnosis.
    known : sequence of Case
        All cases known to have it; `having` and `considering` are of the `similar` cases.
    """
    of_similar = _by_similar_cases(having, considering, similar)
    grounds = [Ground(concept_id, reason, True, Basis.SIMILAR) for reason in of_similar]
    for evidence in candidate.evidence if candidate else ():
        if not (_is_itself(evidence.name, concept_id) or says_little(evidence.finding)):
            by_cases = _by_finding(concept_id, evidence, candidate.cases if candidate else ())
            grounds += filter(None, (by_cases, _by_literature(concept_id, evidence)))
    return [*grounds, *grounds_of_patient(concept_id, known, age_years, sex)]


def grounds_of_patient(
    concept_id: str, known: Sequence[Case], age_years: float | None, sex: str | None
) -> Iterator[Ground]:
    """Yield what speaks against a diagnosis for a patient of this age and sex, by the cases known to have it."""
    against: list[Reason] = []
    if unfit := fit_of(concept_id, age_years, sex).reason:
        against.append(Reason(unfit, _ids(known)))
    elif len(known) >= MIN_FOR_PATIENT:
        against += [*_by_age(known, age_years), *_by_sex(known, sex)]
    for reason in against:
        yield Ground(concept_id, reason, False, Basis.PATIENT)


def _is_itself(finding: str, concept_id: str) -> bool:
    """Tell a finding that is the diagnosis by another word: "fracture" says nothing of a hip fracture."""
    disease = disease_of(finding)
    return disease is not None and disease.concept_id in {concept_id, *all_broader(concept_id)}


def _by_similar_cases(having: Sequence[Case], considering: Sequence[Case], similar: int) -> Iterator[Reason]:
    if having:
        verb = "has" if len(having) == 1 else "have"
        yield Reason(f"{len(having)} of {similar} similar cases {verb} it", _ids(having))
    if considering:
        verb = "considers" if len(considering) == 1 else "consider"
        yield Reason(f"{len(considering)} of {similar} similar cases {verb} it", _ids(considering))


def _by_finding(concept_id: str, evidence: FindingEvidence, cases: Sequence[str]) -> Ground | None:
    """Say how often the cases with the diagnosis show a finding, where that differs from the usual."""
    shown, ruled_out, finding = evidence.shown_in, evidence.ruled_out_in, evidence.finding
    weight = abs(log(evidence.ratio))
    of_cases = f"{len(shown)} of {len(cases)} cases with it show it, {evidence.usual_share:.0%} of all cases do"
    if evidence.wanted and len(ruled_out) > len(shown):
        showing = f", {len(shown)} show it" if shown else ""
        text = f"{evidence.name}: {len(ruled_out)} of {len(cases)} cases with it rule it out{showing}"
        return Ground(concept_id, Reason(text, ruled_out), False, Basis.RULED_OUT, finding, weight)
    if not cases or 1 / MUCH < evidence.ratio < MUCH:
        return None
    if not evidence.wanted:
        basis, text = Basis.SHOWN if shown else Basis.MISSED, f"no {evidence.name}: {of_cases}"
        return Ground(concept_id, Reason(text, shown or tuple(cases)), evidence.ratio > 1, basis, finding, weight)
    text = f"{evidence.name}: {of_cases}"
    if evidence.ratio > 1:  # also by cases that only consider the diagnosis, which are told of elsewhere
        return Ground(concept_id, Reason(text, shown), True, Basis.SHOWN, finding, weight) if shown else None
    missed = evidence.usual_share * len(cases) >= MIN_MISSED
    return Ground(concept_id, Reason(text, tuple(cases)), False, Basis.MISSED, finding, weight) if missed else None


def _by_literature(concept_id: str, evidence: FindingEvidence) -> Ground | None:
    """Say that the texts on a disease describe a finding that none of its cases shows."""
    if evidence.shown_in or not evidence.described_in or evidence.described_ratio < MUCH:
        return None
    number = len(evidence.described_in)
    text = f"{evidence.name}: described of it in the text of {number} {'case' if number == 1 else 'cases'}"
    reason = Reason(text, evidence.described_in)
    return Ground(concept_id, reason, True, Basis.DESCRIBED, evidence.finding, log(evidence.described_ratio))


def _by_age(known: Sequence[Case], age_years: float | None) -> Iterator[Reason]:
    ages = sorted(case.patient.age_years for case in known if case.patient.age_years is not None)
    if age_years is None or len(ages) < MIN_FOR_PATIENT:
        return
    beyond = max(ages[0] - age_years, age_years - ages[-1])
    if beyond >= max(MIN_YEARS_BEYOND, MIN_SHARE_BEYOND * (ages[-1] - ages[0])):
        span, patient = _span(age_in_words(ages[0]), age_in_words(ages[-1])), age_in_words(age_years)
        text = f"the {len(ages)} cases with it are {span} old, this patient is {patient} old"
        yield Reason(text, _ids(case for case in known if case.patient.age_years is not None))


def _span(youngest: str, oldest: str) -> str:
    """Return two ages as a span, the unit once: 41 to 43 years."""
    number, unit = youngest.split(maxsplit=1)
    return f"{number if oldest.endswith(f' {unit}') else youngest} to {oldest}"


def _by_sex(known: Sequence[Case], sex: str | None) -> Iterator[Reason]:
    others = [case for case in known if case.patient.sex is not None]
    if sex and len(others) >= MIN_FOR_PATIENT and all(case.patient.sex != sex for case in others):
        yield Reason(
            f"all {len(others)} cases with it are {others[0].patient.sex}, this patient is {sex}", _ids(others)
        )


def _ids(cases: Iterable[Case]) -> tuple[str, ...]:
    return tuple(case.case_id for case in cases)
