"""Every question and every step of the projection, put to a graph that talks to nobody: what statements there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import cycle

from graph_cases import finding, graph_case, image_of
from recording_graph import RecordingDriver, recording_graph

from ingest.case import Case, Patient, Topic
from ingest.store.interface import StoredCase, Tombstone
from ingest.vocabulary import Assertion, ConceptKind, Modality, Region, Sex
from kg.engine.graph import Graph
from kg.projection.project import project
from kg.projection.similarity import project_similarities
from kg.questions.cases_at import cases_at
from kg.questions.cohort import cohort
from kg.questions.communities import communities
from kg.questions.differential import differential
from kg.questions.groups import groups_at, members_of, relationships_between
from kg.questions.neighbourhood import counts, find_nodes, neighbourhood, require_node
from kg.questions.paths import shortest_paths
from kg.questions.shared import cases_sharing, shared
from kg.schema import Label


def ask(graph: Graph, text: str, label: Label) -> None:
    """Ask every question with the text wherever one goes in."""
    key = f"{label}:{text}"
    require_node(graph, key)
    find_nodes(graph, text)
    find_nodes(graph, text, label=label)
    neighbourhood(graph, key, depth=2)
    shortest_paths(graph, key, f"Diagnosis:{text}.")
    shared(graph, text, text)
    cases_sharing(graph, case_id=text, concept_ids=[f"{kind}:{text}" for kind in ("finding", "diagnosis", "anatomy")])
    present, absent = f"finding:{text}", f"finding:{text}."
    differential(graph, [present], absent=[absent], region=Region.HEAD, modality=Modality.MR)
    differential(graph, [present])
    cases_at(graph, key)
    for group in groups_at(graph, key):
        members_of(graph, key, group.name)
    relationships_between(graph, [key, f"Case:{text}"])
    cohort(graph, [text])


def asked(texts: Iterable[str]) -> RecordingDriver:
    """Return what noted the statements that the questions send."""
    graph, driver = recording_graph()
    counts(graph)
    project_similarities(graph)
    communities(graph)
    for text, label in zip(texts, cycle(Label), strict=False):
        driver.text = text
        ask(graph, text, label)
    return driver


class Texts:
    """A store whose cases are made of the texts; every tenth was deleted."""

    def __init__(self, texts: Iterable[str], make: Callable[[str], Case]) -> None:
        self._texts = list(texts)
        self._make = make

    def sequence(self) -> int:
        return len(self._texts)

    def changes_since(self, _sequence: int) -> Iterator[StoredCase | Tombstone]:
        for number, text in enumerate(self._texts):
            if number % 10:
                yield StoredCase(self._make(text), 0, "", "tester")
            else:
                yield Tombstone(text, 0, "", "tester")


def case_of(text: str) -> Case:
    """A case whose every text is this one."""
    case = graph_case(1)
    said = [(ConceptKind.FINDING, assertion) for assertion in Assertion]
    others = (ConceptKind.ANATOMY, ConceptKind.TREATMENT, ConceptKind.EXAM, ConceptKind.CLINICAL)
    said += [(kind, Assertion.PRESENT) for kind in others]
    annotations = [
        replace(finding("x", assertion, image_id), concept_id=text, kind=kind, annotator=text)
        for kind, assertion in said
        for image_id in (None, text)
    ]
    return replace(
        case,
        case_id=text,
        source=text,
        patient=Patient(text, 1.0, Sex.MALE),
        diagnosis=f"d{text}",
        differential_diagnosis=(f"dd{text}",),
        confirmation=text,
        topic=Topic(text, "1.23", text),
        images=(image_of(case, image_id=text, anatomical_location=text, acr_code="1.23", object_key=text),),
        annotations=tuple(annotations),
    )


def projected(texts: Iterable[str]) -> RecordingDriver:
    """Return what noted the statements that a projection sends."""
    graph, driver = recording_graph()
    texts = list(texts)
    driver.text = texts[-1]
    project(graph, Texts(texts, case_of))  # pyright: ignore[reportArgumentType]
    return driver


def harmless(number: int) -> list[str]:
    """Return texts that break out of nothing."""
    return [f"harmless {count}" for count in range(number)]
