"""What a run remembers, and when it begins to forget."""

from __future__ import annotations

from collections import Counter

import pytest

from kg.projection import memory as module
from kg.projection.memory import Memory
from kg.projection.rows import NodeRow, RelationshipRow
from kg.schema import Label, NodeKey, RelationshipType

CASE, PATIENT = NodeKey(Label.CASE, "c"), NodeKey(Label.PATIENT, "p")
MASS, REGION = NodeKey(Label.FINDING, "mass"), NodeKey(Label.REGION, "head")
OF_CASE = RelationshipRow(CASE, RelationshipType.IN_REGION, REGION)
SHARED = RelationshipRow(MASS, RelationshipType.PART_OF, REGION)


def test_only_a_run_that_began_with_an_empty_graph_knows_that_what_it_forgot_is_not_there():
    spellings = {"a": Counter(A=1)}
    assert Memory(spellings=spellings).unknown_spellings(["a", "b"]) == ["b"]
    assert Memory(whole=True, spellings=spellings).unknown_spellings(["a", "b"]) == []
    assert Memory(patients=frozenset("p")).known_patients(["p", "q"]) == ["p", "q"]
    assert Memory(whole=True, patients=frozenset("p")).known_patients(["p", "q"]) == ["p"]
    assert Memory().whole is False


def test_what_cases_share_is_written_once_and_what_is_theirs_each_time():
    held = Memory().and_then({}, [CASE, PATIENT, MASS], [OF_CASE, SHARED])
    rows = [NodeRow(key, {}) for key in (CASE, PATIENT, MASS, REGION)]
    assert [row.node for row in held.unwritten_nodes(rows)] == [CASE, PATIENT, REGION]
    assert held.unwritten_relationships([OF_CASE, SHARED]) == [OF_CASE]
    assert Memory().unwritten_relationships([OF_CASE, SHARED]) == [OF_CASE, SHARED]


@pytest.mark.parametrize("label", list(Label))
def test_patients_cases_images_and_diagnoses_depend_on_cases(label):
    key = NodeKey(label, "x")
    left = Memory().and_then({}, [key], []).unwritten_nodes([NodeRow(key, {})])
    assert bool(left) is (label in {Label.PATIENT, Label.CASE, Label.IMAGE, Label.DIAGNOSIS, Label.ARTICLE})


def test_batches_add_up():
    first = Memory(whole=True).and_then({"a": Counter(A=1), "b": Counter(B=1)}, [PATIENT, MASS], [])
    second = first.and_then({"b": Counter(B=2)}, [NodeKey(Label.PATIENT, "q"), REGION], [SHARED])
    assert second.spellings == {"a": Counter(A=1), "b": Counter(B=2)}
    assert second.whole
    assert second.patients == {"p", "q"}
    assert second.written == {MASS, REGION, SHARED.identity}


def test_patients_are_remembered_only_while_all_are():
    assert Memory().and_then({}, [PATIENT], []).patients == frozenset()


@pytest.mark.parametrize(("held", "full"), [(2, False), (3, True)])
def test_with_more_than_the_limit_memory_begins_anew(monkeypatch, held, full):
    monkeypatch.setattr(module, "_REMEMBERED", 2)
    names = [f"n{number}" for number in range(held)]
    spelled = Memory(True, {name: Counter() for name in names}).and_then({"new": Counter()}, [], [])
    assert (set(spelled.spellings), spelled.whole) == (({"new"}, False) if full else ({*names, "new"}, True))
    seen = Memory(True, patients=frozenset(names)).and_then({}, [PATIENT], [])
    assert (seen.patients, seen.whole) == ((frozenset(), False) if full else ({*names, "p"}, True))
    wrote = Memory(True, written=frozenset(names)).and_then({}, [MASS], [SHARED])
    assert wrote.written == ({MASS, SHARED.identity} if full else {*names, MASS, SHARED.identity})
    assert wrote.whole


def test_a_batch_that_may_delete_knows_only_spellings():
    held = Memory(True, {"a": Counter(A=1)}, frozenset("p"), frozenset({MASS}))
    assert held.without_written() == Memory(False, {"a": Counter(A=1)}, frozenset(), frozenset())
