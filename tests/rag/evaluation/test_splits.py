"""Files of splits: what they hold, and what a file says that is none."""

from __future__ import annotations

import json
import re

import pytest

import rag.evaluation.splits
from ingest.errors import InputError
from rag.evaluation.splits import SPLIT_FILES, read_splits, release_splits, require_split

EXPECTED = re.escape('Expected a JSON object such as {"train": ["MPX1009", ...], "dev": [...]}.')


@pytest.fixture
def write(tmp_path):
    def written(text, name="splits.json"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return written


def test_the_ids_of_each_split_are_read_as_they_stand(write):
    path = write('{"train": ["MPX1", "MPX2", "MPX1"], "dev": [], "é": ["MPX3"]}')
    assert read_splits(path) == {"train": {"MPX1", "MPX2"}, "dev": frozenset(), "é": {"MPX3"}}


@pytest.mark.parametrize("held", ["[]", '{"train": "MPX1"}', '{"train": ["MPX1", 2]}', '{"dev": ["a"], "train": {}}'])
def test_json_that_is_no_object_of_lists_of_ids_is_refused(write, held):
    with pytest.raises(InputError, match=rf"^the split file '.*splits.json' is of another form\. {EXPECTED}$"):
        read_splits(write(held))


@pytest.mark.parametrize("held", ["", "{", "[" * 100_000])
def test_what_is_no_json_is_refused(write, held):
    with pytest.raises(InputError, match=rf"^the split file '.*splits.json' is no JSON\. {EXPECTED}$"):
        read_splits(write(held))


def test_a_missing_file_is_told_with_the_reason(tmp_path):
    with pytest.raises(InputError, match=rf"cannot be read: No such file or directory\. {EXPECTED}$"):
        read_splits(tmp_path / "none.json")


def test_a_file_of_exactly_the_largest_size_is_read_and_one_byte_more_is_not(write, monkeypatch):
    held = json.dumps({"train": ["MPX1"]})
    monkeypatch.setattr(rag.evaluation.splits, "LARGEST_FILE_BYTES", len(held))
    assert read_splits(write(held)) == {"train": {"MPX1"}}
    with pytest.raises(InputError, match=rf"is larger than {len(held)} bytes\. {EXPECTED}$"):
        read_splits(write(held + " "))


def test_a_release_has_the_splits_of_the_first_of_its_files_and_may_have_none(write, tmp_path):
    assert release_splits(tmp_path) == {}
    write('{"train": ["second"]}', SPLIT_FILES[1])
    assert release_splits(tmp_path) == {"train": {"second"}}
    write('{"train": ["first"]}', SPLIT_FILES[0])
    assert release_splits(tmp_path) == {"train": {"first"}}


def test_an_unknown_split_is_told_with_those_that_there_are():
    splits = {"train": frozenset({"a"}), "dev": frozenset({"b"})}
    assert require_split(splits, "dev") == {"b"}
    with pytest.raises(InputError, match=r"^there is no split 'test'\. Splits: dev, train\.$"):
        require_split(splits, "test")
    with pytest.raises(InputError, match=r"^there is no split 'test'\. Splits: none\.$"):
        require_split({}, "test")
