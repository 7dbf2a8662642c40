"""What speaks for a diagnosis and what against it, in words, each with the cases that say so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ingest.case import Case
from ingest.normalise.age_words import age_in_words
from kg.questions.differential import Candidate, FindingEvidence
from rag.plausibility import fit_of

# Of fewer cases with a diagnosis, ages and sexes are an accident.
MIN_FOR_PATIENT = 3
MUCH = 1.2  # how many times more often than usual a finding must be shown to be worth a word


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


def reasons_for(
    concept_id: str,
    candidate: Candidate | None,
    known: Sequence[Case],
    *,
    having: Sequence[Case],
    considering: Sequence[Case],
    similar: int,
    age_years: float | None,
    sex: str | None,
) -> Reasons:
    """Collect the reasons.

    Parameters
    ----------
    candidate : Candidate or None
        What the graph says of the diagnosis.
    known : sequence of Case
        All cases known to have it; `having` and `considering` are of the `similar` cases.
    """
    pro, contra = list(_by_similar_cases(having, considering, similar)), list[Reason]()
    for evidence in candidate.evidence if candidate else ():
        speaks_for, reason = _by_finding(evidence, candidate.cases if candidate else ())
        if reason:
            (pro if speaks_for else contra).append(reason)
    if unfit := fit_of(concept_id, age_years, sex).reason:
        contra.append(Reason(unfit, _ids(known)))
    elif len(known) >= MIN_FOR_PATIENT:
        contra += [*_by_age(known, age_years), *_by_sex(known, sex)]
    return Reasons(tuple(pro), tuple(contra))


def _by_similar_cases(having: Sequence[Case], considering: Sequence[Case], similar: int) -> Iterator[Reason]:
    if having:
        verb = "has" if len(having) == 1 else "have"
        yield Reason(f"{len(having)} of {similar} similar cases {verb} it", _ids(having))
    if considering:
        verb = "considers" if len(considering) == 1 else "consider"
        yield Reason(f"{len(considering)} of {similar} similar cases {verb} it", _ids(considering))


def _by_finding(evidence: FindingEvidence, cases: Sequence[str]) -> tuple[bool, Reason | None]:
    """Say how often the cases with the diagnosis show a finding, where that differs from the usual."""
    usual = f"{evidence.usual_share:.0%} of all cases do"
    shown = Reason(
        f"{evidence.name}: {len(evidence.shown_in)} of {len(cases)} cases with it show it, {usual}", evidence.shown_in
    )
    if evidence.wanted and evidence.ruled_out_in:
        text = f"{evidence.name}: {len(evidence.ruled_out_in)} of {len(cases)} cases with it rule it out"
        return False, Reason(text, evidence.ruled_out_in)
    if not cases or 1 / MUCH < evidence.ratio < MUCH:
        return True, None
    if evidence.wanted:
        return evidence.ratio > 1, shown if evidence.ratio > 1 else Reason(shown.text, tuple(cases))
    text = f"no {evidence.name}: {len(evidence.shown_in)} of {len(cases)} cases with it show it, {usual}"
    return evidence.ratio > 1, Reason(text, evidence.shown_in or tuple(cases))


def _by_age(known: Sequence[Case], age_years: float | None) -> Iterator[Reason]:
    ages = sorted(case.patient.age_years for case in known if case.patient.age_years is not None)
    if age_years is not None and len(ages) >= MIN_FOR_PATIENT and not ages[0] <= age_years <= ages[-1]:
        youngest, oldest, patient = map(age_in_words, (ages[0], ages[-1], age_years))
        text = f"the {len(ages)} cases with it are {youngest} to {oldest} old, this patient is {patient} old"
        yield Reason(text, _ids(case for case in known if case.patient.age_years is not None))


def _by_sex(known: Sequence[Case], sex: str | None) -> Iterator[Reason]:
    others = [case for case in known if case.patient.sex is not None]
    if sex and len(others) >= MIN_FOR_PATIENT and all(case.patient.sex != sex for case in others):
        yield Reason(
            f"all {len(others)} cases with it are {others[0].patient.sex}, this patient is {sex}", _ids(others)
        )


def _ids(cases: Iterable[Case]) -> tuple[str, ...]:
    return tuple(case.case_id for case in cases)
