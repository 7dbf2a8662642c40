"""Fixtures that every test may use. Servers and sample data live in `tests/support`, one module each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from patience import TIMES

pytest_plugins: tuple[str, ...] = (
    "mongodb_server",
    "neo4j_server",
    "sample_release",
    "killing",
    "workspaces",
    "subset_archive",
)


@pytest.fixture(scope="session", autouse=True)
def patience() -> Iterator[None]:
    """Wait for servers longer than users have to."""
    with pytest.MonkeyPatch.context() as patch:
        for module, name, value in TIMES:
            patch.setattr(module, name, value)
        yield
