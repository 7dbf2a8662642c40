"""Where the text mentions which figure, and which of its panels: "Figs. 1A-C and 2, b", "4D-F", a linked bare "3".

Words and links are read together, for files put the link around the number, around number and letter, or around
the letter alone, and some have no links at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.sources.pmc.article import Figure, FigureLink, ParsedArticle, Span


@dataclass(frozen=True)
class FigureMention:
    """A mention of a figure and of panels of it; none are named where it is meant as a whole."""

    figure_id: str
    span: Span
    panels: tuple[str, ...] = ()


_DASH = r"\s?(?:[-–—−\u2010\u2011]|\bto\b|\bthrough\b)\s?"
_LETTER = r"[A-Za-z](?![A-Za-z])"
_PANEL = rf"(?:\(\s?{_LETTER}\s?\)|{_LETTER}|\({_LETTER}(?:(?:{_DASH}|\s?[,;&]\s?|\sand\s){_LETTER})+\))"
_PANELS = rf"{_PANEL}(?:(?:{_DASH}|\s?[,;&]\s?(?:and\s)?|\sand\s)(?:{_PANEL}))*"
_WORD = re.compile(
    r"(?<![A-Za-z])(?P<other>suppl\w*\s|e)?(?:Figs?\.?|Figures?)\s?(?P<s>S(?=\d))?(?=[\d(])", re.IGNORECASE
)
_ITEM = re.compile(
    r"\s?(?P<number>\d{1,2})(?![\d.]*\d|\s?%)"
    rf"(?:(?P<panels>{_PANELS})(?![\w’'])|\s?,\s?(?P<after>{_PANELS})(?=\s?[),;.\]]|\s?$)"
    rf"|\s(?!a\s[A-Za-z]{{2,}})(?P<apart>{_PANELS})(?![\w’']))?"
)
_NEXT = re.compile(
    rf"\s?(?P<range>{_DASH})|(?:\s?[,;&]\s?(?:and\s)?|\sand\s|\sor\s)(?:Figs?\.?\s?|Figures?\s?)?", re.IGNORECASE
)
_ONE_PANEL = re.compile(rf"(?<![A-Za-z]){_LETTER}")
_RANGE = re.compile(rf"\(?\s?({_LETTER})\s?\)?{_DASH}\(?\s?({_LETTER})\s?\)?")
_NUMBER_IN_LABEL = re.compile(r"(\d{1,3})")
_MAX_PANELS = 26


def mentions_in(article: ParsedArticle) -> list[FigureMention]:
    """Return the mentions of the article's figures in its text, in order, each place once."""
    numbers = {number: figure for figure in reversed(article.figures) if (number := number_of(figure)) is not None}
    ids = {figure.figure_id for figure in article.figures}
    found = [*_in_words(article.text, numbers), *_in_links(article.text, article.links, numbers, ids)]
    kept: list[FigureMention] = []
    for one in sorted(found, key=lambda mention: (mention.span.start, -mention.span.end)):
        known = next((k for k in kept if k.figure_id == one.figure_id and _overlap(k.span, one.span)), None)
        if known is None:
            kept.append(one)
        elif one.panels and not known.panels:
            kept[kept.index(known)] = replace(known, panels=one.panels)
    return kept


def number_of(figure: Figure) -> int | None:
    """Return the number of a figure, by its label, else by its id; None for figures of a supplement."""
    label = figure.label or ""
    if re.search(r"\bS\s?\d|suppl|appendix", label, re.IGNORECASE):
        return None
    found = _NUMBER_IN_LABEL.search(label) or re.search(r"(\d{1,2})$", figure.figure_id)
    return int(found[1]) if found else None


def _overlap(span: Span, other: Span) -> bool:
    return span.start < other.end and other.start < span.end


def _in_words(text: str, numbers: dict[int, Figure]) -> Iterator[FigureMention]:
    for word in _WORD.finditer(text):
        if word["other"] or word["s"]:
            continue
        yield from _items(text, word.end(), numbers)


def _items(text: str, place: int, numbers: dict[int, Figure]) -> Iterator[FigureMention]:
    """Yield the mentions of a list of figures that begins at a place: "1(a)-1(c), 2, b and 4D-F"."""
    last: re.Match[str] | None = None
    ranged = False
    while item := _ITEM.match(text, place):
        number, span = int(item["number"]), Span(*item.span())
        if ranged and last is not None and number > int(last["number"]):
            between = range(int(last["number"]) + 1, number)
            yield from (FigureMention(numbers[n].figure_id, span) for n in between if n in numbers)
        panels = panels_named(_panels(item))
        if ranged and last is not None and number == int(last["number"]):
            panels = panels_named(f"{_panels(last)}-{_panels(item)}") or panels
        if number in numbers:
            yield FigureMention(numbers[number].figure_id, span, panels)
        last, step = item, _NEXT.match(text, item.end())
        if step is None:
            return
        place, ranged = step.end(), step["range"] is not None


def _panels(item: re.Match[str]) -> str:
    return item["panels"] or item["after"] or item["apart"] or ""


def panels_named(text: str) -> tuple[str, ...]:
    """Return the panel letters that a list names, in lower case, ranges written out.

    Examples
    --------
    >>> panels_named("(A–C), E")
    ('a', 'b', 'c', 'e')
    """
    letters: list[str] = []
    rest = text
    for found in _RANGE.finditer(text):
        first, last = found[1].casefold(), found[2].casefold()
        letters += [chr(code) for code in range(ord(first), min(ord(last), ord(first) + _MAX_PANELS) + 1)]
        rest = rest.replace(found[0], " ", 1)
    letters += [one.casefold() for one in _ONE_PANEL.findall(rest)]
    return tuple(sorted(dict.fromkeys(letters)))


def _in_links(
    text: str, links: Sequence[FigureLink], numbers: dict[int, Figure], ids: set[str]
) -> Iterator[FigureMention]:
    for link in links:
        targets = [target for target in link.targets if target in ids]
        item = _ITEM.match(text, link.span.start)
        panels = panels_named(_panels(item)) if item else _letters_alone(text[link.span.start : link.span.end])
        if not targets and item and int(item["number"]) in numbers:
            targets = [numbers[int(item["number"])].figure_id]
        yield from (FigureMention(target, link.span, panels if len(targets) == 1 else ()) for target in targets)


def _letters_alone(text: str) -> tuple[str, ...]:
    """Return the panels of a link that holds letters only, such as "(b)"; the number stands before it."""
    return panels_named(text) if re.fullmatch(_PANELS, text.strip()) else ()
