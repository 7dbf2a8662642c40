"""An article as a release describes it, in the words of case reports; only its case texts are there, not the rest."""

from __future__ import annotations

from typing import Any

from ingest.errors import RejectedRecord
from ingest.sources.multicare.literals import NotALiteral, parsed, words_of
from ingest.sources.multicare.tables import ReleaseRow
from ingest.sources.pmc.article import Block, Front, ParsedArticle, SectionKind, Span
from ingest.sources.pmc.licences import licence_of

_BETWEEN = "\n\n"
MAX_READ = 60_000  # characters of a case text in which age and sex are looked for; they stand at its beginning


def article_of(
    article_id: str, metadata: ReleaseRow, abstract: str | None, case_text: str, place: str
) -> ParsedArticle:
    """Return the article of a case: its title, then the text of the case, in paragraphs.

    Raises
    ------
    RejectedRecord
        If what describes it is written as a literal and is none.
    """
    try:
        front = _front(article_id, parsed(metadata) or {}, abstract)
    except NotALiteral:
        raise RejectedRecord(
            place, f"the metadata of {article_id} are neither a mapping nor the literal of one."
        ) from None
    title = front.title or ""
    start = len(title) + len(_BETWEEN) if title else 0
    blocks = [Block(Span(0, len(title)), (), SectionKind.FRONT, is_title=True)] if title else []
    for span in _paragraphs(case_text[:MAX_READ]):
        blocks.append(Block(Span(start + span.start, start + span.end), (), SectionKind.CASE))
    return ParsedArticle(article_id, front, f"{title}{_BETWEEN if title else ''}{case_text}", tuple(blocks))


def case_start(article: ParsedArticle) -> int:
    """Return the offset of the case text in the text of `article_of`."""
    return len(article.front.title) + len(_BETWEEN) if article.front.title else 0


def _paragraphs(text: str) -> list[Span]:
    spans: list[Span] = []
    start = 0
    for line in text.splitlines(keepends=True):
        stripped = line.strip()
        if stripped:
            first = start + len(line) - len(line.lstrip())
            spans.append(Span(first, first + len(stripped)))
        start += len(line)
    return spans


def _front(article_id: str, said: Any, abstract: str | None) -> Front:
    """Return the front; raises NotALiteral."""
    if not isinstance(said, dict):
        raise NotALiteral
    return Front(
        title=_text(said, "title"),
        article_type="case-report",
        abstract=abstract or None,
        journal=_text(said, "journal"),
        year=_text(said, "year"),
        pmcid=_text(said, "pmcid") or article_id,
        pmid=_text(said, "pmid"),
        doi=_text(said, "doi"),
        keywords=_words(said, "keywords"),
        mesh=tuple(dict.fromkeys((*_words(said, "mesh_terms"), *_words(said, "major_mesh_terms")))),
        authors=_words(said, "authors"),
        licence=licence(_text(said, "license")),
    )


def licence(text: str | None) -> str | None:
    """Return the licence as case reports write it; what names none that we know stays as it is."""
    return (licence_of(text) or text) if text else None


def _text(said: ReleaseRow, name: str) -> str | None:
    value = said.get(name)
    if isinstance(value, float):
        value = None if value != value else f"{value:g}"  # noqa: PLR0124  # nan differs from itself
    return " ".join(str(value).split()) or None if isinstance(value, (str, int)) else None


def _words(said: ReleaseRow, name: str) -> tuple[str, ...]:
    try:
        return words_of(said.get(name))
    except NotALiteral:
        return (str(said[name]),)
