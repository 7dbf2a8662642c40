"""The diseases that a case is found by: its diagnosis, what that is counted as, and every kind above, by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

from ingest.concepts.diagnosis import diagnosis_concept_id
from ingest.concepts.diagnosis_kinds import known_diseases
from ingest.concepts.diagnosis_names import name_of_concept
from ingest.concepts.diagnosis_parents import all_broader, disease_of, is_known_disease, is_plain_disease

_REMEMBERED = 100_000  # diagnoses: a new one takes a millisecond, and the app counts all of an archive again and again


def disease_named(name: str) -> str | None:
    """Return the concept id of the disease that somebody asks for, however spelt; None where the name says nothing.

    Examples
    --------
    >>> disease_named("Cerebral infarction") == disease_named("cerebral infarcts") == "diagnosis:cerebral-infarct"
    True
    """
    concept_id = diagnosis_concept_id(name)
    return None if concept_id is None else _asked_for(concept_id)


@lru_cache(maxsize=_REMEMBERED)
def diseases_of(diagnosis: str) -> frozenset[str]:
    """Return the concept ids of the diseases of which a diagnosis is one, its own among them.

    Examples
    --------
    >>> "diagnosis:cerebral-infarct" in diseases_of("Right MCA infarction")
    True
    >>> "diagnosis:stroke" in diseases_of("Renal infarct")
    False
    """
    own, counted = diagnosis_concept_id(diagnosis), disease_of(diagnosis)
    if own is None:
        return frozenset()
    found = {own, *all_broader(own)}
    if counted and is_known_disease(counted.concept_id):
        found |= {counted.concept_id, *all_broader(counted.concept_id)}
    return frozenset(map(_asked_for, found))


def cases_by_disease(cases_by_diagnosis: Mapping[str, int]) -> dict[str, int]:
    """Add up the cases of diagnoses by the names of their diseases; side, course and stage are no other disease.

    Examples
    --------
    >>> counts = cases_by_disease({"Right MCA infarction": 2, "Acute lacunar infarct": 1, "Gout": 1})
    >>> counts["Cerebral infarction"], counts["Gout"], "Right MCA infarct" in counts
    (3, 1, False)
    """
    counts: Counter[str] = Counter()
    for diagnosis, cases in cases_by_diagnosis.items():
        counts.update(dict.fromkeys(_plain_names_of(diagnosis), cases))
    return dict(counts)


@lru_cache(maxsize=_REMEMBERED)
def _plain_names_of(diagnosis: str) -> frozenset[str]:
    return frozenset(name_of_concept(disease) for disease in diseases_of(diagnosis) if is_plain_disease(disease))


def diagnoses_of(disease: str, diagnoses: Iterable[str]) -> list[str]:
    """Return those of the diagnoses that are of a disease, given by its concept id."""
    return [diagnosis for diagnosis in diagnoses if disease in diseases_of(diagnosis)]


def is_named_in_tables(disease: str) -> bool:
    """Tell whether our tables name a disease, so that one may ask for it where no case has it."""
    return disease in _in_tables()


def names_of_known_diseases() -> list[str]:
    """Return the names of the diseases of our tables, sorted."""
    return sorted(map(name_of_concept, _in_tables()))


@cache
def _in_tables() -> frozenset[str]:
    return frozenset(_asked_for(f"diagnosis:{'-'.join(words)}") for words in known_diseases())


@lru_cache(maxsize=_REMEMBERED)
def _asked_for(concept_id: str) -> str:
    """Return the concept that the shown name of a concept asks for: what is counted under a name is found by it."""
    return diagnosis_concept_id(name_of_concept(concept_id)) or concept_id
