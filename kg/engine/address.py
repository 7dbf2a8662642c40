"""The address of a graph: a Bolt server and one of its databases, as the address itself or a setting names it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

from ingest.errors import InputError

_SCHEMES = frozenset({"bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc"})
# Neo4j Operations Manual, "Standard databases", naming rules.
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9.-]{2,62}")
_RESERVED = "system"


@dataclass(frozen=True)
class GraphAddress:
    """Where a graph is.

    Attributes
    ----------
    uri : str
        What the driver is given: server, and routing context where there is one.
    database : str or None
        Which of the server's databases; None for its default one.
    text : str
        The whole, with the database, for people and to be written down; reading it gives the same address.
    """

    uri: str
    database: str | None
    text: str


def parse_address(address: str, database: str | None = None) -> GraphAddress:
    """Return the parts of an address; its path, its query and a setting may name the database, and have to agree.

    Raises
    ------
    InputError
        If it is not a Bolt address; above all one with a password in it, which messages would show. If the names of
        the database differ, or one is none.

    Examples
    --------
    >>> parse_address("neo4j://host:7687/?database=archive").text
    'neo4j://host:7687/archive'
    """
    parts = _split(address)
    shown = f"{parts.scheme}://{parts.netloc}"
    query = parse_qsl(parts.query, keep_blank_values=True)
    named = {unquote(parts.path.strip("/"))} if parts.path.strip("/") else set[str]()
    named |= {value for key, value in query if key == "database"} | ({database} if database else set())
    rest = [(key, value) for key, value in query if key != "database"]
    if rest and not parts.scheme.startswith("neo4j"):
        raise InputError(
            f"the address {shown} of the graph has a setting '{rest[0][0]}', which {parts.scheme}:// does not take. "
            f"Leave it out; a database is written {shown}/database."
        )
    names = {_require_name(name, shown) for name in named}
    if len(names) > 1:
        raise InputError(
            f"two databases are named for the graph at {shown}: {' and '.join(sorted(names))}. "
            "Let the address and CASEGRAPH_GRAPH_DATABASE name the same one, or leave one of them out."
        )
    context = f"?{urlencode(rest)}" if rest else ""
    name = names.pop() if names else None
    return GraphAddress(f"{shown}{context}", name, f"{shown}{f'/{name}' if name else ''}{context}")


def _split(address: str) -> SplitResult:
    try:
        parts = urlsplit(address.strip())
        plain = parts.hostname is not None and parts.username is None and parts.port != 0
        if plain and parts.scheme in _SCHEMES and not parts.fragment:
            return parts
    except ValueError:  # a port that is no number
        pass
    raise InputError("the address of the graph is invalid. Write it without user and password: bolt://localhost:7687.")


def _require_name(name: str, shown: str) -> str:
    """Return the name of a database as Neo4j keeps it, in lower case."""
    if not _NAME.fullmatch(name):
        raise InputError(
            f"{name!r} is not a valid name for a database of the graph at {shown}. Expected 3 to 63 ASCII letters, "
            f"digits, dots and dashes, a letter first: {shown}/database."
        )
    if name.lower().startswith(_RESERVED):
        raise InputError(f"database {name!r} belongs to Neo4j itself. Name another: {shown}/database.")
    return name.lower()
