"""Searches that have a name: what published data sets of case reports asked PubMed for, in its own words.

References
----------
Nievas Offidani and Delrieux, Dataset of clinical cases, images, image labels and captions from open access case
reports from PubMed Central (1990-2023), Data in Brief 52, 2024, and its program: case reports by their type or by the
words of title and abstract, not of animals, with free full text.
PubMed User Guide, https://pubmed.ncbi.nlm.nih.gov/help: its filters, and that AND, OR and NOT are read from the left.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from ingest.errors import InputError
from ingest.fetch.entrez import Database


class NamedSearch(StrEnum):
    """Name of a search."""

    MULTICARE = "multicare"


_WORDS = ("case study", "case studies", "case series", "case report", "case reports", "clinical case")
_WORDS += ("clinical cases", "case presentation", "case presentations")
_IN_WORDS = " OR ".join(f'"{words}"[Title/Abstract]' for words in _WORDS)
_TERMS: Mapping[NamedSearch, str] = {
    NamedSearch.MULTICARE: (
        f'("case reports"[Publication Type] OR {_IN_WORDS}) NOT animal[Filter] AND "free full text"[Filter]'
    ),
}


def search_terms(query: str, named: NamedSearch | None, database: Database) -> str:
    """Return the whole query: that of a named search, narrowed by a query of one's own where there is one.

    Raises
    ------
    InputError
        If there is neither, or the named search is asked of another database than PubMed.
    """
    if named is None:
        if not query.strip():
            raise InputError("the query is empty. Say what to look for, as a PubMed query, or name a search.")
        return query
    if database is not Database.PUBMED:
        raise InputError(f"the search '{named}' is written for PubMed, which knows kinds of publication. Ask it there.")
    terms = _TERMS[named]
    return f"({terms}) AND ({query.strip()})" if query.strip() else terms
