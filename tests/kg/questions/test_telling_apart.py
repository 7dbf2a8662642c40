"""What would tell diagnoses apart, on both engines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from graph_cases import finding, graph_case

from ingest.case import Case, Topic
from ingest.store.interface import DocumentStore
from kg.engine.graph import Graph
from kg.projection.project import project
from kg.questions.telling_apart import telling_apart

Write = Callable[..., None]
INFARCT, MENINGIOMA, GOUT = "diagnosis:cerebral-infarct", "diagnosis:meningioma", "diagnosis:gout"


def case_with(number: int, diagnosis: str, *findings: str) -> Case:
    bare = graph_case(number, images=(), differential_diagnosis=(), topic=Topic(), diagnosis=diagnosis)
    return replace(bare, annotations=tuple(finding(name) for name in findings))


def test_what_is_frequent_with_one_and_rare_with_another_comes_first(
    graph: Graph, store: DocumentStore, write: Write
) -> None:
    write(
        *(case_with(number, "Right MCA infarct", "restricted diffusion", "edema", "infarct") for number in (1, 2, 3)),
        *(case_with(number, "Falx meningioma", "dural tail", "edema") for number in (4, 5, 6)),
        case_with(7, "Meningioma", "calcification", "edema"),
    )
    project(graph, store)
    tail, diffusion = sorted(telling_apart(graph, [INFARCT, MENINGIOMA]), key=lambda one: one.name)
    assert (diffusion.name, tail.name) == ("restricted diffusion", "dural tail")
    assert [(share.node_key, len(share.shown_in), share.cases) for share in diffusion.shares] == [
        (f"Diagnosis:{INFARCT}", 3, 3),
        (f"Diagnosis:{MENINGIOMA}", 0, 4),
    ]
    assert diffusion.difference == pytest.approx(3.5 / 4 - 0.5 / 5)
    assert diffusion.shares[0].shown_in == ("test:MPX1", "test:MPX2", "test:MPX3")


def test_what_is_known_is_not_asked_again_and_one_diagnosis_needs_no_telling(
    graph: Graph, store: DocumentStore, write: Write
) -> None:
    write(
        *(case_with(number, "Gout", "bone erosion") for number in (1, 2)),
        *(case_with(number, "Meningioma", "dural tail") for number in (3, 4)),
    )
    project(graph, store)
    assert [one.name for one in telling_apart(graph, [GOUT, MENINGIOMA], known=["finding:bone erosion"])] == [
        "dural tail"
    ]
    assert len(telling_apart(graph, [GOUT, MENINGIOMA], limit=1)) == 1
    assert telling_apart(graph, [GOUT, "diagnosis:not-there"]) == ()


def test_only_the_cases_asked_are_counted(graph: Graph, store: DocumentStore, write: Write) -> None:
    write(
        *(case_with(number, "Gout", "bone erosion") for number in (1, 2)),
        *(case_with(number, "Gout", "tophus") for number in (3, 4)),
        *(case_with(number, "Meningioma", "dural tail") for number in (5, 6)),
    )
    project(graph, store)
    asked = [f"test:MPX{number}" for number in (1, 2, 5, 6)]
    told = telling_apart(graph, [GOUT, MENINGIOMA], among=asked)
    assert {one.name for one in told} == {"bone erosion", "dural tail"}
    assert {share.cases for one in told for share in one.shares} == {2}
    assert telling_apart(graph, [GOUT, MENINGIOMA], among=asked[:2]) == ()
