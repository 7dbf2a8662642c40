"""What an article says, in one form for every file format: its plain text, in blocks, and its figures.

Every place in an article is a pair of character offsets into `ParsedArticle.text`, in which each run of blanks is one
blank and blocks are divided by an empty line.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

SOURCE = "pmc"
"""Name of this source, the first part of each case id."""


class Span(NamedTuple):
    """A piece of a text: from `start` up to `end`."""

    start: int
    end: int

    def holds(self, other: Span) -> bool:
        """Tell whether the other piece lies inside this one."""
        return self.start <= other.start and other.end <= self.end


class SectionKind(StrEnum):
    """What a section of an article is for."""

    FRONT = "front"
    CASE = "case"
    CLINICAL = "clinical"
    RESULTS = "results"
    INTRODUCTION = "introduction"
    METHODS = "methods"
    DISCUSSION = "discussion"
    BACK = "back"
    OTHER = "other"


@dataclass(frozen=True)
class Block:
    """A title or a paragraph; `titles` are those of the sections around it, the outermost first."""

    span: Span
    titles: tuple[str, ...]
    kind: SectionKind
    is_title: bool = False


@dataclass(frozen=True)
class FigureLink:
    """A place of the text that is linked with figures, as the file says."""

    span: Span
    targets: tuple[str, ...]


@dataclass(frozen=True)
class Figure:
    """A figure; `place` is the offset at which it stands in the text, None where it stands apart from it.

    `files` are the names of its image files as the article writes them, often without an ending.
    """

    figure_id: str
    label: str | None = None
    caption: str | None = None
    files: tuple[str, ...] = ()
    place: int | None = None


@dataclass(frozen=True)
class Front:
    """What stands before the text: who may use the article, and how to cite it."""

    title: str | None = None
    article_type: str | None = None
    abstract: str | None = None
    journal: str | None = None
    year: str | None = None
    pmcid: str | None = None
    pmid: str | None = None
    doi: str | None = None
    keywords: tuple[str, ...] = ()
    mesh: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    licence: str | None = None


@dataclass(frozen=True)
class ParsedArticle:
    """An article; its text begins with its title and abstract. `citations` are the places that cite other works."""

    article_id: str
    front: Front
    text: str = ""
    blocks: tuple[Block, ...] = ()
    links: tuple[FigureLink, ...] = ()
    citations: tuple[Span, ...] = ()
    figures: tuple[Figure, ...] = field(default=())

    @property
    def has_body(self) -> bool:
        """Whether there is text after title and abstract."""
        return any(block.kind is not SectionKind.FRONT for block in self.blocks)

    def at(self, span: Span) -> str:
        """Return a piece of the text."""
        return self.text[span.start : span.end]
