"""A view of a workspace names the file of each image, by where the workspace stands now; nothing keeps that place."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pytest

import casegraph
from ingest.errors import InputError
from ingest.sources.medpix2.form import parse_description
from ingest.sources.medpix2.records import RawRecord
from ingest.store.opening import SQLITE_FILE_NAME


def place_of(url: str) -> Path:
    return Path(url2pathname(urlsplit(url).path))


def test_its_addresses_lead_to_the_images(small_workspace: Path) -> None:
    with casegraph.open(small_workspace) as space:
        assert space.documents.view_names() == ("Image_Descriptions", "Clinical_reports", "Image_Reports")
        by_id = {image.image_id.partition(":")[2]: image for case in space.documents.cases() for image in case.images}
        rows = list(space.documents.view("Image_Descriptions"))
        assert [row["image"] for row in rows] == list(by_id)
        for row in rows:
            object_key = by_id[row["image"]].object_key
            assert row["URL"].startswith("file:///")
            assert place_of(row["URL"]) == space.engines.objects.path(object_key).absolute()
            assert place_of(row["URL"]).is_file()


def test_they_follow_a_workspace_that_is_moved(small_workspace: Path, tmp_path: Path) -> None:
    moved = tmp_path / "a new place"
    shutil.copytree(small_workspace, moved)
    with casegraph.open(moved) as space:
        (row,) = space.documents.view("Image_Reports", limit=1)
        assert place_of(row["URL"]).is_relative_to(moved)
    for file in moved.glob(f"{SQLITE_FILE_NAME}*"):
        assert str(tmp_path).encode() not in file.read_bytes()
        assert b"file://" not in file.read_bytes()


def test_an_image_without_a_file_has_none(small_workspace: Path) -> None:
    with casegraph.open(small_workspace, actor="tester") as space:
        (first,) = space.documents.view("Image_Descriptions", limit=1)
        space.curation.reject(first["image"], reason="not of this case")
        (again,) = space.documents.view("Image_Descriptions", limit=1)
        assert (again["image"], again["URL"]) == (first["image"], None)
        assert all(row["URL"] for row in space.documents.view("Image_Descriptions") if row["image"] != first["image"])


def test_it_shows_the_cases_that_match(small_workspace: Path) -> None:
    with casegraph.open(small_workspace) as space:
        some = [case.short_id for case in space.documents.cases("modality=MR")]
        assert [row["U_id"] for row in space.documents.view("Clinical_reports", "modality=MR")] == some
        assert [row["U_id"] for row in space.documents.view("Clinical_reports", "modality=MR", limit=1)] == some[:1]
        with pytest.raises(InputError, match="no view 'Case_reports'"):
            list(space.documents.view("Case_reports"))


def test_its_rows_can_be_read_as_descriptions_again(small_workspace: Path) -> None:
    with casegraph.open(small_workspace) as space:
        row = next(iter(space.documents.view("Image_Descriptions")))
    described = parse_description(RawRecord("Descriptions.json[1]", json.dumps(row), row))
    assert (described.u_id, described.image_name, described.url) == (row["U_id"], row["image"], row["URL"])
