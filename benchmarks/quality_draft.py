"""How near drafts come to the real findings, beside copies of the nearest and of a random case, with 95 % intervals.

The choices of a draft were made on train (`benchmarks/choose_drafting.py`); this reports the dev cases, each drafted
for from its pictures, history, age and sex, as `casegraph evaluate draft --split dev` does. A row per metric.

Usage: python -m benchmarks.quality_draft WORKSPACE
"""

from __future__ import annotations

import sys

import casegraph
from benchmarks.record import append_row
from rag.evaluation.drafting import evaluate_drafts


def main() -> None:
    """Measure one workspace and append the rows."""
    with casegraph.open(sys.argv[1] if len(sys.argv) > 1 else "workspace") as space:
        dev = frozenset(stored.case.case_id for stored in space.store.cases() if stored.case.split == "dev")
        report = evaluate_drafts(space.finder, asking=dev)
    writers = {**report.writers, **{f"draft {name}": found for name, found in report.differences.items()}}
    for writer, estimates in writers.items():
        for metric, estimate in estimates.items():
            append_row(
                "quality_draft",
                encoders=f"{report.image_encoder}+{report.text_encoder}",
                cases=report.drafted,
                statements=report.statements,
                uncited=report.uncited,
                wrong_subjects=report.wrong_subjects,
                writer=writer,
                metric=metric,
                value=round(estimate.value, 3),
                low=round(estimate.low, 3),
                high=round(estimate.high, 3),
            )


if __name__ == "__main__":
    main()
