"""The cases that have the very disease that a question names: its line is, word for word, a name of their diagnosis.

Who types the name of a disease wants the cases of it, and after them those that resemble them. No likeness of words or
images can tell "has it" from "looks like it", so this channel decides before all others (`rag.search.fusion`).
"""

from __future__ import annotations

from collections.abc import Iterable, Set

from ingest.case import Case
from ingest.concepts.diagnosis import diagnosis_concept_id
from rag.search.fusion import Ranked
from rag.search.query import Query

MAX_NAME_LENGTH = 120  # characters; a longer line is no name but a sentence


def diagnoses_named_in(text: str) -> list[str]:
    """Return the concept ids of the diagnoses that the lines of a question may be the names of."""
    named = (diagnosis_concept_id(line) for line in text.splitlines() if len(line) <= MAX_NAME_LENGTH)
    return list(dict.fromkeys(concept_id for concept_id in named if concept_id))


class DiagnosisIndex:
    """Which cases have which diagnosis.

    Parameters
    ----------
    cases : iterable of Case
        Everything that may be found.
    """

    def __init__(self, cases: Iterable[Case]) -> None:
        self._having: dict[str, list[tuple[str, str]]] = {}
        for case in cases:
            concept_id = diagnosis_concept_id(case.diagnosis) if case.diagnosis else None
            if concept_id:
                self._having.setdefault(concept_id, []).append((case.case_id, str(case.diagnosis)))

    def cases_named(self, query: Query, allowed: Set[str]) -> list[Ranked]:
        """Return the allowed cases of a disease that was picked, or whose name is a line of the words typed.

        All rank the same.
        """
        named = dict.fromkeys([*query.concept_ids, *diagnoses_named_in(query.text or "")])
        return [
            Ranked(case_id, 1.0, f"it has the disease named, {name}")
            for concept_id in named
            for case_id, name in self._having.get(concept_id, ())
            if case_id in allowed
        ]
