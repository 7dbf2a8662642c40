"""Two to four cases side by side, or an image beside cases: what is common to all, and what only one has."""

from __future__ import annotations

from pathlib import Path

import pytest
from case_factory import make_case

import casegraph
from casegraph.comparison import Aspect, ComparedRow, Had, ImageLabels, compared_rows, matched_images
from casegraph.errors import InputError, UnknownCase
from ingest.annotation.annotate import annotate
from ingest.case import Case
from ingest.vocabulary import Modality, Plane, Section

MR, CT = Modality.MR, Modality.CT
AXIAL, CORONAL = Plane.AXIAL, Plane.CORONAL


@pytest.fixture
def space(demo_workspace: Path):
    with casegraph.open(demo_workspace) as space:
        yield space


def row(rows: tuple[ComparedRow, ...], aspect: Aspect) -> ComparedRow:
    return next(one for one in rows if one.aspect is aspect)


def test_three_cases_tell_what_is_common_to_all_and_what_only_one_has(space):
    ids = ["MPX9001", "MPX9002", "MPX9003"]
    rows = space.comparing.cases(ids).rows
    cases = [space.documents.case(case_id) for case_id in ids]
    modalities = [{str(image.modality) for image in case.images} for case in cases]
    compared = row(rows, Aspect.MODALITY)
    assert set(compared.common) == set.intersection(*modalities)
    for has, others in zip(modalities, compared.others, strict=True):
        assert {had.name for had in others} == has - set(compared.common)
        assert all(had.only_here == (sum(had.name in one for one in modalities) == 1) for had in others)
    assert all(len(one.others) == 3 for one in rows)
    assert {one.aspect for one in rows} >= {Aspect.DIAGNOSIS, Aspect.FINDING, Aspect.SEX, Aspect.AGE}


def test_diseases_are_told_apart_by_what_they_are_and_not_by_their_spelling():
    def case(number: int, considered: str, findings: str) -> Case:
        return annotate(
            make_case(
                number,
                sections={Section.FINDINGS: findings},
                annotations=(),
                diagnosis=None,
                images=(),
                differential_diagnosis=(considered,),
            )
        )

    first = case(1, "Metastatic disease", "Edema in the frontal lobe. No edema in the temporal lobe.")
    second = case(2, "metastatic disease.", "Edema.")
    rows = compared_rows([first, second])
    assert row(rows, Aspect.CONSIDERED).common == ("Metastatic disease",)
    assert row(rows, Aspect.FINDING).common == ("edema",)
    assert row(rows, Aspect.ABSENT_FINDING).others == ((Had("edema (temporal lobe)", only_here=True),), ())


def test_nothing_is_common_to_all_and_only_here(space):
    for ids in (["MPX9001", "MPX9002"], ["MPX9001", "MPX9002", "MPX9003", "MPX9004"]):
        for one in space.comparing.cases(ids).rows:
            for others in one.others:
                assert not {had.name for had in others} & set(one.common)


def test_an_image_of_ones_own_speaks_of_what_the_classifier_is_sure_of(space, sample_release: Path):
    image = space.decode(sample_release / "images" / "MPX9001_synpic90001.png")
    compared = space.comparing.cases(["MPX9001", "MPX9002"], image)
    assert compared.own_image is not None and compared.own_image.modality is MR
    assert len(compared.images) == 3 and compared.images[0] is None and all(compared.images[1:])
    assert row(compared.rows, Aspect.FINDING).others[0] is None
    assert row(compared.rows, Aspect.MODALITY).others[0] is not None
    shown = {image.image_id: image for case in ("MPX9001", "MPX9002") for image in space.documents.case(case).images}
    assert {shown[image_id].modality for image_id in compared.images[1:]} == {MR}


@pytest.mark.parametrize(
    ("ids", "said"),
    [
        (["MPX9001", "MPX9001"], "MPX9001 is named twice"),
        (["MPX9001"], "cannot compare 1"),
        (["MPX9001", "MPX9002", "MPX9003", "MPX9004", "MPX9005"], "cannot compare 5"),
    ],
)
def test_too_few_too_many_and_the_same_twice_are_refused_in_a_sentence(space, ids: list[str], said: str):
    with pytest.raises(InputError, match=said):
        space.comparing.cases(ids)


def test_an_unknown_case_is_named(space):
    with pytest.raises(UnknownCase, match="MPX0"):
        space.comparing.cases(["MPX9001", "MPX0"])


def test_the_graph_leads_between_each_two_of_three_cases(space):
    paths = space.comparing.paths(["MPX9001", "MPX9002", "MPX9003"])
    ends = [("9001", "9002"), ("9001", "9003"), ("9002", "9003")]
    assert [(path.first[-4:], path.second[-4:]) for path in paths] == ends
    assert all("MPX" in path.words for path in paths if path.words) and paths[0].words


@pytest.mark.parametrize(
    ("columns", "begun"),
    [
        ([[("a", (CT, AXIAL)), ("b", (MR, AXIAL))], [("c", (MR, CORONAL)), ("d", (MR, AXIAL))]], ("b", "d")),
        ([[("a", (CT, AXIAL)), ("b", (MR, CORONAL))], [("c", (MR, AXIAL))]], ("b", "c")),  # one modality
        ([[("a", (CT, CORONAL)), ("b", (CT, AXIAL))], [("c", (MR, AXIAL))]], ("b", "c")),  # one plane
        ([[("a", (CT, CORONAL))], [("c", (MR, AXIAL))], []], ("a", "c", None)),
        ([[("a", (CT, CORONAL)), ("b", (MR, AXIAL))], [("c", (MR, AXIAL))], [("d", (CT, None))]], ("b", "c", "d")),
        ([[("a", (MR, AXIAL))], [("b", (CT, AXIAL)), ("c", (MR, CORONAL))], [("d", (MR, AXIAL))]], ("a", "c", "d")),
    ],
)
def test_images_of_one_modality_and_plane_come_first_then_of_one_of_these(columns, begun):
    labelled = [[(name, ImageLabels(modality, plane)) for name, (modality, plane) in images] for images in columns]
    assert matched_images(labelled) == begun
