"""A data set is checked, packed into one file, or kept in the workspace: each in a thread that the session keeps."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any
from weakref import finalize

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from casegraph.errors import CaseGraphError
from casegraph.recipes import RecipeText
from casegraph.subsets import SubsetReport
from casegraph.workspace import Workspace
from ui.app.making import Progress, is_making, keep_made, start_making
from ui.app.remedies import show_error

CHECK, FILE, FOLDER = KINDS = ("data-set-check", "data-set-file", "data-set-folder")
WAITS: Mapping[str, str] = {
    CHECK: "Checking for leaks ...",
    FILE: "Writing the data set ...",
    FOLDER: "Writing the data set ...",
}
DatasetQuestion = tuple[str, int, str, str]
"""Workspace, last change of its documents, collections where they matter, recipe."""


@dataclass(frozen=True)
class Packed:
    """A data set as one file; its folder is removed when the session lets go of it, and when the app ends."""

    file: Path


def check(space: Workspace, asked: DatasetQuestion) -> None:
    """Begin to look at all that a data set would hold."""

    def look(progress: Progress) -> SubsetReport:
        return space.subsets.foresee(RecipeText(asked[-1]), on_progress=partial(_tell, progress))

    start_making(CHECK, asked, look)


def pack(space: Workspace, asked: DatasetQuestion, name: str) -> None:
    """Begin to write a data set as one file."""

    def write(progress: Progress) -> Packed:
        room = Path(mkdtemp(prefix="casegraph-data-set-"))
        packed = Packed(room / f"{name}.zip")
        finalize(packed, rmtree, room, ignore_errors=True)
        space.subsets.write(RecipeText(asked[-1]), packed.file, on_progress=partial(_tell, progress))
        return packed

    start_making(FILE, asked, write)


def keep(space: Workspace, asked: DatasetQuestion, foreseen: SubsetReport) -> None:
    """Begin to write a data set into a folder of the workspace."""

    def write(progress: Progress) -> SubsetReport:
        return space.subsets.keep(RecipeText(asked[-1]), foreseen, on_progress=partial(_tell, progress))

    start_making(FOLDER, asked, write)


def kept(kind: str, asked: DatasetQuestion) -> Any:
    """Return what was made of this question; None where nothing was, or of another question."""
    of, what = st.session_state.get(kind, (None, None))
    return what if of == asked else None


def wait_for_what_is_made(places: Mapping[str, DeltaGenerator]) -> None:
    """Wait for what is being made, keep it in the session and show the page again; an error is told in its place."""
    while (is_new := keep_made(KINDS, partial(_show_progress, places), partial(_keep_or_tell, places))) is not None:
        if is_new:
            st.rerun()


def _keep_or_tell(places: Mapping[str, DeltaGenerator], kind: str, of: DatasetQuestion, future: Future[Any]) -> bool:
    places[kind].empty()
    try:
        st.session_state[kind] = (of, future.result())
    except CaseGraphError as error:
        with places[kind].container():
            show_error(error)
        return False
    return True


def _tell(progress: Progress, done: int, total: int) -> None:
    progress.words = f"{done:,} of {total:,} read"


def _show_progress(places: Mapping[str, DeltaGenerator], words: str) -> None:
    for kind in KINDS:
        if is_making((kind,)):
            places[kind].info(f"{WAITS[kind]} {words}", icon=":material/hourglass_top:")
