"""Numbers about a set of cases: age, sex, regions, modalities, and findings by region."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from kg.engine.graph import Graph
from kg.projection.ownership import require_ours
from kg.questions.parts import read_in_parts
from kg.schema import OURS, Label, NodeKey, node

UNKNOWN = "unknown"
_BAND_YEARS = 10
# All who are older are few.
_OLDEST_BAND = 80

_FACTS: Final = (
    f"UNWIND $case_ids AS case_id MATCH {node('c', Label.CASE, 'case_id')}<-[r:HAS_CASE {OURS}]-(:Patient) "
    "RETURN case_id, r.sex AS sex, r.age_years AS age_years"
)
_IMAGES: Final = (
    f"UNWIND $case_ids AS case_id MATCH {node('c', Label.CASE, 'case_id')}"
    f"-[:HAS_IMAGE {OURS}]->(:Image)-[r {OURS}]->(n) "
    "WHERE type(r) IN ['IN_REGION', 'ACQUIRED_WITH'] "
    "RETURN type(r) AS type, n.name AS name, collect(DISTINCT case_id) AS case_ids"
)
_FINDINGS: Final = (
    f"UNWIND $case_ids AS case_id MATCH {node('c', Label.CASE, 'case_id')}"
    f"-[:HAS_IMAGE*0..1 {OURS}]->(o)-[:SHOWS {OURS}]->(f:Finding) "
    "RETURN f.concept_id AS key, f.name AS name, collect(DISTINCT case_id) AS case_ids"
)


@dataclass(frozen=True)
class Share:
    """How many of the cases; `share` is of all cases of the cohort, and a case may count in several rows."""

    name: str
    cases: int
    share: float


@dataclass(frozen=True)
class FindingShare:
    """In how many cases a finding is present, in all and by region of the cases' images."""

    node_key: str
    name: str
    cases: int
    share: float
    by_region: Mapping[str, int]


@dataclass(frozen=True)
class Cohort:
    """Numbers about a set of cases; the most frequent first, age bands by age.

    Attributes
    ----------
    ages_by_sex : mapping
        For each sex, how many cases there are of each age band that has any.
    """

    cases: int
    sexes: tuple[Share, ...]
    age_bands: tuple[Share, ...]
    regions: tuple[Share, ...]
    modalities: tuple[Share, ...]
    findings: tuple[FindingShare, ...]
    ages_by_sex: Mapping[str, Mapping[str, int]]


def cohort(graph: Graph, case_ids: Collection[str], *, findings: int = 50) -> Cohort:
    """Count what the cases have; those that the graph does not know are not counted.

    Parameters
    ----------
    graph : Graph
        The graph.
    case_ids : collection of str
        The cases, for example those that a filter of the documents finds.
    findings : int
        How many findings at most, the most frequent ones.
    """
    require_ours(graph)
    wanted = sorted(set(case_ids))
    facts = {row["case_id"]: row for row in read_in_parts(graph, _FACTS, case_ids=wanted)}
    number = len(facts)
    images: defaultdict[str, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in read_in_parts(graph, _IMAGES, case_ids=wanted):
        images[row["type"]][row["name"]] |= set(row["case_ids"])
    regions = images["IN_REGION"]
    people = [(age_band(row["age_years"]), row["sex"] or UNKNOWN) for row in facts.values()]
    ages, sexes, both = Counter(band for band, _ in people), Counter(sex for _, sex in people), Counter(people)
    return Cohort(
        cases=number,
        sexes=_shares(sexes, number),
        age_bands=tuple(Share(band, ages[band], ages[band] / number) for band in _bands() if ages[band]),
        regions=_shares({name: len(found) for name, found in regions.items()}, number),
        modalities=_shares({name: len(found) for name, found in images["ACQUIRED_WITH"].items()}, number),
        findings=_findings(read_in_parts(graph, _FINDINGS, case_ids=wanted), regions, number)[:findings],
        ages_by_sex={sex: {band: both[band, sex] for band in _bands() if both[band, sex]} for sex in sorted(sexes)},
    )


def age_band(age_years: float | None) -> str:
    """Return the ten years that an age belongs to.

    Examples
    --------
    >>> [age_band(age) for age in (0.5, 39.9, 40, 93, None)]
    ['0-9', '30-39', '40-49', '80+', 'unknown']
    """
    if age_years is None:
        return UNKNOWN
    start = min(int(age_years) // _BAND_YEARS * _BAND_YEARS, _OLDEST_BAND)
    return f"{start}+" if start == _OLDEST_BAND else f"{start}-{start + _BAND_YEARS - 1}"


def _bands() -> list[str]:
    return [*(age_band(start) for start in range(0, _OLDEST_BAND + 1, _BAND_YEARS)), UNKNOWN]


def _shares(counts: Mapping[str, int], number: int) -> tuple[Share, ...]:
    ordered = sorted(counts.items(), key=lambda item: (item[0] == UNKNOWN, -item[1], item[0]))
    return tuple(Share(name, count, count / number) for name, count in ordered)


def _findings(
    rows: Iterable[Mapping[str, Any]], regions: Mapping[str, set[str]], number: int
) -> tuple[FindingShare, ...]:
    names, cases_with = dict[str, str](), defaultdict[str, set[str]](set)
    for row in rows:
        names[row["key"]] = row["name"]
        cases_with[row["key"]] |= set(row["case_ids"])
    found = [
        FindingShare(
            node_key=str(NodeKey(Label.FINDING, key)),
            name=names[key],
            cases=len(cases),
            share=len(cases) / number,
            by_region={name: len(imaged & cases) for name, imaged in sorted(regions.items())},
        )
        for key, cases in cases_with.items()
    ]
    return tuple(sorted(found, key=lambda finding: (-finding.cases, finding.name)))
