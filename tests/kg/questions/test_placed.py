"""A question for a finding at a place and on a side has one answer, on both engines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from graph_cases import graph_case, image_of

from ingest.annotation.annotate import annotate
from ingest.annotation.asked import answers, asked_findings
from ingest.case import Case
from ingest.store.interface import DocumentStore
from ingest.vocabulary import Section
from kg.engine.graph import Graph
from kg.projection.consistency import check
from kg.projection.project import project
from kg.questions.placed import PlacedFinding, placed_findings

Write = Callable[..., None]
TEXTS = (
    "A 3.2 x 2 cm mass in the left kidney.",
    "A mass in the right kidney. A nodule in the left lung.",
    "A mass in the left lung.",
    "No mass in the left kidney. A mass in the liver.",
    "A mass.",
    "There are masses in both kidneys.",
    "A mass in the left frontal lobe.",
)


def cases() -> list[Case]:
    """One case for each text; that of the last is the caption of an image."""
    made = [graph_case(n, sections={Section.FINDINGS: text}, images=()) for n, text in enumerate(TEXTS[:-1], start=1)]
    last = graph_case(len(TEXTS))
    return [annotate(case) for case in (*made, replace(last, images=(image_of(last, caption=TEXTS[-1]),)))]


def asked(graph: Graph, question: str) -> list[PlacedFinding]:
    [wanted] = asked_findings(question)
    return placed_findings(graph, wanted)


def test_a_mass_in_the_left_kidney_is_found_where_it_is(graph: Graph, store: DocumentStore, write: Write) -> None:
    write(*cases())
    project(graph, store)
    assert asked(graph, "mass in the left kidney") == [
        PlacedFinding("test:MPX1", "mass", "kidney", "left", 32.0),
        PlacedFinding("test:MPX6", "mass", "kidney", "bilateral", None),
    ]
    assert [one.case_id for one in asked(graph, "no mass in the left kidney")] == ["test:MPX4"]
    assert [one.case_id for one in asked(graph, "mass in the brain")] == ["test:MPX7"]
    assert len({one.case_id for one in asked(graph, "mass")}) == len(TEXTS)
    assert asked(graph, "fracture of the femur") == []
    assert check(graph, store) == []


def test_the_graph_answers_as_the_documents_do(graph: Graph, store: DocumentStore, write: Write) -> None:
    every = cases()
    write(*every)
    project(graph, store)
    for question in ("mass in the left kidney", "mass in the lung", "lesion on the left", "no mass", "Rt renal mass"):
        [wanted] = asked_findings(question)
        told = sorted(case.case_id for case in every if any(answers(m, wanted) for m in case.annotations))
        assert sorted({one.case_id for one in placed_findings(graph, wanted)}) == told
