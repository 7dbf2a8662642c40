"""Whether words judge somebody's health: names of diseases and findings, also in other languages, and "normal"."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import combinations

from ingest.concepts.diagnosis import diagnosis_table
from ingest.concepts.diagnosis_families import families
from ingest.concepts.diagnosis_words import WORD_RULES, Words, names_a_disease, plain_words, read_diagnoses
from ingest.concepts.lexicon import phrase_book
from ingest.concepts.phrases import fold
from ingest.concepts.terms import in_terms
from ingest.vocabulary import ConceptKind

# Of health itself rather than of one disease.
_WORDS_OF_HEALTH = """
    abnormal abnormality acute benign chronic diagnosis disease diseased disorder healthy illness injured injury lesion
    malignancy malignant metastatic normal pathological sick syndrome trauma traumatic tumor tumorous unhealthy
    unremarkable
"""
_OF_HEALTH = frozenset(_WORDS_OF_HEALTH.split())


def judgement_in(text: str) -> str | None:
    """Return the first words of a text that name a disease or a finding, or say that all is well; None without any.

    Examples
    --------
    >>> judgement_in("MR of the brain with a stroke")
    'stroke'
    >>> judgement_in("axial CT of the chest") is None
    True
    """
    for spelt in (text, in_terms(text).text):
        for found in phrase_book(frozenset((ConceptKind.FINDING,))).find(fold(spelt)):
            if found.value is not None:
                return spelt[found.start : found.end]
        for words in _runs(plain_words(spelt)):
            if _judges(words):
                return " ".join(words)
    return None


def _runs(words: Words) -> Iterator[Words]:
    """Yield every run of words, the longest first."""
    spans = combinations(range(len(words) + 1), 2)
    for start, end in sorted(spans, key=lambda span: (span[0] - span[1], span[0])):
        yield words[start:end]


def _judges(words: Words) -> bool:
    meant = words
    for _, change in WORD_RULES:
        meant = change(meant)
    if words in _names_of_diseases() or meant in _names_of_diseases():
        return True
    return len(meant) == 1 and (meant[0] in _OF_HEALTH or names_a_disease(meant[0]))


@cache
def _names_of_diseases() -> frozenset[Words]:
    table = diagnosis_table()
    abbreviations = read_diagnoses()["abbreviations"].items()
    abbreviated = (plain_words(short) for short, long in abbreviations if names_a_disease(plain_words(long)[-1]))
    phrases = (parts[0] for family in families().values() for parts in family.phrases if len(parts) == 1)
    return frozenset((*table.synonyms, *table.codes, *table.kept_apart, *abbreviated, *phrases))
