"""Strings made to break out of a statement: pieces of Cypher, quotes, escapes and odd characters, put together."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

PIECES = (
    "'",
    '"',
    "`",
    "\\",
    "\\\\",
    "\\'",
    "\\u0027",
    "\\u0060",
    "\\u005C",
    "\\U0001F600",
    "u0027",
    "''",
    "//",
    "/*",
    "*/",
    ";",
    "}",
    "})",
    "{",
    "$rows",
    "$key",
    "${x}",
    "{{}}",
    "%s",
    "%(x)s",
    "\n",
    "\r",
    "\t",
    "\0",
    "\x01",
    "\x0b",
    "\x1b[0m",
    "\x7f",
    "\u0085",
    "\u00a0",
    "\u2028",
    "\u2029",
    "\u200b",
    "\u202e",
    "\ufeff",
    "\ufffe",
    "\ufffd",
    "\U0001f600",
    " MATCH (n) DETACH DELETE n ",
    " RETURN 1 AS one ",
    " UNION MATCH (n) RETURN n ",
    " CALL db.labels() ",
    " LOAD CSV FROM 'file:///etc/passwd' AS row ",
    " OR 1=1 ",
    " WITH 1 AS x ",
    "Case",
    ":Case",
    ":`Case`",
    "-[:SHOWS]->",
    "null",
    "true",
    "1e999",
    "é",
    "ß",
    "İ",
    "mass",
    " ",
    "<b>",
    "&amp;",
    "]]>",
    "a",
)


def hostile_strings(number: int, seed: int = 32) -> Iterator[str]:
    """Yield so many strings, none of them blank, the same ones for a seed."""
    chance = Random(seed)
    for count in range(number):
        yield "".join(chance.choices(PIECES, k=chance.randint(1, 8))) + f"·{count}"
