"""Where the program `casegraph` begins. Nothing heavy is imported outside the boundary: an import can fail too."""

from __future__ import annotations

import sys
from collections.abc import Set
from typing import NoReturn

from ui.cli.boundary import hold_threads_and_closing, quieten_libraries, run_bounded


def main() -> NoReturn:
    """Run the program and leave with its exit code."""
    hold_threads_and_closing()
    quieten_libraries()
    sys.exit(run_bounded(_program, _words))


def _program() -> None:
    from ui.cli.program import run

    run()


def _words() -> Set[str]:
    from ui.cli.program import words_of_program

    return words_of_program()


if __name__ == "__main__":
    main()
