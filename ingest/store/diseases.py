"""Asking cases by disease, on every engine: a condition on it becomes one on the diagnoses that are of it.

Nothing of it is stored: which diagnoses are of a disease follows from their names (`ingest.concepts.diseases`), so the
answer goes by the tables of now and by every diagnosis that there is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from ingest.concepts.diseases import (
    cases_by_disease,
    diagnoses_of,
    disease_named,
    is_named_in_tables,
    names_of_known_diseases,
)
from ingest.errors import InvalidFilter
from ingest.spelling import did_you_mean
from ingest.store.checks import check_filter
from ingest.store.filters import Filter, ValueKind, asks_by, with_values
from ingest.store.lookup import facet_counts

Diagnoses = Mapping[str, int]

_SHOWN = 8  # of the most frequent diseases in a message


def without_diseases(where: Filter | None, diagnoses: Callable[[], Diagnoses]) -> Filter | None:
    """Return the filter with the diagnoses of each disease that it names in its place.

    Parameters
    ----------
    where : Filter or None
        None for every case.
    diagnoses : callable
        Counts the cases of the store by diagnosis; asked only where the filter names a disease.

    Raises
    ------
    InvalidFilter
        If the filter does not make sense, or names a disease that no case has and our tables do not know.
    """
    if where is None:
        return None
    check_filter(where)
    if not asks_by(where, ValueKind.DISEASE):
        return where
    known = diagnoses()
    return with_values(where, ValueKind.DISEASE, "diagnosis", lambda name: _diagnoses_of(name, known))


def disease_counts(diagnoses: Diagnoses) -> dict[str, int]:
    """Return the counts of cases by disease, from those by diagnosis; a case counts for each kind that it is of."""
    return facet_counts(cases_by_disease(diagnoses))


def _diagnoses_of(name: str, diagnoses: Diagnoses) -> Iterable[str]:
    disease = disease_named(name)
    found = diagnoses_of(disease, diagnoses) if disease else []
    if not found and not (disease and is_named_in_tables(disease)):
        raise InvalidFilter(f"disease '{name}' is unknown: no case has it. {_hint(name, diagnoses)}")
    return found


def _hint(name: str, diagnoses: Diagnoses) -> str:
    here = list(disease_counts(diagnoses))
    most = f"The most frequent here: {', '.join(here[:_SHOWN])}." if here else "No case here has a diagnosis."
    return did_you_mean(name, [*here, *names_of_known_diseases()]) or most
