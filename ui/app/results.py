"""The result of a query on other pages: its cases one after another, gathered into a collection, as a grid and a chart.

A case that is opened from a result keeps the query in its address, so that the case before and the case after are one
key away, also after a reload and in a link that is sent on.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields

import streamlit as st

from casegraph.cases import Case, StoredCase, age_in_words
from casegraph.documents import CaseSummary, summary_of
from casegraph.errors import CaseGraphError
from casegraph.workspace import Workspace
from ui.app.address import field, one, put_all, written
from ui.app.filtering import counts_by, gathered
from ui.app.panels import CASE_PAGE, PASSAGE, cover_image, link, show_image, workspace
from ui.app.remedies import show_error
from ui.app.texts import as_written, heading, line

RESULT = "of"  # the parameter of a case's address that names the query it was opened from
EVERY_CASE = "()"
COLUMNS_OF_GRID = 4
_NEW = "a new collection"
_RECENT, _MAX_RECENT = "recent-cases", 20
_BAR = "#2a93aa"  # the main colour of both themes, near enough
_DECADE = 10  # years of a bar


@st.cache_data(max_entries=16, show_spinner=False)
def _ids_of(folder: str, sequence: int, query: str, gathered: str) -> list[str]:
    return workspace().documents.case_ids(query)


def ids_of(space: Workspace, query: str) -> list[str]:
    """Return the ids of the cases of a query, in their order."""
    return _ids_of(str(space.folder), space.documents.sequence(), query, gathered(space, query))


def recent_cases() -> list[str]:
    """Return the ids of the cases that were opened in this session, the last one first."""
    return st.session_state.get(_RECENT, [])


def show_ways_of_case(space: Workspace, case: Case) -> None:
    """Show the cases before and after one in the result that it was opened from, and a way into a collection."""
    others = [case_id for case_id in recent_cases() if case_id != case.case_id]
    st.session_state[_RECENT] = [case.case_id, *others][:_MAX_RECENT]
    with st.container(horizontal=True, vertical_alignment="center", key="neighbours"):
        _show_neighbours(space, case)
        add_to_collection(space, [case.case_id], key="case")


def _show_neighbours(space: Workspace, case: Case) -> None:
    query = one(RESULT)
    if not query:
        return
    try:
        ids = ids_of(space, query)
    except CaseGraphError:
        return  # the query of an old link, of a collection or a field that is no more: the case itself is shown
    if case.case_id not in ids:
        return
    at = ids.index(case.case_id)
    _to_neighbour("Previous", "K", ids[at - 1] if at else None)
    _to_neighbour("Next", "J", ids[at + 1] if at + 1 < len(ids) else None)
    line(f"{at + 1} of {len(ids)} · {'every case' if query == EVERY_CASE else query}")


def _to_neighbour(label: str, shortcut: str, case_id: str | None) -> None:
    st.button(
        label,
        key=f"neighbour-{label}",
        shortcut=shortcut,
        disabled=case_id is None,
        on_click=put_all,
        kwargs={**dict.fromkeys(PASSAGE, ""), "case": case_id or ""},
    )


def add_to_collection(
    space: Workspace, case_ids: Sequence[str], label: str = "Add to collection", *, key: str = "result"
) -> None:
    """Let the reader put cases into a collection, one that there is or a new one."""
    with st.popover(label, icon=":material/bookmark_add:", disabled=not case_ids, key=f"gather-{key}"):
        names = space.collections.names()
        with st.form(f"collect-{key}", border=False, clear_on_submit=True):
            chosen = st.selectbox("Collection", [*names, _NEW], key=f"collect-into-{key}") if names else _NEW
            name = st.text_input("Name of a new one", max_chars=60, key=f"collect-name-{key}", placeholder="my cases")
            pressed = st.form_submit_button(f"Add {counted(case_ids)}", type="primary", key=f"collect-add-{key}")
        if pressed:
            _add(space, (name or "").strip() or ("" if chosen == _NEW else chosen or ""), case_ids)
    if told := st.session_state.pop("collected", None):
        st.toast(as_written(told), icon=":material/bookmark_added:")


def _add(space: Workspace, name: str, case_ids: Sequence[str]) -> None:
    try:
        collection = space.collections.add(name, case_ids)
    except CaseGraphError as error:
        show_error(error)
        return
    st.session_state["collected"] = f"{collection.name} has {counted(collection.case_ids)} now."
    st.rerun()


def counted(case_ids: Sequence[str]) -> str:
    """Return how many cases there are, in words."""
    return f"{len(case_ids)} case{'' if len(case_ids) == 1 else 's'}"


def pages_of(total: int, size: int) -> int:
    """Return on how many pages so many rows stand, of which each page has `size`."""
    return max(1, -(-total // size))


def chosen_page(pages: int) -> int:
    """Let the reader turn the pages; the one that is open stands in the address."""
    named = int(one("page")) if one("page").isdecimal() else 1
    page = min(max(named, 1), pages)
    if pages > 1:
        st.pagination(pages, key=field("page", page), on_change=written, args=("page", 1))
    return page


def show_grid(stored: Sequence[StoredCase], query: str) -> list[str]:
    """Show cases as a grid of images, each with a way to it; return the ids of those that the reader ticks."""
    ticked: list[str] = []
    for start in range(0, len(stored), COLUMNS_OF_GRID):
        cells = zip(st.columns(COLUMNS_OF_GRID), stored[start : start + COLUMNS_OF_GRID], strict=False)
        for cell, one_case in cells:
            with cell, st.container(border=True, key=f"thumb-{one_case.case.short_id}", gap="xxsmall"):
                ticked += _show_cell(one_case, query)
    return ticked


def _show_cell(stored: StoredCase, query: str) -> list[str]:
    case, short = stored.case, summary_of(stored)
    image = cover_image(case)
    if image:
        show_image(image, "grid")
    else:
        line("No image")
    heading(_shortened(case.title), 3)
    line(f"{age_in_words(short.age_years)}, {short.sex or 'sex unknown'} · {', '.join(short.modalities)}")
    with st.container(horizontal=True, vertical_alignment="center"):
        link(CASE_PAGE, case.short_id, "folder_open", case=case.case_id, **{RESULT: query or EVERY_CASE})
        picked = st.checkbox("Select", key=f"tick-{case.case_id}", persist_state="session")
    return [case.case_id] if picked else []


def _shortened(title: str, letters: int = 48) -> str:
    plain = " ".join(title.split())
    return plain if len(plain) <= letters else f"{plain[: letters - 1]}…"


def show_ages(space: Workspace, query: str, total: int) -> None:
    """Show how old the patients of a result of so many cases are, and how many are of unknown age."""
    counts = counts_by(space, "age_years", query)
    decades: dict[int, int] = {}
    for age, cases in counts.items():
        decade = int(float(age) // _DECADE) * _DECADE
        decades[decade] = decades.get(decade, 0) + cases
    _bars("Age in years", {f"{at:>2}–{at + _DECADE - 1}": decades.get(at, 0) for at in _range(decades)})
    if unknown := total - sum(counts.values()):
        line(f"Age unknown: {unknown} of {total} cases.")


def show_years(space: Workspace, query: str) -> None:
    """Show the years of the articles that report the cases of a result, where there are any."""
    counts = counts_by(space, "year", query)
    if counts:
        _bars("Year of the article", {year: counts[year] for year in sorted(counts)})


def _range(decades: Mapping[int, int]) -> range:
    return range(0, max(decades) + 1, _DECADE) if decades else range(0)


def _bars(title: str, counts: Mapping[str, int]) -> None:
    st.subheader(title, anchor=False)
    if not counts:
        line("None of these cases says it.")
        return
    rows = [{title: value, "cases": cases} for value, cases in counts.items()]
    st.bar_chart(rows, x=title, y="cases", height=260, sort=False, color=_BAR, alt=f"Cases by {title.casefold()}")


def as_csv(rows: Iterable[CaseSummary]) -> str:
    """Return the rows of cases as CSV."""
    output = io.StringIO()
    writer = csv.DictWriter(output, [column.name for column in fields(CaseSummary)])
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in asdict(row).items()} for row in rows)
    return output.getvalue()


def _cell(value: object) -> object:
    text = "; ".join(value) if isinstance(value, tuple) else value
    # a spreadsheet would take what begins with one of these for a formula
    return f"'{text}" if isinstance(text, str) and text.startswith(("=", "+", "-", "@")) else text
