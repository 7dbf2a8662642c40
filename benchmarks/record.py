"""Rows of results: one CSV per benchmark, one row per run, with commit, date and machine."""

from __future__ import annotations

import csv
import datetime
import os
import platform
import subprocess
from collections.abc import Mapping
from pathlib import Path

from scipy.stats import binomtest

from clip.evaluation.estimates import Estimate

RESULTS = Path(__file__).parent / "results"


def append_row(benchmark: str, **values: object) -> None:
    """Append one row to the benchmark's CSV and show it.

    Raises
    ------
    ValueError
        If the row has other columns than the file.
    """
    path = RESULTS / f"{benchmark}.csv"
    row = {"date": datetime.date.today().isoformat(), "commit": _commit(), "machine": _machine(), **values}
    known = path.read_text(encoding="utf-8").splitlines()[0].split(",") if path.is_file() else list(row)
    if known != list(row):
        raise ValueError(f"{path} has columns {known}, the row has {list(row)}.")
    new = not path.is_file()
    with path.open("a", encoding="utf-8", newline="") as table:
        writer = csv.DictWriter(table, known, lineterminator="\n")
        if new:
            writer.writeheader()
        writer.writerow(row)
    print(", ".join(f"{name}={value}" for name, value in row.items()))


def share_with_interval(held: int, total: int) -> tuple[float, float, float]:
    """Return a share of counted things and both ends of its 95 % interval, as Wilson's method has them."""
    test = binomtest(held, total)
    ends = test.proportion_ci(method="wilson")
    return float(test.statistic), float(ends.low), float(ends.high)


def columns_of(estimate: Estimate, name: str, prefix: str = "") -> dict[str, float]:
    """Return a figure as three columns: `name`, and the ends of its interval as ``low`` and ``high`` after `prefix`."""
    ends = {f"{prefix}low": estimate.low, f"{prefix}high": estimate.high}
    return {column: round(value, 3) for column, value in {name: estimate.value, **ends}.items()}


def tell_epoch(epoch: int, epochs: int, metrics: Mapping[str, float]) -> None:
    """Show how far a training is."""
    print(f"epoch {epoch} of {epochs}:", {name: round(value, 3) for name, value in metrics.items()}, flush=True)


def _commit() -> str:
    told = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return told.stdout.strip() or "unknown"


def _machine() -> str:
    return f"{platform.system()} {platform.machine()} {os.cpu_count()} cores"
