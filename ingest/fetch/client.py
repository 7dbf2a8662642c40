"""Ask hosts for files and answers: named hosts only, at their pace, again where that may help, within bounds.

What a host answers is data: its size is bounded while it comes, it is taken unpacked only, its digest is compared
where one is stated, and whoever asks says by `read` what it must look like.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Self, TypeVar

import httpx

from ingest.errors import EngineError, EngineRefused, EngineUnreachable
from ingest.fetch.checksums import Checksum, checksums_in, fits, sha256_of
from ingest.fetch.pace import MayPassError, Pace, PaceLimits, retrying, seconds_of
from ingest.fetch.sites import Guard, Site, by_origin, origin_of, parse_address, shown
from ingest.files import replacing

MAX_REDIRECTS = 3
AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_GO_ON = "Run it again later: it goes on where it stopped."

Form = Mapping[str, str | Sequence[str]]
"""Names and values of a form; several values send the name several times."""

Value = TypeVar("Value")


@dataclass(frozen=True)
class Downloaded:
    """A file that lies in its place, whole."""

    sha256: str
    size_bytes: int


class PoliteClient:
    """Asks the sites it was given. A context manager; for one thread.

    Parameters
    ----------
    sites : sequence of Site
        The only hosts that are asked.
    contact : str
        E-mail address of the user, which every request carries; empty where the hosts ask for none.
    """

    def __init__(
        self,
        sites: Sequence[Site],
        *,
        contact: str = "",
        limits: PaceLimits | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.limits = limits or PaceLimits()
        self._sites = by_origin(sites)
        self._clock = clock
        self._sleep = sleep
        self._paces = {origin: Pace(site.per_s, clock, sleep) for origin, site in self._sites.items()}
        agent = f"casegraph/{version('casegraph')}" + (f" (mailto:{contact})" if contact else "")
        self._http = httpx.Client(
            headers={"User-Agent": agent, "Accept-Encoding": "identity"},  # what is packed could unpack to anything
            timeout=self.limits.silence_s,
            follow_redirects=True,
            max_redirects=MAX_REDIRECTS,
            event_hooks={"request": [self._let_pass]},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def ask(self, url: str, read: Callable[[bytes], Value], *, max_bytes: int, form: Form | None = None) -> Value:
        """Return what `read` makes of an answer; a form is sent as one, so that no log of addresses has it.

        Raises
        ------
        EngineUnreachable
            If the host does not answer, or asks us to wait for too long.
        EngineRefused
            If it declines, or sends us to a host that we were not given.
        EngineError
            If what it gives cannot be used, however often it is asked: `read` raises MayPassError for that.
        """
        return self._until_it_passes(lambda: self._asked(url, read, max_bytes, form))

    def _asked(self, url: str, read: Callable[[bytes], Value], max_bytes: int, form: Form | None) -> Value:
        content = BytesIO()
        self._receive(url, content, max_bytes, form)
        return read(content.getvalue())

    def download(
        self,
        url: str,
        path: Path,
        check: Callable[[BinaryIO, str], None],
        *,
        max_bytes: int,
        expected: Sequence[Checksum] = (),
    ) -> Downloaded:
        """Write a file whole or not at all.

        Parameters
        ----------
        check : callable
            Gets the stream and how to call it; raises MayPassError for what is not what it should be.

        Raises
        ------
        EngineError
            As `ask`.
        OSError
            If the file cannot be written.
        """
        return self._until_it_passes(lambda: self._downloaded(url, path, check, max_bytes, expected))

    def _downloaded(
        self,
        url: str,
        path: Path,
        check: Callable[[BinaryIO, str], None],
        max_bytes: int,
        expected: Sequence[Checksum],
    ) -> Downloaded:
        with replacing(path) as stream:
            self._receive(url, stream, max_bytes, None, expected)
            stream.flush()
            stream.seek(0)
            check(stream, shown(url))
            digest = sha256_of(stream)
            return Downloaded(digest, stream.seek(0, 2))

    def _until_it_passes(self, ask: Callable[[], Value]) -> Value:
        try:
            return retrying(self.limits, self._sleep)(ask)
        except MayPassError as error:
            kind = EngineUnreachable if error.unreachable else EngineError
            raise kind(f"{error.sentence} {_GO_ON}") from None

    def _receive(
        self,
        url: str,
        into: BinaryIO,
        max_bytes: int,
        form: Form | None,
        expected: Sequence[Checksum] = (),
    ) -> None:
        """Receive one answer into a stream, once."""
        address = parse_address(url)
        place = shown(address)
        guard = Guard(self._site(address), address.host)
        request = self._http.build_request("POST" if form else "GET", address, data=form, extensions={"trace": guard})
        try:
            answer = self._http.send(request, stream=True)
            try:
                self._require_success(answer, place)
                self._copy(answer, into, max_bytes, place)
            finally:
                answer.close()
        except httpx.TooManyRedirects:
            raise EngineRefused(f"{place} leads from one address to the next without an end.") from None
        except httpx.TimeoutException:
            raise MayPassError(f"{place} said nothing for {self.limits.silence_s:g} s.", unreachable=True) from None
        except httpx.RemoteProtocolError:
            raise MayPassError(f"{place} broke its answer off.", unreachable=False) from None
        except httpx.HTTPError as error:
            raise MayPassError(f"{place} cannot be reached ({type(error).__name__}).", unreachable=True) from None
        for checksum in (*expected, *checksums_in(answer.headers)):
            if not fits(into, checksum):
                raise MayPassError(f"{place} has another {checksum.algorithm} checksum than stated.", unreachable=False)

    def _copy(self, answer: httpx.Response, into: BinaryIO, max_bytes: int, place: str) -> None:
        begun, size = self._clock(), 0
        for block in answer.iter_raw():  # as it comes: gathered into blocks, a trickle would never be looked at
            size += len(block)
            if size > max_bytes:
                raise EngineError(f"{place} has more than {max_bytes} bytes, which is more than is taken.")
            if self._clock() - begun > self.limits.answer_s:
                raise MayPassError(f"{place} took longer than {self.limits.answer_s:g} s.", unreachable=True)
            into.write(block)

    def _require_success(self, answer: httpx.Response, place: str) -> None:
        if answer.status_code in AGAIN:
            said = seconds_of(answer.headers.get("retry-after"))
            wait = f" and asks to wait {said:.0f} s" if said else ""
            sentence = f"{place} answers {answer.status_code} {answer.reason_phrase}{wait}."
            raise MayPassError(sentence, unreachable=True, retry_after_s=said)
        if not answer.is_success:
            raise EngineRefused(f"{place} answers {answer.status_code} {answer.reason_phrase}.")
        if answer.headers.get("content-encoding", "identity").lower() not in ("identity", ""):
            raise EngineRefused(f"{place} sends its answer packed, which was not asked for and is not unpacked.")

    def _let_pass(self, request: httpx.Request) -> None:
        """Hold a request, a redirected one too, to the sites and their pace."""
        self._site(request.url)
        self._paces[origin_of(request.url)].wait()

    def _site(self, url: httpx.URL) -> Site:
        site = self._sites.get(origin_of(url))
        if site is None:
            known = ", ".join(sorted({parse_address(one.address).host for one in self._sites.values()}))
            raise EngineRefused(
                f"an address at {url.scheme}://{url.host} is not asked. Only these hosts are, over their own scheme "
                f"and port: {known}."
            )
        return site
