"""One writer at a time on MongoDB: a lease document that says who writes, since when, and until when.

Times are compared on the server, so that clocks of different machines do not matter. The lease of a process of
this machine that is dead is taken over at once; that of another machine when it has run out.
"""

from __future__ import annotations

import os
import socket
import uuid
from contextlib import nullcontext, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ingest.errors import BusyError
from ingest.processes import process_is_alive

if TYPE_CHECKING:
    from pymongo.collection import Collection

# Renewed with each batch. Between two batches the images of a hundred cases may be decoded, which takes a minute.
LEASE_MS = 300_000

_LEASE = {"_id": "writer"}


class Lease:
    """The right to write, for as long as it is renewed in time."""

    def __init__(self, meta: Collection[dict[str, Any]], address: str, since: str) -> None:
        self._meta = meta
        self._address = address
        self._since = since
        self._token = uuid.uuid4().hex

    def take(self) -> None:
        """Take the lease.

        Raises
        ------
        BusyError
            If another writer holds it; the message says which, since when.
        """
        run_out = {"$expr": {"$lte": ["$expires_at", "$$NOW"]}}
        if self._claim(run_out):
            return
        holder = self._meta.find_one(_LEASE) or {}
        if not (_is_dead(holder) and self._claim({"token": holder["token"]})):
            raise BusyError(
                f"{self._address} is being written by {holder.get('host')}:{holder.get('pid')} since "
                f"{holder.get('since')}. Wait until it has ended, then try again."
            )

    def renew(self) -> None:
        """Hold it for another while.

        Raises
        ------
        BusyError
            If another writer has taken over after it ran out.
        """
        later = [{"$set": {"expires_at": {"$add": ["$$NOW", LEASE_MS]}}}]
        if not self._meta.update_one({**_LEASE, "token": self._token}, later).matched_count:
            raise BusyError(f"{self._address} has another writer now: the lease ran out. Try again.")

    def release(self, patience_s: float | None = None) -> None:
        """Let others write. Where the server is gone for so long, the lease runs out by itself."""
        from pymongo import timeout
        from pymongo.errors import PyMongoError

        with suppress(PyMongoError), timeout(patience_s) if patience_s else nullcontext():
            free = {"$set": {"expires_at": datetime(1970, 1, 1, tzinfo=UTC), "token": ""}}
            self._meta.update_one({**_LEASE, "token": self._token}, free)

    def _claim(self, condition: dict[str, Any]) -> bool:
        holder = {"token": self._token, "host": {"$literal": socket.gethostname()}, "pid": os.getpid()}
        until = {"since": {"$literal": self._since}, "expires_at": {"$add": ["$$NOW", LEASE_MS]}}
        return self._meta.update_one({**_LEASE, **condition}, [{"$set": {**holder, **until}}]).matched_count == 1


def _is_dead(holder: dict[str, Any]) -> bool:
    return holder.get("host") == socket.gethostname() and not process_is_alive(holder["pid"])
