"""Values as literals of a Cypher script: they come back as they were, whatever stands in them."""

from __future__ import annotations

import pytest
from hostile_strings import hostile_strings

from ingest.errors import InputError
from kg.engine.graph import Graph
from kg.export.cypher_script import literal, node_lines
from kg.questions.neighbourhood import Node
from kg.schema import Label


def test_t32_hostile_texts_come_back_from_neo4j_as_they_were(neo4j: Graph) -> None:
    texts = list(hostile_strings(2000))
    for start in range(0, len(texts), 500):
        some = texts[start : start + 500]
        assert neo4j.read(f"RETURN {literal(some)} AS some")[0]["some"] == some  # pyright: ignore[reportArgumentType]


def test_every_kind_of_value_comes_back_from_neo4j(neo4j: Graph) -> None:
    value = {
        "text": "O'Brien \\u0027 \\\\u0027 \\U0001 \\",
        "empty": "",
        "numbers": [0, -7, 2**62, 0.1, -1e-300, 1e300, 40.0],
        "flags": [True, False, None],
        "nested": {"list": [], "map": {}},
    }
    [row] = neo4j.read(f"RETURN {literal(value)} AS value")  # pyright: ignore[reportArgumentType]
    assert row["value"] == value
    assert [type(number) for number in row["value"]["numbers"]] == [int, int, int, float, float, float, float]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        *((number, "holds no NaN and no infinity") for number in (float("nan"), float("inf"))),
        *(({name: 1}, "a name that cannot stand in a Cypher script") for name in ("a b", "a`", "")),
        (object(), "a value of type object cannot be written"),
        (b"x", "a value of type bytes cannot be written"),
    ],
)
def test_what_a_script_cannot_hold_is_refused(value: object, said: str) -> None:
    with pytest.raises(InputError, match=said):
        literal(value)


def test_a_statement_is_one_line() -> None:
    names = [f"{text}\n\r\u2028" for text in hostile_strings(50)]
    [line] = node_lines([Node(f"Finding:{name}", Label.FINDING, name, {"concept_id": name}) for name in names])
    assert line.endswith(";\n")
    assert len(line.splitlines()) == 1
