"""What is shown of the graph after some steps, how it is called and how it is drawn."""

from dataclasses import replace

import pytest

import casegraph
from casegraph.graph import FEW, PAGE_SIZE, Group
from kg.questions.neighbourhood import Node, Relationship
from kg.schema import Label, RelationshipType
from ui.app.graph_drawing import COLOURS, LINES, SYMBOLS, name_of, picture_of
from ui.app.graph_exploring import explore
from ui.app.graph_steps import Steps, group_key

CASE = Node("Case:s:1", Label.CASE, "1", {"case_id": "s:1"})
MASS = "Finding:finding:mass"
OF_MASS = group_key(MASS, "SHOWS.in.Case")
START = "Case:medpix2:MPX9001"


@pytest.fixture(scope="module")
def graph(demo_workspace):
    with casegraph.open(demo_workspace) as space:
        yield space.graph


def drawn(explored, steps, **changes):
    given = {"chosen": steps.node, "titles": {}, "thumbnail": lambda _: None, **changes}
    return picture_of(explored, steps, **given)


def test_every_label_has_a_colour_and_a_symbol_of_its_own():
    for looks in (COLOURS, SYMBOLS):
        assert set(looks) == set(Label) and len(set(looks.values())) == len(Label)


def test_an_image_is_called_by_what_it_shows_a_patient_by_age_and_sex_a_case_by_its_title():
    image = Node("Image:a:1_synpic7", Label.IMAGE, "1_synpic7", {"modality": "MR", "plane": "axial"})
    patient = Node("Patient:1", Label.PATIENT, "1", {"age_years": 58.0, "sex": "male"})
    assert name_of(image) == "MR axial 7" and name_of(patient) == "patient, 58 years, male"
    assert name_of(replace(patient, properties={"age_years": 2 / 365.25})) == "patient, 2 days"
    assert name_of(CASE, {"s:1": "Meningioma"}) == "1 Meningioma" and name_of(CASE) == "1"
    many = Group(MASS, "HAS_IMAGE.out.Image", RelationshipType.HAS_IMAGE, True, Label.IMAGE, "", 1234)
    assert name_of(many) == "images (1,234)"


def test_few_are_shown_and_many_are_one_node_with_a_count(graph):
    explored = explore(graph, Steps(MASS))
    assert explored.groups[OF_MASS].count > FEW and explored.left[OF_MASS] == explored.groups[OF_MASS].count
    assert (MASS, OF_MASS) in explored.ties
    for group in graph.groups(MASS):
        shown = {node.key for node in graph.members(MASS, group.name, size=1000).nodes} & set(explored.nodes)
        assert (group_key(MASS, group.name) in explored.groups) == (group.count > FEW)
        assert group.count > FEW or len(shown) == group.count


def test_a_group_opens_into_pages_of_its_members_and_folds_back(graph):
    closed, steps = explore(graph, Steps(MASS)), Steps(MASS).opened(OF_MASS)
    opened, more = explore(graph, steps), explore(graph, steps.opened(OF_MASS))
    count = closed.groups[OF_MASS].count
    assert len([tie for tie in opened.ties if tie[0] == OF_MASS]) == min(count, PAGE_SIZE)
    assert len([tie for tie in more.ties if tie[0] == OF_MASS]) == min(count, 2 * PAGE_SIZE)
    assert (opened.left[OF_MASS], more.left[OF_MASS]) == (max(0, count - PAGE_SIZE), max(0, count - 2 * PAGE_SIZE))
    assert explore(graph, steps.folded(OF_MASS)) == closed
    said = {(one.source, one.target) for one in opened.relationships if one.type is RelationshipType.SHOWS}
    assert not said & {(key, MASS) for at, key in opened.ties if at == OF_MASS}


def test_opening_and_folding_leaves_everything_else_where_it_is(graph):
    steps = Steps(START)
    first = explore(graph, steps)
    other = next(key for key, node in first.nodes.items() if node.label is Label.FINDING)
    opened = explore(graph, steps.opened(other))
    assert set(first.nodes) < set(opened.nodes) and first.places.items() <= opened.places.items()
    last = next(key for key in opened.nodes if key not in first.nodes)
    both = steps.opened(other).opened(last)
    seen, without = explore(graph, both), explore(graph, both.folded(other))
    assert set(without.nodes) < set(seen.nodes) and without.places.items() <= seen.places.items()


def test_what_is_hidden_is_gone_with_its_lines_and_can_be_named(graph):
    steps = Steps(START)
    key = next(key for key, node in explore(graph, steps).nodes.items() if node.label is Label.DIAGNOSIS)
    explored = explore(graph, steps.hidden(key))
    assert key not in explored.nodes and key in explored.hidden and key not in explored.places
    assert all(key not in (one.source, one.target) for one in explored.relationships)


def test_a_node_shown_by_itself_stands_there_with_its_lines(graph):
    explored = explore(graph, Steps(START).shown_alone(["Case:medpix2:MPX9002"]))
    assert "Case:medpix2:MPX9002" in explored.nodes
    assert any("Case:medpix2:MPX9002" in (one.source, one.target) for one in explored.relationships)


def test_a_step_from_what_is_not_there_leads_to_nothing(graph):
    assert explore(graph, Steps(START).opened(OF_MASS)).nodes == explore(graph, Steps(START)).nodes


def test_the_picture_draws_everything_once_and_what_is_denied_dashed(graph):
    explored = explore(graph, Steps(START))
    picture = drawn(explored, Steps(START), titles={"medpix2:MPX9001": "A title"})
    keys = [node["key"] for node in picture["nodes"]]
    assert keys == [*explored.nodes, *explored.groups] and picture["nodes"][0]["name"] == "MPX9001 A title"
    assert {line[end] for line in picture["lines"] for end in ("source", "target")} <= set(keys)
    by_ends = {(line["source"], line["target"]): line["dash"] for line in picture["lines"]}
    for one in explored.relationships:
        if [(r.source, r.target) for r in explored.relationships].count((one.source, one.target)) == 1:
            assert by_ends[one.source, one.target] == LINES.get(one.type, "solid")
    assert all(node["says"] for node in picture["nodes"])


def test_the_way_is_bold_and_names_are_cut(graph):
    explored = explore(graph, Steps(START))
    one: Relationship = explored.relationships[0]
    picture = drawn(explored, Steps(START), path=[(one.target, one.source)], titles={"medpix2:MPX9001": "x " * 80})
    assert {(line["source"], line["target"]) for line in picture["lines"] if line["bold"]} == {(one.source, one.target)}
    assert len(picture["nodes"][0]["lines"]) == 2 and picture["nodes"][0]["lines"][1].endswith("…")
