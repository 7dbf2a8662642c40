"""A stable id for the name of a diagnosis, so that spellings of one name meet.

Nothing cleverer than spelling: case, blanks, quotes, dashes, an abbreviation in brackets at the end, and
trailing punctuation. A wrong merge of two diseases is worse than a missed one.
"""

from __future__ import annotations

import re
import unicodedata

from ingest.phrases import is_word_character

_QUOTES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u00ad": ""})
_DASH = re.compile(r"[\u2010-\u2015]")
_TRAILING = " .,;:!?-'\"*"
_LONGEST_ABBREVIATION = 8
_ROMAN_NUMERAL = re.compile("[IVX]+")


def diagnosis_name(name: str) -> str | None:
    r"""Return the name as one shows it: one line, single blanks, no trailing punctuation; None if nothing is left.

    Examples
    --------
    >>> diagnosis_name("Arteriovenous  Malformation (AVM).\r\n")
    'Arteriovenous Malformation (AVM)'
    """
    text = _DASH.sub("-", unicodedata.normalize("NFC", name).translate(_QUOTES))
    text = " ".join(text.split()).rstrip(_TRAILING).lstrip(" .,;:!-*'\"")
    return text if any(character.isalnum() for character in text) else None


def diagnosis_concept_id(name: str) -> str | None:
    """Return the id under which spellings of one name meet; None if there is no name.

    Examples
    --------
    >>> diagnosis_concept_id("Arteriovenous Malformation (AVM)")
    'diagnosis:arteriovenous-malformation'
    """
    shown = diagnosis_name(name)
    if shown is None:
        return None
    text = _without_abbreviation(shown).casefold().replace("'", "")
    slug = "-".join("".join(character if is_word_character(character) else " " for character in text).split())
    return f"diagnosis:{slug}"


def _without_abbreviation(name: str) -> str:
    """Drop "(AVM)" after a name that it abbreviates; keep "(left)" and "(grade II)", which say more."""
    head, opened, inside = name.rpartition("(")
    abbreviation = inside.removesuffix(")").replace(".", "").replace("-", "").strip()
    if not (opened and inside.endswith(")") and head.strip() and 2 <= len(abbreviation) <= _LONGEST_ABBREVIATION):
        return name
    if not (abbreviation.isalpha() and abbreviation.isupper()) or _ROMAN_NUMERAL.fullmatch(abbreviation):
        return name
    return head.strip() if _abbreviates(abbreviation.casefold(), head.casefold()) else name


def _abbreviates(abbreviation: str, name: str) -> bool:
    """Tell whether the letters stand in the name in this order, the first one at its beginning."""
    rest = iter(name)
    return name.startswith(abbreviation[0]) and all(letter in rest for letter in abbreviation)
