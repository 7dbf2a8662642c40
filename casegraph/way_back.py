"""What a workspace keeps beside what the settings of one run name, and the way back where that fails.

A setting of one run is tried first and kept afterwards (`Engines.keep`); until then it holds for this run
alone, and every message about it says what the workspace keeps and how to choose.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from casegraph.file import WorkspaceFile
from ingest.errors import CaseGraphError, EngineError, InputError, MissingExtra, StaleProjection
from ingest.remedies import Advice, Remedy, RemedyAction
from ingest.store.mongo_address import SCHEMES, read_mongo_address

ENCODERS = ("image_encoder", "text_encoder")
SETTINGS = ("documents", "graph", "vectors", *ENCODERS)

_DEFAULTS = WorkspaceFile()


def differences(kept: WorkspaceFile, named: WorkspaceFile) -> list[Advice]:
    """Return a sentence for each setting of this run that is not what the workspace keeps."""
    return [_difference(name, kept, named) for name in SETTINGS if getattr(kept, name) != getattr(named, name)]


def require_kept_encoders(kept: WorkspaceFile, named: WorkspaceFile) -> None:
    """Raise StaleProjection where the settings name other encoders than those that the workspace was indexed with."""
    other = [_difference(name, kept, named) for name in ENCODERS if getattr(kept, name) != getattr(named, name)]
    if other:
        settings = tuple(setting for one in other if one.remedy for setting in one.remedy.settings)
        remedy = Remedy(RemedyAction.USE_SETTINGS, settings=settings)
        raise StaleProjection(" ".join(one.text for one in other), remedy=remedy)


@contextmanager
def way_back(name: str, kept: WorkspaceFile, named: WorkspaceFile) -> Generator[None]:
    """Add to the error of an engine that could not be opened how to get on without it."""
    try:
        yield
    except (EngineError, InputError, MissingExtra) as error:
        error.way_back = _advice(name, kept, named)
        raise
    except CaseGraphError as error:
        if getattr(kept, name) != getattr(named, name):
            error.way_back = _advice(name, kept, named)
        raise


def _difference(name: str, kept: WorkspaceFile, named: WorkspaceFile) -> Advice:
    was, says = getattr(kept, name), getattr(named, name)
    variable = f"CASEGRAPH_{name.upper()}"
    if name in ENCODERS:
        return Advice(
            f"this workspace was indexed with {_words(name)} '{was}', but {variable} says '{says}'. "
            "Unset it, or index again.",
            Remedy(RemedyAction.USE_SETTINGS, settings=((name, says),)),
        )
    return Advice(
        f"this workspace keeps its {name} at '{was}', but {variable} says '{says}', which holds for this run alone. "
        "Unset it, or keep what it says.",
        Remedy(RemedyAction.INDEX),
    )


def _advice(name: str, kept: WorkspaceFile, named: WorkspaceFile) -> Advice | None:
    was, says = getattr(kept, name), getattr(named, name)
    if was != says:
        option = f"{_option(name)} and " if name in ENCODERS else ""
        return Advice(
            f"The workspace keeps its {_words(name)} '{was}': leave out {option}CASEGRAPH_{name.upper()} to use it."
        )
    if was == getattr(_DEFAULTS, name):
        return None
    return Advice(
        f"The workspace remembers this {_words(name)}. {_about_password(name, kept)}Set another.",
        Remedy(RemedyAction.USE_SETTINGS, settings=_others(name, kept)),
    )


def _others(name: str, kept: WorkspaceFile) -> tuple[tuple[str, str | None], ...]:
    """Return the settings that set another one."""
    if name == "documents":
        return ((name, None),)
    together = name in ENCODERS and kept.image_encoder == kept.text_encoder  # one model for both: both have to change
    return tuple((one, getattr(_DEFAULTS, one)) for one in (ENCODERS if together else (name,)))


def _about_password(name: str, kept: WorkspaceFile) -> str:
    if name != "documents" or not kept.documents.startswith(SCHEMES):
        return ""
    address = read_mongo_address(kept.documents)
    if address.user is None:
        return ""
    return f"It keeps no password: set CASEGRAPH_DOCUMENTS='{address.with_place_for_password}'. "


def _words(name: str) -> str:
    return name.replace("_", " ")


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"
