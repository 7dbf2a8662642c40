"""Queries that are kept under names: renamed, forgotten, and in step with the collections that they name."""

from pathlib import Path

import pytest

import casegraph
from casegraph.errors import InputError


@pytest.fixture
def space(small_workspace: Path):
    with casegraph.open(small_workspace, actor="tester") as space:
        space.documents.save_query("heads", "region=Head")
        space.documents.save_query("scans", "modality=MR")
        yield space


def test_a_query_is_renamed_and_says_what_it_said(space):
    space.documents.rename_query("heads", " all  heads ")
    assert space.documents.saved_queries() == {"all heads": "region=Head", "scans": "modality=MR"}
    space.documents.rename_query("all heads", "all heads")
    assert space.documents.saved_query("all heads") == "region=Head"


@pytest.mark.parametrize(
    ("name", "new_name", "said"),
    [("heads", "scans", "'scans' already"), ("legs", "x", "saved as 'legs'"), ("heads", " ", "needs a name")],
)
def test_a_query_is_not_renamed_to_a_taken_name_or_none(space, name, new_name, said):
    before = space.documents.saved_queries()
    with pytest.raises(InputError, match=said):
        space.documents.rename_query(name, new_name)
    assert space.documents.saved_queries() == before


def test_a_query_that_is_forgotten_takes_no_other_with_it(space):
    space.documents.forget_query("heads")
    assert space.documents.saved_queries() == {"scans": "modality=MR"}
    with pytest.raises(InputError, match="saved as 'heads'"):
        space.documents.forget_query("heads")


def test_saved_queries_follow_a_collection_that_is_renamed(space):
    space.collections.add("mine", ["MPX9001"])
    space.documents.save_query("my heads", "collection=mine region=Head")
    assert space.collections.saved_queries_of("mine") == ["my heads"]
    before = space.documents.case_ids(space.documents.saved_query("my heads"))
    assert space.collections.rename("mine", "for monday").case_ids == ("medpix2:MPX9001",)
    assert space.collections.names() == ["for monday"]
    assert space.documents.case_ids(space.documents.saved_query("my heads")) == before
    assert space.collections.saved_queries_of("mine") == []
    assert space.documents.saved_query("heads") == "region=Head"
