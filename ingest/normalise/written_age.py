"""An age as sources write it: "58", 58.0, DICOM's "058Y", "58 y/o", "4-month-old", "58/F".

Only what has one meaning is taken. "58M" may be 58 months or a man of 58 (DICOM writes "058M"), "89+" and "50s" are no
age, and a sign or an exponent is none either.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ingest.vocabulary import AgeUnit

DAYS_PER_YEAR = 365.25
YEARS_PER_UNIT = {"y": 1.0, "m": 1 / 12, "w": 7 / DAYS_PER_YEAR, "d": 1 / DAYS_PER_YEAR, "h": 1 / (24 * DAYS_PER_YEAR)}
AGE_UNITS: Mapping[str, AgeUnit] = {
    "y": AgeUnit.YEARS,
    "m": AgeUnit.MONTHS,
    "w": AgeUnit.WEEKS,
    "d": AgeUnit.DAYS,
    "h": AgeUnit.HOURS,
}
OLDEST_YEARS = 120.0  # the oldest person on record lived 122 years; more is a typing error

_MAX_LENGTH = 40  # characters; "4-month-old female infant" has 25
_DICOM = re.compile(r"(\d{3})([DWMY])", re.ASCII)  # value representation AS, PS3.5 6.2
_NUMBER = r"(?P<number>\d{1,3}(?:[.,]\d{1,17})?)"  # 17 digits are what a double has
_UNIT = r"(?P<unit>years?|yrs?|y|months?|mths?|mos?|weeks?|wks?|w|days?|d|hours?|hrs?|h)"
_SEX = r"(?:female|male|woman|man|girl|boy|f)"
_IN_WORDS = re.compile(
    rf"{_NUMBER}(?:[\s-]{{0,2}}{_UNIT}\.?(?:[\s/-]{{0,2}}(?:old|o\.?|of\sage))?(?:[\s,/-]{{0,2}}(?:{_SEX}|m))?"
    rf"|[\s,/-]{{0,2}}{_SEX}|/m)?",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True)
class WrittenAge:
    """An age in years, and the unit that stood with it (y, m, w, d, h), if any."""

    years: float
    unit: str | None = None


def parse_age(raw: str) -> WrittenAge | None:
    """Return the age that a text means; None where it has no meaning, or several."""
    text = raw.strip()
    if len(text) > _MAX_LENGTH:
        return None
    if dicom := _DICOM.fullmatch(text):
        return _within_a_life(float(dicom[1]), dicom[2].lower())
    found = _IN_WORDS.fullmatch(text)
    if found is None:
        return None
    unit = found["unit"]
    return _within_a_life(float(found["number"].replace(",", ".")), unit[0].lower() if unit else None)


def _within_a_life(number: float, unit: str | None) -> WrittenAge | None:
    years = number * YEARS_PER_UNIT[unit or "y"]
    return WrittenAge(years, unit) if years <= OLDEST_YEARS else None
