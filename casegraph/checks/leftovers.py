"""What a process that was killed left behind: unfinished files, locks of the dead, deletions half done.

Nothing of it is ever read, and the next command that writes clears it away. While a live process writes, its
files are no leftovers.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from casegraph.checks.problem import FIX, Problem
from casegraph.index_run import INDEX_LOCK
from clip.registry import ADDED
from ingest.deletion import unfinished_deletions
from ingest.files import left_behind
from ingest.images.objects import ObjectStore
from ingest.processes import process_is_alive
from ingest.store.interface import DocumentStore
from ingest.store.lock import holder_of
from rag.index.opening import VectorStores


class LeftoverCheck(StrEnum):
    """What can be left behind."""

    FILE = "leftover-file"  # an unfinished file of a dead process
    LOCK = "leftover-lock"  # a lock of a dead process
    DELETION = "deletion-unfinished"  # a case whose deletion was begun


def check_leftovers(store: DocumentStore, vectors: VectorStores, folder: Path) -> Iterator[Problem]:
    """Yield what was left behind in the workspace `folder`."""
    for path in leftover_files(folder, vectors):
        detail = "an unfinished file of a process that has ended"
        yield Problem(LeftoverCheck.FILE, str(path.relative_to(folder)), detail, FIX)
    for path in sorted(folder.glob("*.lock")):
        pid = holder_of(path)
        if pid is not None and not process_is_alive(pid):
            detail = f"process {pid} held it and has ended without releasing it"
            yield Problem(LeftoverCheck.LOCK, path.name, detail, FIX)
    for case_id in unfinished_deletions(store):
        yield Problem(LeftoverCheck.DELETION, case_id, "its deletion was begun but not finished", FIX)


def leftover_files(folder: Path, vectors: VectorStores) -> list[Path]:
    """Return the unfinished files of processes that have ended."""
    of_processes = [path for place in ("", "models", f"models/{ADDED}") for path in left_behind(folder / place)]
    return sorted([*of_processes, *ObjectStore(folder / "objects").unfinished(), *_unused_vectors(folder, vectors)])


def _unused_vectors(folder: Path, vectors: VectorStores) -> list[Path]:
    pid = holder_of(folder / INDEX_LOCK)
    if pid is not None and process_is_alive(pid):
        return []
    return [path for one in vectors.values() for path in one.leftovers()]
