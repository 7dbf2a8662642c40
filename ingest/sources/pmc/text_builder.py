"""Collect the plain text of an article block by block, and where its links and citations came to stand."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import NamedTuple

from ingest.sources.pmc.article import Block, FigureLink, SectionKind, Span

_BLANKS = re.compile(r"\s+")
_BETWEEN_BLOCKS = "\n\n"


class RunKind(Enum):
    """What a run of text is."""

    PLAIN = auto()
    FIGURE_LINK = auto()
    CITATION = auto()


class TextRun(NamedTuple):
    """A run of text inside a paragraph; `targets` are the figures that it is linked with."""

    text: str
    kind: RunKind = RunKind.PLAIN
    targets: tuple[str, ...] = ()


@dataclass
class TextBuilder:
    """A text that grows by blocks."""

    text: str = ""
    blocks: list[Block] = field(default_factory=list)
    links: list[FigureLink] = field(default_factory=list)
    citations: list[Span] = field(default_factory=list)

    @property
    def place(self) -> int:
        """The offset at which the next block begins."""
        return len(self.text) + (len(_BETWEEN_BLOCKS) if self.text else 0)

    def add_front(self, title: str | None, abstract: str | None) -> None:
        """Begin the text with what stands before it."""
        self.add([TextRun(title or "")], (), SectionKind.FRONT, is_title=True)
        self.add([TextRun(abstract or "")], (), SectionKind.FRONT)

    def add(
        self, runs: Iterable[TextRun], titles: tuple[str, ...], kind: SectionKind, *, is_title: bool = False
    ) -> None:
        """Append a block; one without any letter is left out."""
        block = _Block(self.place)
        for run in runs:
            block.add(run)
        text = block.text.rstrip()
        if not text:
            return
        self.text += (_BETWEEN_BLOCKS if self.text else "") + text
        self.blocks.append(Block(Span(block.start, block.start + len(text)), titles, kind, is_title))
        self.links += block.links
        self.citations += block.citations


@dataclass
class _Block:
    start: int
    text: str = ""
    links: list[FigureLink] = field(default_factory=list)
    citations: list[Span] = field(default_factory=list)

    def add(self, run: TextRun) -> None:
        text = _BLANKS.sub(" ", run.text)
        if not self.text or self.text.endswith(" "):
            text = text.lstrip()
        start = self.start + len(self.text) + len(text) - len(text.lstrip())
        self.text += text
        span = Span(start, start + len(text.strip()))
        if span.start < span.end and run.kind is RunKind.FIGURE_LINK:
            self.links.append(FigureLink(span, run.targets))
        if span.start < span.end and run.kind is RunKind.CITATION:
            self.citations.append(span)


def one_line(text: str) -> str:
    """Return a text with each run of blanks as one blank, and none at its ends."""
    return _BLANKS.sub(" ", text).strip()
