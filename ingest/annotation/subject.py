"""Whom a sentence speaks of: this patient, or the disease as the literature knows it.

Decided sentence by sentence, by the words of `speaks_of_literature`. A discussion is of the literature unless a
sentence names this patient or tells what was done or seen; notes on a treatment are of this patient unless a
sentence says how such patients are treated in general.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from ingest.annotation.sentences import sentence_ends
from ingest.vocabulary import AnnotationSubject, Section

SECTIONS_OF_LITERATURE = frozenset({Section.DISCUSSION, Section.TREATMENT, Section.TOPIC_DISCUSSION})
# Findings and captions describe images of this patient, with a sentence of textbook here and there.
_OF_IMAGES = frozenset({Section.FINDINGS, Section.CAPTION})
_TEXTBOOK = re.compile(
    r"\b(?:is|are) (?:usually|typically|often|classically|commonly|most commonly|rarely|generally|frequently)\b"
    r"|\b(?:the most common|can be used|may eventually|can be seen in|may be seen in|in patients with|"
    r"of (?:patients|cases)|in (?:most|some|many) (?:patients|cases)|(?:usually|typically|classically) "
    r"(?:appears?|presents?|shows?|demonstrates?|has|have|seen))\b"
    r"|\bmay (?:demonstrate|show|reveal)\b.*\bif\b|\bmay consist of\b"
    r"|\b(?:ct|mri?|mra|angiography|ultrasound|sonography|imaging|radiographs?) "
    r"(?:may|can) (?:demonstrate|show|reveal)\b",
    re.IGNORECASE,
)
_HERE = re.compile(
    r"\b(?:this|these|here|patient|pt|case|image|images|figure|fig|arrows?|was|were|above|"
    r"below|left|right|\d+ ?[cm]m)\b",
    re.IGNORECASE,
)

_PERSON = r"(?:patient|pt|case|child|infant|woman|man|girl|boy|lady|gentleman|mother|neonate|soldier|individual)s?"
# "this patient", "our 14 year old patient", "her", "Pt is"; "the patient" unless a rule for patients follows.
_THIS_PATIENT = re.compile(
    rf"\b(?:this|our|the present|the current|the above|the index)\s+(?:[\w-]+\s+){{0,4}}?{_PERSON}\b"
    r"|\bthis clinical\b|\b(?:was|were) (?:also )?considered\b"
    r"|\b(?:he|she|his|her|hers|him|himself|herself|my|our)\b"
    r"|\b\d+[\s-]*(?:(?:year|yr|month|week|day)[\s-]*old|y/?o)\b"
    r"|\bthe\s+(?:patient|pt|child|infant|woman|man|girl|boy)\b"
    r"(?!\s+(?:may|might|can|could|should|must|will|would|needs?|requires?|receives?|becomes?|who|with)\b)"
    r"|^\W*(?:patient|pt)\b(?!\s+(?:presentation|selection|age|population)s?\b)",
    re.IGNORECASE,
)
_CONDITION = re.compile(r"^\W*(?:if|when|should|unless|once|often|usually|typically)\b", re.IGNORECASE)
_IN_GENERAL = re.compile(
    r"\b(?:patients|cases|children|adults|infants|women|men|people|individuals|persons|neonates|females|males)\b"
    r"|\b(?:a|an|any|every|each)\s+(?:[\w-]+\s+){0,2}(?:patient|pt|case|child|infant)\b"
    r"|\bmost\s+(?!of the|likely|recent|prominent)|"
    r"\b(?:usually|typically|commonly|generally|often|frequently|sometimes|occasionally|rarely|"
    r"rare|may|can|might|should|must|classically|classic|always|tends?|never|uncommon|incidence|prevalence|literature|"
    r"percent|et al|studies|authors|series|first described|reported|known as|defined|refers?)\b"
    r"|\b(?:has|have) been (?:shown|described|associated|demonstrated|used|found|implicated|proposed)\b"
    r"|\d\s*%|\b(?:18|19)\d\d\b|\bstudy\s+(?:by|of|in|from|has|reported|conducted)\b",
    re.IGNORECASE,
)
_TOLD = re.compile(
    r"\b(?:was|were|had|underwent|presented|showed|demonstrated|revealed|received|developed|complained|denied|"
    r"confirmed|performed|obtained|admitted|referred|discharged|scheduled)\b",
    re.IGNORECASE,
)
# How one treats: a finite verb in the present. Notes on a treatment given have none, or one in the past.
_RULE = re.compile(
    r"\b(?:is|are|do|does|includes?|depends?|dependent|requires?|consists?|involves?|recommended|indicated|options?|"
    r"considered|provides?|occurs?|undergo|treatment of choice|if|when|should|prognosis|symptomatic)\b|;.*\bor\b",
    re.IGNORECASE,
)
_PRESENT_OF_PATIENT = re.compile(
    r"\b(?:is|are)\s+(?:currently|now|being|scheduled|awaiting|planned|pending|doing|to be|on|status)\b", re.IGNORECASE
)


def speaks_of_literature(sentence: str, section: Section) -> bool:
    """Tell whether a sentence of a section is about the disease in general.

    Examples
    --------
    >>> speaks_of_literature("Gliomas are often cystic.", Section.DISCUSSION)
    True
    >>> speaks_of_literature("In our patient the glioma was cystic.", Section.DISCUSSION)
    False
    """
    if section in _OF_IMAGES:
        return _TEXTBOOK.search(sentence) is not None and _HERE.search(sentence) is None
    if section not in SECTIONS_OF_LITERATURE:
        return False
    if section is not Section.TOPIC_DISCUSSION and _THIS_PATIENT.search(sentence) and not _CONDITION.match(sentence):
        return False
    if section is Section.TOPIC_DISCUSSION or _IN_GENERAL.search(sentence):
        return True
    if _TOLD.search(sentence) or (section is Section.TREATMENT and _PRESENT_OF_PATIENT.search(sentence)):
        return False
    return section is Section.DISCUSSION or _RULE.search(sentence) is not None


def subjects(text: str, section: Section, starts: Sequence[int]) -> list[AnnotationSubject]:
    """Return whom the mentions at these offsets speak of."""
    if section not in SECTIONS_OF_LITERATURE | _OF_IMAGES:
        return [AnnotationSubject.PATIENT] * len(starts)
    ends = sentence_ends(text)
    of_sentence = [_subject(text[start:end], section) for start, end in pairwise([0, *ends])]
    return [of_sentence[bisect_right(ends, start)] for start in starts]


def _subject(sentence: str, section: Section) -> AnnotationSubject:
    literature = speaks_of_literature(sentence, section)
    return AnnotationSubject.LITERATURE if literature else AnnotationSubject.PATIENT
