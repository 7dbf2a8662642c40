"""mutmut with two operators of our own, over one module in a prepared folder; writes what became of each mutant.

mutmut swaps operators, shifts numbers and drops arguments, but leaves a whole term where it is. A reviewer's faults of
that kind lived: half an interval's tail, and a row number that was always 0. So here a sum or quotient also loses its
second term, and a number made of something is also 0.

Usage: python mutant_operators.py MODULE.py [MUTANT ...], in a folder with a ``pyproject.toml`` for mutmut. Without
mutants, all.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path

import libcst as cst
from mutmut.mutation import mutators
from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.stats import status_by_exit_code

NUMBERS = {"int", "float", "round", "len", "sum", "min", "max"}
WORDS = (cst.Add, cst.Modulo)  # of texts as often as of numbers


def second_term_lost(node: cst.BinaryOperation) -> Iterable[cst.CSTNode]:
    """Turn ``a / b`` into ``a``."""
    if not isinstance(node.operator, WORDS):
        yield node.left


def number_lost(node: cst.Call) -> Iterable[cst.CSTNode]:
    """Turn ``int(a)`` into ``int()``, which is 0."""
    if isinstance(node.func, cst.Name) and node.func.value in NUMBERS:
        yield cst.parse_expression("int()")  # 0, also where a part of it is taken: "0[1]" could not even be read


def outcomes(module: Path) -> list[dict[str, str]]:
    """Return of each mutant its name, what became of it, and the lines that it changes."""
    held = SourceFileMutationData(path=module)
    held.load()
    return [_outcome(module, name, status_by_exit_code[code]) for name, code in held.exit_code_by_key.items()]


def _outcome(module: Path, name: str, status: str) -> dict[str, str]:
    if status == "killed":
        return {"mutant": name, "status": status, "before": "", "after": ""}
    lines = get_diff_for_mutant(name, path=module).splitlines()[2:]
    before, after = (" ".join(line[1:].strip() for line in lines if line[:1] == sign) for sign in "-+")
    return {"mutant": name, "status": status, "before": before, "after": after}


def main() -> None:
    """Run mutmut, then write ``outcomes.json``."""
    from mutmut.__main__ import _run  # reads the settings of the folder, and sets how processes are started

    module, *names = sys.argv[1:]
    mutators.mutation_operators.extend([(cst.BinaryOperation, second_term_lost), (cst.Call, number_lost)])  # pyright: ignore[reportAttributeAccessIssue]
    _run(names, 1)
    Path("outcomes.json").write_text(json.dumps(outcomes(Path(module))), encoding="utf-8")


if __name__ == "__main__":
    main()
