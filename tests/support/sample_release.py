"""Release folders with sample cases, made once for a test session."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.sample import write_sample


@pytest.fixture(scope="session")
def sample_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All sample cases, 60 with 150 images. Read only: tests that change a release copy it."""
    folder = tmp_path_factory.mktemp("sample_release")
    write_sample(folder)
    return folder


@pytest.fixture(scope="session")
def small_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first eight sample cases, from all five regions. Read only: tests that change a release copy it."""
    folder = tmp_path_factory.mktemp("small_release")
    write_sample(folder, cases=8)
    return folder
