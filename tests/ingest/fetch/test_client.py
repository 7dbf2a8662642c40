"""A client that asks politely: its pace, what it asks again, what it refuses, and what stands on the disk after it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import httpx
import pytest
from loopback_site import RETRY_AFTER_S, Answer, Asked, Clock, Fault, LoopbackSite, loopback_site

from ingest.errors import EngineError, EngineRefused, EngineUnreachable, InputError
from ingest.fetch.client import PoliteClient
from ingest.fetch.pace import MayPassError, PaceLimits, seconds_of
from ingest.fetch.sites import Guard, Site, is_public, site_at

CONTENT = b"<article>" + b"x" * 5000 + b"</article>"


def check(stream: BinaryIO, place: str) -> None:
    content = stream.read()
    if not (content.startswith(b"<article>") and content.endswith(b"</article>")):
        raise MayPassError(f"{place} is no article.", unreachable=False)


def served(asked: Asked) -> Answer:
    return Answer(CONTENT)


@contextmanager
def client_of(site: LoopbackSite, clock: Clock | None = None, per_s: float = 1000.0) -> Iterator[PoliteClient]:
    clock = clock or Clock()
    limits = PaceLimits(silence_s=0.4, answer_s=0.5, attempts=3)
    place = Site(site.url, per_s, public=False)
    with PoliteClient([place], contact="a@b.org", limits=limits, clock=clock, sleep=clock.sleep) as client:
        yield client


@pytest.fixture
def site() -> Iterator[LoopbackSite]:
    with loopback_site(served) as serving:
        yield serving


def download(client: PoliteClient, site: LoopbackSite, folder: Path, path: str = "/a.xml") -> Path:
    client.download(site.url + path, folder / "a.xml", check, max_bytes=100_000)
    return folder / "a.xml"


PASSING = [
    Fault.TOO_MANY_REQUESTS, Fault.SERVER_ERROR, Fault.CUT_SHORT, Fault.CUT_UNNOTICED, Fault.HANG,
    Fault.WRONG_CHECKSUM, Fault.PAGE,
]  # fmt: skip


@pytest.mark.parametrize("fault", PASSING)
def test_what_fails_once_is_asked_again_and_comes_whole(fault: Fault, site: LoopbackSite, tmp_path: Path) -> None:
    site.fails("/a.xml", fault)
    with client_of(site) as client:
        assert download(client, site, tmp_path).read_bytes() == CONTENT
    assert len(site.asked) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["a.xml"]


SENTENCES = {
    Fault.TOO_MANY_REQUESTS: r"answers 429 .* asks to wait 7 s",
    Fault.SERVER_ERROR: "answers 500",
    Fault.CUT_SHORT: "broke its answer off",
    Fault.CUT_UNNOTICED: "is no article",
    Fault.HANG: "said nothing for 0.4 s",
    Fault.WRONG_CHECKSUM: "another md5 checksum than stated",
    Fault.PAGE: "is no article",
}


@pytest.mark.parametrize("fault", PASSING)
def test_what_fails_every_time_ends_in_one_sentence_and_leaves_nothing(
    fault: Fault, site: LoopbackSite, tmp_path: Path
) -> None:
    site.fails("/a.xml", *[fault] * 9)
    with client_of(site) as client, pytest.raises(EngineError, match=SENTENCES[fault]) as told:
        download(client, site, tmp_path)
    assert len(site.asked) == 3
    assert not list(tmp_path.iterdir())
    down = fault in (Fault.TOO_MANY_REQUESTS, Fault.SERVER_ERROR, Fault.HANG)
    assert isinstance(told.value, EngineUnreachable) == down


def test_a_host_that_trickles_for_ever_is_given_up(site: LoopbackSite, tmp_path: Path) -> None:
    site.fails("/a.xml", *[Fault.DRIP] * 9)
    limits = PaceLimits(silence_s=5, answer_s=0.3, attempts=2)
    with (
        PoliteClient([Site(site.url, 1000, public=False)], limits=limits, sleep=lambda _: None) as client,
        pytest.raises(EngineUnreachable, match=r"took longer than 0\.3 s"),
    ):
        download(client, site, tmp_path)


def test_an_answer_without_an_end_is_cut_off_at_the_bound(site: LoopbackSite, tmp_path: Path) -> None:
    site.fails("/a.xml", *[Fault.ENDLESS] * 9)
    with client_of(site) as client, pytest.raises(EngineError, match="more than 100000 bytes"):
        download(client, site, tmp_path)
    assert len(site.asked) == 1


def test_a_packed_answer_is_refused_unopened(site: LoopbackSite, tmp_path: Path) -> None:
    site.fails("/a.xml", Fault.PACKED)
    with client_of(site) as client, pytest.raises(EngineRefused, match="sends its answer packed"):
        download(client, site, tmp_path)


def test_what_the_host_declines_is_not_asked_again(tmp_path: Path) -> None:
    with (
        loopback_site(lambda _: Answer(b"no", 403)) as site,
        client_of(site) as client,
        pytest.raises(EngineRefused, match="answers 403"),
    ):
        download(client, site, tmp_path)
    assert len(site.asked) == 1


def test_the_next_try_waits_as_long_as_the_host_says(site: LoopbackSite, tmp_path: Path) -> None:
    clock = Clock()
    site.fails("/a.xml", Fault.TOO_MANY_REQUESTS)
    with client_of(site, clock) as client:
        download(client, site, tmp_path)
    assert max(clock.slept) == RETRY_AFTER_S


def test_a_host_that_wants_too_long_a_wait_is_left_alone(tmp_path: Path) -> None:
    with (
        loopback_site(lambda _: Answer(b"", 503, {"Retry-After": "86400"})) as site,
        client_of(site) as client,
        pytest.raises(EngineUnreachable, match="asks to wait 86400 s"),
    ):
        download(client, site, tmp_path)
    assert len(site.asked) == 1


def test_without_a_word_of_the_host_each_wait_is_longer(site: LoopbackSite, tmp_path: Path) -> None:
    clock = Clock()
    site.fails("/a.xml", Fault.SERVER_ERROR, Fault.SERVER_ERROR)
    with client_of(site, clock) as client:
        download(client, site, tmp_path)
    first, second = [slept for slept in clock.slept if slept > 0.5]
    assert 1 <= first <= 2 <= second <= 3


def test_no_more_requests_go_in_a_second_than_the_site_takes(site: LoopbackSite) -> None:
    clock = Clock()
    with client_of(site, clock, per_s=3.0) as client:
        for _ in range(10):
            client.ask(f"{site.url}/a", len, max_bytes=100_000)
    assert clock.now == pytest.approx(9 / 3)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0", 0.0), (" 12 ", 12.0), ("Sun, 29 Nov 2026 12:00:30 GMT", 30.0), ("Sun, 29 Nov 2026 11:00:00 GMT", 0.0)],
)
def test_retry_after_is_a_number_or_a_date(text: str, seconds: float) -> None:
    assert seconds_of(text, datetime(2026, 11, 29, 12, tzinfo=UTC)) == seconds


@pytest.mark.parametrize("text", [None, "", "soon", "-5", "1.5", "²"])
def test_a_retry_after_that_says_nothing_is_none(text: str | None) -> None:
    assert seconds_of(text) is None


def redirecting(target: Callable[[Asked], str]) -> Callable[[Asked], Answer]:
    def script(asked: Asked) -> Answer:
        return Answer(CONTENT) if asked.path == "/moved.xml" else Answer(b"", 302, {"Location": target(asked)})

    return script


def test_a_redirect_within_the_site_is_followed(tmp_path: Path) -> None:
    with loopback_site(redirecting(lambda _: "/moved.xml")) as site, client_of(site) as client:
        assert download(client, site, tmp_path).read_bytes() == CONTENT


def test_t40_a_redirect_to_another_host_or_port_is_refused_before_it_is_asked(tmp_path: Path) -> None:
    with (
        loopback_site(served) as secret,
        loopback_site(redirecting(lambda _: f"{secret.url}/moved.xml")) as site,
        client_of(site) as client,
        pytest.raises(EngineRefused, match=r"an address at http://127\.0\.0\.1 is not asked"),
    ):
        download(client, site, tmp_path)
    assert not secret.asked
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest/meta-data", "http://localhost:1/a", "http://[::1]:1/a", "file:///etc/passwd",
        "ftp://127.0.0.1/a", "http://0x7f000001:1/a", "https://127.0.0.1/a",
    ],
)  # fmt: skip
def test_t40_a_redirect_into_the_local_network_is_refused(target: str, tmp_path: Path) -> None:
    with (
        loopback_site(redirecting(lambda _: target)) as site,
        client_of(site) as client,
        pytest.raises(EngineError, match=r"is not asked|cannot be reached"),
    ):
        download(client, site, tmp_path)
    assert len(site.asked) <= 3
    assert not list(tmp_path.iterdir())


def test_t40_redirects_in_a_circle_end(tmp_path: Path) -> None:
    with (
        loopback_site(redirecting(lambda asked: asked.path)) as site,
        client_of(site) as client,
        pytest.raises(EngineRefused, match="without an end"),
    ):
        download(client, site, tmp_path)


def test_t40_an_address_of_a_host_that_was_not_named_is_refused_unasked(site: LoopbackSite, tmp_path: Path) -> None:
    with (
        loopback_site(served) as other,
        client_of(site) as client,
        pytest.raises(EngineRefused, match="is not asked"),
    ):
        download(client, other, tmp_path)
    assert not other.asked


def test_t40_a_public_name_that_leads_to_this_machine_gets_no_byte(
    site: LoopbackSite, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    port = httpx.URL(site.url).port
    place = Site(f"https://localhost:{port}", 1000)  # a public site by its own word, on a name that is none
    monkeypatch.setenv("NO_PROXY", "localhost")
    with (
        PoliteClient([place], sleep=lambda _: None) as client,
        pytest.raises(EngineRefused, match="leads into a local network, so nothing was asked there"),
    ):
        client.download(place.at("a.xml"), tmp_path / "a.xml", check, max_bytes=1000)
    assert not site.asked


def test_t40_a_proxy_of_the_user_may_stand_in_the_local_network() -> None:
    class Connected:
        def get_extra_info(self, name: str) -> tuple[str, int]:
            return ("10.0.0.1", 3128)

    guard = Guard(Site("https://example.org", 1), "example.org")
    guard("connection.connect_tcp.started", {"host": "proxy.intranet"})
    guard("connection.connect_tcp.complete", {"return_value": Connected()})
    guard("connection.connect_tcp.started", {"host": "example.org"})
    with pytest.raises(EngineRefused, match="local network"):
        guard("connection.connect_tcp.complete", {"return_value": Connected()})


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
     "::1", "::", "fe80::1%eth0", "fc00::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "ff02::1"],
)  # fmt: skip
def test_t40_addresses_of_local_networks_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["130.14.29.110", "2607:f220:41e:4290::110", "::ffff:130.14.29.110"])
def test_addresses_of_the_open_internet_are_public(address: str) -> None:
    assert is_public(address)


def test_a_public_site_is_asked_over_tls_only() -> None:
    with pytest.raises(InputError, match="over https only"):
        Site("http://example.org", 1)


def test_a_site_that_the_user_set_need_not_be_public() -> None:
    assert not site_at("http://mirror.intranet:8080", "https://example.org", 1).public
    assert site_at("https://example.org", "https://example.org", 1).public


@pytest.mark.parametrize("address", ["", "ftp://example.org", "example.org", "https://user:pw@example.org", "https://"])
def test_what_is_no_web_address_is_refused_without_being_repeated(address: str) -> None:
    with pytest.raises(InputError, match="a fetch address is invalid") as told:
        Site(address, 1)
    assert "pw" not in str(told.value)


def test_t42_neither_logs_nor_errors_show_what_was_asked(site: LoopbackSite, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    site.fails("/search", *[Fault.SERVER_ERROR] * 9)
    with client_of(site) as client, pytest.raises(EngineUnreachable, match="500") as told:
        client.ask(f"{site.url}/search?q=1", len, max_bytes=1000, form={"api_key": "S3CRET"})
    assert site.asked[0].value("api_key") == "S3CRET"
    assert "S3CRET" not in caplog.text + str(told.value)
    assert "?" not in str(told.value)


def test_every_request_says_who_asks(site: LoopbackSite) -> None:
    with client_of(site) as client:
        client.ask(f"{site.url}/a", len, max_bytes=100_000)
    assert site.asked[0].headers["User-Agent"].startswith("casegraph/")
    assert "mailto:a@b.org" in site.asked[0].headers["User-Agent"]
