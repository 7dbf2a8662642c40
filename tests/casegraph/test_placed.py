"""A question for a finding at a place goes through the open workspace."""

from __future__ import annotations

from pathlib import Path

import pytest

import casegraph
from ingest.errors import InputError


def test_a_finding_is_asked_for_by_its_place(small_workspace: Path) -> None:
    with casegraph.open(small_workspace) as space:
        found = space.graph.placed("mass in the left frontal lobe")
        assert {one.case_id for one in found} == {"medpix2:MPX9001"}
        assert {(one.place, one.laterality) for one in found} == {("frontal lobe", "left")}
        assert space.graph.placed("mass in the left kidney") == []
        with pytest.raises(InputError, match=r"exactly one finding; this one names: none\."):
            space.graph.placed("the left kidney")
        with pytest.raises(InputError, match=r"finding:mass, finding:edema\. Ask for one"):
            space.graph.placed("mass and edema")
