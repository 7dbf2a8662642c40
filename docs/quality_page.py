"""The page of the quality: what CaseGraph does well and badly, from the newest rows of `benchmarks/results`.

Which figures, and what is said of them, stands in `quality_lines.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from quality_figures import Figure, figure_of, hundred
from quality_lines import BARS, LINES, Line, Other, Subject, subjects
from result_rows import RESULTS, Row, newest_rows, table, told_by, written_by

HEAD = ("what is measured", "on", "figure", "beside it", "what it means", "measured again by")
PAGE = """\
# How good it is

What is right and what is not, for those who have to rely on it. Each figure is the newest row of its benchmark; none is
written by hand. In brackets: 95 % intervals where they were measured; those of counts are Wilson's, as if each thing
counted stood alone. Beside a figure stands what a simpler way reaches on the same.

The cases are those of MedPix 2.0, train and dev: in English, and chosen for teaching, not a hospital's usual day. **No
figure here says how CaseGraph does on your cases** ([measure it](evaluation.md)). No radiologist marked, graded or
judged anything for them ([who did](findings.md)). `WORKSPACE` is one with these cases. All rows:
[benchmarks](../reference/benchmarks.md).

{tables}

## What it does badly

Each figure above that misses its bar, or is no better than what stands beside it. The bar is {high} for what should be
high and {low} for what should be low, where none is named.

{badly}
"""


@dataclass(frozen=True, slots=True)
class Found:
    """A line with the figures of its rows."""

    line: Line
    row: Row
    figure: Figure
    beside: Sequence[tuple[Other, Figure]]
    minus: Figure | None

    def say(self, words: str) -> str:
        """Return words of the line with what its row tells put in."""
        return words.format_map({**self.row, "hundred": hundred(self.figure.value)})


def quality_page(results: Path = RESULTS, lines: Path = LINES) -> str:
    """Return the page: a table for each subject, and in words what misses its bar."""
    found = {subject.title: list(_found(subject, results)) for subject in subjects(lines)}
    tables = [f"## {title}\n\n{_table(told)}" for title, told in found.items() if told]
    badly = {title: [words for one in told if (words := _badly(one))] for title, told in found.items()}
    listed = [f"**{title}**\n\n" + "\n".join(f"- {one}" for one in words) for title, words in badly.items() if words]
    return PAGE.format(tables="\n\n".join(tables), badly="\n\n".join(listed) or "Nothing.", **BARS)


def _found(subject: Subject, results: Path) -> Iterator[Found]:
    for line in subject.line:
        for row in rows_of(line, results):
            figure = figure_of(line, row)
            beside = [(other, told) for other in line.beside if (told := _beside(other, line, row, results))]
            minus = _beside(line.minus, line, row, results) if line.minus else None
            if figure and (_misses(line, figure) or not line.only_missed):
                yield Found(line, row, figure, beside, minus)


def rows_of(line: Line, results: Path = RESULTS) -> list[Row]:
    """Return the rows that a line tells: none where the file or the row is not there.

    Raises
    ------
    ValueError
        If a line of one figure finds several rows.
    """
    rows = [row for row in _picked(line.file, line.row, results) if row.get(line.each or "") not in line.without]
    if line.total and rows:
        return [_added_up(rows, (*line.share, line.of))]
    if len(rows) > 1 and not line.each:
        raise ValueError(f"'{line.what}' finds {len(rows)} rows of {line.file}.csv. Name more columns in {LINES.name}.")
    return rows


def _added_up(rows: Sequence[Row], columns: Sequence[str]) -> Row:
    sums = {name: str(sum(int(row[name]) for row in rows)) for name in columns}
    return {**sums, "rows": str(len(rows)), "date": max(row["date"] for row in rows), "commit": ""}


def _picked(file: str, wanted: Mapping[str, str], results: Path) -> list[Row]:
    path = results / f"{file}.csv"
    rows = newest_rows(path) if path.is_file() else []
    return [row for row in rows if all(row[name] == value for name, value in wanted.items())]


def _beside(other: Other, line: Line, row: Row, results: Path) -> Figure | None:
    """Return the figure of what stands beside a row, which agrees with it in all that is not said otherwise."""
    same = {line.each: row[line.each]} if line.each else {}
    wanted = {**same, **({} if other.file else line.row), **other.row}
    rows = _picked(other.file or line.file, wanted, results) if other.row else [row]
    asked = other if other.value or other.share else line
    return figure_of(asked, rows[0]) if rows else None


def _table(found: Sequence[Found]) -> str:
    return table([HEAD, *(_cells(one) for one in found)])


def _cells(one: Found) -> tuple[str, ...]:
    beside = [f"{other.name} {figure}" for other, figure in one.beside]
    beside += [f"difference to {one.line.minus.name} {one.minus}"] if one.line.minus and one.minus else []
    when = ", ".join(filter(None, (one.row["date"], one.row["commit"])))
    return (
        one.say(one.line.what),
        one.say(one.line.on),
        str(one.figure),
        "; ".join(beside),
        one.say(one.line.means),
        f"`{usage(written_by(one.line.file))}` ({when})",
    )


def usage(module: str) -> str:
    """Return the command in the docstring of a benchmark."""
    found = re.search(r"^Usage: (.+?)(?:  |$)", told_by(module), re.MULTILINE)
    if found is None:
        raise ValueError(f"benchmarks/{module}.py does not say how it is run. Add 'Usage: ...' to its docstring.")
    return found[1].strip()


def _badly(one: Found) -> str:
    """Return in words what is bad about a figure, and nothing if nothing is."""
    lost, missed = list(_loses(one)), _misses(one.line, one.figure)
    if not missed and not lost:
        return ""
    what, means = (f"{words[0].upper()}{words[1:]}" for words in (one.say(one.line.what), one.say(one.line.means)))
    bar = f"; its bar is {one.line.bar}" if missed and one.line.bar is not None else ""
    return " ".join([f"{means}. {what}: {one.figure}{bar}.", *lost])


def _misses(line: Line, figure: Figure) -> bool:
    bar = BARS[line.best] if line.bar is None else line.bar
    return figure.value < bar if line.best == "high" else figure.value > bar


def _loses(one: Found) -> Iterator[str]:
    """Yield what is as good or better; what was compared case by case is judged by the interval of the difference."""
    sign = 1 if one.line.best == "high" else -1
    against = one.line.minus if one.minus else None
    if against and one.minus:
        worst, best = sorted(sign * end for end in one.minus.interval)
        if worst <= 0:
            yield f"{'Worse' if best < 0 else 'Not surely better'} than {against.name}: the difference is {one.minus}."
    for other, figure in one.beside:
        compared = against and against.name == other.name
        if other.rival and not compared and sign * figure.value > sign * one.figure.value:
            yield f"Better is {other.name}: {figure}."
