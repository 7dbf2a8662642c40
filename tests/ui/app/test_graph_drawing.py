"""How a piece of the graph is drawn."""

from dataclasses import replace

from kg.questions.neighbourhood import Node, Relationship, Subgraph
from kg.schema import Label, RelationshipType
from ui.app.graph_drawing import COLOURS, MAX_NAME_LENGTH, graph_spec, merged, node_name

CASE = Node("Case:s:1", Label.CASE, "1", {"case_id": "s:1"})
MASS = Node("Finding:finding:mass", Label.FINDING, "mass", {})
LONG = Node("Diagnosis:diagnosis:x", Label.DIAGNOSIS, "{x}" * 40, {})
SHOWS = Relationship(CASE.key, MASS.key, RelationshipType.SHOWS)
RULES_OUT = Relationship(CASE.key, MASS.key, RelationshipType.RULES_OUT)


def test_every_label_has_a_colour_of_its_own():
    assert set(COLOURS) == set(Label) and len(set(COLOURS.values())) == len(Label)


def test_parts_are_joined_without_doubles():
    graph = merged([Subgraph((CASE, MASS), (SHOWS,)), Subgraph((MASS, LONG), (SHOWS, RULES_OUT), complete=False)])
    assert graph.nodes == (CASE, MASS, LONG) and graph.relationships == (SHOWS, RULES_OUT) and not graph.complete


def test_what_is_ruled_out_is_drawn_dashed_and_nothing_else():
    links = graph_spec(Subgraph((CASE, MASS), (SHOWS, RULES_OUT)), CASE.key, [CASE.key])["series"][0]["links"]
    assert [link.get("lineStyle") for link in links] == [None, {"type": "dashed"}]


def test_nodes_are_drawn_in_order_with_names_that_are_no_templates():
    nodes = graph_spec(Subgraph((CASE, MASS, LONG), ()), CASE.key, [CASE.key])["series"][0]["data"]
    assert [node["id"] for node in nodes] == [CASE.key, MASS.key, LONG.key]
    assert "{" not in nodes[2]["label"]["formatter"] and len(nodes[2]["label"]["formatter"]) == MAX_NAME_LENGTH
    assert nodes[2]["value"] == LONG.name


def test_an_image_is_called_by_what_it_shows_and_a_patient_by_age_and_sex():
    image = Node("Image:a:1_synpic7", Label.IMAGE, "1_synpic7", {"modality": "MR", "plane": "axial"})
    patient = Node("Patient:1", Label.PATIENT, "1", {"age_years": 58.0, "sex": "male"})
    assert node_name(image) == "MR axial 7" and node_name(patient) == "patient, 58 years, male"
    newborn = replace(patient, properties={"age_years": 2 / 365.25})
    assert node_name(newborn) == "patient, 2 days"
