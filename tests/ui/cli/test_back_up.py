"""`casegraph backup` and `casegraph restore`: a workspace there and back, and what they say where that cannot be."""

from pathlib import Path


def test_a_workspace_goes_into_a_file_and_comes_out_of_it(run, small_workspace: Path, tmp_path: Path):
    file, restored = tmp_path / "archive.zip", tmp_path / "restored"
    made = run("backup", file, "-w", small_workspace, "--json")
    assert made.code == 0 and made.json["cases"] > 0 and made.json["size_bytes"] == file.stat().st_size
    assert run("restore", file, "--check", "--json").json == made.json
    said = run("restore", file, "-w", restored)
    assert said.code == 0 and f"{made.json['cases']} cases" in said.out
    found, before = (run("query", "-w", folder, "--json").json["cases"] for folder in (restored, small_workspace))
    assert [case["case_id"] for case in found] == [case["case_id"] for case in before]


def test_what_cannot_be_is_said_in_a_line(run, small_workspace: Path, tmp_path: Path):
    file = tmp_path / "archive.zip"
    run("backup", file, "-w", small_workspace)
    again = run("backup", file, "-w", small_workspace)
    assert (again.code, again.err.count("\n")) == (2, 1) and "is there already" in again.err
    over = run("restore", file, "-w", small_workspace)
    assert over.code == 2 and "Name another folder" in over.err
    file.write_bytes(file.read_bytes()[:-5])
    cut = run("restore", file, "-w", tmp_path / "restored")
    assert cut.code == 2 and "is not a backup, or is cut short" in cut.err
    assert not (tmp_path / "restored").exists()


def test_images_that_were_not_there_are_told(run, small_workspace: Path, tmp_path: Path):
    next((small_workspace / "objects").glob("*/*.png")).unlink()
    made = run("backup", tmp_path / "archive.zip", "-w", small_workspace)
    assert made.code == 0 and "1 images that the cases name were missing" in made.err
