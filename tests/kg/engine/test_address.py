"""A database is part of the address of a graph; whatever else the address names is kept or refused, never ignored."""

from __future__ import annotations

import pytest

from ingest.errors import InputError
from kg.engine.address import GraphAddress, parse_address

READ = [
    ("bolt://h:7687", None, "bolt://h:7687", None, "bolt://h:7687"),
    ("bolt://h:7687/", "", "bolt://h:7687", None, "bolt://h:7687"),
    ("bolt://h:7687/Archive", None, "bolt://h:7687", "archive", "bolt://h:7687/archive"),
    ("bolt://h/?database=archive", None, "bolt://h", "archive", "bolt://h/archive"),
    ("bolt+s://h/archive?database=ARCHIVE", "archive", "bolt+s://h", "archive", "bolt+s://h/archive"),
    ("bolt://[::1]:7687", "a.b-3", "bolt://[::1]:7687", "a.b-3", "bolt://[::1]:7687/a.b-3"),
    ("neo4j://h/?policy=eu&database=x22", None, "neo4j://h?policy=eu", "x22", "neo4j://h/x22?policy=eu"),
]


@pytest.mark.parametrize(("address", "setting", "uri", "database", "text"), READ)
def test_an_address_is_read_and_reads_alike_when_written_down(
    address: str, setting: str | None, uri: str, database: str | None, text: str
) -> None:
    read = parse_address(address, setting)
    assert read == GraphAddress(uri, database, text)
    assert parse_address(read.text) == read


@pytest.mark.parametrize(
    ("address", "setting", "sentence"),
    [
        ("bolt://h/one", "two", "two databases are named.*CASEGRAPH_GRAPH_DATABASE"),
        ("bolt://h/one?database=two", None, "two databases are named"),
        ("neo4j://h?database=one&database=two", None, "two databases are named"),
        ("bolt://h?policy=eu", None, "has a setting 'policy', which bolt:// does not take"),
        ("bolt://h?database=", None, "not a valid name for a database"),
        ("bolt://h/a/b", None, "not a valid name for a database"),
        ("bolt://h/ab", None, "3 to 63"),
        ("bolt://h/1abc", None, "a letter first"),
        ("bolt://h", "with space", "not a valid name for a database"),
        ("bolt://h", "x" * 64, "3 to 63"),
        ("bolt://h/system", None, "belongs to Neo4j itself"),
        ("bolt://h/#x", None, "is invalid"),
    ],
)
def test_an_address_that_cannot_be_meant_is_refused(address: str, setting: str | None, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        parse_address(address, setting)
