"""How many values of each field the source gave, and how many nobody could make anything of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ingest.case import Case, LedgerEntry
from ingest.curation.corrections import CORRECTABLE, divide_ledger_field
from ingest.errors import InputError
from ingest.normalise.normalised import Rule
from ingest.normalise.text import null_rule
from ingest.spelling import did_you_mean

UNSETTLED_RULES = frozenset({Rule.UNKNOWN_VALUE, Rule.AMBIGUOUS, Rule.NO_POINT, Rule.NUMBER_FOR_CODE})
"""Rules that found a value in the source and could make nothing of it."""

MIN_FOR_MOST = 2  # one value of one is no pattern: MedPix writes an unknown age as "0"
_SPOKEN = {"age_years": "age"}


@dataclass(frozen=True)
class FieldCount:
    """Of one field: how many values the source gave, how many were understood, and how many were lost."""

    field: str
    given: int
    understood: int
    lost: int

    @property
    def lost_for_most(self) -> bool:
        """Tell whether more than half of what the source gave was lost."""
        return is_most(self.lost, self.given)


@dataclass
class FieldCounts:
    """Counts the values of cases while they go by."""

    given: dict[str, int] = field(default_factory=dict)
    lost: dict[str, int] = field(default_factory=dict)

    def add(self, case: Case) -> None:
        """Count the values of one case, as its ledger now has them."""
        for entry in case.current_ledger.values():
            name = field_name(divide_ledger_field(entry.field)[1])
            self.given[name] = self.given.get(name, 0) + (null_rule(entry.raw) is None)
            self.lost[name] = self.lost.get(name, 0) + _is_lost(entry)

    def all(self) -> tuple[FieldCount, ...]:
        """Return one count a field, in the order in which the ledger has them."""
        return tuple(
            FieldCount(name, given, given - self.lost[name], self.lost[name])
            for name, given in self.given.items()
            if given
        )


def is_most(lost: int, given: int) -> bool:
    """Tell whether a loss is one of most: more than half, of two at least."""
    return given >= MIN_FOR_MOST and 2 * lost > given


def field_name(path: str) -> str:
    """Return the name that people use for a field of the ledger: "age" for "patient.age_years"."""
    name = next((one.name for one in CORRECTABLE.values() if one.path == path), path)
    return _SPOKEN.get(name, name)


def require_field_name(text: str, known: Iterable[str]) -> str:
    """Return the name of the field that a person means: by its name, its filter or its path in the ledger.

    Raises
    ------
    InputError
        If there is no such field; the message suggests the nearest one.
    """
    names = sorted({*map(field_name, (one.path for one in CORRECTABLE.values())), *known})
    name = field_name(CORRECTABLE[text].path if text in CORRECTABLE else text)
    if name in names:
        return name
    hint = did_you_mean(text, names) or f"Fields: {', '.join(names)}."
    raise InputError(f"there is no field '{text}'. {hint}")


def _is_lost(entry: LedgerEntry) -> bool:
    return entry.rule in UNSETTLED_RULES and entry.value is None and null_rule(entry.raw) is None
