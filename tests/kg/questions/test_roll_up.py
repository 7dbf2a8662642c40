"""Diagnoses count with their kind in every question to the graph, on both engines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from graph_cases import finding, graph_case

from ingest.store.interface import DocumentStore
from kg.engine.graph import Graph
from kg.projection.consistency import check
from kg.projection.project import project
from kg.questions.cases_at import cases_at
from kg.questions.differential import differential
from kg.questions.neighbourhood import neighbourhood, require_node
from kg.questions.shared import cases_sharing, shared
from kg.schema import Label, RelationshipType

Write = Callable[..., None]
MENINGIOMA = "Diagnosis:diagnosis:meningioma"


@pytest.fixture
def filled(graph: Graph, store: DocumentStore, write: Write) -> Graph:
    bare = {"differential_diagnosis": (), "topic": graph_case(1).topic}
    write(
        replace(graph_case(1, diagnosis="Falx meningioma", **bare), annotations=(finding("mass"),)),
        replace(graph_case(2, diagnosis="Spinal meningioma", **bare), annotations=(finding("mass"),)),
        graph_case(3, diagnosis="Glioblastoma", differential_diagnosis=("Meningioma, WHO grade 1",)),
        graph_case(4, diagnosis="Pneumonia", differential_diagnosis=()),
    )
    project(graph, store)
    return graph


def test_the_cases_of_a_disease_are_those_of_every_kind_of_it(filled: Graph) -> None:
    assert cases_at(filled, MENINGIOMA) == ["test:MPX1", "test:MPX2"]
    assert cases_at(filled, "Diagnosis:diagnosis:brain-tumor") == ["test:MPX1", "test:MPX2", "test:MPX3"]


def test_a_differential_counts_the_kinds_of_a_disease_together(filled: Graph) -> None:
    [first, *_] = differential(filled, ["finding:mass"]).candidates
    assert (first.node_key, first.cases, first.considered_in) == (
        MENINGIOMA,
        ("test:MPX1", "test:MPX2"),
        ("test:MPX3",),
    )
    assert first.name == "Meningioma"


def test_two_kinds_of_a_disease_share_the_narrowest_that_both_are_of(filled: Graph) -> None:
    found = shared(filled, "test:MPX1", "test:MPX2")
    diagnoses = [thing.node.name for thing in found.shared if thing.kind is RelationshipType.HAS_DIAGNOSIS]
    assert diagnoses == ["Meningioma"]
    assert "Falx meningioma" in {thing.node.name for thing in found.only_first}


def test_cases_of_one_kind_share_it_once(filled: Graph) -> None:
    [nearest, *_] = cases_sharing(filled, case_id="test:MPX1", labels={Label.DIAGNOSIS})
    assert nearest.case_id == "test:MPX2"
    assert [concept.name for concept in nearest.shared] == ["Meningioma"]


def test_the_kinds_stand_around_a_disease(filled: Graph) -> None:
    around = neighbourhood(filled, MENINGIOMA, depth=1)
    is_a = {(step.source, step.target) for step in around.relationships if step.type is RelationshipType.IS_A}
    assert is_a == {
        ("Diagnosis:diagnosis:falx-meningioma", MENINGIOMA),
        ("Diagnosis:diagnosis:spinal-meningioma", MENINGIOMA),
        ("Diagnosis:diagnosis:meningioma-who-grade-1", MENINGIOMA),
        (MENINGIOMA, "Diagnosis:diagnosis:brain-tumor"),
    }


def test_a_disease_that_no_case_is_of_any_more_goes_with_what_is_above_it(filled: Graph, store: DocumentStore) -> None:
    with store.writer("test") as writer:
        for number in (1, 2, 3):
            writer.delete_case(f"test:MPX{number}")
    project(filled, store)
    assert check(filled, store) == []
    assert require_node(filled, "Diagnosis:diagnosis:pneumonia").name == "Pneumonia"


def test_a_disease_named_by_a_case_keeps_its_place_when_the_case_names_it_no_more(
    filled: Graph, store: DocumentStore, write: Write
) -> None:
    write(graph_case(5, diagnosis="Meningeoma", differential_diagnosis=("meningioma",)))
    project(filled, store)
    write(graph_case(5, diagnosis="Pneumonia", differential_diagnosis=()))
    project(filled, store)
    assert check(filled, store) == []
    node = require_node(filled, MENINGIOMA)
    assert (node.name, node.properties.get("aliases")) == ("Meningioma", None)
