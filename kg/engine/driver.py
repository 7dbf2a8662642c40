"""The Neo4j driver, without the numpy, pandas and pyarrow that it would load for values that we never send.

They are nine tenths of its start-up (measured: 2.9 of 3.5 s on a busy machine), and every command that asks the
graph would pay for it. The driver does without each that is not installed; so here, while it is loaded, they are not.
"""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder
from threading import get_ident

_OPTIONAL = frozenset({"numpy", "pandas", "pyarrow"})


class _NotInstalled(MetaPathFinder):
    """Tells the thread that made it that optional libraries are not installed; those loaded before stay in use."""

    def __init__(self) -> None:
        self._thread = get_ident()

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        """Leave every other module, and every other thread, to the finders after this one."""
        if fullname in _OPTIONAL and get_ident() == self._thread:
            raise ModuleNotFoundError(f"{fullname} is not loaded for the graph's driver.", name=fullname)


_finder = _NotInstalled()
sys.meta_path.insert(0, _finder)
try:
    from neo4j import Driver, GraphDatabase, ManagedTransaction, NotificationMinimumSeverity, Session, unit_of_work
    from neo4j.exceptions import DriverError, Neo4jError
finally:
    sys.meta_path.remove(_finder)

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
