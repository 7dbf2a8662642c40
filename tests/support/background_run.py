"""Background work of a workspace, waited for in tests."""

from __future__ import annotations

import time
from typing import Final

from casegraph.runs import Run

PATIENCE_S: Final = 240


def wait_for(run: Run) -> Run:
    """Return a run once it has ended."""
    deadline = time.monotonic() + PATIENCE_S
    while run.is_under_way:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return run
