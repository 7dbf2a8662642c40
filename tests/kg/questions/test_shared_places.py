"""No comparison says that a case shows a finding and denies it, unless it says where, on both engines."""

from __future__ import annotations

from collections.abc import Callable

from graph_cases import graph_case

from ingest.annotation.annotate import annotate
from ingest.case import Case
from ingest.store.interface import DocumentStore
from ingest.vocabulary import Section
from kg.engine.graph import Graph
from kg.projection.project import project
from kg.questions.shared import shared
from kg.schema import RelationshipType

Write = Callable[..., None]
SHOWS, RULES_OUT = RelationshipType.SHOWS, RelationshipType.RULES_OUT


def case(number: int, text: str) -> Case:
    return annotate(graph_case(number, sections={Section.FINDINGS: text}, images=()))


def test_of_a_finding_and_its_kind_that_both_show_the_kind_is_told_and_of_what_both_deny_all(
    graph: Graph, store: DocumentStore, write: Write
) -> None:
    said = "Pleural effusion on the left, the effusion is large. No subdural hematoma. No hemorrhage."
    write(case(1, said), case(2, said))
    project(graph, store)
    told = {(thing.kind, thing.node.name) for thing in shared(graph, "test:MPX1", "test:MPX2").shared}
    assert {thing for thing in told if thing[0] in (SHOWS, RULES_OUT)} == {
        (SHOWS, "pleural effusion"), (RULES_OUT, "subdural hematoma"), (RULES_OUT, "hemorrhage"),
    }  # fmt: skip


def test_what_a_case_shows_and_denies_is_told_with_its_places(graph: Graph, store: DocumentStore, write: Write) -> None:
    write(
        case(1, "A mass in the left kidney. No mass in the liver."),
        case(2, "A mass in the brain."),
        case(3, "No mass in the liver."),
        case(4, "A mass. There is no mass."),
    )
    project(graph, store)

    def told(one: int, other: int) -> list[list[tuple[RelationshipType, str]]]:
        both = shared(graph, f"test:MPX{one}", f"test:MPX{other}")
        parts = (both.shared, both.only_first, both.only_second)
        return [[(t.kind, t.name) for t in part if t.kind in (SHOWS, RULES_OUT)] for part in parts]

    assert told(1, 2) == [[(SHOWS, "mass (left kidney)")], [(RULES_OUT, "mass (liver)")], []]
    assert told(1, 3) == [[(RULES_OUT, "mass (liver)")], [(SHOWS, "mass (left kidney)")], []]
    assert told(2, 3) == [[], [(SHOWS, "mass")], [(RULES_OUT, "mass")]]
    assert told(4, 2) == [[(SHOWS, "mass")], [], []]
