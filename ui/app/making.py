"""What takes long is made in a thread and kept by the session, so that a press elsewhere meanwhile does not end it.

Streamlit ends the run of a page where its reader presses something else; what that run was making would be lost.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Container
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Thread
from typing import Any

import streamlit as st

_MAKING = "being-made"
_POLL_S = 0.1


@dataclass
class Progress:
    """How far something is, in words; written by its thread, read by the page."""

    words: str = ""


@dataclass(frozen=True)
class _Making:
    of: Any
    future: Future[Any]
    progress: Progress


def start_making(kind: str, of: object, make: Callable[[Progress], object]) -> None:
    """Begin to make something of a request, in place of what of its kind is still being made."""
    making = _Making(of, Future(), Progress())
    under_way = _under_way()
    under_way.pop(kind, None)
    under_way[kind] = making
    Thread(target=_make, args=(making, make), name=f"making-{kind}", daemon=True).start()


def is_making(kinds: Container[str]) -> bool:
    """Tell whether something of these kinds is being made, or is made and not shown yet."""
    return any(kind in kinds for kind in _under_way())


def keep_made(
    kinds: Container[str], told: Callable[[str], object], keep: Callable[[str, Any, Future[Any]], bool]
) -> bool | None:
    """Wait for what was begun first of these kinds, give it to the page to keep, and forget it here.

    It counts as being made until the page has kept it: a run that Streamlit ends before loses nothing.

    Parameters
    ----------
    told : callable
        Is given the progress, in words.
    keep : callable
        Is given the kind, what it was made of and what was made; returns whether there is something new to show.

    Returns
    -------
    bool, optional
        What `keep` returned; None where nothing of these kinds is being made.
    """
    under_way = _under_way()
    kind = next((kind for kind in under_way if kind in kinds), None)
    if kind is None:
        return None
    making = under_way[kind]
    while not making.future.done():
        told(making.progress.words)  # here Streamlit ends the run; the next one waits on
        time.sleep(_POLL_S)
    is_new = keep(kind, making.of, making.future)  # Streamlit may end the run here too
    del under_way[kind]
    return is_new


def _make(making: _Making, make: Callable[[Progress], object]) -> None:
    try:
        making.future.set_result(make(making.progress))
    except BaseException as error:  # noqa: BLE001  raised again on the page, by `Future.result`
        making.future.set_exception(error)


def _under_way() -> dict[str, _Making]:
    return st.session_state.setdefault(_MAKING, {})
