"""The choice of cases: from the list of all where they are few, else from those that an id or words of a title find."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Literal

import streamlit as st

from casegraph.cases import Case
from casegraph.documents import FoundTitles
from casegraph.errors import CaseGraphError
from casegraph.workspace import Workspace
from ui.app.address import field, many, one, put, put_all, written
from ui.app.panels import PASSAGE, case_line, named_case, workspace
from ui.app.remedies import answered
from ui.app.texts import line

MAX_LISTED = 2_000
"""A list of so many cases takes 0.2 MB to the browser, each time that it is drawn."""
MAX_FOUND = 50
WORDS = "find-case"  # the parameter of the address that holds what is looked for among many cases
FIND = "Case: id, or words of its title"
Choose = Callable[[str], object]


def chosen_case(
    space: Workspace, parameter: str, label: str, *, keeps: str | None = None, hidden: bool = False
) -> Case | None:
    """Return the case that the page's address names, or that the reader picks.

    Parameters
    ----------
    keeps : str, optional
        The case to begin with where the address names none: the one that the reader saw last.
    hidden : bool
        Show no label above the field.
    """
    if keeps and not one(parameter) and space.documents.has(keeps):
        put(parameter, keeps)
    case = named_case(space, one(parameter))
    offer_case(space, parameter, label, case, partial(_open, parameter), hidden=hidden)
    return case


def _open(parameter: str, case_id: str) -> None:
    put_all(**dict.fromkeys(PASSAGE, ""))
    put(parameter, case_id)


def offer_case(
    space: Workspace, parameter: str, label: str, case: Case | None, choose: Choose, *, hidden: bool = False
) -> None:
    """Let the reader pick a case in place of the one that is chosen; `choose` is given its id, "" for none."""
    titles = _offered(space, choose, hidden=hidden)
    if not titles:
        return
    if case:
        titles = {**titles, case.case_id: case.title}
    key = field(parameter, case.case_id if case else None)

    def chosen() -> None:
        put(WORDS, None)
        choose(st.session_state[key] or "")

    st.selectbox(
        label,
        list(titles),
        index=None,
        format_func=lambda case_id: case_line(case_id, titles[case_id]),
        placeholder="Type an id or a title",
        key=key,
        on_change=chosen,
        label_visibility=_visible(hidden),
    )


def offer_cases(space: Workspace, parameter: str, label: str, cases: Sequence[Case], *, at_most: int) -> None:
    """Let the reader pick several cases, and take away those that are chosen."""

    def add(case_id: str) -> None:
        put(parameter, [*many(parameter), case_id])

    def chosen() -> None:
        put(WORDS, None)
        written(parameter)

    titles = {**_offered(space, add), **{case.case_id: case.title for case in cases}}
    st.multiselect(
        label,
        list(titles),
        format_func=lambda case_id: case_line(case_id, titles[case_id]),
        key=field(parameter, [case.case_id for case in cases]),
        on_change=chosen,
        max_selections=at_most,
        placeholder="Type an id or a title",
    )


def _offered(space: Workspace, choose: Choose, *, hidden: bool = False) -> Mapping[str, str]:
    """Return what the cases are called that the reader may pick from; where there are many, let the reader find some.

    A case that is the only one found is chosen at once.
    """
    state = str(space.folder), space.documents.sequence()
    if _how_many(*state) <= MAX_LISTED:
        return _all_titles(*state)
    st.text_input(
        FIND,
        type="search",
        placeholder=FIND if hidden else "",
        key=field(WORDS, one(WORDS)),
        on_change=partial(_look, choose, *state),
        label_visibility=_visible(hidden),
    )
    found = answered(partial(_found, *state, one(WORDS))) if one(WORDS).strip() else None
    if found is None:
        return {}
    if not found.total:
        line("No case has this id, or all of these words in its title.")
    elif found.total > len(found.titles):
        line(f"{len(found.titles)} of {found.total:,} match: type more words.")
    return found.titles


def _look(choose: Choose, folder: str, sequence: int) -> None:
    written(WORDS)
    try:
        found = _found(folder, sequence, one(WORDS))
    except CaseGraphError:
        return  # said where what is found is drawn
    if found.total == 1:
        put(WORDS, None)
        choose(next(iter(found.titles)))


def _visible(hidden: bool) -> Literal["collapsed", "visible"]:
    return "collapsed" if hidden else "visible"


@st.cache_data(max_entries=2, show_spinner=False)
def _how_many(folder: str, sequence: int) -> int:
    return workspace().documents.count()


@st.cache_data(max_entries=2, show_spinner=False)
def _all_titles(folder: str, sequence: int) -> dict[str, str]:
    return workspace().documents.titles_of()


@st.cache_data(max_entries=64, show_spinner=False)
def _found(folder: str, sequence: int, words: str) -> FoundTitles:
    return workspace().documents.find_titles(words, MAX_FOUND)
