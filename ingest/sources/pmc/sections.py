"""The sections of a patient's case, put together from pieces of the article, and where each piece came to stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ingest.sources.pmc.article import ParsedArticle, SectionKind, Span
from ingest.sources.pmc.patients import ArticlePatient
from ingest.sources.pmc.section_kinds import report_section
from ingest.vocabulary import Section

_BETWEEN = "\n\n"


class Placed(NamedTuple):
    """A piece of the article and the offset of its section at which it stands."""

    span: Span
    section: Section
    start: int


@dataclass
class CaseSections:
    """The texts of a case by section, each verbatim, in the order of the article."""

    texts: dict[Section, str] = field(default_factory=dict)
    placed: list[Placed] = field(default_factory=list)

    def add(self, article: ParsedArticle, section: Section, span: Span) -> None:
        """Append a piece of the article to a section."""
        known = self.texts.get(section)
        start = len(known) + len(_BETWEEN) if known else 0
        self.texts[section] = (known + _BETWEEN if known else "") + article.at(span)
        self.placed.append(Placed(span, section, start))

    def place_of(self, span: Span) -> tuple[Section, int, int] | None:
        """Return where a piece of the article stands in the case; None where it was not taken."""
        for placed in self.placed:
            if placed.span.holds(span):
                offset = placed.start - placed.span.start
                return placed.section, span.start + offset, span.end + offset
        return None


def case_sections(article: ParsedArticle, patient: ArticlePatient, *, alone: bool) -> CaseSections:
    """Return the sections of a patient's case.

    The discussion of an article with several patients is about the disease: it is the topic's, not a patient's.
    """
    sections = CaseSections()
    if article.front.title:
        sections.texts[Section.TITLE] = article.front.title
    for span, titles in _pieces(article, patient.spans):
        sections.add(article, report_section(titles), span)
    discussion = Section.DISCUSSION if alone else Section.TOPIC_DISCUSSION
    for block in article.blocks:
        taken = any(span.start < block.span.end and block.span.start < span.end for span in patient.spans)
        if block.kind is SectionKind.DISCUSSION and not block.is_title and not taken:
            sections.add(article, discussion, block.span)
    if Section.HISTORY not in sections.texts:
        _as_history(sections)
    return sections


def _pieces(article: ParsedArticle, spans: Sequence[Span]) -> Iterator[tuple[Span, tuple[str, ...]]]:
    for span in spans:
        block = next(block for block in article.blocks if block.span.start < span.end and span.start < block.span.end)
        yield span, block.titles


def _as_history(sections: CaseSections) -> None:
    """Call the first section of the case its history, where none is: who the patient is stands there."""
    first = next((one.section for one in sections.placed), None)
    if first is None or first in (Section.DISCUSSION, Section.TOPIC_DISCUSSION):
        return
    sections.texts[Section.HISTORY] = sections.texts.pop(first)
    sections.placed = [
        one._replace(section=Section.HISTORY) if one.section is first else one for one in sections.placed
    ]
