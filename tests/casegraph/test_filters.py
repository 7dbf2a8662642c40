"""Graph and classifier answer what a filter asks of them, in any part of the workspace that takes a filter."""

from __future__ import annotations

import shutil

import pytest

import casegraph
from casegraph import DraftRequest, Workspace, parse_filter
from casegraph.filters import node_named, resolved
from casegraph.subsets import RecipeText
from ingest.errors import UnknownCase
from ingest.store.filters import AllOf, Not, OneOf, Within
from kg.schema import Label


@pytest.fixture(scope="module")
def space(demo_workspace):
    with casegraph.open(demo_workspace) as opened:
        yield opened


def test_cases_within_two_steps_of_a_case_share_a_node_with_it(space):
    found = set(space.documents.case_ids("within:2:MPX9001"))
    shown = space.graph.around("MPX9001", depth=2, limit=100_000).nodes
    assert found == {node.properties["case_id"] for node in shown if node.label is Label.CASE}
    assert {"medpix2:MPX9001"} < found


def test_cases_within_one_step_of_a_diagnosis_have_or_consider_it(space):
    case = space.documents.case("MPX9001")
    found = space.documents.case_ids(f'within:1:"{case.diagnosis}"')
    assert "medpix2:MPX9001" in found
    assert len(found) < 20
    with pytest.raises(UnknownCase, match="no diagnosis is called 'A disease that nobody has', and there is no case"):
        space.documents.case_ids('within:1:"A disease that nobody has"')


def test_the_classifier_says_of_images_what_it_says_of_them_one_by_one(space):
    where = resolved(space.engines, "model:modality=CT")
    assert isinstance(where, OneOf)
    images = [image for case in space.documents.cases() for image in case.images if image.object_key][:25]
    for image in images:
        said = {one.task: one for one in space.models.classify(space.documents.png(image)).predictions}["modality"]
        assert (image.image_id in where.values) == (said.sure and said.label == "CT")


def test_only_the_conditions_that_ask_others_are_replaced(space):
    asked = AllOf((OneOf("sex", ("male",)), Not(Within("MPX9001", 1))))
    answered = resolved(space.engines, asked)
    assert isinstance(answered, AllOf)
    kept, replaced = answered.parts
    assert kept == asked.parts[0]
    assert isinstance(replaced, Not)
    assert isinstance(replaced.part, OneOf)
    assert replaced.part.field_name == "case_id"
    assert resolved(space.engines, "") is None


def test_search_takes_a_filter_on_the_graph(space):
    near = set(space.documents.case_ids("within:2:MPX9001"))
    hits = space.search.by_text("mass", k=5, where="within:2:MPX9001").hits
    assert hits
    assert {hit.case_id for hit in hits} <= near


@pytest.fixture(scope="module")
def small(indexed_workspace, tmp_path_factory):
    """Yield a workspace of a few cases that the parts may write to."""
    folder = tmp_path_factory.mktemp("parts") / "workspace"
    with casegraph.open(shutil.copytree(indexed_workspace, folder)) as opened:
        yield opened


def collected(space: Workspace, where) -> set[str]:
    """Return the cases of a new collection, and forget it."""
    made = space.collections.add("asked", where=where)
    space.collections.remove("asked")
    return set(made.case_ids)


ASKED = DraftRequest(findings="Mass.")
MANY = 8
PARTS = {
    "documents": lambda space, where: {case.case_id for case in space.documents.cases(where)},
    "search": lambda space, where: {hit.case_id for hit in space.search.by_text("mass", where=where).hits},
    "maps": lambda space, where: {point.case_id for point in space.maps.read(where).points},
    "training": lambda space, where: set(space.training.learnable(where).case_ids),
    "collections": collected,
    "session": lambda space, where: {turn.case_id for turn in space.teaching.begin(where, cases=MANY).turns},
    "teaching set": lambda space, where: set(space.teaching.set_of(where, cases=MANY).case_ids),
    "draft": lambda space, where: {one.case_id for one in space.drafts.write(ASKED, where=where).similar_cases},
    "ask": lambda space, where: {
        one for found in space.drafts.ask(ASKED, where=where).diagnoses for one in found.cases
    },
}


@pytest.mark.parametrize("text", ["model:modality=CT", "within:1:MPX9001"])
@pytest.mark.parametrize("part", PARTS)
def test_every_part_takes_a_filter_on_graph_and_classifier_as_text_or_value(small, part, text):
    allowed = set(small.documents.case_ids(text))
    assert 0 < len(allowed) < small.documents.page().total
    for where in (text, parse_filter(text)):
        taken = PARTS[part](small, where)
        assert taken
        assert taken <= allowed


@pytest.mark.parametrize("text", ["model:modality=CT", "within:1:MPX9001"])
def test_parts_that_count_take_such_a_filter_too(small, text):
    allowed = len(small.documents.case_ids(text))
    assert small.graph.cohort(text).cases == allowed
    recipe = RecipeText(f"name = 'asked'\nkind = 'text'\nwhere = ['{text}']\n")
    assert small.subsets.count(recipe).matching == allowed


def test_a_session_keeps_the_filter_as_it_was_asked(small):
    assert small.teaching.begin("model:modality=CT").where == "model:modality=CT"


def test_a_node_is_named_alike_in_a_filter_and_in_a_question_to_the_graph(space):
    case = space.documents.case("MPX9001")
    for named in ("MPX9001", case.diagnosis, f"Case:{case.case_id}"):
        assert space.graph.node_key(named) == node_named(space.engines, named)
    assert space.graph.node(case.diagnosis).label is Label.DIAGNOSIS
    with pytest.raises(UnknownCase, match="there is no case 'MPX0'"):
        space.graph.node("MPX0")
