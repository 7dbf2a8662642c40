"""Find many fixed phrases in a text at once, in time linear in its length, with exact positions.

A text is folded before it is searched: letters by `str.casefold`, quotes straightened, runs of blanks and a
hyphen between two words to one blank, line ends and spaced dashes to a newline that no phrase contains.
Each folded character remembers where it comes from, because folding may change the length ("ß" becomes "ss").
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import ahocorasick

_BLANKS = r"\s\-\u2010-\u2015\u00ad"
_GAP = re.compile(rf"[{_BLANKS}]{{2,}}|[^\S ]|[\-\u2010-\u2015\u00ad]")  # a single blank needs no folding
_LINE_END = frozenset("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")
_STRAIGHT_QUOTES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"'})


@dataclass(frozen=True)
class FoldedText:
    """A folded text; ``origins[i]`` is the index in the source of folded character i."""

    text: str
    origins: Sequence[int]

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the source that the folded characters [start, end) come from."""
        return self.origins[start], self.origins[end - 1] + 1


def fold(text: str) -> FoldedText:
    """Fold a text for searching, keeping the origin of each character."""
    pieces: list[str] = []
    origins: list[int] = []
    start = 0
    for gap in _GAP.finditer(text):
        _fold_words(text, start, gap.start(), pieces, origins)
        pieces.append(_folded_gap(gap.group()))
        origins.append(gap.start())
        start = gap.end()
    _fold_words(text, start, len(text), pieces, origins)
    return FoldedText("".join(pieces), origins)


def _fold_words(text: str, start: int, end: int, pieces: list[str], origins: list[int]) -> None:
    words = text[start:end]
    folded = words.translate(_STRAIGHT_QUOTES).casefold()
    pieces.append(folded)
    if len(folded) == len(words):  # each character folds to one or more, so here each folds to one
        origins.extend(range(start, end))
    else:
        origins.extend(start + i for i, character in enumerate(words) for _ in character.casefold())


def _folded_gap(gap: str) -> str:
    """Return a blank inside a phrase, a newline between phrases ("a mass - edema around it")."""
    spaced_dash = len(gap) > 2 and gap[0].isspace() and gap[-1].isspace() and not gap.isspace()
    return "\n" if spaced_dash or not _LINE_END.isdisjoint(gap) else " "


class Found(NamedTuple):
    """A phrase found at [start, end) of the source, with the value that was filed under it."""

    start: int
    end: int
    value: Any


MAX_PASSED_OVER = 2
"""So many words may stand between the words of a phrase."""


class PhraseBook:
    """Phrases to look for, each with a value.

    Parameters
    ----------
    phrases : mapping of str to value
        Looked for without regard to case, hyphens and width of blanks, as whole words only.
    passing_over : collection of str
        Single words that do not break a phrase where they stand within it: with "normal", "loss of differentiation"
        is found in "loss of normal differentiation" too. A phrase that stands there as it is goes before.
    """

    def __init__(self, phrases: Mapping[str, Any], passing_over: Collection[str] = ()) -> None:
        words = "|".join(map(re.escape, sorted(passing_over)))
        self._passed = re.compile(rf"(?<= )(?:{words}) ") if words else None
        self._automaton = ahocorasick.Automaton()
        for phrase, value in phrases.items():
            folded = fold(phrase).text
            self._automaton.add_word(folded, (len(folded), value))
        self._automaton.make_automaton()

    def find(self, folded: FoldedText) -> list[Found]:
        """Return the phrases of a folded text from left to right; the longest wins, none overlap."""
        every = [*self._whole_words(folded), *self._over_words(folded)]
        hits = sorted(every, key=lambda hit: (hit[0], -hit[1]))
        found: list[Found] = []
        free_from = 0
        for start, end, value in hits:
            if start >= free_from:
                found.append(Found(*folded.source_span(start, end), value))
                free_from = end
        return found

    def _over_words(self, folded: FoldedText) -> Iterator[tuple[int, int, Any]]:
        """Yield the phrases that stand there once the words to pass over are gone, at their place in the whole text."""
        passed = [match.span() for match in self._passed.finditer(folded.text)] if self._passed else []
        if not passed:
            return
        kept: list[int] = []
        pieces: list[str] = []
        for (_, end), (following, _) in pairwise([(0, 0), *passed, (len(folded.text), len(folded.text))]):
            kept.extend(range(end, following))
            pieces.append(folded.text[end:following])
        shorter = FoldedText("".join(pieces), kept)
        for start, end, value in self._whole_words(shorter):
            first, last = kept[start], kept[end - 1] + 1
            if last - first > end - start and _passed_over(passed, first, last) <= MAX_PASSED_OVER:
                yield first, last, value

    def _whole_words(self, folded: FoldedText) -> Iterator[tuple[int, int, Any]]:
        text, origins = folded.text, folded.origins
        for last, (length, value) in self._automaton.iter(text):
            start, end = last + 1 - length, last + 1
            joined_before = start > 0 and is_word_character(text[start - 1]) and is_word_character(text[start])
            joined_after = end < len(text) and (is_word_character(text[end]) and is_word_character(text[last]))
            inside = (start > 0 and origins[start - 1] == origins[start]) or (
                end < len(text) and origins[end] == origins[last]
            )
            if not (joined_before or joined_after or inside):
                yield start, end, value


def _passed_over(passed: Sequence[tuple[int, int]], start: int, end: int) -> int:
    return bisect_left(passed, (end, end)) - bisect_left(passed, (start, start))


def is_word_character(character: str) -> bool:
    """Tell whether a character belongs to a word: letters, digits, underscore and combining marks."""
    return (
        character.isalnum()
        or character == "_"
        or (not character.isascii() and unicodedata.category(character).startswith("M"))
    )
