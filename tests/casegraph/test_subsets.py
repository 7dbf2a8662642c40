"""Data sets from a workspace of sample cases, and from real articles where there are some."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest

import casegraph
from casegraph.errors import BusyError, InputError
from casegraph.recipes import classes_from_lines
from casegraph.subsets import RecipeText, fits_one_file

RECIPE = """
name = "series"
kind = "multimodal"
licences = "free"
formats = ["folder", "llava"]
[splits]
a = 0.5
b = 0.5
"""


@pytest.fixture
def articles():
    folder = os.environ.get("CASEGRAPH_MULTICARE")
    if not folder:
        pytest.skip("CASEGRAPH_MULTICARE does not name a folder with articles")
    return Path(folder) / "articles"


def test_of_real_articles_each_image_stands_once_in_its_text_and_only_free_ones_are_in(articles, tmp_path):
    (tmp_path / "series.toml").write_text(RECIPE)
    with casegraph.open(tmp_path / "workspace", create=True) as space:
        space.documents.ingest(articles)
        report = space.subsets.write(tmp_path / "series.toml", tmp_path / "out")
    assert report.leaks == ()
    assert report.items >= 8
    assert set(report.licences) <= {"CC BY", "CC BY 4.0", "CC0"}
    by_place = 0
    for file in (tmp_path / "out" / "images").glob("*/metadata.jsonl"):
        for row in map(json.loads, file.read_text(encoding="utf-8").splitlines()):
            assert row["text"].count("<image>") == len(row["details"])
            by_place += row["text"].rstrip().count("<image>") > row["text"].rpartition("\n")[2].count("<image>")
    assert by_place >= 6, "most images stand where the text mentions them"


def test_a_class_a_filter_and_a_recipe_are_resolved_once_and_answered(demo_workspace, tmp_path):
    text = 'name = "c"\nkind = "classification"\n[classes]\nhead = "region=Head"\nchest = "region=Thorax"\n'
    (tmp_path / "c.toml").write_text(text)
    with casegraph.open(demo_workspace) as space:
        report = space.subsets.foresee(tmp_path / "c.toml")
        images = [image for case in space.documents.cases() for image in case.images if image.object_key]
    counted = {
        "chest": sum(one.region == "Thorax" for one in images),
        "head": sum(one.region == "Head" for one in images),
    }
    assert report.splits["train"].classes == counted
    assert report.unclassed_images == len(images) - sum(counted.values())


HEADS = RecipeText(
    'name = "heads"\nkind = "image"\nwhere = "region=Head"\n[splits]\nseed = 1\ntrain = 0.5\ntest = 0.5\n'
)


def test_what_is_counted_is_what_is_written(demo_workspace):
    with casegraph.open(demo_workspace) as space:
        counted = space.subsets.count(HEADS)
        report = space.subsets.foresee(HEADS)
        few = space.subsets.count(HEADS, at_most=1)
        cases = [case for case in space.documents.cases("region=Head") if any(i.object_key for i in case.images)]
    assert (counted.cases, counted.items, counted.images) == (report.cases, report.items, report.images)
    assert counted.cases == len(cases) > 0
    assert counted.sources == {"medpix2": counted.cases}
    assert counted.licences == {"not stated": counted.cases}
    assert counted.left_out == report.left_out
    assert (few.whole, few.matching, few.cases) == (False, counted.matching, 0)


def test_a_text_of_a_case_counts_as_an_item_and_what_is_not_free_is_left_out(demo_workspace):
    text = 'name = "t"\nkind = "text"\nlicences = "{}"\n'
    with casegraph.open(demo_workspace) as space:
        everything = space.documents.count()
        counted = space.subsets.count(RecipeText(text.format("any")))
        none = space.subsets.count(RecipeText(text.format("free")))
    assert (counted.items, counted.images) == (counted.cases, 0)
    assert (none.cases, none.left_out) == (0, {"licence not stated": everything})


def test_examples_are_the_first_items_with_what_is_asked_of_them(demo_workspace):
    llava = RecipeText(HEADS.text.replace("[splits]", 'formats = ["llava"]\n[splits]'))
    with casegraph.open(demo_workspace) as space:
        plain, filled = space.subsets.examples(HEADS, 2), space.subsets.examples(llava, 2)
        first = [case.case_id for case in space.documents.cases("region=Head")][:2]
    assert [one.item.case_id for one in plain] == first
    assert all(one.filled is None and len(one.item.images) == 1 for one in plain)
    assert all(one.filled is not None and "<image>" in one.filled.prompt for one in filled)


def test_a_data_set_is_one_file_with_all_that_the_folder_has(demo_workspace, tmp_path):
    with casegraph.open(demo_workspace) as space:
        folder = space.subsets.write(HEADS, tmp_path / "heads")
        file = space.subsets.write(HEADS, tmp_path / "heads.zip")
        with pytest.raises(InputError, match="nothing is overwritten"):
            space.subsets.write(HEADS, tmp_path / "heads.zip")
    assert (file.digest, file.folder) == (folder.digest, str(tmp_path / "heads.zip"))
    with ZipFile(tmp_path / "heads.zip") as pressed:
        packed = {name: len(pressed.read(name)) for name in pressed.namelist()}
    there = [path for path in (tmp_path / "heads").rglob("*") if path.is_file()]
    assert packed == {f"heads/{path.relative_to(tmp_path / 'heads')}": path.stat().st_size for path in there}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["heads", "heads.zip"]


def test_a_data_set_is_kept_in_the_workspace_by_its_name_and_digest(small_workspace):
    with casegraph.open(small_workspace) as space:
        recipe = RecipeText('name = "all"\nkind = "image"\n')
        foreseen = space.subsets.foresee(recipe)
        report = space.subsets.keep(recipe, foreseen)
        assert report.folder == str(space.subsets.kept_folder_of(foreseen))
        assert (space.subsets.kept_folder_of(report) / "items.jsonl").is_file()
        stale = replace(foreseen, digest="0" * 64)
        with pytest.raises(BusyError, match="changed since the data set was checked"):
            space.subsets.keep(recipe, stale)
        assert not space.subsets.kept_folder_of(stale).exists()


def test_a_recipe_from_elsewhere_can_name_no_file_of_this_machine(demo_workspace, tmp_path):
    (tmp_path / "own.toml").write_text('version = 1\nprompt = "p"\nanswer = "a"\n')
    (tmp_path / "r.toml").write_text('name = "r"\nkind = "image"\nformats = ["llava"]\ntemplate = "own.toml"\n')
    with casegraph.open(demo_workspace) as space:
        assert space.subsets.foresee(tmp_path / "r.toml").items
        for named in (str(tmp_path / "own.toml"), "own.toml", "nowhere.toml"):
            text = RecipeText(f'name = "r"\nkind = "image"\ntemplate = "{named}"\n')
            with pytest.raises(InputError, match="does not come with CaseGraph, and this recipe cannot name a file"):
                space.subsets.foresee(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("CT: modality=CT\nMR", "line 2 of the classes must be 'name: filter'"),
        (": modality=CT", "line 1 of the classes"),
        ("CT: modality=CT\n\nCT: modality=MR", "the class 'CT' is given twice"),
        ("CT: modality=", "the filter ends"),
    ],
)
def test_classes_that_cannot_be_read_are_named(text, message):
    with pytest.raises(InputError, match=message):
        classes_from_lines(text)


def test_classes_are_read_from_lines():
    assert classes_from_lines("CT: modality=CT\n  MR :  modality=MR  ") == {"CT": "modality=CT", "MR": "modality=MR"}


def test_what_is_too_large_is_handed_over_in_no_single_file(demo_workspace):
    with casegraph.open(demo_workspace) as space:
        report = space.subsets.foresee(HEADS)
    assert fits_one_file(report)
    assert not fits_one_file(replace(report, images=2001))
    assert not fits_one_file(replace(report, items=20_001))
