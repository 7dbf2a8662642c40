"""What one run of a projection remembers from batch to batch, so that its time grows no faster than the cases."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from kg.projection.rows import NodeRow, RelationshipRow
from kg.projection.settling import Spellings
from kg.schema import Label, NodeKey

# Diagnoses whose spellings, and rows that cases share, a run remembers: a few megabytes each.
_REMEMBERED = 20_000
# Their properties depend on cases; all others follow from their key, so that writing them once is enough.
_OF_CASES = frozenset({Label.PATIENT, Label.CASE, Label.IMAGE, Label.DIAGNOSIS})


@dataclass(frozen=True)
class Memory:
    """How the diagnoses are spelled, and which rows that cases share are in the graph for certain."""

    spellings: Spellings = field(default_factory=dict)
    written: frozenset[object] = frozenset()

    def unwritten_nodes(self, rows: Iterable[NodeRow]) -> list[NodeRow]:
        """Return the nodes that have to be written."""
        return [row for row in rows if row.node not in self.written]

    def unwritten_relationships(self, rows: Iterable[RelationshipRow]) -> list[RelationshipRow]:
        """Return the relationships that have to be written."""
        return [row for row in rows if row.source.label in _OF_CASES or row.identity not in self.written]

    def and_then(
        self, spellings: Spellings, nodes: Iterable[NodeKey], relationships: Iterable[RelationshipRow]
    ) -> Memory:
        """Return what to remember after a batch; full, it begins anew, so that memory stays flat."""
        shared = {key for key in nodes if key.label not in _OF_CASES}
        edges = {row.identity for row in relationships if row.source.label not in _OF_CASES}
        return Memory(
            spellings if len(self.spellings) > _REMEMBERED else self.spellings | spellings,
            frozenset(shared | edges) if len(self.written) > _REMEMBERED else self.written | shared | edges,
        )

    def without_written(self) -> Memory:
        """Return it for a batch that may delete what nothing speaks of any more."""
        return Memory(self.spellings)
