"""How this scan was made: what the user says of it first ("CT of the head: ..."), and what the classifier sees."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ingest.annotation.annotate import annotate_text
from ingest.vocabulary import ConceptKind, Section
from rag.search.understanding import modalities_named

MAX_WORDS = 12  # of a sentence or a heading: what is longer tells what is seen
_HEADING = re.compile(r"[^:.;?!\n]{2,120}?(?=:\s)")
_TELLS = re.compile(
    r"\b(?:demonstrat\w*|normal|negative|no|not|reveal\w*|show\w*|there|unremarkable|within normal limits)\b",
    re.IGNORECASE,
)
_PREDICTED = re.compile(r"\A(\w+): ([^,(]+?)(?: \([^()]*\))?, probability \d")  # what it is not sure of does not match
_TASKS = ("modality", "plane", "region")  # of the classifier's, those that a report states


def classifier_sentence(quotes: Iterable[str]) -> str:
    """Return what a report states of the classifier's answers; their probabilities stay with the evidence.

    Examples
    --------
    >>> classifier_sentence(["Modality: MR (magnetic resonance), probability 0.98.", "Region: Head, probability 0.85."])
    'MR, head (by the classifier).'
    """
    labels = classifier_labels(quotes)
    told = [labels[task] for task in _TASKS if task in labels]
    if not told:
        return "The classifier is not sure how the scan was made."
    return (
        f"{', '.join((told[0][:1].upper() + told[0][1:], *(label.lower() for label in told[1:])))} (by the classifier)."
    )


def classifier_labels(quotes: Iterable[str]) -> dict[str, str]:
    """Return the labels that the classifier is sure of, by task, from its answers in words."""
    found = (_PREDICTED.match(quote) for quote in quotes)
    return {match[1].lower(): match[2] for match in found if match and match[2] != "none"}


def technique_end(sentence: str) -> int:
    """Return how far a first sentence says how the scan was made; 0 where it does not.

    Examples
    --------
    >>> technique_end("CT of the head: no hemorrhage."), technique_end("CT shows a mass.")
    (14, 0)
    """
    heading = _HEADING.match(sentence)
    end = heading.end() if heading else len(sentence)
    return end if says_technique(sentence[:end]) else 0


def says_technique(text: str) -> bool:
    """Tell whether a text names a modality, in few words, and no finding."""
    if len(text.split()) > MAX_WORDS or not modalities_named(text) or _TELLS.search(text):
        return False
    return not any(found.kind is ConceptKind.FINDING for found in annotate_text(text, Section.FINDINGS))
