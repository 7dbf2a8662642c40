"""Fill the index of a release from its tables and its folder of images."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingest.sources.multicare.folder import ReleaseFiles, Table
from ingest.sources.multicare.index import ReleaseIndex
from ingest.sources.multicare.literals import NotALiteral, parsed
from ingest.sources.multicare.tables import ReleaseRow, csv_rows, parquet_rows


def index_of(files: ReleaseFiles) -> tuple[ReleaseIndex, int]:
    """Return the index of a release and how many image files it has.

    Raises
    ------
    SourceError
        If one of the tables is cut short or damaged.
    """
    index = ReleaseIndex()
    if path := files.tables.get(Table.METADATA):
        index.add_metadata(parquet_rows(path))
    if path := files.tables.get(Table.ABSTRACTS):
        index.add_abstracts(parquet_rows(path))
    if path := files.tables.get(Table.LABELS):
        index.add_images((row.get("patient_id", ""), f"{path.name}[{line}]", row) for line, row in csv_rows(path))
        if figures := files.tables.get(Table.FIGURES):  # the CSV has all that it has, but the tag
            index.add_tags(row for _, _, row in _figures(figures))
    elif path := files.tables.get(Table.FIGURES):
        index.add_images(_figures(path))
    count = index.add_files(files.images, files.image_paths())
    index.complete()
    return index, count


def _figures(path: Path) -> Iterator[tuple[str, str, ReleaseRow]]:
    """Yield the figures of case_images.parquet, each with the id of its case; what is no list of figures is none."""
    for number, row in enumerate(parquet_rows(path)):
        for case in _dicts(row["case_images"]) if "case_images" in row else [row]:
            for figure in _dicts(case.get("case_image_list")):
                yield str(case.get("case_id") or ""), f"{path.name}[{number}]", figure


def _dicts(value: Any) -> list[ReleaseRow]:
    try:
        items = parsed(value)
    except NotALiteral:
        return []
    return [one for one in items if isinstance(one, dict)] if isinstance(items, list) else []
