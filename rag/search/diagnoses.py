"""The cases that have the disease that a question names, or one of its kind.

Who types the name of a disease wants the cases of it, and after them those that resemble them. No likeness of words or
images can tell "has it" from "looks like it", so this channel decides before all others (`rag.search.fusion`). Among
the cases named, those whose diagnosis is the very name come first, then those of its kind, then those that have it
beside another disease.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass

from ingest.annotation.assertion import Mention, assertions
from ingest.concepts.diagnosis import diagnosis_concept_id
from ingest.concepts.diagnosis_families import COURSE, family_named, is_a, is_of_family, parts_of, words_of_disease
from ingest.concepts.diagnosis_words import Words, names_a_disease
from ingest.concepts.phrases import fold
from ingest.vocabulary import Assertion
from rag.search.fusion import Ranked
from rag.search.narrowing import is_another
from rag.search.query import Query

MAX_NAME_LENGTH = 120  # characters; a longer line is no name but a sentence
MAX_NAME_WORDS = 8  # of a disease within a question
VERY_NAME, OF_ITS_KIND, OTHER_COURSE, BESIDE_ANOTHER = 1.0, 0.9, 0.8, 0.5
# Kinds of things rather than diseases: alone they name none.
_NO_DISEASE = frozenset(
    (
        "abnormality", "anomaly", "calculus", "cancer", "carcinoma", "deformity", "degeneration", "disease", "edema",
        "effusion", "enlargement", "hypertrophy", "infection", "injury", "insufficiency", "leak", "lesion", "mass",
        "neoplasm", "nodule", "obstruction", "occlusion", "pathology", "perforation", "polyp", "rupture", "stenosis",
        "stricture", "syndrome", "trauma", "tumor", "ulcer",
    )
)  # fmt: skip
_WORD = re.compile(r"[^\s,.;:?!()]+")


def diagnoses_named_in(text: str) -> list[str]:
    """Return the concept ids of the diagnoses that the lines of a question may be the names of."""
    named = (diagnosis_concept_id(line) for line in text.splitlines() if len(line) <= MAX_NAME_LENGTH)
    return list(dict.fromkeys(concept_id for concept_id in named if concept_id))


@dataclass(frozen=True)
class NamedDisease:
    """A disease that a question names: as it was typed, its concept, and the family that is called so, if any."""

    name: str
    concept_id: str
    family: str | None

    @property
    def words(self) -> Words:
        """The words of its concept."""
        return tuple(self.concept_id.removeprefix("diagnosis:").split("-"))

    @property
    def whatever_course(self) -> NamedDisease | None:
        """The disease without acute, chronic and the like; None where nothing of the kind is said."""
        words = [word for word in self.words if word not in COURSE]
        if not words or len(words) == len(self.words):
            return None
        name = " ".join(words)
        return NamedDisease(name, f"diagnosis:{'-'.join(words)}", family_named(name))


@dataclass(frozen=True)
class _Known:
    case_id: str
    name: str
    concept_id: str
    parts: tuple[Words, ...]


class DiagnosisIndex:
    """Which cases have which diagnosis.

    Parameters
    ----------
    diagnoses : iterable of (str, str)
        The ids of the cases that may be found and have a diagnosis, and its name.
    """

    def __init__(self, diagnoses: Iterable[tuple[str, str]]) -> None:
        self._known = [
            _Known(case_id, name, concept_id, parts_of(name))
            for case_id, name in diagnoses
            if (concept_id := diagnosis_concept_id(name))
        ]
        self._concepts = frozenset(known.concept_id for known in self._known)

    def cases_named(self, query: Query, allowed: Set[str]) -> list[Ranked]:
        """Return the allowed cases of the diseases that were picked or that the words name, the very name first."""
        best: dict[str, Ranked] = {}
        for disease in self.diseases_of(query):
            for found in self._cases_of(disease):
                known = best.get(found.case_id)
                if found.case_id in allowed and (known is None or known.score < found.score):
                    best[found.case_id] = found
        return sorted(best.values(), key=lambda found: (-found.score, found.case_id))

    def diseases_of(self, query: Query) -> list[NamedDisease]:
        """Return the diseases that were picked or that the words of a question name."""
        picked = [NamedDisease(name, name, None) for name in query.concept_ids if name.startswith("diagnosis:")]
        return [*picked, *self.diseases_in(query)]

    def diseases_in(self, query: Query) -> list[NamedDisease]:
        """Return the diseases that the words of a question name and that a case has; denied ones are none.

        A line may be the name itself. Within a line, the longest runs of words that name a disease count; of a literal
        question whole lines only.
        """
        found: list[NamedDisease] = []
        for line in (query.text or "").splitlines():
            if len(line) > MAX_NAME_LENGTH:
                continue
            whole = self._disease(line)
            if whole is not None and (query.literal or whole.concept_id in self._concepts):
                found.append(whole)
            elif not query.literal:
                found += self._within(line)
        return list(dict.fromkeys(found))

    def _within(self, line: str) -> Iterator[NamedDisease]:
        """Yield the longest runs of words that name a disease which a case has, from left to right.

        A run that is a part of another disease's name is none: no case has a brown tumor, and those with other
        tumors of the jaw are not asked for.
        """
        words = list(_WORD.finditer(line))
        first = 0
        while first < len(words):
            size = 1
            for longest in range(min(MAX_NAME_WORDS, len(words) - first), 0, -1):
                begin, end = words[first].start(), words[first + longest - 1].end()
                disease = self._disease(line[begin:end])
                if disease is not None and any(True for _ in self._cases_of(disease)):
                    size = longest
                    if not (_is_denied(line, begin, end) or is_another(line, begin, end)):
                        yield disease
                    break
            first += size

    def _disease(self, text: str) -> NamedDisease | None:
        """Return the disease that a run of words names, None where it is a finding, a place or nothing."""
        concept_id = diagnosis_concept_id(text)
        if concept_id is None:
            return None
        family = family_named(text)
        words = words_of_disease(text)
        if family is None and concept_id not in self._concepts and not names_a_disease(words[-1]):
            return None
        if len(words) == 1 and words[0] in _NO_DISEASE:
            return None
        return NamedDisease(text.strip(" .,;:?!"), concept_id, family)

    def _cases_of(self, disease: NamedDisease) -> Iterator[Ranked]:
        for known in self._known:
            score = _score(known, disease)
            if score:
                said = "it has the disease named" if score == VERY_NAME else f"it has {disease.name}"
                beside = " beside another disease" if score == BESIDE_ANOTHER else ""
                yield Ranked(known.case_id, score, f"{said}{beside}: {' '.join(known.name.split())}")


def _is_denied(line: str, begin: int, end: int) -> bool:
    (asserted,) = assertions(line, fold(line), [Mention(begin, end)])
    return asserted is Assertion.ABSENT


def _score(known: _Known, disease: NamedDisease) -> float:
    if known.concept_id == disease.concept_id:
        return VERY_NAME
    if known.parts and _is_of(known.parts[0], disease):
        return OF_ITS_KIND
    bare = disease.whatever_course
    if bare is not None and known.parts and _is_of(known.parts[0], bare):
        return OTHER_COURSE
    return BESIDE_ANOTHER if any(_is_of(part, disease) for part in known.parts[1:]) else 0.0


def is_named(disease: NamedDisease, diagnosis: str) -> bool:
    """Tell whether a diagnosis is, or is of, the disease that a question names, alone or beside another one."""
    if diagnosis_concept_id(diagnosis) == disease.concept_id:
        return True
    return any(_is_of(part, disease) for part in parts_of(diagnosis))


def _is_of(words: Words, disease: NamedDisease) -> bool:
    return is_a(words, disease.words) or (disease.family is not None and is_of_family(words, disease.family))
