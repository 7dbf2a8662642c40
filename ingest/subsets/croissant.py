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
from collections.abc import Iterator
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
    with_images = [split for split in report.splits if kind is not Kind.TEXT]
    return mlc.Metadata(
        ctx=context,
        name=report.name,
        description=f"{report.items} items of the kind {report.kind}. {licence_statement(report.licences)}",
        license=licences,
        cite_as="Each item names its own work; all works stand in CITATIONS.bib.",
        version="1.0.0",
        date_published=datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0),
        distribution=[
            *(_file(context, folder, split) for split in report.splits),
            *(_image_files(context, split) for split in with_images),
        ],
        record_sets=[
            *(_records(context, split, kind) for split in report.splits),
            *(_image_records(context, split) for split in with_images),
        ],
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


def _image_files(context: mlc.Context, split: str) -> mlc.FileSet:
    import mlcroissant as mlc

    return mlc.FileSet(
        ctx=context,
        id=f"image_files_{split}",
        name=f"image_files_{split}",
        description=f"The images of the split {split}.",
        includes=[f"images/{split}/*.png"],
        encoding_formats=["image/png"],
    )


def _image_records(context: mlc.Context, split: str) -> mlc.RecordSet:
    """Describe the images with their pixels.

    They are records of their own, and items name their files: whoever reads items alone need not decode every image.
    """
    import mlcroissant as mlc

    # Any: mlcroissant is typed to take its enum here, and takes the name alone
    kinds: dict[str, tuple[Any, Any]] = {
        "file": (mlc.DataType.TEXT, "fullpath"),
        "image": (mlc.DataType.IMAGE_OBJECT, "content"),
    }
    fields = [
        mlc.Field(
            ctx=context,
            id=f"images_{split}/{name}",
            name=name,
            data_types=[data_type],
            source=mlc.Source(
                ctx=context,
                file_set=f"image_files_{split}",
                extract=mlc.Extract(ctx=context, file_property=file_property),
            ),
        )
        for name, (data_type, file_property) in kinds.items()
    ]
    about = f"The images of the split {split}; 'file' is that of the items."
    return mlc.RecordSet(ctx=context, id=f"images_{split}", name=f"images_{split}", description=about, fields=fields)


def _records(context: mlc.Context, split: str, kind: Kind) -> mlc.RecordSet:
    import mlcroissant as mlc

    return mlc.RecordSet(
        ctx=context,
        id=f"items_{split}",
        name=f"items_{split}",
        description=f"The items of the split {split}, a row each.",
        fields=[_field(context, split, column) for column in schema_of(kind)],
    )


def _field(context: mlc.Context, split: str, column: pa.Field[Any]) -> mlc.Field:
    import mlcroissant as mlc
    import pyarrow as pa

    described = mlc.Field(
        ctx=context,
        id=f"items_{split}/{column.name}",
        name=column.name,
        repeated=pa.types.is_list(column.type) or None,
    )
    inner = column.type.value_type if pa.types.is_list(column.type) else column.type
    if pa.types.is_struct(inner):
        described.sub_fields = list(_parts(context, split, column.name, inner))
        return described
    described.data_types = [_data_type(inner)]
    described.source = _source(context, split, column.name)
    return described


def _parts(context: mlc.Context, split: str, column: str, struct: pa.StructType) -> Iterator[mlc.Field]:
    """Yield what each of the parts of a column is, without lists of lists and of parts, which the format lacks."""
    import mlcroissant as mlc
    import pyarrow as pa

    for part in struct:
        inner = part.type.value_type if pa.types.is_list(part.type) else part.type
        if not pa.types.is_nested(inner):
            yield mlc.Field(
                ctx=context,
                id=f"items_{split}/{column}/{part.name}",
                name=part.name,
                data_types=[_data_type(inner)],
                repeated=pa.types.is_list(part.type) or None,
                source=_source(context, split, column, part.name),
            )


def _data_type(column: pa.DataType) -> Any:
    import mlcroissant as mlc
    import pyarrow as pa

    types = {pa.float64(): mlc.DataType.FLOAT, pa.int32(): mlc.DataType.INTEGER, pa.bool_(): mlc.DataType.BOOL}
    return types.get(column, mlc.DataType.TEXT)


def _source(context: mlc.Context, split: str, column: str, part: str | None = None) -> mlc.Source:
    import mlcroissant as mlc

    extract = mlc.Extract(ctx=context, column=column)
    transforms = [mlc.Transform(ctx=context, json_path=part)] if part else []
    return mlc.Source(ctx=context, file_object=split, extract=extract, transforms=transforms)
