"""What would tell diagnoses apart: findings, symptoms and exams that are frequent with one and rare with another.

Counted over the cases that have a diagnosis or one of its kind. Not a test's sensitivity: an archive of teaching cases
reports what teaches, and what nobody wrote may have been there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ingest.concepts.diagnosis_parents import all_broader, counted_as, disease_of
from ingest.concepts.lexicon import says_little
from kg.engine.graph import Graph
from kg.projection.ownership import require_ours
from kg.questions.parts import read_in_parts
from kg.schema import LABEL_OF_KIND, NARROWER, OURS, Label, NodeKey, kind_of, node

MIN_CASES = 2  # that report a finding with one of the diagnoses: what one case has is no pattern
MIN_SHARE, MIN_DIFFERENCE = 0.4, 0.25  # of the cases with the one, and beyond the share with the other, both smoothed
# A finding starts as if half a case with the diagnosis had it and half a case had not.
_HALF = 0.5
# What many patients have whatever ails them; and findings that name a disease in general, or a device.
_SAYS_LITTLE = frozenset(
    (
        "clinical:absence-of-symptoms", "clinical:acute-onset", "clinical:chronic-course", "clinical:pain",
        "clinical:surgical-history", "exam:abdominal-radiograph",
        "exam:autopsy", "exam:blood-chemistry", "exam:chest-radiograph",
        "exam:complete-blood-count", "exam:computed-tomography", "exam:electrocardiography", "exam:fluoroscopy",
        "exam:gadolinium-contrast", "exam:histopathology", "exam:intravenous-contrast",
        "exam:magnetic-resonance-imaging", "exam:oral-contrast", "exam:physical-examination", "exam:radiograph",
        "exam:ultrasound", "exam:urinalysis",
        "finding:asymmetry", "finding:breast-implant", "finding:carcinoma", "finding:catheter",
        "finding:congenital-anomaly", "finding:deformity", "finding:infection", "finding:inflammation",
        "finding:malignancy", "finding:medical-device", "finding:metastasis", "finding:orthopedic-hardware",
        "finding:pacemaker", "finding:postoperative-change", "finding:surgical-clip", "finding:tumor",
        "finding:tumor-recurrence",
    )
)  # fmt: skip
_PER_PAIR = 2  # of two diagnoses that much tells apart, only the best

_CASES: Final = (
    f"UNWIND $keys AS key MATCH {node('d', Label.DIAGNOSIS, 'key')}{NARROWER}<-[:HAS_DIAGNOSIS {OURS}]-(c:Case) "
    "RETURN key, d.name AS name, collect(DISTINCT c.case_id) AS case_ids"
)
_SEEN: Final = (
    f"UNWIND $case_ids AS case_id MATCH {node('c', Label.CASE, 'case_id')}"
    f"-[:HAS_IMAGE*0..1 {OURS}]->(o)-[:SHOWS|PRESENTS_WITH|EXAMINED_BY {OURS}]->(n) "
    "RETURN n.concept_id AS key, n.name AS name, collect(DISTINCT case_id) AS case_ids"
)


@dataclass(frozen=True)
class ReportedShare:
    """In how many of the cases with a diagnosis something is reported."""

    node_key: str
    name: str
    shown_in: tuple[str, ...]
    cases: int


@dataclass(frozen=True)
class Discriminator:
    """One thing to look for, and how often it is reported with each of the diagnoses, the most frequent first.

    Attributes
    ----------
    difference : float
        Between the smoothed shares of the two diagnoses that it tells apart best, 0 to 1.
    """

    node_key: str
    name: str
    difference: float
    shares: tuple[ReportedShare, ...]


def telling_apart(
    graph: Graph,
    concept_ids: Sequence[str],
    *,
    known: Collection[str] = (),
    among: Collection[str] | None = None,
    limit: int = 5,
) -> tuple[Discriminator, ...]:
    """Return the findings, symptoms and exams that best separate some diagnoses, the best first.

    Parameters
    ----------
    concept_ids : sequence of str
        The diagnoses, as concepts: the leading ones of a ranking.
    known : collection of str
        Concepts that are known of the scan already, present or absent.
    among : collection of str, optional
        Only these cases are counted: tuberculosis of the lung is told apart by what it shows in the lung.
    limit : int
        How many at most.

    Returns
    -------
    tuple of Discriminator
        Empty where fewer than two of the diagnoses have cases, or nothing separates them.
    """
    require_ours(graph)
    having = _having(graph, concept_ids, among)
    diagnoses = [concept_id for concept_id in concept_ids if concept_id in having]
    several = [concept_id for concept_id in diagnoses if len(having[concept_id]["case_ids"]) >= MIN_CASES]
    diagnoses = several if len(several) > 1 else diagnoses
    if len(diagnoses) < 2:
        return ()
    case_ids = sorted({case_id for each in diagnoses for case_id in having[each]["case_ids"]})
    names, seen = dict[str, str](), defaultdict[str, set[str]](set)
    for row in read_in_parts(graph, _SEEN, case_ids=case_ids):
        names[row["key"]] = row["name"]
        seen[row["key"]] |= set(row["case_ids"])
    apart = {*known, *_SAYS_LITTLE, *filter(says_little, names), *_themselves(names, diagnoses)}
    found = (
        _discriminator(key, names[key], [_share(having[each], seen[key]) for each in diagnoses])
        for key in sorted(seen.keys() - apart)
    )
    return tuple(_best(found, limit))


def _having(graph: Graph, concept_ids: Sequence[str], among: Collection[str] | None) -> dict[str, Mapping[str, Any]]:
    """Return the diagnoses that some of the cases have, each with its name and cases."""
    having = dict[str, Mapping[str, Any]]()
    for row in graph.read(_CASES, keys=list(concept_ids)):
        case_ids = [case_id for case_id in row["case_ids"] if among is None or case_id in among]
        if case_ids:
            having[row["key"]] = {**row, "case_ids": case_ids}
    return having


def _share(having: Mapping[str, Any], seen: Collection[str]) -> ReportedShare:
    cases = set(having["case_ids"])
    return ReportedShare(
        str(NodeKey(Label.DIAGNOSIS, having["key"])), having["name"], tuple(sorted(cases & set(seen))), len(cases)
    )


def _discriminator(key: str, name: str, shares: Iterable[ReportedShare]) -> Discriminator:
    ordered = tuple(sorted(shares, key=lambda share: -_smoothed(share)))
    return Discriminator(_node_key(key), name, _smoothed(ordered[0]) - _smoothed(ordered[-1]), ordered)


def _best(found: Iterable[Discriminator], limit: int) -> Iterator[Discriminator]:
    """Yield the best, no more than a few for the same two diagnoses."""
    able = [one for one in found if _is_worth_a_look(one)]
    told: dict[tuple[str, str], int] = defaultdict(int)
    number = 0
    for one in sorted(able, key=lambda one: (-one.difference, one.name)):
        ends = (one.shares[0].node_key, one.shares[-1].node_key)
        if number < limit and told[ends] < _PER_PAIR:
            told[ends] += 1
            number += 1
            yield one


def _is_worth_a_look(one: Discriminator) -> bool:
    first = one.shares[0]
    frequent = len(first.shown_in) >= MIN_CASES and _smoothed(first) >= MIN_SHARE
    return frequent and one.difference >= MIN_DIFFERENCE


def _smoothed(share: ReportedShare) -> float:
    return (len(share.shown_in) + _HALF) / (share.cases + 2 * _HALF)


def _themselves(names: Mapping[str, str], diagnoses: Iterable[str]) -> Iterator[str]:
    """Yield the findings that are one of the diagnoses by another word: "infarct" tells no infarct apart."""
    families = {other for concept_id in diagnoses for other in (concept_id, *all_broader(concept_id))}
    for key, name in names.items():
        disease = disease_of(name)
        if disease and (disease.concept_id in families or counted_as(disease.concept_id).concept_id in families):
            yield key


def _node_key(concept_id: str) -> str:
    return str(NodeKey(LABEL_OF_KIND[kind_of(concept_id)], concept_id))
