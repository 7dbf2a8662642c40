"""Under which licence an article may be used, from its address or its words."""

from __future__ import annotations

import re

_ADDRESS = re.compile(r"creativecommons\.org/licenses/(by(?:-nc)?(?:-(?:sa|nd))?)(?:/(\d\.\d))?", re.IGNORECASE)
_ZERO = re.compile(r"creativecommons\.org/publicdomain/zero|\bCC0\b", re.IGNORECASE)
_SHORT = re.compile(r"\bCC[ -]?(BY(?:[ -]NC)?(?:[ -](?:SA|ND))?)(?:[ -](\d\.\d))?\b", re.IGNORECASE)
_WORDS = re.compile(
    r"Creative Commons Attribution(?P<nc>[- ]Non[- ]?Commercial)?(?:[- ](?P<sa>Share[- ]?Alike)"
    r"|[- ](?P<nd>No[- ]?Deriv\w*))?"
    r"(?:[\s\w()-]{0,40}?(?P<version>[1-4]\.0))?",
    re.IGNORECASE,
)


def licence_of(text: str) -> str | None:
    """Return the licence that a text names, such as ``CC BY-NC 4.0``; None where it names none that we know.

    Examples
    --------
    >>> licence_of("distributed under the Creative Commons Attribution License, which permits")
    'CC BY'
    >>> licence_of("http://creativecommons.org/licenses/by-nc/3.0/")
    'CC BY-NC 3.0'
    """
    if found := _ADDRESS.search(text):
        return _named(found[1].upper(), found[2])
    if _ZERO.search(text):
        return "CC0"
    if found := _SHORT.search(text):
        return _named(found[1].upper().replace(" ", "-"), found[2])
    if found := _WORDS.search(text):
        parts = ("BY", found["nc"] and "NC", found["sa"] and "SA", found["nd"] and "ND")
        return _named("-".join(part for part in parts if part), found["version"])
    return None


def _named(parts: str, version: str | None) -> str:
    return f"CC {parts} {version}" if version else f"CC {parts}"
