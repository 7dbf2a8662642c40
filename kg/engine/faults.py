"""What the errors of a graph server mean, and what to do about each: one table.

Neither statement nor parameters nor password appear in a sentence.

References
----------
Neo4j Status Codes, https://neo4j.com/docs/status-codes/5/errors/all-errors/
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator, Mapping
from typing import Final

from ingest.errors import BusyError, CaseGraphError, EngineRefused, EngineUnreachable, StorageError
from kg.engine.address import GraphAddress

_LOGIN: Final = (
    "refuses the user name or the password. Correct CASEGRAPH_GRAPH_USER and CASEGRAPH_GRAPH_PASSWORD, or the settings."
)
_RIGHTS: Final = (
    "declines: this user may not do that. Give the user the rights to read, write and make constraints in the "
    "database, or log in as another (CASEGRAPH_GRAPH_USER)."
)
_MEMORY: Final = (
    "declines: it has too little memory for this. Ask for less at a time, or give it more "
    "(server.memory.heap.max_size, dbms.memory.transaction.total.max in neo4j.conf)."
)
_IN_THE_WAY: Final = (
    "declines: nodes, an index or a constraint that CaseGraph did not make are in the way. See SHOW CONSTRAINTS and "
    "SHOW INDEXES there; remove what is in the way, or name another database (CASEGRAPH_GRAPH_DATABASE)."
)
_READ_ONLY: Final = (
    "declines to write: the database or this member of the cluster is read-only. Name one that is written."
)
_BUSY: Final = "was changed by somebody else at the same time. Try again."
_NOT_NOW: Final = (
    "declines: the database is not available now, being started, stopped or damaged. SHOW DATABASES says which; "
    "see the server's log."
)
_DISK: Final = (
    "could not write it down: its disk may be full. What it acknowledged before is intact. Make room; see its log."
)

_REFUSALS: Final[Mapping[str, str]] = {
    "Neo.ClientError.Security.CredentialsExpired": (
        "declines until the first password is changed. In its database system run ALTER CURRENT USER SET PASSWORD FROM "
        "'neo4j' TO '...' (cypher-shell -d system), then set CASEGRAPH_GRAPH_PASSWORD."
    ),
    "Neo.ClientError.Security.Unauthorized": _LOGIN,
    "Neo.ClientError.Security.AuthenticationRateLimit": (
        "refuses the user for some seconds, after too many wrong passwords. Correct CASEGRAPH_GRAPH_PASSWORD, wait, "
        "then try again."
    ),
    "Neo.ClientError.Security.TokenExpired": "refuses the login, which has expired. Log in again.",
    "Neo.ClientError.Security.AuthorizationExpired": "refuses the login, which has expired. Try again.",
    "Neo.ClientError.Security.Forbidden": _RIGHTS,
    "Neo.ClientError.General.ForbiddenOnReadOnlyDatabase": _READ_ONLY,
    "Neo.ClientError.Cluster.NotALeader": _READ_ONLY,
    "Neo.ClientError.Statement.AccessMode": "declines to write for a question: questions only read.",
    "Neo.ClientError.Statement.SyntaxError": (
        "declines a statement as not well-formed; CaseGraph needs Neo4j 5.23 or newer. Update the server."
    ),
    "Neo.ClientError.Transaction.TransactionTimedOut": (
        "gave up: it took too long. Try again when it is less busy, or ask for less at a time."
    ),
    "Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration": (
        "gave up: it took too long. Try again when it is less busy, or ask for less at a time."
    ),
    "Neo.ClientError.Schema.ConstraintValidationFailed": _IN_THE_WAY,
    "Neo.ClientError.Schema.ConstraintAlreadyExists": _IN_THE_WAY,
    "Neo.ClientError.Schema.ConstraintWithNameAlreadyExists": _IN_THE_WAY,
    "Neo.ClientError.Schema.IndexAlreadyExists": _IN_THE_WAY,
    "Neo.ClientError.Schema.IndexWithNameAlreadyExists": _IN_THE_WAY,
    "Neo.DatabaseError.Schema.ConstraintCreationFailed": _IN_THE_WAY,
    "Neo.TransientError.General.MemoryPoolOutOfMemoryError": _MEMORY,
    "Neo.TransientError.General.TransactionMemoryLimit": _MEMORY,
    "Neo.TransientError.General.TransactionOutOfMemoryError": _MEMORY,
    "Neo.TransientError.General.OutOfMemoryError": _MEMORY,
    "Neo.DatabaseError.General.OutOfMemoryError": _MEMORY,
    "Neo.TransientError.Database.DatabaseUnavailable": _NOT_NOW,
    "Neo.TransientError.General.DatabaseUnavailable": _NOT_NOW,
}
_NO_DATABASE: Final = "Neo.ClientError.Database.DatabaseNotFound"
_TAKEN: Final = frozenset(
    {
        "Neo.TransientError.Transaction.DeadlockDetected",
        "Neo.TransientError.Transaction.LockClientStopped",
        "Neo.TransientError.Transaction.LockAcquisitionTimeout",
        "Neo.TransientError.Transaction.Outdated",
    }
)
_UNWRITTEN: Final = frozenset(
    {
        "Neo.DatabaseError.Transaction.TransactionCommitFailed",
        "Neo.DatabaseError.Transaction.TransactionLogError",
        "Neo.DatabaseError.General.StorageDamageDetected",
    }
)


def refusal(code: str, address: GraphAddress) -> CaseGraphError:
    """Return what a status code of the server means."""
    server = f"the graph server at {address.text}"
    if code == _NO_DATABASE:
        return EngineRefused(
            f"database '{address.database or 'neo4j'}' does not exist at {address.uri}. Create it, or name another in "
            "the address or by CASEGRAPH_GRAPH_DATABASE; Neo4j Community has only its default one."
        )
    if code in _TAKEN:
        return BusyError(f"{server} {_BUSY}")
    if code in _UNWRITTEN:
        return StorageError(f"{server} {_DISK}")
    unknown = f"declines: {code}. See https://neo4j.com/docs/status-codes for the code, and the server's log."
    return EngineRefused(f"{server} {_REFUSALS.get(code, unknown)}")


def unreachable(error: BaseException, address: GraphAddress, advice: str) -> EngineUnreachable:
    """Return why there is no answer."""
    return EngineUnreachable(f"the graph server at {address.text} does not answer {_reason(error, advice)}")


def _reason(error: BaseException, advice: str) -> str:
    chain = list(_chain(error))
    words = " ".join(str(one) for one in chain)
    kinds = {type(one).__name__ for one in chain}
    if any(isinstance(one, socket.gaierror) for one in chain):
        return "(no such host). Correct the name of the host in the address."
    if "looks like HTTP" in words:
        return "as a graph server does: HTTP answers there. Give the Bolt port, 7687 by default, in the address."
    if "BoltSecurityError" in kinds or any(isinstance(one, ssl.SSLError) for one in chain):
        return (
            "over an encrypted connection. Write bolt:// or neo4j:// for a server without encryption, "
            "bolt+ssc:// or neo4j+ssc:// for one with a certificate of its own."
        )
    if kinds & {"UnsupportedServerProduct", "BoltHandshakeError", "BoltProtocolError"}:
        return "as a graph server does. Give the address of a Neo4j 5.23 or newer."
    if "ConfigurationError" in kinds or "CertificateConfigurationError" in kinds:
        return "(ConfigurationError). Correct the address: bolt://localhost:7687, or bolt://localhost:7687/database."
    return f"({type(error).__name__}). {advice}"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and what led to it."""
    seen = set[int]()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
