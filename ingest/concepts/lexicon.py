"""The concepts that CaseGraph knows, and the words for them.

Imaging findings, anatomy, treatments, exams, and clinical findings: symptoms, signs, laboratory findings, risk factors.

They stand in `ingest/concepts/*.json`, one file per kind, written for this project. A code is of SNOMED CT
("SCT") as far as DICOM PS3.16 uses it, or of ICD-10-CM ("I10C") where its description means the concept.
Synonyms are American and singular: the British spelling and the plural follow by rule. `not_concepts` lists
phrases that contain a synonym and mean something else, `denied_as` words that say that there is none: "afebrile", and
"no known cancer", where the name itself begins with a word of the denial.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from ingest.concepts.diagnosis_words import american
from ingest.concepts.phrases import PhraseBook, fold
from ingest.vocabulary import ConceptKind, Region

LEXICON_VERSION = "7"

# Words that say how much, or which, between the words of a phrase: "loss of the usual gray-white differentiation".
PASSED_OVER = frozenset({
    "the", "a", "an", "this", "his", "her", "its", "normal", "usual", "expected", "normally", "mild", "mildly",
    "moderate", "moderately", "marked", "markedly", "severe", "severely", "slight", "slightly", "minimal", "small",
    "large", "extensive", "prominent", "significant", "diffuse", "focal", "subtle", "overlying", "underlying",
})  # fmt: skip

_FILES = {
    ConceptKind.FINDING: "findings.json",
    ConceptKind.ANATOMY: "anatomy.json",
    ConceptKind.TREATMENT: "treatments.json",
    ConceptKind.EXAM: "exams.json",
    ConceptKind.CLINICAL: "clinical.json",
}
_BRITISH = (
    ("edema", "oedema"),
    ("hemorrhag", "haemorrhag"),
    ("hemato", "haemato"),
    ("hemodia", "haemodia"),
    ("hemithorax", "haemithorax"),
    ("ischemi", "ischaemi"),
    ("hemoptysis", "haemoptysis"),
    ("hematuria", "haematuria"),
    ("hematemesis", "haematemesis"),
    ("hematochezia", "haematochezia"),
    ("hemophilia", "haemophilia"),
    ("anemi", "anaemi"),
    ("glycemi", "glycaemi"),
    ("calcemi", "calcaemi"),
    ("diarrhea", "diarrhoea"),
    ("menorrhea", "menorrhoea"),
    ("pnea", "pnoea"),
    ("pneic", "pnoeic"),
    ("leukocyt", "leucocyt"),
    ("gynecolog", "gynaecolog"),
    ("behavioral", "behavioural"),
    ("tumor", "tumour"),
    ("esophag", "oesophag"),
    ("gray", "grey"),
    ("fiber", "fibre"),
    ("remodeling", "remodelling"),
    ("computerized", "computerised"),
    ("generalized", "generalised"),
    ("embolization", "embolisation"),
    ("immobilization", "immobilisation"),
)


@dataclass(frozen=True)
class Concept:
    """One thing that texts speak of.

    `part_of` names concepts of the same kind that this one is anatomically a part of, `is_a` those that it is a kind
    of: a subdural hematoma is a hemorrhage. `region` is the region of the vocabulary where that is unambiguous: the
    aorta has none, the abdominal aorta has one. What archives file under several has none either, whatever it is a
    part of: an adrenal gland is in the abdomen, and is often shown with the kidneys. `says_little` marks the nouns that
    alone tell nothing ("involvement"): they are found and counted, and named in no comparison.
    """

    concept_id: str
    kind: ConceptKind
    name: str
    synonyms: tuple[str, ...] = ()
    codes: Mapping[str, str] = field(default_factory=dict)
    part_of: tuple[str, ...] = ()
    is_a: tuple[str, ...] = ()
    region: Region | None = None
    denied_as: tuple[str, ...] = ()
    says_little: bool = False

    @cached_property
    def denials(self) -> tuple[str, ...]:
        """Every spelling of the words that say that there is none."""
        return tuple(dict.fromkeys(form for word in self.denied_as for form in _forms(word)))

    def is_denied_as(self, words: str) -> bool:
        """Tell whether words of a text deny the concept by themselves: "afebrile"."""
        return bool(self.denied_as) and fold(words).text in self._folded_denials

    @cached_property
    def _folded_denials(self) -> frozenset[str]:
        return frozenset(fold(form).text for form in self.denials)

    @cached_property
    def forms(self) -> tuple[str, ...]:
        """Every spelling that stands for the concept: name and synonyms, British ones, plurals."""
        return tuple(dict.fromkeys(form for word in (self.name, *self.synonyms) for form in _forms(word)))


def _forms(phrase: str) -> Iterator[str]:
    for spelling in spellings(phrase):
        yield spelling
        yield plural(spelling)


def spellings(phrase: str) -> tuple[str, str]:
    """Return the American spelling, in which phrases are written here, and the British one."""
    british = phrase
    for here, there in _BRITISH:
        british = british.replace(here, there)
    return phrase, british


def spellings_of(word: str) -> frozenset[str]:
    """Return a casefolded word, or a part of one, as it is written, in the American way and in the British.

    Examples
    --------
    >>> sorted(spellings_of("oedema")), sorted(spellings_of("tumor"))
    (['edema', 'oedema'], ['tumor', 'tumour'])
    """
    return frozenset({word, *spellings(american(word))})


def concepts_written_with(words: Sequence[str]) -> list[str]:
    """Return the ids of the concepts that have a name or synonym with all of these casefolded words or parts of words.

    Examples
    --------
    >>> concepts_written_with(["oedem", "bone", "marrow"])
    ['finding:marrow-edema']
    """
    wanted = [spellings_of(word) for word in words]
    found = (
        concept.concept_id
        for form, concept in written_forms()
        if all(any(one in form for one in word) for word in wanted)
    )
    return list(dict.fromkeys(found))


def plural(phrase: str) -> str:
    """Return the regular plural: masses, biopsies, metastases, cysts. Irregular ones stand in the lexicon."""
    if phrase.endswith("sis"):
        return phrase[:-2] + "es"
    if phrase.endswith("y") and phrase[-2:-1] not in "aeiou":
        return phrase[:-1] + "ies"
    return phrase + ("es" if phrase.endswith(("s", "x", "z", "ch", "sh")) else "s")


@cache
def _read(kind: ConceptKind) -> dict[str, Any]:
    text = (files("ingest") / "concepts" / _FILES[kind]).read_text(encoding="utf-8")
    return json.loads(text)


@cache
def concepts() -> Mapping[str, Concept]:
    """Return the lexicon by concept id, in the order of its files."""
    return MappingProxyType(
        {
            entry["id"]: Concept(
                concept_id=entry["id"],
                kind=kind,
                name=entry["name"],
                synonyms=tuple(entry.get("synonyms", ())),
                codes=MappingProxyType(entry.get("codes", {})),
                part_of=tuple(entry.get("part_of", ())),
                is_a=tuple(entry.get("is_a", ())),
                region=Region(entry["region"]) if "region" in entry else None,
                denied_as=tuple(entry.get("denied_as", ())),
                says_little=entry.get("says_little", False),
            )
            for kind in ConceptKind
            for entry in _read(kind)["concepts"]
        }
    )


@cache
def phrase_book(kinds: frozenset[ConceptKind]) -> PhraseBook:
    """Return the book of all forms of the concepts of some kinds; the value of a phrase is its `Concept`.

    A phrase of `not_concepts` has the value None: it is found, so that no part of it is.
    """
    phrases: dict[str, Concept | None] = {}
    for kind in sorted(kinds):
        phrases.update(dict.fromkeys(_read(kind)["not_concepts"]))
    for concept in concepts().values():
        if concept.kind in kinds:
            phrases.update(dict.fromkeys((*concept.forms, *concept.denials), concept))
    return PhraseBook(phrases, passing_over=PASSED_OVER)


@cache
def whole_and_parts(concept_id: str) -> frozenset[str]:
    """Return a place and everything that is anatomically a part of it."""
    return _below(concept_id, lambda concept: concept.part_of)


@cache
def written_forms() -> tuple[tuple[str, Concept], ...]:
    """Return every form that stands for a concept, casefolded, with the concept, in the order of the lexicon."""
    return tuple((form.casefold(), concept) for concept in concepts().values() for form in concept.forms)


def says_little(concept_id: str) -> bool:
    """Tell whether a concept of the lexicon tells nothing alone, as "involvement" does."""
    concept = concepts().get(concept_id)
    return concept is not None and concept.says_little


@cache
def with_narrower(concept_id: str) -> frozenset[str]:
    """Return a finding and everything that is a kind of it."""
    return _below(concept_id, lambda concept: concept.is_a)


@cache
def with_broader(concept_id: str) -> frozenset[str]:
    """Return a finding and everything that it is a kind of."""
    parents = concepts()[concept_id].is_a
    return frozenset({concept_id}).union(*(with_broader(parent) for parent in parents))


def _below(concept_id: str, above: Callable[[Concept], tuple[str, ...]]) -> frozenset[str]:
    reached = {concept_id}
    while more := {c.concept_id for c in concepts().values() if not reached.isdisjoint(above(c))} - reached:
        reached |= more
    return frozenset(reached)
