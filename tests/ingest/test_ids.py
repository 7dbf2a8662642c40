"""Ids keep their parts, whatever characters a source puts into its own."""

from __future__ import annotations

import json

import pytest
from case_factory import make_case, make_image
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import InputError, UnknownCase
from ingest.ids import CaseId, ImageId, PatientId
from ingest.store.lookup import find_image

SOURCES = st.text("abcdefgh0123456789", min_size=1)
OWN = st.text("ABC019_:.- é", min_size=1)


@given(SOURCES, OWN)
def test_an_id_gives_back_the_parts_that_it_was_made_of(source, own):
    for kind in (CaseId, ImageId, PatientId):
        made = kind.of(source, own)
        assert (made.source, made.short, kind.parse(str(made))) == (source, own, made)


@given(SOURCES, OWN, OWN)
def test_the_id_of_an_image_s_case_is_always_among_the_possible_ones(source, case, own):
    image_id = ImageId.of(source, f"{case}_{own}")
    assert CaseId.of(source, case) in image_id.possible_case_ids


def test_underscores_on_either_side_leave_several_possible_cases_the_longest_first():
    assert ImageId("pmc:PMC4736393_01_fig_2_a").possible_case_ids == (
        "pmc:PMC4736393_01_fig_2",
        "pmc:PMC4736393_01_fig",
        "pmc:PMC4736393_01",
        "pmc:PMC4736393",
    )
    assert ImageId("MPX1_synpic2").possible_case_ids == ("MPX1",)
    assert ImageId("medpix2:MPX1").possible_case_ids == ()


def test_an_id_is_written_as_the_text_that_it_is():
    assert json.dumps({"case_id": CaseId("pmc:PMC1_01")}) == '{"case_id": "pmc:PMC1_01"}'
    assert {CaseId("pmc:PMC1_01"): 1}["pmc:PMC1_01"] == 1


@pytest.mark.parametrize("text", ["", ":", "medpix2:", ":MPX1", "MPX1"])
def test_a_text_that_lacks_a_part_is_no_id(text):
    with pytest.raises(InputError, match="expected a source, a colon and an id"):
        CaseId.parse(text)


def test_a_source_s_name_has_no_colon():
    with pytest.raises(InputError, match="has a colon"):
        CaseId.of("a:b", "c")


@pytest.fixture
def get():
    """Give the cases of a source whose ids have underscores, one of them the beginning of another's."""
    own = {"pmc:PMC1": ["pmc:PMC1_02_fig"], "pmc:PMC1_01": ["pmc:PMC1_01_fig_2_a", "pmc:PMC1_01_fig_2"]}
    cases = {
        case_id: make_case(case_id=case_id, images=tuple(make_image(image_id) for image_id in image_ids))
        for case_id, image_ids in own.items()
    }

    def get(case_id):
        found = cases.get(case_id) or cases.get(f"pmc:{case_id}")
        if found is None:
            raise UnknownCase(f"there is no case '{case_id}'.")
        return found

    return get


@pytest.mark.parametrize(
    ("image_id", "case_id"),
    [
        ("pmc:PMC1_01_fig_2_a", "pmc:PMC1_01"),
        ("pmc:PMC1_01_fig_2", "pmc:PMC1_01"),
        ("pmc:PMC1_02_fig", "pmc:PMC1"),
    ],
)
def test_an_image_is_found_in_the_case_that_has_it_whatever_underscores_the_ids_have(get, image_id, case_id):
    for named in (image_id, ImageId(image_id).short):
        case, image = find_image(named, get)
        assert (case.case_id, image.image_id) == (case_id, image_id)


def test_an_image_that_no_case_has_is_unknown(get):
    with pytest.raises(UnknownCase, match=r"case 'pmc:PMC1_01' has no image 'pmc:PMC1_01_fig_3'"):
        find_image("pmc:PMC1_01_fig_3", get)
    with pytest.raises(UnknownCase, match="there is no image 'pmc:PMC9_01_fig'"):
        find_image("pmc:PMC9_01_fig", get)
    with pytest.raises(UnknownCase, match="there is no case 'nothing'"):
        find_image("nothing", get)
