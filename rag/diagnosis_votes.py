"""How the diagnoses of similar cases are ranked: each case votes for its own, the nearer with more weight.

`rag.ask` and the differential of a draft order diagnoses so, and both add the ranking of the graph.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass

from ingest.case import Case
from ingest.concepts.candidates import candidates
from ingest.concepts.diagnosis_parents import disease_of


@dataclass(frozen=True)
class Mix:
    """How a diagnosis is scored: ``1 / (rank_offset + rank)`` of each similar case, and of its rank in the graph.

    Attributes
    ----------
    considered : float
        The weight of a case that only considers the diagnosis.
    graph : float
        The weight of the rank in the graph.
    """

    rank_offset: int
    considered: float
    graph: float


# Chosen by 10-fold cross-validation over the train cases of MedPix 2.0: benchmarks/choose_asking.py. What a case only
# considered does not help there; a diagnosis that no similar case has can still come from the graph.
MIX = Mix(rank_offset=0, considered=0.0, graph=0.25)


@dataclass(frozen=True)
class Diagnoses:
    """The diagnosis of a case and those that it considered, as concepts, each with the name that stands there."""

    final: str | None
    names: Mapping[str, str]

    @property
    def considered(self) -> Set[str]:
        """Those of its differential that are not its diagnosis."""
        return self.names.keys() - {self.final}


def diagnoses_of(case: Case) -> Diagnoses:
    """Return the diagnosis of a case and its differential, each as the disease that it is counted as."""
    names: dict[str, str] = {}
    for name in (case.diagnosis, *candidates(case.differential_diagnosis)):
        disease = disease_of(name) if name else None
        if disease and name:
            names.setdefault(disease.concept_id, disease.name or name)
    final = disease_of(case.diagnosis) if case.diagnosis else None
    return Diagnoses(final.concept_id if final else None, names)


def score_diagnoses(
    similar: Sequence[Diagnoses],
    by_graph: Sequence[str],
    mix: Mix = MIX,
    weight: Callable[[str], float] = lambda _: 1.0,
) -> list[tuple[str, float]]:
    """Return the diagnoses and their scores, best first.

    Parameters
    ----------
    similar : sequence of Diagnoses
        Those of the similar cases, the nearest first.
    by_graph : sequence of str
        Diagnoses as the graph ranks them.
    weight : callable
        What the score of a diagnosis is multiplied by, 0 to 1 (`rag.plausibility`); none is left out for it.
    """
    scores: dict[str, float] = {}
    for rank, case in enumerate(similar, start=1):
        vote = 1 / (mix.rank_offset + rank)
        if case.final:
            scores[case.final] = scores.get(case.final, 0.0) + vote
        for concept_id in case.considered:
            scores[concept_id] = scores.get(concept_id, 0.0) + mix.considered * vote
    for rank, concept_id in enumerate(by_graph, start=1):
        scores[concept_id] = scores.get(concept_id, 0.0) + mix.graph / (mix.rank_offset + rank)
    best = sum(1 / (mix.rank_offset + rank) for rank in range(1, len(similar) + 1)) + (
        mix.graph / (mix.rank_offset + 1) if by_graph else 0.0
    )
    scores = {concept_id: score for concept_id, score in scores.items() if score > 0}
    weighted = {concept_id: weight(concept_id) * score for concept_id, score in scores.items()}
    order = sorted(scores, key=lambda concept_id: (-weighted[concept_id], -scores[concept_id], concept_id))
    return [(concept_id, weighted[concept_id] / best) for concept_id in order]
