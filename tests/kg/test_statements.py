"""Statements are finitely many texts made of the enums, and no data is ever in one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from graph_cases import graph_case, hostile_case, three_cases

from ingest.errors import InputError
from ingest.store.interface import DocumentStore
from kg.engine.graph import Graph
from kg.projection.project import project
from kg.questions.neighbourhood import neighbourhood
from kg.questions.paths import shortest_paths
from kg.questions.shared import cases_sharing
from kg.schema import KEY_PROPERTIES, Label, NodeKey, constraints, parse_node_key


def test_every_label_has_a_key_and_a_constraint() -> None:
    assert set(KEY_PROPERTIES) == set(Label)
    for label in Label:
        assert any(f"(n:{label}) REQUIRE n.{KEY_PROPERTIES[label]} IS UNIQUE" in text for text in constraints())


@pytest.mark.parametrize("label", Label)
def test_a_node_key_makes_the_round_trip(label: Label) -> None:
    key = NodeKey(label, "a:b'`c")
    assert parse_node_key(str(key)) == key


@pytest.mark.parametrize("text", ["", "Case", "Case:", "case:x", ":x", "Nothing:x", "Case`:x"])
def test_what_is_no_node_key_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="Label:key"):
        parse_node_key(text)


def test_t32_the_texts_of_statements_do_not_depend_on_the_data(
    embedded: Graph,
    empty: Callable[[Graph], Graph],
    store: DocumentStore,
    write: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from neo4j import ManagedTransaction

    sent = set[str]()
    run = ManagedTransaction.run

    def recording(self: ManagedTransaction, query: Any, *arguments: Any, **parameters: Any) -> Any:
        sent.add(query)
        return run(self, query, *arguments, **parameters)

    def walk(case_id: str, topic: str | None) -> set[str]:
        sent.clear()
        project(empty(embedded), store)
        neighbourhood(embedded, f"Case:{case_id}", depth=2)
        shortest_paths(embedded, f"Case:{case_id}", f"Topic:{topic}")
        cases_sharing(embedded, case_id=case_id)
        return set(sent)

    monkeypatch.setattr(ManagedTransaction, "run", recording)
    plain = graph_case(4, annotations=three_cases()[0].annotations[1:])
    write(*three_cases(), plain)
    harmless = walk(plain.case_id, plain.topic.title)
    write(hostile_case())
    assert walk(hostile_case().case_id, hostile_case().topic.title) <= harmless
