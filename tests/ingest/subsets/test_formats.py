"""Each format is read back as its readers read it."""

from __future__ import annotations

import csv
import json
import tarfile
from collections import defaultdict
from dataclasses import replace
from typing import Any

import pytest
from pyarrow import parquet

from ingest.case import ClassLabel
from ingest.subsets.croissant import FILE, MISSING, check_croissant
from ingest.subsets.formats.folder import schema_of
from ingest.subsets.recipe import Kind

ALL = """
name = "all"
kind = "{kind}"
formats = {formats}
{more}
[splits]
train = 0.5
test = 0.5
"""


def made(making, out, kind, formats, more=""):
    return making.make(ALL.format(kind=kind, formats=json.dumps(formats), more=more), out)


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_parquet_and_json_lines_have_a_row_for_each_image_beside_its_file(making, tmp_path):
    made(making, tmp_path / "out", "image", ["folder"])
    for split in ("train", "test"):
        rows = parquet.read_table(tmp_path / "out" / "parquet" / f"{split}.parquet").to_pylist()
        said = lines(tmp_path / "out" / "images" / split / "metadata.jsonl")
        assert [row["item_id"] for row in rows] == [row["item_id"] for row in said]
        for row, other in zip(rows, said, strict=True):
            assert (tmp_path / "out" / row["file"]).read_bytes() == making.objects.read(
                f"{row['sha256'][:2]}/{row['sha256']}.png"
            )
            assert row["file"] == f"images/{split}/{other.pop('file_name')}"
            assert {name: row[name] for name in other} == other
            assert row["caption"] == "The prostate is enlarged."
            assert row["annotations"] == ["present finding:nodule"]
            assert row["licence"] and row["citation"].startswith("Roe A.")


def test_a_case_series_keeps_captions_and_labels_of_its_images(making, tmp_path):
    made(making, tmp_path / "out", "case_series", ["folder"])
    (row, *_) = lines(tmp_path / "out" / "images" / "train" / "metadata.jsonl")
    assert row["images_file_names"] == [row["details"][0]["file"].rpartition("/")[2]]
    assert row["details"][0]["caption"] == "The prostate is enlarged."
    assert row["details"][0]["annotations"] == ["present finding:nodule"]
    table = parquet.read_table(tmp_path / "out" / "parquet" / "train.parquet").to_pylist()
    assert table[0]["images"] == row["details"]


def with_labels(making):
    """Give the image of one case its classes, its panel and the labels of its release."""
    case = making.store.get("pmc:PMC5_05").case
    image = replace(
        case.images[0],
        classes=(
            ClassLabel("ct", ((4, 12),), "image-classes/1"),
            ClassLabel("mri", ((13, 15), (16, 24)), "image-classes/1", conflict=True),
        ),
        derived_from="ab/abcd.png",
        crop_box_px=(1, 2, 65, 66),
        source_values={"label": "Figure 1", "component": "b", "release.image_type": "ct; axial", "release.none": None},
    )
    making.write(replace(case, images=(image,)))


LABELLED = {
    "caption": "The prostate is enlarged.",
    "panel": "b",
    "derived_from": "abcd",
    "crop_box_px": [1, 2, 65, 66],
    "classes": [
        {
            "class_id": "ct",
            "words": ["prostate"],
            "spans": [[4, 12]],
            "annotator": "image-classes/1",
            "conflict": False,
        },
        {
            "class_id": "mri",
            "words": ["is", "enlarged"],
            "spans": [[13, 15], [16, 24]],
            "annotator": "image-classes/1",
            "conflict": True,
        },
    ],
    "release_labels": [{"name": "image_type", "labels": ["ct", "axial"]}],
}


@pytest.mark.parametrize("kind", ["image", "case_series"])
def test_images_keep_their_captions_and_their_labels_with_where_these_are_from(making, tmp_path, kind):
    with_labels(making)
    made(making, tmp_path / "out", kind, ["folder"], 'where = "article=PMC5"')
    (said,) = [line for path in (tmp_path / "out" / "images").rglob("*.jsonl") for line in lines(path)]
    (table,) = (tmp_path / "out" / "parquet").iterdir()
    (row,) = parquet.read_table(table).to_pylist()
    written = said if kind == "image" else said["details"][0]
    assert {name: written[name] for name in LABELLED} == LABELLED
    read = row if kind == "image" else row["images"][0]
    assert {name: read[name] for name in LABELLED} == LABELLED


@pytest.mark.parametrize("kind", ["text", "image", "multimodal", "case_series"])
def test_columns_are_those_of_every_row(making, tmp_path, kind):
    with_labels(making)
    made(making, tmp_path / "out", kind, ["folder"])
    folder = tmp_path / "out" / ("texts" if kind == "text" else "images")
    rows = [line for path in folder.rglob("*.jsonl") for line in lines(path)]
    columns = set(schema_of(Kind(kind)).names)
    beside = {"image": {"file_name"}, "text": set()}.get(kind, {"images_file_names", "details"})
    assert all(set(row) - beside == columns - {"file", "images"} for row in rows)
    if "details" in beside:
        struct = schema_of(Kind(kind)).field("images").type.value_type
        assert all(set(image) == {part.name for part in struct} for row in rows for image in row["details"])


def test_texts_alone_have_no_image_and_their_mentions_as_written(making, tmp_path):
    made(making, tmp_path / "out", "text", ["folder", "prompts"])
    rows = lines(tmp_path / "out" / "texts" / "train.jsonl")
    assert {row["text"] for row in rows} == {"Seen (Fig. 1) at night."}
    assert not (tmp_path / "out" / "images").exists()


def read_shards(folder, split):
    """Group the files of shards into samples, as WebDataset does: by the name up to its first point."""
    samples = defaultdict(dict)
    for path in sorted(folder.glob(f"{split}-*.tar")):
        with tarfile.open(path) as shard:
            for member in shard:
                name, _, ending = member.name.partition(".")
                assert ending not in samples[name]
                samples[name][ending] = shard.extractfile(member).read()
    return samples


def test_webdataset_shards_hold_whole_samples(making, tmp_path, monkeypatch):
    monkeypatch.setattr("ingest.subsets.formats.webdataset.SAMPLES_IN_SHARD", 4)
    classes = '\n[classes]\nCT = "modality=CT"\nother = "not modality=CT"\n'
    recipe = ALL.format(kind="classification", formats='["webdataset"]', more="") + classes
    making.make(recipe, tmp_path / "out")
    making.make(recipe, tmp_path / "again")
    folder = tmp_path / "out" / "webdataset"
    assert sorted(path.name for path in folder.glob("train*")) == ["train-000000.tar", "train-000001.tar"]
    samples = read_shards(folder, "train")
    assert len(samples) == 6
    for sample in samples.values():
        assert set(sample) == {"json", "txt", "cls", "png"}
        about = json.loads(sample["json"])
        assert sample["png"] == making.objects.read(f"{about['sha256'][:2]}/{about['sha256']}.png")
        assert sample["cls"] == (b"0" if about["label"] == "CT" else b"1")
    for path in folder.iterdir():
        assert path.read_bytes() == (tmp_path / "again" / "webdataset" / path.name).read_bytes()
    assert not (tmp_path / "out" / "images").exists()


def test_open_clip_reads_its_table_by_tabs(making, tmp_path):
    out = tmp_path / "out"
    made(making, out, "image", ["open_clip"])
    with (out / "open_clip" / "train.csv").open(newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert len(rows) == 6
    for row in rows:
        assert list(row)[:2] == ["filepath", "title"], "open_clip finds them by name"
        assert row["citation"].startswith("Roe A. Case ")
        assert row["licence"] in {"CC BY 4.0", "CC BY-NC 4.0", "CC0", "not stated"}
        assert (out / row["filepath"]).is_file()
        assert row["title"] == "The prostate is enlarged."


def test_llava_has_a_mark_for_each_image_in_its_place(making, tmp_path):
    made(making, tmp_path / "out", "multimodal", ["llava", "prompts"])
    conversations = json.loads((tmp_path / "out" / "llava" / "train.json").read_text())
    assert len(conversations) == 6
    for one in conversations:
        human, answer = one["conversations"]
        assert human["value"].count("<image>") == 1
        assert "Seen <image> at night." in human["value"]
        assert (tmp_path / "out" / one["image"]).is_file()
        assert answer == {"from": "gpt", "value": "Bladder diverticulum"}
        article = making.store.get(one["id"]).case.article
        assert one["licence"] == (article.licence or "not stated")
        assert one["citation"].startswith("Roe A. Case ")
    (prompt, *_) = lines(tmp_path / "out" / "prompts" / "train.jsonl")
    assert prompt["template"] == "diagnosis/1"
    assert prompt["answer"] == "Bladder diverticulum"
    assert prompt["licence"]


def test_an_image_without_words_is_counted_where_words_are_needed(making, tmp_path):
    case = making.store.get("pmc:PMC5_05").case
    making.write(replace(case, images=(replace(case.images[0], caption=None),)))
    report = made(making, tmp_path / "out", "image", ["open_clip", "llava"])
    assert report.items == 12
    assert report.notices[:2] == (
        "1 items have no caption, and are not in open_clip.",
        "1 items have no answer, and are not in llava.",
    )


def test_the_croissant_description_is_valid_and_leads_to_the_rows(making, tmp_path):
    mlcroissant = pytest.importorskip("mlcroissant")
    made(making, tmp_path / "out", "image", ["folder"])
    check_croissant(tmp_path / "out")
    dataset = mlcroissant.Dataset(jsonld=str(tmp_path / "out" / FILE))
    assert dataset.metadata.issues.report() == "" if hasattr(dataset.metadata, "issues") else True
    rows = list(dataset.records(record_set="items_train"))
    assert len(rows) == 6
    assert rows[0]["items_train/citation"].startswith(b"Roe A.")
    assert "https://creativecommons.org/licenses/by-nc/4.0/" in dataset.metadata.license


@pytest.mark.parametrize("kind", ["image", "case_series"])
def test_the_croissant_description_leads_to_images_and_labels(making, tmp_path, kind):
    mlcroissant = pytest.importorskip("mlcroissant")
    with_labels(making)
    made(making, tmp_path / "out", kind, ["folder"])
    dataset = mlcroissant.Dataset(jsonld=str(tmp_path / "out" / FILE))
    described: dict[str, list[Any]] = {name: [] for name in ("images", "items")}
    for split in ("train", "test"):
        described["images"] += dataset.records(record_set=f"images_{split}")
        described["items"] += dataset.records(record_set=f"items_{split}")
        described = {name: [_without_split(row, split) for row in rows] for name, rows in described.items()}
    assert [picture["images/image"].size for picture in described["images"]] == [(64, 64)] * 12
    if kind == "image":
        named = [item["items/file"] for item in described["items"]]
        (classes,) = (item["items/classes"] for item in described["items"] if item["items/classes"])
        assert [one["items/classes/class_id"] for one in classes] == [b"ct", b"mri"]
        assert [one["items/classes/conflict"] for one in classes] == [False, True]
    else:
        named = [one["items/images/file"] for item in described["items"] for one in item["items/images"]]
    assert sorted(named) == sorted(picture["images/file"] for picture in described["images"])


def _without_split(value, split):
    """Return a record with one name for its record set, whatever its split."""
    if isinstance(value, list):
        return [_without_split(one, split) for one in value]
    if not isinstance(value, dict):
        return value
    return {name.replace(f"_{split}/", "/"): _without_split(one, split) for name, one in value.items()}


def test_without_mlcroissant_it_is_said_that_the_description_is_missing(making, tmp_path, monkeypatch):
    monkeypatch.setattr("ingest.subsets.croissant.find_spec", lambda _: None)
    report = made(making, tmp_path / "out", "image", ["folder"])
    assert MISSING in report.notices
    assert not (tmp_path / "out" / FILE).exists()
    assert MISSING in (tmp_path / "out" / "README.md").read_text()
