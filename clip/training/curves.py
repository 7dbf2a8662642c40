"""The metrics of a run as an image: one small chart per metric, epochs to the right."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

COLUMNS = 3


def draw_curves(rows: Sequence[Mapping[str, float]], path: Path) -> Path:
    """Draw the rows of a run, one per epoch, and return the path of the PNG.

    Parameters
    ----------
    rows : sequence of mappings
        As `clip.training.loop.run_stage` returns them: ``epoch`` and one value per metric.
    """
    from matplotlib.figure import Figure

    names = [name for name in rows[0] if name != "epoch"]
    lines = math.ceil(len(names) / COLUMNS)
    figure = Figure(figsize=(4 * min(COLUMNS, len(names)), 2.6 * lines), layout="constrained")
    charts = figure.subplots(lines, min(COLUMNS, len(names)), squeeze=False).ravel()
    for chart, name in zip(charts, names, strict=False):
        chart.plot([row["epoch"] for row in rows], [row[name] for row in rows], marker=".")
        chart.set_title(name.replace("_", " "), fontsize=9)
        chart.grid(alpha=0.3)
    for chart in charts[len(names) :]:
        chart.set_visible(False)
    figure.savefig(path, dpi=110)
    return path
