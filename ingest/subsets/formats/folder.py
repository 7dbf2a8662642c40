"""Parquet and JSON Lines: a row for each item, the image files beside.

``load_dataset("parquet")`` reads the one, ``load_dataset("imagefolder")`` the other with the images.
"""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from ingest.subsets.formats.writer import SplitTexts, row_of
from ingest.subsets.item import Item
from ingest.subsets.recipe import Kind

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

ROWS_AT_ONCE = 500


class JsonLines:
    """``images/<split>/metadata.jsonl`` beside the images; ``texts/<split>.jsonl`` for texts alone."""

    def __init__(self, folder: Path, kind: Kind) -> None:
        self._kind = kind
        self._files = SplitTexts(lambda split: _json_lines_place(folder, kind, split))

    def write(self, item: Item) -> None:
        """Write a line. Names of files count from its folder, as Hugging Face has them."""
        row = row_of(item, self._kind)
        if self._kind.per_image:
            row = {"file_name": PurePosixPath(row.pop("file")).name, **row}
        elif self._kind is not Kind.TEXT:
            details = row.pop("images")
            row = {"images_file_names": [PurePosixPath(one["file"]).name for one in details], **row, "details": details}
        file, _ = self._files.of(item.split)
        file.write(json.dumps(row, ensure_ascii=False) + "\n")

    def close(self) -> None:
        """End the files."""
        self._files.close()


class Parquet:
    """``parquet/<split>.parquet``, written by blocks of rows."""

    def __init__(self, folder: Path, kind: Kind) -> None:
        self._folder = folder / "parquet"
        self._kind = kind
        self._schema = schema_of(kind)
        self._waiting: dict[str, list[dict[str, Any]]] = {}
        self._files: dict[str, ParquetWriter] = {}

    def write(self, item: Item) -> None:
        """Write a row, with those that wait."""
        rows = self._waiting.setdefault(item.split, [])
        rows.append(row_of(item, self._kind))
        if len(rows) >= ROWS_AT_ONCE:
            self._flush(item.split)

    def close(self) -> None:
        """End the files."""
        for split in self._waiting:
            self._flush(split)
        for file in self._files.values():
            file.close()

    def _flush(self, split: str) -> None:
        import pyarrow as pa
        from pyarrow.parquet import ParquetWriter

        if split not in self._files:
            self._folder.mkdir(exist_ok=True)
            self._files[split] = ParquetWriter(self._folder / f"{split}.parquet", self._schema)
        self._files[split].write_table(pa.Table.from_pylist(self._waiting[split], self._schema))
        self._waiting[split].clear()


def schema_of(kind: Kind) -> pa.Schema:
    """Return the columns of a row."""
    import pyarrow as pa

    texts = pa.string()
    item: list[tuple[str, pa.DataType]] = [
        *((name, texts) for name in ("item_id", "split", "case_id", "patient_id", "source")),
        ("age_years", pa.float64()),
        *((name, texts) for name in ("sex", "diagnosis", "topic", "text", "label")),
        *((name, texts) for name in ("article_id", "citation", "licence", "licence_address", "year", "doi")),
    ]
    if kind is Kind.TEXT:
        return pa.schema(item)
    if kind.per_image:
        return pa.schema([*item, *(column for column in _image_columns() if column not in item)])
    return pa.schema([*item, ("images", pa.list_(pa.struct(_image_columns())))])


def _image_columns() -> list[tuple[str, pa.DataType]]:
    import pyarrow as pa

    texts, numbers = pa.string(), pa.int32()
    of_class = [("class_id", texts), ("words", pa.list_(texts)), ("spans", pa.list_(pa.list_(numbers)))]
    of_class += [("annotator", texts), ("conflict", pa.bool_())]
    return [
        *((name, texts) for name in ("image_id", "file", "sha256")),
        *((name, numbers) for name in ("width_px", "height_px")),
        ("derived_from", texts),
        ("crop_box_px", pa.list_(numbers)),
        *((name, texts) for name in ("panel", "caption", "modality")),
        ("technique", pa.list_(texts)),
        *((name, texts) for name in ("plane", "view", "depiction", "region", "anatomical_location")),
        ("annotations", pa.list_(texts)),
        ("classes", pa.list_(pa.struct(of_class))),
        ("release_labels", pa.list_(pa.struct([("name", texts), ("labels", pa.list_(texts))]))),
        ("licence", texts),
    ]


def _json_lines_place(folder: Path, kind: Kind, split: str) -> Path:
    return folder / "texts" / f"{split}.jsonl" if kind is Kind.TEXT else folder / "images" / split / "metadata.jsonl"
