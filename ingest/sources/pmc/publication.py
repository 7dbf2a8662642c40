"""How to cite an article, and what else a case keeps of it."""

from __future__ import annotations

from ingest.sources.pmc.article import ParsedArticle

_MAX_AUTHORS = 6  # as the Vancouver style writes them, then "et al."


def publication_values(article: ParsedArticle) -> dict[str, str | None]:
    """Return what a case keeps of its article, as `Case.source_values`."""
    front = article.front
    values = {
        "id": article.article_id,
        "title": front.title,
        "authors": "; ".join(front.authors) or None,
        "pmcid": front.pmcid,
        "pmid": front.pmid,
        "doi": front.doi,
        "journal": front.journal,
        "year": front.year,
        "licence": front.licence,
        "citation": citation_of(article),
        "type": front.article_type,
        "keywords": "; ".join(front.keywords) or None,
        "mesh": "; ".join(front.mesh) or None,
        "abstract": front.abstract,
    }
    return {f"article.{name}": value for name, value in values.items() if value}


def citation_of(article: ParsedArticle) -> str:
    """Return a line that cites the article: authors, title, journal, year, DOI or id."""
    front = article.front
    authors = ", ".join(front.authors[:_MAX_AUTHORS]) + (", et al" if len(front.authors) > _MAX_AUTHORS else "")
    where = " ".join(part for part in (front.journal, front.year) if part)
    address = f"doi:{front.doi}" if front.doi else article.article_id
    return ". ".join(part.rstrip(".") for part in (authors, front.title or "", where, address) if part)
