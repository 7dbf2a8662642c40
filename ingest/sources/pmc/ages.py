"""Ages as case reports write them, each with its unit and its place in the text.

"A 3-month-old boy", "fifteen-year-old", "aged 45", "58F with", "in her 60s", "22-year, booked patient": an age of a
person is told from a span of time ("a 10-year history"), from ages of groups ("median age 54 years"), from ages at
other times ("at the age of 5") and from weeks of pregnancy, which are kept apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from ingest.normalise.written_age import OLDEST_YEARS, YEARS_PER_UNIT
from ingest.sources.pmc.article import Span
from ingest.sources.pmc.numbers import DASH, DECADES, NUMBER, parse_number


class AgeForm(StrEnum):
    """How an age is written, and so what it is the age of."""

    PERSON = "person"
    DECADE = "decade"
    NEWBORN = "newborn"
    EARLIER = "at another time"
    GESTATION = "gestation"


@dataclass(frozen=True)
class Age:
    """An age: `years` from `years` up to `high_years`, which differ for a decade only; `unit` is y, m, w, d or h."""

    span: Span
    form: AgeForm
    years: float
    high_years: float
    unit: str


_UNIT = r"(?:years?|yrs?|months?|mths?|mos?|weeks?|wks?|days?|hours?|hrs?)"
_JOIN = rf"(?:\s|{DASH}){{0,3}}"
_PERSON = (
    r"(?:(?:fe)?males?|m[ae]n|wom[ae]n|boys?|girls?|infants?|bab(?:y|ies)|child(?:ren)?|newborns?|neonates?|lady|ladies"
    r"|gentlem[ae]n|patients?|toddlers?|adolescents?|teenagers?|adults?|primi(?:gravida|para)|multi(?:gravida|para)|youths?"
    r"|smokers?|nurses?|farmers?|students?|workers?|athletes?|persons?|individuals?|gravida|schoolboy|schoolgirl)"
)
_NOT_BETWEEN = (
    r"(?!(?:history|follow|duration|period|course|interval|survival|of|after|before|later|ago|prior"
    r"|the|and|for|with|in)\b)"
)
_BETWEEN = rf"(?:{_NOT_BETWEEN}[\w/'’\-\u2010\u2011]{{1,25}},?\s+){{0,4}}?"
_NUMBER_START = rf"(?<![\w.,/%–\-\u2010\u2011])(?P<number>{NUMBER})"
_MORE = rf"(?:{_JOIN}(?:,|and|&)?\s*(?P<number2>{NUMBER}){_JOIN}(?P<unit2>{_UNIT}))?"

_OLD = re.compile(
    rf"{_NUMBER_START}\+?{_JOIN}(?P<unit>{_UNIT}|y){_MORE}(?:\.?{_JOIN}(?:old\b|o\b)|\.? of age\b)", re.IGNORECASE
)
_DAY_OLD = re.compile(rf"\b(?P<unit>day|week|month|year){DASH}old\b", re.IGNORECASE)
_BEFORE_PERSON = re.compile(
    rf"(?:(?<=\ban\s)|(?<=\ba\s)|(?<=\bA\s)|(?<=\bAn\s)|(?<![^.\n]\s)|(?=\S{{1,40}}{DASH}y))"
    rf"{_NUMBER_START}{_JOIN}(?P<unit>{_UNIT}){_MORE},?(?:\s|{DASH})+{_BETWEEN}{_PERSON}\b",
    re.IGNORECASE,
)
_APPOSED = re.compile(
    rf"(?<=[,(])\s?(?P<number>{NUMBER})\s(?P<unit>{_UNIT}){_MORE}"
    r"(?=,? (?:who|presented|admitted|attended|came|complained|was|with|married|male|female)\b|[,)]\s?(?:fe)?male\b"
    r"|,\s(?:who|presented|was|came|complained|attended|admitted|with|a|an|from|married|known)\b)",
    re.IGNORECASE,
)
_AGED = re.compile(
    rf"\b(?P<lead>(?:at |by |since |from |until |before |after |around )?(?:(?:the|an|his|her) )?age[ds]?(?: of"
    rf"| was| is)?[:,]?)"
    rf"\s*(?:about |approximately |around )?(?P<number>{NUMBER})(?![\d.,]*\d"
    rf"|\s?%)(?:{_JOIN}(?P<unit>{_UNIT})\b{_MORE})?",
    re.IGNORECASE,
)
_SHORT = re.compile(
    r"(?<![\w.,/%–-])(?:(?P<number>\d{1,3})(?P<unit>\s?(?:-\s?)?(?:y\.?\s?/?\s?o\.?|yo|y/o)\b)(?:\s?/?[mf]\b)?"
    r"|(?P<sexed>\d{1,3})\s?/?\s?[MF]\b(?=,? (?:with|who|was|is|present|admitted|had|c/o|came|complain|referred"
    r"|diagnosed))"
    r"|\b[MF]/(?P<slashed>\d{1,3})\b|(?P<slash>\d{1,3})\s?/\s?[MF]\b)"
)
_IN_DECADE = re.compile(
    rf"\b(?:in|mid|early|late)(?:\s|{DASH})(?:(?:his|her|their|the)\s)?(?:(?P<part>early|mid|middle|late)(?:\s"
    rf"|{DASH}|[- ]to[- ]late\s))?"
    rf"(?:(?P<tens>[1-9]0)['’]?s\b|(?P<word>{'|'.join(DECADES)})\b)",
    re.IGNORECASE,
)
_ARIANS = {"sexagenarian": 60, "septuagenarian": 70, "octogenarian": 80, "nonagenarian": 90, "centenarian": 100}
_ARIAN = re.compile(rf"\b(?:{'|'.join(_ARIANS)})\b", re.IGNORECASE)
_NEWBORN = re.compile(
    r"\b(?:newborn|neonate)\b(?! (?:screening|period|unit|intensive|care|nursery|with good|of good))", re.IGNORECASE
)
_GESTATION = re.compile(
    rf"(?P<number>\d{{1,2}})(?:\s?\+\s?\d(?:/7)?)?{_JOIN}(?:weeks?|wks?|months?)['’]?(?:\s\d days?)?{_JOIN}"
    r"(?:(?:of |period of )?(?:gestation|pregnan|amenorrh)|gravid|(?:(?:in)?to (?:her|the|an?) )(?:\w+ ){0,2}pregnan)"
    rf"|gestational age(?: (?:of|was|at))?(?: birth)?(?: was"
    rf"| of)? (?P<number2>\d{{1,2}})(?:\s?\+\s?\d)?{_JOIN}(?:weeks?|wks?)",
    re.IGNORECASE,
)
_GROUP_BEFORE = re.compile(
    r"(?:\b(?:mean|median|average|over|under|above|below|than|between|to|from|within|range|ranging|ranged|exceeding"
    r"|minimum|maximum|least|until|up to|(?:patients|adults|children|people|individuals|women|men|those|persons"
    r"|subjects)"
    r"(?: who (?:are|were))?)\b[\s:,]*(?:(?:age[ds]?|of|the|an|was|is|were|at|patient)\s+){0,4}|[<>≤≥±~]\s?"
    r"|\d\s?[–-]\s?)$",
    re.IGNORECASE,
)
_GROUP_AFTER = re.compile(
    r"\s*(?:[–\-]|to|and)\s*\d{1,3}\s*(?:years?|months?)|\s*(?:years?\s*)?(?:and|or) (?:over|older|above"
    r"|younger|under|more|below)\b"
    rf"|\s*\(?(?:range|interquartile|SD|IQR)\b|\s*±|{_JOIN}(?:follow|history)",
    re.IGNORECASE,
)
_EARLIER_BEFORE = re.compile(
    r"\b(?:at|since|until|till|from|by|before|after|when (?:s?he|they|the patient) (?:was|were|turned)|(?:s?he"
    r"|who) had been"
    r"|as an?|first at|birth,|onset (?:was )?at)\s+(?:(?:the )?age of |age |only |about |around |approximately )?$",
    re.IGNORECASE,
)
_WINDOW = 60  # characters


def ages_in(text: str, start: int = 0, end: int | None = None) -> list[Age]:
    """Return the ages of single persons in a piece of a text, from left to right, none overlapping."""
    end = len(text) if end is None else end
    found = sorted(_all(text, start, end), key=lambda age: (age.span.start, -age.span.end))
    kept: list[Age] = []
    for age in found:
        if not kept or age.span.start >= kept[-1].span.end:
            kept.append(age)
    return kept


def _all(text: str, start: int, end: int) -> Iterator[Age]:
    weeks = [Span(*found.span()) for found in _GESTATION.finditer(text, start, end)]
    yield from (_gestation(text, span) for span in weeks)
    for pattern in (_OLD, _BEFORE_PERSON, _APPOSED, _AGED):
        for found in pattern.finditer(text, start, end):
            if not _is_group(text, found) and not any(
                span.start < found.end() and found.start() < span.end for span in weeks
            ):
                yield from _with_unit(text, found, earlier=pattern is _AGED and not _AGED_NOW.match(found["lead"]))
    for found in _SHORT.finditer(text, start, end):
        number = next(float(value) for value in (found[n] for n in ("number", "sexed", "slashed", "slash")) if value)
        if number <= OLDEST_YEARS:
            yield Age(Span(*found.span()), AgeForm.PERSON, number, number, "y")
    yield from _decades(text, start, end)
    for pattern, unit, form in ((_DAY_OLD, None, AgeForm.PERSON), (_NEWBORN, "d", AgeForm.NEWBORN)):
        for found in pattern.finditer(text, start, end):
            letter = unit or found["unit"][0].lower()
            years = 0.0 if unit else YEARS_PER_UNIT[letter]
            yield Age(Span(*found.span()), form, years, years, letter)


_AGED_NOW = re.compile(r"(?:(?:the|an|his|her) )?age(?:d|s)?(?: was| is)?[:,]?$|age of$", re.IGNORECASE)


def _with_unit(text: str, found: re.Match[str], *, earlier: bool) -> Iterator[Age]:
    unit = (found["unit"] or "y")[0].lower()
    years = parse_number(found["number"]) * YEARS_PER_UNIT[unit]
    if found["number2"]:
        years += parse_number(found["number2"]) * YEARS_PER_UNIT[found["unit2"][0].lower()]
    before = text[max(0, found.start() - _WINDOW) : found.start()]
    form = AgeForm.EARLIER if earlier or _EARLIER_BEFORE.search(before) else AgeForm.PERSON
    if years <= OLDEST_YEARS:
        yield Age(Span(*found.span()), form, years, years, unit)


def _is_group(text: str, found: re.Match[str]) -> bool:
    before = text[max(0, found.start() - _WINDOW) : found.start()]
    return bool(_GROUP_BEFORE.search(before)) or bool(_GROUP_AFTER.match(text, found.end()))


def _gestation(text: str, span: Span) -> Age:
    number = re.search(r"\d+", text[span.start : span.end])
    years = float(number[0]) * YEARS_PER_UNIT["w"] if number else 0.0
    return Age(span, AgeForm.GESTATION, years, years, "w")


def _decades(text: str, start: int, end: int) -> Iterator[Age]:
    for found in _IN_DECADE.finditer(text, start, end):
        tens = float(found["tens"] or DECADES[found["word"].lower()])
        part = (found["part"] or found[0].split()[0].split("-")[0]).lower()
        low, high = {"early": (0, 3), "mid": (4, 6), "middle": (4, 6), "late": (7, 9)}.get(part, (0, 9))
        lowest = 13.0 if tens == 10 else 0.0  # the teens begin there
        yield Age(Span(*found.span()), AgeForm.DECADE, max(lowest, tens + low), tens + high, "y")
    for found in _ARIAN.finditer(text, start, end):
        tens = float(_ARIANS[found[0].lower()])
        yield Age(Span(*found.span()), AgeForm.DECADE, tens, tens + 9, "y")
