"""What findings speak for: the diagnoses of cases that show them, ranked, with the cases that say so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from math import log
from typing import Final, LiteralString

from ingest.annotation.annotate import concepts
from ingest.concepts.diagnosis_parents import rolled_up
from ingest.concepts.lexicon import written_forms
from ingest.errors import InputError
from ingest.spelling import spelt_nearly_so
from ingest.vocabulary import ConceptKind, Modality, Region
from kg.engine.graph import Graph
from kg.projection.ownership import require_ours
from kg.projection.places import region_key
from kg.questions.parts import read_in_parts
from kg.schema import LABEL_OF_KIND, NARROWER, OURS, Label, NodeKey, RelationshipType, any_node, kind_of, node

# A diagnosis starts as if it had this many cases in which everything is as frequent as anywhere; and a case that only
# considers it speaks of it less than one that has it. Both chosen on the train cases of MedPix 2.0, each case's own
# diagnosis looked for by its findings among the other cases (146 queries): hit@20 .32; final cases alone .29, and
# .27 where a considered diagnosis counts in full.
PRIOR_CASES = 4.0
CONSIDERED_WEIGHT = 0.25

_ALL_CASES: Final = f"MATCH {any_node('c', Label.CASE)} RETURN c.case_id AS case_id"
_CASES_OF_REGION: Final = (
    f"MATCH {node('n', Label.REGION, '$key')}<-[:IN_REGION {OURS}]-(:Image)<-[:HAS_IMAGE {OURS}]-(c:Case) "
    "RETURN DISTINCT c.case_id AS case_id"
)
_CASES_OF_MODALITY: Final = (
    f"MATCH {node('n', Label.MODALITY, '$key')}<-[:ACQUIRED_WITH {OURS}]-(:Image)<-[:HAS_IMAGE {OURS}]-(c:Case) "
    "RETURN DISTINCT c.case_id AS case_id"
)
_MENTIONS: Final = (
    f"UNWIND $keys AS key MATCH {node('f', Label.FINDING, 'key')}{NARROWER}<-[r:SHOWS|RULES_OUT {OURS}]-(o)"
    f"<-[:HAS_IMAGE*0..1 {OURS}]-(c:Case) "
    # a stress fracture is a fracture; that there is none says nothing of other fractures
    "WHERE type(r) = 'SHOWS' OR narrower.concept_id = key "
    "RETURN key, f.name AS name, type(r) AS type, collect(DISTINCT c.case_id) AS case_ids"
)
_CLINICAL: Final = (
    f"UNWIND $keys AS key MATCH {node('f', Label.CLINICAL_FINDING, 'key')}{NARROWER}"
    f"<-[r:PRESENTS_WITH|DENIES {OURS}]-(c:Case) "
    "WHERE type(r) = 'PRESENTS_WITH' OR narrower.concept_id = key "
    "RETURN key, f.name AS name, type(r) AS type, collect(DISTINCT c.case_id) AS case_ids"
)
_SAID: Final[Mapping[Label, LiteralString]] = {Label.FINDING: _MENTIONS, Label.CLINICAL_FINDING: _CLINICAL}
_DESCRIBED_IN: Final = (
    f"{NARROWER}<-[r:DESCRIBES {OURS}]-(:Topic) "
    "WHERE r.assertion <> 'absent' RETURN key, collect(DISTINCT r.case_id) AS case_ids"
)
_DESCRIBED: Final[Mapping[Label, LiteralString]] = {
    label: f"UNWIND $keys AS key MATCH {node('f', label, 'key')}{_DESCRIBED_IN}" for label in _SAID
}
_DIAGNOSES: Final = (
    f"UNWIND $case_ids AS case_id MATCH {node('c', Label.CASE, 'case_id')}"
    f"-[:HAS_DIAGNOSIS|CONSIDERS {OURS}]->(d:Diagnosis) "
    "RETURN DISTINCT d.concept_id AS key"
)
_CASES_WITH: Final = (
    f"UNWIND $keys AS key MATCH {node('d', Label.DIAGNOSIS, 'key')}{NARROWER}"
    f"<-[r:HAS_DIAGNOSIS|CONSIDERS {OURS}]-(c:Case) "
    "RETURN key, d.name AS name, type(r) AS type, collect(DISTINCT c.case_id) AS case_ids"
)


@dataclass(frozen=True)
class FindingEvidence:
    """What the cases of one diagnosis say of one finding that was asked for: of the images, or a clinical one.

    Attributes
    ----------
    finding : str
        The concept of the finding.
    name : str
        What to call it.
    wanted : bool
        True where it was asked for as present, False as absent.
    shown_in : tuple of str
        Cases that have the diagnosis and show the finding.
    ruled_out_in : tuple of str
        Cases that have the diagnosis and rule the finding out.
    considered_in : tuple of str
        Cases that show the finding and only consider the diagnosis.
    described_in : tuple of str
        Cases with the diagnosis whose text says of the disease in general that it goes with the finding.
    usual_share : float
        In which share of all cases asked the finding is shown.
    ratio : float
        How many times more often than usual what was asked for holds with this diagnosis, estimated.
    described_ratio : float
        How many times more often than usual the texts of its cases describe it, estimated; 1 where it is asked as
        absent.
    """

    finding: str
    name: str
    wanted: bool
    shown_in: tuple[str, ...]
    ruled_out_in: tuple[str, ...]
    considered_in: tuple[str, ...]
    usual_share: float
    ratio: float
    described_in: tuple[str, ...] = ()
    described_ratio: float = 1.0


@dataclass(frozen=True)
class Candidate:
    """One diagnosis that the findings may stand for.

    Attributes
    ----------
    score : float
        The sum of the logarithms of the ratios of its evidence.
    literature : float
        The sum of the logarithms of the ratios with which its texts describe the findings.
    cases : tuple of str
        Cases that have the diagnosis.
    considered_in : tuple of str
        Cases that only consider it.
    why : str
        The evidence in words.
    """

    node_key: str
    name: str
    score: float
    cases: tuple[str, ...]
    considered_in: tuple[str, ...]
    evidence: tuple[FindingEvidence, ...]
    why: str
    literature: float = 0.0


@dataclass(frozen=True)
class Differential:
    """The diagnoses that findings may stand for.

    Attributes
    ----------
    candidates : tuple of Candidate
        The likeliest first.
    cases : int
        Among how many cases they were looked for.
    """

    candidates: tuple[Candidate, ...]
    cases: int


@dataclass(frozen=True)
class _Finding:
    concept_id: str
    name: str
    wanted: bool
    shown: Set[str]
    ruled_out: Set[str]
    described: Set[str]


_KINDS = (ConceptKind.FINDING, ConceptKind.CLINICAL)


def require_finding(text: str) -> str:
    """Return the concept id of a finding, of images or clinical, named by its id or by a name of the lexicon.

    Raises
    ------
    InputError
        If there is no finding of that name; near names are told.
    """
    if ":" in text and kind_of(text) in _KINDS:
        return text
    names = _names()
    found = names.get(" ".join(text.casefold().split()))
    if found is None:
        near = spelt_nearly_so(text, names, limit=3)
        hint = f" Did you mean {', '.join(repr(name) for name in near)}?" if near else ""
        raise InputError(f"{text!r} is not a finding of the lexicon. Write one as finding:mass.{hint}")
    return found


def _names() -> dict[str, str]:
    return {form: concept.concept_id for form, concept in reversed(written_forms()) if concept.kind in _KINDS}


def differential(
    graph: Graph,
    present: Collection[str],
    *,
    absent: Collection[str] = (),
    region: Region | None = None,
    modality: Modality | None = None,
    among: Set[str] | None = None,
    also: Collection[str] = (),
    limit: int = 20,
) -> Differential:
    """Rank the diagnoses of cases that show the findings.

    Parameters
    ----------
    graph : Graph
        The graph.
    present, absent : collection of str
        Findings that there are and that there are not, by id (``finding:mass``, ``clinical:fever``) or name.
    region, modality : optional
        Look only at cases with an image of it.
    among : set of str, optional
        Look only at these cases, by id.
    also : collection of str
        Diagnoses, as concepts, that are weighed too where none of their cases shows a finding.
    limit : int
        How many diagnoses at most.

    Returns
    -------
    Differential
        Only diagnoses of which at least one case shows at least one of the findings, and `also`, each counted with
        those of its kind (`ingest.concepts.diagnosis_parents.rolled_up`). For each finding asked for, the
        likelihood ratio of it in the cases of the diagnosis against all cases is estimated with `PRIOR_CASES`; their
        logarithms add up to the score, as if findings were independent. No prevalence is in it: an archive of
        teaching cases says nothing about that.

    Raises
    ------
    InputError
        If no finding is asked for as present, or one is unknown or both present and absent.
    """
    wanted = {require_finding(name): True for name in present}
    unwanted = {require_finding(name): False for name in absent}
    if not wanted:
        raise InputError("a differential needs at least one finding that is present, for example finding:mass.")
    if both := wanted.keys() & unwanted.keys():
        raise InputError(f"{sorted(both)[0]!r} cannot be both present and absent. Leave it out of one of them.")
    require_ours(graph)
    cohort = _cohort(graph, region, modality)
    cohort = cohort if among is None else cohort & among
    findings = _findings(graph, {**wanted, **unwanted}, cohort)
    shown = sorted(set[str]().union(*(finding.shown for finding in findings if finding.wanted)))
    showing = {rolled_up(row["key"]) for row in read_in_parts(graph, _DIAGNOSES, case_ids=shown)}
    keys = sorted(showing.union(also))
    candidates = _candidates(graph, keys, findings, cohort)
    ranked = sorted(candidates, key=lambda found: (-found.score, -len(found.cases), found.node_key))
    return Differential(tuple(ranked[:limit]), len(cohort))


def _cohort(graph: Graph, region: Region | None, modality: Modality | None) -> set[str]:
    found = [graph.read(_CASES_OF_REGION, key=region_key(region).key)] if region else []
    found += [graph.read(_CASES_OF_MODALITY, key=str(modality))] if modality else []
    found = found or [graph.read(_ALL_CASES)]
    return set[str].intersection(*({row["case_id"] for row in rows} for rows in found))


def _findings(graph: Graph, wanted: Mapping[str, bool], cohort: Set[str]) -> list[_Finding]:
    names, cases = dict[str, str](), defaultdict[tuple[str, str], set[str]](set)
    described = defaultdict[str, set[str]](set)
    for label in _SAID:
        keys = sorted(key for key in wanted if LABEL_OF_KIND[kind_of(key)] is label)
        if not keys:
            continue
        for row in graph.read(_SAID[label], keys=keys):
            names[row["key"]] = row["name"]
            cases[row["key"], row["type"]] |= cohort & set(row["case_ids"])
        for row in graph.read(_DESCRIBED[label], keys=keys):
            described[row["key"]] |= cohort & set(row["case_ids"])
    return [
        _Finding(
            key,
            names.get(key) or _name(key),
            asked,
            cases[key, RelationshipType.SHOWS] | cases[key, RelationshipType.PRESENTS_WITH],
            cases[key, RelationshipType.RULES_OUT] | cases[key, RelationshipType.DENIES],
            described[key],
        )
        for key, asked in wanted.items()
    ]


def _name(concept_id: str) -> str:
    concept = concepts().get(concept_id)
    return concept.name if concept else concept_id.partition(":")[2]


def _candidates(
    graph: Graph, keys: Sequence[str], findings: Sequence[_Finding], cohort: Set[str]
) -> Iterable[Candidate]:
    names, cases = dict[str, str](), defaultdict[tuple[str, str], set[str]](set)
    for row in read_in_parts(graph, _CASES_WITH, keys=keys):
        names[row["key"]] = row["name"]
        cases[row["key"], row["type"]] |= cohort & set(row["case_ids"])
    for key, name in sorted(names.items()):
        final = cases[key, RelationshipType.HAS_DIAGNOSIS]
        considered = cases[key, RelationshipType.CONSIDERS] - final
        if not (final or considered):
            continue
        evidence = tuple(_evidence(finding, final, considered, len(cohort)) for finding in findings)
        yield Candidate(
            node_key=str(NodeKey(Label.DIAGNOSIS, key)),
            name=name,
            score=sum(log(piece.ratio) for piece in evidence),
            cases=tuple(sorted(final)),
            considered_in=tuple(sorted(considered)),
            evidence=evidence,
            why=_why(evidence, len(final), len(considered)),
            literature=sum(log(piece.described_ratio) for piece in evidence) if final else 0.0,
        )


def _evidence(finding: _Finding, final: Set[str], considered: Set[str], number: int) -> FindingEvidence:
    """Weigh one finding; half a case is added, so that what nobody shows is not impossible."""
    usual = (len(finding.shown) + 0.5) / (number + 1)
    showing = len(finding.shown & final) + CONSIDERED_WEIGHT * len(finding.shown & considered)
    weight = len(final) + CONSIDERED_WEIGHT * len(considered)
    share = (showing + PRIOR_CASES * usual) / (weight + PRIOR_CASES)
    return FindingEvidence(
        finding=finding.concept_id,
        name=finding.name,
        wanted=finding.wanted,
        shown_in=tuple(sorted(finding.shown & final)),
        ruled_out_in=tuple(sorted(finding.ruled_out & final)),
        considered_in=tuple(sorted(finding.shown & considered)),
        usual_share=len(finding.shown) / number if number else 0.0,
        ratio=share / usual if finding.wanted else (1 - share) / (1 - usual),
        described_in=tuple(sorted(finding.described & final)),
        described_ratio=_described_ratio(finding, final, number) if finding.wanted else 1.0,
    )


def _described_ratio(finding: _Finding, final: Set[str], number: int) -> float:
    """Return how many times more often than usual the texts of some cases describe a finding; one more is added."""
    usual = (len(finding.described) + 0.5) / (number + 1)
    return (len(finding.described & final) + usual) / ((len(final) + 1) * usual)


def _why(evidence: Iterable[FindingEvidence], final: int, considered: int) -> str:
    """Return how often each finding is shown, ruled out and usual, in words."""
    return "; ".join(_clause(piece, final, considered) for piece in evidence)


def _clause(piece: FindingEvidence, final: int, considered: int) -> str:
    said = [f"shown in {len(piece.shown_in)} of {final} with it"] if final else []
    said += [f"ruled out in {len(piece.ruled_out_in)}"] if piece.ruled_out_in else []
    said += [f"in {len(piece.considered_in)} of {considered} that consider it"] if piece.considered_in else []
    said = said or [f"in none of {considered} that consider it"]
    return (
        f"{piece.name}{'' if piece.wanted else ' (asked as absent)'}: {', '.join(said)} (usual {piece.usual_share:.0%})"
    )
