"""What one run of a projection remembers from batch to batch, so that its time grows no faster than the cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from kg.projection.rows import NodeRow, RelationshipRow
from kg.schema import Label, NodeKey, RelationshipType

Spellings = dict[str, Counter[str]]
"""How often each diagnosis, by its key, is written in which way."""

# Diagnoses whose spellings, patients, and rows that cases share, a run remembers: a few megabytes each.
_REMEMBERED = 20_000
# Their properties depend on cases; all others follow from their key, so that writing them once is enough.
_OF_CASES = frozenset({Label.PATIENT, Label.CASE, Label.IMAGE, Label.DIAGNOSIS, Label.ARTICLE})
# What leaves a diagnosis follows from its key all the same.
_SAID_BY_CASES = _OF_CASES - {Label.DIAGNOSIS}


@dataclass(frozen=True)
class Memory:
    """How the diagnoses are spelled, which patients there are, and which rows that cases share are in the graph.

    `whole` says that the graph knew no case when the run began, and that nothing was left out since: then what is not
    remembered is not there, and nobody has to ask for it.
    """

    whole: bool = False
    spellings: Spellings = field(default_factory=dict)
    patients: frozenset[str] = frozenset()
    written: frozenset[object] = frozenset()

    def unknown_spellings(self, diagnoses: Iterable[str]) -> list[str]:
        """Return the diagnoses of whose spellings only the graph may know."""
        return [] if self.whole else [key for key in diagnoses if key not in self.spellings]

    def known_patients(self, patients: Iterable[str]) -> list[str]:
        """Return the patients of whom the graph may know something."""
        return [key for key in patients if key in self.patients] if self.whole else list(patients)

    def unwritten_nodes(self, rows: Iterable[NodeRow]) -> list[NodeRow]:
        """Return the nodes that have to be written."""
        return [row for row in rows if row.node not in self.written]

    def unwritten_relationships(self, rows: Iterable[RelationshipRow]) -> list[RelationshipRow]:
        """Return the relationships that have to be written."""
        return [row for row in rows if _of_one_case(row) or row.identity not in self.written]

    def and_then(
        self, spellings: Spellings, nodes: Collection[NodeKey], relationships: Iterable[RelationshipRow]
    ) -> Memory:
        """Return what to remember after a batch; full, it begins again, so that memory stays flat."""
        shared = {key for key in nodes if key.label not in _OF_CASES}
        edges = {row.identity for row in relationships if not _of_one_case(row)}
        full = len(self.spellings) > _REMEMBERED
        whole = self.whole and not full and len(self.patients) <= _REMEMBERED
        return Memory(
            whole,
            spellings if full else self.spellings | spellings,
            self.patients.union(key.key for key in nodes if key.label is Label.PATIENT) if whole else frozenset(),
            frozenset(shared | edges) if len(self.written) > _REMEMBERED else self.written | shared | edges,
        )

    def without_written(self) -> Memory:
        """Return it for a batch that may delete what nothing speaks of any more."""
        return Memory(spellings=self.spellings)


def _of_one_case(row: RelationshipRow) -> bool:
    """Tell whether no other case says the same: what its text says of its topic bears its name."""
    return row.source.label in _SAID_BY_CASES or row.type is RelationshipType.DESCRIBES
