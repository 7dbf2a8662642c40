"""What to call a diagnosis on a screen: as most cases write it, in the right spelling."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from ingest.concepts.diagnosis import diagnosis_table
from ingest.concepts.diagnosis_families import families, words_of_disease
from ingest.concepts.diagnosis_parents import disease_of
from ingest.concepts.diagnosis_words import Words, plain_words, read_diagnoses, respelt

_PREFIX = "diagnosis:"
_MAX_NAME = 60  # characters of a heading
_MAX_INITIALS = 6  # letters: "AVM", "DDH", and no longer word


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
    names = [name for name, _ in sorted(spellings, key=lambda told: (_is_odd(told[0]), -told[1], told[0]))]
    first = shown_name(names[0]) if names and not _is_misspelt(names[0]) else name_of_concept(concept_id)
    return tuple(dict.fromkeys((first, *names)))


def shown_name(name: str) -> str:
    """Return a name for a heading: not in capitals throughout, and without a story in brackets.

    Examples
    --------
    >>> shown_name("MYELOLIPOMA"), shown_name("Neck mass (not known; the patient is to be seen by a surgeon)")
    ('Myelolipoma', 'Neck mass')
    """
    if len(name) > _MAX_NAME:
        name = re.split(r"\s*[(;]", name)[0] or name
    return name.capitalize() if _shouts(name) else name


def _is_odd(name: str) -> bool:
    return _is_misspelt(name) or _shouts(name) or '"' in name or len(name) > _MAX_NAME


def _shouts(name: str) -> bool:
    return name.isupper() and len(name) > _MAX_INITIALS


def _is_misspelt(name: str) -> bool:
    words = plain_words(name)
    return respelt(words) != words


def common_name(name: str) -> str | None:
    """Return what all diagnoses of the same disease are called, where a name says another or more; else None.

    Examples
    --------
    >>> common_name("Ruptured appendicitis"), common_name("Crohn's Disease complicated by obstruction")
    ('appendicitis', 'Crohn disease')
    >>> common_name("Crohn's Disease")
    """
    disease = disease_of(name)
    if disease is None or disease.name:
        return disease.name if disease else None
    says_more = len(plain_words(name)) > len(disease.concept_id.split("-")) + 1
    return name_of_concept(disease.concept_id) if says_more else None


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
