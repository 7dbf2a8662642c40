"""Write the pages that are made from something else: the tutorial, the settings, the benchmarks, the JSON contract.

Usage: python docs/build_pages.py
"""

from __future__ import annotations

import ast
import csv
import inspect
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from casegraph.file import WorkspaceFile
from casegraph.json_page import json_page
from casegraph.settings import Settings

DOCS = Path(__file__).parent
BENCHMARKS = DOCS.parent / "benchmarks"

# What tells the rows of a benchmark apart: of rows that agree in these columns, the last one written counts.
KEYS: Mapping[str, tuple[str, ...]] = {
    "choose_asking": ("answerer",),
    "choose_drafting": (),
    "choose_weights": ("metric",),
    "compare_recipes": ("recipe", "other", "other_epochs", "folds", "task"),
    "coverage": ("package",),
    "judge_neighbours": ("recipe", "task"),
    "judge_sentences": ("encoder", "ranker", "metric"),
    "judge_training": ("recipe", "task"),
    "judge_zero_shot": ("split", "prompts", "task"),
    "quality_case_reports": ("asked",),
    "quality_changed_images": ("views", "change", "metric"),
    "quality_checker": ("planted",),
    "quality_classify_builtin": ("task",),
    "quality_diagnoses": ("split",),
    "quality_diagnosis_parents": ("split",),
    "quality_draft": ("writer", "metric"),
    "quality_findings": ("system", "stratum", "measure"),
    "quality_large_search": ("search",),
    "quality_lexicon_coverage": ("split",),
    "quality_mutants": ("module",),
    "quality_out_of_distribution": ("kind",),
    "quality_panels": ("cutter", "known", "figures"),
    "quality_poison": ("split", "planted"),
    "quality_questions": ("half", "ranker", "kind", "metric"),
    "quality_search": ("relevance", "ranker", "metric"),
    "time_clip": (),
    "time_fused_search": ("question",),
    "time_ingest": ("engine", "measure", "cases"),
    "time_paper_model": ("device",),
    "time_projection": ("engine", "cases"),
    "time_questions": ("engine", "cases", "question"),
}
# The module that writes a file of results, where it has another name.
WRITTEN_BY = {"coverage": "coverage_figures", "quality_mutants": "mutants", "time_questions": "time_projection"}

Row = Mapping[str, str]

SETTINGS_PAGE = """\
# Settings

Each setting is a variable of the environment. An option of a command goes before the variable, and the variable goes
before what the workspace remembers. A workspace remembers addresses, the vector index and the encoders, without
passwords; only `ingest`, `index` and `demo` (and `delete` and `doctor --fix` where they index) make it remember
something else. From Python, `casegraph.open(folder, graph="bolt://localhost:7687")` takes the same names in small
letters.

{table}

Beside these, `CASEGRAPH_TRACEBACK=1` shows Python's own traceback of an
[unforeseen error](errors.md#errors-that-nobody-foresaw). **It can quote texts of cases, paths and passwords.**
Variables of other libraries keep their meaning: `HF_HOME`, `SSL_CERT_FILE`, `HTTPS_PROXY` and the like
([behind a proxy, or offline](../how-to/behind-a-proxy-or-offline.md)).
"""

BENCHMARKS_PAGE = """\
# Benchmarks

Figures of quality and speed are rows in `benchmarks/results`, one CSV file for each benchmark, with date, commit and
machine. Below is the newest row for each thing measured. In brackets: 95 % intervals. `load` is the load of the
machine in that run: times under a load above the number of cores are those of a busy machine.

Figures on MedPix 2.0 need its release, which is not part of this repository (`CASEGRAPH_MEDPIX2` names its folder). How
the figures of quality are measured: [evaluation](../explanation/evaluation.md), [findings](../explanation/findings.md),
[diagnoses](../explanation/diagnoses.md), [the model card](compact.md).
"""


def tutorial_page(notebook: Mapping[str, Any]) -> str:
    """Return a notebook as a page: its text as it stands, its code in blocks."""
    parts = ["<!-- Made from tutorial.ipynb by docs/build_pages.py. -->"]
    for cell in notebook["cells"]:
        source = "".join(cell["source"]).strip()
        parts.append(f"```python\n{source}\n```" if cell["cell_type"] == "code" else source)
    return "\n\n".join(parts) + "\n"


def settings_page() -> str:
    """Return the page of the settings, from the fields of `Settings` and what is written below each of them."""
    said = dict(_field_docstrings())
    lines = [("variable", "at first", "what it is")]
    for name, field in Settings.model_fields.items():
        default = getattr(WorkspaceFile, name, None) if field.default is None else field.default
        lines.append((f"`CASEGRAPH_{name.upper()}`", _shown(default), said[name].replace("``", "`")))
    return SETTINGS_PAGE.format(table=_table(lines))


def _field_docstrings() -> Iterator[tuple[str, str]]:
    """Yield each field of `Settings` with the text below it, on one line."""
    (described,) = ast.parse(inspect.getsource(Settings)).body
    assert isinstance(described, ast.ClassDef)
    for field, text in pairwise(described.body):
        match field, text:
            case ast.AnnAssign(target=ast.Name(name)), ast.Expr(ast.Constant(str(words))):
                yield name, " ".join(words.split())


def _shown(value: object) -> str:
    shown = value.get_secret_value() if isinstance(value, SecretStr) else value
    return "" if shown is None or shown == "" else f"`{shown:g}`" if isinstance(shown, float) else f"`{shown}`"


def benchmarks_page(results: Path = BENCHMARKS / "results") -> str:
    """Return the page of the benchmarks: for each file of results what it measures, and its newest rows.

    Raises
    ------
    ValueError
        If a file of results has no key columns here.
    """
    parts = [BENCHMARKS_PAGE]
    for path in sorted(results.glob("*.csv")):
        if path.stem not in KEYS:
            raise ValueError(f"{path.name} has no key columns. Add them to KEYS in {Path(__file__).name}.")
        with path.open(encoding="utf-8", newline="") as file:
            rows = newest(list(csv.DictReader(file)), KEYS[path.stem])
        module = WRITTEN_BY.get(path.stem, path.stem)
        parts.append(f"## {path.stem}\n\n{_summary(module)} Written by `benchmarks/{module}.py`.\n\n{_results(rows)}")
    return "\n".join(parts)


def newest(rows: Sequence[Row], key: Sequence[str]) -> list[Row]:
    """Return, of the rows that agree in the key columns, the last one; in the order of the first of each."""
    return list({tuple(row[name] for name in key): row for row in rows}.values())


def _summary(module: str) -> str:
    text = ast.get_docstring(ast.parse((BENCHMARKS / f"{module}.py").read_text(encoding="utf-8"))) or ""
    return " ".join(text.split("\n\n")[0].split())


def _results(rows: Sequence[Row]) -> str:
    """Return the rows as a table, with what is the same in all of them above it."""
    shown = [with_intervals(row) for row in rows]
    if len(shown) == 1:
        return _table([("column", "value"), *shown[0].items()]) + "\n"
    same = {name: value for name, value in shown[0].items() if all(row[name] == value for row in shown)}
    varying = [name for name in shown[0] if name not in same]
    told = ", ".join(f"{name} {value}" for name, value in same.items() if value)
    table = _table([varying, *([row[name] for name in varying] for row in shown)])
    return f"In all rows: {told}.\n\n{table}\n" if told else f"{table}\n"


def with_intervals(row: Row) -> dict[str, str]:
    """Return a row with both ends of each interval in the cell of its figure: ``.39 (.30 to .48)``."""
    found: dict[str, str] = {}
    for name, value in row.items():
        if name.endswith("low") and f"{name.removesuffix('low')}high" in row:
            figure, high = list(found)[-1], row[f"{name.removesuffix('low')}high"]
            found[figure] = f"{found[figure]} ({value} to {high})" if value or high else found[figure]
        elif not (name.endswith("high") and f"{name.removesuffix('high')}low" in row):
            found[name.replace("_", " ")] = value
    return found


def _table(lines: Sequence[Sequence[str]]) -> str:
    head, *body = [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines]
    return "\n".join([head, "|---" * len(lines[0]) + "|", *body])


def _tutorial() -> str:
    return tutorial_page(json.loads((DOCS / "tutorial" / "tutorial.ipynb").read_text(encoding="utf-8")))


PAGES: Mapping[str, Callable[[], str]] = {
    "tutorial/index.md": _tutorial,
    "reference/settings.md": settings_page,
    "reference/benchmarks.md": benchmarks_page,
    "reference/json.md": json_page,
}


def main() -> None:
    """Write each page."""
    for name, write in PAGES.items():
        (DOCS / name).write_text(write(), encoding="utf-8")


if __name__ == "__main__":
    main()
