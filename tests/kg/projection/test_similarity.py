"""Like cases and their communities, on both engines: what they rest on, and that they follow every change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import log, sqrt
from random import Random

import pytest
from graph_cases import finding, graph_case, hostile_case

import kg.projection.similarity
from ingest.case import Case, Topic
from ingest.concepts.diagnosis_parents import all_broader
from ingest.errors import BusyError
from ingest.store.interface import DocumentStore
from kg.engine.graph import Graph
from kg.projection.consistency import check
from kg.projection.project import project
from kg.projection.similarity import (
    MOST,
    ConceptsOfCases,
    SimilarityReport,
    project_similarities,
    read_concepts,
    read_edges,
    similar_cases,
)
from kg.questions.communities import communities
from kg.schema import Label, NodeKey

Write = Callable[..., None]
STATE = "MATCH (p:CaseGraphProjection {name: 'similarities'}) RETURN p.sequence AS sequence, p.edges AS edges"


def case_with(number: int, *findings: str, diagnosis: str | None = None) -> Case:
    bare = graph_case(number, images=(), differential_diagnosis=(), topic=Topic(), diagnosis=diagnosis)
    return replace(bare, annotations=tuple(finding(name) for name in findings))


def two_groups() -> list[Case]:
    """Rings: 1, 2, 3. Effusions: 4, 5. Alone: 6, which shares only what everybody has."""
    return [
        case_with(1, "ring", "edema", "common", diagnosis="Abscess"),
        case_with(2, "ring", "edema", "common"),
        case_with(3, "ring", "common", diagnosis="Abscess"),
        case_with(4, "effusion", "consolidation", "common"),
        case_with(5, "effusion", "consolidation", "common"),
        case_with(6, "fracture", "common"),
    ]


def made(found: dict[str, set[str]]) -> ConceptsOfCases:
    keys = {case_id: {NodeKey(Label.FINDING, name) for name in names} for case_id, names in found.items()}
    return ConceptsOfCases(keys, {key: key.key for some in keys.values() for key in some})


def test_cases_that_share_what_is_rare_are_alike_and_say_why(graph: Graph, store: DocumentStore, write: Write) -> None:
    write(*two_groups())
    project(graph, store)
    report = project_similarities(graph)
    edges = read_edges(graph)
    assert (report.edges, report.written, report.deleted) == (len(edges), len(edges), 0)
    assert [(edge.source, edge.target) for edge in edges] == [
        (f"test:MPX{a}", f"test:MPX{b}") for a, b in [(1, 2), (1, 3), (2, 3), (4, 5)]
    ]
    scores = {(edge.source, edge.target): edge.score for edge in edges}
    assert scores["test:MPX4", "test:MPX5"] == 1.0
    assert 0 < scores["test:MPX1", "test:MPX2"] < 1
    assert edges[0].why == ("edema", "ring")
    assert check(graph, store) == []


def test_edges_follow_every_change_and_equal_those_made_anew(graph: Graph, store: DocumentStore, write: Write) -> None:
    one, *others = two_groups()
    write(one, *others)
    project(graph, store)
    project_similarities(graph)
    original = read_edges(graph)
    assert project_similarities(graph).written == 0
    for change in (case_with(1, "effusion", "common"), one):
        write(change)
        project(graph, store)
        report = project_similarities(graph)
        assert report.written + report.deleted > 0
        assert read_edges(graph) == sorted(
            similar_cases(read_concepts(graph)), key=lambda edge: (edge.source, edge.target)
        )
    assert read_edges(graph) == original
    write(delete=("test:MPX4",))
    project(graph, store)
    project_similarities(graph)
    assert not any("test:MPX4" in (edge.source, edge.target) for edge in read_edges(graph))
    write(others[2])
    project(graph, store, rebuild=True)
    assert read_edges(graph) == []
    assert project_similarities(graph).written == len(original)
    assert read_edges(graph) == original
    assert check(graph, store) == []


def test_an_edge_goes_when_others_make_common_what_it_stood_on(
    graph: Graph, store: DocumentStore, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kg.projection.similarity, "_WRITE_SIZE", 2)
    monkeypatch.setattr(kg.projection.similarity, "_READ_SIZE", 4)
    write(*two_groups())
    project(graph, store)
    before = project_similarities(graph)
    assert before == SimilarityReport(4, 4, 0)
    assert project_similarities(graph) == SimilarityReport(4, 0, 0)
    assert graph.read(STATE) == [{"sequence": 6, "edges": 4}]
    write(*(case_with(number, "ring", "edema", "common", f"own {number}") for number in range(10, 20)))
    project(graph, store)
    assert len(read_edges(graph)) == 4  # of the cases that were not written again
    report = project_similarities(graph)
    assert [(edge.source, edge.target) for edge in read_edges(graph)] == [
        ("test:MPX1", "test:MPX3"),  # the diagnosis
        ("test:MPX4", "test:MPX5"),
    ]
    assert (report.edges, report.deleted) == (2, 2)
    assert graph.read(STATE) == [{"sequence": 16, "edges": 2}]
    assert project_similarities(graph) == SimilarityReport(2, 0, 0)


def test_edges_are_not_mixed_with_those_of_another_state(
    graph: Graph, store: DocumentStore, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(*two_groups())
    project(graph, store)

    def overtaken(found: ConceptsOfCases) -> object:
        write(case_with(7, "ring"))
        project(graph, store)
        return similar_cases(found)

    with monkeypatch.context() as patch:
        patch.setattr(kg.projection.similarity, "similar_cases", overtaken)
        with pytest.raises(BusyError, match="another process updates the graph"):
            project_similarities(graph)
    assert read_edges(graph) == []
    assert project_similarities(graph).written > 0


def test_communities_are_named_by_what_sets_them_apart(graph: Graph, store: DocumentStore, write: Write) -> None:
    write(*two_groups(), hostile_case())
    project(graph, store)
    project_similarities(graph)
    rings, effusions = communities(graph)
    assert rings.case_ids == ("test:MPX1", "test:MPX2", "test:MPX3")
    assert effusions.case_ids == ("test:MPX4", "test:MPX5")
    assert "ring" in rings.name
    assert effusions.name.startswith("consolidation, effusion")
    assert (effusions.concepts[0].node_key, effusions.concepts[0].cases) == ("Finding:finding:consolidation", 2)
    assert communities(graph) == [rings, effusions]


def test_many_joined_cases_are_taken_out_and_written_again(graph: Graph, store: DocumentStore, write: Write) -> None:
    findings = [f"finding {number}" for number in range(12)]
    write(*(case_with(number, *findings[number % 6 :], diagnosis=f"Tumor {number // 4}") for number in range(120)))
    project(graph, store)
    project_similarities(graph)
    assert project(graph, store, rebuild=True).written == 120
    assert check(graph, store) == []


def test_an_empty_graph_has_no_communities(graph: Graph, store: DocumentStore) -> None:
    project(graph, store)
    assert project_similarities(graph).edges == 0
    assert communities(graph) == []


def test_the_score_is_the_cosine_of_rarities() -> None:
    found = made({"a": {"x", "y"}, "b": {"x"}, "c": {"z"}, "d": {"y"}})
    edges = {(edge.source, edge.target): edge.score for edge in similar_cases(found)}
    assert edges["a", "b"] == pytest.approx(1 / sqrt(2), abs=1e-4)
    assert ("a", "c") not in edges


def test_each_case_points_at_the_most_similar_few() -> None:
    found = made({f"{number:02}": {"x", "y"} if number < 8 else {f"alone {number}"} for number in range(40)})
    pairs = [(edge.source, edge.target) for edge in similar_cases(found)]
    assert {case_id for pair in pairs for case_id in pair} == {f"{number:02}" for number in range(8)}
    assert [target for source, target in pairs if source == "07"] == []
    assert [source for source, target in pairs if target == "07"] == ["00", "01", "02", "03", "04"][:MOST]


@pytest.mark.parametrize("seed", range(6))
def test_pairs_scores_and_reasons_are_those_of_the_definition(seed: int) -> None:
    dice = Random(seed)
    often = {f"concept {number:02}": dice.choice((0.03, 0.05, 0.1, 0.2, 1.0)) for number in range(40)}
    names = [f"{number:02}" for number in range(60)]
    found = made({case_id: {name for name, share in often.items() if dice.random() < share} for case_id in names})
    edges = [(edge.source, edge.target, edge.score, edge.why) for edge in similar_cases(found)]
    assert edges == slowly(found)
    assert len(edges) > 40


def slowly(found: ConceptsOfCases) -> list[tuple[str, str, float, tuple[str, ...]]]:
    """Compare each case with each other by the definition: the cosine of rarities, the best few, the rarest reasons."""
    number, said = len(found.by_case), {key: 0 for keys in found.by_case.values() for key in keys}
    for keys in found.by_case.values():
        for key in keys:
            said[key] += 1
    telling = {key for key, count in said.items() if count <= 10}
    rarity = {key: log(number / count) for key, count in said.items()}
    length = {name: sqrt(sum(rarity[key] ** 2 for key in sorted(keys))) for name, keys in found.by_case.items()}
    pairs = set[tuple[str, str, float, tuple[str, ...]]]()
    for one, keys in found.by_case.items():
        ranked: list[tuple[float, str, set[NodeKey]]] = []
        for other in found.by_case.keys() - {one}:
            shared = keys & found.by_case[other] & telling
            if shared:
                product = sum(rarity[key] ** 2 for key in sorted(shared))
                ranked.append((-round(product / (length[one] * length[other]), 4), other, set(shared)))
        for score, other, shared in sorted(ranked, key=lambda each: each[:2])[:5]:
            if -score >= 0.15:
                rarest = sorted(shared, key=lambda key: (-rarity[key], key))[:3]
                pairs.add((*sorted((one, other)), -score, tuple(found.names[key] for key in rarest)))  # type: ignore[arg-type]
    return sorted(pairs)


def test_two_cases_are_joined_once() -> None:
    found = made({"a": {"x"}, "b": {"x"}, "c": {"z"}})
    assert [(edge.source, edge.target) for edge in similar_cases(found)] == [("a", "b")]


def test_two_cases_of_one_kind_of_disease_are_alike_and_the_narrowest_that_they_share_is_named() -> None:
    def diagnosed(*names: str) -> set[NodeKey]:
        concepts = {f"diagnosis:{name}" for name in names}
        above = {other for concept in concepts for other in all_broader(concept)}
        return {NodeKey(Label.DIAGNOSIS, concept_id) for concept_id in concepts | above}

    by_case = {"a": diagnosed("right-mca-infarct"), "b": diagnosed("left-mca-infarct"), "c": diagnosed("gout")}
    names = {key: key.key for keys in by_case.values() for key in keys}
    [edge] = similar_cases(ConceptsOfCases(by_case, names))
    assert (edge.source, edge.target, edge.why) == ("a", "b", ("diagnosis:mca-infarct",))


def test_of_a_finding_and_its_kind_that_two_cases_share_the_kind_is_named() -> None:
    effusion = {"finding:pleural-effusion", "finding:effusion"}
    found = made({"a": effusion, "b": effusion, "c": {"finding:goiter"}})
    [edge] = similar_cases(found)
    assert (edge.source, edge.target, edge.why) == ("a", "b", ("finding:pleural-effusion",))


@pytest.mark.parametrize(
    ("share", "cases", "alike"), [(10, 150, True), (11, 150, False), (12, 240, True), (13, 240, False)]
)
def test_a_concept_of_one_case_in_twenty_or_of_ten_still_makes_them_alike(share: int, cases: int, alike: bool) -> None:
    found = made({f"{number:03}": {"x" if number < share else f"own {number}"} for number in range(cases)})
    assert bool(list(similar_cases(found))) is alike


@pytest.mark.parametrize(("share", "alike"), [(200, True), (201, False)])
def test_a_concept_of_more_than_200_cases_of_a_large_archive_makes_no_two_alike(share: int, alike: bool) -> None:
    found = made({f"{number:04}": {"x" if number < share else f"own {number}"} for number in range(5000)})
    assert bool(list(similar_cases(found))) is alike


def test_what_many_cases_have_makes_no_two_alike() -> None:
    crowd = made({f"{number:03}": {"x"} if number < 30 else {"y"} for number in range(300)})
    assert list(similar_cases(crowd)) == []
