"""Query: choose a collection or view, fill in fields, see a table and JSON, keep the query, open a case."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import partial
from itertools import islice

import streamlit as st

from casegraph.cases import Filter, as_filter, format_filter
from casegraph.documents import summary_of
from casegraph.errors import CaseGraphError
from casegraph.workspace import Workspace
from ui.app.address import begin, field, one, put, written
from ui.app.filtering import NAMES, all_of, filter_form, show_conditions
from ui.app.panels import CASE_PAGE, open_page, workspace
from ui.app.remedies import show_error
from ui.app.texts import as_written, line

CASES = "Cases"
PAGE_ROWS = 200
UNDERSTOOD = "query-understood"
HEADER_PX, ROW_PX, TABLE_PX = 38, 35, 600  # Streamlit's own heights of a header and a row; the most for a table
COLUMNS = {
    "short_id": "case",
    "title": "title",
    "age_years": "age",
    "sex": "sex",
    "modalities": "modality",
    "regions": "region",
    "images": "images",
    "diagnosis": "diagnosis",
}


@st.cache_data(max_entries=16, show_spinner=False)
def total_of(folder: str, sequence: int, collection: str, query: str) -> int:
    """Return how many rows there are; asked again when the documents have changed."""
    documents, where = workspace().documents, as_filter(query)
    if collection == CASES:
        return documents.page(where, limit=1).total
    return sum(1 for _ in documents.view(collection, where))


@st.cache_data(max_entries=16, show_spinner=False)
def rows_of(folder: str, sequence: int, collection: str, query: str, page: int) -> list[dict[str, object]]:
    """Return the rows of a page, counted from one; asked again when the documents have changed."""
    documents, where, first = workspace().documents, as_filter(query), (page - 1) * PAGE_ROWS
    if collection != CASES:
        return list(islice(documents.view(collection, where), first, first + PAGE_ROWS))
    after = documents.case_ids(where)[first - 1] if first else None
    return [asdict(summary_of(stored)) for stored in documents.page(where, after=after, limit=PAGE_ROWS).cases]


def whole_json(space: Workspace, collection: str, query: str, total: int) -> str:
    """Return all rows as JSON, made when the reader asks for the file."""
    where = as_filter(query)
    rows: list[dict[str, object]] = (
        [asdict(summary_of(stored)) for stored in space.documents.page(where, limit=max(total, 1)).cases]
        if collection == CASES
        else list(space.documents.view(collection, where))
    )
    return json.dumps(rows, ensure_ascii=False, indent=2)


def chosen_collection(space: Workspace) -> str:
    """Let the reader choose the cases or a view."""
    names = (CASES, *space.documents.view_names())
    asked = one("collection") or CASES
    if asked not in names:
        st.warning(as_written(f"There is no view {asked}. The cases are shown."))
    st.selectbox(
        "Collection or view",
        names,
        key=field("collection", asked if asked in names else CASES),
        on_change=written,
        args=("collection", CASES),
    )
    return asked if asked in names else CASES


def typed_query(space: Workspace) -> Filter | None:
    """Let the reader pick a kept query or type one; one that is not understood leaves the last one in force."""
    kept = space.documents.saved_queries()

    def use() -> None:
        put("query", kept.get(st.session_state["saved"] or "", ""))

    st.selectbox(
        "Saved queries",
        list(kept),
        index=None,
        placeholder="choose one" if kept else "none yet",
        disabled=not kept,
        key="saved",
        on_change=use,
    )
    st.text_input(
        "Query",
        key=field("query", one("query")),
        on_change=written,
        args=("query",),
        placeholder="modality=MR finding:mass",
        help="Terms such as modality=MR, age_years=30..50, finding:mass, absent:effusion, joined by blanks, `or`, "
        "`not` and parentheses. The fields below narrow it further.",
    )
    try:
        where = as_filter(one("query"))
    except CaseGraphError as error:
        show_error(error)
        line("The rows shown are those of the query before it.")
        return as_filter(st.session_state.get(UNDERSTOOD, ""))
    st.session_state[UNDERSTOOD] = one("query")
    return where


def chosen_page(pages: int) -> int:
    """Let the reader turn the pages."""
    named = int(one("page")) if one("page").isdecimal() else 1
    page = min(max(named, 1), pages)
    if pages > 1:
        st.pagination(pages, key=field("page", page), on_change=written, args=("page", 1))
    return page


def show_cases(rows: list[dict[str, object]]) -> None:
    """Show the cases as a table; a click on a row opens its case."""
    event = st.dataframe(
        [{shown: row[name] for name, shown in COLUMNS.items()} for row in rows],
        hide_index=True,
        height=min(HEADER_PX + ROW_PX * len(rows), TABLE_PX),
        on_select="rerun",
        selection_mode=("single-row", "single-cell"),
        key=f"cases-{one('page')}",
        column_config={
            "title": st.column_config.TextColumn(width="medium"),
            "age": st.column_config.NumberColumn(format="%.3g", width="small"),
            "images": st.column_config.NumberColumn(width="small"),
        },
        alt="Cases that match the query",
    )
    selection = event["selection"]
    chosen = [*selection["rows"], *(row for row, _ in selection["cells"])]
    if chosen:
        open_page(CASE_PAGE, case=str(rows[chosen[0]]["case_id"]))


def show_view(rows: list[dict[str, object]], name: str) -> None:
    """Show the rows of a view that a source declares."""
    st.dataframe(
        [{key: _cell(value) for key, value in row.items()} for row in rows], hide_index=True, height=TABLE_PX, alt=name
    )


def _cell(value: object) -> object:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else value


def keep_query(space: Workspace, query: str) -> None:
    """Let the reader keep the query under a name."""
    with st.popover("Save this query", icon=":material/bookmark:"), st.form("save", border=False, clear_on_submit=True):
        name = (st.text_input("Name", max_chars=80) or "").strip()
        if st.form_submit_button("Save", type="primary"):
            if name:
                space.documents.save_query(name, query)
                st.session_state["saved-as"] = name
                st.rerun()
            st.warning("Give it a name.")
    if name := st.session_state.pop("saved-as", None):
        st.toast(f"Saved as {as_written(name)}.", icon=":material/bookmark:")


begin("query", ("collection", "query", "page", *NAMES))
space = workspace()
st.title("Query", anchor=False)
fields, answer = st.columns((1, 3), gap="large")
with fields:
    collection = chosen_collection(space)
    typed = typed_query(space)
    narrowed = filter_form(space)
where = all_of(typed, narrowed.where)
query = format_filter(where) if where else ""
asked = (str(space.folder), space.documents.sequence(), collection, query)
total = total_of(*asked)
with answer:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(f"{total} cases" if collection == CASES else f"{total} documents", anchor=False, width="stretch")
        st.download_button(
            "JSON",
            partial(whole_json, space, collection, query, total),
            "casegraph-query.json",
            "application/json",
            icon=":material/download:",
            on_click="ignore",
        )
        keep_query(space, query)
    show_conditions(narrowed)
    st.code(query or "every case", language=None, wrap_lines=True)
    page = chosen_page(max(1, -(-total // PAGE_ROWS)))
    rows = rows_of(*asked, page)
    table, document = st.tabs(["Table", "JSON"])
    with table:
        shown = f"Rows {(page - 1) * PAGE_ROWS + 1} to {(page - 1) * PAGE_ROWS + len(rows)} of {total}."
        if collection == CASES and rows:
            st.caption("Click a row to open its case." + (f" {shown}" if total > len(rows) else ""))
            show_cases(rows)
        elif rows:
            if total > len(rows):
                st.caption(shown)
            show_view(rows, collection)
        else:
            st.info("No case matches. Take a condition away or widen it.")
    with document:
        st.json(rows, expanded=1)
