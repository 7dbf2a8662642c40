"""The questions of the page on Cypher run on both engines, with equal answers, and most have one on sample cases."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.annotation.annotate import annotate
from ingest.sources.medpix2 import read_cases, read_release
from ingest.store.interface import DocumentStore
from kg.engine.graph import Graph
from kg.projection.project import project
from kg.projection.similarity import project_similarities

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "cypher.md"
QUESTIONS = re.findall(
    r"^\*\*(.+?)\*\*\n\n```cypher\n(.+?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
)
ALL_STATEMENTS = re.findall(r"```cypher\n(.+?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)

pytestmark = pytest.mark.engine


def test_the_page_has_eleven_questions() -> None:
    assert len(QUESTIONS) == 11


def test_neo4j_finds_names_by_the_full_text_question(neo4j: Graph, store: DocumentStore, sample_release: Path) -> None:
    [statement] = [text for text in ALL_STATEMENTS if text not in {question for _, question in QUESTIONS}]
    with store.writer("a test") as writer:
        writer.write_cases([annotate(case) for case in read_cases(read_release(sample_release))])
    project(neo4j, store)
    neo4j.read("CALL db.awaitIndexes(30)")
    for asked in (statement, statement.replace("abscess~", "abcess~")):
        best = neo4j.read(asked)[0]["name"].casefold()
        assert {"brain", "abscess"} <= set(re.findall(r"\w+", best))


def test_both_engines_answer_each_question_alike(
    embedded: Graph, neo4j: Graph, empty: Callable[[Graph], Graph], store: DocumentStore, sample_release: Path
) -> None:
    with store.writer("a test") as writer:
        writer.write_cases([annotate(case) for case in read_cases(read_release(sample_release))])
    answers = list[list[object]]()
    for graph in map(empty, (embedded, neo4j)):
        project(graph, store)
        project_similarities(graph)
        answers.append([graph.read(statement) for _, statement in QUESTIONS])
    assert answers[0] == answers[1]
    unanswered = [title for (title, _), rows in zip(QUESTIONS, answers[0], strict=True) if not rows]
    assert len(unanswered) <= 1, unanswered
