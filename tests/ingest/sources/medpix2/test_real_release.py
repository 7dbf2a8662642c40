"""The real MedPix 2.0 release, where its folder is at hand: texts only, so that it takes seconds.

Set ``CASEGRAPH_MEDPIX2`` to a release folder. The figures are those of its train and dev cases.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from ingest.case import Case, parse_case, to_document
from ingest.sources.medpix2 import Release, read_cases, read_release
from ingest.vocabulary import Modality, Region, Section

pytestmark = pytest.mark.skipif(
    not os.environ.get("CASEGRAPH_MEDPIX2"), reason="CASEGRAPH_MEDPIX2 does not name a folder with MedPix 2.0"
)


@pytest.fixture(scope="module")
def release() -> Release:
    return read_release(Path(os.environ["CASEGRAPH_MEDPIX2"]))


@pytest.fixture(scope="module")
def cases(release: Release) -> list[Case]:
    return list(read_cases(release))


def rules(cases: list[Case], field: str) -> Counter[str]:
    return Counter(entry.rule for case in cases for entry in case.ledger if entry.field.endswith(field))


def test_every_record_fits(release: Release, cases: list[Case]) -> None:
    assert (len(cases), sum(len(case.images) for case in cases)) == (602, 1850)
    assert release.rejected == ()
    assert release.orphan_paths == ()
    assert {f"medpix2:{name}" for name in release.image_paths} == {
        image.image_id for case in cases for image in case.images
    }


def test_every_raw_spelling_is_mapped(cases: list[Case]) -> None:
    unknown = [(entry.field, entry.raw) for case in cases for entry in case.ledger if entry.rule == "unknown value"]
    assert unknown == []


def test_every_image_has_modality_and_region(cases: list[Case]) -> None:
    images = [image for case in cases for image in case.images]
    assert Counter(image.modality for image in images) == {Modality.CT: 960, Modality.MR: 887, Modality.OT: 3}
    assert Counter(image.region for image in images) == {
        Region.HEAD: 808,
        Region.SPINE_AND_MUSCLES: 315,
        Region.THORAX: 293,
        Region.ABDOMEN: 287,
        Region.REPRODUCTIVE_AND_URINARY: 147,
    }
    assert rules(cases, "].anatomical_location")["not a location"] == 64
    assert rules(cases, "].caption") == {"placeholder": 23}


def test_ages_are_read_as_far_as_the_source_tells_them(cases: list[Case]) -> None:
    ages = rules(cases, "patient.age_years")
    unknown = [case.case_id for case in cases if case.patient.age_years is None]
    assert len(unknown) == ages["ambiguous without a unit in History"] == 11
    assert (ages["read in History"], ages["newborn in History"]) == (8, 1)
    assert all(0 <= case.patient.age_years <= 92 for case in cases if case.patient.age_years is not None)


def test_sexes_are_resolved_from_the_history(cases: list[Case]) -> None:
    assert rules(cases, "patient.sex") == {"known spelling": 579, "read in History": 13, "null spelling": 10}
    conflicts = {case.short_id for case in cases for entry in case.ledger if entry.conflict and "sex" in entry.field}
    assert conflicts == {"MPX1195", "MPX1411", "MPX1922"}


def test_splits_are_by_case(cases: list[Case]) -> None:
    assert Counter(case.split for case in cases) == {"train": 535, "dev": 67}


def test_texts_are_verbatim(release: Release, cases: list[Case]) -> None:
    for record, case in zip(release.records, cases, strict=True):
        for key, section in (("History", Section.HISTORY), ("Findings", Section.FINDINGS)):
            assert record.document.case.get(key) == case.sections.get(section, case.source_values.get(f"Case.{key}"))


def test_every_case_survives_the_way_to_its_document_and_back(cases: list[Case]) -> None:
    for case in cases:
        assert parse_case(to_document(case)) == case
