"""What the words of a diagnosis lose so that its spellings meet: rules from words to words, no table of diseases.

Every rule keeps what tells two diseases apart: digits, sides, grades and places stay, and a word goes only where it
says nothing (an article) or stands elsewhere in the name (the order). Where a rule cannot be sure it does nothing.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from ingest.concepts.phrases import is_word_character

Words = tuple[str, ...]
WordRule = Callable[[Words], Words]

_POSSESSIVE = re.compile(r"(?<=[^\W\d_])['\"]s(?![^\W_])")  # Takayasu"s arteritis, seen in MedPix, means Takayasu's
_PREPOSITION_WORDS = """
    after against at by complicated due for from in into involving of on secondary status through to via with within
    without
"""
_PREPOSITIONS = frozenset(_PREPOSITION_WORDS.split())
_CONJUNCTIONS = frozenset({"and", "or", "versus", "vs", "not", "no"})
_SIDES = frozenset({"bilateral", "bilaterally", "left", "right", "unilateral"})
_STAYS_A_WORD = _PREPOSITIONS | _CONJUNCTIONS | _SIDES | {"the"}
_NOT_OF_A_PLACE = _PREPOSITIONS | _CONJUNCTIONS | {"metastatic"}
_MIN_PLURAL_LENGTH = 5  # letters: cysts; shorter words in s are mostly none
_MAX_PLACE_LENGTH = 4  # words: "left anterior descending artery"
_COUNTED = frozenset(
    ("bosniak", "category", "chiari", "class", "factor", "fort", "grade", "group", "harris", "stage", "type")
)
_NUMERALS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
_ROMAN = re.compile(rf"({'|'.join(_NUMERALS)})([a-c]?)")


@cache
def read_diagnoses() -> Mapping[str, Any]:
    """Return `ingest/concepts/diagnoses.json`: our table of names, spellings and abbreviations."""
    text = (files("ingest") / "concepts" / "diagnoses.json").read_text(encoding="utf-8")
    return MappingProxyType(json.loads(text))


def plain_words(text: str) -> Words:
    """Return the casefolded words of a name without accents, possessives and punctuation.

    Examples
    --------
    >>> plain_words("Sj\u00f6gren's disease, type-2")
    ('sjogren', 'disease', 'type', '2')
    """
    folded = unicodedata.normalize("NFC", _without_accents(text.casefold()))
    folded = _POSSESSIVE.sub("", folded).replace("'", "")
    return tuple("".join(letter if is_word_character(letter) else " " for letter in folded).split())


def _without_accents(text: str) -> str:
    """Take the marks off Latin letters; in other scripts a mark is part of the letter."""
    letters: list[str] = []
    for letter in unicodedata.normalize("NFD", text):
        if not (unicodedata.combining(letter) and letters and letters[-1].isascii()):
            letters.append(letter)
    return "".join(letters)


def without_articles(words: Words) -> Words:
    """Drop "the" wherever it stands; "a" may be a letter that counts, as in hepatitis A."""
    return tuple(word for word in words if word != "the") or words


def respelt(words: Words) -> Words:
    """Write words in the American way, eponyms without their s, common slips as they were meant."""
    table = read_diagnoses()
    return tuple(part for word in words for part in _respelt(word, table).split())


@lru_cache(maxsize=50_000)
def american(word: str) -> str:
    """Write a casefolded word in the American way.

    Examples
    --------
    >>> [american(word) for word in ("tumours", "ischaemic", "paediatric", "edema")]
    ['tumors', 'ischemic', 'pediatric', 'edema']
    """
    word = f" {word}"  # a stem that begins with a blank stands at the beginning of a word only
    for there, here in read_diagnoses()["stems"].items():
        word = word.replace(there, here)
    return word.strip()


def _respelt(word: str, table: Mapping[str, Any]) -> str:
    word = american(word)
    if word in table["spellings"]:
        return table["spellings"][word]
    return word[:-1] if word.endswith("s") and word[:-1] in table["eponyms"] else word


def with_joined_prefixes(words: Words) -> Words:
    """Join what is no word of its own to what follows: "sub arachnoid", "non Hodgkin", "gall bladder"."""
    prefixes, pairs = frozenset(read_diagnoses()["prefixes"]), read_diagnoses()["pairs"]
    joined: list[str] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if rest and word in prefixes and _may_be_joined(rest[0]):
            rest[0] = word + rest[0]
        elif rest and f"{word} {rest[0]}" in pairs:
            joined.append(word + rest.pop(0))
        else:
            joined.append(word)
    return tuple(joined)


def _may_be_joined(word: str) -> bool:
    return word.isalpha() and word not in _STAYS_A_WORD and not _ROMAN.fullmatch(word)


def with_arabic_numerals(words: Words) -> Words:
    """Write a Roman numeral after "type", "grade", "stage" and the like in digits, up to nine."""
    return tuple(
        _arabic(word) if before in _COUNTED else word for before, word in zip(("", *words), words, strict=False)
    )


def _arabic(word: str) -> str:
    found = _ROMAN.fullmatch(word)
    return f"{_NUMERALS.index(found[1]) + 1}{found[2]}" if found else word


def with_place_in_front(words: Words) -> Words:
    """Turn "adenocarcinoma of lung" into "lung adenocarcinoma"; nothing metastatic, which has two places."""
    if words.count("of") != 1:
        return words
    place = words.index("of")
    disease, of_what = words[:place], words[place + 1 :]
    if not (disease and 1 <= len(of_what) <= _MAX_PLACE_LENGTH and names_a_disease(disease[-1])):
        return words
    if _NOT_OF_A_PLACE.intersection(disease + of_what):
        return words
    return (*of_what, *disease)


def names_a_disease(word: str) -> bool:
    """Tell whether a word alone names a kind of disease, as the last word of most diagnoses does."""
    table = read_diagnoses()
    return word in table["kinds"] or (len(word) > 4 and word.endswith(tuple(table["kind_endings"])))


def in_singular(words: Words) -> Words:
    """Put the word that names the disease into the singular; those of places stay: both femoral heads are two."""
    if not words or _CONJUNCTIONS.intersection(words):
        return words
    last = next((place for place, word in enumerate(words) if word in _PREPOSITIONS and place), len(words)) - 1
    return (*words[:last], _singular(words[last]), *words[last + 1 :])


def _singular(word: str) -> str:
    table = read_diagnoses()
    if word in table["irregular_plurals"]:
        return table["irregular_plurals"][word]
    if len(word) < _MIN_PLURAL_LENGTH or not (word.isascii() and word.isalpha()) or word in table["no_plurals"]:
        return word
    if word.endswith(("ases", "eses", "oses", "yses")) and not word.endswith("diseases"):
        return f"{word[:-2]}is"
    regular = not word.endswith(("ss", "us", "is", "ens"))
    endings = (("ae", "a"), ("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh"))
    for plural, singular in (*endings, ("s", "")) if regular else ():
        if word.endswith(plural):
            return word.removesuffix(plural) + singular
    return word


WORD_RULES: Sequence[tuple[str, WordRule]] = (
    ("article left out", without_articles),
    ("spelling", respelt),
    ("prefix joined", with_joined_prefixes),
    ("numeral in digits", with_arabic_numerals),
    ("singular", in_singular),
    ("place in front", with_place_in_front),
)
