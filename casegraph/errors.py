"""What can go wrong: every error that CaseGraph raises on purpose is a `CaseGraphError`, with what mends it."""

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
from ingest.remedies import Advice, Remedy, RemedyAction

__all__ = [
    "Advice",
    "BusyError",
    "CaseGraphError",
    "DamagedFile",
    "EngineError",
    "InputError",
    "MissingExtra",
    "RejectedFile",
    "Remedy",
    "RemedyAction",
    "StaleProjection",
    "StorageError",
    "UnknownCase",
    "WorkspaceError",
]
