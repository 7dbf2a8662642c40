"""Ask the archive which diagnoses cases like this one have, and what speaks for and against each.

Two rankings meet. The similar cases vote for the diagnosis that they have and, if the mix says so, for the considered.
The graph ranks diagnoses by how often their cases show the findings (`kg.questions.differential`). No prevalence is in
it: an archive of teaching cases says what resembles, not what is likely.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from ingest.case import Case
from ingest.concepts.candidates import candidates
from ingest.concepts.diagnosis_parents import Disease, counted_as, disease_of
from ingest.errors import EngineError
from ingest.notices import Notice, NoticeCode, graph_skipped
from ingest.store.interface import DocumentStore
from ingest.vocabulary import Assertion
from kg.questions.differential import Candidate, Differential
from kg.schema import parse_node_key
from rag.ask_reasons import Reasons, reasons_for
from rag.drafts.evidence import boldest, read_sentence
from rag.index.passages import sentence_spans
from rag.search.fusion import Hit

NOTICE = "Diagnoses of similar cases, ranked: for research and teaching, not a diagnosis of this patient."
MAX_DIAGNOSES = 1000


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


@dataclass(frozen=True)
class RankedDiagnosis:
    """One diagnosis, and the cases and reasons behind it.

    Attributes
    ----------
    score : float
        1 is the best possible.
    cases : tuple of str
        The similar cases that have it.
    considered_in : tuple of str
        The similar cases that only consider it.
    pathology_categories : tuple of str
        Those of the cases that have it.
    """

    rank: int
    concept_id: str
    name: str
    score: float
    cases: tuple[str, ...]
    considered_in: tuple[str, ...]
    pathology_categories: tuple[str, ...]
    reasons: Reasons


@dataclass(frozen=True)
class AskAnswer:
    """The diagnoses that similar cases and the graph speak for.

    Attributes
    ----------
    diagnoses : tuple of RankedDiagnosis
        The best supported first.
    cases : int
        Among how many cases they were looked for.
    notices : tuple of Notice
        What to know of how the answer came to be.
    notice : str
        What every answer is for, and what it is not.
    """

    diagnoses: tuple[RankedDiagnosis, ...]
    cases: int
    notices: tuple[Notice, ...]
    notice: str = NOTICE


@dataclass(frozen=True)
class Asking:
    """What is asked: the findings of this scan as concepts, and the patient."""

    present: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    age_years: float | None = None
    sex: str | None = None


AskGraph = Callable[[Sequence[str], Sequence[str]], Differential]
"""The graph's ranking for findings that are present and absent. Raises EngineError."""


def findings_asked(text: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the findings that a text calls present, or possible, and those that it calls absent."""
    sentences = [(text or "")[start:end] for start, end in sentence_spans(text or "")]
    said = boldest(claim for sentence in sentences for claim in read_sentence(sentence))
    findings = {concept_id: assertion for concept_id, assertion in said.items() if concept_id.startswith("finding:")}
    absent = tuple(key for key, assertion in findings.items() if assertion is Assertion.ABSENT)
    return tuple(key for key in findings if key not in absent), absent


def diagnoses_of(case: Case) -> Diagnoses:
    """Return the diagnosis of a case and its differential, each as the disease that it is counted as."""
    names: dict[str, str] = {}
    for name in (case.diagnosis, *candidates(case.differential_diagnosis)):
        disease = disease_of(name) if name else None
        if disease and name:
            names.setdefault(disease.concept_id, disease.name or name)
    final = disease_of(case.diagnosis) if case.diagnosis else None
    return Diagnoses(final.concept_id if final else None, names)


def score_diagnoses(similar: Sequence[Diagnoses], by_graph: Sequence[str], mix: Mix = MIX) -> list[tuple[str, float]]:
    """Return the diagnoses and their scores, best first.

    Parameters
    ----------
    similar : sequence of Diagnoses
        Those of the similar cases, the nearest first.
    by_graph : sequence of str
        Diagnoses as the graph ranks them.
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
    order = sorted(scores, key=lambda concept_id: (-scores[concept_id], concept_id))
    return [(concept_id, scores[concept_id] / best) for concept_id in order if scores[concept_id] > 0]


def ask_archive(
    asking: Asking,
    hits: Sequence[Hit],
    store: DocumentStore,
    ask_graph: AskGraph,
    *,
    k: int,
    cases: int,
    mix: Mix = MIX,
) -> AskAnswer:
    """Rank diagnoses from the cases found and from the graph.

    Parameters
    ----------
    hits : sequence of Hit
        The similar cases, the nearest first.
    ask_graph : callable
        The graph's ranking; where it is down the answer says so and goes without it.
    k : int
        How many diagnoses to answer.
    cases : int
        Among how many cases they were looked for.
    mix : Mix
        How a diagnosis is scored.
    """
    similar = [store.get(hit.case_id).case for hit in hits]
    in_graph, notices = _by_graph(asking, ask_graph)
    said = [diagnoses_of(case) for case in similar]
    ranked = score_diagnoses(said, list(in_graph), mix)[:k]
    names = _names(said, in_graph.values())
    diagnoses = [
        _ranked(
            rank,
            concept_id,
            names[concept_id],
            score,
            similar=similar,
            said=said,
            in_graph=in_graph,
            asking=asking,
            store=store,
        )
        for rank, (concept_id, score) in enumerate(ranked, start=1)
    ]
    if not diagnoses:
        said = "No diagnosis was found. Say more of this scan, or ask without a filter."
        notices.append(Notice(NoticeCode.NO_DIAGNOSIS, said))
    return AskAnswer(tuple(diagnoses), cases, tuple(notices))


def _by_graph(asking: Asking, ask_graph: AskGraph) -> tuple[dict[str, Candidate], list[Notice]]:
    if not asking.present:
        said = "Graph search skipped: no finding of the lexicon is said to be present."
        return {}, [Notice(NoticeCode.GRAPH_SKIPPED, said)]
    try:
        found = ask_graph(asking.present, asking.absent)
    except EngineError as error:
        return {}, [graph_skipped(error)]
    candidates: dict[str, Candidate] = {}
    for candidate in found.candidates:  # the best first
        candidates.setdefault(_counted(candidate).concept_id, candidate)
    return candidates, []


def _names(said: Iterable[Diagnoses], candidates: Iterable[Candidate]) -> dict[str, str]:
    """Return what to call each diagnosis: as a case names its own, else as a differential or the graph does."""
    said = list(said)
    names = {case.final: case.names[case.final] for case in reversed(said) if case.final}
    for case in said:
        names = {**case.names, **names}
    for candidate in candidates:
        disease = _counted(candidate)
        names.setdefault(disease.concept_id, disease.name or candidate.name)
    return names


def _counted(candidate: Candidate) -> Disease:
    return counted_as(parse_node_key(candidate.node_key).key)


def _ranked(
    rank: int,
    concept_id: str,
    name: str,
    score: float,
    *,
    similar: Sequence[Case],
    said: Sequence[Diagnoses],
    in_graph: Mapping[str, Candidate],
    asking: Asking,
    store: DocumentStore,
) -> RankedDiagnosis:
    having = [case for case, diagnoses in zip(similar, said, strict=True) if diagnoses.final == concept_id]
    considering = [case for case, diagnoses in zip(similar, said, strict=True) if concept_id in diagnoses.considered]
    candidate = in_graph.get(concept_id)
    known = {case.case_id: case for case in having}
    for case_id in candidate.cases if candidate else ():
        if case_id not in known and store.has(case_id):
            known[case_id] = store.get(case_id).case
    categories = (case.topic.pathology_category for case in known.values())
    return RankedDiagnosis(
        rank,
        concept_id,
        name[:1].upper() + name[1:],
        score,
        tuple(case.case_id for case in having),
        tuple(case.case_id for case in considering),
        tuple(dict.fromkeys(category for category in categories if category)),
        reasons_for(
            candidate,
            list(known.values()),
            having=having,
            considering=considering,
            similar=len(similar),
            age_years=asking.age_years,
            sex=asking.sex,
        ),
    )
