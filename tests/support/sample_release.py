"""Release folders with sample cases, made once for a test run and shared by its workers."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from ingest.sample import write_sample


@pytest.fixture(scope="session")
def sample_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All sample cases, 60 with 150 images. Read only: tests that change a release copy it."""
    return _written_once(tmp_path_factory, cases=60)


@pytest.fixture(scope="session")
def small_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first eight sample cases, from all five regions. Read only: tests that change a release copy it."""
    return _written_once(tmp_path_factory, cases=8)


def _written_once(factory: pytest.TempPathFactory, *, cases: int) -> Path:
    """Write the release where all workers of pytest-xdist look for it; the first one to come does the work."""
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = shared / f"sample-{cases}"
    with (shared / f"sample-{cases}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            partial = shared / f"sample-{cases}.partial"
            write_sample(partial, cases=cases)
            partial.rename(folder)
    return folder
