"""What the page Draft makes: a draft or a ranking of diagnoses, each in a thread that the session keeps.

Its classes stand here, since Streamlit runs a page anew each time, and with it what is defined there.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from casegraph.cases import DecodedImage
from casegraph.drafts import AskAnswer, Draft, DraftRequest, draft_document
from casegraph.errors import CaseGraphError, StorageError
from casegraph.workspace import Workspace
from ui.app.making import Progress, is_making, keep_made
from ui.app.remedies import show_error

DRAFT = "draft"
ANSWER = "diagnoses"
SHOWN = "shown-on-paper"
TABS = DRAFT_TAB, ANSWER_TAB, KEPT_TAB = "Draft", "Diagnoses", "Kept drafts"


@dataclass(frozen=True)
class WrittenDraft:
    """A draft, and its id in the workspace where it was saved there."""

    draft: Draft
    draft_id: str | None


@dataclass(frozen=True)
class MadeDraft:
    """What was made of a request, and of which."""

    of: tuple[DraftRequest, str]
    answer: WrittenDraft | AskAnswer


def write_draft(
    space: Workspace, request: DraftRequest, image: DecodedImage | None, progress: Progress, *, saves: bool
) -> WrittenDraft:
    """Write a draft and save it, in a thread of its own: nothing is drawn here.

    Where the workspace cannot be written, the draft is shown all the same, with the button that would keep it.
    """

    def tell(statements: int) -> None:
        progress.words = f"{statements} statements written, not checked yet"

    draft = space.drafts.write(request, image=image, on_progress=tell)
    with suppress(StorageError):
        return WrittenDraft(draft, space.drafts.keep(draft_document(draft)).draft_id if saves else None)
    return WrittenDraft(draft, None)


def keep_what_is_made(places: Mapping[str, DeltaGenerator]) -> None:
    """Wait for what is being made, keep it in the session and show it; an error is told in the place of its kind."""

    def keep(kind: str, of: tuple[DraftRequest, str], future: Future[Any]) -> bool:
        places[DRAFT].empty()
        try:
            st.session_state[kind] = MadeDraft(of, future.result())
            st.session_state[SHOWN] = ANSWER_TAB if kind == ANSWER else DRAFT_TAB
        except CaseGraphError as error:
            with places[kind].container():
                show_error(error)
            return False
        return True

    with st.spinner("Gathering evidence ...") if is_making(places) else nullcontext():
        while keep_made(places, places[DRAFT].caption, keep) is not None:
            pass
