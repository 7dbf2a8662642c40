"""Which exams a question names: modalities, planes, and the region that was scanned."""

from __future__ import annotations

import pytest

from ingest.store.filters import OneOf
from rag.search.exams_named import modality_in, modality_words, plane_in, region_in_exam

MUSCLES, BELLY = "Spine and Muscles", ("Abdomen", "Reproductive and Urinary System")


@pytest.mark.parametrize(
    ("text", "regions"),
    [
        ("MR of the knee", (MUSCLES,)),
        ("x-ray of the left hand 5 days after a fall", (MUSCLES,)),
        ("scan of the brain, no edema", ("Head",)),
        ("study of the chest", ("Thorax",)),
        ("CT with contrast of the liver", BELLY),
        ("MRI of the head of the pancreas", BELLY),
        ("CT of the chest and abdomen", ("Thorax", *BELLY)),
        ("MRI of the brain and MRI of the spine", ("Head", MUSCLES)),
        ("CT of the head with a mass in the left kidney", ("Head",)),
        ("head CT", ("Head",)),
        ("brain and spine MRI", ("Head", MUSCLES)),
        ("left knee MRI", (MUSCLES,)),
        ("tear on left knee MRI", (MUSCLES,)),
        ("renal mass, brain MRI", ("Head",)),
        ("kidney ultrasound", BELLY),
    ],
)
def test_a_place_that_was_scanned_is_a_condition_on_the_region(text: str, regions: tuple[str, ...]):
    assert region_in_exam(text) == OneOf("region", regions)


@pytest.mark.parametrize(
    "text",
    [
        "mass in the left kidney",
        "mass in the left kidney on CT",
        "mass in the left kidney CT",
        "mass left kidney CT",
        "fracture of the femoral head CT",
        "MRI of the head of the femur",
        "CT of liver and kidney masses",
        "MRI of knee ligament tear",
        "pain in the knee, CT",
        "chest pain, CT",
        "knee pain\nMRI",
        "mass of the brain\nMRI of a cyst",
        "CT of the abdomen and pelvis",
        "chest, abdomen and pelvis CT",
        "CT-guided biopsy of the liver",
        "liver CT guided biopsy",
        "spermatic cord ultrasound",
        "MRI of \0",
        "",
    ],
)
def test_the_place_of_a_finding_and_one_of_no_one_region_set_no_condition(text: str):
    assert region_in_exam(text) is None


@pytest.mark.parametrize(
    ("text", "words", "planes"),
    [
        ("axial CT of the head", ["axial"], ("axial",)),
        ("mass\nsagittal T2 MRI", ["sagittal"], ("sagittal",)),
        ("axial, sagittal and coronal knee MRI", ["axial, sagittal and coronal"], ("axial", "sagittal", "coronal")),
        ("Coronal fat-saturated T1-weighted images", ["Coronal"], ("coronal",)),
        ("axial FLAIR and sagittal T1", ["axial", "sagittal"], ("axial", "sagittal")),
        ("tear in the coronal plane", ["in the coronal plane"], ("coronal",)),
    ],
)
def test_the_planes_of_slices_are_read(text: str, words: list[str], planes: tuple[str, ...]):
    reading = plane_in(text)
    assert reading is not None
    spans, condition = reading
    assert [text[start:end] for start, end in spans] == words
    assert condition == OneOf("plane", planes)


@pytest.mark.parametrize(
    "text", ["sagittal sinus thrombosis", "sagittal sinus CT", "axial skeleton MRI", "coronal suture", "axial view", ""]
)
def test_what_only_sounds_like_a_plane_is_none(text: str):
    assert plane_in(text) is None


@pytest.mark.parametrize(
    ("text", "words", "modalities"),
    [
        ("CT and MRI of the brain", ["CT and MRI"], ("CT", "MR")),
        ("CT scan / ultrasound", ["CT scan / ultrasound"], ("CT", "US")),
        ("MRI of a mass seen on x ray", ["MRI", "x ray"], ("MR", "DX", "CR")),
        ("PET CT", ["PET CT"], ("PT",)),
        ("MR angiogram, angiography", ["MR", "angiography"], ("MR", "XA")),
    ],
)
def test_all_modalities_that_are_named_are_meant(text: str, words: list[str], modalities: tuple[str, ...]):
    reading = modality_in(text)
    assert reading is not None
    spans, condition = reading
    assert [text[start:end] for start, end in spans] == words
    assert condition == OneOf("modality", modalities)


def test_words_of_modalities_come_in_the_order_of_the_table():
    assert [word.meant for word in modality_words("x-ray and MRI")] == [("MR",), ("DX", "CR")]
    assert modality_in("CT guided biopsy") is None
