"""Measure `ask`: each case in turn asks for its own diagnosis, left out, with the words of its answer masked.

Asked is with images, modality, region, age, sex, history, exam and findings, or in brief: with a few findings and
symptoms by name (`rag.evaluation.brief`), region, age and sex. Beside it, on the same cases: the most
frequent diagnosis, the diagnoses of the nearest cases in their order, and those of the cases that plain BM25 finds
(keyword lookup). Most diagnoses stand in one case only, so the ceiling is low, and is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from clip.evaluation.estimates import Estimate
from ingest.case import Case
from ingest.errors import EngineError, InputError
from ingest.notices import NoticeCode
from ingest.progress import ProgressCallback, ignore_progress
from kg.engine.graph import Graph
from kg.questions.differential import Differential, differential
from rag.ask import MAX_DIAGNOSES, Asking, candidates_by_graph, findings_asked, support_of
from rag.diagnosis_votes import MIX, Diagnoses, Mix, Support, diagnoses_of, score_diagnoses
from rag.evaluation.baseline import PlainBm25
from rag.evaluation.brief import brief_question, how_often
from rag.evaluation.held_out import hits_for, honest_searches
from rag.evaluation.intervals import mean_with_interval
from rag.evaluation.masking import MaskedQuestion, masked_question
from rag.evaluation.metrics import CUT_OFFS
from rag.evaluation.protocol import SEED
from rag.evaluation.relevance import regions_of
from rag.plausibility import weights_for
from rag.search.query import Query
from rag.search.search import DEPTH, CaseSearch

ASK = "ask"
FREQUENT = "most frequent diagnosis"
NEAREST = "nearest cases"
KEYWORDS = "keyword lookup"
BASELINES = (FREQUENT, NEAREST, KEYWORDS)
METRICS = (*(f"diagnosis_hit@{k}" for k in CUT_OFFS), *(f"category_hit@{k}" for k in CUT_OFFS))

Estimates = Mapping[str, Estimate]


@dataclass(frozen=True)
class AskedCase:
    """One case that asked: the similar cases and what keywords find, as ids, best first; what the graph says."""

    case: Case
    similar: tuple[str, ...]
    in_graph: Mapping[str, Support]
    by_keywords: tuple[str, ...]


@dataclass(frozen=True)
class AskEvaluation:
    """How often the right diagnosis, or one of its pathology category, is among the first.

    Attributes
    ----------
    asked : int
        Cases that have a diagnosis; all count, answerable or not.
    ceiling : mapping
        The share of them whose diagnosis, or category, any other candidate has or considers, by metric.
    answerers : mapping
        Estimates by who answers and metric.
    differences : mapping
        `ask` minus each of the others, paired by case, by metric.
    """

    asked: int
    candidates: int
    seed: int
    mix: Mix
    image_encoder: str
    text_encoder: str
    ceiling: Mapping[str, float]
    answerers: Mapping[str, Estimates]
    differences: Mapping[str, Estimates]


def evaluate_ask(
    search: CaseSearch,
    graph: Graph,
    *,
    asking: Set[str] | None = None,
    candidates: Set[str] | None = None,
    seed: int = SEED,
    on_progress: ProgressCallback = ignore_progress,
) -> AskEvaluation:
    """Let cases ask for their diagnosis and score the answers.

    Raises
    ------
    InputError
        If no case has a diagnosis, or there is no other case.
    EngineError
        If the graph is down: the figures of an answer without it would be of something else.
    """
    everyone = [stored.case for stored in search.store.cases()]
    cases = [case for case in everyone if candidates is None or case.case_id in candidates]
    wanted = [case for case in everyone if asking is None or case.case_id in asking]
    asked = ask_with(
        search,
        graph,
        cases,
        [case for case in wanted if diagnoses_of(case).final],
        seed=seed,
        on_progress=on_progress,
    )
    archive = AnsweringArchive(cases)
    rankings = {name: [archive.answer(name, one, MIX) for one in asked] for name in (ASK, *BASELINES)}
    scores = {
        name: [archive.scores(one.case, ranking) for one, ranking in zip(asked, found, strict=True)]
        for name, found in rankings.items()
    }
    ceilings = [archive.ceiling(one.case) for one in asked]
    return AskEvaluation(
        asked=len(asked),
        candidates=len(cases),
        seed=seed,
        mix=MIX,
        image_encoder=search.image_encoder.name,
        text_encoder=search.text_encoder.name,
        ceiling={metric: sum(one[metric] for one in ceilings) / len(ceilings) for metric in METRICS},
        answerers={
            name: {metric: mean_with_interval([one[metric] for one in found], seed) for metric in METRICS}
            for name, found in scores.items()
        },
        differences={
            f"minus {name}": {
                metric: mean_with_interval(
                    [a[metric] - b[metric] for a, b in zip(scores[ASK], scores[name], strict=True)], seed
                )
                for metric in METRICS
            }
            for name in BASELINES
        },
    )


def ask_with(
    search: CaseSearch,
    graph: Graph,
    cases: Sequence[Case],
    asking: Sequence[Case],
    *,
    seed: int,
    on_progress: ProgressCallback,
    brief: bool = False,
) -> list[AskedCase]:
    """Ask with each case, left out of what may be found; in brief, with a few words and no image."""
    if not asking or len(cases) < 2:
        raise InputError("no case with a diagnosis can ask another. Evaluate on other cases.")
    bm25 = PlainBm25(cases)
    frequent = how_often(cases) if brief else Counter[str]()
    found: dict[str, AskedCase] = {}
    for case, honest in honest_searches(search, cases, asking, seed):
        allowed = _alike(case, cases, modality=not brief)
        question = MaskedQuestion(brief_question(case, frequent), "") if brief else masked_question(case)
        query = Query(text=question.text or None, background=question.background or None, k=DEPTH, literal=True)
        hits, notices = hits_for(honest, case, query if question.has_words else None, allowed, images=not brief)
        for notice in notices:
            if notice.code is NoticeCode.GRAPH_SKIPPED:
                raise EngineError(notice.text, remedy=notice.remedy)
        similar = tuple(hit.case_id for hit in hits)
        in_graph = _in_graph(graph, question, [diagnoses_of(search.store.get(name).case) for name in similar], allowed)
        plain = bm25.rank(f"{question.text}\n{question.background}", DEPTH, allowed)
        found[case.case_id] = AskedCase(case, similar, in_graph, tuple(plain))
        on_progress(len(found), len(asking))
    return [found[case.case_id] for case in asking]


def _in_graph(
    graph: Graph, question: MaskedQuestion, similar: Sequence[Diagnoses], allowed: Set[str]
) -> dict[str, Support]:
    def ask_graph(present: Sequence[str], absent: Sequence[str], also: Sequence[str]) -> Differential:
        return differential(graph, present, absent=absent, among=allowed, also=also, limit=MAX_DIAGNOSES)

    asked = Asking(*findings_asked(question.text, question.background))
    candidates, notices = candidates_by_graph(asked, similar, ask_graph)
    if asked.present and notices:
        raise EngineError(notices[0].text, remedy=notices[0].remedy)
    return {concept_id: support_of(candidate) for concept_id, candidate in candidates.items()}


class AnsweringArchive:
    """What the candidates have, to answer from and to judge by.

    A diagnosis is of the pathology categories of all cases that have it, the asking case's own left out.
    """

    def __init__(self, cases: Sequence[Case]) -> None:
        self.cases = {case.case_id: case for case in cases}
        self.diagnoses = {case.case_id: diagnoses_of(case) for case in cases}
        self._frequent = Counter(said.final for said in self.diagnoses.values() if said.final)
        self._having: dict[str, list[Case]] = {}
        for case in cases:
            if final := self.diagnoses[case.case_id].final:
                self._having.setdefault(final, []).append(case)

    def answer(self, name: str, asked: AskedCase, mix: Mix) -> list[str]:
        """Return the diagnoses that one of the answerers ranks for a case, best first."""
        if name == ASK:
            similar = [self.diagnoses[case_id] for case_id in asked.similar]
            patient = asked.case.patient
            weight = weights_for(patient.age_years, patient.sex)
            scored = score_diagnoses(similar, asked.in_graph, mix, weight, patient.age_years)
            return [concept_id for concept_id, _ in scored]
        if name == FREQUENT:
            own = self.diagnoses.get(asked.case.case_id, Diagnoses(None, {})).final
            counts = {key: number - (key == own) for key, number in self._frequent.items()}
            return sorted((key for key, number in counts.items() if number), key=lambda key: (-counts[key], key))
        case_ids = asked.similar if name == NEAREST else asked.by_keywords
        final = (self.diagnoses[case_id].final for case_id in case_ids)
        return list(dict.fromkeys(concept_id for concept_id in final if concept_id))

    def scores(self, case: Case, ranking: Sequence[str]) -> dict[str, float]:
        """Return whether the diagnosis and its category are among the first k, for every cut-off."""
        right = diagnoses_of(case).final
        in_category = [bool(case.topic.pathology_category in self._categories(key, case)) for key in ranking[:10]]
        return {
            **{f"diagnosis_hit@{k}": float(right in ranking[:k]) for k in CUT_OFFS},
            **{f"category_hit@{k}": float(any(in_category[:k])) for k in CUT_OFFS},
        }

    def ceiling(self, case: Case) -> dict[str, float]:
        """Return what could be reached: whether any other case has or considers the diagnosis, or has the category."""
        others = [other for other in self.cases.values() if other.case_id != case.case_id]
        right, category = diagnoses_of(case).final, case.topic.pathology_category
        named = any(right in self.diagnoses[other.case_id].names for other in others)
        known = category is not None and any(
            other.topic.pathology_category == category and self.diagnoses[other.case_id].final for other in others
        )
        return {metric: float(named if metric.startswith("diagnosis") else known) for metric in METRICS}

    def _categories(self, concept_id: str, asking: Case) -> set[str]:
        having: Iterable[Case] = self._having.get(concept_id, ())
        found = (case.topic.pathology_category for case in having if case.case_id != asking.case_id)
        return {category for category in found if category}


def _alike(case: Case, cases: Sequence[Case], *, modality: bool) -> frozenset[str]:
    """Return the other cases that share a region with a case, and a modality if asked for, as far as it says them."""
    regions, modalities = regions_of(case), _modalities(case) if modality else frozenset[str]()
    return frozenset(
        other.case_id
        for other in cases
        if other.case_id != case.case_id
        and (not regions or regions & regions_of(other))
        and (not modalities or modalities & _modalities(other))
    )


def _modalities(case: Case) -> frozenset[str]:
    return frozenset(image.modality for image in case.images if image.modality)
