"""Fetch the open articles that a query finds into a folder that an ingest reads: search, look up, download.

Each step is kept before the next begins. A run that ended anywhere, by a kill as well, goes on where it stopped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from ingest.errors import EngineError, EngineUnreachable, StorageError
from ingest.fetch.article_record import ArticleRecord, ArticleService, FileToFetch, ServiceName, check_file
from ingest.fetch.checksums import fits, sha256_of
from ingest.fetch.client import Downloaded, PoliteClient
from ingest.fetch.entrez import Entrez, parse_answer
from ingest.fetch.fetch_state import FetchState, opened_state
from ingest.fetch.finding import FetchQuestion, find_articles
from ingest.fetch.licences import TAKEN, licence_kind
from ingest.files import left_behind, write_file
from ingest.progress import ProgressCallback, ignore_progress
from ingest.sources.pmc.package import MAX_UNPACKED_BYTES

MAX_UNREACHABLE = 3  # in a row; then the host is down, and not just one article
MAX_FILE_BYTES = MAX_UNPACKED_BYTES  # what a package may hold, packed or not


class Outcome(StrEnum):
    """What became of an article."""

    FETCHED = "fetched"
    PRESENT = "present"
    REFUSED = "refused"
    RETRACTED = "retracted"
    NOT_OPEN = "not open"


@dataclass(frozen=True)
class FailedArticle:
    """An article that could not be fetched, and why. The next run tries it again."""

    pmcid: str
    reason: str


@dataclass(frozen=True)
class FetchReport:
    """What a fetch found and did.

    Attributes
    ----------
    folder : str
        Where the articles are.
    found : int
        How many articles match, as the server counts them.
    listed : int
        How many its lists held; fewer where articles came or went on the way.
    in_pmc : int
        How many of these are in PubMed Central.
    fetched : int
        How many were fetched now.
    present : int
        How many were there already.
    not_open : int
        How many may be read in PubMed Central but not fetched.
    retracted : int
        How many were retracted, and so not fetched.
    refused : dict of int
        How many were not fetched for their licence, by licence.
    failed : tuple of FailedArticle
        What could not be fetched; the next run tries again.
    left : int
        How many were left for another run, where a number was named.
    unknown_terms : tuple of str
        Terms of the query that the server does not know, and left out.
    """

    folder: str
    found: int
    listed: int
    in_pmc: int
    fetched: int = 0
    present: int = 0
    not_open: int = 0
    retracted: int = 0
    refused: Mapping[str, int] = field(default_factory=dict)
    failed: tuple[FailedArticle, ...] = ()
    left: int = 0
    unknown_terms: tuple[str, ...] = ()


@dataclass(frozen=True)
class PmcFetcher:
    """What a fetch works with."""

    client: PoliteClient
    entrez: Entrez
    service_name: ServiceName
    service: ArticleService

    def fetch(
        self,
        asked: FetchQuestion,
        folder: Path,
        *,
        licences: frozenset[str] = frozenset(TAKEN),
        limit: int | None = None,
        on_progress: ProgressCallback = ignore_progress,
    ) -> FetchReport:
        """Fetch the articles that a query finds into a folder, those that are there not again.

        Parameters
        ----------
        limit : int, optional
            How many to fetch at most in this run.

        Raises
        ------
        InputError
            If the query finds more on one day than the server lists.
        BusyError, StorageError
            If another process fetches into the folder, or it cannot be written to.
        EngineError
            If a server fails. What was fetched until then stays.
        """
        with opened_state(folder) as state:
            _clear(folder)
            findings = find_articles(asked, self.entrez, state)
            run = _Run(self, state, folder, licences)
            left = run.through(findings.pmcids, limit, on_progress)
            if not left and not run.failed:
                state.forget_search(asked.key)
            count = run.outcomes
            return FetchReport(
                folder=str(folder),
                found=findings.found,
                listed=findings.listed,
                in_pmc=len(findings.pmcids),
                fetched=count[Outcome.FETCHED],
                present=count[Outcome.PRESENT],
                not_open=count[Outcome.NOT_OPEN],
                retracted=count[Outcome.RETRACTED],
                refused=dict(sorted(run.refused.items())),
                failed=tuple(run.failed),
                left=left,
                unknown_terms=findings.unknown_terms,
            )


@dataclass
class _Run:
    fetcher: PmcFetcher
    state: FetchState
    folder: Path
    licences: frozenset[str]
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    failed: list[FailedArticle] = field(default_factory=list)

    def through(self, pmcids: Sequence[str], limit: int | None, on_progress: ProgressCallback) -> int:
        """Fetch each article, and return how many are left because of the limit."""
        unreachable = 0
        for done, pmcid in enumerate(pmcids):
            on_progress(done, len(pmcids))
            if limit is not None and self.outcomes[Outcome.FETCHED] >= limit:
                return len(pmcids) - done
            try:
                self.outcomes[self._fetch(pmcid)] += 1
                unreachable = 0
            except EngineError as error:
                unreachable = unreachable + 1 if isinstance(error, EngineUnreachable) else 0
                if unreachable >= MAX_UNREACHABLE:
                    raise
                self.state.forget_record(self.fetcher.service_name, pmcid)
                self.failed.append(FailedArticle(pmcid, str(error)))
        on_progress(len(pmcids), len(pmcids))
        return 0

    def _fetch(self, pmcid: str) -> Outcome:
        record = self._record(pmcid)
        if not record.is_open:
            return Outcome.NOT_OPEN
        if record.is_retracted:
            return Outcome.RETRACTED
        if (licence := licence_kind(record.licence)) not in self.licences:
            self.refused[licence] += 1
            return Outcome.REFUSED
        if not record.files:
            return self._fetch_text(pmcid)
        missing = [file for file in record.files if not self._is_there(file)]
        for file in missing:
            self._download(file)
        return Outcome.FETCHED if missing else Outcome.PRESENT

    def _record(self, pmcid: str) -> ArticleRecord:
        name = self.fetcher.service_name
        record = self.state.record(name, pmcid)
        if record is None:
            record = self.fetcher.service.record(pmcid)
            self.state.save_record(name, record)
        return record

    def _is_there(self, file: FileToFetch) -> bool:
        """Tell whether a file is there, whole; one that a killed run did not tell of is looked at and kept."""
        path = self.folder / file.place
        if not path.is_file():
            return False
        known = self.state.file(file.place)
        if known is not None:
            return path.stat().st_size == known.size_bytes
        with path.open("rb") as stream:
            if not all(fits(stream, checksum) for checksum in file.checksums):
                return False
            self.state.save_file(file.place, Downloaded(sha256_of(stream), stream.seek(0, 2)))
        return True

    def _download(self, file: FileToFetch) -> None:
        path = self.folder / file.place
        with _writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            found = self.fetcher.client.download(
                file.url, path, check_file, max_bytes=MAX_FILE_BYTES, expected=file.checksums
            )
        self.state.save_file(file.place, found)

    def _fetch_text(self, pmcid: str) -> Outcome:
        """Fetch the text alone of an article that has no package."""
        file = FileToFetch("", f"{pmcid}.xml")
        if self._is_there(file):
            return Outcome.PRESENT
        content = self.fetcher.entrez.article(pmcid)
        if parse_answer(content, "efetch").find(".//article/body") is None:
            raise EngineError("it has no package, and its publisher does not give its text to be fetched.")
        path = self.folder / file.place
        with _writing(path):
            write_file(path, content)
        self._is_there(file)
        return Outcome.FETCHED


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or "the system gives no reason"
        raise StorageError(
            f"cannot write '{path}': {reason}. Free space or name another folder; what was fetched is kept."
        ) from error


def _clear(folder: Path) -> None:
    """Remove what killed runs were writing; a file that cannot be removed does no harm."""
    for inner in (folder, *(path for path in folder.iterdir() if path.is_dir())):
        for path in left_behind(inner):
            with suppress(OSError):
                path.unlink()
