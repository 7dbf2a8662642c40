"""What can go wrong: every error that CaseGraph raises on purpose is a `CaseGraphError`."""

from __future__ import annotations

from ingest.errors import (
    BusyError,
    CaseGraphError,
    DamagedFile,
    EngineError,
    InputError,
    MissingExtra,
    RejectedFile,
    StaleProjection,
    StorageError,
    UnknownCase,
    WorkspaceError,
)

__all__ = [
    "BusyError",
    "CaseGraphError",
    "DamagedFile",
    "EngineError",
    "InputError",
    "MissingExtra",
    "RejectedFile",
    "StaleProjection",
    "StorageError",
    "UnknownCase",
    "WorkspaceError",
]
