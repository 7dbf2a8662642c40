"""Whether the words around a general name make it another disease: a "brown tumor" of the jaw is no "tumor of the jaw".

Asked where a question names more than any case has, so that words had to be dropped. What only describes (side, size,
course, margin, number) may go, and so may what is said beside it (another finding, an exam, a patient). Any other word
before a general noun such as tumor, cyst or disease belongs to the name.
"""

from __future__ import annotations

import re
from functools import cache

from ingest.concepts.attributes import attribute_words
from ingest.concepts.diagnosis_families import words_of_disease
from ingest.concepts.diagnosis_kinds import known_diseases
from ingest.concepts.diagnosis_wording import bare_words
from ingest.concepts.diagnosis_words import Words, plain_words
from ingest.concepts.lexicon import PASSED_OVER, phrase_book
from ingest.concepts.phrases import fold
from ingest.vocabulary import ConceptKind
from rag.search.words import EMPTY_WORDS

# Nouns that say what kind of thing it is, and not which.
_GENERAL = frozenset(
    (
        "abnormality", "abscess", "aneurysm", "anomaly", "cyst", "deformity", "disease", "fracture", "hernia",
        "infection", "lesion", "malformation", "mass", "neoplasm", "nodule", "polyp", "syndrome", "tumor", "ulcer",
    )
)  # fmt: skip
# Of the patient, of the archive, of how sure one is, or a unit of size.
_BESIDE = frozenset(
    (
        "adult", "benign", "boy", "case", "cases", "child", "childhood", "children", "cm", "elderly", "female", "girl",
        "image", "images", "infant", "known", "male", "malignant", "man", "men", "mm", "new", "newborn", "old",
        "patient", "patients", "pediatric", "possible", "primary", "probable", "recurrent", "shows", "showing",
        "suspected", "woman", "women", "year", "years", "young",
    )
)  # fmt: skip
_BROKEN_OFF = frozenset({"cell"})  # begins no name: of "small cell lung cancer" nothing is left without "small"
_BETWEEN_WORDS = re.compile(r"[\s,.;:?!()]")
_OF_A_PLACE = re.compile(r"\s{1,3}(?:of|in)\s", re.IGNORECASE)


def is_another(line: str, begin: int, end: int) -> bool:
    """Tell whether the words beside ``line[begin:end]``, which names a disease, make it another one.

    Examples
    --------
    >>> is_another("brown tumor of the jaw", 6, 22), is_another("large tumor of the jaw", 6, 22)
    (True, False)
    """
    disease = words_of_disease(line[begin:end])
    if disease[0] in _BROKEN_OFF:
        return True
    general, alone = disease[-1] in _GENERAL, len(disease) == 1
    if general and alone and _OF_A_PLACE.match(line, end):
        return True
    before = _last_word(line[:begin])
    if not before:
        return False
    whole = words_of_disease(f"{before} {line[begin:end]}")
    if whole in known_diseases() and bare_words(whole) != bare_words(disease):
        return True
    return general and not _is_beside(line[:begin], before, disease, alone=alone)


def _last_word(text: str) -> str:
    """Return the word that a text ends with, before blanks; an empty text where a mark or no blank stands last."""
    words = text.rstrip()
    return _BETWEEN_WORDS.split(words)[-1] if len(words) < len(text) else ""


def _is_beside(line: str, word: str, disease: Words, *, alone: bool) -> bool:
    """Tell whether the last word of a line only describes what follows, or says something of its own."""
    said = plain_words(word)
    if not said or all(part in _describing() or part[0].isdigit() for part in said):
        return True
    if bare_words((*said, *disease)) == disease:
        return True
    if alone:  # "ovarian cyst", "cleft cyst": the word before is all that tells which
        return False
    found = phrase_book(frozenset(ConceptKind)).find(fold(line))
    return any(item.end == len(line.rstrip()) for item in found)


@cache
def _describing() -> frozenset[str]:
    """Return the single words that say how something looks, and those that ask or stand for a patient."""
    attributes = (word for words in attribute_words().values() for word in words)
    return frozenset(part for word in attributes for part in plain_words(word)) | PASSED_OVER | EMPTY_WORDS | _BESIDE
