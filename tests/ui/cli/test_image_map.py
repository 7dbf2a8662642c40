"""The map of the images as a file."""

from __future__ import annotations

from pathlib import Path


def test_the_csv_goes_where_a_link_leads_and_the_link_stays(run, small_workspace: Path, tmp_path: Path):
    there, link = tmp_path / "there.csv", tmp_path / "map.csv"
    there.write_text("earlier")
    link.symlink_to(there)
    drawn = run("map", "--output", link, "-w", small_workspace)
    assert drawn.code == 0, drawn.err
    assert link.is_symlink()
    assert there.read_text(encoding="utf-8").startswith("image_id,")
    nowhere = run("map", "--output", tmp_path / "none" / "map.csv", "-w", small_workspace)
    assert (nowhere.code, "cannot be written" in nowhere.err) == (1, True)
