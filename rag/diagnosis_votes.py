"""How the diagnoses of similar cases are ranked for a patient: the one ranking of answers and drafts.

Five things speak for a diagnosis, each as the logarithm of a ratio, so that they add up (`Mix` has their weights):

- the similar cases that have it vote, the nearer with more weight;
- those that only consider it vote apart;
- its cases show what is asked for more often than others do, imaging findings and clinical ones alike (by the graph);
- the texts of its cases describe that of the disease in general;
- the patients of its cases are of this patient's age.

What does not suit the patient counts less (`rag.plausibility`). No prevalence is in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from math import exp, log, sqrt

from ingest.case import Case
from ingest.concepts.candidates import candidates
from ingest.concepts.diagnosis_names import common_name
from ingest.concepts.diagnosis_parents import disease_of

RANK_OFFSET = 3  # of the cases that consider a diagnosis: where it stands in a differential says little
UNSAID = 0.02  # what a diagnosis without any vote is counted with
AGE_WIDTH = 1.2  # in square roots of years: eight years at ten, twenty at seventy
USUAL_AGES = 2.0  # an age starts as if so many patients with the diagnosis were of the ages of all similar cases
_UNHEARD_OF = 1e-3  # added to the share of an age, which then is never zero


@dataclass(frozen=True)
class Mix:
    """The weights of what speaks for a diagnosis, on the scale of logarithms.

    Attributes
    ----------
    votes, considered : float
        Of the similar cases that have it, and of those that only consider it.
    findings, literature : float
        Of what the graph says of the findings in its cases, and of the texts that describe it.
    age : float
        Of the ages of its patients.
    """

    votes: float
    considered: float
    findings: float
    literature: float
    age: float


# Fitted on the train cases of MedPix 2.0, each asking with all that is known of it and a second time with a few words:
# benchmarks/choose_asking.py, which tells what it is worth out of fold.
MIX = Mix(votes=1.07, considered=0.61, findings=0.33, literature=0.14, age=0.83)


@dataclass(frozen=True)
class Diagnoses:
    """The diagnosis of a case and those that it considered, as concepts, each with the name that stands there."""

    final: str | None
    names: Mapping[str, str]
    age_years: float | None = None

    @property
    def considered(self) -> Set[str]:
        """Those of its differential that are not its diagnosis."""
        return self.names.keys() - {self.final}


@dataclass(frozen=True)
class Support:
    """What the graph says for a diagnosis: logarithms of ratios, 0 where nothing is more frequent than usual.

    Attributes
    ----------
    findings : float
        Of how often its cases show what is asked for.
    literature : float
        Of how often their texts describe it.
    is_final : bool
        Whether any case has the diagnosis, or it is only considered.
    """

    findings: float
    literature: float = 0.0
    is_final: bool = True


def diagnoses_of(case: Case) -> Diagnoses:
    """Return the diagnosis of a case and its differential, each as the disease that it is counted as."""
    names: dict[str, str] = {}
    for name in (case.diagnosis, *candidates(case.differential_diagnosis)):
        disease = disease_of(name) if name else None
        if disease and name:
            names.setdefault(disease.concept_id, common_name(name) or name)
    final = disease_of(case.diagnosis) if case.diagnosis else None
    return Diagnoses(final.concept_id if final else None, names, case.patient.age_years)


def score_diagnoses(
    similar: Sequence[Diagnoses],
    in_graph: Mapping[str, Support],
    mix: Mix = MIX,
    weight: Callable[[str], float] = lambda _: 1.0,
    age_years: float | None = None,
) -> list[tuple[str, float]]:
    """Return the diagnoses and their scores, best first; those that no case has come after all that one has.

    Parameters
    ----------
    similar : sequence of Diagnoses
        Those of the similar cases, the nearest first.
    in_graph : mapping of str to Support
        What the graph says of diagnoses.
    weight : callable
        What the score of a diagnosis is multiplied by, 0 to 1 (`rag.plausibility`); none is left out for it.
    age_years : float, optional
        Of the patient.

    Returns
    -------
    list of (str, float)
        Scores are shares of all that speaks for any of the diagnoses: they add up to at most 1.
    """
    has, considers = dict[str, float](), dict[str, float]()
    for rank, case in enumerate(similar, start=1):
        if case.final:
            has[case.final] = has.get(case.final, 0.0) + 1 / rank
        for concept_id in case.considered:
            considers[concept_id] = considers.get(concept_id, 0.0) + 1 / (RANK_OFFSET + rank)
    ages = ages_of(similar, age_years)
    unknown = Support(0.0, is_final=False)

    def support(concept_id: str) -> float:
        graph = in_graph.get(concept_id, unknown)
        return (
            mix.votes * log(has.get(concept_id, 0.0) + UNSAID)
            + mix.considered * log(considers.get(concept_id, 0.0) + UNSAID)
            + mix.findings * graph.findings
            + mix.literature * graph.literature
            + mix.age * ages.get(concept_id, 0.0)
        )

    plain = {concept_id: exp(support(concept_id)) for concept_id in {*has, *considers, *in_graph}}
    total = sum(plain.values())
    shares = {concept_id: (weight(concept_id) * value / total, value) for concept_id, value in plain.items()}
    final = has.keys() | {concept_id for concept_id, said in in_graph.items() if said.is_final}
    order = sorted(shares, key=lambda key: (key not in final, -shares[key][0], -shares[key][1], key))
    return [(concept_id, shares[concept_id][0]) for concept_id in order]


def ages_of(similar: Sequence[Diagnoses], age_years: float | None) -> dict[str, float]:
    """Return how well a patient's age suits the diagnoses of some cases, as the logarithm of a ratio.

    Ages are compared as square roots, since a year is more at two than at seventy: a Gaussian of `AGE_WIDTH` around
    each patient of a diagnosis, against the same around all. Empty where the age is not known.
    """
    known: dict[str | None, list[float]] = {}
    for case in similar:
        if case.age_years is not None:
            known.setdefault(case.final, []).append(case.age_years)
    every = [age for ages in known.values() for age in ages]
    if age_years is None or not every:
        return {}
    usual = _near(every, age_years) + _UNHEARD_OF
    return {
        final: log((len(ages) * _near(ages, age_years) + USUAL_AGES * usual) / ((len(ages) + USUAL_AGES) * usual))
        for final, ages in known.items()
        if final is not None
    }


def _near(ages: Sequence[float], age_years: float) -> float:
    """Return how many of the ages are near one, as a share, nearer ones counting more."""
    apart = ((_root(age) - _root(age_years)) / AGE_WIDTH for age in ages)
    return sum(exp(-0.5 * distance * distance) for distance in apart) / len(ages)


def _root(age_years: float) -> float:
    return sqrt(age_years + 1)
