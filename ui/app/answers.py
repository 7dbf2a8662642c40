"""Answers on a page: none stays beside a question that it does not answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

Answer = TypeVar("Answer")
_ANSWERED = "answered"


@contextmanager
def fresh_answer(
    question: str, find: Callable[[], Answer], doing: str, room: DeltaGenerator | None = None
) -> Iterator[Answer]:
    """Find an answer and give room to show it. While it is looked for, that of another question is gone at once.

    Parameters
    ----------
    question : str
        What is asked, told apart from every other question of this page.
    doing : str
        What the page says meanwhile.
    room : DeltaGenerator, optional
        Where it stands: made empty before the question was drawn, so that never the two are seen side by side.
    """
    room = st.empty() if room is None else room
    if st.session_state.get(_ANSWERED) == question:
        answer = find()
    else:
        with room, st.spinner(doing):
            answer = find()
    with room.container():
        yield answer
    st.session_state[_ANSWERED] = question
