"""Ages as case reports write them, each with its unit and its place in the text.

"A 3-month-old boy", "a 1-year-and-3-month-old", "a woman, 45, presented", "58F with", "in her 60s": an age of a person
is told from a span of time ("a 10-year history"), from ages of groups ("median age 54 years"), from ages at other
times ("at the age of 5") and from weeks of pregnancy, which are kept apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ingest.normalise.written_age import AGE_UNITS, DAYS_PER_YEAR, OLDEST_YEARS, YEARS_PER_UNIT
from ingest.sources.pmc.age_patterns import (
    AFTER_PERSON,
    AGED,
    AGED_IN_PARTS,
    AGED_NOW,
    APPOSED,
    ARIAN,
    ARIANS,
    BEFORE_PERSON,
    DAY_OF_LIFE,
    EARLIER_BEFORE,
    GESTATION,
    GESTATION_PARTS,
    GROUP_AFTER,
    GROUP_BEFORE,
    IN_DECADE,
    IN_NTH_DECADE,
    NEWBORN,
    NO_AGE_BEFORE,
    OLD,
    PART,
    PERSON,
    PERSON_BETWEEN,
    PERSON_IN_NTH_DECADE,
    SHORT,
    UNIT_OF_PARTS,
    UNIT_OLD,
)
from ingest.sources.pmc.article import Span
from ingest.sources.pmc.numbers import DECADES, number_of_case, parse_number
from ingest.vocabulary import AgeUnit


class AgeForm(StrEnum):
    """How an age is written, and so what it is the age of."""

    PERSON = "person"
    DECADE = "decade"
    NEWBORN = "newborn"
    EARLIER = "at another time"
    GESTATION = "gestation"


@dataclass(frozen=True)
class Age:
    """An age: from `years` up to `high_years`, which differ for a range only, told in `unit`.

    A range is a decade ("in her 60s") or has two ends ("aged between 40 and 50"); its form is `AgeForm.DECADE`.
    """

    span: Span
    form: AgeForm
    years: float
    high_years: float
    unit: AgeUnit

    @property
    def weeks(self) -> float:
        """The age in weeks, to a hundredth: of a gestation."""
        return round(self.years / YEARS_PER_UNIT["w"], 2)

    @property
    def middle_years(self) -> float:
        """The middle of a range whose last unit is a whole one, as of 60 to 69 years it is 65."""
        last = YEARS_PER_UNIT["y" if self.unit is AgeUnit.DECADES else self.unit[0]]
        return self.years if self.years == self.high_years else (self.years + self.high_years + last) / 2


_WITH_UNIT = (OLD, BEFORE_PERSON, APPOSED, AGED)
_WINDOW = 60  # characters
_Found = tuple[Span, re.Match[str]]


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
    weeks = [
        Span(*found.span("at_birth" if found["at_birth"] else 0)) for found in GESTATION.finditer(text, start, end)
    ]
    yield from (_gestation(text, span) for span in weeks)
    persons = [Span(*found.span()) for found in PERSON.finditer(text, start, end)]
    for span, found in (*_alone(_WITH_UNIT, text, start, end), *_behind(persons, AFTER_PERSON, text, end)):
        if not _is_group(text, span) and not any(week.start < span.end and span.start < week.end for week in weeks):
            yield from _with_unit(text, span, found)
    yield from _short(text, start, end)
    yield from _decades(text, start, end)
    yield from _of_person(persons, text, end)
    yield from _days_of_life(text, start, end)
    for span, found in _alone((UNIT_OLD,), text, start, end):
        yield from _aged(span, AgeForm.PERSON, 1, found["unit"])
    for span, _ in _alone((NEWBORN,), text, start, end):
        yield from _aged(span, AgeForm.NEWBORN, 0, "d")


def _alone(patterns: Sequence[re.Pattern[str]], text: str, start: int, end: int) -> Iterator[_Found]:
    return ((Span(*found.span()), found) for pattern in patterns for found in pattern.finditer(text, start, end))


def _behind(persons: Sequence[Span], patterns: Sequence[re.Pattern[str]], text: str, end: int) -> Iterator[_Found]:
    """Yield what matches behind a word for a person, with the place of both."""
    for person in persons:
        for pattern in patterns:
            if found := pattern.match(text, person.end, end):
                yield Span(person.start, found.end()), found


def _aged(span: Span, form: AgeForm, number: float, unit: str, *, more: float = 0) -> Iterator[Age]:
    """Yield an age of so many units and `more` years, if somebody can be as old as that."""
    letter = unit[0].lower()
    years = number * YEARS_PER_UNIT[letter] + more
    if years <= OLDEST_YEARS:
        yield Age(span, form, years, years, AGE_UNITS[letter])


def _with_unit(text: str, span: Span, found: re.Match[str]) -> Iterator[Age]:
    told = found.groupdict()
    parts = PART.finditer(told.get("more") or "")
    more = sum(parse_number(part["number"]) * YEARS_PER_UNIT[part["unit"].lower()] for part in parts)
    earlier = "lead" in told and not AGED_NOW.match(told["lead"])
    form = AgeForm.EARLIER if earlier else _form(text, span)
    yield from _aged(span, form, parse_number(found["number"]), told.get("unit") or "y", more=more)


def _form(text: str, span: Span) -> AgeForm:
    return AgeForm.EARLIER if EARLIER_BEFORE.search(_before(text, span)) else AgeForm.PERSON


def _is_group(text: str, span: Span) -> bool:
    return bool(GROUP_BEFORE.search(_before(text, span))) or bool(GROUP_AFTER.match(text, span.end))


def _before(text: str, span: Span) -> str:
    return text[max(0, span.start - _WINDOW) : span.start]


def _short(text: str, start: int, end: int) -> Iterator[Age]:
    for span, found in _alone((SHORT,), text, start, end):
        number = next(float(value) for value in (found[n] for n in ("number", "sexed", "slashed", "slash")) if value)
        yield from _aged(span, AgeForm.PERSON, number, "y")
    for span, found in _alone((AGED_IN_PARTS,), text, start, end):
        unit = UNIT_OF_PARTS[found["parts"] or found["parts2"]]
        yield from _aged(span, _form(text, span), float(found["number"] or found["number2"]), unit)


def _days_of_life(text: str, start: int, end: int) -> Iterator[Age]:
    if text.find("life", start, end) < 0 and text.find("DOL", start, end) < 0:
        return  # in most texts, and sooner than a pattern that begins with a number
    for span, found in _alone(DAY_OF_LIFE, text, start, end):
        if NO_AGE_BEFORE.search(_before(text, span)) or _is_group(text, span):
            continue
        number = parse_number(found["number"]) if found["number"] else number_of_case(found["nth"]) or 0
        yield from _aged(span, _form(text, span), number, found["unit"] or found["nth_unit"] or "d")


def _gestation(text: str, span: Span) -> Age:
    told = GESTATION_PARTS.search(text, *span)
    years = _years_of_gestation(told) if told else 0.0
    return Age(span, AgeForm.GESTATION, years, years, AgeUnit.WEEKS)


def _years_of_gestation(told: re.Match[str]) -> float:
    days = told["plus"] or told["sevenths"] or told["days"] or 0
    return float(told["number"]) * YEARS_PER_UNIT[told["unit"][0].lower()] + float(days) / DAYS_PER_YEAR


def _decades(text: str, start: int, end: int) -> Iterator[Age]:
    for span, found in _alone((IN_DECADE,), text, start, end):
        tens = float(found["tens"] or DECADES[found["word"].lower()])
        part = found["part"] or re.split(r"[\s-]", found[0])[0]
        yield _decade(span, tens, part, lowest=13 if tens == 10 else 0)  # the teens begin there
    for span, found in _alone((IN_NTH_DECADE,), text, start, end):
        yield _nth_decade(span, found)
    for span, found in _alone((ARIAN,), text, start, end):
        yield _decade(span, float(ARIANS[found[0].lower()]))


def _of_person(persons: Sequence[Span], text: str, end: int) -> Iterator[Age]:
    """Yield ranges that are ages only behind a word for one person."""
    for span, found in _behind(persons, (PERSON_IN_NTH_DECADE,), text, end):
        yield _nth_decade(span, found)
    for span, found in _behind(persons, (PERSON_BETWEEN,), text, end):
        unit = (found["unit"] or "y")[0].lower()
        low, high = (float(found[name]) * YEARS_PER_UNIT[unit] for name in ("low", "high"))
        if low < high <= OLDEST_YEARS:
            yield Age(span, AgeForm.DECADE, low, high, AGE_UNITS[unit])


def _nth_decade(span: Span, found: re.Match[str]) -> Age:
    return _decade(span, 10.0 * ((number_of_case(found["nth"]) or 1) - 1), found["part"] or "")


def _decade(span: Span, tens: float, part: str = "", *, lowest: float = 0) -> Age:
    low, high = {"early": (0, 3), "mid": (4, 6), "middle": (4, 6), "late": (7, 9)}.get(part.lower(), (0, 9))
    return Age(span, AgeForm.DECADE, max(lowest, tens + low), tens + high, AgeUnit.DECADES)
