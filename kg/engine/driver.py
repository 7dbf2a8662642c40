"""The Neo4j driver, without the numpy, pandas and pyarrow that it would load for values that we never send.

They are nine tenths of its start-up (measured: 5.6 of 6.3 s on a busy machine), and every command that asks the
graph would pay for it. The driver keeps them in one module, where each is None if it is not installed; here
that module stands ready with Nones. Should the driver rename it, this has no effect but the time.
"""

from __future__ import annotations

import sys
from types import ModuleType

_OPTIONAL = "neo4j._optional_deps"

if _OPTIONAL not in sys.modules:
    _nothing = ModuleType(_OPTIONAL)
    vars(_nothing).update(np=None, pd=None, pa=None, pa_compute=None)
    sys.modules[_OPTIONAL] = _nothing

from neo4j import (  # noqa: E402 - after the module that it finds ready
    Driver,
    GraphDatabase,
    ManagedTransaction,
    NotificationMinimumSeverity,
    Session,
    unit_of_work,
)
from neo4j.exceptions import DriverError, Neo4jError  # noqa: E402

__all__ = [
    "Driver",
    "DriverError",
    "GraphDatabase",
    "ManagedTransaction",
    "Neo4jError",
    "NotificationMinimumSeverity",
    "Session",
    "unit_of_work",
]
