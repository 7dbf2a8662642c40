"""How long tests wait for a server: longer than users do, as they share their machine with others, which may stall it.

A test of giving up sets its own time.
"""

from __future__ import annotations

from typing import Any, Final

import kg.engine.graph
from ingest.store import mongo_database

USERS_WAIT_S: Final = max(kg.engine.graph.TIMEOUT_S, mongo_database.TIMEOUT_MS / 1000)
TIMES: Final[tuple[tuple[Any, str, float], ...]] = (
    (kg.engine.graph, "TIMEOUT_S", 60.0),
    (mongo_database, "TIMEOUT_MS", 60_000),
)
