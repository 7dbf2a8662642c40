"""The broader diseases of a diagnosis: "right femoral neck stress fracture" is a stress fracture, and that a fracture.

Pure rules on the words of a concept's id, so that every case and every run make the same of it. Side, course, stage and
cause are taken off and kept as qualifiers; what is left belongs to the nearest of the diseases that we know: our
families (`ingest/concepts/families.json`), the diseases of our table, the codes of ICD-10-CM above its code, and the
kind that its head noun names. Of a diagnosis that names several diseases each is broader.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from ingest.concepts.diagnosis_families import families, is_of_family, parts_of, words_of_disease
from ingest.concepts.diagnosis_kinds import kinds_of, known_diseases, nearest_kinds
from ingest.concepts.diagnosis_wording import (
    MAX_NAME_WORDS,
    Qualifiers,
    bare_words,
    diseases_in,
    is_undecided,
    qualifiers_in,
)
from ingest.concepts.diagnosis_words import Words, names_a_disease

_PREFIX = "diagnosis:"
_REMEMBERED = 20_000


@dataclass(frozen=True)
class Disease:
    """What a diagnosis is counted as: its concept, and the name that all of its diagnoses share, where they do."""

    concept_id: str
    name: str | None


@lru_cache(maxsize=_REMEMBERED)
def broader_diagnoses(concept_id: str) -> tuple[str, ...]:
    """Return the concept ids of the diagnoses directly above one.

    Examples
    --------
    >>> broader_diagnoses("diagnosis:right-mca-infarct")
    ('diagnosis:mca-infarct',)
    >>> broader_diagnoses("diagnosis:mca-infarct")
    ('diagnosis:cerebral-infarct',)
    >>> broader_diagnoses("diagnosis:diffuse-cerebral-edema-mimic-of-sah")
    ('diagnosis:diffuse-cerebral-edema',)
    """
    words = _words(concept_id)
    parts = diseases_in(words)
    if is_undecided(words):
        return ()
    if len(parts) == 1:
        found = _above(words, parts[0])
    else:
        found = [disease for part in parts for disease in ([part] if _stands_alone(part) else nearest_kinds(part))]
    return tuple(dict.fromkeys(f"{_PREFIX}{'-'.join(disease)}" for disease in found if disease != words))


def is_known_disease(concept_id: str) -> bool:
    """Tell whether a concept is one that our tables name, or of one."""
    words = _words(concept_id)
    return words in known_diseases() or bool(kinds_of(words))


@lru_cache(maxsize=_REMEMBERED)
def is_plain_disease(concept_id: str) -> bool:
    """Tell whether a concept is one disease without side, course, stage or cause.

    Examples
    --------
    >>> [is_plain_disease(f"diagnosis:{words}") for words in ("mca-infarct", "right-mca-infarct", "gout-and-fracture")]
    [True, False, False]
    """
    words = _words(concept_id)
    return words in known_diseases() or (diseases_in(words) == [words] and bare_words(words) == words)


@lru_cache(maxsize=_REMEMBERED)
def disease_of(name: str) -> Disease | None:
    """Return what a diagnosis is counted as: the first disease that it names, whatever its course; None of no name.

    Examples
    --------
    >>> disease_of("Ruptured Appendicitis"), disease_of("Right MCA Infarction").name
    (Disease(concept_id='diagnosis:appendicitis', name='appendicitis'), 'cerebral infarct')
    """
    parts = parts_of(name)
    return counted_as(f"{_PREFIX}{'-'.join(parts[0])}") if parts else None


def disease_key(name: str) -> str:
    """Return the concept that a name of a diagnosis is counted as; the name itself where it names no disease."""
    disease = disease_of(name)
    return disease.concept_id if disease else name


@lru_cache(maxsize=_REMEMBERED)
def counted_as(concept_id: str) -> Disease:
    """Return what a diagnosis is counted as, by its concept: the widest group that its first disease is of, or itself.

    Side, course and stage are no other disease.
    """
    first = diseases_in(_words(concept_id))[0]
    group = next((name for name, family in families().items() if family.groups and is_of_family(first, name)), None)
    words = words_of_disease(group) if group else bare_words(first)
    return Disease(f"{_PREFIX}{'-'.join(words)}", group)


@lru_cache(maxsize=_REMEMBERED)
def rolled_up(concept_id: str) -> str:
    """Return the diagnosis under which a graph counts one: what it is counted as where that is above it, else itself.

    Examples
    --------
    >>> rolled_up("diagnosis:acute-right-mca-infarct")
    'diagnosis:cerebral-infarct'
    """
    counted = counted_as(concept_id).concept_id
    return counted if counted in all_broader(concept_id) else concept_id


@lru_cache(maxsize=_REMEMBERED)
def all_broader(concept_id: str) -> frozenset[str]:
    """Return every diagnosis above one."""
    above = broader_diagnoses(concept_id)
    return frozenset(above).union(*(all_broader(other) for other in above))


@lru_cache(maxsize=_REMEMBERED)
def qualifiers_of(concept_id: str) -> Qualifiers:
    """Return what the words of a diagnosis say beside the disease; empty where it names several.

    Examples
    --------
    >>> qualifiers_of("diagnosis:acute-left-hip-fracture-secondary-to-osteoporosis")
    Qualifiers(laterality='left', course='acute', stage=None, cause='osteoporosis')
    """
    return qualifiers_in(_words(concept_id))


def _words(concept_id: str) -> Words:
    return tuple(concept_id.removeprefix(_PREFIX).split("-"))


def _stands_alone(part: Words) -> bool:
    return part in known_diseases() or (
        len(part) <= MAX_NAME_WORDS and names_a_disease(part[-1]) and bool(nearest_kinds(part))
    )


def _above(words: Words, own: Words) -> list[Words]:
    """Return what is above a single disease: itself without what is said beside it, else the nearest kinds."""
    bare = bare_words(own)
    return [bare] if bare != words else nearest_kinds(bare)
