"""Fetching from the command line: the whole road from a query to cases, and what a slip of the hand ends in."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from loopback_pmc import LoopbackPmc, Published, loopback_pmc, published

PAGE = Path(__file__).parents[3] / "docs/how-to/fetch-case-reports.md"
LICENSED = [*published(2), Published("900", date(2020, 5, 5), "PMC900", licence="CC BY-ND")]


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackPmc]:
    monkeypatch.setattr("ingest.fetch.pace.Pace.wait", lambda _: None)
    monkeypatch.setattr("ingest.fetch.pace.wait_exponential_jitter", lambda **_: lambda _: 0.0)
    with loopback_pmc(LICENSED) as serving:
        for name in ("NCBI_EUTILS", "PMC_CLOUD", "PMC_OA", "PMC_PACKAGES"):
            monkeypatch.setenv(f"CASEGRAPH_{name}_URL", serving.url)
        monkeypatch.setenv("CASEGRAPH_NCBI_API_KEY", "S3CRET")
        yield serving


def fetch_line(folder: Path, *more: str) -> tuple[str, ...]:
    named = ("--from", "2020-01-01", "--to", "2021-12-31", "--email", "a@b.org")
    return ("fetch", "pmc", "kidney", *named, "-o", str(folder), *more)


def test_a_query_becomes_cases(run, services: LoopbackPmc, tmp_path: Path) -> None:
    done = run(*fetch_line(tmp_path / "articles"))
    assert done.code == 0
    assert "fetched 2, there already 0" in done.out + done.err
    assert "left out: 1 under CC BY-ND" in done.out + done.err
    assert "S3CRET" not in done.out + done.err
    read = run("ingest", str(tmp_path / "articles"), "--no-index", "-w", str(tmp_path / "w"), "--json")
    assert read.json["ingest"]["added"] == 2


def test_the_commands_of_the_page_fetch_and_read_case_reports(
    run, services: LoopbackPmc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CASEGRAPH_NCBI_EMAIL", "a@b.org")
    block = re.search(r"```\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert block is not None
    lines = [shlex.split(line) for line in block[1].replace("\\\n", " ").splitlines()]
    fetched, read = (run(*words[1:]) for words in lines if words[0] == "casegraph")
    assert (fetched.code, read.code) == (0, 0)
    assert "fetched 2, there already 0" in fetched.out
    assert "2 added" in read.out


def test_json_is_the_report(run, services: LoopbackPmc, tmp_path: Path) -> None:
    report = run(*fetch_line(tmp_path / "articles", "--service", "oa", "--licence", "cc by-nd", "--json")).json
    assert (report["fetched"], report["refused"]) == (1, {"CC BY": 2})


def test_what_failed_gives_exit_code_3(run, services: LoopbackPmc, tmp_path: Path) -> None:
    services.articles = [Published("1", date(2020, 1, 1), "PMC1", open=True, package=False)]
    real = services.site.script
    services.site.script = lambda asked: (
        type(real(asked))(b"<pmc-articleset><article/></pmc-articleset>") if "efetch" in asked.path else real(asked)
    )
    done = run(*fetch_line(tmp_path / "articles"))
    assert done.code == 3
    assert "failed: PMC1: it has no package" in done.out + done.err


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (("--licence", "GPL"), "'GPL' is not a known article licence"),
        (("--email", "nobody"), "NCBI asks for an e-mail address"),
        (("--to", "2019-01-01"), "comes after the last"),
    ],
)
def test_a_slip_is_told_in_one_line(run, services, tmp_path: Path, more: tuple[str, ...], sentence: str) -> None:
    done = run(*fetch_line(tmp_path / "articles"), *more)
    assert done.code == 2
    assert sentence in done.out + done.err
    assert not services.site.asked
