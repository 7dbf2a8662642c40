"""Ask about many keys a few hundred at a time, so that no statement outlasts the time that it is given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import LiteralString

from kg.engine.graph import Graph, Row
from kg.projection.project import batches

READ_SIZE = 500


def read_in_parts(graph: Graph, statement: LiteralString, **keys: Sequence[str]) -> Iterator[Row]:
    """Yield the rows of a statement that takes one list of keys, and answers for each key by itself."""
    ((name, values),) = keys.items()
    for some in batches(values, READ_SIZE):
        yield from graph.read(statement, **{name: some})
