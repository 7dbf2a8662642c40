"""Articles fetched by query from services on loopback that speak as NCBI does: what is taken, resumed, refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest
from killing import Nursery, kill_points, wanted_kills
from loopback_pmc import LoopbackPmc, Published, loopback_pmc, published
from loopback_site import Answer, Asked, Fault

import ingest.fetch.finding
from casegraph.fetching import Database, FetchReport, NamedSearch, ServiceName, fetch_pmc
from casegraph.settings import Settings, read_settings
from ingest.errors import BusyError, DamagedFile, EngineError, EngineUnreachable, InputError
from ingest.fetch.fetch_state import opened_state
from ingest.fetch.pace import PaceLimits
from ingest.sources.pmc.source import CaseReports
from ingest.sources.source import SourceCase

KEY = "S3CRET-KEY"
SERVICES = pytest.mark.parametrize("service", list(ServiceName))


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for nothing: how long is waited is tested with the client."""
    monkeypatch.setattr("ingest.fetch.pace.Pace.wait", lambda _: None)
    monkeypatch.setattr("ingest.fetch.pace.wait_exponential_jitter", lambda **_: lambda _: 0.0)
    monkeypatch.setattr("ingest.fetch.client.seconds_of", lambda _: None)
    monkeypatch.setattr("ingest.fetch.client.PaceLimits", lambda: PaceLimits(silence_s=0.5, attempts=3))


@pytest.fixture
def services() -> Iterator[LoopbackPmc]:
    with loopback_pmc(published(6)) as serving:
        yield serving


def settings_of(services: LoopbackPmc, **changes: object) -> Settings:
    names = ("ncbi_eutils_url", "pmc_cloud_url", "pmc_oa_url", "pmc_packages_url")
    return read_settings(**dict.fromkeys(names, services.url), ncbi_email="a@b.org", ncbi_api_key=KEY, **changes)


def fetch(services: LoopbackPmc, folder: Path, **changes: object) -> FetchReport:
    days = {"first": date(2020, 1, 1), "last": date(2021, 12, 31)}
    return fetch_pmc(settings_of(services), folder=folder, **{"query": "kidney", **days, **changes})  # pyright: ignore


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".fetch" not in path.parts
    }


@SERVICES
def test_what_a_query_finds_is_fetched_into_a_folder_that_an_ingest_reads(
    service: ServiceName, services: LoopbackPmc, tmp_path: Path
) -> None:
    report = fetch(services, tmp_path, service=service)
    assert (report.found, report.listed, report.in_pmc, report.fetched) == (6, 6, 6, 6)
    found = [one for one in CaseReports().read(str(tmp_path)).found if isinstance(one, SourceCase)]
    assert sorted(one.case.case_id for one in found) == [f"pmc:PMC{7000 + n}_01" for n in range(6)]
    assert all(len(one.files) == 2 for one in found)


@pytest.mark.parametrize(("query", "ends"), [("", '"free full text"[Filter]'), (" kidney ", ") AND (kidney)")])
def test_a_search_by_name_is_asked_whole_and_narrowed_by_a_query(
    query: str, ends: str, services: LoopbackPmc, tmp_path: Path
) -> None:
    report = fetch(services, tmp_path, query=query, named=NamedSearch.MULTICARE)
    assert report.fetched == 6
    terms = {asked.value("term") for asked in services.site.asked if "esearch" in asked.path}
    (term,) = terms
    assert '"case reports"[Publication Type] OR "case study"[Title/Abstract]' in term
    assert ') NOT animal[Filter] AND "free full text"[Filter]' in term
    assert term.endswith(ends)


def test_a_search_by_name_is_one_of_pubmed_and_without_a_name_there_is_a_query(
    services: LoopbackPmc, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="'multicare' is written for PubMed"):
        fetch(services, tmp_path, named=NamedSearch.MULTICARE, database=Database.PMC)
    with pytest.raises(InputError, match="the query is empty"):
        fetch(services, tmp_path, query=" ")


@SERVICES
def test_a_second_run_fetches_nothing_and_asks_for_no_file(
    service: ServiceName, services: LoopbackPmc, tmp_path: Path
) -> None:
    fetch(services, tmp_path, service=service)
    before = contents(tmp_path)
    services.site.asked.clear()
    report = fetch(services, tmp_path, service=service)
    assert (report.fetched, report.present) == (0, 6)
    assert all(path.endswith(("esearch.fcgi", "elink.fcgi")) for path in services.site.paths())
    assert contents(tmp_path) == before


def test_new_articles_are_found_by_a_later_run(services: LoopbackPmc, tmp_path: Path) -> None:
    fetch(services, tmp_path)
    services.articles = published(8)
    report = fetch(services, tmp_path)
    assert (report.fetched, report.present) == (2, 6)


@pytest.mark.parametrize("database", list(Database))
def test_a_search_over_the_limit_of_the_server_is_split_until_every_article_is_listed_once(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest.fetch.finding.find_articles, "__defaults__", (4,))
    monkeypatch.setattr("ingest.fetch.entrez.PAGE", 3)
    with loopback_pmc(published(20), max_listed=4) as services:
        report = fetch(services, tmp_path, database=database, service=ServiceName.OA)
    assert report.listed == report.found == report.fetched == 20
    searched = [one for one in services.site.asked if "esearch" in one.path and one.value("retmax") != "0"]
    assert len({(one.value("mindate"), one.value("retstart")) for one in searched}) == len(searched) == 10


def test_a_day_over_the_limit_of_the_server_is_an_error_that_says_so(
    services: LoopbackPmc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest.fetch.finding.find_articles, "__defaults__", (1,))
    with pytest.raises(InputError, match="2 articles on 2020-01-31 alone"):
        fetch(services, tmp_path)


def test_an_article_that_only_pubmed_knows_is_counted_and_left_out(tmp_path: Path) -> None:
    with loopback_pmc([*published(2), Published("900", date(2020, 5, 5), None)]) as services:
        report = fetch(services, tmp_path)
    assert (report.found, report.listed, report.in_pmc, report.fetched) == (3, 3, 2, 2)


LICENCES = ("CC0", "CC BY", "CC BY-NC", "CC BY-NC-SA", "CC BY-SA", "CC BY-ND", "CC BY-NC-ND", "NO-CC CODE")


def of_each_licence() -> Sequence[Published]:
    return [
        Published(str(n), date(2020, 3, 3), f"PMC{7000 + n}", licence=licence) for n, licence in enumerate(LICENCES)
    ]


@SERVICES
def test_licences_that_were_not_asked_for_are_refused_and_counted(service: ServiceName, tmp_path: Path) -> None:
    with loopback_pmc(of_each_licence()) as services:
        report = fetch(services, tmp_path, service=service)
        assert report.fetched == 4
        assert report.refused == {"CC BY-SA": 1, "CC BY-ND": 1, "CC BY-NC-ND": 1, "other": 1}
        services.site.asked.clear()
        report = fetch(services, tmp_path, service=service, licences=["cc by-nd", "other"])
    assert (report.fetched, report.refused["CC BY"]) == (2, 1)
    assert not services.site.paths("oa.fcgi") and not services.site.paths("/metadata/")


def test_an_unknown_licence_is_refused_before_anything_is_asked(services: LoopbackPmc, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="'GPL' is not a known article licence"):
        fetch(services, tmp_path, licences=["GPL"])
    assert not services.site.asked


@SERVICES
def test_what_is_retracted_or_not_open_is_left_out(service: ServiceName, tmp_path: Path) -> None:
    articles = [
        Published("1", date(2020, 1, 1), "PMC1", retracted=True),
        Published("2", date(2020, 1, 2), "PMC2", open=False),
    ]
    with loopback_pmc(articles) as services:
        report = fetch(services, tmp_path, service=service)
    assert (report.retracted, report.not_open, report.fetched) == (1, 1, 0)
    assert contents(tmp_path) == {}


@SERVICES
def test_an_article_without_a_package_comes_as_its_text(service: ServiceName, tmp_path: Path) -> None:
    with loopback_pmc(published(1, package=False)) as services:
        assert fetch(services, tmp_path, service=service).fetched == 1
        assert fetch(services, tmp_path, service=service).present == 1
    assert list(contents(tmp_path)) == ["PMC7000.xml"]
    assert any(isinstance(one, SourceCase) for one in CaseReports().read(str(tmp_path)).found)


FAULTS = [
    Fault.TOO_MANY_REQUESTS, Fault.SERVER_ERROR, Fault.CUT_SHORT, Fault.CUT_UNNOTICED, Fault.HANG,
    Fault.WRONG_CHECKSUM, Fault.PAGE,
]  # fmt: skip
STEPS = {
    ServiceName.OA: ("esearch.fcgi", "elink.fcgi", "oa.fcgi", "/pub/pmc/"),
    ServiceName.CLOUD: ("esearch.fcgi", "elink.fcgi", "/metadata/", "2.xml", "scan1.jpg"),
}


@SERVICES
@pytest.mark.parametrize("fault", FAULTS)
def test_t10_t40_a_fault_at_every_step_costs_one_more_request_and_nothing_else(
    fault: Fault, service: ServiceName, tmp_path: Path
) -> None:
    with loopback_pmc(published(2)) as whole:
        fetch(whole, tmp_path / "whole", service=service)
    with loopback_pmc(published(2)) as services:
        for step in STEPS[service]:
            services.site.fails(step, fault)
        report = fetch(services, tmp_path / "hurt", service=service)
    assert (report.fetched, report.failed) == (2, ())
    assert contents(tmp_path / "hurt") == contents(tmp_path / "whole")
    assert len(services.site.asked) == len(whole.site.asked) + len(STEPS[service])


@SERVICES
@pytest.mark.parametrize("fault", [Fault.CUT_SHORT, Fault.CUT_UNNOTICED, Fault.WRONG_CHECKSUM, Fault.PAGE])
def test_a_file_that_never_comes_whole_costs_its_article_and_the_next_run_tries_again(
    fault: Fault, service: ServiceName, services: LoopbackPmc, tmp_path: Path
) -> None:
    services.site.fails("PMC7003.tar.gz" if service is ServiceName.OA else "PMC7003.2.xml", *[fault] * 3)
    report = fetch(services, tmp_path, service=service)
    assert report.fetched == 5
    assert [failed.pmcid for failed in report.failed] == ["PMC7003"]
    report = fetch(services, tmp_path, service=service)
    assert (report.fetched, report.present, report.failed) == (1, 5, ())


@pytest.mark.parametrize("fault", [Fault.SERVER_ERROR, Fault.HANG, Fault.TOO_MANY_REQUESTS])
def test_a_host_that_is_down_ends_the_run_and_the_next_one_goes_on(
    fault: Fault, services: LoopbackPmc, tmp_path: Path
) -> None:
    services.site.faults["/PMC700"] = [fault] * 9
    with pytest.raises(EngineUnreachable, match="goes on where it stopped"):
        fetch(services, tmp_path)
    services.site.asked.clear()
    assert fetch(services, tmp_path).fetched == 6
    assert len(services.site.paths("esearch")) == 1  # the count; the list is known


def test_terms_that_the_server_leaves_out_are_told(tmp_path: Path) -> None:
    with loopback_pmc(published(1), unknown_term="kidnei") as services:
        assert fetch(services, tmp_path).unknown_terms == ("kidnei",)


def test_so_many_are_fetched_as_asked_and_the_rest_another_time(services: LoopbackPmc, tmp_path: Path) -> None:
    assert (fetch(services, tmp_path, limit=4).fetched, fetch(services, tmp_path, limit=4).fetched) == (4, 2)


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ("ftp://evil.example/pub/PMC1.tar.gz", "another host"),
        ("http://169.254.169.254/latest", "another host"),
        ("file:///etc/passwd", "another host"),
        ("ftp://user:pw@127.0.0.1/pub/PMC1.tar.gz", "another host"),
    ],
)
def test_t40_a_link_of_a_record_to_another_host_is_not_asked(link: str, reason: str, tmp_path: Path) -> None:
    with loopback_pmc(published(1)) as services:
        real = services.site.script

        def script(asked: Asked) -> Answer:
            answer = real(asked)
            package = b"ftp://127.0.0.1/pub/pmc/oa_package/ab/cd/PMC7000.tar.gz"
            return Answer(answer.content.replace(package, link.encode())) if asked.path.endswith("oa.fcgi") else answer

        services.site.script = script
        report = fetch(services, tmp_path, service=ServiceName.OA)
    assert [reason in failed.reason for failed in report.failed] == [True]
    assert "pw" not in report.failed[0].reason
    assert contents(tmp_path) == {}


@pytest.mark.parametrize(
    "link",
    [
        "s3://other-bucket/PMC7000.2/PMC7000.2.xml", "s3://pmc-oa-opendata/PMC1.1/PMC7000.2.xml",
        "s3://pmc-oa-opendata/PMC7000.2/../../x.xml", "s3://pmc-oa-opendata/PMC7000.2/a/b.xml",
        "s3://pmc-oa-opendata/PMC7000.2/.hidden.xml", "https://evil.example/PMC7000.2/PMC7000.2.xml",
        "s3://pmc-oa-opendata/PMC7000.2/a\\\\b.xml",
    ],
)  # fmt: skip
def test_t40_a_file_outside_the_folder_of_its_article_is_not_fetched(link: str, tmp_path: Path) -> None:
    with loopback_pmc(published(1)) as services:
        real = services.site.script

        def script(asked: Asked) -> Answer:
            answer = real(asked)
            text = b"s3://pmc-oa-opendata/PMC7000.2/PMC7000.2.xml"
            return Answer(answer.content.replace(text, link.encode())) if "/metadata/" in asked.path else answer

        services.site.script = script
        report = fetch(services, tmp_path)
    assert ["outside its folder" in failed.reason for failed in report.failed] == [True]
    assert contents(tmp_path) == {}


BOMB = b'<!DOCTYPE a [<!ENTITY x "xxxxxxxx"><!ENTITY y "&x;&x;">]><article><body>&y;</body></article>'


@SERVICES
@pytest.mark.parametrize("step", ["esearch", "elink", "2.xml"])
def test_t10_an_answer_that_declares_entities_is_refused(step: str, service: ServiceName, tmp_path: Path) -> None:
    if step == "2.xml" and service is ServiceName.OA:
        step = "oa.fcgi"
    with loopback_pmc(published(1)) as services:
        real = services.site.script
        services.site.script = lambda asked: Answer(BOMB) if step in asked.path else real(asked)
        if step in ("esearch", "elink"):
            with pytest.raises(EngineError, match="incomplete or invalid XML"):
                fetch(services, tmp_path, service=service)
        else:
            assert len(fetch(services, tmp_path, service=service).failed) == 1
    assert not [name for name in contents(tmp_path) if name.endswith((".xml", ".gz"))]


def test_t42_the_key_is_in_no_address_state_or_error(services: LoopbackPmc, tmp_path: Path) -> None:
    fetch(services, tmp_path)
    utilities = [one for one in services.site.asked if "entrez" in one.path]
    assert all(one.value("api_key") == KEY and one.value("email") == "a@b.org" for one in utilities)
    assert all(KEY not in one.query for one in services.site.asked)
    assert all(one.value("api_key") == "" for one in services.site.asked if one not in utilities)
    stored = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert KEY.encode() not in stored
    services.site.script = lambda asked: Answer(f"<eSearchResult><ERROR>bad key {KEY}</ERROR></eSearchResult>".encode())
    with pytest.raises(EngineError, match=r"bad key \*\*\*"):
        fetch(services, tmp_path)


def test_without_an_email_address_nothing_is_asked(services: LoopbackPmc, tmp_path: Path) -> None:
    settings = settings_of(services).model_copy(update={"ncbi_email": ""})
    with pytest.raises(InputError, match="NCBI asks for an e-mail address"):
        fetch_pmc(settings, "kidney", tmp_path, first=date(2020, 1, 1), last=date(2020, 1, 2))
    assert not services.site.asked


def test_two_fetches_into_one_folder_do_not_mix(services: LoopbackPmc, tmp_path: Path) -> None:
    with opened_state(tmp_path), pytest.raises(BusyError, match="is being written by process"):
        fetch(services, tmp_path)


def test_a_damaged_state_is_told(services: LoopbackPmc, tmp_path: Path) -> None:
    (tmp_path / ".fetch").mkdir()
    (tmp_path / ".fetch" / "state.sqlite").write_bytes(b"no database at all" * 400)
    with pytest.raises(DamagedFile, match="damaged"):
        fetch(services, tmp_path)


def test_a_file_that_was_cut_on_the_disk_is_fetched_again(services: LoopbackPmc, tmp_path: Path) -> None:
    fetch(services, tmp_path)
    whole = contents(tmp_path)
    (tmp_path / "PMC7001" / "scan1.jpg").write_bytes(b"half")
    assert fetch(services, tmp_path).fetched == 1
    assert contents(tmp_path) == whole


def test_kill_9_anywhere_in_a_fetch_loses_nothing_and_fetches_nothing_twice(nursery: Nursery, tmp_path: Path) -> None:
    with loopback_pmc(published(4)) as services:
        counted = nursery.run("fetch", services.url, tmp_path / "whole", kind="call")
        whole = contents(tmp_path / "whole")
        assert len(whole) == 12
        for number, (kind, kill_at) in enumerate(kill_points(counted, wanted_kills(12))):
            folder = tmp_path / str(number)
            services.site.asked.clear()
            nursery.run("fetch", services.url, folder, kill_at=kill_at, kind=kind)
            assert contents_of_whole_files(folder).items() <= whole.items()
            nursery.run("fetch", services.url, folder)
            assert contents(folder) == whole, (kind, kill_at)
            asked = Counter((one.path, one.query) for one in services.site.asked if "esearch" not in one.path)
            twice = [path for (path, _), times in asked.items() for _ in range(times - 1)]
            files = [path for path in twice if path.startswith("/PMC")]
            # Only the step on its way is done again: one file, or one record, which takes two requests.
            assert len(files) <= 1 and len(twice) <= 2, (kind, kill_at, twice)


def contents_of_whole_files(folder: Path) -> dict[str, bytes]:
    return {place: data for place, data in contents(folder).items() if not Path(place).name.startswith(".writing-")}
