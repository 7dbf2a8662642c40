from __future__ import annotations

import json
from pathlib import Path

import pytest
from release_folder import case_document, description, noise_png, write_release

from ingest.errors import SourceError
from ingest.sources.medpix2.build import read_cases
from ingest.sources.medpix2.folder import read_release


@pytest.fixture
def release(tmp_path: Path) -> Path:
    cases = [case_document("MPX9001", tac=["MPX9001_a"]), case_document("MPX9002", mri=["MPX9002_b"])]
    descriptions = [description("MPX9001_a"), description("MPX9002_b", "MPX9002", "MR")]
    return write_release(tmp_path / "release", cases, descriptions, {"MPX9001_a.png": noise_png(1)})


def as_jsonl(release: Path) -> Path:
    """Turn a release into its other form: splits as JSONL, with null where a key was left out."""
    split_folder = release / "splitted_dataset"
    split_folder.mkdir()
    for name, prefix in (("Case_topic.json", "data"), ("Descriptions.json", "descriptions")):
        train, dev = json.loads((release / name).read_text())
        (split_folder / f"{prefix}_train.jsonl").write_text(json.dumps(train) + "\n")
        (split_folder / f"{prefix}_dev.jsonl").write_text(json.dumps({**dev, "Media": None}) + "\n")
        (release / name).unlink()
    return release


def test_the_two_files_and_the_splits_give_the_same_cases(release: Path) -> None:
    from_files = {case.case_id: case for case in read_cases(read_release(release))}
    from_lines = {case.case_id: case for case in read_cases(read_release(as_jsonl(release)))}
    assert from_lines == from_files
    assert len(from_lines) == 2


@pytest.mark.parametrize("place", ["splitted_dataset/uid_list.json", "splits.json"])
def test_each_case_knows_its_split(release: Path, place: str) -> None:
    (release / place).parent.mkdir(exist_ok=True)
    (release / place).write_text('{"train": ["MPX9001"], "train_1": ["MPX9002"], "dev": ["MPX9002"], "n": 2}')
    assert {case.short_id: case.split for case in read_cases(read_release(release))} == {
        "MPX9001": "train",
        "MPX9002": "dev",
    }


@pytest.mark.parametrize("text", ["[]", '{"train": "MPX9001"}', "{"])
def test_splits_of_another_form_are_refused(release: Path, text: str) -> None:
    (release / "splits.json").write_text(text)
    with pytest.raises(SourceError, match=r"splits\.json"):
        read_release(release)


def test_links_to_the_originals_come_from_the_overview(release: Path) -> None:
    (release / "images_overview.csv").write_text(
        "Type,U_id,ID_Image,Img_Large,URL_Article_image\n"
        "TAC,MPX9001,MPX9001_a,https://example.org/a.png,https://example.org/case?id=1\n"
        "MRI,MPX9002,MPX9002_b,javascript:alert(1),file:///etc/passwd\n"
    )
    links = {image.image_id: image.links for case in read_cases(read_release(release)) for image in case.images}
    assert links["medpix2:MPX9001_a"] == ("https://example.org/case?id=1", "https://example.org/a.png")
    assert links["medpix2:MPX9002_b"] == ()


def test_a_missing_folder_or_file_is_named_with_what_is_expected(release: Path) -> None:
    with pytest.raises(SourceError, match="is not a folder"):
        read_release(release / "nowhere")
    (release / "Descriptions.json").unlink()
    with pytest.raises(SourceError, match=r"lacks Descriptions\.json"):
        read_release(release)
    (release / "Case_topic.json").unlink()
    with pytest.raises(SourceError, match=r"lacks Case_topic\.json and Descriptions\.json"):
        read_release(release)


def test_a_truncated_file_stops_the_whole_release(release: Path) -> None:
    path = release / "Case_topic.json"
    path.write_text(path.read_text()[:-40])
    with pytest.raises(SourceError, match=r"Case_topic\.json is broken at line 1"):
        read_release(release)


def test_t5_no_name_in_a_document_leaves_the_folder_of_images(release: Path) -> None:
    (release.parent / "outside.png").write_bytes(noise_png(2))
    names = ["../outside", "/etc/passwd", "..\\outside", "a/../../outside", "a\0b", "CON:", "x" * 300, ".."]
    documents = [description(name) for name in names]
    (release / "Descriptions.json").write_text(json.dumps(documents))
    found = read_release(release)
    assert len(found.rejected) == len(names)
    assert set(found.image_paths) == {"MPX9001_a"}


def test_the_folder_of_images_may_be_missing(release: Path) -> None:
    (release / "images" / "MPX9001_a.png").unlink()
    (release / "images").rmdir()
    assert read_release(release).image_paths == {}
