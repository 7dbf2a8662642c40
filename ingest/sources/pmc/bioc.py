"""BioC collections, XML or JSON, as the services of PubMed Central and others hand out articles.

Comeau et al., BioC: a minimalist approach to interoperability for biomedical text processing, Database 2013, and
Comeau et al., PMC text mining subset in BioC, Bioinformatics 2019.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ingest.errors import RejectedRecord
from ingest.sources.pmc.article import Figure, Front, ParsedArticle, SectionKind
from ingest.sources.pmc.hardened_xml import XmlElement, local_name
from ingest.sources.pmc.jats import article_id_of
from ingest.sources.pmc.jats_front import pmcid_of
from ingest.sources.pmc.licences import licence_of
from ingest.sources.pmc.section_kinds import kind_of_section
from ingest.sources.pmc.text_builder import TextBuilder, TextRun, one_line

_KINDS = {
    "CASE": SectionKind.CASE,
    "INTRO": SectionKind.INTRODUCTION,
    "METHODS": SectionKind.METHODS,
    "RESULTS": SectionKind.RESULTS,
    "DISCUSS": SectionKind.DISCUSSION,
    "CONCL": SectionKind.DISCUSSION,
    **dict.fromkeys(("ACK_FUND", "AUTH_CONT", "COMP_INT", "ABBR", "SUPPL", "APPENDIX", "KEYWORD"), SectionKind.BACK),
}
_NOT_TEXT = frozenset({"TITLE", "ABSTRACT", "FIG", "TABLE", "REF"})


def documents_of(value: Any) -> Iterator[Any]:
    """Yield the documents of a collection, or of a list of collections."""
    for collection in value if isinstance(value, list) else [value]:
        documents = collection.get("documents") if isinstance(collection, dict) else None
        yield from documents if isinstance(documents, list) else ()


def documents_of_xml(root: XmlElement) -> Iterator[dict[str, Any]]:
    """Yield the documents of a collection in XML, as they would be in JSON."""
    for document in root.iter("document"):
        passages = [
            {"infons": _infons(passage), "text": passage.findtext("text") or ""} for passage in document.iter("passage")
        ]
        yield {"id": document.findtext("id") or "", "infons": _infons(document), "passages": passages}


def _infons(element: XmlElement) -> dict[str, str]:
    found = (one for one in element if local_name(one) == "infon")
    return {one.get("key") or "": one.text or "" for one in found}


def read_bioc(document: Any, place: str, name: str = "article") -> ParsedArticle:
    """Return the article of one document, called by `name` where it has no id of its own.

    Raises
    ------
    RejectedRecord
        If the document is of another form.
    """
    passages = document.get("passages") if isinstance(document, dict) else None
    if not isinstance(passages, list) or not all(isinstance(one, dict) for one in passages):
        raise RejectedRecord(place, "is not a document of a BioC collection: it has no list of passages.")
    parts = [_Passage(one) for one in passages]
    front = _front(document, parts)
    text = _text(front, parts)
    article_id = article_id_of(front) or one_line(str(document.get("id") or "")).replace("/", "_") or name
    return ParsedArticle(article_id, front, text.text, tuple(text.blocks), figures=tuple(_figures(parts)))


class _Passage:
    """One passage: its text, its infons, and what they say of its section and form."""

    def __init__(self, value: Mapping[str, Any]) -> None:
        infons = value.get("infons")
        pairs = infons.items() if isinstance(infons, dict) else ()
        self.infons = {str(key): str(one) for key, one in pairs if isinstance(one, (str, int, float))}
        self.text = one_line(str(value.get("text") or ""))
        self.section = self.infons.get("section_type", "").upper()
        self.form = self.infons.get("type", "")

    @property
    def title_level(self) -> int:
        """How deep the title stands, from 1; 0 for what is no title."""
        name, _, level = self.form.partition("_")
        return int(level or 1) if name == "title" and (level or "1").isdigit() else 0


def _front(document: Mapping[str, Any], parts: Sequence[_Passage]) -> Front:
    first = next((part for part in parts if part.section == "TITLE" or part.form == "front"), None)
    infons: dict[str, str] = {}
    for own in (document.get("infons"), first.infons if first else None):
        infons |= {str(key): str(one) for key, one in (own or {}).items() if one}
    abstract = " ".join(part.text for part in parts if part.section == "ABSTRACT" and part.text)
    number = infons.get("article-id_pmc") or infons.get("article-id_pmcid") or str(document.get("id") or "")
    named = number.upper().startswith("PMC") or "article-id_pmc" in infons or "article-id_pmcid" in infons
    return Front(
        title=first.text or None if first else None,
        article_type=infons.get("article-type"),
        abstract=abstract or None,
        journal=infons.get("journal-title") or infons.get("journal"),
        year=infons.get("year"),
        pmcid=pmcid_of(number) if named else None,
        pmid=infons.get("article-id_pmid"),
        doi=infons.get("article-id_doi"),
        keywords=tuple(word.strip() for word in infons.get("kwd", "").split(";") if word.strip()),
        authors=tuple(_authors(infons)),
        licence=licence_of(infons.get("license", "")),
    )


def _authors(infons: Mapping[str, str]) -> Iterator[str]:
    names = sorted((key for key in infons if key.startswith("name_")), key=lambda key: (len(key), key))
    for key in names:
        parts = dict(part.split(":", 1) for part in infons[key].split(";") if ":" in part)
        yield " ".join(part for part in (parts.get("surname"), parts.get("given-names")) if part)


def _text(front: Front, parts: Sequence[_Passage]) -> TextBuilder:
    text = TextBuilder()
    text.add_front(front.title, front.abstract)
    titles: tuple[str, ...] = ()
    kinds: tuple[SectionKind, ...] = ()
    for part in parts:
        if part.section in _NOT_TEXT or part.form in ("front", "ref", "footnote", "table", "fig_caption"):
            continue
        level = part.title_level
        if level:
            above = kinds[: level - 1]
            kinds = (*above, kind_of_section(part.text, None, above[-1] if above else SectionKind.OTHER))
            titles = (*titles[: level - 1], part.text)
        own = kinds[-1] if kinds else SectionKind.OTHER
        kind = _KINDS.get(part.section, own) if own in (SectionKind.OTHER, SectionKind.CLINICAL) else own
        text.add([TextRun(part.text)], titles, kind, is_title=level > 0)
    return text


def _figures(parts: Sequence[_Passage]) -> Iterator[Figure]:
    """Yield the figures; their captions come in one or several passages with one id."""
    found: dict[str, Figure] = {}
    for part in parts:
        if part.section != "FIG" and not part.form.startswith("fig"):
            continue
        name = part.infons.get("id") or part.infons.get("file") or f"figure{len(found) + 1}"
        known = found.get(name, Figure(name, _label(len(found) + 1)))
        caption = " ".join(words for words in (known.caption, part.text) if words)
        file = part.infons.get("file")
        found[name] = Figure(name, known.label, caption or None, known.files or ((file,) if file else ()))
    yield from found.values()


def _label(number: int) -> str:
    return f"Figure {number}"
