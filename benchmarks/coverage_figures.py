"""How much of each package the tests run, by lines and by branches: rows, and the table of docs/explanation/tests.md.

Reads the JSON report that `make coverage` has pytest-cov write.

Usage: python -m benchmarks.coverage_figures REPORT
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Any

from benchmarks.record import append_row

PAGE = Path(__file__).parents[1] / "docs" / "explanation" / "tests.md"
BEGIN, END = "<!-- coverage -->\n", "<!-- end of coverage -->\n"
COUNTS = ("num_statements", "covered_lines", "num_branches", "covered_branches")


def counts_by_package(report: Mapping[str, Any]) -> dict[str, Counter[str]]:
    """Add up the counts of the files of each package, in the report's order, and of all under ``all``."""
    found: dict[str, Counter[str]] = {}
    for file, told in report["files"].items():
        package = PurePath(file.replace("\\", "/")).parts[0].removesuffix(".py")
        counts = Counter({count: told["summary"][count] for count in COUNTS})
        for name in (package, "all"):
            found.setdefault(name, Counter()).update(counts)
    return {**{name: found[name] for name in found if name != "all"}, "all": found["all"]}


def table_of(packages: Mapping[str, Counter[str]]) -> str:
    """Write the counts as a Markdown table."""
    lines = ["| package | statements | run by tests | branches | run by tests |", "|---|---|---|---|---|"]
    for name, counts in packages.items():
        statements, lines_run, branches, branches_run = (counts[count] for count in COUNTS)
        shares = f"{_percent(lines_run, statements)} % | {branches} | {_percent(branches_run, branches)} %"
        lines.append(f"| {name} | {statements} | {shares} |")
    return "\n".join(lines) + "\n"


def with_table(page: str, table: str) -> str:
    """Put a table between the marks of a page.

    Raises
    ------
    ValueError
        If the page has not exactly one pair of marks.
    """
    if page.count(BEGIN) != 1 or page.count(END) != 1:
        raise ValueError(f"the page has not one {BEGIN.strip()} and one {END.strip()}. Put them where the table goes.")
    before, after = page.split(BEGIN, maxsplit=1)[0], page.split(END)[1]
    return f"{before}{BEGIN}{table}{END}{after}"


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 100.0


def main() -> None:
    """Append a row for each package and write the table."""
    if len(sys.argv) != 2:
        sys.exit("give the JSON report of pytest-cov: python -m benchmarks.coverage_figures REPORT")
    packages = counts_by_package(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    for name, counts in packages.items():
        lines = _percent(counts["covered_lines"], counts["num_statements"])
        branches = _percent(counts["covered_branches"], counts["num_branches"])
        row = {"package": name, **{count: counts[count] for count in COUNTS}}
        append_row("coverage", **row, line_percent=lines, branch_percent=branches)
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8"), table_of(packages)), encoding="utf-8")


if __name__ == "__main__":
    main()
