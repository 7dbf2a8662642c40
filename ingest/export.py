"""Subsets: the cases that a filter keeps, as files that any tool reads."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from ingest.case import Case, Image, to_document
from ingest.errors import InputError, StorageError
from ingest.images.objects import ObjectStore
from ingest.store.filters import Filter
from ingest.store.interface import DocumentStore

IMAGE_COLUMNS: tuple[str, ...] = (
    "case_id",
    "image_id",
    "file",
    "split",
    "modality",
    "technique",
    "plane",
    "view",
    "depiction",
    "region",
    "anatomical_location",
    "age_years",
    "sex",
    "diagnosis",
    "caption",
)


@dataclass(frozen=True)
class ExportReport:
    """What was written.

    Attributes
    ----------
    cases, images : int
        How many were written.
    """

    cases: int
    images: int


def export_cases(
    store: DocumentStore, objects: ObjectStore, folder: Path, *, where: Filter | None = None, images: bool = True
) -> ExportReport:
    """Write ``cases.jsonl`` (one document a line), ``images.csv`` (one row an image) and ``images/``.

    Raises
    ------
    InputError
        If the folder is not empty: nothing is overwritten.
    StorageError
        If a file cannot be written.
    """
    cases = written = 0
    try:
        _require_empty(folder)
        with (folder / "cases.jsonl").open("w", encoding="utf-8") as documents, _table(folder) as table:
            rows = csv.DictWriter(table, IMAGE_COLUMNS)
            rows.writeheader()
            for stored in store.cases(where):
                documents.write(json.dumps(to_document(stored.case), ensure_ascii=False) + "\n")
                rows.writerows(_image_rows(stored.case))
                cases += 1
                written += _copy_images(stored.case, objects, folder / "images") if images else 0
    except OSError as error:
        raise StorageError(f"cannot write the export to {folder}: {error.strerror or error}.") from error
    return ExportReport(cases, written)


def _require_empty(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise InputError(f"'{folder}' is not empty, and an export overwrites nothing. Name a new folder.")


def _table(folder: Path) -> TextIO:
    return (folder / "images.csv").open("w", encoding="utf-8", newline="")


def file_name(image: Image) -> str:
    """Return the name that an image has in an export: its id, with what a file system might not take replaced."""
    return re.sub(r"[^A-Za-z0-9_.-]", "_", image.image_id) + ".png"


def _copy_images(case: Case, objects: ObjectStore, folder: Path) -> int:
    folder.mkdir(exist_ok=True)
    for image in case.stored_images:
        (folder / file_name(image)).write_bytes(objects.read(str(image.object_key)))
    return len(case.stored_images)


def _image_rows(case: Case) -> Iterator[dict[str, object]]:
    for image in case.images:
        values: dict[str, object] = {
            "case_id": case.case_id,
            "image_id": image.image_id,
            "file": file_name(image) if image.object_key else None,
            "split": case.split,
            "technique": "; ".join(image.technique),
            "age_years": case.patient.age_years,
            "sex": case.patient.sex,
            "diagnosis": case.diagnosis,
        }
        plain = {name: getattr(image, name) for name in IMAGE_COLUMNS if name not in values}
        yield {name: inert_cell(value) for name, value in {**plain, **values}.items()}


def inert_cell(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula: an apostrophe goes before =, +, -, @, tab and CR."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
