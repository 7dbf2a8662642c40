"""Cut the caption of a figure into those of its panels, each as spans of the caption.

Captions put the letter before its phrase ("(A) Axial CT. (B) ..."), after it ("axial (a) and coronal (b) sections"),
or name several at once ("(A-C)", "(b, c)", "(g)-(i)"). A figure has one alphabet, which begins with a and leaves no
letter out: "(B)" for bone or "(M)" for muscle are none. Numbers and Roman numerals count where they begin the parts
of a list. What stands before the first letter is common to all panels.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from string import ascii_lowercase

from ingest.normalise.panel_lists import PanelLabel, listed_letters, listed_numbers

OWN_PANELS = "panels of the patient"
"""Among the source values of a figure that shows several patients: the names of the panels of the one of the case."""


@dataclass(frozen=True)
class PanelCaption:
    """The caption of one panel; `spans` are the pieces of the figure's caption that are about it."""

    panel: str
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class PanelCaptions:
    """The captions of a figure's panels, in alphabetical or numerical order, and what is common to all of them."""

    panels: tuple[PanelCaption, ...] = ()
    shared: tuple[tuple[int, int], ...] = ()

    def text_of(self, panel: str, caption: str) -> str:
        """Return what a caption says of one panel, what is common to all first."""
        shared = " ".join(caption[start:end].strip() for start, end in self.shared)
        return " ".join(filter(None, (shared, self.own_text_of(panel, caption))))

    def own_text_of(self, panel: str, caption: str) -> str:
        """Return what a caption says of one panel and not of all."""
        own = next((one.spans for one in self.panels if one.panel == panel), ())
        return " ".join(caption[start:end].strip() for start, end in own)


_DASH = r"\s?[-–—\u2010\u2011]\s?"
_ONE = r"[A-Za-z]\d?"
_LIST = rf"{_ONE}(?:(?:{_DASH}|\s(?:to|and|or|through)\s|\s?[,;/&]\s?(?:and\s|&\s)?){_ONE})*"
_IN_BRACKETS = (
    rf"[(\[]\s?(?:panels?\s)?{_LIST}\s?(?:[:,]?\s?(?:arrows?|left|right|upper|lower|top|bottom"
    rf"|middle)[^()]{{0,20}})?[)\]]"
)
_BETWEEN = rf"(?:{_DASH}|\s?,\s?(?:and\s)?|\sand\s|\s?&\s?|\sto\s)"
_BRACKETS = re.compile(rf"\(?{_IN_BRACKETS}(?:{_BETWEEN}{_IN_BRACKETS})*\)?")
_CLAUSE = r"(?:^|(?<=[.;:]\s)|(?<=[.;:]))"
_BARE_LIST = _LIST.replace("[,;/&]", "[,/&]")
_BARE = re.compile(
    rf"{_CLAUSE}(?:panels?\s)?(?P<list>{_BARE_LIST})"
    r"(?P<mark>\s?[:.)](?=\s)|,(?=\s)|\s?[=–-](?=\s)|\)(?=\S)|\s(?=shows?\b|demonstrat|depict|illustrat|reveal|represent))",
    re.IGNORECASE,
)
_UNMARKED = re.compile(rf"(?:^|(?<=[.]\s)|(?<=;\s)(?!a\s))(?P<list>{_BARE_LIST})\s(?=[A-Za-z\d])")
_RANGE = re.compile(rf"({_ONE})[)\]]?(?:{_DASH}|\sto\s|\sthrough\s)[(\[]?({_ONE})(?![A-Za-z])")
_LETTER = re.compile(rf"(?<![A-Za-z]){_ONE}(?![A-Za-z])")
_LEADS = re.compile(
    r"(?:^|[.;:]|\b(?:in|on|of|with|at|by|from|the|showing|shows?|showed|demonstrat\w+|reveal\w*))\s*$",
    re.IGNORECASE,
)
_END = re.compile(r"[.;](?=\s|$)|\n")
_ABBREVIATION = re.compile(r"\b(?:figs?|e\.g|i\.e|vs|approx|no|dr|[A-Za-z])\.$", re.IGNORECASE)
_LEGEND = re.compile(
    r"\s*(?:h(?:a?)ematoxylin|H\s?&\s?E|original magnification|scale bars?|abbreviations?|(?:all|both) "
    r"|[A-Za-z]{1,5}\s?[:=,] |magnification"
    r"|the (?:arrows?|asterisks?) |(?:white |black |red |yellow )?arrows?(?:heads?)?[\s:=])",
    re.IGNORECASE,
)
_POSITIONS = (("left", "right"), ("top", "bottom"), ("upper", "lower"), ("above", "below"))
_POSITION = re.compile(
    r"\((?P<in>left|right|top|bottom|upper|lower|middle|center|centre|above|below)(?:\s(?:panels?|images?|side|row|half))?\)"
    r"|(?:^|(?<=[.;,]\s))(?P<start>left|right|top|bottom|upper|lower|middle|center|centre)(?:\s(?:panels?|images?|side|row))?(?=\s?[:,]|\s(?:shows?|is)\b)",
    re.IGNORECASE,
)


def panel_captions(caption: str) -> PanelCaptions:
    """Return the captions of the panels of a figure; none where the caption tells no panels apart.

    Examples
    --------
    >>> found = panel_captions("Chest CT. (A) Nodule in the lingula. (B) Effusion.")
    >>> found.text_of("b", "Chest CT. (A) Nodule in the lingula. (B) Effusion.")
    'Chest CT. (B) Effusion.'
    """
    labels = _labels(caption)
    if not labels:
        return PanelCaptions()
    names = dict.fromkeys(name for label in labels for name in label.panels)
    spans: dict[str, list[tuple[int, int]]] = {name: [] for name in _in_order(names)}
    shared: list[tuple[int, int]] = []
    last: tuple[str, ...] = ()
    pieces = list(_pieces(caption))
    for start, end in pieces:
        inside = [label for label in labels if start <= label.start < end]
        if not inside:
            after = any(label.start >= end for label in labels)
            owners = last if last and (after or not _LEGEND.match(caption[start:end])) else ()
            _put(spans, shared, owners, (start, end))
            continue
        for owners, span in _divided(caption, (start, end), inside):
            _put(spans, shared, owners, span)
        goes_on = inside[0].end < end - 2 or inside[0].start == start  # "(a) Axial CT.", "(a)."; not "axial (a)."
        last = inside[0].panels if len(inside) == 1 and goes_on else ()
    panels = tuple(PanelCaption(name, tuple(own)) for name, own in spans.items() if own)
    return PanelCaptions(panels, tuple(shared))


def _put(
    spans: dict[str, list[tuple[int, int]]],
    shared: list[tuple[int, int]],
    owners: Sequence[str],
    span: tuple[int, int],
) -> None:
    if not owners:
        shared.append(span)
    for owner in owners:
        spans[owner].append(span)


def _in_order(names: Iterable[str]) -> list[str]:
    """Return letters in alphabetical order; numbers and positions as the caption has them, which is theirs."""
    named = list(names)
    return sorted(named) if all(re.fullmatch(_ONE, name) for name in named) else named


def _divided(
    caption: str, piece: tuple[int, int], labels: Sequence[PanelLabel]
) -> Iterator[tuple[tuple[str, ...], tuple[int, int]]]:
    """Yield the parts of a sentence with the panels that each is about."""
    start, end = piece
    named = tuple(dict.fromkeys(name for label in labels for name in label.panels))
    if len(labels) == 1:
        yield named, piece
        return
    leads = bool(_LEADS.search(caption[start : labels[0].start])) and labels[-1].end < end - 2
    if leads:
        cuts = [*(label.start for label in labels), end]
        if caption[start : cuts[0]].strip():
            yield named, (start, cuts[0])
        yield from _strips(caption, cuts, labels)
    else:
        cuts = [start, *(label.end for label in labels)]
        yield from _strips(caption, cuts, labels)
        if caption[cuts[-1] : end].strip(" .;,"):
            yield named, (cuts[-1], end)


def _strips(
    caption: str, cuts: Sequence[int], labels: Sequence[PanelLabel]
) -> Iterator[tuple[tuple[str, ...], tuple[int, int]]]:
    for label, start, end in zip(labels, cuts[:-1], cuts[1:], strict=True):
        text = caption[start:end]
        first = start + len(text) - len(text.lstrip(" ,;"))
        yield label.panels, (first, start + len(text.rstrip(" ,;")))


def _pieces(caption: str) -> Iterator[tuple[int, int]]:
    """Yield the sentences and half sentences of a caption, without the blanks around them."""
    start, depth_of = 0, _depths(caption)
    for found in [*_END.finditer(caption), None]:
        end = found.end() if found else len(caption)
        if found and (depth_of[found.start()] or _ABBREVIATION.search(caption[max(0, end - 8) : end])):
            continue
        text = caption[start:end]
        if text.strip(" .;"):
            yield start + len(text) - len(text.lstrip()), start + len(text.rstrip())
        start = end


def _depths(caption: str) -> list[int]:
    depths, depth = [], 0
    for letter in caption:
        depth = max(0, depth + (letter in "([") - (letter in ")]"))
        depths.append(depth)
    return depths


def _labels(caption: str) -> list[PanelLabel]:
    marked = [*_bracketed(caption), *_bare(caption)]
    lettered = max(_best(marked), listed_letters(caption), key=_names_in)
    if lettered:
        return lettered
    unmarked = [PanelLabel(found.start(), found.end(), _named(found["list"])) for found in _UNMARKED.finditer(caption)]
    return listed_numbers(caption) or _best([*marked, *unmarked]) or _positions(caption)


def _names_in(labels: Sequence[PanelLabel]) -> int:
    return len({name for label in labels for name in label.panels})


def _best(labels: Sequence[PanelLabel]) -> list[PanelLabel]:
    """Return the labels of the case, small or capital, that tells more panels apart."""
    found = sorted(labels, key=lambda label: label.start)
    by_case = [_of_one_alphabet(found, upper=upper) for upper in (False, True)]
    return max(by_case, key=_names_in)


def _bracketed(caption: str) -> Iterator[PanelLabel]:
    for found in _BRACKETS.finditer(caption):
        yield PanelLabel(found.start(), found.end(), _named(found[0]))


def _bare(caption: str) -> Iterator[PanelLabel]:
    for found in _BARE.finditer(caption):
        if not (found["mark"] == "," and len(found["list"]) == 1 and found["list"].islower()):
            yield PanelLabel(found.start(), found.end(), _named(found["list"]))


def _named(text: str) -> tuple[str, ...]:
    """Return the names in a list, as written, with the letters of its ranges."""
    names: list[str] = []
    for first, last in _RANGE.findall(text):
        if first.islower() == last.islower() and len(first) == len(last) == 1:
            names += [chr(code) for code in range(ord(first), ord(last) + 1)]
        elif first[0] == last[0] and first[1:] and last[1:]:
            names += [f"{first[0]}{number}" for number in range(int(first[1:]), int(last[1:]) + 1)]
        else:
            names += [first, last]
    return tuple(dict.fromkeys([*names, *_LETTER.findall(text)]))


def _of_one_alphabet(labels: Sequence[PanelLabel], *, upper: bool) -> list[PanelLabel]:
    """Return the labels whose letters, small or capital, follow each other from the first of the alphabet."""
    own = [label for label in labels if label.panels and all(name[0].isupper() is upper for name in label.panels)]
    used = {name[0].lower() for label in own for name in label.panels}
    known = set(takewhile(used.__contains__, ascii_lowercase))
    if len({name for label in own for name in label.panels if name[0].lower() in known}) < 2:
        return []
    fitting = (label for label in own if all(name[0].lower() in known for name in label.panels))
    return [PanelLabel(label.start, label.end, tuple(name.lower() for name in label.panels)) for label in fitting]


def _positions(caption: str) -> list[PanelLabel]:
    """Return places named by position, where they are told apart: left and right, top and bottom."""
    found = [
        PanelLabel(one.start(), one.end(), ((one["in"] or one["start"]).lower(),))
        for one in _POSITION.finditer(caption)
    ]
    named = {label.panels[0] for label in found}
    return found if any(set(pair) <= named for pair in _POSITIONS) else []
