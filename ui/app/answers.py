"""Answers on a page: none stays beside a question that it does not answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import streamlit as st

Answer = TypeVar("Answer")
_ANSWERED = "answered"


@contextmanager
def fresh_answer(question: str, find: Callable[[], Answer], doing: str) -> Iterator[Answer]:
    """Find an answer and give room to show it. While it is looked for, that of another question is gone at once.

    Parameters
    ----------
    question : str
        What is asked, told apart from every other question of this page.
    doing : str
        What the page says meanwhile.
    """
    room = st.empty()
    if st.session_state.get(_ANSWERED) == question:
        answer = find()
    else:
        with room, st.spinner(doing):
            answer = find()
    with room.container():
        yield answer
    st.session_state[_ANSWERED] = question
