"""Where sentences end in clinical text: full stops that are no abbreviation or decimal point, and line ends."""

from __future__ import annotations

import re
from functools import lru_cache

# A dot ends a sentence before a blank or the end, or where the blank was forgotten ("is seen.No mass").
_END = re.compile(r"[\n\r\v\f\x85\u2028\u2029]|[!?](?=\s|$)|\.(?=\s|$|(?<=[a-z]\.)[A-Z])")
_MAX_ABBREVIATION_LENGTH = 8
_ABBREVIATIONS = frozenset(
    {
        *("dr", "mr", "mrs", "ms", "prof", "st", "pt", "vs", "e.g", "i.e", "eg", "cf", "etc", "incl", "al", "approx"),
        *("fig", "figs", "no", "y.o", "yo", "a.m", "p.m", "h.o", "s.p", "w.o", "resp", "ca"),
    }
)
_WRAPPED_LINE = 60  # characters: a line at least so long that goes on in lower case was broken by a text editor
_LAST_WORD = re.compile(r"[a-zA-Z.]+$")


@lru_cache(maxsize=16)  # each rule of annotation asks for the same text
def sentence_ends(text: str) -> tuple[int, ...]:
    """Return the offset after each sentence of a text, rising; the last one is the length of the text."""
    ends: list[int] = []
    line_start = 0
    for match in _END.finditer(text):
        if match.group().isspace():
            wrapped = match.start() - line_start >= _WRAPPED_LINE and text[match.end() : match.end() + 1].islower()
            line_start = match.end()
            if wrapped:
                continue
        if not _is_abbreviation(text, match.start()):
            ends.append(match.end())
    return tuple(ends) if ends and ends[-1] == len(text) else (*ends, len(text))


def _is_abbreviation(text: str, dot: int) -> bool:
    if text[dot] != ".":
        return False
    word = _LAST_WORD.search(text[max(0, dot - _MAX_ABBREVIATION_LENGTH) : dot])
    if word is None:
        return False
    letters = word.group().lstrip(".").casefold()
    if letters in _ABBREVIATIONS:  # "no." abbreviates "number" only before a digit
        return letters != "no" or text[dot + 1 : dot + 3].strip().isdigit()
    return len(letters) == 1 and letters.isalpha() and text[dot + 1 : dot + 2] == " "
