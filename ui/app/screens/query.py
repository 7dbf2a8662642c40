"""Query: choose a collection or view, fill in fields, see a table and JSON, keep the query, open a case."""

from __future__ import annotations

import json
from dataclasses import asdict

import streamlit as st

from casegraph.cases import Filter, as_filter, format_filter
from casegraph.documents import summary_of
from casegraph.workspace import Workspace
from ui.app.filtering import all_of, filter_form
from ui.app.panels import CASE_PAGE, open_page, workspace
from ui.app.texts import as_written

CASES = "Cases"
MAX_ROWS = 1000
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
def rows_of(folder: str, sequence: int, collection: str, query: str) -> tuple[list[dict[str, object]], int]:
    """Return the rows to show and how many there are; asked again when the documents have changed."""
    space, where = workspace(), as_filter(query)
    if collection == CASES:
        page = space.documents.page(where, limit=MAX_ROWS)
        return [asdict(summary_of(stored)) for stored in page.cases], page.total
    rows = list(space.documents.view(collection, where, limit=MAX_ROWS))
    return rows, len(rows)


def typed_query(space: Workspace) -> Filter | None:
    """Let the reader pick a kept query or type one."""
    kept = space.documents.saved_queries()

    def use() -> None:
        st.session_state["query"] = kept.get(st.session_state["saved"] or "", "")

    st.selectbox(
        "Saved queries",
        list(kept),
        index=None,
        placeholder="choose one" if kept else "none yet",
        disabled=not kept,
        key="saved",
        on_change=use,
    )
    typed = st.text_input(
        "Query",
        key="query",
        placeholder="modality=MR finding:mass",
        persist_state="session",
        help="Terms such as modality=MR, age_years=30..50, finding:mass, absent:effusion, joined by blanks, `or`, "
        "`not` and parentheses. The fields below narrow it further.",
    )
    return as_filter(typed)


def show_cases(rows: list[dict[str, object]]) -> None:
    """Show the cases as a table; a click on a row opens its case."""
    event = st.dataframe(
        [{shown: row[name] for name, shown in COLUMNS.items()} for row in rows],
        hide_index=True,
        height=min(HEADER_PX + ROW_PX * len(rows), TABLE_PX),
        on_select="rerun",
        selection_mode=("single-row", "single-cell"),
        key="cases",
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


st.query_params.clear()  # Streamlit leaves a step with the case's address behind when a row opens a case
space = workspace()
st.title("Query", anchor=False)
fields, answer = st.columns((1, 3), gap="large")
with fields:
    collection = st.selectbox("Collection or view", (CASES, *space.documents.view_names()))
    typed = typed_query(space)
    where = all_of(typed, filter_form(space, "query"))
query = format_filter(where) if where else ""
rows, total = rows_of(str(space.folder), space.documents.sequence(), collection, query)
with answer:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(f"{total} cases" if collection == CASES else f"{total} documents", anchor=False, width="stretch")
        text = json.dumps(rows, ensure_ascii=False, indent=2)
        st.download_button(
            "JSON", text, "casegraph-query.json", "application/json", icon=":material/download:", on_click="ignore"
        )
        keep_query(space, query)
    st.code(query or "every case", language=None, wrap_lines=True)
    table, document = st.tabs(["Table", "JSON"])
    with table:
        if collection == CASES and rows:
            st.caption("Click a row to open its case." + (f" The first {len(rows)}." if total > len(rows) else ""))
            show_cases(rows)
        elif rows:
            show_view(rows, collection)
        else:
            st.info("No case matches. Take a condition away or widen it.")
    with document:
        st.json(rows, expanded=1)
