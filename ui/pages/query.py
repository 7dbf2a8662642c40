"""Query: choose a collection or view, fill in fields, see a table and JSON, keep the query, open a case."""

from __future__ import annotations

import json

import streamlit as st

from ingest.store.filters import Filter
from ingest.store.query_text import format_filter, parse_filter
from ui.answers import case_row
from ui.filtering import filter_form
from ui.panels import CASE_PAGE, open_page, workspace
from ui.workspace import Workspace

CASES = "Cases"
MOST_ROWS = 1000


def saved_query(space: Workspace) -> str:
    """Let the reader pick a query that was kept, and return its text."""
    kept = space.saved_queries()
    name = st.selectbox("Saved queries", list(kept), index=None, placeholder="none", disabled=not kept)
    return kept[name] if name else ""


def show_cases(space: Workspace, where: Filter | None) -> list[dict[str, object]]:
    """Show the cases as a table whose rows open them."""
    page = space.store.page(where, limit=MOST_ROWS)
    rows = [case_row(stored) for stored in page.cases]
    st.subheader(f"{page.total} cases", anchor=False)
    if page.total > len(rows):
        st.caption(f"The first {len(rows)} are shown. Narrow the query to see others.")
    columns = ("short_id", "title", "age_years", "sex", "modalities", "regions", "images", "diagnosis")
    event = st.dataframe(
        [{name: row[name] for name in columns} for row in rows],
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key="cases",
        column_config={"short_id": "case", "age_years": "age"},
    )
    chosen = event["selection"]["rows"]
    if chosen and st.button("Open the case", type="primary", icon=":material/open_in_new:"):
        open_page(CASE_PAGE, case=str(rows[chosen[0]]["case_id"]))
    if rows and not chosen:
        st.caption("Select a row to open the case.")
    return rows


def show_view(space: Workspace, name: str, where: Filter | None) -> list[dict[str, object]]:
    """Show the rows of a view of the MedPix 2.0 paper, for the cases that match."""
    rows = list(space.view_rows(name, where, limit=MOST_ROWS))
    st.subheader(f"{len(rows)} documents of {name}", anchor=False)
    st.dataframe([{key: _cell(value) for key, value in row.items()} for row in rows], hide_index=True)
    return rows


def _cell(value: object) -> object:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else value


def keep_query(space: Workspace, where: Filter | None) -> None:
    """Let the reader keep the query under a name."""
    with st.popover("Save this query", icon=":material/bookmark:"):
        name = st.text_input("Name", max_chars=80)
        if st.button("Save", disabled=not name.strip()):
            space.save_query(name.strip(), format_filter(where) if where else "")
            st.success(f"Saved as '{name.strip()}'.")


space = workspace()
st.title("Query", anchor=False)
fields, answer = st.columns((1, 3), gap="large")
with fields:
    collection = st.selectbox("Collection or view", (CASES, *space.store.view_names()))
    kept = saved_query(space)
    typed = st.text_input(
        "Query",
        value=kept,
        placeholder="modality=MR finding:mass",
        help="Terms joined by blanks, `or`, `not`, parentheses.",
    )
    form = filter_form(space, "query")
where = form.joined_with(parse_filter(typed) if typed.strip() else None)
with answer:
    st.code(format_filter(where) if where else "every case", language=None, wrap_lines=True)
    table, document = st.tabs(["Table", "JSON"])
    with table:
        rows = show_cases(space, where) if collection == CASES else show_view(space, collection, where)
    text = json.dumps(rows, ensure_ascii=False, indent=2)
    with document:
        st.json(rows, expanded=1)
    with st.container(horizontal=True):
        st.download_button("Download JSON", text, file_name="casegraph-query.json", mime="application/json")
        keep_query(space, where)
