"""Ask the archive which diagnoses cases like this one have, and what speaks for and against each.

The similar cases vote for the diagnoses that they have and consider; the graph says how often the cases of a diagnosis
show what is asked for, imaging findings and symptoms alike (`kg.questions.differential`); `rag.diagnosis_votes` adds
them up. No prevalence is in it: an archive of teaching cases says what resembles, not what is likely.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ingest.annotation.annotate import annotate_text
from ingest.case import Case
from ingest.concepts.diagnosis_names import shown_name
from ingest.concepts.diagnosis_parents import Disease, counted_as
from ingest.concepts.terms import in_terms
from ingest.errors import EngineError
from ingest.notices import Notice, NoticeCode, graph_skipped
from ingest.store.interface import DocumentStore
from ingest.vocabulary import Assertion, Section
from kg.questions.differential import Candidate, Differential
from kg.questions.telling_apart import Discriminator
from kg.schema import parse_node_key
from rag.ask_reasons import Ground, Reasons, as_reasons, grounds_for
from rag.diagnosis_votes import MIX, Diagnoses, Mix, Support, diagnoses_of, score_diagnoses
from rag.drafts.evidence import DraftRequest, boldest
from rag.plausibility import weights_for
from rag.search.fusion import Hit

NOTICE = "Diagnoses of similar cases, ranked: for research and teaching, not a diagnosis of this patient."
MAX_DIAGNOSES = 1000
LEADING = 4  # diagnoses that a reader weighs against each other


@dataclass(frozen=True)
class RankedDiagnosis:
    """One diagnosis, and the cases and reasons behind it.

    Attributes
    ----------
    score : float
        Its share of all that speaks for any diagnosis; 1 is the best possible. No probability of this patient.
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
    telling_apart : tuple of Discriminator
        What to look for: it separates the leading diagnoses best.
    notice : str
        What every answer is for, and what it is not.
    """

    diagnoses: tuple[RankedDiagnosis, ...]
    cases: int
    notices: tuple[Notice, ...]
    telling_apart: tuple[Discriminator, ...] = ()
    notice: str = NOTICE


@dataclass(frozen=True)
class Asking:
    """What is asked: the findings of this scan and of this patient as concepts, and age and sex."""

    present: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    age_years: float | None = None
    sex: str | None = None


TellApart = Callable[[Sequence[str], Collection[str]], tuple[Discriminator, ...]]
"""What separates some diagnoses, beside what is known of the scan already. Raises EngineError."""

AskGraph = Callable[[Sequence[str], Sequence[str], Sequence[str]], Differential]
"""The graph's ranking for findings that are present and absent, with some diagnoses besides. Raises EngineError."""


def findings_asked(findings: str | None, background: str | None = None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what two texts call present, or possible, and what they call absent: findings of images, clinical ones.

    Findings of images are those of the first text alone, and not those of an earlier scan; symptoms, signs and risks
    may stand in either. A risk that a history tells as past ("history of HIV") is there. Words of laymen and of other
    languages are read too.
    """
    of_images = _boldest(findings, Section.FINDINGS, "finding:")
    clinical = _boldest(f"{findings or ''}\n{background or ''}", Section.HISTORY, "clinical:")
    said = {**of_images, **clinical}
    present = tuple(key for key, assertion in said.items() if assertion in (Assertion.PRESENT, Assertion.UNCERTAIN))
    return present, tuple(key for key, assertion in said.items() if assertion is Assertion.ABSENT)


def asking_of(request: DraftRequest) -> Asking:
    """Return what a request for a draft or for diagnoses asks."""
    background = "\n".join(filter(None, (request.history, request.exam)))
    return Asking(*findings_asked(request.findings, background), request.age_years, request.sex)


def _boldest(text: str | None, section: Section, prefix: str) -> dict[str, Assertion]:
    """Return one assertion for each concept of a kind in a text."""
    said = in_terms(text or "").text
    mentions = [one for one in annotate_text(said, section) if one.concept_id.startswith(prefix)]
    past = {Assertion.HISTORICAL: Assertion.PRESENT} if section is Section.HISTORY else {}
    return boldest((one.concept_id, past.get(one.assertion, one.assertion)) for one in mentions if one.of_patient)


def rank_diagnoses(
    asking: Asking, similar: Sequence[Diagnoses], in_graph: Mapping[str, Candidate], mix: Mix = MIX
) -> list[tuple[str, float]]:
    """Return the diagnoses and their scores for this patient, best first: the one ranking of answers and drafts."""
    support = {concept_id: support_of(candidate) for concept_id, candidate in in_graph.items()}
    return score_diagnoses(similar, support, mix, weights_for(asking.age_years, asking.sex), asking.age_years)


def support_of(candidate: Candidate) -> Support:
    """Return what the graph says for a diagnosis."""
    return Support(candidate.score, candidate.literature, is_final=bool(candidate.cases))


def ask_archive(
    asking: Asking,
    hits: Sequence[Hit],
    store: DocumentStore,
    ask_graph: AskGraph,
    tell_apart: TellApart,
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
    tell_apart : callable
        What separates the leading diagnoses, by the graph.
    k : int
        How many diagnoses to answer.
    cases : int
        Among how many cases they were looked for.
    mix : Mix
        How a diagnosis is scored.
    """
    similar = [store.get(hit.case_id).case for hit in hits]
    said = [diagnoses_of(case) for case in similar]
    in_graph, notices = candidates_by_graph(asking, said, ask_graph)
    ranked = rank_diagnoses(asking, said, in_graph, mix)[:k]
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
    apart = _told_apart(asking, [diagnosis.concept_id for diagnosis in diagnoses[:LEADING]], tell_apart)
    return AskAnswer(tuple(diagnoses), cases, tuple(notices), apart)


def _told_apart(asking: Asking, leading: Sequence[str], tell_apart: TellApart) -> tuple[Discriminator, ...]:
    try:
        return tell_apart(leading, (*asking.present, *asking.absent))
    except EngineError:  # the ranking has said already that the graph was not asked
        return ()


def candidates_by_graph(
    asking: Asking, similar: Iterable[Diagnoses], ask_graph: AskGraph
) -> tuple[dict[str, Candidate], list[Notice]]:
    """Return the candidates of the graph by concept, those of the similar cases among them, and why there are none."""
    if not asking.present:
        said = "Graph search skipped: no finding of the lexicon is said to be present."
        return {}, [Notice(NoticeCode.GRAPH_SKIPPED, said)]
    try:
        found = ask_graph(asking.present, asking.absent, sorted({name for case in similar for name in case.names}))
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


def _headed(name: str) -> str:
    shown = shown_name(name)
    return shown[:1].upper() + shown[1:]


def _counted(candidate: Candidate) -> Disease:
    return counted_as(parse_node_key(candidate.node_key).key)


@dataclass(frozen=True)
class _Standing:
    """The cases behind a diagnosis: similar ones that have and that consider it, and all known to have it."""

    having: list[Case]
    considering: list[Case]
    known: list[Case]


def _standing(
    concept_id: str,
    similar: Sequence[Case],
    said: Sequence[Diagnoses],
    in_graph: Mapping[str, Candidate],
    store: DocumentStore,
) -> _Standing:
    having = [case for case, diagnoses in zip(similar, said, strict=True) if diagnoses.final == concept_id]
    considering = [case for case, diagnoses in zip(similar, said, strict=True) if concept_id in diagnoses.considered]
    candidate = in_graph.get(concept_id)
    known = {case.case_id: case for case in having}
    for case_id in candidate.cases if candidate else ():
        if case_id not in known and store.has(case_id):
            known[case_id] = store.get(case_id).case
    return _Standing(having, considering, list(known.values()))


def grounds_of(
    concept_id: str,
    asking: Asking,
    *,
    similar: Sequence[Case],
    said: Sequence[Diagnoses],
    in_graph: Mapping[str, Candidate],
    store: DocumentStore,
) -> list[Ground]:
    """Return what speaks for and against a diagnosis, by the similar cases and by the graph.

    Parameters
    ----------
    said : sequence of Diagnoses
        Those of the similar cases, in their order.
    """
    standing = _standing(concept_id, similar, said, in_graph, store)
    return grounds_for(
        concept_id,
        in_graph.get(concept_id),
        standing.known,
        having=standing.having,
        considering=standing.considering,
        similar=len(similar),
        age_years=asking.age_years,
        sex=asking.sex,
    )


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
    standing = _standing(concept_id, similar, said, in_graph, store)
    grounds = grounds_of(concept_id, asking, similar=similar, said=said, in_graph=in_graph, store=store)
    categories = (case.topic.pathology_category for case in standing.known)
    return RankedDiagnosis(
        rank,
        concept_id,
        _headed(name),
        score,
        tuple(case.case_id for case in standing.having),
        tuple(case.case_id for case in standing.considering),
        tuple(dict.fromkeys(category for category in categories if category)),
        as_reasons(grounds),
    )
