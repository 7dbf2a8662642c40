"""Who the patient of a history is, where age and sex stand beside it: told as case reports tell it.

Sources with a column of age and one of sex say there neither of a range ("in her 60s") nor of weeks of gestation, and
not whether the patient is transgender.
"""

from __future__ import annotations

from dataclasses import dataclass

from ingest.case import LedgerEntry, Patient
from ingest.ids import PatientId
from ingest.normalise.age import age_unit
from ingest.normalise.normalised import Normalised, Rule
from ingest.normalise.text import without_prompt
from ingest.sources.pmc.ages import Age, AgeForm, ages_in
from ingest.sources.pmc.article import Span
from ingest.sources.pmc.facts import age_range
from ingest.sources.pmc.persons import is_of_relative
from ingest.sources.pmc.sexes import transgender_words
from ingest.vocabulary import Sex


@dataclass(frozen=True)
class _InHistory:
    """What a history tells beside an age in numbers and the sex."""

    decade: Age | None = None
    gestation: Age | None = None
    transgender: bool = False


def patient_told(
    patient_id: PatientId, history: str | None, age: Normalised[float], sex: Normalised[Sex]
) -> tuple[Patient, list[LedgerEntry]]:
    """Return the patient with the ledger of age and sex.

    Parameters
    ----------
    patient_id : PatientId
        Who it is.
    history : str or None
        Gives a decade where `age` is unknown. Of a patient whom it calls transgender, it tells no sex.
    age, sex : Normalised
        As the source has them, or its history in their place.
    """
    told = _read(without_prompt(history)) if history else _InHistory()
    decade = told.decade if age.value is None else None
    if decade is not None:
        age = Normalised(age.raw, decade.middle_years, Rule.DECADE)
    if told.transgender and sex.rule is Rule.FROM_HISTORY:
        sex = Normalised(sex.raw, None, Rule.AMBIGUOUS)
    patient = Patient(
        patient_id,
        age.value,
        sex.value,
        age_unit=decade.unit if decade else age_unit(age, history),
        age_range=age_range(decade),
        gestational_age_weeks=told.gestation.weeks if told.gestation else None,
        transgender=told.transgender or None,
    )
    return patient, [age.entry("patient.age_years"), sex.entry("patient.sex")]


def _read(history: str) -> _InHistory:
    ages = ages_in(history)
    decades = (age for age in ages if age.form is AgeForm.DECADE and not is_of_relative(history, *age.span))
    return _InHistory(
        next(decades, None),
        next((age for age in ages if age.form is AgeForm.GESTATION), None),
        transgender_words(history, [Span(0, len(history))]) is not None,
    )
