"""Which diagnoses are of one disease: "optic nerve sheath meningioma" is a meningioma, "right MCA infarction" a stroke.

A name is a disease that it ends in or begins with, side, place, stage and cause apart; our table of families
(`ingest/concepts/families.json`) has what no words tell: that a glioblastoma is a glioma. Nothing goes by likeness.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType

from ingest.concepts.diagnosis import diagnosis_concept_id
from ingest.concepts.diagnosis_words import Words, names_a_disease, plain_words

# What follows is a disease that a case has beside the first, or its cause.
_NEXT = re.compile(
    r"\s*(?:[;\n]|\d\s*[.)]\s|,\s+and\s|\band\b|\bwith\b|\bsecondary to\b|\bdue to\b|\bfrom\b|\bcaused by\b"
    r"|\bresulting in\b|\bcomplicated by\b|\bin the setting of\b|\bassociated\b|\s/\s)\s*",
    re.IGNORECASE,
)
# What is named and is not the case's disease.
_NOT_ITS_OWN = re.compile(
    r"\b(?:mimic\w* of|rule out|ruled out|versus|vs\.?|no evidence of|without|history of|status post|s/p)\b.*",
    re.IGNORECASE | re.DOTALL,
)
_LEAD = re.compile(
    r"^\s*(?:\(?\d[.)]\s*)?(?:(?:findings|pathology|features|appearance)\s+(?:are\s+)?(?:consistent|compatible)\s+with|"
    r"suspected|probable|possible|presumed|likely|recurrence of|classic|known|"
    r"\d+[ -]?(?:y\.?\s?/?o\.?|years?[ -]old)\s+(?:\w+\s+)?(?:woman|man|female|male|boy|girl|patient)\s+with)\s+",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Family:
    """A disease and the words by which a diagnosis is one of it.

    Attributes
    ----------
    groups : bool
        Whether its diagnoses are one disease where diseases are counted and ranked; a brain tumor is not one.
    phrases : tuple
        A name is of the family that has all parts of one of them, in any order: "femoral neck + fracture".
    unless : frozenset of str
        But not where it has one of these words.
    includes : tuple of str
        Names of families that are of this one.
    """

    name: str
    groups: bool
    phrases: tuple[tuple[Words, ...], ...]
    unless: frozenset[str]
    includes: tuple[str, ...]


@cache
def families() -> Mapping[str, Family]:
    """Return our table, by the name of each family."""
    text = (files("ingest") / "concepts" / "families.json").read_text(encoding="utf-8")
    found = [
        Family(
            entry["name"],
            bool(entry.get("group")),
            tuple(dict.fromkeys(spelt for phrase in (entry["name"], *entry["phrases"]) for spelt in _spelt(phrase))),
            frozenset(entry.get("not", ())),
            tuple(entry.get("includes", ())),
        )
        for entry in json.loads(text)["families"]
    ]
    return MappingProxyType({family.name: family for family in found})


def _spelt(phrase: str) -> Iterator[tuple[Words, ...]]:
    """Yield the parts of a phrase as the words of concepts, and as they stand: a synonym may be part of a name."""
    parts = phrase.split(" + ")
    yield tuple(_words_of(part) for part in parts)
    yield tuple(plain_words(part) for part in parts)


# What says how a disease goes, and not which one it is.
COURSE = frozenset({"acute", "chronic", "early", "late", "old", "recurrent", "ruptured", "severe", "mild", "subacute"})


@cache
def _families_by_words() -> Mapping[Words, str]:
    return MappingProxyType({_words_of(name): name for name in families()})


def family_named(name: str) -> str | None:
    """Return the family that somebody names, None where none is called so.

    Examples
    --------
    >>> family_named("Strokes"), family_named("nothing")
    ('stroke', None)
    """
    return _families_by_words().get(_words_of(name))


@lru_cache(maxsize=20_000)
def parts_of(diagnosis: str) -> tuple[Words, ...]:
    """Return the diseases that a diagnosis names, as the words of their concepts: the first one first, the whole last.

    Examples
    --------
    >>> parts_of("Incidental Malrotation and Acute Appendicitis")[:2]
    (('incidental', 'malrotation'), ('acute', 'appendicitis'))
    """
    text = _LEAD.sub("", diagnosis)
    parts = (_words_of(_NOT_ITS_OWN.sub("", part)) for part in _NEXT.split(text))
    return tuple(dict.fromkeys(words for words in (*parts, _words_of(_NOT_ITS_OWN.sub("", text))) if words))


def is_of_family(words: Words, name: str) -> bool:
    """Tell whether the words of a disease are those of one of the family, or of a family that this one includes.

    Examples
    --------
    >>> is_of_family(("optic", "nerve", "glioma"), "brain tumor"), is_of_family(("renal", "infarct"), "stroke")
    (True, False)
    """
    family = families()[name]
    if not family.unless.intersection(words) and any(
        all(_holds(words, part) for part in phrase) for phrase in family.phrases
    ):
        return True
    return any(is_of_family(words, other) for other in family.includes)


def is_a(words: Words, disease: Words) -> bool:
    """Tell whether the words of a disease name one of a more general one: side, place, stage and the like apart.

    Examples
    --------
    >>> is_a(("right", "femoral", "neck", "stress", "fracture"), ("stress", "fracture"))
    True
    >>> is_a(("aneurysm", "rupture"), ("aneurysm",))
    False
    """
    for start in _places(words, disease):
        after = words[start + len(disease) :]
        if not (after and names_a_disease(after[0])) and not {"biopsy", "repair", "clip"}.intersection(after[:1]):
            return True
    return False


def _holds(words: Words, phrase: Words) -> bool:
    return next(_places(words, phrase), None) is not None


def _places(words: Words, phrase: Words) -> Iterator[int]:
    size = len(phrase)
    return (start for start in range(len(words) - size + 1) if words[start : start + size] == phrase)


def _words_of(name: str) -> Words:
    concept_id = diagnosis_concept_id(name)
    return tuple(concept_id.removeprefix("diagnosis:").split("-")) if concept_id else ()


def words_of_disease(named: str | Sequence[str]) -> Words:
    """Return the words under which the spellings of a disease meet."""
    return _words_of(named if isinstance(named, str) else " ".join(named))
