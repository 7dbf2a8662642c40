"""What a test does where a server or the browser that it needs cannot be had.

For a user without it the test is skipped, and says why. Where ``CASEGRAPH_ENGINES_REQUIRED=1`` is set, as ``.ci/run``
does, the same test fails: a run that claims to test MongoDB, Neo4j and the app in a browser must not pass without them.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import pytest

VARIABLE = "CASEGRAPH_ENGINES_REQUIRED"


class EngineMissing(Exception):
    """A server or the browser cannot be had here; the message says why in one line."""


@contextmanager
def needing_an_engine() -> Iterator[None]:
    """Skip the test whose engine is missing, or fail it where engines are required."""
    try:
        yield
    except EngineMissing as reason:
        _go_without(str(reason))


def chromium_program() -> str:
    """Return the Chromium to drive.

    Raises
    ------
    EngineMissing
        If none is named or installed.
    """
    program = shutil.which(os.environ.get("CASEGRAPH_CHROMIUM") or "chromium")
    if program is None:
        raise EngineMissing("there is no Chromium: install it, or name one in CASEGRAPH_CHROMIUM")
    return program


def _go_without(reason: str) -> NoReturn:
    asked = os.environ.get(VARIABLE, "")
    if asked not in ("", "0", "1"):
        pytest.fail(f"{VARIABLE} is {asked!r}. Expected 1 (a missing engine fails its tests) or 0 (it skips them).")
    if asked == "1":
        pytest.fail(f"{reason}. {VARIABLE}=1 asks for it: make it available, or unset the variable to skip.")
    pytest.skip(reason)
