"""What stands at a node in groups, their pages, and the cases of a node, on both engines, against the documents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from graph_cases import finding, graph_case, hostile_case, image_of, three_cases

from ingest.errors import InputError, UnknownCase
from ingest.store.interface import DocumentStore
from ingest.vocabulary import Modality
from kg.engine.graph import Graph
from kg.export.export import read_nodes, read_relationships
from kg.projection.project import project
from kg.projection.similarity import project_similarities
from kg.questions.cases_at import cases_at
from kg.questions.groups import FEW, groups_at, members_of, members_of_few, relationships_between
from kg.schema import Label, RelationshipType

Write = Callable[..., None]
MASS, EDEMA, MR = "Finding:finding:mass", "Finding:finding:edema", "Modality:MR"
IMAGES = 30


@pytest.fixture
def filled(graph: Graph, store: DocumentStore, write: Write) -> Graph:
    one, two, three = three_cases()
    many = tuple(image_of(one, image_id=f"test:many_{number:02}") for number in range(IMAGES))
    write(one, two, three, graph_case(4, images=many, annotations=(finding("mass"), finding("mass"))), hostile_case())
    project(graph, store)
    project_similarities(graph)
    return graph


def test_groups_count_what_stands_at_every_node_and_each_node_once(filled: Graph) -> None:
    relationships = list(read_relationships(filled))
    for node in read_nodes(filled):
        around = {
            r.target if r.source == node.key else r.source for r in relationships if node.key in (r.source, r.target)
        }
        groups = groups_at(filled, node.key)
        assert {group.type for group in groups} == {r.type for r in relationships if node.key in (r.source, r.target)}
        found = [one.key for group in groups for one in members_of(filled, node.key, group.name, size=1000).nodes]
        assert set(found) == around and len(found) == sum(group.count for group in groups)


def test_a_group_says_what_the_node_is_to_its_members(filled: Graph) -> None:
    words = {group.name: group.words for group in groups_at(filled, MASS)}
    assert words == {
        "IS_A.out.Finding": "is a kind of 1 finding",
        "SHOWS.in.Case": "is shown by 3 cases",
        "RULES_OUT.in.Case": "is ruled out in 1 case",
    }


def test_likeness_has_no_direction_and_the_likest_come_first(filled: Graph) -> None:
    scores = {
        frozenset((r.source, r.target)): r.properties["score"]
        for r in read_relationships(filled)
        if r.type is RelationshipType.SIMILAR_TO
    }
    assert scores
    for key in {key for pair in scores for key in pair}:
        [group] = [group for group in groups_at(filled, key) if group.type is RelationshipType.SIMILAR_TO]
        found = [scores[frozenset((key, node.key))] for node in members_of(filled, key, group.name).nodes]
        assert len(found) == group.count and found == sorted(found, reverse=True)


def test_pages_of_a_group_have_each_member_once(filled: Graph) -> None:
    first = members_of(filled, "Case:test:MPX4", "HAS_IMAGE.out.Image", size=12)
    pages = [members_of(filled, "Case:test:MPX4", "HAS_IMAGE.out.Image", page=n, size=12) for n in (1, 2, 3, 4)]
    assert (first.pages, first.group.count) == (3, IMAGES)
    names = [node.name for page in pages for node in page.nodes]
    assert (
        names == sorted(names) and len(set(names)) == IMAGES and [len(page.nodes) for page in pages] == [12, 12, 6, 0]
    )


def test_only_groups_of_few_are_read_at_once(filled: Graph) -> None:
    groups = groups_at(filled, "Case:test:MPX4")
    few = members_of_few(filled, "Case:test:MPX4", groups)
    assert {group.name: group.count for group in groups if group.count <= FEW} == {n: len(f) for n, f in few.items()}
    assert "HAS_IMAGE.out.Image" not in few and few["HAS_CASE.in.Patient"][0].label is Label.PATIENT


def test_between_nodes_stand_the_relationships_among_them_only(filled: Graph) -> None:
    keys = {MASS, EDEMA, MR, "Case:test:MPX1", "Case:test:MPX3", "Diagnosis:diagnosis:glioblastoma"}
    expected = {
        (r.source, r.type, r.target) for r in read_relationships(filled) if r.source in keys and r.target in keys
    }
    found = [(r.source, r.type, r.target) for r in relationships_between(filled, keys)]
    assert expected and len(found) == len(set(found)) and set(found) == expected
    assert relationships_between(filled, ()) == ()


def test_the_cases_of_a_node_are_those_that_have_it(filled: Graph) -> None:
    assert cases_at(filled, MASS) == ["test:MPX1", "test:MPX2", "test:MPX4"]  # 3 rules it out
    assert cases_at(filled, EDEMA) == ["test:MPX1", "test:MPX2", "test:MPX3"]  # an image of 1 shows it
    assert cases_at(filled, f"Modality:{Modality.CT}") == ["test:MPX3"]
    assert cases_at(filled, "PathologyCategory:Neoplasm, glial") == ["test:MPX1", "test:MPX2", "test:MPX4"]
    assert cases_at(filled, "AcrCode:13.-1") == ["test:MPX1", "test:MPX2", "test:MPX4"]  # their topics' finer code
    assert cases_at(filled, "Image:test:many_07") == cases_at(filled, "Case:test:MPX4") == ["test:MPX4"]
    assert cases_at(filled, "Patient:test:MPX2_patient") == ["test:MPX2"]
    assert cases_at(filled, "Finding:finding:hemorrhage") == []  # only perhaps


def test_a_topic_of_several_cases_gives_none_of_them_the_category_of_another(
    graph: Graph, store: DocumentStore, write: Write
) -> None:
    one, two = graph_case(1), graph_case(2)
    write(one, replace(two, topic=replace(two.topic, pathology_category="Other", acr_code="9.9"), images=()))
    project(graph, store)
    assert cases_at(graph, "PathologyCategory:Other") == cases_at(graph, "AcrCode:9.9") == ["test:MPX2"]


def test_what_is_not_there_is_said(filled: Graph) -> None:
    with pytest.raises(InputError, match=r"has no group 'SHOWS\.out\.Case'. It has: IS_A\.out\.Finding, SHOWS"):
        members_of(filled, MASS, "SHOWS.out.Case")
    with pytest.raises(InputError, match="0 is not a page number"):
        members_of(filled, MASS, "SHOWS.in.Case", page=0)
    for ask in (groups_at, cases_at):
        with pytest.raises(UnknownCase, match="finding:none"):
            ask(filled, "Finding:finding:none")
