"""How near drafts come to the real findings, beside copies of the nearest and of a random case, with 95 % intervals.

The choices of a draft were made on train (`benchmarks/choose_drafting.py`); this reports the dev cases, each drafted
for from its images, history, age and sex, as `casegraph evaluate draft --split dev` does. A row per metric, among them
`differential_other_region`: the share of the entries of a differential whose cases all lie in another region.

With a language model (a folder, or the name of one of sentence-transformers) BERTScore is measured too, and `encoders`
names the model.

Usage: python -m benchmarks.quality_draft WORKSPACE [LANGUAGE MODEL]
"""

from __future__ import annotations

import sys
from pathlib import Path

import casegraph
from benchmarks.record import append_row, columns_of


def main() -> None:
    """Measure one workspace and append the rows."""
    model = sys.argv[2] if len(sys.argv) > 2 else None
    with casegraph.open(sys.argv[1] if len(sys.argv) > 1 else "workspace") as space:
        report = space.evaluation.drafts(space.evaluation.measured(["dev"]), bert_model=model)
    writers = {**report.writers, **{f"draft {name}": found for name, found in report.differences.items()}}
    for writer, estimates in writers.items():
        for metric, estimate in estimates.items():
            append_row(
                "quality_draft",
                encoders=f"{report.image_encoder}+{report.text_encoder}{f'+{Path(model).name}' if model else ''}",
                cases=report.drafted,
                statements=report.statements,
                uncited=report.uncited,
                wrong_subjects=report.wrong_subjects,
                writer=writer,
                metric=metric,
                **columns_of(estimate, "value"),
            )


if __name__ == "__main__":
    main()
