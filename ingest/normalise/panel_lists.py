"""Panels that a caption numbers in a list: "(1) CT (2) MRI", "(i) T1; (ii) T2", "a) CT, b) MRI".

A list of symptoms inside a sentence looks the same. So a list is one of panels only where it begins the caption, or
each of its labels begins a sentence or half sentence; and where the labels run on from the first without a gap. "1)"
numbers findings or references more often than panels, and counts only where each part says which image it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from string import ascii_lowercase, ascii_uppercase

from ingest.normalise.caption import CaptionedAs, captioned_as

_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_NUMERALS = (tuple(str(number) for number in range(1, 31)), _ROMAN, tuple(name.upper() for name in _ROMAN))


@dataclass(frozen=True)
class PanelLabel:
    """A label of panels: its place in the caption, and the panels that it names."""

    start: int
    end: int
    panels: tuple[str, ...]


_RANGE = r"\s?[-–—\u2010\u2011]\s?|\sto\s|\sthrough\s"
_SEPARATOR = rf"(?:{_RANGE}|\s?[,&]\s?(?:and\s)?|\sand\s)"
_ONE = r"(?:\d{1,2}|[ivx]{2,4}|[IVX]{2,4}|[A-Za-z])"
_LIST = rf"(?P<list>{_ONE}(?:{_SEPARATOR}{_ONE}){{0,9}})"
_BRACKETED = re.compile(rf"\({_LIST}\)")
_BARE = re.compile(rf"(?<![^\s,;]){_LIST}\)")
_PART = re.compile(r"[:.]?\s*\w")
_CLAUSE = re.compile(r"(?:^|[.;]\s*|\n\s*)$")
_BEGINNING = re.compile(r"(?:(?P<heading>[^.;\n:]*):)?\s*")
_OF_OTHER = re.compile(
    r"\b(?:includ\w+|following|criteria|symptoms?|signs?|findings?|steps?|complain\w*|had|has|have|are|were)\b|\bwith$",
    re.IGNORECASE,
)


def listed_letters(caption: str) -> list[PanelLabel]:
    """Return the labels of a list of letters with a closing bracket only: "a) CT, b) MRI"."""
    return _listed(caption, _BARE, (tuple(ascii_lowercase), tuple(ascii_uppercase)))


def listed_numbers(caption: str) -> list[PanelLabel]:
    """Return the labels of a list of numbers or Roman numerals, with both brackets or the closing one.

    Examples
    --------
    >>> [label.panels for label in listed_numbers("(1) CT (2, 3) MRI")]
    [('1',), ('2', '3')]
    """
    if bracketed := _listed(caption, _BRACKETED, _NUMERALS):
        return bracketed
    bare = _listed(caption, _BARE, _NUMERALS)
    return bare if _name_images(caption, bare) else []


def _listed(caption: str, pattern: re.Pattern[str], alphabets: Sequence[Sequence[str]]) -> list[PanelLabel]:
    for alphabet in alphabets:
        labels = list(_of_alphabet(caption, pattern, alphabet))
        names = [name for label in labels for name in label.panels]
        run_on = len(labels) > 1 and names == [name.lower() for name in alphabet[: len(names)]]
        if run_on and _begin_parts(caption, labels):
            return labels
    return []


def _of_alphabet(caption: str, pattern: re.Pattern[str], alphabet: Sequence[str]) -> Iterator[PanelLabel]:
    open_before = list(accumulate(((letter == "(") - (letter == ")") for letter in caption), initial=0))
    for found in pattern.finditer(caption):
        names = _named(found["list"], alphabet)
        if names and open_before[found.start()] <= 0:  # "(type a)" closes a bracket, and is no label
            yield PanelLabel(*found.span(), names)


def _named(text: str, alphabet: Sequence[str]) -> tuple[str, ...]:
    """Return the names in a list, with those inside its ranges; none where one is not in the alphabet."""
    written = re.split(_SEPARATOR, text)
    if not all(name in alphabet for name in written):
        return ()
    places = [alphabet.index(name) for name in written]
    names = written[:1]
    for between, (before, place) in zip(re.findall(_SEPARATOR, text), pairwise(places), strict=True):
        names += alphabet[before + 1 : place + 1] if re.fullmatch(_RANGE, between) else alphabet[place : place + 1]
    return tuple(name.lower() for name in names)


def _begin_parts(caption: str, labels: Sequence[PanelLabel]) -> bool:
    """Tell whether each label stands before its part, and the list before all else or each label after a stop."""
    if not all(_PART.match(caption, label.end) for label in labels):
        return False
    return _begins(caption, labels) or all(_CLAUSE.search(caption[: label.start]) for label in labels)


def _begins(caption: str, labels: Sequence[PanelLabel]) -> bool:
    """Tell whether a list begins its caption, or follows a heading of images: "Chest CT: (1) axial (2) coronal"."""
    found = _BEGINNING.fullmatch(caption, 0, labels[0].start)
    return found is not None and (not _OF_OTHER.search(found["heading"] or "") or _name_images(caption, labels))


def _name_images(caption: str, labels: Sequence[PanelLabel]) -> bool:
    """Tell whether each part of a list says which image it is: its modality, plane, view or kind."""
    cuts = [*(label.start for label in labels), len(caption)]
    return all(captioned_as(caption[start:end]) != CaptionedAs() for start, end in pairwise(cuts))
