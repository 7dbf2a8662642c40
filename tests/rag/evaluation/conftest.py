"""The sample cases, annotated, of which each may ask."""

from __future__ import annotations

import pytest

from ingest.annotation.annotate import annotate
from ingest.sources.medpix2 import read_cases, read_release


@pytest.fixture(scope="module")
def sample_cases(sample_release):
    return [annotate(case) for case in read_cases(read_release(sample_release))]
