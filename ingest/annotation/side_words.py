"""The words of a text that tell a side, and those that end what a side speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import NamedTuple

from ingest.annotation.cues import Boundary, side_cues
from ingest.annotation.events import Event, Mention, outside
from ingest.concepts.phrases import FoldedText, Found
from ingest.vocabulary import Laterality

CLAUSE_END = ";"
NO_FARTHER = "no farther"
"""Ends what a side before it speaks of: "left chest tube and an effusion"."""
_OF_TREATMENT = (Boundary.DEVICE, Boundary.OPERATION)
_SIDE_OF_LETTER = {"L": Laterality.LEFT, "R": Laterality.RIGHT}
_ABBREVIATED = re.compile(
    r"[LR](?:"
    # "L frontal lobe", "R TM", "L-sided", "R. ICA": one capital letter, and no vertebra, direction or name.
    r"(?<![\w./>-].)(?<!\bthan .)(?<!\bcompared to .)(?<!\bcompared with .)"
    r"(?=\s+(?:[a-zA-Z]{3,}|[A-Z]{2}\b)|-sided\b|\.\s+(?:[a-z]{3,}|[A-Z]{2,4}\b))(?!\s+(?:to|and|spine)\b)"
    # "LLE edema", "RUQ mass": extremities, quadrants and lobes.
    r"|(?<![\w./>-].)(?:[UL][ELQ]|ML)(?!\w|\.\w|\s+(?:ultrasound|us|sonogram)\b)"
    # "the parasellar region on the R."
    r"|(?<=\bon the .)(?=\s*(?:[.,;)]|$)))"
)
# "L>R", "L and R hips"
_BOTH_LETTERS = re.compile(r"([LR])(?<![\w./-].)\s?(?:>{1,2}|/|and|&)\s?(?!\1)[LR](?![\w/-])")
# "both lungs", not "both early and delayed": a plural, and no second thing to count.
_TWO_OF = re.compile(r"\s+(?!\w+\s+and\b)(?:[\w-]+\s+){0,2}?(?:[\w-]+(?:s|ae|i)|hila|foramina)\b", re.IGNORECASE)
# "both CT scans", "both lesions", "both segments of the left vertebral artery": two, but not of two sides.
_TWO_OF_ANYTHING = re.compile(
    r"\s+(?:[\w-]+\s+){0,2}?(?:[\w-]*(?:images|scans|studies|exams|ct|cts|mri|mris|ttes|tees|echos|ultrasounds|x-?rays|"
    r"films|views|sequences|phases|planes|windows|series|cultures|tests|biopsies|radiographs|t1w?|t2w?|dwi|flair|pet|"
    r"axial|coronal|sagittal)\b|(?:lesions|masses|nodules|cysts|tumors|tumours|findings|fractures|aneurysms|diseases|"
    r"conditions|entities|disorders|processes|diagnoses|types|forms|factors|patients|parents|cases|ends|aspects|"
    r"components|levels|symptoms|options|groups|criteria|methods|procedures)\b|"
    r"[\w-]+\s+(?:[\w-]+\s+){0,3}?of\s+(?:the\s+)?(?:[\w-]+\s+of\s+the\s+)?(?:left|right)\b)",
    re.IGNORECASE,
)
# "CT at the level of the left renal vein": where the image is, and much else.
_LEVEL_OF_IMAGE = re.compile(
    r"\b(?:images?|ct|mri?|views?|sections?|slices?|scans?|cuts?)(?:\s+[\w-]+){0,3}\s+levels?\s+of\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_LEVEL = 60  # characters: "sections obtained just at the level of the"
# "Tumor, then bilateral mastectomy": the side is that of the operation alone; "in the right mastectomy bed" it is not.
_SIDE_OF_OPERATION = re.compile(
    r"(?<!\bin )(?<!\bat )(?<!\bthe )\b(?:left|right|bilateral)\s+(?:[\w-]+\s+){0,2}$", re.IGNORECASE
)
_LOOKED_BACK = 45  # characters: "bilateral modified radical"


class SideWords(NamedTuple):
    """The words for a side of a text, and the ends of what they speak of."""

    sides: list[Event]
    boundaries: list[Event]


def side_words(text: str, folded: FoldedText, mentions: Sequence[Mention]) -> SideWords:
    """Return the words for a side that are no part of a mention, each with its `Laterality`, from left to right."""
    found = side_cues().find(folded)
    words = sorted([*found, *_abbreviated(text)], key=itemgetter(0, 1))
    kept = [Event(*word) for word in _not_overlapping(outside(words, mentions))]
    sides = [word for word in kept if isinstance(word.what, Laterality) and _is_side(text, word)]
    if not sides:
        return SideWords([], [])
    boundaries = [
        *(word._replace(what=CLAUSE_END) for word in kept if word.what is Boundary.OWN_SIDE),
        *(word._replace(what=str(word.what)) for word in kept if word.what is Boundary.WITH),
        *(Event(word.end, word.end, NO_FARTHER) for word in found if word.value in _OF_TREATMENT),
        *_sides_of_operations(text, found),
    ]
    return SideWords(sides, boundaries)


def _sides_of_operations(text: str, found: Sequence[Found]) -> Iterator[Event]:
    for word in found:
        if word.value is Boundary.OPERATION:
            start = max(0, word.start - _LOOKED_BACK)
            side = _SIDE_OF_OPERATION.search(text[start : word.start])
            if side is not None:
                yield Event(start + side.start(), start + side.start(), CLAUSE_END)


def _abbreviated(text: str) -> Iterator[Found]:
    for match in _BOTH_LETTERS.finditer(text):
        yield Found(match.start(), match.end(), Laterality.BILATERAL)
    for match in _ABBREVIATED.finditer(text):
        yield Found(match.start(), match.end(), _SIDE_OF_LETTER[match.group()[0]])


def _not_overlapping(words: Sequence[Found]) -> Iterator[Found]:
    end = 0
    for word in words:
        if word.start >= end:
            yield word
            end = word.end


def _is_side(text: str, word: Event) -> bool:
    before = text[max(0, word.start - _LEVEL) : word.start]
    if "level" in before and _LEVEL_OF_IMAGE.search(before):
        return False
    if text[word.start : word.end].casefold() != "both":
        return True
    return _TWO_OF.match(text, word.end) is not None and _TWO_OF_ANYTHING.match(text, word.end) is None
