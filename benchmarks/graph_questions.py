"""Questions to a graph of generated cases: median and 95th percentile in milliseconds.

Beside a neighbourhood, in the same run, what one would write for it in Cypher without a thought for common nodes:
one statement that walks so far and stops at so many nodes. Its rows come in the engine's order and say no
relationship; it is the least that a server takes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final, LiteralString

from kg.engine.graph import Graph
from kg.questions.cohort import cohort
from kg.questions.differential import differential
from kg.questions.neighbourhood import neighbourhood
from kg.questions.paths import shortest_paths
from kg.questions.shared import cases_sharing
from kg.schema import Label, NodeKey

ASKED = 20
_WARM_UP = 5  # a server compiles a statement and fills its caches by the first few
_LIMIT = 100  # as `neighbourhood` has it
_CASES: Final = "MATCH (c:Case) RETURN c.case_id AS case_id ORDER BY case_id"
_FINDINGS: Final = (
    "MATCH (:Case)-[:SHOWS]->(f:Finding) WITH f.concept_id AS key, count(*) AS times "
    "RETURN key ORDER BY times DESC, key LIMIT 2"
)
_BARE_1: Final = (
    "MATCH (c:Case {case_id: $case_id})-[*1..1]-(n) RETURN DISTINCT labels(n) AS l, properties(n) AS p LIMIT $limit"
)
_BARE_2: Final = (
    "MATCH (c:Case {case_id: $case_id})-[*1..2]-(n) RETURN DISTINCT labels(n) AS l, properties(n) AS p LIMIT $limit"
)
Question = Callable[[str, str], object]


def ask_questions(graph: Graph) -> dict[str, tuple[float, float]]:
    """Return the median and the 95th percentile of each question, asked of cases spread over the whole graph."""
    case_ids = [row["case_id"] for row in graph.read(_CASES)]
    step = max(1, len(case_ids) // (ASKED + _WARM_UP))
    asked = case_ids[::step][: ASKED + _WARM_UP]
    return {name: _milliseconds(question, asked) for name, question in _questions(graph, case_ids).items()}


def _questions(graph: Graph, case_ids: Sequence[str]) -> Mapping[str, Question]:
    findings = [row["key"] for row in graph.read(_FINDINGS)]

    def bare(statement: LiteralString) -> Question:
        return lambda case_id, _: graph.read(statement, case_id=case_id, limit=_LIMIT)

    def around(depth: int) -> Question:
        return lambda case_id, _: neighbourhood(graph, _key(case_id), depth=depth, limit=_LIMIT)

    return {
        "neighbourhood, depth 1": around(1),
        "bare statement, depth 1": bare(_BARE_1),
        "neighbourhood, depth 2": around(2),
        "bare statement, depth 2": bare(_BARE_2),
        "paths between two cases": lambda one, other: shortest_paths(graph, _key(one), _key(other)),
        "cases sharing most with one": lambda case_id, _: cases_sharing(graph, case_id=case_id),
        "differential of the two commonest findings": lambda *_: differential(graph, findings),
        "cohort of all cases": lambda *_: cohort(graph, case_ids),
    }


def _key(case_id: str) -> str:
    return str(NodeKey(Label.CASE, case_id))


def _milliseconds(question: Question, case_ids: Sequence[str]) -> tuple[float, float]:
    times = list[float]()
    for case_id, other in zip(case_ids, reversed(case_ids), strict=True):
        start = time.perf_counter()
        question(case_id, other)
        times.append((time.perf_counter() - start) * 1000)
    measured = sorted(times[_WARM_UP:])
    return measured[len(measured) // 2], measured[int(0.95 * len(measured))]
