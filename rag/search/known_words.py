"""When words bring no case: they name nothing, or the archive does not know enough of them."""

from __future__ import annotations

from collections.abc import Container, Iterator
from functools import cache

from ingest.concepts.abbreviations import abbreviation_senses
from ingest.concepts.diagnosis_families import families
from ingest.concepts.lexicon import concepts
from ingest.concepts.terms import terms
from ingest.notices import Notice, NoticeCode
from rag.search.words import asking_words, stem, words_of

WORDS_TOLD = 5  # what fits on one line


def table_names() -> Iterator[str]:
    """Yield every name of our tables: diseases, findings, places in the body, and what laymen call them."""
    yield from names_in_medicine()
    yield from terms()["en"]


def names_in_medicine() -> Iterator[str]:
    """Yield the names of our tables without what laymen call them, which has words of every day: "car crash"."""
    yield from families()
    yield from (concept.name for concept in concepts().values())
    yield from (meaning for table in terms().values() for meaning in table.values())
    yield from (sense.means for senses in abbreviation_senses().values() for sense in senses)


def why_no_case_fits(text: str, known: Container[str]) -> Notice | None:
    """Say why the words of a question bring no case; None where they may bring some.

    More than half of them have to stand in the archive; any one will do where our tables have one of them. Of "the
    capital of France" the archive has "capital", of a femoral epiphysis.

    Parameters
    ----------
    known : container of str
        The stems of the archive's words.
    """
    words = list(dict.fromkeys(asking_words(text)))
    unknown = [word for word in words if stem(word) not in known]
    if not words:
        return _notice("these words name nothing to look for. Name a finding, a disease or a place in the body")
    if len(unknown) == len(words):
        return _notice("nothing in the archive has any of these words")
    if 2 * len(unknown) < len(words) or any(stem(word) in _table_stems() for word in words):
        return None
    told = ", ".join(f"'{word}'" for word in unknown[:WORDS_TOLD])
    return _notice(f"the archive does not have {told}. Leave out what it does not have to search by the rest")


@cache
def _table_stems() -> frozenset[str]:
    return frozenset(word for name in names_in_medicine() for word in words_of(name))


def _notice(said: str) -> Notice:
    return Notice(NoticeCode.UNKNOWN_WORDS, f"No case fits: {said}.")
