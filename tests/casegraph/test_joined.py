"""Conditions joined by all, any or none select what set algebra says."""

from functools import reduce
from pathlib import Path

import pytest

import casegraph
from casegraph.cases import Joined, as_filter, format_filter, joined

PARTS = ("modality=MR", "region=Head", "finding:edema")


@pytest.mark.parametrize("how", Joined)
@pytest.mark.parametrize("parts", [PARTS, PARTS[:2], PARTS[:1]])
def test_joined_conditions_select_what_set_algebra_says(demo_documents: Path, how: Joined, parts: tuple[str, ...]):
    with casegraph.open(demo_documents) as space:
        everything = set(space.documents.case_ids())
        each = [set(space.documents.case_ids(part)) for part in parts]
        found = joined(how, map(as_filter, parts))
        assert found is not None
        selected = set(space.documents.case_ids(format_filter(found)))
    expected = {
        Joined.ALL: reduce(set.intersection, each),
        Joined.ANY: set().union(*each),
        Joined.NONE: everything - set().union(*each),
    }
    assert selected == expected[how]


def test_where_there_is_no_condition_nothing_is_asked():
    assert all(joined(how, (None, None)) is None for how in Joined)
