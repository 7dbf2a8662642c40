"""Who may do what on the embedded graph server: one user writes, another only reads.

ArcadeDB does not look at Bolt's READ access mode, so questions go in as a user whose group may only read. Both
files are written before each start, with passwords made for that start; the server sees their hashes alone.

References
----------
ArcadeDB's users and groups: https://docs.arcadedb.com/#security
"""

from __future__ import annotations

import json
import secrets
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import pbkdf2_hmac
from pathlib import Path
from typing import Any

WRITER = "root"
READER = "reader"
# What ArcadeDB itself takes for a password that it is given: ServerSecurity.encodePassword.
_ITERATIONS = 65536


@dataclass(frozen=True, repr=False)
class Passwords:
    """The passwords of the two users."""

    writer: str
    reader: str


def new_passwords() -> Passwords:
    """Return passwords for one start of the server."""
    return Passwords(secrets.token_urlsafe(24), secrets.token_urlsafe(24))


def user_files(database: str, passwords: Passwords, *, read_timeout_s: float) -> Mapping[str, str]:
    """Return the server's files of users and groups, by name.

    Parameters
    ----------
    database : str
        The one database that the reader sees.
    passwords : Passwords
        Of both users.
    read_timeout_s : float
        The server gives up a question of the reader after this long.
    """
    users = (
        {"name": WRITER, "databases": {"*": ["admin"]}, "password": _hashed(passwords.writer)},
        {"name": READER, "databases": {database: ["reader"]}, "password": _hashed(passwords.reader)},
    )
    groups = {
        "admin": _group(
            access=["updateSecurity", "updateSchema", "updateDatabaseSettings"],
            records=["createRecord", "readRecord", "updateRecord", "deleteRecord"],
        ),
        "reader": _group(records=["readRecord"], read_timeout_ms=int(read_timeout_s * 1000)),
        "*": _group(),
    }
    return {
        "server-users.jsonl": "".join(json.dumps(user) + "\n" for user in users),
        "server-groups.json": json.dumps({"version": 2, "databases": {"*": {"groups": groups}}}),
    }


def write_user_files(folder: Path, files: Mapping[str, str]) -> None:
    """Replace the files in the server's folder of settings."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, text in files.items():
        path = folder / name
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_text(text)


def _group(
    *, access: list[str] | None = None, records: list[str] | None = None, read_timeout_ms: int = -1
) -> dict[str, Any]:
    """Return a group; -1 stands for no limit."""
    return {
        "resultSetLimit": -1,
        "readTimeout": read_timeout_ms,
        "access": access or [],
        "types": {"*": {"access": records or []}},
    }


def _hashed(password: str) -> str:
    salt = b64encode(secrets.token_bytes(32)).decode()
    digest = pbkdf2_hmac("sha256", password.encode(), salt.encode(), _ITERATIONS, dklen=32)
    return f"PBKDF2WithHmacSHA256${_ITERATIONS}${salt}${b64encode(digest).decode()}"
