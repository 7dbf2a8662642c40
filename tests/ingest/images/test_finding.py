"""Image files are found by their content, and what could stand for several images is never guessed."""

from __future__ import annotations

from pathlib import Path

from release_folder import noise_png

from ingest.images.finding import find_images


def test_images_are_found_by_content_in_subfolders_whatever_their_ending(tmp_path: Path) -> None:
    (tmp_path / "sub" / "folder").mkdir(parents=True)
    dicom = bytes(128) + b"DICM" + bytes(64)
    for name, data in {"a.PNG": noise_png(1), "sub/b.dcm": dicom, "sub/folder/c": dicom, "d.dat": noise_png(2)}.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "a.txt").write_text("notes")
    (tmp_path / "notes.png").write_text("no image")
    found = find_images(tmp_path, ["a", "b", "c"])
    assert {name: path.name for name, path in found.paths.items()} == {"a": "a.PNG", "b": "b.dcm", "c": "c"}
    assert [path.name for path in found.others] == ["d.dat"]


def test_two_different_files_of_one_name_are_ambiguous_and_named_and_copies_are_not(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name, seed in {"a.png": 1, "sub/a.png": 2, "b.png": 3, "sub/b.png": 3}.items():
        (tmp_path / name).write_bytes(noise_png(seed))
    found = find_images(tmp_path, ["a", "b"])
    assert found.ambiguous == {"a": "2 different files carry its name: a.png, sub/a.png. Keep one"}
    assert found.paths == {"b": tmp_path / "b.png"}
