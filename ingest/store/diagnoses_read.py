"""The diagnosis of each case of a SQLite store as it is written there, kept in memory and kept up with the documents.

Which cases are of a disease follows from how their diagnoses are written, upper and lower case included, which stands
in the documents alone. Reading all of them takes seconds where there are many, so only what changed is read again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from threading import Lock
from typing import Any

_SEQUENCE = "SELECT value FROM meta WHERE name = 'sequence'"
_CHANGED = "SELECT case_id, json_extract(document, '$.diagnosis') FROM cases WHERE sequence > ?"


class DiagnosesRead:
    """The diagnoses of the live cases by their ids; safe to ask from several threads.

    Parameters
    ----------
    read : callable
        Returns the rows of a statement with its parameters.
    """

    def __init__(self, read: Callable[[str, list[Any]], list[Any]]) -> None:
        self._read = read
        self._lock = Lock()
        self._sequence = 0
        self._by_case: Mapping[str, str] = {}

    def counts(self, case_ids: Iterable[str] | None = None) -> Counter[str]:
        """Count the cases of these ids by their diagnoses; None for every case."""
        by_case = self._now()
        if case_ids is None:
            return Counter(by_case.values())
        return Counter(by_case[case_id] for case_id in case_ids if case_id in by_case)

    def _now(self) -> Mapping[str, str]:
        with self._lock:
            ((sequence,),) = self._read(_SEQUENCE, [])  # before the changes: what comes between is read once more
            if sequence != self._sequence:
                changed = dict(self._read(_CHANGED, [self._sequence]))
                both = {**self._by_case, **changed}
                self._by_case = {case_id: diagnosis for case_id, diagnosis in both.items() if diagnosis is not None}
                self._sequence = sequence
            return self._by_case
