"""Write the pages that are made from something else: the tutorial, the settings, the benchmarks, the quality, the
JSON contract.

Usage: python docs/build_pages.py
"""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from quality_page import quality_page
from result_rows import RESULTS, Row, newest_rows, table, told_by, with_intervals, written_by

from casegraph.file import WorkspaceFile
from casegraph.json_page import json_page
from casegraph.settings import Settings

DOCS = Path(__file__).parent

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
    return SETTINGS_PAGE.format(table=table(lines))


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


def benchmarks_page(results: Path = RESULTS) -> str:
    """Return the page of the benchmarks: for each file of results what it measures, and its newest rows.

    Raises
    ------
    ValueError
        If a file of results has no key columns here.
    """
    parts = [BENCHMARKS_PAGE]
    for path in sorted(results.glob("*.csv")):
        rows, module = newest_rows(path), written_by(path.stem)
        parts.append(f"## {path.stem}\n\n{_summary(module)} Written by `benchmarks/{module}.py`.\n\n{_results(rows)}")
    return "\n".join(parts)


def _summary(module: str) -> str:
    return " ".join(told_by(module).split("\n\n")[0].split())


def _results(rows: Sequence[Row]) -> str:
    """Return the rows as a table, with what is the same in all of them above it."""
    shown = [with_intervals(row) for row in rows]
    if len(shown) == 1:
        return table([("column", "value"), *shown[0].items()]) + "\n"
    same = {name: value for name, value in shown[0].items() if all(row[name] == value for row in shown)}
    varying = [name for name in shown[0] if name not in same]
    told = ", ".join(f"{name} {value}" for name, value in same.items() if value)
    lines = table([varying, *([row[name] for name in varying] for row in shown)])
    return f"In all rows: {told}.\n\n{lines}\n" if told else f"{lines}\n"


def _tutorial() -> str:
    return tutorial_page(json.loads((DOCS / "tutorial" / "tutorial.ipynb").read_text(encoding="utf-8")))


PAGES: Mapping[str, Callable[[], str]] = {
    "tutorial/index.md": _tutorial,
    "reference/settings.md": settings_page,
    "reference/benchmarks.md": benchmarks_page,
    "reference/json.md": json_page,
    "explanation/quality.md": quality_page,
}


def main() -> None:
    """Write each page."""
    for name, write in PAGES.items():
        (DOCS / name).write_text(write(), encoding="utf-8")


if __name__ == "__main__":
    main()
