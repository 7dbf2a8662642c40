"""The collections of the MedPix 2.0 paper as views, the same on every engine; the keys are those of the release."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import pytest
from case_factory import make_case, make_image, varied_cases

from ingest.sources.medpix2.views import VIEWS
from ingest.store.opening import open_store


@pytest.fixture(params=["sqlite", pytest.param("mongodb", marks=pytest.mark.engine)])
def store(request, tmp_path):
    address = "sqlite" if request.param == "sqlite" else request.getfixturevalue("mongodb_address")
    with closing(open_store(address, tmp_path, views=VIEWS)) as opened:
        yield opened


def write(store, *cases):
    with store.writer("tester") as writer:
        writer.write_cases(cases)


IMAGE_ROW = {
    "Type": "CT",
    "U_id": "MPX0001",
    "image": "MPX0001_synpic1",
    "URL": "ab/" + "ab" * 32 + ".png",
    "Description": {
        "ACR Codes": "8.-1",
        "Age": "45",
        "Caption": None,
        "Figure Part": None,
        "Modality": None,
        "Plane": "Axial",
        "Sex": None,
    },
    "Location": "Bladder",
    "Location Category": None,
}
CASE_ROW = {
    "U_id": "MPX0001",
    "TAC": ["MPX0001_synpic1"],
    "MRI": ["MPX0001_synpic2"],
    "Case": {
        "Title": "Bladder diverticulum",
        "History": "Blood in the urine.",
        "Exam": "N/A",
        "Findings": "Ring enhancing mass. No effusion.",
        "Differential Diagnosis": None,
        "Case Diagnosis": None,
        "Diagnosis By": None,
        "Discussion": None,
        "Treatment & Follow Up": None,
        "Media": None,
    },
    "Topic": {
        "Title": "Bladder diverticulum",
        "Disease Discussion": None,
        "ACR Code": "8.9",
        "Category": None,
        "Keywords": "bladderurine",
        "Reference": None,
        "External Links": None,
    },
}


def case_of_the_paper():
    case = make_case(1)
    second = make_image(f"{case.case_id}_synpic2", source_values={"Type": "MR"})
    raw = {"Topic.ACR Code": "8.9", "Topic.Keywords": "bladderurine", "Case.Exam": "N/A"}
    return replace(case, images=(*case.images, second), source_values=raw)


def test_the_views_of_the_paper_show_the_raw_values_of_the_source(store):
    write(store, make_case(2, images=()), case_of_the_paper())
    assert [view.name for view in store.views] == ["Image_Descriptions", "Clinical_reports", "Image_Reports"]
    images = list(store.view("Image_Descriptions"))
    assert images[0] == IMAGE_ROW
    assert [row["image"] for row in images] == ["MPX0001_synpic1", "MPX0001_synpic2"]
    reports = list(store.view("Clinical_reports"))
    assert reports[0] == CASE_ROW
    assert [row["U_id"] for row in reports] == ["MPX0001", "MPX0002"]
    joined = list(store.view("Image_Reports"))
    assert joined == [image | reports[0] for image in images]


def test_the_views_agree_with_building_their_rows_by_hand(store):
    cases = varied_cases(25, seed=5)
    write(store, *cases)
    by_id = sorted((case for case in cases if case.source == "medpix2"), key=lambda case: case.case_id)
    assert 1 < len(by_id) < len(cases)
    assert list(store.view("Image_Descriptions")) == [
        {
            "Type": image.source_values["Type"],
            "U_id": case.short_id,
            "image": image.image_id.partition(":")[2],
            "URL": image.object_key,
            "Description": {key: image.source_values.get(key) for key in IMAGE_ROW["Description"]},
            "Location": None,
            "Location Category": None,
        }
        for case in by_id
        for image in case.images
    ]
    assert [row["Topic"]["Keywords"] for row in store.view("Clinical_reports")] == [
        case.source_values.get("Topic.Keywords") for case in by_id
    ]
    assert [row["MRI"] for row in store.view("Clinical_reports")] == [
        [image.image_id.partition(":")[2] for image in case.images if image.source_values["Type"] == "MR"]
        for case in by_id
    ]
