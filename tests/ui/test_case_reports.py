"""Case reports go the whole road, by the commands of their page: read, stored, found by a filter, words, the graph."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from articles import write_articles

PAGE = Path(__file__).parents[2] / "docs/how-to/case-reports.md"


@pytest.fixture
def ran(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """What each command of the first block of the page gave, by its first word."""
    write_articles(tmp_path / "articles")
    monkeypatch.chdir(tmp_path)
    block = re.search(r"```console\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert block is not None
    commands = [shlex.split(line.removeprefix("$ casegraph ")) for line in block[1].splitlines()]
    as_json = [[*command, *([] if command[0] == "ingest" else ["--json"])] for command in commands]
    return {command[0]: run(*command) for command in as_json}


def test_the_commands_of_the_page_find_the_patients_of_articles(ran) -> None:
    assert {name: answer.code for name, answer in ran.items()} == {"ingest": 3, "query": 0, "search": 0, "graph": 0}
    assert "3 added" in ran["ingest"].out
    assert "1 in quarantine" in ran["ingest"].out
    assert [case["case_id"] for case in ran["query"].json["cases"]] == ["pmc:PMC9000001_01", "pmc:PMC9000002_02"]
    assert ran["search"].json["hits"][0]["case_id"] == "pmc:PMC9000001_01"
    assert '"pmcid": "PMC9000001"' in ran["graph"].out
    assert '"licence": "CC BY 4.0"' in ran["graph"].out


def test_the_figures_of_a_case_are_stored_and_a_missing_one_is_named(run, tmp_path: Path) -> None:
    write_articles(tmp_path / "articles")
    run("ingest", tmp_path / "articles", "-w", tmp_path / "workspace")
    queue = run("curate", "queue", "--json", "-w", tmp_path / "workspace").json
    assert "its image file 'scan2' is missing beside the article" in str(queue)
    assert len(list((tmp_path / "workspace" / "objects").rglob("*.png"))) == 3
