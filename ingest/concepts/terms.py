"""Layman's words, abbreviations and words of other languages, said in the terms of the archive (English).

Our own table, `ingest/concepts/terms.json`: what people type on the left, the term on the right, by language.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from ingest.concepts.abbreviations import in_context, without_explained_abbreviations

ENGLISH = "en"


@dataclass(frozen=True)
class Translated:
    """A question in the terms of the archive, and what was said otherwise: as it was typed, and as it is read."""

    text: str
    said: tuple[tuple[str, str], ...]


@cache
def terms() -> Mapping[str, Mapping[str, str]]:
    """Return the table: for each language, its words and what they mean."""
    text = (files("ingest") / "concepts" / "terms.json").read_text(encoding="utf-8")
    return MappingProxyType({language: MappingProxyType(words) for language, words in json.loads(text).items()})


def in_terms(text: str) -> Translated:
    """Return a question with what the table knows said in its terms; longest phrases first.

    A language counts where the question has one of its words that is no small one and means something else in none:
    "de" alone translates nothing. An abbreviation with two meanings is read by the words around it, else by the table.

    Examples
    --------
    >>> in_terms("fractura de cadera").text
    'hip fracture'
    >>> in_terms("broken hip in a woman").said
    (('broken hip', 'hip fracture'),)
    """
    text, read = in_context(without_explained_abbreviations(text), terms()[ENGLISH])
    folded = text.casefold()
    for language in _languages_of(folded):
        table = terms()[language]
        found = _pattern(language).findall(folded)
        if not found:
            continue
        text = _pattern(language).sub(lambda match, table=table: table[match[0].casefold()], text)
        said = tuple(dict.fromkeys((one, table[one]) for one in found if table[one] and table[one] != one))
        return Translated("\n".join(" ".join(line.split()) for line in text.splitlines()), (*read, *said))
    return Translated(text, tuple(read))


def _languages_of(folded: str) -> list[str]:
    """Return the languages of whose own words the question has any, the most first, and English last."""
    counts = {language: _own_words(folded, language) for language in terms() if language != ENGLISH}
    spoken = [language for language, count in counts.items() if count]
    return [*sorted(spoken, key=lambda language: -counts[language]), ENGLISH]


def _own_words(folded: str, language: str) -> int:
    """Count the words that mean something else in English; small ones, which have no meaning of their own, are none."""
    table = terms()[language]
    found = _pattern(language).findall(folded)
    return sum(len(one.split()) for one in found if table[one] and table[one] != one)


@cache
def _pattern(language: str) -> re.Pattern[str]:
    longest_first = sorted(terms()[language], key=lambda term: (-len(term), term))
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])", re.IGNORECASE)
