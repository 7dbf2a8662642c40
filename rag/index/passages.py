"""The texts of a case, cut into passages that an encoder can take in whole.

A passage keeps its place: section, image and character span, so that what was found can be shown and cited.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ingest.annotation.sentences import sentence_ends
from ingest.case import Case
from ingest.vocabulary import Section

# About 130 words: sentence encoders commonly read 256 word pieces, and a medical word takes nearly two.
MAX_PASSAGE_LENGTH = 800


@dataclass(frozen=True)
class Passage:
    """A piece of one text of a case: ``case.text_of(section, image_id)[start:end]``."""

    case_id: str
    section: Section
    image_id: str | None
    start: int
    end: int
    text: str

    @property
    def vector_id(self) -> str:
        """Name of the passage: case or image, section, span."""
        return f"{self.image_id or self.case_id}|{self.section}|{self.start}-{self.end}"


def texts_of(case: Case) -> Iterator[tuple[Section, str | None, str]]:
    """Yield every text of a case: section, image (of a caption), text."""
    for section, text in case.sections.items():
        if section is not Section.CONFIRMATION and text.strip():
            yield section, None, text
    for image in case.images:
        if image.caption and image.caption.strip():
            yield Section.CAPTION, image.image_id, image.caption


def passages_of(case: Case) -> list[Passage]:
    """Cut every text of a case into passages, at ends of sentences where there are any."""
    return [
        Passage(case.case_id, section, image_id, start, end, text[start:end])
        for section, image_id, text in texts_of(case)
        for start, end in passage_spans(text)
    ]


def passage_spans(text: str) -> list[tuple[int, int]]:
    """Return the spans of the passages of a text, in order; together they cover all that is not blank."""
    spans: list[tuple[int, int]] = []
    for start, end in sentence_spans(text):
        for piece_start, piece_end in _split_long(text, start, end):
            if spans and piece_end - spans[-1][0] <= MAX_PASSAGE_LENGTH:
                spans[-1] = (spans[-1][0], piece_end)
            else:
                spans.append((piece_start, piece_end))
    return spans


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Return the spans of the sentences of a text, without the blanks around them."""
    ends = sentence_ends(text)
    spans = [_stripped(text, start, end) for start, end in zip([0, *ends], ends, strict=False)]
    return [(start, end) for start, end in spans if start < end]


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span of the sentence, or sentences, that the span ``start`` to ``end`` lies in."""
    touched = [span for span in sentence_spans(text) if span[0] < end and start < span[1]]
    return (touched[0][0], touched[-1][1]) if touched else (start, end)


def _split_long(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > MAX_PASSAGE_LENGTH:
        blank = text.rfind(" ", start + 1, start + MAX_PASSAGE_LENGTH)
        cut = blank if blank > 0 else start + MAX_PASSAGE_LENGTH
        yield start, cut
        start = cut + 1 if blank > 0 else cut
    yield start, end


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    return (end, end) if left == len(piece) else (start + left, start + len(piece.rstrip()))
