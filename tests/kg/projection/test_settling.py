"""What several cases say together, counted from rows that a test writes."""

from __future__ import annotations

from collections import Counter

import pytest
from answering_graph import AnsweringGraph

from ingest.vocabulary import Sex
from kg.projection.memory import Memory
from kg.projection.rows import RelationshipRow
from kg.projection.settling import (
    diagnosis_nodes,
    facts_of_patients,
    patient_nodes,
    settled_spellings,
)
from kg.schema import Label, NodeKey, RelationshipType
from kg.statements import FACTS_OF_PATIENTS, NAMES_OF_DIAGNOSES, NAMES_SAID_BY_CASES


def says(key, name, label=Label.DIAGNOSIS):
    case = NodeKey(Label.CASE, "c")
    kind = RelationshipType.HAS_DIAGNOSIS if label is Label.DIAGNOSIS else RelationshipType.SHOWS
    return RelationshipRow(case, kind, NodeKey(label, key), {"name": name})


def rows(*triples):
    return [{"key": key, "name": name, "times": times} for key, name, times in triples]


@pytest.fixture
def graph():
    return AnsweringGraph(
        {
            NAMES_OF_DIAGNOSES: lambda asked: [
                row for row in rows(("a", "A", 5), ("a", "aa", 1), ("b", "B", 2)) if row["key"] in asked["keys"]
            ],
            NAMES_SAID_BY_CASES: lambda asked: (
                rows(("a", "aa", 1), ("b", "B", 1)) if asked["case_ids"] == ["c"] else []
            ),
            FACTS_OF_PATIENTS: lambda asked: [
                {"key": key, "case_id": "c2", "sex": "F", "age_years": 40.0} for key in asked["keys"]
            ],
        }
    )


def test_spellings_are_those_of_the_graph_less_what_was_said_and_more_what_is_said_now(graph):
    said = [says("a", "A"), says("a", "new"), says("a", "new"), says("x", "X", Label.FINDING)]
    found = settled_spellings(graph, ["a", "b"], ["c"], said, Memory())
    assert found == {"a": Counter({"A": 6, "new": 2}), "b": Counter({"B": 1})}
    assert [parameters for _, parameters in graph.asked] == [{"keys": ["a", "b"]}, {"case_ids": ["c"]}]


def test_what_is_remembered_is_not_asked_for(graph):
    found = settled_spellings(graph, ["a"], [], [says("a", "A")], Memory(spellings={"a": Counter(A=1)}))
    assert found == {"a": Counter(A=2)}
    assert graph.asked == []


def test_a_memory_keeps_its_own_counts(graph):
    memory = Memory(spellings={"a": Counter(A=1)})
    settled_spellings(graph, ["a"], [], [says("a", "A")], memory)
    assert memory.spellings == {"a": Counter(A=1)}


def test_a_diagnosis_is_called_by_its_most_frequent_spelling_and_of_equals_by_the_first():
    spellings = {"a": Counter(rare=1, often=3, also=1), "b": Counter(z=2, y=2)}
    found = list(diagnosis_nodes(spellings))
    assert [(row.node, row.properties["name"], row.properties["aliases"]) for row in found] == [
        (NodeKey(Label.DIAGNOSIS, "a"), "often", ["also", "rare"]),
        (NodeKey(Label.DIAGNOSIS, "b"), "y", ["z"]),
    ]
    for row in found:
        for alias in (row.properties["name"], *row.properties["aliases"]):
            assert alias in row.properties["folded"]


def test_a_diagnosis_is_never_called_by_a_misspelling():
    spellings = {"diagnosis:portal-hypertension": Counter({"Portal hypertention": 3})}
    [row] = diagnosis_nodes(spellings)
    assert (row.properties["name"], row.properties["aliases"]) == ("Portal hypertension", ["Portal hypertention"])


def test_a_diagnosis_that_no_case_names_any_more_has_the_name_of_its_concept():
    [row] = diagnosis_nodes({"diagnosis:stress-fracture": Counter()})
    assert row.properties["name"] == "Stress fracture"
    assert "aliases" not in row.properties


def test_a_diagnosis_has_its_codes_and_what_its_words_say_beside_it():
    [row] = diagnosis_nodes({"diagnosis:aortic-dissection": Counter(x=1)})
    assert row.properties["codes"] == ["SCT:308546005"]
    [row] = diagnosis_nodes({"diagnosis:acute-left-hip-fracture-due-to-osteoporosis": Counter(x=1)})
    beside = {name: row.properties[name] for name in ("laterality", "course", "cause")}
    assert beside == {"laterality": "left", "course": "acute", "cause": "osteoporosis"}


def test_what_is_above_a_diagnosis_names_none():
    above = NodeKey(Label.DIAGNOSIS, "b")
    is_a = RelationshipRow(NodeKey(Label.DIAGNOSIS, "a"), RelationshipType.IS_A, above)
    assert settled_spellings(AnsweringGraph({}), ["b"], [], [is_a], Memory(whole=True)) == {"b": Counter()}


def has_case(patient, case_id, **facts):
    return RelationshipRow(
        NodeKey(Label.PATIENT, patient), RelationshipType.HAS_CASE, NodeKey(Label.CASE, case_id), facts
    )


def test_facts_of_patients_come_in_order_of_case_from_the_graph_and_from_what_is_written(graph):
    said = [has_case("p", "c3", sex=Sex.MALE), has_case("p", "c1", age_years=9.0), says("a", "A")]
    found = facts_of_patients(graph, ["p"], ["c1", "c3"], said, Memory())
    assert found == [
        {"key": "p", "case_id": "c1", "sex": None, "age_years": 9.0},
        {"key": "p", "case_id": "c2", "sex": "F", "age_years": 40.0},
        {"key": "p", "case_id": "c3", "sex": Sex.MALE, "age_years": None},
    ]
    assert graph.asked == [(FACTS_OF_PATIENTS, {"keys": ["p"], "case_ids": ["c1", "c3"]})]


def test_patients_that_the_graph_cannot_know_are_not_asked_for(graph):
    assert facts_of_patients(graph, ["p"], [], [], Memory(whole=True)) == []
    assert graph.asked == []


def test_a_patient_has_the_facts_of_the_first_case_that_knows_them():
    said = [
        {"key": "medpix2:P1", "case_id": "c1", "sex": None, "age_years": 9.0},
        {"key": "medpix2:P1", "case_id": "c2", "sex": "F", "age_years": 40.0},
        {"key": "P2", "case_id": "c3", "sex": None, "age_years": None},
    ]
    first, second = patient_nodes(said)
    assert first.node == NodeKey(Label.PATIENT, "medpix2:P1")
    assert (first.properties["sex"], first.properties["age_years"], first.properties["name"]) == ("F", 9.0, "P1")
    assert second.properties["name"] == "P2"
    assert second.properties.get("sex") is None
    [third] = patient_nodes([{"key": "a:b:c", "case_id": "c1", "sex": None, "age_years": None}])
    assert third.properties["name"] == "b:c"
