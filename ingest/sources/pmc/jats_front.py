"""The front of a JATS article: title, journal, year, ids, keywords and licence."""

from __future__ import annotations

from ingest.sources.pmc.article import Front
from ingest.sources.pmc.hardened_xml import XmlElement, local_name
from ingest.sources.pmc.licences import licence_of
from ingest.sources.pmc.text_builder import one_line

_YEARS = ("epub", "epub-ppub", "ppub", "pub", "collection")


def read_front(article: XmlElement) -> Front:
    """Return what the front of an article says; what it leaves out is None."""
    meta = article.find("front/article-meta")
    if meta is None:
        return Front(article_type=article.get("article-type"))
    return Front(
        title=_text(meta.find("title-group/article-title")),
        article_type=article.get("article-type"),
        abstract=_abstract(meta),
        journal=_text(article.find("front/journal-meta//journal-title")),
        year=_year(meta),
        pmcid=pmcid_of(_id(meta, "pmc") or _id(meta, "pmcid")),
        pmid=_id(meta, "pmid"),
        doi=_id(meta, "doi"),
        keywords=_keywords(meta, mesh=False),
        mesh=_keywords(meta, mesh=True),
        authors=_authors(meta),
        licence=_licence(meta),
    )


def pmcid_of(number: str | None) -> str | None:
    """Return an id of PubMed Central with its letters, which newer files write and older ones do not."""
    digits = (number or "").upper().removeprefix("PMC")
    return f"PMC{digits}" if digits.isascii() and digits.isdigit() else None


def _id(meta: XmlElement, kind: str) -> str | None:
    found = (one for one in meta.findall("article-id") if one.get("pub-id-type") == kind)
    return next((text for one in found if (text := _text(one))), None)


def _text(element: XmlElement | None) -> str | None:
    return (one_line("".join(str(part) for part in element.itertext())) or None) if element is not None else None


def _abstract(meta: XmlElement) -> str | None:
    whole = [one for one in meta.findall("abstract") if one.get("abstract-type") in (None, "", "abstract")]
    parts = [text for one in whole[:1] for part in one.iter("p", "title") if (text := _text(part))]
    return " ".join(parts) or None


def _year(meta: XmlElement) -> str | None:
    dates = {
        one.get("pub-type") or one.get("date-type") or "": _text(one.find("year")) for one in meta.findall("pub-date")
    }
    return next((dates[kind] for kind in _YEARS if dates.get(kind)), None) or next(filter(None, dates.values()), None)


def _keywords(meta: XmlElement, *, mesh: bool) -> tuple[str, ...]:
    groups = [one for one in meta.findall("kwd-group") if (_is_mesh(one)) is mesh]
    return tuple(dict.fromkeys(text for group in groups for one in group.iter("kwd") if (text := _text(one))))


def _is_mesh(group: XmlElement) -> bool:
    return "mesh" in f"{group.get('kwd-group-type')} {group.get('vocab')}".casefold()


def _authors(meta: XmlElement) -> tuple[str, ...]:
    names = [one for one in meta.findall("contrib-group/contrib/name") if local_name(one)]
    parts = ((_text(one.find("surname")), _text(one.find("given-names"))) for one in names)
    return tuple(" ".join(part for part in pair if part) for pair in parts)


def _licence(meta: XmlElement) -> str | None:
    texts: list[str] = []
    for one in meta.iter("license", "license_ref", "license-p", "copyright-statement"):
        texts += [one.get("href") or "", _text(one) or ""]
        texts += [inner.get("href") or "" for inner in one.iter("ext-link")]
    return licence_of(" ".join(texts))
