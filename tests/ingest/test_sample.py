"""The sample release: the same bytes for the same seed, complete in both directions, and with the real quirks."""

import csv
import hashlib
import json
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image

from ingest.images.objects import ObjectStore
from ingest.load import ingest
from ingest.sample import write_sample
from ingest.store.opening import open_store


def read_json(path: Path):
    return json.loads(path.read_text(encoding="utf-8"))


def read_lines(path: Path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def cases(sample_release):
    return {case["U_id"]: case for case in read_json(sample_release / "Case_topic.json")}


@pytest.fixture
def descriptions(sample_release):
    return read_json(sample_release / "Descriptions.json")


def test_the_same_seed_gives_the_same_bytes(small_release, tmp_path):
    write_sample(tmp_path, cases=8)
    assert digests(tmp_path) == digests(small_release)


def test_another_seed_gives_other_images_and_the_same_first_texts(small_release, tmp_path):
    write_sample(tmp_path, cases=2, seed=8)
    first = "images/MPX9001_synpic90001.png"
    assert digests(tmp_path)[first] != digests(small_release)[first]
    assert read_json(tmp_path / "Case_topic.json") == read_json(small_release / "Case_topic.json")[:2]


def test_fewer_cases_are_the_beginning_of_more(small_release, sample_release):
    few, many = digests(small_release), digests(sample_release)
    images = [name for name in few if name.startswith("images/")]
    assert len(images) == 21
    assert all(few[name] == many[name] for name in images)


def test_there_are_60_cases_with_150_images_from_mpx9001_upward(cases, descriptions):
    assert list(cases) == [f"MPX{number}" for number in range(9001, 9061)]
    assert [entry["image"].partition("_")[2] for entry in descriptions] == [f"synpic{90001 + i}" for i in range(150)]


def test_every_image_is_listed_described_and_drawn_once(sample_release, cases, descriptions):
    listed = [image for case in cases.values() for image in (*case["TAC"], *case["MRI"])]
    described = [entry["image"] for entry in descriptions]
    drawn = [path.stem for path in (sample_release / "images").iterdir()]
    assert sorted(listed) == sorted(described) == sorted(drawn)
    for entry in descriptions:
        assert entry["image"] in cases[entry["U_id"]]["TAC" if entry["Type"] == "CT" else "MRI"]


def test_the_splits_hold_every_case_once_with_null_for_what_the_json_leaves_out(sample_release, cases, descriptions):
    folder = sample_release / "splitted_dataset"
    members = read_json(folder / "uid_list.json")
    assert sorted(members["train"] + members["dev"] + members["test"]) == sorted(cases)
    assert sorted(members["train_1"] + members["train_2"]) == sorted(members["train"])
    for split in ("train", "dev", "test"):
        records = read_lines(folder / f"data_{split}.jsonl")
        assert [record["U_id"] for record in records] == members[split]
        for record in records:
            for part in ("Case", "Topic"):
                kept = {key: text for key, text in record[part].items() if text is not None}
                assert kept == cases[record["U_id"]][part]
                assert len(record[part]) > len(kept)
        own = [entry for entry in descriptions if entry["U_id"] in members[split]]
        assert read_lines(folder / f"descriptions_{split}.jsonl") == own


def test_all_regions_planes_and_both_modalities_are_there(descriptions):
    regions = Counter(entry["Location Category"] for entry in descriptions)
    planes = Counter(entry["Description"]["Plane"] for entry in descriptions)
    modalities = Counter(entry["Type"] for entry in descriptions)
    assert len(regions) == 5
    assert min(regions.values()) >= 20
    assert min(planes["Axial"], planes["Coronal"], planes["Sagittal"]) >= 15
    assert min(modalities["CT"], modalities["MR"]) >= 60


def test_many_diagnoses_are_shared_by_two_to_four_cases_that_are_worded_differently(cases):
    by_diagnosis: dict[str, list[dict]] = {}
    for case in cases.values():
        by_diagnosis.setdefault(case["Case"]["Case Diagnosis"], []).append(case["Case"])
    assert len(by_diagnosis) == 31
    siblings = [entries for entries in by_diagnosis.values() if len(entries) > 1]
    assert len(siblings) >= 15
    assert max(map(len, siblings)) == 4
    for entries in siblings:
        assert len({entry.get("Findings") for entry in entries}) == len(entries)


def test_no_gap_of_a_text_is_left_open(sample_release):
    for name in ("Case_topic.json", "Descriptions.json"):
        texts = json.dumps(read_json(sample_release / name)[0:]).replace('"Description": {', "")
        assert "{side}" not in texts
        assert not [word for word in ("{age", "{size", "{site", "{person", "{he", "{Si") if word in texts]


def test_size_and_kind_of_file_do_not_tell_the_modality(sample_release, descriptions):
    widths, modes = {"CT": [], "MR": []}, {"CT": Counter(), "MR": Counter()}
    for entry in descriptions:
        with Image.open(sample_release / "images" / f"{entry['image']}.png") as image:
            widths[entry["Type"]].append(image.width)
            modes[entry["Type"]][image.mode] += 1
    mean_of = {kind: sum(values) / len(values) for kind, values in widths.items()}
    assert abs(mean_of["CT"] - mean_of["MR"]) < 40
    assert all(set(counts) == {"L", "RGB", "RGBA"} for counts in modes.values())


def test_the_quirks_of_the_real_release_are_there(sample_release, cases, descriptions):
    raw = json.dumps(list(cases.values()), ensure_ascii=False)
    for spelling in ('"N/A"', '"N / A"', '"NA"', '"N/C"', '"NC"', '"None"', '"none."', '"Unknown."', '"See Factoid."'):
        assert spelling in raw
    for mark in ("\uf06e", "\uf0a7", "’", "\u00a0", "\\u000b", "&amp;", "\\\\'", "\\r\\n", "DDX is", "1.\\t", "• "):
        assert mark in raw, repr(mark)
    assert cases["MPX9032"]["Case"]["History"].startswith("History (can include gestational age")
    values = {key: {entry["Description"][key] for entry in descriptions} for key in descriptions[0]["Description"]}
    assert {"0", "1"} <= values["Age"]
    assert "N/A" in values["Sex"]
    assert {"MRI", "MR", "CT", " MR - Montage of Images", "MR - T1W w/Gd (fat suppressed)"} <= values["Modality"]
    assert {"Transverse", "AP", "Photograph", "3D Reconstruction", "Multiple or Montage"} <= values["Plane"]
    assert {"8.-1", "-1.-1"} <= values["ACR Codes"]
    assert "Replace this - DESCRIPTION OF THE IMAGE OR FINDINGS." in values["Caption"]
    assert {"Bethesda, MD", "Left Blank", "Generalized"} <= {entry["Location"] for entry in descriptions}
    assert any("History" not in case["Case"] for case in cases.values())
    captions = Counter(entry["Description"]["Caption"] for entry in descriptions)
    assert any(count > 1 for count in captions.values())


def test_some_images_have_no_link_to_an_original(sample_release, descriptions):
    with (sample_release / "images_overview.csv").open(encoding="utf-8") as text:
        rows = list(csv.DictReader(text))
    assert {row["ID_Image"] for row in rows} < {entry["image"] for entry in descriptions}
    assert all(row["Img_Large"].startswith("https://example.org/") for row in rows)


def test_everything_can_be_ingested_and_nothing_is_quarantined(sample_release, tmp_path):
    with closing(open_store("sqlite", tmp_path)) as store:
        report = ingest(sample_release, store, ObjectStore(tmp_path / "objects"), actor="test")
    assert (report.cases, report.images) == (60, 150)
    assert report.quarantined == report.images_quarantined == report.images_with_problem == 0
