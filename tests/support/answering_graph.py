"""A graph without a server that answers each statement as a test says, and notes what it was asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kg.projection.rows import RULES
from kg.statements import READ_PROJECTION

Answer = Callable[[Mapping[str, Any]], list[dict[str, Any]]]


class AnsweringGraph:
    """What questions need of a graph, and a transaction of it; a statement that no answer is given for is an error."""

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        # Whose the graph is, every question asks first: it is ours.
        self.answers = {READ_PROJECTION: lambda _: [{"sequence": 1, "clearing": False, "rules": RULES}], **answers}
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def read(self, statement: str, **parameters: Any) -> list[dict[str, Any]]:
        self.asked.append((statement, parameters))
        return self.answers[statement](parameters)
