"""The page of the JSON contract names every document, key and value; its equality with the file is tested in ui."""

import re

import typer

from casegraph.json_documents import ALSO_WRITTEN_BY, DOCUMENTS, schema_of
from casegraph.json_page import json_page
from ui.cli.program import app

PAGE = json_page()


def commands_with_json(command, name=""):
    if any("--json" in parameter.opts for parameter in command.params):
        yield name
    for part, inner in getattr(command, "commands", {}).items():
        yield from commands_with_json(inner, f"{name} {part}".strip())


def test_every_command_that_takes_json_has_its_document():
    named = {*DOCUMENTS, *(other for others in ALSO_WRITTEN_BY.values() for other in others)}
    documented = {name.partition(" --")[0] for name in named}
    assert set(commands_with_json(typer.main.get_command(app))) == documented


def test_a_heading_stands_for_one_thing():
    headings = re.findall(r"^#+ (.*)$", PAGE, re.MULTILINE)
    assert len({heading.lower() for heading in headings}) == len(headings)


def test_every_object_that_is_linked_has_its_heading():
    headings = {heading.lower() for heading in re.findall(r"^#+ (.*)$", PAGE, re.MULTILINE)}
    assert set(re.findall(r"\(#(\w+)\)", PAGE)) <= headings


def test_every_key_of_a_document_has_its_row():
    for command in DOCUMENTS:
        _, _, after = PAGE.partition(f"\n### {command}\n")
        section = after.partition("\n### ")[0]
        assert re.findall(r"^\| `(\w+)`", section, re.MULTILINE) == list(schema_of(command).get("properties", {}))


def test_types_are_told_in_words():
    for row in (
        "| `hits` | list of [FoundCase](#foundcase) |",
        "| `next_after` | string or null |",
        "| `nodes` | object of integer by [Label](#label) |",
        "| `probabilities` | object of number |",
        "| `shared_images` | list of list of string, string |",
        "| `properties` | object |",
        "| `worded_by` (may be missing) | string |",
        "\nAn object of integer.\n",
        "One of `applied`, `waiting`, `withdrawn`.",
        "Also written by `draft show`.",
    ):
        assert row in PAGE
