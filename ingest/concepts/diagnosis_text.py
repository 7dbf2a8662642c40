"""What a diagnosis says twice or in another order: rules on its text, while capitals, brackets and commas still stand.

An abbreviation in brackets goes only where its letters are those of the words before it; one that stands alone is
written out only where the table has it, which lists none with two meanings ("GCT", "AML", "MS").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from ingest.concepts.diagnosis_words import names_a_disease, plain_words, read_diagnoses

TextRule = Callable[[str], str]

_BRACKETS = re.compile(r"\s*\(([^()]{2,14})\)")
_CAPITALS = re.compile(r"(?<![\w])[A-Z][A-Z0-9]{1,7}(?=s?(?![\w]))")
_DOTTED = re.compile(r"(?<![\w.])(?:[A-Z]\.){1,7}[A-Z]\.?(?!\w)")
_ABBREVIATION_FIRST = re.compile(r"([A-Z][A-Za-z]{1,7})\s*(?:\(([^()]+)\)?|\s?-\s(.+))")
_LETTER_FIRST = re.compile(r"([A-Z])\s?(?:[:-]\s+(.+)|\(([^()]+)\))")
_SMALL_WORDS = frozenset({"a", "and", "by", "for", "in", "of", "the", "to", "with"})
_ROMAN_NUMERAL = re.compile("[IVX]+")
_SIGNS = (("&", " and "), ("+", " positive "), ("<", " under "), (">", " over "), ("\u2264", " up to "))
_SIGNS += (("\u2265", " at least "), ("\u00b1", " with or without "))
# What turns the part behind a comma into more than a word that belongs in front.
_NOT_IN_FRONT_WORDS = """
    after and at by class due early eg for from grade ie in initial known late likely no nos not of old or other part
    partial possible post probable secondary stage status suspected to type unknown via vs with without
"""
_NOT_IN_FRONT = frozenset(_NOT_IN_FRONT_WORDS.split())


def without_mnemonic_letter(text: str) -> str:
    """Drop the letter of a mnemonic: "L: Lipoma", "A (arachnoid cyst)"."""
    found = _LETTER_FIRST.fullmatch(text)
    name = (found[2] or found[3]).strip() if found else ""
    return name if found and name.casefold().startswith(found[1].casefold()) and len(name) > 2 else text


def name_of_abbreviation(text: str) -> str:
    """Return the name where its abbreviation comes first: "AVN (avascular necrosis)"."""
    found = _ABBREVIATION_FIRST.fullmatch(text)
    name = (found[2] or found[3]).strip() if found else ""
    return name if found and name and abbreviates(found[1], name, whole=True) else text


def without_abbreviations(text: str) -> str:
    """Drop "(AVM)" after the words that it abbreviates; keep "(left)" and "(II)", which say more."""
    return " ".join(_BRACKETS.sub(_unless_it_abbreviates, text).split())


def _unless_it_abbreviates(found: re.Match[str]) -> str:
    inside = found[1].replace(".", "").replace("-", "").strip()
    if not inside.isalnum() or not any(letter.isupper() for letter in inside) or _ROMAN_NUMERAL.fullmatch(inside):
        return found[0]
    before = found.string[: found.start()]
    return " " if abbreviates(inside, before) else found[0]


def abbreviates(abbreviation: str, name: str, *, whole: bool = False) -> bool:
    """Tell whether an abbreviation stands for the last words of a name: the table says so, or its letters do.

    Its letters do where they begin each of two or more words, small ones aside, and others stand inside these.
    """
    words = plain_words(name)
    written_out = plain_words(read_diagnoses()["abbreviations"].get(abbreviation, ""))
    if written_out and words[-len(written_out) :] == written_out:
        return not whole or words == written_out
    letters = abbreviation.casefold()
    if not letters.isalpha() or letters != letters.casefold() or sum(map(str.isupper, abbreviation)) < 2:
        return False
    said = [word for word in words[-12:] if word not in _SMALL_WORDS]
    starts = [0] if whole else range(len(said) - 1)
    return any(len(said[start:]) > 1 and _spells(letters, said[start:]) for start in starts)


def _spells(letters: str, words: Sequence[str]) -> bool:
    """Tell whether the letters run through the words, beginning each of them."""
    if not words:
        return not letters
    if not letters.startswith(words[0][0]):
        return False
    within = iter(words[0][1:])
    taken = 1
    while True:
        if _spells(letters[taken:], words[1:]):
            return True
        if taken >= len(letters) or letters[taken] not in within:
            return False
        taken += 1


def with_abbreviations_written_out(text: str) -> str:
    """Write out the abbreviations of the table, in capitals only: "Spinal AVM", "RCC"."""
    table = read_diagnoses()["abbreviations"]
    undotted = _DOTTED.sub(lambda found: found[0].replace(".", ""), text)
    return _CAPITALS.sub(lambda found: table.get(found[0], found[0]), undotted)


def with_signs_written_out(text: str) -> str:
    """Write out the signs that tell names apart: HER2+ is not HER2, and < 3 cm not > 3 cm."""
    for sign, words in _SIGNS:
        text = text.replace(sign, words)
    return " ".join(text.split())


def in_natural_order(text: str) -> str:
    """Turn "Carcinoma, renal cell" into "renal cell Carcinoma", where what follows the comma is no disease itself."""
    disease, comma, rest = text.partition(",")
    if not comma or any(mark in text for mark in "()[]/;:") or "," in rest:
        return text
    named, told = plain_words(disease), plain_words(rest)
    if not (len(named) == 1 and 1 <= len(told) <= 3 and _is_kind(named[0])):
        return text
    if _NOT_IN_FRONT.intersection(told) or any(_is_kind(word) or any(map(str.isdigit, word)) for word in told):
        return text
    return f"{rest.strip()} {disease.strip()}"


def _is_kind(word: str) -> bool:
    return names_a_disease(word) or names_a_disease(word.removesuffix("s"))


TEXT_RULES: Sequence[tuple[str, TextRule]] = (
    ("letter of a mnemonic", without_mnemonic_letter),
    ("abbreviation before its name", name_of_abbreviation),
    ("abbreviation in brackets", without_abbreviations),
    ("abbreviation written out", with_abbreviations_written_out),
    ("sign written out", with_signs_written_out),
    ("natural order", in_natural_order),
)
