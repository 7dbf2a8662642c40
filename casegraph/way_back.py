"""What a workspace keeps beside what the settings of one run name, and the way back where that fails.

A setting of one run is tried first and kept afterwards (`Engines.keep`); until then it holds for this run
alone, and every message about it says what the workspace keeps and how to choose.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from casegraph.file import WorkspaceFile
from ingest.errors import CaseGraphError, EngineError, InputError, MissingExtra, StaleProjection
from ingest.store.mongo_address import SCHEMES, read_mongo_address

ENCODERS = ("image_encoder", "text_encoder")
SETTINGS = ("documents", "graph", "vectors", *ENCODERS)

_DEFAULTS = WorkspaceFile()


def differences(kept: WorkspaceFile, named: WorkspaceFile) -> list[str]:
    """Return a sentence for each setting of this run that is not what the workspace keeps."""
    return [_difference(name, kept, named) for name in SETTINGS if getattr(kept, name) != getattr(named, name)]


def require_kept_encoders(kept: WorkspaceFile, named: WorkspaceFile) -> None:
    """Raise StaleProjection where the settings name other encoders than those that the workspace was indexed with."""
    other = [_difference(name, kept, named) for name in ENCODERS if getattr(kept, name) != getattr(named, name)]
    if other:
        raise StaleProjection(" ".join(other))


@contextmanager
def way_back(name: str, kept: WorkspaceFile, named: WorkspaceFile) -> Generator[None]:
    """Add to the error of an engine that could not be opened how to get on without it."""
    try:
        yield
    except (EngineError, InputError, MissingExtra) as error:
        error.args = (f"{error}{_advice(name, kept, named)}",)
        raise
    except CaseGraphError as error:
        if getattr(kept, name) != getattr(named, name):
            error.args = (f"{error}{_advice(name, kept, named)}",)
        raise


def _difference(name: str, kept: WorkspaceFile, named: WorkspaceFile) -> str:
    was, says = getattr(kept, name), getattr(named, name)
    variable = f"CASEGRAPH_{name.upper()}"
    if name in ENCODERS:
        return (
            f"this workspace was indexed with {_words(name)} '{was}', {variable} says '{says}'. "
            f"Unset it, or index again: casegraph index {_option(name)} {says}."
        )
    return (
        f"this workspace keeps its {name} at '{was}', {variable} says '{says}', which holds for this command alone. "
        "Unset it, or keep what it says: casegraph index."
    )


def _advice(name: str, kept: WorkspaceFile, named: WorkspaceFile) -> str:
    was, says = getattr(kept, name), getattr(named, name)
    if was != says:
        option = f"{_option(name)} and " if name in ENCODERS else ""
        return f" The workspace keeps its {_words(name)} '{was}': leave out {option}CASEGRAPH_{name.upper()} to use it."
    if was == getattr(_DEFAULTS, name):
        return ""
    return f" The workspace remembers this {_words(name)}. {_other(name, kept)}"


def _other(name: str, kept: WorkspaceFile) -> str:
    """Say which command sets another one."""
    if name in ENCODERS:
        both = kept.image_encoder == kept.text_encoder  # one model for both: where it is gone, both have to change
        other = " ".join(f"{_option(one)} {getattr(_DEFAULTS, one)}" for one in (ENCODERS if both else (name,)))
        return f"Set another: casegraph index {other}."
    if name in ("graph", "vectors"):
        return f"Set another: CASEGRAPH_{name.upper()}={getattr(_DEFAULTS, name)} casegraph index."
    login = ""
    if kept.documents.startswith(SCHEMES):
        address = read_mongo_address(kept.documents)
        if address.user is not None:
            login = f"It keeps no password: set CASEGRAPH_DOCUMENTS='{address.with_place_for_password}'. "
    return f"{login}Set another: CASEGRAPH_DOCUMENTS=ADDRESS casegraph index."


def _words(name: str) -> str:
    return name.replace("_", " ")


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"
