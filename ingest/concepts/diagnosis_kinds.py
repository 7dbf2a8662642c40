"""The kinds that a disease is of, by our families, our table, ICD-10-CM and its last word.

Works on the words of one disease; a name of several is divided before (`ingest/concepts/diagnosis_wording.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache

from ingest.concepts.diagnosis import diagnosis_table
from ingest.concepts.diagnosis_families import Family, families, is_a, is_of_family, words_of_disease
from ingest.concepts.diagnosis_words import Words, read_diagnoses

_REMEMBERED = 20_000


def nearest_kinds(words: Words) -> list[Words]:
    """Return the kinds that no other of the kinds is of."""
    found = kinds_of(words)
    return [kind for kind in found if not any(kind in kinds_of(other) for other in found if other != kind)]


@lru_cache(maxsize=_REMEMBERED)
def kinds_of(words: Words) -> tuple[Words, ...]:
    """Return all the diseases that we know of which this one is, itself apart.

    Of two that claim each other only the family that includes the other stays.
    """
    return tuple(kind for kind in _claimed(words) if words not in _claimed(kind) or _includes(kind, words))


def _includes(kind: Words, words: Words) -> bool:
    return any(words_of_disease(name) == words for name in _included().get(kind, ()))


@cache
def _included() -> Mapping[Words, tuple[str, ...]]:
    return {words_of_disease(name): family.includes for name, family in families().items()}


@lru_cache(maxsize=_REMEMBERED)
def _claimed(words: Words) -> tuple[Words, ...]:
    found = [words_of_disease(family.name) for family in _families_near(words) if is_of_family(words, family.name)]
    found += [known for known in _known_near(words) if is_a(words, known)]
    found += [*_coded_above(words), *_head_noun(words)]
    apart = {words, *_not_above(words)}
    return tuple(dict.fromkeys(kind for kind in found if kind and kind not in apart))


def _not_above(words: Words) -> Iterator[Words]:
    """Yield what a name says and does not mean: myositis ossificans is no myositis."""
    for name, others in read_diagnoses()["not_is_a"].items():
        if is_a(words, tuple(name.split())):
            yield from (tuple(other.split()) for other in others)


@cache
def known_diseases() -> frozenset[Words]:
    """The diseases of our families and of our table."""
    named = {words_of_disease(name) for name in families()}
    return frozenset((named | {words for words in diagnosis_table().codes if words}) - _too_general())


@cache
def _too_general() -> frozenset[Words]:
    return frozenset((word,) for word in read_diagnoses()["too_general"])


@cache
def _by_word() -> Mapping[str, tuple[Words, ...]]:
    found: dict[str, list[Words]] = {}
    for words in sorted(known_diseases()):
        found.setdefault(words[0], []).append(words)
    return {word: tuple(known) for word, known in found.items()}


def _known_near(words: Words) -> Iterator[Words]:
    for word in dict.fromkeys(words):
        yield from _by_word().get(word, ())


@cache
def _families_by_word() -> Mapping[str, frozenset[str]]:
    """Which families a word may lead to: their own phrases, and those of the families that they include."""
    found: dict[str, set[str]] = {}
    for family in families().values():
        for word in _first_words(family):
            found.setdefault(word, set()).add(family.name)
    return {word: frozenset(names) for word, names in found.items()}


def _first_words(family: Family) -> Iterator[str]:
    for phrase in family.phrases:
        yield phrase[0][0]
    for name in family.includes:
        yield from _first_words(families()[name])


def _families_near(words: Words) -> list[Family]:
    names = frozenset[str]().union(*(_families_by_word().get(word, frozenset()) for word in words))
    return [family for name, family in families().items() if name in names]


@cache
def _by_code() -> Mapping[str, Words]:
    """The first of our diseases that has a code of ICD-10-CM, by the code without its point."""
    found: dict[str, Words] = {}
    for words, codes in diagnosis_table().codes.items():
        if code := codes.get("I10C"):
            found.setdefault(code.replace(".", ""), words)
    return found


def _coded_above(words: Words) -> Iterator[Words]:
    """Yield the diseases whose code is one above its code: a code of ICD-10-CM begins with those above it."""
    code = diagnosis_table().codes.get(words, {}).get("I10C", "").replace(".", "")
    for length in range(len(code) - 1, 2, -1):
        if above := _by_code().get(code[:length]):
            yield above


def _head_noun(words: Words) -> Iterator[Words]:
    """Yield the kind that the last word names, where it is a disease alone: an adenoma, an arthritis, a cyst."""
    if len(words) > 1 and is_a_kind(words[-1]):
        yield words[-1:]


def is_a_kind(word: str) -> bool:
    """Tell whether a word alone names a kind of disease: "arthritis" and "cyst", and not "lesion"."""
    return word.endswith(tuple(read_diagnoses()["head_endings"])) and (word,) not in _too_general()
