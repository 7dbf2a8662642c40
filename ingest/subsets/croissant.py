"""The Croissant description of a data set: its files, rows and types, as machines look for data sets.

Made and checked by `mlcroissant`, which comes with the extra ``subset``.

References
----------
Akhtar et al., Croissant: A Metadata Format for ML-Ready Datasets, 2024; format version 1.0.
"""

from __future__ import annotations

import hashlib
import json
import warnings
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.errors import StorageError
from ingest.licences import licence_address
from ingest.subsets.formats.folder import schema_of
from ingest.subsets.recipe import Format, Kind, Recipe
from ingest.subsets.report import SubsetReport, licence_statement

if TYPE_CHECKING:
    import mlcroissant as mlc
    import pyarrow as pa

FILE = "croissant.json"
MISSING = "No Croissant description was made: it needs mlcroissant. Install it: pip install 'casegraph[subset]'."
ONLY_PARQUET = "No Croissant description was made: it describes the Parquet files of the format 'folder'."


def write_croissant(folder: Path, report: SubsetReport, recipe: Recipe) -> list[str]:
    """Write ``croissant.json``; where it cannot be made, return why.

    Raises
    ------
    StorageError
        If `mlcroissant` finds fault with it.
    """
    if Format.FOLDER not in recipe.formats:
        return [ONLY_PARQUET]
    if find_spec("mlcroissant") is None:
        return [MISSING]
    described = _description(folder, report, recipe.kind).to_json()
    (folder / FILE).write_text(json.dumps(described, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    check_croissant(folder)
    return []


def check_croissant(folder: Path) -> None:
    """Read the description of a data set as `mlcroissant` does. Raises StorageError where it finds fault with it."""
    import mlcroissant as mlc

    # Of rdflib, which mlcroissant reads with and of which it asks nothing newer: nobody here can do anything about it
    warnings.filterwarnings("ignore", "ConjunctiveGraph is deprecated", DeprecationWarning)
    try:
        mlc.Dataset(jsonld=str(folder / FILE))
    except mlc.ValidationError as error:
        raise StorageError(f"the Croissant description is not valid: {error}") from error


def _description(folder: Path, report: SubsetReport, kind: Kind) -> mlc.Metadata:
    import mlcroissant as mlc

    licences: list[str | mlc.CreativeWork] = [*sorted({licence_address(one) or one for one in report.licences})]
    context = mlc.Context()
    return mlc.Metadata(
        ctx=context,
        name=report.name,
        description=f"{report.items} items of the kind {report.kind}. {licence_statement(report.licences)}",
        license=licences,
        cite_as="Each item names its own work; all works stand in CITATIONS.bib.",
        version="1.0.0",
        date_published=datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0),
        distribution=[_file(context, folder, split) for split in report.splits],
        record_sets=[_records(context, split, kind) for split in report.splits],
    )


def _file(context: mlc.Context, folder: Path, split: str) -> mlc.FileObject:
    import mlcroissant as mlc

    place = f"parquet/{split}.parquet"
    with (folder / place).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return mlc.FileObject(
        ctx=context,
        id=split,
        name=f"{split}.parquet",
        content_url=place,
        encoding_formats=["application/x-parquet"],
        sha256=digest,
    )


def _records(context: mlc.Context, split: str, kind: Kind) -> mlc.RecordSet:
    import mlcroissant as mlc

    flat = [column for column in schema_of(kind) if column.name != "images"]
    return mlc.RecordSet(
        ctx=context,
        id=f"items_{split}",
        name=f"items_{split}",
        description=f"The items of the split {split}, a row each.",
        fields=[_field(context, split, column) for column in flat],
    )


def _field(context: mlc.Context, split: str, column: pa.Field[Any]) -> mlc.Field:
    import mlcroissant as mlc
    import pyarrow as pa

    types = {pa.float64(): mlc.DataType.FLOAT, pa.int32(): mlc.DataType.INTEGER}
    return mlc.Field(
        ctx=context,
        id=f"items_{split}/{column.name}",
        name=column.name,
        data_types=[types.get(column.type, mlc.DataType.TEXT)],
        repeated=pa.types.is_list(column.type) or None,
        source=mlc.Source(ctx=context, file_object=split, extract=mlc.Extract(ctx=context, column=column.name)),
    )
