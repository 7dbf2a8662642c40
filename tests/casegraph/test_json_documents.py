"""What commands write with --json is what the schemas in docs/reference/schemas say, and the types with them."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from casegraph.json_documents import DOCUMENTS, file_name_of, schema_of, write_schemas

SCHEMAS = Path(__file__).parents[2] / "docs" / "reference" / "schemas"
IMAGE = "MPX9001_synpic90001"
WRITTEN = {
    "ask": ("ask", "--findings", "Ring enhancing mass.", "--region", "Head"),
    "curate decisions": ("curate", "decisions"),
    "curate duplicates": ("curate", "duplicates"),
    "curate queue": ("curate", "queue"),
    "curate show": ("curate", "show", "MPX9001"),
    "doctor": ("doctor",),
    "draft": ("draft", "--findings", "Ring enhancing mass.", "--age", "50"),
    "draft list": ("draft", "list"),
    "graph cohort": ("graph", "cohort"),
    "graph communities": ("graph", "communities"),
    "graph counts": ("graph", "counts"),
    "graph differential": ("graph", "differential", "finding:mass"),
    "graph explain": ("graph", "explain", "Brain abscess"),
    "graph find": ("graph", "find", "mass"),
    "graph path": ("graph", "path", "MPX9001", "MPX9002"),
    "graph placed": ("graph", "placed", "mass in the brain"),
    "graph shared": ("graph", "shared", "MPX9001", "MPX9002"),
    "compare": ("compare", "MPX9001", "MPX9002", "MPX9003"),
    "graph sharing": ("graph", "sharing", "MPX9001"),
    "graph show": ("graph", "show", "MPX9001"),
    "models list": ("models", "list"),
    "models verify": ("models", "verify"),
    "query": ("query", "modality=MR"),
    "query --facet": ("query", "--facet", "modality"),
    "query --view": ("query", "--view", "Image_Reports"),
    "search": ("search", "ring-enhancing mass"),
    "status": ("status",),
}


@pytest.mark.parametrize("command", DOCUMENTS)
def test_the_schema_of_a_command_is_the_one_that_its_types_give(command):
    text = (SCHEMAS / file_name_of(command)).read_text(encoding="utf-8")
    assert json.loads(text) == schema_of(command), "python -m casegraph.json_documents docs/reference/schemas"


def test_there_is_no_schema_of_a_command_that_is_gone(tmp_path):
    write_schemas(tmp_path)
    assert sorted(path.name for path in SCHEMAS.iterdir()) == sorted(path.name for path in tmp_path.iterdir())


@pytest.mark.parametrize("command", WRITTEN)
def test_a_command_writes_what_its_schema_says(run, demo_workspace, command):
    answer = run(*WRITTEN[command], "--json", "-w", demo_workspace)
    assert answer.code in (0, 1), answer.err
    Draft202012Validator(schema_of(command)).validate(answer.json)


def test_the_schema_of_a_classification_holds(run, demo_workspace, sample_release):
    image = sample_release / "images" / f"{IMAGE}.png"
    for command, options in (("classify", ()), ("classify --zero-shot", ("--zero-shot",))):
        answer = run("classify", image, *options, "--json", "-w", demo_workspace)
        Draft202012Validator(schema_of(command)).validate(answer.json)


def test_a_document_of_another_shape_breaks_its_schema():
    schema = Draft202012Validator(schema_of("query"))
    good = {"total": 0, "next_after": None, "cases": []}
    assert schema.is_valid(good)
    assert not schema.is_valid({**good, "total": "0"})
    assert not schema.is_valid({"total": 0, "cases": []})
