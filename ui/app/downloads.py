"""The result of a query as files: its table, whole cases, or cases with their images; made when the reader asks."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import streamlit as st

from casegraph.cases import as_filter, to_document
from casegraph.workspace import Workspace
from ui.app.results import as_csv
from ui.app.texts import line

# By the three images that a case of MedPix 2.0 has on average, about what the page Data sets hands over as one file.
MAX_ZIPPED_CASES = 600
MAX_WHOLE_CASES = 5_000  # about 100 MB, which a server holds in its memory until they are sent
_ROW = "A row a case: id, title, age, sex, modalities, regions, number of images, diagnosis."
_ALL = "All that is known of each case: its texts, what was read from them, its images' labels, and where it is from."
_ZIP = "Whole cases, a table of their images, and the images as PNG."


def offer_files(space: Workspace, query: str, total: int) -> None:
    """Offer all cases of a query as files, each with what it holds."""
    with st.popover("Download", icon=":material/download:", key="downloads", disabled=not total):
        _offer("Table as CSV", _ROW, partial(table_as_csv, space, query), "csv", "text/csv")
        _offer("Table as JSON", _ROW, partial(table_as_json, space, query), "json", "application/json")
        if total <= MAX_WHOLE_CASES:
            _offer("Whole cases as JSON", _ALL, partial(cases_as_json, space, query), "cases.json", "application/json")
        else:
            line(f"Whole cases, at most {MAX_WHOLE_CASES:,}: narrow the query down, or take the page Data sets.")
        if total <= MAX_ZIPPED_CASES:
            _offer("With images as ZIP", _ZIP, partial(cases_as_zip, space, query), "zip", "application/zip")
        else:
            line(f"With images at most {MAX_ZIPPED_CASES} cases: narrow the query down, or take the page Data sets.")


def _offer(label: str, holds: str, make: Callable[[], str | bytes], ending: str, media_type: str) -> None:
    st.download_button(
        label,
        make,
        f"casegraph-query.{ending}",
        media_type,
        icon=":material/download:",
        on_click="ignore",
        key=f"download-{ending}",
    )
    line(holds)


def table_as_csv(space: Workspace, query: str) -> str:
    """Return a row a case as CSV."""
    return as_csv(space.documents.summaries(as_filter(query)))


def table_as_json(space: Workspace, query: str) -> str:
    """Return a row a case as JSON."""
    rows = [asdict(row) for row in space.documents.summaries(as_filter(query))]
    return json.dumps(rows, ensure_ascii=False, indent=2)


def cases_as_json(space: Workspace, query: str) -> str:
    """Return the whole cases as JSON: a list of the documents that an export writes, one a line."""
    documents = (json.dumps(to_document(case), ensure_ascii=False) for case in space.documents.cases(as_filter(query)))
    return "[\n{}\n]\n".format(",\n".join(documents))


def cases_as_zip(space: Workspace, query: str) -> bytes:
    """Return what an export writes, as a ZIP file."""
    with TemporaryDirectory(prefix="casegraph-query-") as room:
        file = Path(room) / "casegraph-query.zip"
        space.documents.export(file, where=as_filter(query))
        return file.read_bytes()
