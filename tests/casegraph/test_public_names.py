"""What `casegraph` says of itself: its names, and the parts of a workspace."""

from __future__ import annotations

import re
from pathlib import Path

import casegraph
from casegraph.documents import Documents


def test_every_public_name_is_there_and_no_other_is_loaded_on_demand():
    assert {name for name in casegraph.__all__ if getattr(casegraph, name, None) is None} == set()
    assert set(casegraph._HOMES) == set(casegraph.__all__) - {"open"}


def test_the_first_page_names_every_part_of_a_workspace(tmp_path: Path):
    with casegraph.open(tmp_path / "workspace", create=True) as space:
        parts = {name for name, part in vars(space).items() if type(part).__module__ != "casegraph.engines"}
        assert isinstance(space.documents, Documents)
    listed = (casegraph.__doc__ or "").partition("`documents`")[2].partition("Requests")[0]
    assert {"documents", *re.findall(r"`(\w+)`", listed)} == parts
