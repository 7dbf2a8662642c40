"""One reader of splits, for ingest and for evaluation."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from ingest.errors import InputError, SourceError
from ingest.sources.medpix2.folder import read_release
from ingest.sources.medpix2.splits import SPLIT_FILES, read_splits, release_splits, require_split


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_a_list_beside_the_release_goes_before_the_published_one(tmp_path):
    write(tmp_path / SPLIT_FILES[1], {"train": ["MPX1"], "dev": ["MPX2"]})
    assert release_splits(tmp_path)["dev"] == {"MPX2"}
    write(tmp_path / SPLIT_FILES[0], {"train": ["MPX2"], "dev": ["MPX1"]})
    assert release_splits(tmp_path)["dev"] == {"MPX1"}


def test_ingest_and_evaluation_read_the_same_splits(small_release, tmp_path):
    release = Path(shutil.copytree(small_release, tmp_path / "release"))
    write(release / SPLIT_FILES[1], {"train": ["MPX9001"], "dev": []})
    write(release / SPLIT_FILES[0], {"train": [], "dev": ["MPX9001"]})
    assert read_release(release).splits["MPX9001"] == ("dev",)
    assert "MPX9001" in release_splits(release)["dev"]


def test_an_empty_list_of_splits_names_no_case(tmp_path):
    assert read_splits(write(tmp_path / "mine.json", {})) == {}


def test_a_release_without_a_list_has_no_splits(tmp_path):
    assert release_splits(tmp_path) == {}


def test_a_key_that_holds_no_list_means_nothing(tmp_path):
    path = write(tmp_path / "mine.json", {"made": "2024-06-21", "train": ["MPX1"]})
    assert read_splits(path) == {"train": {"MPX1"}}


@pytest.mark.parametrize("content", [[], {"train": "MPX1"}, {"train": [1]}, {"train": ["MPX1"], "dev": [None]}])
def test_what_holds_no_lists_of_ids_is_refused(tmp_path, content):
    with pytest.raises(SourceError, match=r"split file .* is of another form\. Expected a JSON object such as"):
        read_splits(write(tmp_path / "mine.json", content))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(SourceError, match="there is no split file"):
        read_splits(tmp_path / "mine.json")


def test_an_unknown_split_is_refused_with_those_that_there_are():
    with pytest.raises(InputError, match=r"there is no split 'test'\. Splits: dev, train"):
        require_split({"train": frozenset(), "dev": frozenset()}, "test")
