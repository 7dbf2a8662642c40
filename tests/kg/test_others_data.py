"""A graph's server may hold other people's data: they are never changed, counted or deleted, on either engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from graph_cases import graph_case, three_cases

from ingest.errors import EngineRefused
from ingest.remedies import Remedy, RemedyAction
from ingest.store.interface import DocumentStore
from kg.engine.graph import Graph
from kg.export.export import ExportFormat, export_graph, read_nodes, read_relationships
from kg.projection.consistency import check
from kg.projection.ownership import NOTICE_EARLIER
from kg.projection.project import covered_sequence, project
from kg.projection.similarity import project_similarities
from kg.questions.cohort import cohort
from kg.questions.communities import communities
from kg.questions.differential import differential
from kg.questions.neighbourhood import counts, find_nodes, neighbourhood
from kg.questions.paths import shortest_paths
from kg.questions.shared import cases_sharing, shared
from kg.schema import NAMED, Label, constraint_of

Write = Callable[..., None]

# Nodes and relationships of somebody else, beside ours: under our labels with other keys or none, with labels of theirs
# first or last, between their nodes, between theirs and ours, and between two of ours.
PLANTED = (
    "CREATE (:Modality {code: 'XX', name: 'mass', folded: 'mass'})-[:ACQUIRED_WITH {note: 'theirs'}]->"
    "(:Case {case_id: 'theirs', name: 'mass', folded: 'mass'})",
    "CREATE (:Patient {name: 'without our key', folded: 'mass'})",
    "CREATE (:Archive:Topic {title: 'theirs', folded: 'mass'})-[:IN_CATEGORY]->(:Topic:Zoo {title: 'theirs too'})",
    "MATCH (a:Case {case_id: 'test:MPX1'}), (b:Case {case_id: 'test:MPX2'}) CREATE (a)-[:SIMILAR_TO {note: 'x'}]->(b)",
    "MATCH (a:Case {case_id: 'test:MPX1'}), (f:Finding {concept_id: 'finding:mass'}) CREATE (a)-[:SHOWS {n: 1}]->(f)",
    "MATCH (c:Case {case_id: 'test:MPX1'}), (m:Modality {code: 'XX'}) CREATE (m)-[:HAS_CASE]->(c), (c)-[:SHOWS]->(m)",
    "MATCH (c:Case {case_id: 'test:MPX1'}) CREATE (:Reader {name: 'Ann'})-[:READ_BY {on: 1}]->(c)",
)


def plant(graph: Graph) -> None:
    for statement in PLANTED:
        graph.write(statement)  # pyright: ignore[reportArgumentType]


def theirs(graph: Graph) -> list[str]:
    """Everything that somebody else made, in one order."""
    nodes = graph.read("MATCH (n) WHERE n.casegraph IS NULL RETURN labels(n) AS l, properties(n) AS p")
    ties = graph.read(
        "MATCH (a)-[r]->(b) WHERE r.casegraph IS NULL RETURN type(r) AS t, properties(r) AS p, "
        "coalesce(a.case_id, a.name, a.title) AS a, coalesce(b.case_id, b.name, b.title) AS b"
    )
    return sorted(repr({**row, "p": sorted(row["p"].items()), "l": sorted(row.get("l", ()))}) for row in nodes + ties)


def answers(graph: Graph, folder: Path) -> dict[str, Any]:
    nodes = list(read_nodes(graph))
    cases = [node.properties["case_id"] for node in nodes if node.label is Label.CASE]
    files = [folder / f"graph.{kind}" for kind in ExportFormat]
    for file, kind in zip(files, ExportFormat, strict=True):
        export_graph(graph, file, kind)
    return {
        "nodes": nodes,
        "relationships": list(read_relationships(graph)),
        "counts": counts(graph),
        "find": [find_nodes(graph, "mass", label=label) for label in (None, *Label)],
        "neighbourhood": [neighbourhood(graph, node.key, depth=2) for node in nodes],
        "paths": [shortest_paths(graph, nodes[0].key, node.key) for node in nodes],
        "shared": [shared(graph, cases[0], case_id) for case_id in cases],
        "sharing": [cases_sharing(graph, case_id=case_id) for case_id in cases],
        "differential": differential(graph, ["mass"], absent=["edema"]),
        "cohort": cohort(graph, cases),
        "communities": communities(graph),
        "exports": [file.read_text() for file in files],
    }


def test_a_shared_graph_answers_as_an_unshared_one_and_leaves_what_others_made(
    graph: Graph, store: DocumentStore, write: Write, tmp_path: Path
) -> None:
    write(*three_cases())
    project(graph, store)
    project_similarities(graph)
    alone = answers(graph, tmp_path)
    plant(graph)
    before = theirs(graph)
    assert len(before) >= 8
    assert answers(graph, tmp_path) == alone
    assert check(graph, store) == []
    write(graph_case(1, diagnosis="Metastasis"), delete=("test:MPX3",))
    project(graph, store)
    project_similarities(graph)
    assert check(graph, store) == []
    write(*three_cases())
    project(graph, store)
    project_similarities(graph)
    changed = answers(graph, tmp_path)
    assert [name for name, said in changed.items() if said != alone[name]] == ["exports"]  # which tell the sequence
    assert theirs(graph) == before


def test_what_the_graph_says_of_itself_is_not_counted_found_or_exported(
    graph: Graph, store: DocumentStore, write: Write, tmp_path: Path
) -> None:
    write(*three_cases())
    project(graph, store)
    project_similarities(graph)
    [own] = graph.read("MATCH (n:CaseGraphProjection) RETURN count(n) AS number, collect(n.name) AS names")
    assert (own["number"], sorted(own["names"])) == (2, ["documents", "similarities"])
    [ours] = graph.read("MATCH (n) WHERE n.casegraph IS NOT NULL RETURN count(n) AS number")
    assert sum(counts(graph).nodes.values()) == ours["number"] - 2 == len(list(read_nodes(graph)))
    assert [find_nodes(graph, name) for name in own["names"]] == [[], []]
    for kind in ExportFormat:
        report = export_graph(graph, tmp_path / f"graph.{kind}", kind)
        assert report.nodes == ours["number"] - 2
        told = [line for line in report.file.read_text().splitlines() if "CREATE CONSTRAINT" not in line]
        assert "CaseGraphProjection" not in "".join(told)


def test_a_node_of_ours_on_which_others_hung_something_is_not_deleted(
    graph: Graph, store: DocumentStore, write: Write
) -> None:
    write(*three_cases())
    project(graph, store)
    plant(graph)
    before, held = theirs(graph), counts(graph)
    sentence = r"Case:test:MPX1 cannot be deleted.*relationship \w+ that CaseGraph did not make"
    with pytest.raises(EngineRefused, match=sentence):
        project(graph, store, rebuild=True)
    write(delete=("test:MPX1",))
    with pytest.raises(EngineRefused, match=sentence):
        project(graph, store)
    assert (theirs(graph), counts(graph)) == (before, held)
    assert covered_sequence(graph) == 3
    graph.write("MATCH (:Case {case_id: 'test:MPX1'})-[r]-() WHERE r.casegraph IS NULL DELETE r")
    graph.write("MATCH (:Finding)-[r]-() WHERE r.casegraph IS NULL DELETE r")
    assert project(graph, store).deleted == 1
    assert project(graph, store, rebuild=True).written == 2
    assert check(graph, store) == []


def test_a_node_of_others_under_our_key_stops_the_change(graph: Graph, store: DocumentStore, write: Write) -> None:
    write(graph_case(1))
    project(graph, store)
    graph.write("CREATE (:Case {case_id: 'test:MPX2', name: 'theirs'})")
    before, held = theirs(graph), counts(graph)
    write(graph_case(2))
    with pytest.raises(EngineRefused, match="Case:test:MPX2, which CaseGraph did not make"):
        project(graph, store)
    assert (theirs(graph), counts(graph), covered_sequence(graph)) == (before, held, 1)


@pytest.mark.parametrize("rebuild", [False, True])
def test_a_graph_that_holds_our_labels_and_not_our_mark_is_refused(
    graph: Graph, store: DocumentStore, write: Write, rebuild: bool
) -> None:
    write(graph_case(1))
    graph.write("CREATE (:Modality {code: 'CT', maker: 'theirs'})-[:HAS_CASE]->(:Other:Case {case_id: 'theirs'})")
    before = theirs(graph)
    for ask in (
        lambda: project(graph, store, rebuild=rebuild),
        lambda: covered_sequence(graph),
        lambda: check(graph, store),
        lambda: counts(graph),
        lambda: find_nodes(graph, "mass"),
        lambda: cohort(graph, ["test:MPX1"]),
        lambda: communities(graph),
    ):
        with pytest.raises(EngineRefused, match="that CaseGraph did not make; nothing was changed"):
            ask()
    assert theirs(graph) == before
    assert graph.read("MATCH (n:CaseGraphProjection) RETURN count(n) AS number") == [{"number": 0}]


def test_what_bears_no_label_of_ours_does_not_keep_us_out(graph: Graph, store: DocumentStore, write: Write) -> None:
    write(graph_case(1))
    graph.write("CREATE (:Person {name: 'Ann'})-[:HAS_CASE]->(:Suitcase {name: 'mass', folded: 'mass'})")
    before = theirs(graph)
    assert project(graph, store).written == 1
    assert project(graph, store, rebuild=True).written == 1
    assert find_nodes(graph, "suitcase") == []
    assert theirs(graph) == before


EARLIER = (
    "CREATE (:Projection {name: 'documents', sequence: 7, clearing: false, locked: false})",
    "CREATE (:Patient {patient_id: 'p'})-[:HAS_CASE]->(:Case {case_id: 'test:gone', name: 'gone'})",
)


def test_an_embedded_graph_of_an_earlier_version_is_built_anew(
    embedded: Graph, empty: Callable[[Graph], Graph], store: DocumentStore, write: Write
) -> None:
    graph = empty(embedded)
    for statement in EARLIER:
        graph.write(statement)  # pyright: ignore[reportArgumentType]
    write(*three_cases())
    assert [problem.kind for problem in check(graph, store)] == ["graph-lags"]
    with pytest.raises(EngineRefused, match=r"made by an earlier CaseGraph\. Rebuild it\.$") as refused:
        counts(graph)
    assert refused.value.remedy == Remedy(RemedyAction.INDEX)
    assert project(graph, store).notice == NOTICE_EARLIER
    assert check(graph, store) == []
    assert theirs(graph) == []
    assert project(graph, store).notice is None


def test_a_server_with_a_graph_of_an_earlier_version_is_refused_with_what_removes_it(
    neo4j: Graph, store: DocumentStore, write: Write
) -> None:
    for statement in EARLIER:
        neo4j.write(statement)  # pyright: ignore[reportArgumentType]
    write(graph_case(1))
    with pytest.raises(EngineRefused, match="remove them by MATCH") as error:
        project(neo4j, store)
    remove = str(error.value).partition("remove them by ")[2].partition(" and make")[0]
    with neo4j._driver.session() as session:
        session.run(remove).consume()  # pyright: ignore[reportArgumentType]
    assert project(neo4j, store).written == 1
    assert check(neo4j, store) == []


def test_an_index_of_others_in_the_way_of_a_constraint_is_said(neo4j: Graph, store: DocumentStore) -> None:
    drop = constraint_of(Label.EXAM).split()[2]
    neo4j.write(f"DROP CONSTRAINT {drop} IF EXISTS")  # pyright: ignore[reportArgumentType]
    neo4j.write("CREATE INDEX theirs IF NOT EXISTS FOR (n:Exam) ON (n.concept_id)")
    try:
        with pytest.raises(EngineRefused, match=r"cannot make Exam.concept_id unique.*SHOW CONSTRAINTS"):
            project(neo4j, store)
    finally:
        neo4j.write("DROP INDEX theirs IF EXISTS")
    project(neo4j, store)


INDEX_NAMES = "SHOW INDEXES YIELD name, type, labelsOrTypes, properties RETURN name, type, labelsOrTypes, properties"


def test_names_are_indexed_once_and_in_full_text_on_neo4j(graph: Graph, store: DocumentStore, write: Write) -> None:
    write(graph_case(1))
    project(graph, store)
    first = graph.read(INDEX_NAMES)
    project(graph, store)
    assert graph.read(INDEX_NAMES) == first
    by_name = {row["name"]: row for row in first}
    for label in NAMED:
        row = by_name[f"casegraph_{label}_name"]
        assert (row["labelsOrTypes"], row["properties"]) == ([label], ["name"])
    if not graph.embedded:
        assert (by_name["casegraph_names"]["type"], by_name["casegraph_names"]["properties"]) == (
            "FULLTEXT",
            ["name", "folded"],
        )


@pytest.mark.parametrize(
    "planted",
    [
        "CREATE FULLTEXT INDEX casegraph_names IF NOT EXISTS FOR (n:Book) ON EACH [n.title]",
        "CREATE INDEX casegraph_names IF NOT EXISTS FOR (n:Book) ON (n.title)",
        "CREATE CONSTRAINT casegraph_names IF NOT EXISTS FOR (n:Book) REQUIRE n.title IS UNIQUE",
        "CREATE CONSTRAINT theirs IF NOT EXISTS FOR (n:Exam) REQUIRE n.name IS UNIQUE",
    ],
)
def test_an_index_of_others_with_the_name_of_ours_stays(
    neo4j: Graph, store: DocumentStore, write: Write, planted: str
) -> None:
    for name in ("casegraph_names", "casegraph_Exam_name"):
        neo4j.write(f"DROP INDEX {name} IF EXISTS")  # pyright: ignore[reportArgumentType]
    neo4j.write(planted)  # pyright: ignore[reportArgumentType]
    name = planted.split()[planted.split().index("IF") - 1]
    try:
        planned = [row for row in neo4j.read(INDEX_NAMES) if row["name"] == name]
        write(graph_case(1))
        assert project(neo4j, store).written == 1
        assert [row for row in neo4j.read(INDEX_NAMES) if row["name"] == name] == planned != []
    finally:
        neo4j.write(f"DROP {planted.split()[1]} {name} IF EXISTS".replace("DROP FULLTEXT", "DROP INDEX"))  # pyright: ignore[reportArgumentType]
    project(neo4j, store)
    assert "casegraph_names" in {row["name"] for row in neo4j.read(INDEX_NAMES)}
