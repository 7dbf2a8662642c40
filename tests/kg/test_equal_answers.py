"""Every statement that there is runs on the embedded server and on a real Neo4j, with equal answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from asked_graph import asked, harmless, projected
from graph_cases import finding, graph_case, hostile_case, image_of, three_cases

from ingest.store.interface import DocumentStore
from ingest.vocabulary import Assertion, ConceptKind, Modality, Region
from kg.engine.graph import Graph, Transaction
from kg.export.export import read_nodes, read_relationships
from kg.projection.consistency import check
from kg.projection.project import project
from kg.projection.similarity import project_similarities
from kg.questions.cases_at import cases_at
from kg.questions.cohort import cohort
from kg.questions.communities import communities
from kg.questions.differential import differential
from kg.questions.groups import groups_at, members_of, members_of_few, relationships_between
from kg.questions.neighbourhood import counts, find_nodes, neighbourhood
from kg.questions.paths import shortest_paths
from kg.questions.shared import cases_sharing, shared
from kg.schema import FULLTEXT_INDEX, Label

pytestmark = pytest.mark.engine
Write = Callable[..., None]
Answers = dict[str, list[Any]]


def answers(graph: Graph) -> Answers:
    """Ask everything that one can of what is there."""
    nodes = list(read_nodes(graph))
    keys = [node.key for node in nodes]
    cases = [node.properties["case_id"] for node in nodes if node.label is Label.CASE]
    findings = [key.partition(":")[2] for key in keys if key.startswith("Finding:finding:")]
    diagnoses = [node.key for node in nodes if node.label is Label.DIAGNOSIS]
    return {
        "nodes": nodes,
        "relationships": list(read_relationships(graph)),
        "counts": [counts(graph)],
        "find": [find_nodes(graph, text, label=label) for text in ("ma", "test") for label in (None, *Label)],
        "words": [find_nodes(graph, text) for text in ("glioblastoma multi", "multi GLIO", "tumour", "gbm", "oedema")],
        "groups": [groups_at(graph, key) for key in keys],
        "members": [members_of(graph, key, one.name, size=2) for key in keys for one in groups_at(graph, key)],
        "few": [members_of_few(graph, key, groups_at(graph, key)) for key in keys],
        "between": [relationships_between(graph, keys)],
        "cases": [cases_at(graph, key) for key in keys],
        "neighbourhood": [neighbourhood(graph, key, depth=2) for key in keys],
        "paths": [shortest_paths(graph, keys[0], key) for key in keys],
        "shared": [shared(graph, cases[0], case_id) for case_id in cases],
        "sharing": [cases_sharing(graph, case_id=case_id) for case_id in cases],
        "differential": [differential(graph, [key], absent=["finding:none"]) for key in findings],
        "region": [differential(graph, ["mass"], region=Region.HEAD, modality=modality) for modality in Modality],
        "cohort": [cohort(graph, cases), *(cohort(graph, cases_at(graph, key)) for key in diagnoses)],
        "communities": [communities(graph)],
    }


def history(graph: Graph, store: DocumentStore, write: Write) -> list[Answers]:
    """Project, change and delete; after each, everything is asked."""
    told = list[Answers]()
    one, two, three = three_cases()
    four = graph_case(4, diagnosis="Glioblastoma", annotations=four_annotations())
    changed = replace(two, annotations=(finding("cyst"),)), replace(one, images=(image_of(one, acr_code="7.3"),))
    steps: list[Callable[[], None]] = [
        lambda: write(one, two, three, four, hostile_case()),
        lambda: write(*changed, delete=(three.case_id,)),
    ]
    for step in steps:
        step()
        project(graph, store)
        project_similarities(graph)
        assert check(graph, store) == []
        told.append(answers(graph))
    return told


def four_annotations() -> tuple[Any, ...]:
    """Mentions of every kind, those of treatments and exams done."""
    mention = finding("mass")
    others = [
        replace(mention, concept_id=f"{kind}:x", kind=kind)
        for kind in (ConceptKind.ANATOMY, ConceptKind.TREATMENT, ConceptKind.EXAM, ConceptKind.CLINICAL)
    ]
    return (mention, finding("mass", Assertion.ABSENT), *others)


def test_every_question_has_equal_answers_after_every_change(
    embedded: Graph, neo4j: Graph, empty: Callable[[Graph], Graph], store: DocumentStore, write: Write
) -> None:
    first = history(empty(embedded), store, write)
    with store.writer("tester") as writer:
        for case_id in store.case_ids():
            writer.delete_case(case_id)
    second = history(empty(neo4j), store, write)
    for step, (one, other) in enumerate(zip(first, second, strict=True)):
        for question, said in one.items():
            assert said == other[question], (step, question)


def rows_of(graph: Graph, sent: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return what each statement answers, one after the other, in any order of its rows."""

    def ask(transaction: Transaction, statement: Any, parameters: Mapping[str, Any]) -> Any:
        return transaction.read(statement, **parameters)

    return {
        statement: in_any_order(graph.in_transaction(lambda open: ask(open, statement, parameters)))  # noqa: B023
        for statement, parameters in sent.items()
    }


def in_any_order(value: Any) -> Any:
    """Return the value with the members of every list in one order."""
    if isinstance(value, Mapping):
        return sorted((name, in_any_order(inner)) for name, inner in value.items())
    return sorted((in_any_order(one) for one in value), key=repr) if isinstance(value, list) else value


def test_every_statement_that_can_be_sent_answers_alike(
    embedded: Graph, neo4j: Graph, empty: Callable[[Graph], Graph], store: DocumentStore, write: Write
) -> None:
    sent = {**projected(harmless(20)).sent, **asked(harmless(len(Label))).sent}
    del sent[FULLTEXT_INDEX]  # the embedded server takes none
    assert len(sent) > 100
    write(*three_cases(), hostile_case())
    told = list[Any]()
    for graph in (embedded, neo4j):
        project(empty(graph), store)
        told.append((rows_of(graph, sent), list(read_nodes(graph)), list(read_relationships(graph))))
    assert told[0] == told[1]
