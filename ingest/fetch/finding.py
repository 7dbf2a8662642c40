"""Which articles a query finds, window by window, and which of them are in PubMed Central."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.case import sha256_of_json
from ingest.fetch.entrez import LINKED_AT_ONCE, MAX_LISTED, Database, Entrez
from ingest.fetch.fetch_state import FetchState
from ingest.fetch.windows import DateWindow, listable_windows


@dataclass(frozen=True)
class FetchQuestion:
    """What to look for: a query in the words of the database, and the days of publication."""

    query: str
    window: DateWindow
    database: Database = Database.PUBMED

    @property
    def key(self) -> str:
        """The name under which the state of a folder keeps its search."""
        first, last = self.window.first, self.window.last
        return sha256_of_json([self.database, self.query, first.isoformat(), last.isoformat()])


@dataclass(frozen=True)
class Findings:
    """What a search found.

    `found` is the server's count, `listed` what its lists hold in all, `pmcids` those of them in PubMed Central.
    `unknown_terms` are terms of the query that the server left out.
    """

    found: int
    listed: int
    pmcids: tuple[str, ...]
    unknown_terms: tuple[str, ...] = ()


def find_articles(asked: FetchQuestion, entrez: Entrez, state: FetchState, max_listed: int = MAX_LISTED) -> Findings:
    """Return what a query finds, asking only what the state does not know yet.

    Raises
    ------
    InputError
        If a single day has more than the server lists.
    EngineError
        If the server fails.
    """
    found = entrez.found(asked.database, asked.query, asked.window)
    if state.counted(asked.key, asked.window) is None:
        state.save_count(asked.key, asked.window, found.count)

    def count(window: DateWindow) -> int:
        known = state.counted(asked.key, window)
        if known is None:
            known = entrez.found(asked.database, asked.query, window).count
            state.save_count(asked.key, window, known)
        return known

    for window, _ in listable_windows(asked.window, count, max_listed):
        if not state.is_listed(asked.key, window):
            state.save_list(asked.key, window, entrez.ids(asked.database, asked.query, window))
    listed = state.listed(asked.key)
    return Findings(found.count, len(listed), tuple(_in_pmc(asked, listed, entrez, state)), found.unknown_terms)


def _in_pmc(asked: FetchQuestion, listed: list[str], entrez: Entrez, state: FetchState) -> list[str]:
    if asked.database is Database.PMC:
        return [f"PMC{one}" for one in listed]
    links = state.links()
    unknown = [pmid for pmid in listed if pmid not in links]
    for start in range(0, len(unknown), LINKED_AT_ONCE):
        linked = entrez.pmcids(unknown[start : start + LINKED_AT_ONCE])
        state.save_links(linked)
        links |= linked
    return list(dict.fromkeys(pmcid for pmid in listed if (pmcid := links[pmid])))
