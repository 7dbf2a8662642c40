"""The whole road with documents in a real MongoDB and the graph in a real Neo4j, and the ways it fails."""

import json
from pathlib import Path

import pytest
from neo4j import GraphDatabase
from pymongo import MongoClient

from ingest.store.opening import open_store

pytestmark = pytest.mark.engine


@pytest.fixture
def servers(mongodb_address, neo4j_server, monkeypatch):
    """Point CaseGraph at both servers, as a user would: through the environment."""
    monkeypatch.setenv("CASEGRAPH_DOCUMENTS", mongodb_address)
    monkeypatch.setenv("CASEGRAPH_GRAPH", neo4j_server.address)
    monkeypatch.setenv("CASEGRAPH_GRAPH_USER", neo4j_server.user)
    monkeypatch.setenv("CASEGRAPH_GRAPH_PASSWORD", neo4j_server.password)


def test_the_road_on_servers_gives_the_answers_of_the_embedded_engines(
    run, servers, small_release, tmp_path, monkeypatch, mongodb_address
):
    on_servers = tmp_path / "servers"
    assert run("ingest", small_release, "--no-index", "-w", on_servers).code == 0
    assert run("index", "--rebuild", "-w", on_servers).code == 0  # whatever another test left in the server goes
    assert run("doctor", "-w", on_servers).code == 0
    found = run("search", "mass", "--json", "-w", on_servers).json
    drafted = run("draft", "--findings", "ring-enhancing mass", "--json", "-w", on_servers).json
    for name in ("DOCUMENTS", "GRAPH", "GRAPH_USER", "GRAPH_PASSWORD"):
        monkeypatch.delenv(f"CASEGRAPH_{name}")
    embedded = tmp_path / "embedded"
    assert run("ingest", small_release, "-w", embedded).code == 0
    assert run("search", "mass", "--json", "-w", embedded).json == found
    again = run("draft", "--findings", "ring-enhancing mass", "--json", "-w", embedded).json
    assert {**again, "made_at": ""} == {**drafted, "made_at": ""}
    assert open_store("sqlite", embedded).content_digest() == open_store(mongodb_address, on_servers).content_digest()


def test_a_workspace_remembers_its_servers_but_no_password(run, servers, small_release, tmp_path, neo4j_server):
    assert run("ingest", small_release, "--no-index", "-w", tmp_path / "w").code == 0
    remembered = (tmp_path / "w" / "casegraph.json").read_text()
    assert neo4j_server.address in remembered
    assert neo4j_server.password not in remembered


def test_a_wrong_graph_password_is_refused_without_showing_it(run, servers, small_workspace_on, monkeypatch):
    monkeypatch.setenv("CASEGRAPH_GRAPH_PASSWORD", "not-the-password")
    answer = run("graph", "counts", "-w", small_workspace_on)
    assert answer.code == 4
    assert len(answer.err.strip().splitlines()) == 1
    assert "not-the-password" not in answer.err


@pytest.fixture
def small_workspace_on(run, servers, small_release, tmp_path) -> Path:
    """Return a workspace on the servers with documents only."""
    assert run("ingest", small_release, "--no-index", "-w", tmp_path / "w").code == 0
    return tmp_path / "w"


def test_a_database_of_the_paper_is_ingested_and_only_read(run, mongodb_uri, small_release, tmp_path):
    cases = json.loads((small_release / "Case_topic.json").read_text())
    descriptions = json.loads((small_release / "Descriptions.json").read_text())
    with MongoClient(mongodb_uri) as client:
        database = client["medical_database"]
        database["cases"].insert_many([dict(case) for case in cases])
        database["descriptions"].insert_many([dict(item) for item in descriptions])
        before = sorted(database.list_collection_names())
        source = f"{mongodb_uri}/medical_database"
        answer = run("ingest", source, "--images", small_release / "images", "--json", "-w", tmp_path / "w")
        assert sorted(database.list_collection_names()) == before
        assert database["cases"].count_documents({}) == len(cases)
        client.drop_database("medical_database")
    assert answer.code == 0
    assert answer.json["ingest"]["added"] == len(cases)
    from_folder = tmp_path / "folder"
    assert run("ingest", small_release, "--no-index", "-w", from_folder).code == 0
    same = [open_store("sqlite", folder).case_ids() for folder in (tmp_path / "w", from_folder)]
    assert same[0] == same[1]


def test_a_database_of_the_graph_is_part_of_its_address_and_is_remembered(
    run, servers, small_workspace_on, monkeypatch, neo4j_server
):
    monkeypatch.setenv("CASEGRAPH_GRAPH_DATABASE", "neo4j")
    named = f"{neo4j_server.address}/neo4j"
    assert run("status", "--json", "-w", small_workspace_on).json["graph"]["address"] == named
    assert run("index", "-w", small_workspace_on).code == 0
    monkeypatch.delenv("CASEGRAPH_GRAPH_DATABASE")
    monkeypatch.delenv("CASEGRAPH_GRAPH")
    assert run("status", "--json", "-w", small_workspace_on).json["graph"]["address"] == named
    monkeypatch.setenv("CASEGRAPH_GRAPH", f"{neo4j_server.address}/otherdb")
    answer = run("graph", "counts", "-w", small_workspace_on)
    assert (answer.code, len(answer.err.strip().splitlines())) == (4, 1)
    assert "database 'otherdb' does not exist" in answer.err
    monkeypatch.setenv("CASEGRAPH_GRAPH_DATABASE", "neo4j")
    answer = run("status", "-w", small_workspace_on)
    assert answer.code != 0
    assert "two databases are named" in answer.err


def test_a_graph_that_somebody_else_made_is_refused_by_every_command(run, servers, small_workspace_on, neo4j_server):
    login = (neo4j_server.user, neo4j_server.password)
    theirs = "MATCH (n)-[r]->(m) RETURN properties(n) AS n, type(r) AS r, properties(m) AS m, labels(m) AS labels"
    with GraphDatabase.driver(neo4j_server.address, auth=login) as driver:
        driver.execute_query(
            "CREATE (:Patient {ward: 'A'})-[:HAS_CASE {x: 1}]->(:Modality {code: 'CT', maker: 'them'})"
        )
        before = driver.execute_query(theirs).records
        for command in (["index"], ["index", "--rebuild"], ["graph", "counts"], ["graph", "find", "mass"]):
            answer = run(*command, "-w", small_workspace_on)
            assert answer.code == 4
            assert ":Patient, :Modality that CaseGraph did not make" in answer.err
        assert "did not make" in run("status", "-w", small_workspace_on).out
        assert driver.execute_query(theirs).records == before
        assert driver.execute_query("MATCH (n) RETURN count(n) AS number").records[0]["number"] == 2
