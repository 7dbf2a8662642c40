"""Graph and classifier answer what a filter asks of them, in any part of the workspace that takes a filter."""

from __future__ import annotations

import pytest

import casegraph
from casegraph.filters import resolved
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
    with pytest.raises(UnknownCase, match="the graph has no node"):
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
