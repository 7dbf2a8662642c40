"""What a text says of a finding beside its name: sequence, margin, composition, number, size, chronicity, ...

A word before its noun speaks of it ("ill-defined 3 cm mass"), else of the finding named before ("a mass measuring
3 cm, ill-defined"). A sequence or phase speaks of every finding after it in its sentence, unless a nearer one
follows the finding ("hyperintense on T2"). The words stand in `ingest/concepts/attributes.json`.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from ingest.annotation.image_attributes import KINDS_OF_IMAGE, image_attributes
from ingest.annotation.sentences import sentence_ends
from ingest.case import Attribute
from ingest.concepts.attributes import attribute_book
from ingest.concepts.phrases import FoldedText, Found
from ingest.vocabulary import AttributeKind, ConceptKind

_LENGTH = r"\d+(?:\.\d+)?\s*(?:mm|cm)?"
_SIZE = re.compile(rf"(?<![\w.-])(?:{_LENGTH}\s*(?:x|×|by)\s*){{0,2}}\d+(?:\.\d+)?\s*-?(?:mm|cm)\b", re.IGNORECASE)
# "5 mm slices", "1 cm below the carina": of the exam, or a distance.
_NO_SIZE = re.compile(
    r"\s*-?\s*(?:thick\s+)?(?:slices?|sections?|cuts?|collimation|intervals?|thickness|axial|above|below|from|away|"
    r"distal|proximal|superior|inferior|lateral|medial|anterior|posterior|beyond|deep|h2o|of water)\b",
    re.IGNORECASE,
)
_NUMBER_WITH_UNIT = re.compile(r"(\d+(?:\.\d+)?)\s*-?(mm|cm)?", re.IGNORECASE)
_MM = {"mm": 1.0, "cm": 10.0}
# What a word before a noun does not reach over.
_NO_NOUN_PHRASE = re.compile(
    r"[;:()]|\.(?!\d)|\b(?:images?|views?|sections?|slices?|scans?|sequences?|films?|days?|weeks?|months?|years?|hours?|with|"
    r"without|in|of|on|is|are|was|were|has|have|which|that|demonstrat\w+|show\w*|reveal\w*|seen|noted|margins?|"
    r"borders?|edges?)\b",
    re.IGNORECASE,
)
# "non-calcified", "no solid component", "loss of the normal contour"
_DENIED = re.compile(
    r"\b(?:non|no|not|without|(?:loss|reversal|distortion|effacement|displacement|replacement|destruction|absence|"
    r"disruption) of)[\s-]+(?:the\s+|longer\s+|well\s+)?$",
    re.IGNORECASE,
)
_PREDICATE = re.compile(
    r"(?:\b(?:is|are|was|were|be|appears?|appeared|remains?|measur\w+)|[:–-])\s+(?:[a-z]+ly\s+|otherwise\s+|also\s+|about\s+"
    r"|up to\s+)*$",
    re.IGNORECASE,
)
_ONE_NOUN_PHRASE = re.compile(r"[\s,-]*$")  # between "enhancing" and "mass"
_BEFORE = 50  # characters: "large, heterogeneously enhancing, partially cystic"
_AFTER = 110  # characters: "mass is seen in the upper pole of the left kidney that is well-circumscribed"
_FORWARD_ONLY = frozenset({AttributeKind.NUMBER, AttributeKind.COMPARTMENT, AttributeKind.CHRONICITY})


class _Said(NamedTuple):
    start: int
    end: int
    attribute: Attribute


def said_attributes(text: str, folded: FoldedText) -> list[_Said]:
    """Return every word for an attribute and every size of a text, from left to right."""
    found = (item for item in attribute_book().find(folded) if item.value is not None)
    words = [_Said(*item) for item in found if not _DENIED.search(text[max(0, item.start - 40) : item.start])]
    sizes = (
        _Said(match.start(), match.end(), Attribute(AttributeKind.SIZE, " ".join(match.group().split())))
        for match in _SIZE.finditer(text)
        if not _NO_SIZE.match(text, match.end())
    )
    return sorted([*words, *sizes], key=lambda said: said[:2])


def attributes_of(text: str, folded: FoldedText, found: Sequence[Found]) -> list[tuple[Attribute, ...]]:
    """Return the attributes of each mention, each once: a finding has all kinds, anatomy its normality.

    Parameters
    ----------
    text, folded
        The text and its `ingest.concepts.phrases.fold`.
    found : sequence of Found
        The mentions, from left to right, not overlapping.
    """
    said = said_attributes(text, folded)
    gathered: list[dict[Attribute, None]] = [{} for _ in found]
    if said:
        ends = sentence_ends(text)
        of_sentence = _by_sentence([one.start for one in said], ends)
        for number, mentions in _by_sentence([item.start for item in found], ends).items():
            if number in of_sentence:
                _gather(_Sentence(text, found, mentions), [said[i] for i in of_sentence[number]], gathered)
    return [tuple(attributes) for attributes in gathered]


def _by_sentence(starts: Sequence[int], ends: Sequence[int]) -> dict[int, list[int]]:
    grouped: defaultdict[int, list[int]] = defaultdict(list)
    for i, start in enumerate(starts):
        grouped[bisect_right(ends, start)].append(i)
    return grouped


class _Sentence:
    """The mentions of one sentence, by kind, for those who look for the nearest one."""

    def __init__(self, text: str, found: Sequence[Found], mentions: Sequence[int]) -> None:
        self.text = text
        self.found = found
        self.mentions = mentions
        self.findings = [i for i in mentions if _kind(found[i]) is ConceptKind.FINDING]
        self._starts = [found[i].start for i in self.findings]

    def around(self, start: int, end: int) -> tuple[int | None, int | None]:
        """Return the last finding before a place, and the first one after it."""
        after = bisect_left(self._starts, end)
        before = bisect_left(self._starts, start) - 1
        previous = self.findings[before] if before >= 0 and self.found[self.findings[before]].end <= start else None
        return previous, self.findings[after] if after < len(self.findings) else None

    def holding(self, start: int, end: int) -> int | None:
        """Return the finding whose words these are a part of."""
        at = bisect_right(self._starts, start) - 1
        if at < 0:
            return None
        item = self.found[self.findings[at]]
        part = item.start <= start and end <= item.end and (start, end) != (item.start, item.end)
        return self.findings[at] if part else None

    def head(self, i: int) -> int:
        """Return the noun that a finding before it belongs to: the mass of "enhancing mass"."""
        at = self.findings.index(i) if len(self.findings) < _MANY else len(self.findings)
        while at + 1 < len(self.findings):
            gap = self.text[self.found[self.findings[at]].end : self.found[self.findings[at + 1]].start]
            if not _ONE_NOUN_PHRASE.fullmatch(gap):
                break
            at += 1
        return self.findings[at] if at < len(self.findings) else i


_MANY = 40  # findings in one sentence: no longer one that a person wrote


def _gather(sentence: _Sentence, said: Sequence[_Said], gathered: list[dict[Attribute, None]]) -> None:
    for one in said:
        if one.attribute.kind is AttributeKind.NORMALITY:
            targets = _normal(sentence, one)
        elif one.attribute.kind in KINDS_OF_IMAGE:
            continue
        else:
            targets = _spoken_of(sentence, one)
        for i in targets:
            gathered[i][one.attribute] = None
    for i, attribute in image_attributes(sentence.text, sentence.found, sentence.findings, said):
        gathered[i][attribute] = None


def _spoken_of(sentence: _Sentence, said: _Said) -> list[int]:
    holding = sentence.holding(said.start, said.end)
    if holding is not None:
        return [holding]
    text, found = sentence.text, sentence.found
    previous, following = sentence.around(said.start, said.end)
    predicate = previous is not None and _PREDICATE.search(text[max(0, said.start - 30) : said.start])
    if following is not None and not predicate:
        gap = text[said.end : found[following].start]
        if len(gap) <= _BEFORE and not _NO_NOUN_PHRASE.search(gap):
            return [sentence.head(following)]
    if previous is None or said.attribute.kind in _FORWARD_ONLY:
        return []
    gap = text[found[previous].end : said.start]
    return [previous] if len(gap) <= _AFTER and ";" not in gap else []


def _normal(sentence: _Sentence, said: _Said) -> list[int]:
    """Return the anatomy that is said to be normal: the noun after the word, or the list that is its subject."""
    text, found = sentence.text, sentence.found
    before = [i for i in sentence.mentions if found[i].end <= said.start]
    if _PREDICATE.search(text[max(0, said.start - 30) : said.start]):
        return _subject_of_clause(text, found, before, said.start)
    after = next((i for i in sentence.mentions if found[i].start >= said.end), None)
    if after is None or _kind(found[after]) is not ConceptKind.ANATOMY:
        return []
    gap = text[said.end : found[after].start]
    return [after] if len(gap) <= _BEFORE and _ATTRIBUTIVE.fullmatch(gap) else []


_ATTRIBUTIVE = re.compile(
    r"[\s,-]*(?:appear(?:ing|ance)(?: of)?\s+)?(?:(?:the|both|left|right|bilateral|caliber|sized|size|of)\s+)*",
    re.IGNORECASE,
)
_OTHER_CLAUSE = re.compile(r"[;:()]|\b(?:with|which|that|but|while|however)\b", re.IGNORECASE)


def _subject_of_clause(text: str, found: Sequence[Found], before: Sequence[int], end: int) -> list[int]:
    subject: list[int] = []
    for i in reversed(before[-_MANY:]):
        if _kind(found[i]) is not ConceptKind.ANATOMY or _OTHER_CLAUSE.search(text[found[i].end : end]):
            break
        if subject and not _LISTED.fullmatch(text[found[i].end : found[subject[-1]].start]):
            break
        subject.append(i)
    return subject


_LISTED = re.compile(r"[\s,]*(?:and|or)?(?:\s*(?:the|left|right|both))*\s*", re.IGNORECASE)


def _kind(item: Found) -> ConceptKind | None:
    return item.value.kind if item.value is not None else None


def largest_mm(size: str) -> float:
    """Return the largest length of a size as written.

    Examples
    --------
    >>> largest_mm("3.2 x 2.1 cm"), largest_mm("8mm")
    (32.0, 8.0)
    """
    lengths = [(float(number), unit.casefold()) for number, unit in _NUMBER_WITH_UNIT.findall(size)]
    last = lengths[-1][1]
    return round(max(length * _MM[unit or last] for length, unit in lengths), 2)
