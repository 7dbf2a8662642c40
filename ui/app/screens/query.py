"""Query: fill in fields, see a table, images or charts, gather cases, keep the query, open a case."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import partial
from itertools import islice

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from casegraph.cases import Filter, StoredCase, as_filter, format_filter
from casegraph.documents import summary_of
from casegraph.workspace import Workspace
from ui.app.address import begin, field, one, put, written
from ui.app.downloads import offer_files
from ui.app.filtering import NAMES, all_of, filter_form, gathered, show_conditions, typed_query
from ui.app.joining import GROUP, JOIN, chosen_join, offer_joining, set_aside, show_set_aside
from ui.app.kept_names import offer_names
from ui.app.panels import CASE_PAGE, open_page, workspace
from ui.app.results import (
    EVERY_CASE,
    RESULT,
    add_to_collection,
    chosen_page,
    ids_of,
    pages_of,
    show_ages,
    show_grid,
    show_years,
)
from ui.app.texts import as_written

CASES = "Cases"
PAGE_ROWS, GRID_CASES = 200, 24
TABLE, GRID, CHARTS = WAYS = ("table", "images", "charts")
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


CasesQuestion = tuple[str, int, str]  # workspace, last change of its documents, collections where they matter


def state_of(space: Workspace, query: str) -> CasesQuestion:
    """Return what answers to a query hold for: they are asked again when it is another."""
    return str(space.folder), space.documents.sequence(), gathered(space, query)


@st.cache_data(max_entries=16, show_spinner=False)
def total_of(asked: CasesQuestion, collection: str, query: str) -> int:
    """Return how many rows there are; asked again when the documents have changed."""
    documents, where = workspace().documents, as_filter(query)
    if collection == CASES:
        return documents.page(where, limit=1).total
    return documents.view_count(collection, where)


@st.cache_data(max_entries=16, show_spinner=False)
def cases_of(asked: CasesQuestion, query: str, after: str | None, limit: int) -> tuple[StoredCase, ...]:
    """Return the cases of a page; asked again when the documents have changed."""
    return workspace().documents.page(as_filter(query), after=after, limit=limit).cases


@st.cache_data(max_entries=16, show_spinner=False)
def rows_of(asked: CasesQuestion, view: str, query: str, page: int) -> list[dict[str, object]]:
    """Return the rows of a page of a view, counted from one; asked again when the documents have changed."""
    first = (page - 1) * PAGE_ROWS
    return list(islice(workspace().documents.view(view, as_filter(query)), first, first + PAGE_ROWS))


def view_as_json(space: Workspace, view: str, query: str) -> str:
    """Return all rows of a view as JSON, made when the reader asks for the file."""
    return json.dumps(list(space.documents.view(view, as_filter(query))), ensure_ascii=False, indent=2)


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


def asked_query(space: Workspace) -> Filter | None:
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
    return typed_query(
        UNDERSTOOD,
        placeholder="modality=MR finding:mass",
        help_text="Terms such as modality=MR, age_years=30..50, finding:mass, absent:effusion, joined by blanks, `or`, "
        "`not` and parentheses. The fields below narrow it further.",
        kept="The rows shown are those of the query before it.",
    )


def show_cases(space: Workspace, rows: list[dict[str, object]], query: str) -> list[str]:
    """Show the cases as a table; a click on a row opens its case. Return the ids of those that the reader ticks."""
    event = st.dataframe(
        [{shown: row[name] for name, shown in COLUMNS.items()} for row in rows],
        hide_index=True,
        height=min(HEADER_PX + ROW_PX * len(rows), TABLE_PX),
        on_select="rerun",
        selection_mode=("multi-row", "single-cell"),
        key=f"cases-{space.documents.sequence()}-{one('page')}-{query}",  # ticks are of rows: other rows, no ticks
        column_config={
            "title": st.column_config.TextColumn(width="medium"),
            "age": st.column_config.NumberColumn(format="%.3g", width="small"),
            "images": st.column_config.NumberColumn(width="small"),
        },
        alt="Cases that match the query",
    )
    selection = event["selection"]
    for row, _ in selection["cells"]:
        open_page(CASE_PAGE, case=str(rows[row]["case_id"]), **{RESULT: query or EVERY_CASE})
    return [str(rows[row]["case_id"]) for row in sorted(selection["rows"])]


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


def show_result(space: Workspace, query: str, total: int) -> None:
    """Show the cases of a query as a table, as a grid of images or as charts."""
    shown = one("as") if one("as") in WAYS else WAYS[0]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.segmented_control(
            "Show as",
            WAYS,
            required=True,
            key=field("as", shown),
            on_change=_show_as,
            format_func=str.capitalize,
            label_visibility="collapsed",
        )
        size = GRID_CASES if shown == GRID else PAGE_ROWS
        page = chosen_page(pages_of(total, size)) if shown in (TABLE, GRID) else 1
    first = (page - 1) * size
    after = ids_of(space, query)[first - 1] if first else None
    cases = cases_of(state_of(space, query), query, after, size)
    if shown == TABLE:
        st.caption("Click a row to open its case, tick rows to gather theirs." + _rows_shown(first, len(cases), total))
        room = st.container()
        _gather_ticked(space, show_cases(space, [asdict(summary_of(stored)) for stored in cases], query), room)
    elif shown == GRID:
        room = st.container()
        _gather_ticked(space, show_grid(cases, query), room)
    else:
        show_ages(space, query, total)
        show_years(space, query)


def _rows_shown(first: int, rows: int, total: int) -> str:
    return f" Rows {first + 1} to {first + rows} of {total}." if total > rows else ""


def _show_as() -> None:
    written("as", TABLE)
    put("page", None)


def _gather_ticked(space: Workspace, ticked: list[str], room: DeltaGenerator) -> None:
    """Offer to gather the ticked cases, above them."""
    if ticked:
        with room:
            add_to_collection(space, ticked, f"Add the {len(ticked)} selected", key="ticked")


def show_documents(space: Workspace, view: str, query: str, total: int) -> None:
    """Show the rows of a view that a source declares, with the file of all of them."""
    page = chosen_page(pages_of(total, PAGE_ROWS))
    rows = rows_of(state_of(space, query), view, query, page)
    st.caption(_rows_shown((page - 1) * PAGE_ROWS, len(rows), total))
    table, document = st.tabs(["Table", "JSON"])
    with table:
        show_view(rows, view)
    with document:
        st.json(rows, expanded=1)


begin("query", ("collection", "query", "page", "as", JOIN, GROUP, *NAMES))
space = workspace()
st.title("Query", anchor=False)
fields, answer = st.columns((1, 3), gap="large")
with fields:
    collection = chosen_collection(space)
    beside = all_of(asked_query(space), *set_aside())
    narrowed = filter_form(space, beside, chosen_join())
    offer_names(space)
where = all_of(beside, narrowed.where)
query = format_filter(where) if where else ""
total = total_of(state_of(space, query), collection, query)
with answer:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(
            f"{total} case{'s' * (total != 1)}" if collection == CASES else f"{total} documents",
            anchor=False,
            width="stretch",
        )
        if collection == CASES:
            offer_files(space, query, total)
            add_to_collection(space, ids_of(space, query))
        else:
            st.download_button(
                "JSON",
                partial(view_as_json, space, collection, query),
                "casegraph-query.json",
                "application/json",
                icon=":material/download:",
                on_click="ignore",
            )
        keep_query(space, query)
    show_set_aside()
    show_conditions(narrowed)
    offer_joining(narrowed)
    st.code(query or "every case", language=None, wrap_lines=True)
    if not total:
        st.info("No case matches. Take a condition away or widen it.")
    elif collection == CASES:
        show_result(space, query, total)
    else:
        show_documents(space, collection, query, total)
