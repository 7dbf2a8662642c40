"""What the user says of how this scan was made before telling what it shows: "CT of the head with contrast: ..."."""

from __future__ import annotations

import re

from ingest.annotation.annotate import annotate_text
from ingest.vocabulary import ConceptKind, Section
from rag.search.understanding import modalities_named

MAX_WORDS = 12  # of a sentence or a heading: what is longer tells what is seen
_HEADING = re.compile(r"[^:.;?!\n]{2,120}?(?=:\s)")
_TELLS = re.compile(
    r"\b(?:demonstrat\w*|normal|negative|no|not|reveal\w*|show\w*|there|unremarkable|within normal limits)\b",
    re.IGNORECASE,
)


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
