"""Models are loaded in the background from the start of the app; the foot of each page says when they are ready."""

from __future__ import annotations

import time
from enum import StrEnum
from threading import Thread

import streamlit as st
from streamlit import runtime

from casegraph.errors import CaseGraphError
from ui.app.faults import written_down
from ui.app.texts import line

# A file that is made when its button is clicked is dropped after two more runs of any page: the foot runs seldom.
ASKED_AGAIN_S = 5.0
_UNTIL_SERVED_S = 0.1


class Warmth(StrEnum):
    """How far the models are, in the words of the page."""

    NOT_ASKED = ""
    LOADING = "The models are being loaded: the first search, classification or draft waits for them."
    READY = "The models are ready."
    FAILED = "The models could not be loaded: the pages that need them say why."


_now = [Warmth.NOT_ASKED]


def start_warming() -> None:
    """Open the workspace of this app and load its models, in a thread of their own."""
    _now[0] = Warmth.LOADING
    Thread(target=_warm, name="warming", daemon=True).start()


def _warm() -> None:
    while not runtime.exists():
        time.sleep(_UNTIL_SERVED_S)
    from ui.app.panels import workspace  # what it caches belongs to the running server

    try:
        workspace().warm_up()
        _now[0] = Warmth.READY
        workspace().documents.facets("disease")  # of all that pages count it takes longest, the first time
    except CaseGraphError:
        _now[0] = Warmth.FAILED
    except Exception as error:  # noqa: BLE001  the boundary of the thread: pages that need the models say what is wrong
        written_down(error)
        _now[0] = Warmth.FAILED


def show_warmth() -> None:
    """Say whether the models are ready; asked again until they are."""
    st.fragment(_show, run_every=ASKED_AGAIN_S if _now[0] is Warmth.LOADING else None)()


def _show() -> None:
    if _now[0]:
        line(_now[0])
