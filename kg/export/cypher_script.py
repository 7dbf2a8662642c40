"""The graph as a Cypher script for an empty Neo4j, one statement a line.

A script has no parameters, so values stand in it as literals, and every one goes through `literal`. Labels, types and
property names come from the enums and from the projection, never from a case.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import isfinite
from typing import Any, cast

from ingest.errors import InputError
from kg.questions.neighbourhood import Node, Relationship
from kg.schema import (
    KEY_PROPERTIES,
    MARKER,
    MENTION_TYPES,
    Label,
    NodeKey,
    RelationshipType,
    constraints,
    name_indexes,
    node,
    parse_node_key,
)

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SPELLED = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def literal(value: Any) -> str:
    r"""Return a value as Cypher writes it.

    Some versions of Neo4j read ``\uXXXX`` as a character before they look for quotes, so that ``\\u0027`` ends a text;
    a backslash of the data therefore never stands before a ``u``: the text is cut there and put together with ``+``.

    Examples
    --------
    >>> print(literal({"name": "O'Brien", "codes": ["a", 1, True, None]}))
    {name: 'O\'Brien', codes: ['a', 1, true, null]}
    >>> print(literal("\\u0027"))
    ('\\' + 'u0027')
    """
    match value:
        case str():
            written = _text(str(value))
        case None | bool():
            written = {None: "null", True: "true", False: "false"}[value]
        case int() | float():
            written = _number(value)
        case list() | tuple():
            written = f"[{', '.join(map(literal, cast('Sequence[Any]', value)))}]"
        case Mapping():
            items = cast("Mapping[str, Any]", value).items()
            written = f"{{{', '.join(f'{_name(key)}: {literal(item)}' for key, item in items)}}}"
        case _:
            raise InputError(f"a value of type {type(value).__name__} cannot be written into a Cypher script.")
    return written


def _number(value: float) -> str:
    """Return the shortest text that means the same number."""
    if not isfinite(value):
        raise InputError("a Cypher script holds no NaN and no infinity.")
    return repr(value)


def _text(value: str) -> str:
    parts = [f"'{''.join(map(_spelled, part))}'" for part in re.split(r"(?<=\\)(?=[uU])", value)]
    return parts[0] if len(parts) == 1 else f"({' + '.join(parts)})"


def _spelled(letter: str) -> str:
    """Return one character inside quotes; what nobody sees is written by its number."""
    if letter in _SPELLED:
        return _SPELLED[letter]
    if letter.isprintable() or ord(letter) > 0xFFFF:
        return letter
    return f"\\u{ord(letter):04X}"


def _name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise InputError("a property of the graph has a name that cannot stand in a Cypher script.")
    return name


def constraint_lines() -> Iterator[str]:
    """Yield what makes keys unique, which is also the index that the rest needs, and names quick to find."""
    yield "// A graph of CaseGraph: load it into an empty Neo4j. For research and teaching.\n"
    for statement in (*constraints(), *name_indexes(fulltext=True)):
        yield f"{statement};\n"


def node_lines(nodes: Iterable[Node]) -> Iterator[str]:
    """Yield one statement for the nodes of each label."""
    by_label: defaultdict[Label, list[Mapping[str, Any]]] = defaultdict(list)
    for one in nodes:
        by_label[one.label].append(one.properties)
    for label, rows in by_label.items():
        key = KEY_PROPERTIES[label]
        mark = f"{MARKER}: '{label.value}'"
        yield f"UNWIND {literal(rows)} AS row MERGE (n:{label.value} {{{key}: row.{key}, {mark}}}) SET n += row;\n"


def relationship_lines(relationships: Iterable[Relationship]) -> Iterator[str]:
    """Yield one statement for the relationships between two labels of each type."""
    by_pattern: defaultdict[tuple[Label, RelationshipType, Label], list[dict[str, Any]]] = defaultdict(list)
    for relationship in relationships:
        source, target = _ends(relationship)
        row = {"source": source.key, "target": target.key, "properties": relationship.properties}
        by_pattern[source.label, relationship.type, target.label].append(row)
    for (source, kind, target), rows in by_pattern.items():
        mention = "mention_id: row.properties.mention_id, " if kind in MENTION_TYPES else ""
        yield (
            f"UNWIND {literal(rows)} AS row MATCH {node('a', source, 'row.source')} "
            f"MATCH {node('b', target, 'row.target')} "
            f"MERGE (a)-[r:{kind.value} {{{mention}{MARKER}: true}}]->(b) SET r += row.properties;\n"
        )


def _ends(relationship: Relationship) -> tuple[NodeKey, NodeKey]:
    return parse_node_key(relationship.source), parse_node_key(relationship.target)
