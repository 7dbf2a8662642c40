"""NCBI's E-utilities: how many articles a query finds, their ids, and articles as XML.

Entrez Programming Utilities Help, https://www.ncbi.nlm.nih.gov/books/NBK25499. Parameters travel in a form, not in
the address: the user's key stands among them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import TypeVar

from ingest.errors import RejectedRecord
from ingest.fetch.client import Form, PoliteClient
from ingest.fetch.pace import MayPassError
from ingest.fetch.sites import Site
from ingest.fetch.windows import DateWindow
from ingest.sources.pmc.hardened_xml import MAX_XML_BYTES, XmlElement, local_name, parse_xml

TOOL = "casegraph"
PATH = "entrez/eutils"
MAX_LISTED = 9_999  # ESearch lists the first 10,000 of PubMed at most, and refuses a retstart above 9,998
PAGE = 5_000
LINKED_AT_ONCE = 200  # ids in one form; the manual asks to post more than about 200
MAX_ANSWER_BYTES = 5_000_000

Value = TypeVar("Value")


class Database(StrEnum):
    """Where a query is asked: PubMed knows kinds of publication and MeSH, PubMed Central searches the full text."""

    PUBMED = "pubmed"
    PMC = "pmc"


@dataclass(frozen=True)
class FoundArticles:
    """How many articles a search finds, and the terms of it that the server does not know and leaves out."""

    count: int
    unknown_terms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entrez:
    """The E-utilities, asked in the name of a user."""

    client: PoliteClient
    site: Site
    email: str
    api_key: str | None = field(default=None, repr=False)

    def found(self, database: Database, query: str, window: DateWindow) -> FoundArticles:
        """Return how many articles of a window match. Raises EngineError."""
        return self._ask("esearch", _search(database, query, window, 0, 0), _found_in)

    def ids(self, database: Database, query: str, window: DateWindow) -> list[str]:
        """Return the ids of the articles of a window. Raises EngineError."""
        listed: list[str] = []
        count = 1
        while len(listed) < count:
            start = len(listed)
            form = _search(database, query, window, start, PAGE)
            count, page = self._ask("esearch", form, partial(_page_in, start=start))
            listed += page
        return listed

    def pmcids(self, pmids: Sequence[str]) -> dict[str, str | None]:
        """Return the id in PubMed Central of each article of PubMed, None where it is not there. Raises EngineError."""
        form = {"dbfrom": "pubmed", "db": "pmc", "linkname": "pubmed_pmc", "cmd": "neighbor", "id": list(pmids)}
        linked = self._ask("elink", form, _links_in)
        return {pmid: linked.get(pmid) for pmid in pmids}

    def article(self, pmcid: str) -> bytes:
        """Return an article of PubMed Central as JATS in a ``pmc-articleset``. Raises EngineError."""
        form = {"db": "pmc", "id": pmcid.removeprefix("PMC"), "retmode": "xml"}
        return self._ask("efetch", form, lambda _, content: content, max_bytes=MAX_XML_BYTES)

    def _ask(
        self,
        utility: str,
        form: Form,
        read: Callable[[XmlElement, bytes], Value],
        max_bytes: int = MAX_ANSWER_BYTES,
    ) -> Value:
        who = {"tool": TOOL, "email": self.email, **({"api_key": self.api_key} if self.api_key else {})}

        def parsed(content: bytes) -> Value:
            root = parse_answer(content, f"{utility} of the E-utilities")
            self._require_no_error(root, utility)
            return read(root, content)

        url = self.site.at(f"{PATH}/{utility}.fcgi")
        return self.client.ask(url, parsed, form={**form, **who}, max_bytes=max_bytes)

    def _require_no_error(self, root: XmlElement, utility: str) -> None:
        """Raise what the server says of itself, without the key, which it may repeat."""
        for element in root.iter("ERROR", "error"):
            said = " ".join("".join(element.itertext()).split())
            said = (said.replace(self.api_key, "***") if self.api_key else said)[:200]
            raise MayPassError(f"{utility} of the E-utilities answers with an error: {said}.", unreachable=False)


def parse_answer(content: bytes, what: str) -> XmlElement:
    """Return the root of an answer in XML.

    Raises
    ------
    MayPassError
        If it is none: cut short, or a page for people in its place.
    """
    try:
        return parse_xml(content, what)
    except RejectedRecord:
        raise MayPassError(f"{what} answers with incomplete or invalid XML.", unreachable=False) from None


def _search(database: Database, query: str, window: DateWindow, start: int, size: int) -> dict[str, str]:
    return {
        "db": database.value,
        "term": query,
        "datetype": "pdat",
        "mindate": f"{window.first:%Y/%m/%d}",
        "maxdate": f"{window.last:%Y/%m/%d}",
        "retstart": str(start),
        "retmax": str(size),
        "retmode": "xml",
    }


def _found_in(root: XmlElement, _: bytes) -> FoundArticles:
    text = root.findtext("Count") or ""
    if local_name(root) != "eSearchResult" or not text.isdecimal():
        raise MayPassError("esearch of the E-utilities does not say how many articles it finds.", unreachable=False)
    unknown = [" ".join((element.text or "").split())[:200] for element in root.iter(*_UNKNOWN)]
    return FoundArticles(int(text), tuple(term for term in unknown if term))


_UNKNOWN = ("PhraseNotFound", "FieldNotFound", "QuotedPhraseNotFound")


def _page_in(root: XmlElement, content: bytes, *, start: int) -> tuple[int, list[str]]:
    """Return how many articles there are now, and the ids of one page; a page that lacks some is asked for again."""
    count = _found_in(root, content).count
    ids = [element.text or "" for element in root.iterfind("IdList/Id")]
    due = min(PAGE, max(0, count - start))
    if len(ids) != due or not all(one.isascii() and one.isdecimal() for one in ids):
        raise MayPassError(f"esearch of the E-utilities lists {len(ids)} articles of {due}.", unreachable=False)
    return count, ids


def _links_in(root: XmlElement, _: bytes) -> dict[str, str]:
    """Return the articles in PubMed Central by id in PubMed."""
    if local_name(root) != "eLinkResult":
        raise MayPassError("elink of the E-utilities answers with something else than links.", unreachable=False)
    links: dict[str, str] = {}
    for group in root.iterfind("LinkSet"):
        pmid, number = group.findtext("IdList/Id"), group.findtext("LinkSetDb[LinkName='pubmed_pmc']/Link/Id")
        if pmid and number and number.isascii() and number.isdecimal():
            links[pmid] = f"PMC{number}"
    return links
