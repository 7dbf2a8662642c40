"""How many planted one-line faults the tests notice, module by module; fails under nine in ten.

mutmut writes the faults ("mutants") into a copy of the packages and forks a test run for each, with the module's own
quick tests of ``mutants.toml`` only. What survives is a fault that nobody would see, and is mended by a test, or
accepted there with a reason.

Usage: make mutants    or    make mutants MODULES="rag/search/fusion.py kg/questions"    AGAIN=1: survivors only
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.record import append_row

ROOT = Path(__file__).parents[1]
TABLE = Path(__file__).with_suffix(".toml")
WORK = ROOT / "build" / "mutants"
PACKAGES = ("casegraph", "ingest", "kg", "clip", "rag", "ui")
ENOUGH = 0.90
DEAD = frozenset({"killed", "timeout", "segfault"})
# Half a minute over what the tests usually take: a timeout counts as noticed, and a busy machine must not make one.
SETTINGS = """
[tool.mutmut]
source_paths = [{packages}]
only_mutate = ["{module}"]
also_copy = ["benchmarks"]
do_not_mutate_patterns = ['raise [A-Z]']
process_isolation = "{isolation}"
timeout_constant = 30.0
timeout_multiplier = 4.0
pytest_add_cli_args = ["--hypothesis-profile=ci", "-m", "not engine and not browser"]
pytest_add_cli_args_test_selection = [{tests}]
"""


@dataclass(frozen=True)
class Planted:
    """A module, its tests, and whether these leave threads behind, which a fork of their process would wait for."""

    name: str
    tests: tuple[str, ...]
    threaded: bool


@dataclass(frozen=True)
class Accepted:
    """A survivor that no test can or need kill."""

    module: str
    before: str
    after: str
    reason: str

    def covers(self, module: str, outcome: dict[str, str]) -> bool:
        """Tell whether a survivor is of this kind."""
        told = (self.module, module), (self.before, outcome["before"]), (self.after, outcome["after"])
        return all(re.search(pattern, text) for pattern, text in told)


@dataclass(frozen=True)
class Score:
    """What became of a module's mutants; accepted ones are left out of the count."""

    mutants: int
    killed: int
    timeout: int
    survived: int
    accepted: int

    @property
    def dead(self) -> int:
        """How many the tests noticed."""
        return self.killed + self.timeout

    @property
    def value(self) -> float:
        """Return the share that the tests noticed."""
        return self.dead / self.mutants if self.mutants else 1.0


def read_table() -> tuple[dict[str, Planted], list[Accepted]]:
    """Return the modules by name, and the accepted survivors."""
    held = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    modules = {name: Planted(name, tuple(tests), name in held["threaded"]) for name, tests in held["modules"].items()}
    return modules, [Accepted(**{"module": "", "before": "", "after": "", **one}) for one in held["accepted"]]


def outcomes_of(module: Planted, again: bool) -> list[dict[str, str]]:
    """Plant every mutant of a module and run its tests.

    Raises
    ------
    RuntimeError
        If the tests fail without a mutant.
    """
    folder = WORK / module.name.removesuffix(".py").replace("/", ".")
    told, settings = folder / "outcomes.json", folder / "pyproject.toml"
    text = _settings(module)
    known = again and told.is_file() and settings.read_text(encoding="utf-8") == text
    lived = _lived(told) if known else []
    if known and not lived:
        return json.loads(told.read_text(encoding="utf-8"))
    if not known:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in (*PACKAGES, "benchmarks", "tests"):
            (folder / name).symlink_to(ROOT / name)
        settings.write_text(text, encoding="utf-8")
    command = [sys.executable, str(Path(__file__).with_name("mutant_operators.py")), module.name, *lived]
    env = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": ""}
    with (folder / "log.txt").open("w", encoding="utf-8") as log:
        ended = subprocess.run(command, cwd=folder, env=env, stdout=log, stderr=subprocess.STDOUT, check=False)
    if ended.returncode:
        raise RuntimeError(f"no mutants of {module.name}: its tests fail as they stand. See {folder / 'log.txt'}.")
    return json.loads(told.read_text(encoding="utf-8"))


def _lived(told: Path) -> list[str]:
    held = json.loads(told.read_text(encoding="utf-8"))
    return [one["mutant"] for one in held if one["status"] not in DEAD]


def _settings(module: Planted) -> str:
    own = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return own + SETTINGS.format(
        module=module.name,
        packages=", ".join(f'"{name}"' for name in PACKAGES),
        tests=", ".join(f'"{name}"' for name in module.tests),
        isolation="forkserver" if module.threaded else "fork",
    )


def score_of(module: str, outcomes: Sequence[dict[str, str]], accepted: Sequence[Accepted]) -> Score:
    """Count what became of a module's mutants, and show what survived."""
    lived = [one for one in outcomes if one["status"] not in DEAD]
    forgiven = [one for one in lived if any(kind.covers(module, one) for kind in accepted)]
    for one in lived:
        if one not in forgiven:
            print(f"  {one['mutant']} ({one['status']})\n    - {one['before']}\n    + {one['after']}")
    counts = {status: sum(one["status"] == status for one in outcomes) for status in DEAD}
    return Score(
        mutants=len(outcomes) - len(forgiven),
        killed=counts["killed"] + counts["segfault"],
        timeout=counts["timeout"],
        survived=len(lived) - len(forgiven),
        accepted=len(forgiven),
    )


def main() -> None:
    """Run the modules that are named, or all, and record a row of each."""
    arguments = argparse.ArgumentParser(prog="mutants", description=__doc__)
    arguments.add_argument("module", nargs="*", help="modules or folders of them; all if none is named")
    arguments.add_argument("--again", action="store_true", help="run only what survived the last run")
    arguments.add_argument("--no-row", action="store_true", help="show figures, record nothing")
    wanted = arguments.parse_args()
    modules, accepted = read_table()
    chosen = [name for name in modules if not wanted.module or name.startswith(tuple(wanted.module))]
    if not chosen:
        sys.exit(
            f"no module of {TABLE.name} starts with {' or '.join(wanted.module)}. There are: {', '.join(modules)}."
        )
    scores = []
    for module in chosen:
        print(f"{module} ...", flush=True)
        score = score_of(module, outcomes_of(modules[module], wanted.again), accepted)
        scores.append(score)
        _record(module, score, kept=not wanted.no_row)
    dead, planted = sum(score.dead for score in scores), sum(score.mutants for score in scores)
    print(f"{dead} of {planted} mutants noticed: {dead / planted:.3f}")
    if dead < ENOUGH * planted:
        sys.exit(
            f"the tests notice less than {ENOUGH} of the planted faults. Write tests that see the survivors above."
        )


def _record(module: str, score: Score, kept: bool) -> None:
    counts = {name: getattr(score, name) for name in ("mutants", "killed", "timeout", "survived", "accepted")}
    row = {"module": module, **counts, "score": round(score.value, 3)}
    if kept:
        append_row("quality_mutants", **row)
    else:
        print(row, flush=True)


if __name__ == "__main__":
    main()
