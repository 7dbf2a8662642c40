"""The files of a MultiCaRe release: which of them are there, and what is missing without the others.

A user may have all of them or only some: texts without images, captions with images, an older version.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ingest.errors import SourceError

SOURCE = "multicare"
"""Name of this source, the first part of each case id."""

WHERE_TO_GET = "Download it again from zenodo.org/records/13936721, and compare its size with the one given there"
IMAGE_ENDINGS = (".webp", ".jpg", ".jpeg", ".png")
_IMAGE_FOLDER = re.compile(r"PMC\d")


class Table(StrEnum):
    """The tables of a release, by the name of their file."""

    CASES = "cases.parquet"
    METADATA = "metadata.parquet"
    ABSTRACTS = "abstracts.parquet"
    FIGURES = "case_images.parquet"
    LABELS = "captions_and_labels.csv"


_WITHOUT = {
    Table.CASES: "cases have no text, and no age or sex",
    Table.METADATA: "cases have no title, diagnosis, licence or citation",
    Table.ABSTRACTS: "articles have no abstract",
    Table.LABELS: "images are whole figures, by case_images.parquet, without the labels of the release",
}


@dataclass(frozen=True)
class ReleaseFiles:
    """The tables of a release that are there, by name, and where its images are looked for."""

    root: Path
    tables: Mapping[Table, Path]
    images: Path

    @property
    def missing(self) -> tuple[str, ...]:
        """A sentence for each table that is not there, with what is then missing of the cases."""
        absent = [table for table in _WITHOUT if table not in self.tables]
        return tuple(f"{table} is not in {self.root}: {self._without(table)}." for table in absent)

    def _without(self, table: Table) -> str:
        if table is Table.LABELS and Table.FIGURES not in self.tables:
            return "nor is case_images.parquet: cases have no images"
        return _WITHOUT[table]

    def image_paths(self) -> Iterator[Path]:
        """Yield the files below the folder of images that are named as images, sorted; links are not followed."""
        for parent, folders, names in os.walk(self.images):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            yield from (Path(parent, name) for name in sorted(names) if name.lower().endswith(IMAGE_ENDINGS))


def looks_like_release(path: Path) -> bool:
    """Tell by a quick look whether a folder holds tables of a release, itself or in a folder of its own."""
    return path.is_dir() and bool(_root_of(path))


def release_files(address: Path, images: Path | None) -> ReleaseFiles:
    """Return the files of the release at an address.

    Raises
    ------
    SourceError
        If there are none from which cases could be made, or no folder of images where one is named.
    """
    root = _root_of(address) if address.is_dir() else None
    if root is None:
        raise SourceError(f"there is no release of MultiCaRe in '{address}'.")
    if images is not None and not images.is_dir():
        raise SourceError(f"there is no folder of images '{images}'.")
    tables = _tables_in(root)
    if not tables.keys() & {Table.CASES, Table.FIGURES, Table.LABELS}:
        raise SourceError(
            f"'{root}' lacks cases.parquet, captions_and_labels.csv and case_images.parquet; without any of them there "
            f"is no case. Put one of them there, from zenodo.org/records/13936721."
        )
    return ReleaseFiles(root, tables, images or root)


def _root_of(path: Path) -> Path | None:
    """Return the folder with the tables: the given one, or one in it, as archives unpack."""
    if _tables_in(path):
        return path
    try:
        inside = sorted(one for one in path.iterdir() if one.is_dir() and not _IMAGE_FOLDER.fullmatch(one.name))
    except OSError:
        return None
    return next((one for one in inside if _tables_in(one)), None)


def _tables_in(folder: Path) -> dict[Table, Path]:
    return {table: folder / table for table in Table if (folder / table).is_file()}
