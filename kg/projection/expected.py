"""What the graph must hold, put together from the documents case by case: the slow way beside the projection."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kg.projection.rows import NodeRow, RelationshipRow, Rows
from kg.projection.settling import NAMING, diagnosis_nodes, patient_nodes
from kg.schema import Label, NodeKey, RelationshipType

Identity = tuple[NodeKey, RelationshipType, NodeKey, str]

OF_CASES = (Label.CASE, Label.IMAGE)
"""Labels whose relationships are compared case by case; those of the others are few, or one per case."""


@dataclass
class Expected:
    """Gathers what the cases say; `nodes` is complete when every case was added."""

    _nodes: dict[NodeKey, Mapping[str, Any]] = field(default_factory=dict)
    _names: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    _facts: list[dict[str, Any]] = field(default_factory=list)
    shared: defaultdict[NodeKey, dict[Identity, Mapping[str, Any]]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, rows: Rows) -> None:
        """Add what one case says; the cases come in order of their id, as the projection takes their facts."""
        self._nodes |= {row.node: row.properties for row in rows.nodes}
        for row in rows.relationships:
            if row.source.label not in OF_CASES:
                self.shared[row.source][row.identity] = row.properties
            if row.type in NAMING:
                self._names[row.target.key][row.properties["name"]] += 1
            elif row.type is RelationshipType.HAS_CASE:
                known = {name: row.properties.get(name) for name in ("sex", "age_years")}
                self._facts.append({"key": row.source.key, **known})

    def nodes(self) -> dict[NodeKey, Mapping[str, Any]]:
        """Return every node with its properties."""
        return self._nodes | {row.node: row.properties for row in self._settled()}

    def _settled(self) -> Iterator[NodeRow]:
        yield from diagnosis_nodes(self._names)
        yield from patient_nodes(self._facts)


def of_cases(rows: Rows) -> Iterator[RelationshipRow]:
    """Yield the relationships of a case that leave the case or one of its images."""
    return (row for row in rows.relationships if row.source.label in OF_CASES)
