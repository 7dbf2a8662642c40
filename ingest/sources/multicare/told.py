"""Age and sex of a patient: read in the case text by the reader of case reports, and checked by the release.

A release has whole years, in which months became 0. So the words of the text come first; what the release says stands
beside them, and counts where the text says nothing. Where the two contradict each other, the ledger says so.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ingest.case import Patient
from ingest.normalise.normalised import Normalised, Rule
from ingest.normalise.written_age import OLDEST_YEARS
from ingest.sources.pmc.ages import Age
from ingest.vocabulary import AgeUnit, Sex

_SEXES: Mapping[str, Sex | None] = {
    "female": Sex.FEMALE,
    "male": Sex.MALE,
    "transgender": None,
    "unknown": None,
    "nan": None,
    "": None,
}
_AMBIGUOUS = "transgender"  # its words may mean either sex, and it is kept as the release wrote it


def age_of(read: Normalised[float], age: Age | None, released: Any) -> Normalised[float]:
    """Return the age in years, that of the text before that of the release."""
    said = _years(released)
    if read.value is None or age is None:
        return said
    if said.value is None:
        return read
    return read.in_conflict(not age.years - 1 < said.value < age.high_years + 1)  # whole years, rounded either way


def sex_of(read: Normalised[Sex], released: Any) -> Normalised[Sex]:
    """Return the sex, that of the text before that of the release."""
    text = "" if released is None else str(released).strip()
    known = text.casefold() in _SEXES
    said = _SEXES.get(text.casefold())
    if read.value is not None:
        return read.in_conflict(said is not None and said is not read.value)
    if read.rule is Rule.AMBIGUOUS:
        return read
    if text.casefold() == _AMBIGUOUS:
        return Normalised(text, None, Rule.AMBIGUOUS)
    if said is None:
        return replace(read, raw=None if known else text, rule=Rule.MISSING if known else Rule.UNKNOWN_VALUE)
    return Normalised(text, said, Rule.AS_WRITTEN)


def with_release(patient: Patient, released_gender: Any) -> Patient:
    """Return a patient with what only the release says: whole years where the text tells no age, and transgender."""
    only_in_release = patient.age_unit is None and patient.age_years is not None
    states_transgender = str(released_gender).strip().casefold() == _AMBIGUOUS
    return replace(
        patient,
        age_unit=AgeUnit.YEARS if only_in_release else patient.age_unit,
        transgender=states_transgender or patient.transgender,
    )


def written(value: Any) -> str | None:
    """Return what a release wrote for age or sex, None where it wrote nothing."""
    if value is None or value != value:  # noqa: PLR0124  # nan differs from itself
        return None
    return f"{value:g}" if isinstance(value, float) else str(value)[:100]


def _years(released: Any) -> Normalised[float]:
    text = written(released)
    if text is None or text.strip().casefold() in ("", "nan", "none"):
        return Normalised(None, None, Rule.MISSING)
    try:
        years = float(text)
    except ValueError:
        years = math.nan
    fits = 0 <= years <= OLDEST_YEARS
    return Normalised(text, years if fits else None, Rule.AS_WRITTEN if fits else Rule.UNKNOWN_VALUE)
