"""Diagnoses as concepts: the spellings of one name meet under one id, step by step and never by likeness.

A name goes through rules on its text (`ingest.concepts.diagnosis_text`), on its words
(`ingest.concepts.diagnosis_words`) and through our table of synonyms and of names to keep apart
(`ingest/concepts/diagnoses.json`). `explain_diagnosis` returns the steps. A wrong merge of two diseases is worse than
a missed one; each can be undone in the table, or by a decision.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from types import MappingProxyType

from ingest.concepts.diagnosis_text import TEXT_RULES
from ingest.concepts.diagnosis_words import WORD_RULES, Words, plain_words, read_diagnoses

_QUOTES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u00ad": ""})
_DASH = re.compile(r"[\u2010-\u2015]")
_TRAILING = " .,;:!?-'\"*"
_MAX_NAME_LENGTH = (
    300  # characters; the longest diagnosis of MedPix has 258. Longer ones are prose: only their words meet
)
_MAX_PASSES = 8  # no name known needs more than three

SAME_WORDS, SYNONYM, KEPT_APART = "words", "synonym", "kept apart"


@dataclass(frozen=True)
class Step:
    """What one rule did to a name on the way to its concept."""

    rule: str
    before: str
    after: str


@dataclass(frozen=True, eq=False)
class DiagnosisTable:
    """What the rules do not see: which names mean the same, and which the rules must leave alone.

    Both are looked up by the plain words of a name; `synonyms` also by the words that the rules made of it.
    """

    synonyms: Mapping[Words, Words]
    kept_apart: frozenset[Words]
    codes: Mapping[Words, Mapping[str, str]]

    def decided(self, *, same_as: Iterable[tuple[str, str]] = (), keep_apart: Iterable[str] = ()) -> DiagnosisTable:
        """Return the table with a person's decisions, which come before ours: pairs of a name and the name it means.

        Examples
        --------
        >>> table = diagnosis_table().decided(same_as=[("Grawitz tumor", "Renal cell carcinoma")])
        >>> diagnosis_concept_id("Grawitz tumor", table)
        'diagnosis:renal-cell-carcinoma'
        """
        decided = {plain_words(name): _words(other, self) for name, other in same_as}
        apart = frozenset(plain_words(name) for name in keep_apart)
        kept = (self.kept_apart | apart) - (decided.keys() - apart)
        return replace(self, synonyms=MappingProxyType({**self.synonyms, **decided}), kept_apart=kept)


@cache
def diagnosis_table() -> DiagnosisTable:
    """Return our own table."""
    synonyms: dict[Words, Words] = {}
    codes: dict[Words, Mapping[str, str]] = {}
    bare = DiagnosisTable({}, frozenset(plain_words(name) for name in read_diagnoses()["keep_apart"]), {})
    for entry in read_diagnoses()["diagnoses"]:
        concept = _words(entry["name"], bare)
        codes[concept] = MappingProxyType(entry.get("codes", {}))
        spelt = (_words(name, bare) for name in entry.get("synonyms", ()))
        synonyms |= {words: concept for words in spelt if words != concept}
    return replace(bare, synonyms=MappingProxyType(synonyms), codes=MappingProxyType(codes))


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


def diagnosis_concept_id(name: str, table: DiagnosisTable | None = None) -> str | None:
    """Return the id under which the names of one diagnosis meet; None if there is no name.

    Examples
    --------
    >>> diagnosis_concept_id("Arteriovenous Malformation (AVM)")
    'diagnosis:arteriovenous-malformation'
    >>> diagnosis_concept_id("Carcinoma, renal cell") == diagnosis_concept_id("RCC")
    True
    """
    return _concept_id(name, table or diagnosis_table())


@lru_cache(maxsize=20_000)  # the names of an archive of 12 000 cases; a projection asks for each several times
def _concept_id(name: str, table: DiagnosisTable) -> str | None:
    words = _words(name, table)
    return f"diagnosis:{'-'.join(words)}" if words else None


def explain_diagnosis(name: str, table: DiagnosisTable | None = None) -> tuple[Step, ...]:
    """Return the steps from a name to the words of its concept, only those that changed something.

    Examples
    --------
    >>> [step.rule for step in explain_diagnosis("Carcinomas, renal cell")]
    ['natural order', 'words', 'singular']
    """
    return tuple(_steps(name, table or diagnosis_table())[0])


def diagnosis_codes(concept_id: str) -> Mapping[str, str]:
    """Return the codes that our table has for a concept, by scheme: "I10" (ICD-10-CM) and "SCT" (SNOMED CT)."""
    return diagnosis_table().codes.get(tuple(concept_id.removeprefix("diagnosis:").split("-")), {})


def _words(name: str, table: DiagnosisTable) -> Words:
    return _steps(name, table)[1]


def _steps(name: str, table: DiagnosisTable) -> tuple[list[Step], Words]:
    steps: list[Step] = []

    def step(rule: str, before: str, after: str) -> str:
        if after != before:
            steps.append(Step(rule, before, after))
        return after

    text = step("cleaned", name, diagnosis_name(name) or "")
    plain = plain_words(text)
    if plain in table.synonyms and plain not in table.kept_apart:
        step(SYNONYM, text, " ".join(table.synonyms[plain]))
        return steps, table.synonyms[plain]
    if plain in table.kept_apart or len(text) > _MAX_NAME_LENGTH:
        step(KEPT_APART if plain in table.kept_apart else SAME_WORDS, text, " ".join(plain))
        return steps, plain
    for rule, rewrite in TEXT_RULES:
        text = step(rule, text, rewrite(text))
    words = plain_words(text)
    step(SAME_WORDS, text, " ".join(words))
    for _ in range(_MAX_PASSES):
        before = words
        for rule, change in WORD_RULES:
            changed = change(words)
            step(rule, " ".join(words), " ".join(changed))
            words = changed
        if words == before:
            break
    concept = table.synonyms.get(words, words)
    step(SYNONYM, " ".join(words), " ".join(concept))
    return steps, concept
