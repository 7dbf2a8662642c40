"""Age in years, from the source's value and the first age that the history names.

In MedPix 2.0 "0" stands for newborns and for unknown, and "1" for anything from a day to 21 months, so these two
need a unit, from the value or from the history. Elsewhere the value is the age (`ingest.normalise.written_age`); a
history that says otherwise is a conflict. `age_unit` says in which unit the age that was taken was told.
"""

from __future__ import annotations

import re

from ingest.normalise.normalised import Normalised, Rule
from ingest.normalise.text import null_rule, without_prompt
from ingest.normalise.written_age import AGE_UNITS, OLDEST_YEARS, YEARS_PER_UNIT, WrittenAge, parse_age
from ingest.vocabulary import AgeUnit

_FIRST_CHARACTERS = 300  # who the patient is stands at the start; later ages are of other times, or of relatives

_ONES: dict[str, int] = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
}
_TEENS: dict[str, int] = {
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "thirteen": 13,
    "fourteen": 14,
    "fifteen": 15,
    "sixteen": 16,
    "seventeen": 17,
    "eighteen": 18,
    "nineteen": 19,
}
_TENS: dict[str, int] = {
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}

_NUMBER = (
    r"(?<![\d.])(?P<digits>\d{1,3}(?:\.\d{1,2})?)"
    rf"|\b(?P<tens>{'|'.join(_TENS)})(?:[- ](?P<ones>{'|'.join(_ONES)}))?"
    rf"|\b(?P<word>{'|'.join([*_TEENS, *_ONES])})"
)
_PERSON = r"(?:fe)?male|man|woman|boy|girl|infant|baby|child|newborn|neonate|lady|gentleman|w[mf]|patient"
_AGE = re.compile(
    rf"(?:{_NUMBER})[\s-]{{0,2}}"
    r"(?:(?P<short>y\.?[ /]?o\b|yo\b)"
    r"|(?P<unit>years?|yrs?|y|months?|mos?|weeks?|wks?|days?|d|hours?|hrs?)\.?[\s/-]{0,2}"
    rf"(?:old\b|o\b|(?:[\w-]{{1,20}}\s){{0,2}}(?:{_PERSON})\b))",
    re.IGNORECASE,
)
_NEWBORN = re.compile(r"\b(?:newborn|neonate|neonatal|stillborn)\b", re.IGNORECASE)


def age_in_text(text: str) -> tuple[float, str] | None:
    """Return the first age that a text names: in years, and the first letter of its unit (y, m, w, d, h).

    "24 hours of pain" or "a 9-month cruise" are no ages: an age is followed by "old", "y.o." or a person.
    """
    found = _AGE.search(without_prompt(text)[:_FIRST_CHARACTERS])
    if not found:
        return None
    unit = (found["short"] or found["unit"])[0].lower()
    return _number(found) * YEARS_PER_UNIT[unit], unit


def _number(found: re.Match[str]) -> float:
    if found["digits"]:
        return float(found["digits"])
    if found["tens"]:
        return float(_TENS[found["tens"].lower()] + _ONES.get((found["ones"] or "").lower(), 0))
    return float((_TEENS | _ONES)[found["word"].lower()])


def normalise_age(raw: str | None, history: str | None) -> Normalised[float]:
    """Return the age in years.

    Parameters
    ----------
    raw : str or None
        The source's ``Age``: in years where no other unit stands with it.
    history : str or None
        The history, which names the unit of small ages and sometimes another age (a conflict).
    """
    told = age_in_text(history) if history else None
    if null_rule(raw):
        return _age_told(raw, told)
    written = parse_age(raw or "")
    if written is None:
        return Normalised(raw, None, Rule.UNKNOWN_VALUE)
    if written.unit not in (None, "y") or (written.unit and written.years > 0):
        return _age_with_unit(raw, written, told)
    if written.years in (0, 1):
        return _small_age(raw, written.years, told, history or "")
    return _adult_age(raw, written.years, told)


def age_unit(age: Normalised[float], history: str | None) -> AgeUnit | None:
    """Return the unit in which an age that `normalise_age` answered was told; None where there is no age.

    Parameters
    ----------
    age : Normalised
        The age in years, with the rule that says where its unit stood.
    history : str or None
        The history that it was read with.
    """
    if age.value is None:
        return None
    if age.rule is Rule.NEWBORN_IN_HISTORY:
        return AgeUnit.DAYS
    if age.rule in (Rule.FROM_HISTORY, Rule.UNIT_IN_HISTORY):
        told = age_in_text(history or "")
        return AGE_UNITS[told[1]] if told else None
    written = parse_age(age.raw or "")
    return AGE_UNITS[written.unit or "y"] if written else None


def _age_with_unit(raw: str | None, written: WrittenAge, told: tuple[float, str] | None) -> Normalised[float]:
    if written.unit == "y" and written.years > 1:
        return _adult_age(raw, written.years, told)
    conflict = told is not None and abs(told[0] - written.years) >= 1
    return Normalised(raw, written.years, Rule.UNIT_WRITTEN, conflict)


def _age_told(raw: str | None, told: tuple[float, str] | None, *, conflict: bool = False) -> Normalised[float]:
    if told is None or told[0] > OLDEST_YEARS:
        return Normalised(raw, None, null_rule(raw) or Rule.AMBIGUOUS)
    return Normalised(raw, told[0], Rule.FROM_HISTORY, conflict)


def _small_age(raw: str | None, years: float, told: tuple[float, str] | None, history: str) -> Normalised[float]:
    if told is None:
        newborn = _NEWBORN.search(history[:_FIRST_CHARACTERS])
        return Normalised(raw, 0.0, Rule.NEWBORN_IN_HISTORY) if newborn else Normalised(raw, None, Rule.AMBIGUOUS)
    told_years, unit = told
    if unit != "y":
        return Normalised(raw, told_years, Rule.UNIT_IN_HISTORY, conflict=told_years >= 2)
    if years == 0:  # 0 is how the source writes unknown
        return _age_told(raw, told, conflict=told_years >= 1)
    return Normalised(raw, years, Rule.YEARS, conflict=told_years != years)


def _adult_age(raw: str | None, years: float, told: tuple[float, str] | None) -> Normalised[float]:
    if told is None or told[0] in (years, float(int(years))):  # 58.5 is 58 years old
        return Normalised(raw, years, Rule.YEARS)
    told_years, unit = told
    finer = (unit != "y" or told_years % 1) and abs(told_years - years) < 1
    if finer:  # "30 month old" where the source rounds to 2
        return Normalised(raw, told_years, Rule.UNIT_IN_HISTORY)
    return Normalised(raw, years, Rule.YEARS, conflict=True)
