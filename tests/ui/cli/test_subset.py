"""``casegraph subset``: a data set from a recipe file, foreseen, made and made again."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from zipfile import ZipFile

from jsonschema import Draft202012Validator
from multicare_release import FILES, article, described, labelled, noise_webp, write_tables

from casegraph.json_documents import schema_of

PAGE = Path(__file__).parents[3] / "docs/how-to/make-a-data-set.md"
RECIPE = """
name = "heads"
kind = "image"
where = "region=Head"
images = "modality=CT,MR"
formats = ["folder", "llava"]
[splits]
seed = 1
train = 0.7
test = 0.3
"""


def test_a_data_set_is_foreseen_made_and_made_again(run, demo_workspace, tmp_path):
    (tmp_path / "heads.toml").write_text(RECIPE)
    dry = run("subset", tmp_path / "heads.toml", "--dry-run", "-w", demo_workspace, "--json")
    assert (dry.code, dry.json["folder"], dry.json["leaks"]) == (0, None, [])
    Draft202012Validator(schema_of("subset")).validate(dry.json)
    out = tmp_path / "heads"
    made = run("subset", tmp_path / "heads.toml", "--output", out, "-w", demo_workspace)
    assert made.code == 0, made.err
    assert f"digest: {dry.json['digest']}\n" in made.out
    assert f"wrote {out}\n" in made.out
    items = [json.loads(line) for line in (out / "items.jsonl").read_text().splitlines()]
    assert len(items) == dry.json["items"] == sum(split["items"] for split in dry.json["splits"].values()) > 10
    again = run("subset", out / "recipe.toml", "--output", tmp_path / "again", "-w", demo_workspace)
    assert "It is the same as when the recipe was last made" in again.out


def test_a_data_set_is_written_as_one_file_and_never_over_another(run, demo_workspace, tmp_path):
    (tmp_path / "heads.toml").write_text(RECIPE)
    file = tmp_path / "heads.zip"
    made = run("subset", tmp_path / "heads.toml", "--output", file, "-w", demo_workspace, "--json")
    assert (made.code, made.json["folder"]) == (0, str(file))
    with ZipFile(file) as pressed:
        items = pressed.read("heads/items.jsonl").decode().splitlines()
    assert len(items) == made.json["items"]
    again = run("subset", tmp_path / "heads.toml", "--output", file, "-w", demo_workspace)
    assert (again.code, "nothing is overwritten. Name a new file." in again.err) == (2, True)


def test_the_commands_of_the_page_make_the_data_set_of_its_recipe(run, demo_workspace, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    page = PAGE.read_text(encoding="utf-8")
    commands, recipe = (re.search(rf"```{kind}\n(.*?)```", page, re.DOTALL)[1] for kind in ("console", "toml"))
    for line in commands.splitlines():
        answer = run(*shlex.split(line.removeprefix("$ casegraph ")), "-w", demo_workspace)
        assert answer.code == 0, answer.err
        if "--init" in line:
            (tmp_path / "heads.toml").write_text(recipe)
    assert {path.name for path in (tmp_path / "heads").iterdir()} >= {"images", "llava", "parquet", "croissant.json"}


def test_an_example_recipe_is_written_and_works(run, demo_workspace, tmp_path):
    file = tmp_path / "mine.toml"
    begun = run("subset", file, "--init")
    assert (begun.code, begun.out.startswith(f"wrote {file}.")) == (0, True)
    assert run("subset", file, "--dry-run", "-w", demo_workspace).code == 0
    assert run("subset", file, "--init").code == 2


def test_leaks_of_a_source_own_splits_end_in_exit_code_1(run, demo_workspace, tmp_path):
    (tmp_path / "own.toml").write_text('name = "own"\nkind = "text"\n[splits]\nby = "source"\n')
    foreseen = run("subset", tmp_path / "own.toml", "--dry-run", "-w", demo_workspace, "--json")
    assert foreseen.code == (1 if foreseen.json["leaks"] else 0)
    assert set(foreseen.json["splits"]) == {"train", "dev", "test"}


def test_where_to_has_to_be_said(run, demo_workspace, tmp_path):
    (tmp_path / "a.toml").write_text(RECIPE)
    for more in ([], ["--dry-run", "--output", tmp_path / "x"]):
        told = run("subset", tmp_path / "a.toml", *more, "-w", demo_workspace)
        assert (told.code, "--output FOLDER or --dry-run" in told.err) == (2, True)
    told = run("subset", tmp_path / "none.toml", "--dry-run", "-w", demo_workspace)
    assert (told.code, "cannot be read" in told.err) == (2, True)


def test_a_recipe_asks_graph_and_classifier(run, demo_workspace, tmp_path):
    (tmp_path / "near.toml").write_text('name = "near"\nkind = "case_series"\nwhere = "within:2:MPX9001"\n')
    near = run("subset", tmp_path / "near.toml", "--dry-run", "-w", demo_workspace, "--json").json
    assert 0 < near["cases"] < 60
    (tmp_path / "model.toml").write_text('name = "model"\nkind = "image"\nimages = "model:modality=CT"\n')
    model = run("subset", tmp_path / "model.toml", "--dry-run", "-w", demo_workspace, "--json").json
    assert 0 < model["images"] < 150
    (tmp_path / "bad.toml").write_text('name = "bad"\nkind = "image"\nimages = "model:modalty=CT"\n')
    bad = run("subset", tmp_path / "bad.toml", "--dry-run", "-w", demo_workspace)
    assert (bad.code, "no task 'modalty'. Did you mean 'modality'?" in bad.err) == (2, True)


def test_an_image_under_a_stricter_licence_than_its_article_is_said_to_be_left_out(run, tmp_path):
    labels = [labelled(FILES[0]), labelled(FILES[1], license="CC BY-NC")]
    images = {name: noise_webp(seed) for seed, name in enumerate(FILES[:2])}
    tables = {"cases": [article()], "metadata": [described()], "labels": labels, "images": images}
    release = write_tables(tmp_path / "release", **tables)
    space, recipe = tmp_path / "space", tmp_path / "free.toml"
    recipe.write_text('name = "free"\nkind = "image"\nlicences = "free"')
    assert run("ingest", release, "-w", space, "--no-index").code == 0
    dry = run("subset", recipe, "--dry-run", "-w", space)
    assert (dry.code, "left out: 1 images, licence CC BY-NC\n" in dry.err) == (0, True)
