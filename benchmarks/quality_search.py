"""How well search finds the like of a case: every ranker, kind of relevance and metric, with 95 % intervals.

One row per ranker, kind and metric, as `casegraph evaluate search` reports them; the paired differences to BM25 are
rankers named "... minus bm25".

Usage: python -m benchmarks.quality_search WORKSPACE
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping

import casegraph
from benchmarks.record import append_row, columns_of
from clip.evaluation.estimates import Estimate
from rag.evaluation.protocol import RelevanceReport, evaluate_search


def main() -> None:
    """Measure one workspace and append the rows."""
    with casegraph.open(sys.argv[1] if len(sys.argv) > 1 else "workspace") as space:
        evaluation = evaluate_search(space.engines.finder)
    for report in evaluation.reports:
        for ranker, estimates in _rankers(report):
            for metric, estimate in estimates.items():
                append_row(
                    "quality_search",
                    encoders=f"{evaluation.image_encoder}+{evaluation.text_encoder}",
                    relevance=report.relevance,
                    queries=report.queries,
                    candidates=evaluation.candidates - 1,
                    ranker=ranker,
                    metric=metric,
                    **columns_of(estimate, "value"),
                    ceiling=round(report.ceiling[metric], 3),
                )


def _rankers(report: RelevanceReport) -> Iterator[tuple[str, Mapping[str, Estimate]]]:
    yield from report.rankers.items()
    for name, differences in report.differences.items():
        yield f"{name} minus bm25", differences


if __name__ == "__main__":
    main()
