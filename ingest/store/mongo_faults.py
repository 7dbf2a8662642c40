"""What the faults of a MongoDB mean, for documents and for a source alike.

pymongo tells many faults of the connection in one kind of error; which it is stands in its text alone (pymongo 4.20,
``topology.py`` and ``pool_shared.py``). None of these texts carries a login.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ingest.errors import BusyError, CaseGraphError, EngineRefused, EngineUnreachable, InputError, StorageError

NO_RIGHT = 13
_LOGIN_FAILED = {18, 8000}  # AuthenticationFailed, AtlasError (its wrong password)
_NO_MECHANISM = 334
_DUPLICATE_KEY = 11000
_OUT_OF_DISK_SPACE = 14031

# What the text of a failed connection holds, and what then is wrong with the address.
_CONNECTION_FAULTS = (
    (
        ("CERTIFICATE_VERIFY_FAILED", "certificate verify failed", "Hostname mismatch", "IP address mismatch"),
        "has a certificate that is not trusted here, or is for another host. "
        "Name the file of who signed it: tlsCAFile=FILE in the address.",
    ),
    (
        ("SSL handshake failed", "[SSL"),
        "does not agree on TLS. Leave tls=true out of the address if the server has no TLS; "
        "else check tlsCAFile and tlsCertificateKeyFile.",
    ),
    (
        ("replica set name", "replica set named"),
        "does not belong to the replica set that option replicaSet names. Correct replicaSet in the address, "
        "or leave it out and write directConnection=true.",
    ),
    (
        ("connection closed",),
        "does not answer: it closes the connection. If it wants TLS, write tls=true and tlsCAFile=FILE in the address.",
    ),
)


@contextmanager
def mongo_errors(address: str) -> Iterator[None]:
    """Say what a fault of MongoDB means, with the address and without password or any text of a case."""
    from pymongo.errors import PyMongoError

    try:
        yield
    except PyMongoError as error:
        raise _meaning(error, address) from error


def _meaning(error: Exception, address: str) -> CaseGraphError | ValueError:
    from pymongo import errors

    if isinstance(error, errors.InvalidOperation):
        return ValueError("the document store is closed.")
    if isinstance(error, errors.ConnectionFailure) or (isinstance(error, errors.PyMongoError) and error.timeout):
        return EngineUnreachable(f"MongoDB at {address} {_of_connection(str(error))}")
    if isinstance(error, errors.ProtocolError):
        return EngineUnreachable(f"MongoDB at {address} does not answer as a MongoDB does. Correct the address.")
    if isinstance(error, errors.DocumentTooLarge):
        return InputError(f"MongoDB at {address} stores at most 16 MB in one piece. Shorten it.")
    if isinstance(error, errors.ConfigurationError):
        return _of_configuration(error, address)
    return _meaning_of_code(_code(error), address)


def _of_configuration(error: Exception, address: str) -> CaseGraphError:
    if address.startswith("mongodb+srv://"):
        return EngineUnreachable(
            f"MongoDB at {address} is not found: mongodb+srv:// asks DNS for the record _mongodb._tcp.HOST, which "
            "does not exist, or DNS does not answer. Correct the host, or write mongodb://host:27017/database."
        )
    said = str(error).partition("\n")[0].rstrip(".")
    return InputError(f"the MongoDB address {address} cannot be used: {said}. Correct it.")


def _of_connection(text: str) -> str:
    """Say why there is no connection, by the text of the driver."""
    for signs, meaning in _CONNECTION_FAULTS:
        if any(sign in text for sign in signs):
            return meaning
    return "does not answer in time. Start it (docker compose up mongodb), or correct the address."


def _meaning_of_code(code: int | None, address: str) -> CaseGraphError:
    if code in _LOGIN_FAILED:
        return EngineRefused(
            f"MongoDB at {address} refuses the login: wrong user or password, or option authSource does not name the "
            "database that the user was made in (often authSource=admin). Correct them in the address."
        )
    if code == NO_RIGHT:
        return EngineRefused(
            f"MongoDB at {address} refuses the login: no user is named, or the user has no right to do this. "
            "Write user and password into the address, or have the right granted."
        )
    if code == _NO_MECHANISM:
        return EngineRefused(f"MongoDB at {address} does not log in so. Correct option authMechanism in the address.")
    if code == _DUPLICATE_KEY:
        return BusyError(f"{address} was written by another process meanwhile. Try again.")
    if code == _OUT_OF_DISK_SPACE:
        return StorageError(f"MongoDB at {address} has no space left. What it acknowledged is intact. Make room.")
    return EngineRefused(f"MongoDB at {address} declines with code {code}. Its own log says why.")


def _code(error: Exception) -> int | None:
    from pymongo.errors import BulkWriteError, OperationFailure

    if isinstance(error, BulkWriteError):
        failures = error.details.get("writeErrors") or [{}]
        return failures[0].get("code")
    return error.code if isinstance(error, OperationFailure) else None
