"""What a workspace holds, counted without reading its documents: the same as counted case by case."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from case_factory import make_case

import casegraph
from casegraph.workspace import Workspace
from ingest.case import AgeRange, Patient
from ingest.vocabulary import Section, Status


@pytest.fixture
def space(small_release: Path, tmp_path: Path) -> Iterator[Workspace]:
    """A workspace of which cases lack something: images, those of one rejected by hand, findings, diagnosis, age."""
    release = Path(shutil.copytree(small_release, tmp_path / "release"))
    images = sorted((release / "images").iterdir())
    for missing in images[:2]:
        missing.unlink()
    with casegraph.open(tmp_path / "workspace", create=True) as space:
        space.documents.ingest(release)
        whole = min(space.documents.cases("status=complete"), key=lambda case: len(case.images))
        for image in whole.images:
            space.curation.reject(image.image_id, reason="shows a name")
        decade = Patient("p", 65.0, age_range=AgeRange(60.0, 69.0))
        bare = make_case(1, images=(), sections={}, diagnosis=None, patient=Patient("q"))
        told = make_case(2, patient=decade, images=(), sections={Section.FINDINGS: "A mass."})
        ranged = make_case(3, patient=replace(decade, age_years=None), images=())
        with space.engines.store.writer("reader") as writer:
            writer.write_cases([bare, told, ranged])
        yield space


def test_contents_are_those_counted_case_by_case(space: Workspace):
    cases = list(space.documents.cases())
    images = [image for case in cases for image in case.images]
    contents = space.contents()
    assert (contents.cases, contents.images) == (len(cases), sum(image.object_key is not None for image in images))
    assert contents.missing_images == sum(image.object_key is None for image in images) > 2
    assert contents.without_images == sum(not case.stored_images for case in cases) > 3
    assert contents.without_diagnosis == sum(case.diagnosis is None for case in cases) > 0
    assert contents.without_age == sum(case.patient.age_years is None for case in cases) > 1
    assert contents.without_findings == sum(not case.sections.get(Section.FINDINGS) for case in cases) > 0
    assert contents.by_source == Counter(case.source for case in cases)
    assert contents.by_modality == Counter(
        str(modality) for case in cases for modality in {image.modality for image in case.images} if modality
    )
    assert list(contents.by_region.values()) == sorted(contents.by_region.values(), reverse=True)


def test_the_status_counts_cases_and_images_like_one_by_one(space: Workspace):
    cases = list(space.documents.cases())
    status = space.indexing.status()
    assert status.cases == len(cases)
    assert status.partial_cases == sum(case.status is Status.PARTIAL for case in cases) > 0
    assert status.images == sum(len(case.images) for case in cases)


def test_a_rejected_image_that_comes_back_counts_again(space: Workspace):
    before = space.contents()
    space.curation.withdraw(space.curation.decisions()[0].decision.decision_id)
    after = space.contents()
    assert (after.images, after.missing_images) == (before.images + 1, before.missing_images - 1)
    assert after.without_images == before.without_images - 1


@pytest.mark.parametrize("where", ["", "modality=CT", "source=own"])
@pytest.mark.parametrize("view", ["Image_Descriptions", "Clinical_reports"])
def test_the_rows_of_a_view_are_counted_without_making_them(space: Workspace, view: str, where: str):
    assert space.documents.view_count(view, where) == len(list(space.documents.view(view, where)))
