"""Numbers of a patient's age or of a case as articles write them: digits, words, halves, Roman numerals."""

from __future__ import annotations

import re

_ONES = {
    word: number
    for number, word in enumerate(("one", "two", "three", "four", "five", "six", "seven", "eight", "nine"), start=1)
}
_TEENS = {
    word: number
    for number, word in enumerate(
        ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
        start=10,
    )
}
_TENS = {
    word: 10 * number
    for number, word in enumerate(
        ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"), start=2
    )
}
DECADES = {f"{word[:-1]}ies": value for word, value in _TENS.items()} | {"teens": 10}
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")

DASH = r"[\-\u00ad\u2010-\u2015\u2212]"
_SMALL = "|".join([*_TEENS, *_ONES])
WORDS = rf"(?:(?:{'|'.join(_TENS)})(?:[\s\-\u2010\u2011](?:{'|'.join(_ONES)}))?|(?:{_SMALL}))"
_HALF = rf"(?:(?:\s|{DASH})and(?:(?:\s|{DASH})a)?(?:\s|{DASH})half)"
NUMBER = (
    rf"(?:\d{{1,3}}(?:[.,·]\d{{1,2}})?(?:\s?[½¼¾]|[\s\-]\d{{1,2}}/(?:[234]|12)(?!\d)|{_HALF})?|[½¼¾]|{WORDS}{_HALF}?)"
)
"""A number as a pattern, to be compiled without regard to case."""

_FRACTIONS = {"½": 0.5, "¼": 0.25, "¾": 0.75, "half": 0.5}


def parse_number(text: str) -> float:
    """Return the number that a text matching `NUMBER` means.

    Examples
    --------
    >>> parse_number("two-and-a-half"), parse_number("thirty-five"), parse_number("2½"), parse_number("1,5")
    (2.5, 35.0, 2.5, 1.5)
    >>> parse_number("10 and a half"), parse_number("3 1/2")
    (10.5, 3.5)
    """
    words = re.split(rf"\s|{DASH}", re.sub("([½¼¾])", r" \1", text.casefold()).strip())
    return sum((_value(word) for word in words), 0.0)


def _value(word: str) -> float:
    """Return what a word adds to a number; "and" and "a" add nothing."""
    if word[:1].isdecimal():
        whole, _, part = re.sub("[,·]", ".", word).partition("/")
        return float(whole) / float(part or 1)
    return _FRACTIONS.get(word, 0) + _TENS.get(word, 0) + _TEENS.get(word, 0) + _ONES.get(word, 0)


def number_of_case(text: str) -> int | None:
    """Return the number by which a case is told from others: 2, B, II, two and second are all the second."""
    folded = text.casefold()
    if text.isascii() and text.isdigit():
        return int(text)
    if text.upper() in _ROMAN:
        return _ROMAN.index(text.upper()) + 1
    if len(text) == 1 and text.isascii() and text.isalpha():
        return ord(folded) - ord("a") + 1
    if folded in ORDINALS:
        return ORDINALS.index(folded) + 1
    return {**_ONES, **_TEENS}.get(folded)
