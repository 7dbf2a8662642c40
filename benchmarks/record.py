"""Rows of results: one CSV per benchmark, one row per run, with commit, date and machine."""

from __future__ import annotations

import csv
import datetime
import os
import platform
import subprocess
from pathlib import Path

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


def _commit() -> str:
    told = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return told.stdout.strip() or "unknown"


def _machine() -> str:
    return f"{platform.system()} {platform.machine()} {os.cpu_count()} cores"
