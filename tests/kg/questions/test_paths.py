"""Paths between nodes, on both engines: over what tells something, in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from graph_cases import finding, graph_case, image_of, three_cases

from ingest.case import Topic
from ingest.store.interface import DocumentStore
from ingest.vocabulary import Assertion
from kg.engine.graph import Graph
from kg.projection.project import project
from kg.questions import paths
from kg.questions.paths import shortest_paths
from kg.questions.wording import WORDS
from kg.schema import RelationshipType

Write = Callable[..., None]


def test_every_type_of_relationship_has_its_words() -> None:
    assert set(WORDS) == set(RelationshipType)


def test_paths_lead_over_what_two_cases_share_and_say_what_they_mean(
    graph: Graph, store: DocumentStore, write: Write
) -> None:
    one, two, three = three_cases()
    write(one, two, three)
    project(graph, store)
    paths = shortest_paths(graph, f"Case:{one.case_id}", f"Case:{two.case_id}", limit=20)
    assert [path.words for path in paths] == [
        "MPX1 considers Abscess, which is considered in MPX2.",
        "MPX1 considers Metastasis, which is considered in MPX2.",
        "MPX1 has the diagnosis Glioblastoma, which is considered in MPX2.",
        "MPX1 shows mass, which is shown by MPX2.",
        "MPX1 is about Glioblastoma, which is the topic of MPX2.",
    ]
    assert [path.score for path in paths] == sorted((path.score for path in paths), reverse=True)
    middle = paths[0].nodes[1].key
    assert [(step.source, step.target) for step in paths[0].relationships] == [
        (f"Case:{one.case_id}", middle),
        (f"Case:{two.case_id}", middle),
    ]
    assert shortest_paths(graph, f"Case:{one.case_id}", f"Case:{two.case_id}", limit=1) == paths[:1]
    [back, *_] = shortest_paths(graph, f"Case:{two.case_id}", f"Case:{one.case_id}")
    assert back.words == "MPX2 considers Abscess, which is considered in MPX1."
    [alone] = shortest_paths(graph, f"Case:{one.case_id}", f"Case:{one.case_id}")
    assert (len(alone.nodes), alone.relationships) == (1, ())


def test_paths_lead_over_hubs_only_when_asked(graph: Graph, store: DocumentStore, write: Write) -> None:
    bare = {"diagnosis": None, "differential_diagnosis": (), "topic": Topic(), "annotations": ()}
    one, two = graph_case(1, **bare), graph_case(2, **bare)
    far = graph_case(9, images=(), **bare)
    write(
        *(replace(case, images=(image_of(case, acr_code=None, anatomical_location=None),)) for case in (one, two)), far
    )
    project(graph, store)
    ends = f"Case:{one.case_id}", f"Case:{two.case_id}"
    assert shortest_paths(graph, *ends) == []
    assert [path.words for path in shortest_paths(graph, *ends, without=())] == [
        "MPX1 has the image MPX1_synpic1, which was acquired with magnetic resonance, "
        "which is the modality of MPX2_synpic2, which is an image of MPX2.",
        "MPX1 has the image MPX1_synpic1, which is an image of the region Head, "
        "which is the region of MPX2_synpic2, which is an image of MPX2.",
    ]
    [to_hub] = shortest_paths(graph, ends[0], "Modality:MR")
    assert to_hub.words == "MPX1 has the image MPX1_synpic1, which was acquired with magnetic resonance."
    assert shortest_paths(graph, ends[0], f"Case:{far.case_id}", without=()) == []


def test_what_is_uncertain_comes_after_what_is_said(graph: Graph, store: DocumentStore, write: Write) -> None:
    bare = {"diagnosis": None, "differential_diagnosis": (), "topic": Topic(), "images": ()}
    certain, rare = finding("mass"), finding("abscess", Assertion.UNCERTAIN)
    write(*(graph_case(number, annotations=(certain, rare), **bare) for number in (1, 2)))
    write(graph_case(3, annotations=(certain,), **bare))
    project(graph, store)
    assert [path.words for path in shortest_paths(graph, "Case:test:MPX1", "Case:test:MPX2")] == [
        "MPX1 shows mass, which is shown by MPX2.",
        "MPX1 may show abscess, which is possibly shown by MPX2.",
    ]


def test_what_is_common_ends_a_walk_and_is_on_a_path_where_both_ends_meet(
    graph: Graph, store: DocumentStore, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = {"diagnosis": None, "differential_diagnosis": (), "topic": Topic(), "images": ()}
    mass, edema, stone = (finding(name) for name in ("mass", "edema", "calcification"))
    said = [(mass,), (mass, edema), (edema, stone), (stone,), (mass,), (mass,)]
    write(*(graph_case(number, annotations=mentions, **bare) for number, mentions in enumerate(said, start=1)))
    project(graph, store)

    def length(one: str, other: str) -> int | None:
        found = shortest_paths(graph, one, other)
        return len(found[0].relationships) if found else None

    assert length("Case:test:MPX1", "Case:test:MPX4") == 6
    monkeypatch.setattr(paths, "_MAX_RELATIONSHIPS", 3)
    assert length("Case:test:MPX1", "Case:test:MPX2") == 2
    assert length("Case:test:MPX1", "Case:test:MPX4") is None
    assert length("Case:test:MPX2", "Case:test:MPX4") == 4
    assert length("Finding:finding:mass", "Case:test:MPX3") == 3


def test_a_path_leads_over_a_finding_that_only_its_kinds_lead_to(
    graph: Graph, store: DocumentStore, write: Write
) -> None:
    bare = {"diagnosis": None, "differential_diagnosis": (), "topic": Topic(), "images": ()}
    seen = [replace(finding("x"), concept_id=f"finding:{kind}-hematoma") for kind in ("subdural", "epidural")]
    one, two = (graph_case(number, annotations=(mention,), **bare) for number, mention in enumerate(seen, start=1))
    write(one, two)
    project(graph, store)
    found = shortest_paths(graph, f"Case:{one.case_id}", f"Case:{two.case_id}")
    assert {path.nodes[2].key for path in found} == {
        "Finding:finding:hematoma",
        "Finding:finding:intracranial-hemorrhage",
    }
    assert {path.score for path in found} == {0.0}
