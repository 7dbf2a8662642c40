"""What to call a diagnosis on a screen: as most cases write it, in the right spelling."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from ingest.concepts.diagnosis import diagnosis_table
from ingest.concepts.diagnosis_families import families, words_of_disease
from ingest.concepts.diagnosis_words import Words, plain_words, read_diagnoses, respelt

_PREFIX = "diagnosis:"


def ordered_names(concept_id: str, spellings: Iterable[tuple[str, int]]) -> tuple[str, ...]:
    """Return the names of a diagnosis, the one to show first: the commonest of those that are spelt as they should be.

    Parameters
    ----------
    spellings : iterable of (str, int)
        Each name as cases write it, and how many do.

    Examples
    --------
    >>> ordered_names("diagnosis:portal-hypertension", [("Portal hypertention", 2), ("Portal hypertension", 1)])
    ('Portal hypertension', 'Portal hypertention')
    >>> ordered_names("diagnosis:hematoma", [("haematoma", 1)])
    ('Hematoma', 'haematoma')
    """
    names = [name for name, _ in sorted(spellings, key=lambda told: (_is_misspelt(told[0]), -told[1], told[0]))]
    if names and not _is_misspelt(names[0]):
        return tuple(names)
    return tuple(dict.fromkeys((name_of_concept(concept_id), *names)))


def _is_misspelt(name: str) -> bool:
    words = plain_words(name)
    return respelt(words) != words


def name_of_concept(concept_id: str) -> str:
    """Return what to call a diagnosis that no case names: as our tables do, else its words.

    Examples
    --------
    >>> [name_of_concept(f"diagnosis:{words}") for words in ("cerebral-infarct", "mca-infarct", "stress-fracture")]
    ['Cerebral infarction', 'MCA infarct', 'Stress fracture']
    """
    words = tuple(concept_id.removeprefix(_PREFIX).split("-"))
    name = _names().get(words) or " ".join(_in_capitals(word) for word in words)
    return name[:1].upper() + name[1:]


def _in_capitals(word: str) -> str:
    table = read_diagnoses()
    return word.upper() if word.upper() in table["abbreviations"] or word in table["initials"] else word


@cache
def _names() -> Mapping[Words, str]:
    named = {words_of_disease(name): name for name in families()}
    table = {words_of_disease(entry["name"]): entry["name"] for entry in read_diagnoses()["diagnoses"]}
    return {**named, **{words: name for words, name in table.items() if words in diagnosis_table().codes}}
