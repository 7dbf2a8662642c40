"""Images in a text, in the place where it mentions their figures: "(Fig. 1A, B)" becomes ``<image><image>``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.case import Image
from ingest.sources.pmc.article import Figure, Front, ParsedArticle
from ingest.sources.pmc.mentions import FigureMention, mentions_in
from ingest.subsets.recipe import Mentions

IMAGE_MARK = "<image>"  # as LLaVA writes it
UNDIVIDED = "undivided"  # as MultiCaRe calls a whole figure

_FIGURE = re.compile(r"(?:Figs?\.?|Figures?)\s?$", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s,;&–—-]*(?:(?:and|or|to)\b\s*)?(?:(?:Figs?\.?|Figures?)\s?)?", re.IGNORECASE)
_OPENED = re.compile(r"\((?:see(?: also)?|as (?:seen|shown) in)?\s?$", re.IGNORECASE)


@dataclass(frozen=True)
class TextWithImages:
    """A text with images in it. `order` are the places of the images in the order in which the text has them."""

    text: str
    order: tuple[int, ...]


@dataclass(frozen=True)
class _Phrase:
    """Mentions that stand together, with the word "Figures" before them, and brackets where they hold no more."""

    start: int
    end: int
    mentions: tuple[FigureMention, ...]
    bracketed: bool


def with_images(text: str, images: Sequence[Image], files: Sequence[str], written_as: Mentions) -> TextWithImages:
    """Return the text with each image once: where its figure is first mentioned, else at the end.

    A later mention in brackets goes; one in a sentence stays as it is, and so does one of a figure that is not here.
    """
    order: list[int] = []
    pieces: list[str] = []
    done = 0
    for phrase in _phrases(text, images):
        named = [place for mention in phrase.mentions for place in _shown_by(images, mention)]
        fresh = [place for place in dict.fromkeys(named) if place not in order]
        if not named or not (fresh or phrase.bracketed):
            continue
        kept = text[done : phrase.start]
        pieces += [kept if fresh else kept.rstrip(), *(_written(files[place], written_as) for place in fresh)]
        order += fresh
        done = phrase.end
    rest = [place for place in range(len(images)) if place not in order]
    pieces.append(text[done:])
    if rest:
        pieces += ["\n" if text else "", *(_written(files[place], written_as) for place in rest)]
    return TextWithImages("".join(pieces), (*order, *rest))


def panel_of(image: Image) -> str | None:
    """Return the letter of an image that is a part of a figure, cut here or in its release."""
    part = image.source_values.get("panel") or image.source_values.get("component")
    return None if part == UNDIVIDED else part


def _written(file: str, written_as: Mentions) -> str:
    return IMAGE_MARK if written_as is Mentions.MARK else f"[{file}]"


def _shown_by(images: Sequence[Image], mention: FigureMention) -> Iterator[int]:
    """Yield the places of the images that a mention means: its panels, or all of the figure."""
    for place, image in enumerate(images):
        panel = panel_of(image)
        if image.source_values.get("label") == mention.figure_id and (
            not mention.panels or panel is None or panel.casefold() in mention.panels
        ):
            yield place


def _phrases(text: str, images: Sequence[Image]) -> Iterator[_Phrase]:
    labels = dict.fromkeys(label for image in images if (label := image.source_values.get("label")))
    if not labels:
        return
    figures = tuple(Figure(label, label=label) for label in labels)
    group: list[FigureMention] = []
    for mention in mentions_in(ParsedArticle("", Front(), text=text, figures=figures)):
        if group and not _BETWEEN.fullmatch(text, group[-1].span.end, max(group[-1].span.end, mention.span.start)):
            yield _phrase(text, group)
            group = []
        group.append(mention)
    if group:
        yield _phrase(text, group)


def _phrase(text: str, group: Sequence[FigureMention]) -> _Phrase:
    start, end = group[0].span.start, max(one.span.end for one in group)
    if word := _FIGURE.search(text, max(0, start - 10), start):
        start = word.start()
    opened = _OPENED.search(text, max(0, start - 16), start)
    if opened and text[end : end + 1] == ")":
        return _Phrase(opened.start(), end + 1, tuple(group), bracketed=True)
    return _Phrase(start, end, tuple(group), bracketed=False)
