"""JATS and NXML articles, as PubMed Central and the publishers keep them, in the form of `ParsedArticle`.

Journal Article Tag Suite, ANSI/NISO Z39.96-2019, https://jats.nlm.nih.gov
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ingest.sources.pmc.article import Figure, Front, ParsedArticle, SectionKind
from ingest.sources.pmc.hardened_xml import XmlElement, is_entity, local_name, text_of_entity
from ingest.sources.pmc.jats_front import read_front
from ingest.sources.pmc.section_kinds import kind_of_section
from ingest.sources.pmc.text_builder import RunKind, TextBuilder, TextRun, one_line

_LEFT_OUT = frozenset(
    {
        *("table-wrap", "table-wrap-group", "table-wrap-foot", "supplementary-material", "media", "disp-formula"),
        *("disp-formula-group", "inline-graphic", "tex-math", "fn", "fn-group", "object-id", "ref-list"),
    }
)
_FIGURES = frozenset({"fig", "fig-group"})
_BLOCKS = frozenset({"p", "list-item", "disp-quote", "verse-group", "def-item", "statement"})
_GRAPHICS = frozenset({"graphic", "alternatives"})
_MAX_ID = 200  # characters
_SMALL_COPY = frozenset({"thumbnail", "print", "print-only"})


def articles_of(root: XmlElement) -> Iterator[XmlElement]:
    """Yield the articles of a document: itself, or those of a set or of an OAI answer."""
    if local_name(root) == "article":
        yield root
    else:
        yield from (one for one in root.iter("article") if one.getparent() is not None)


def read_jats(element: XmlElement, name: str = "article") -> ParsedArticle:
    """Return one article, called by `name` where it has no id of its own.

    What answers it or reviews it (`sub-article`, `response`) is another one's text.
    """
    front = read_front(element)
    body = element.find("body")
    reader = _Body()
    reader.text.add_front(front.title, front.abstract)
    if body is not None:
        reader.read_section(body, (), SectionKind.OTHER)
    for group in element.findall("floats-group"):
        reader.read_floats(group)
    text = reader.text
    return ParsedArticle(
        article_id_of(front) or name,
        front,
        text.text,
        tuple(text.blocks),
        tuple(text.links),
        tuple(text.citations),
        tuple(_distinct(reader.figures)),
    )


def article_id_of(front: Front) -> str | None:
    """Return the id of an article: that of PubMed Central, else its DOI without slashes, else that of PubMed."""
    if front.pmcid:
        return front.pmcid
    if front.doi:
        return front.doi.replace("/", "_")[:_MAX_ID]
    return f"pmid{front.pmid}" if front.pmid else None


@dataclass
class _Body:
    text: TextBuilder = field(default_factory=TextBuilder)
    figures: list[Figure] = field(default_factory=list)

    def read_section(self, section: XmlElement, titles: tuple[str, ...], kind: SectionKind) -> None:
        for child in section:
            name = local_name(child)
            if name == "sec":
                self._read_inner(child, titles, kind)
            elif name in _FIGURES:
                self.figures += figures_of(child, self.text.place)
            elif name == "title":
                self.text.add(_runs(child), titles, kind, is_title=True)
            elif name in _BLOCKS:
                self._read_block(child, titles, kind)
            elif name and name not in _LEFT_OUT and name not in ("label", "sec-meta"):
                self.read_section(child, titles, kind)

    def _read_inner(self, section: XmlElement, titles: tuple[str, ...], kind: SectionKind) -> None:
        title = section.find("title")
        words = one_line("".join(run.text for run in _runs(title))) if title is not None else ""
        own = kind_of_section(words or None, section.get("sec-type"), kind)
        self.read_section(section, (*titles, words) if words else titles, own)

    def _read_block(self, block: XmlElement, titles: tuple[str, ...], kind: SectionKind) -> None:
        """Read a paragraph; what stands apart inside it (a figure, a list) follows it."""
        self.text.add(_runs(block), titles, kind)
        for inner in block.iter(*_FIGURES):
            if not any(local_name(above) in _FIGURES for above in inner.iterancestors()):
                self.figures += figures_of(inner, self.text.place)

    def read_floats(self, group: XmlElement) -> None:
        for child in group.iter(*_FIGURES):
            if not any(local_name(above) in _FIGURES for above in child.iterancestors()):
                self.figures += figures_of(child, None)


def figures_of(element: XmlElement, place: int | None) -> list[Figure]:
    """Return the figures of an element: of a group, one with the files of all where only the group has a number."""
    inner = [one for one in element.iter("fig") if one is not element]
    if not inner:
        return [_figure(element, place)]
    if any("fig" in _label(one).casefold() for one in inner):
        return [_figure(one, place) for one in inner]
    captions = [one_line(f"{_label(one)} {_caption(one)}") for one in inner]
    caption = " ".join(part for part in (_caption(element), *captions) if part)
    figure_id = element.get("id") or inner[0].get("id") or ""
    return [Figure(figure_id, _label(element) or None, caption or None, _files(element), place)]


def _figure(element: XmlElement, place: int | None) -> Figure:
    label, caption = _label(element), _caption(element)
    return Figure(element.get("id") or "", label or None, caption or None, _files(element), place)


def _label(element: XmlElement) -> str:
    return _line(element.find("label"))


def _caption(element: XmlElement) -> str:
    caption = element.find("caption")
    if caption is None:
        return ""
    return " ".join(text for part in caption if local_name(part) and (text := _line(part))) or _line(caption)


def _line(element: XmlElement | None) -> str:
    return one_line("".join(run.text for run in _runs(element))) if element is not None else ""


def _files(element: XmlElement) -> tuple[str, ...]:
    """Return the names of the image files; of alternatives to each other, the first that is no small copy."""
    names: list[str] = []
    for graphic in element.iter("graphic"):
        above = graphic.getparent()
        choice = above is not None and local_name(above) == "alternatives"
        if graphic.get("specific-use") in _SMALL_COPY and choice:
            continue
        first = not choice or above is None or graphic is next(_large(above), graphic)
        if first and (name := graphic.get("href")):
            names.append(name)
    return tuple(dict.fromkeys(names))


def _large(alternatives: XmlElement) -> Iterator[XmlElement]:
    return (one for one in alternatives.iter("graphic") if one.get("specific-use") not in _SMALL_COPY)


def _distinct(figures: list[Figure]) -> Iterator[Figure]:
    """Yield the figures, each with an id of its own."""
    seen: set[str] = set()
    for number, figure in enumerate(figures, start=1):
        figure_id = figure.figure_id if figure.figure_id and figure.figure_id not in seen else f"figure{number}"
        seen.add(figure_id)
        yield Figure(figure_id, figure.label, figure.caption, figure.files, figure.place)


def _runs(element: XmlElement) -> Iterator[TextRun]:
    """Yield the text inside an element with its links, without figures, tables and formulas."""
    if element.text:
        yield TextRun(element.text)
    for child in element:
        if is_entity(child):
            yield TextRun(text_of_entity(child))
        elif local_name(child) and local_name(child) not in _LEFT_OUT | _FIGURES | _GRAPHICS:
            yield from _inline(child, local_name(child))
        if child.tail:
            yield TextRun(child.tail)


def _inline(child: XmlElement, name: str) -> Iterator[TextRun]:
    inside = list(_runs(child))
    if name == "xref":
        yield _linked(child, "".join(run.text for run in inside))
    elif name == "sup":
        yield from _raised(inside)
    elif name in _BLOCKS | {"break", "title", "label", "list"}:
        yield from (TextRun(" "), *inside, TextRun(" "))
    else:
        yield from inside


def _linked(link: XmlElement, text: str) -> TextRun:
    kind = (link.get("ref-type") or "").casefold()
    if kind.startswith("fig"):
        return TextRun(text, RunKind.FIGURE_LINK, tuple((link.get("rid") or "").split()))
    return TextRun(text, RunKind.CITATION if kind == "bibr" else RunKind.PLAIN)


def _raised(inside: list[TextRun]) -> Iterator[TextRun]:
    """Yield what stands raised: a citation in brackets, a power after its sign: neither joins what is before."""
    cites = any(run.kind is RunKind.CITATION for run in inside)
    text = "".join(run.text for run in inside).strip()
    if cites:
        yield from (TextRun(" ["), TextRun(text.strip("[]()"), RunKind.CITATION), TextRun("]"))
    elif text[:1].isdigit():
        yield TextRun(f"^{text}")
    else:
        yield from inside
