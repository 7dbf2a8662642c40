"""A graph without a server: it notes each statement, and answers every column with the same hostile text."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any, Self

from kg.engine.graph import Graph
from kg.engine.watch import Watch
from kg.schema import KEY_PROPERTIES, Label

_LABEL = re.compile(r"\((?:n|s|c|x|d|f):(\w+) ?[{)]")
_INNER = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}")
# What nobody needs any more would never come to an end; and names are said by what was written, which nothing was.
_NOT_ANSWERED = ("AS unused", "AS times", "AS taken")
_NUMBERS = {"number": 10, "sequence": 0, "found": 0, "cleared": 0, "relationships": 1, "times": 1, "rank": 1}


class RecordingDriver:
    """What `Graph` needs of a driver; it is its own session and its own transaction."""

    def __init__(self) -> None:
        self.sent = dict[str, Mapping[str, Any]]()  # the parameters of each statement, as they were sent last
        self.text = "harmless"
        self._rows: list[dict[str, Any]] = []

    @property
    def statements(self) -> set[str]:
        return set(self.sent)

    def session(self, **_: object) -> Self:
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def close(self) -> None:
        pass

    def execute_read(self, work: Callable[[Any], Any]) -> Any:
        return work(self)

    execute_write = execute_read

    def run(self, statement: str, parameters: Mapping[str, Any]) -> Self:
        self.sent[statement] = parameters
        self._rows = self._answer(statement, parameters)
        return self

    def data(self) -> list[dict[str, Any]]:
        return self._rows

    def consume(self) -> None:
        pass

    def _answer(self, statement: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        if any(column in statement for column in _NOT_ANSWERED):
            return []
        found = _LABEL.search(statement)
        label = Label(found[1]) if found and found[1] in set(Label) else Label.FINDING
        columns = _columns(statement)
        asked = next((key for name in ("keys", "case_ids") for key in parameters.get(name, ())), self.text)
        if "AS written" in statement:
            return [{"written": len(parameters["rows"])}]
        return [{column: self._value(column, label, parameters.get("key", asked)) for column in columns}]

    def _value(self, column: str, label: Label, asked: str) -> Any:
        values: dict[str, Any] = {
            **_NUMBERS,
            "label": str(label),
            "properties": {KEY_PROPERTIES[label]: asked, "name": self.text, "folded": self.text},
            "relationship": {"mention_id": self.text},
            "type": "SHOWS",
            "kind": "SHOWS",
            "group_name": "SHOWS.in.Case",
            "start": asked,
            "key": asked,
            "outgoing": True,
            "clearing": False,
            "case_ids": [self.text],
            "why": [self.text],
            "score": 0.5,
        }
        return values.get(column, None if column in ("sex", "age_years", "version", "edges") else self.text)


def _columns(statement: str) -> list[str]:
    """Return the names of the columns that a statement returns."""
    returned = re.split(r" ORDER BY | LIMIT ", statement.rpartition("RETURN ")[2].removeprefix("DISTINCT "))[0]
    while (shorter := _INNER.sub("", returned)) != returned:
        returned = shorter
    return [column.split()[-1] for column in returned.split(",")]


class UnwatchedGraph(Graph):
    """A graph that waits for no server, so that no statement needs a thread of its own."""

    def _watched(self, driver: Any, ask: Callable[[Any, Watch], Any]) -> Any:
        return ask(driver, Watch(math.inf))


def recording_graph() -> tuple[Graph, RecordingDriver]:
    """Return a graph that talks to nobody, and what it sends."""
    driver = RecordingDriver()
    return UnwatchedGraph(driver, "bolt://nowhere", None, "", driver), driver  # pyright: ignore[reportArgumentType]
