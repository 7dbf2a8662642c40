"""Read a release folder of MedPix 2.0.

The folder holds ``Case_topic.json`` and ``Descriptions.json``, or the same documents as JSONL in
``splitted_dataset/``; ``images/``; and, where they were copied too, ``images_overview.csv`` with links to the originals
and the splits by case.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from ingest.errors import SourceError
from ingest.images.finding import find_images
from ingest.sources.medpix2.json_text import read_documents, read_lines, read_text
from ingest.sources.medpix2.pairing import pair
from ingest.sources.medpix2.records import RawRecord, Release, image_names
from ingest.sources.medpix2.splits import release_splits

CASE_FILE = "Case_topic.json"
DESCRIPTION_FILE = "Descriptions.json"
IMAGE_FOLDER = "images"
SPLIT_FOLDER = "splitted_dataset"
SPLIT_NAMES = ("train", "dev", "test")  # splits.json has halves of train besides
_LINK_COLUMNS = ("URL_Article_image", "Img_Large")
_WEB_ADDRESS = re.compile(r"https?://[^\s\"'<>\\]{1,500}", re.ASCII)


def read_release(folder: Path) -> Release:
    """Read the texts of a release; images are only found, not decoded.

    Raises
    ------
    SourceError
        If the folder or one of its files is missing, cut off or of another form.
    """
    if not folder.is_dir():
        raise SourceError(f"{folder} is not a folder. Expected a MedPix 2.0 release with {CASE_FILE} in it.")
    cases, descriptions = _documents(folder)
    pairs = pair(cases, descriptions)
    return Release(
        address=str(folder),
        records=pairs.records,
        rejected=pairs.rejected,
        case_count=pairs.case_count,
        description_count=pairs.description_count,
        repeated_cases=pairs.repeated_cases,
        repeated_descriptions=pairs.repeated_descriptions,
        splits=_splits(folder),
        links=_links(folder / "images_overview.csv"),
        found=find_images(folder / IMAGE_FOLDER, image_names(pairs.records)),
    )


def _documents(folder: Path) -> tuple[Iterable[RawRecord], Iterable[RawRecord]]:
    """Return case-topic documents and descriptions, from the two files or from the splits."""
    missing = [name for name in (CASE_FILE, DESCRIPTION_FILE) if not (folder / name).exists()]
    if not missing:
        return read_documents(folder / CASE_FILE), read_documents(folder / DESCRIPTION_FILE)
    cases = sorted((folder / SPLIT_FOLDER).glob("data_*.jsonl"))
    descriptions = sorted((folder / SPLIT_FOLDER).glob("descriptions_*.jsonl"))
    if len(missing) == 1 or not cases or not descriptions:
        splits = f"{SPLIT_FOLDER}/data_*.jsonl and {SPLIT_FOLDER}/descriptions_*.jsonl"
        expected = f"Expected a MedPix 2.0 release: {CASE_FILE} and {DESCRIPTION_FILE}, or {splits}."
        raise SourceError(f"{folder} lacks {' and '.join(missing)}. {expected}")
    return _all_lines(cases), _all_lines(descriptions)


def _all_lines(paths: Iterable[Path]) -> Iterator[RawRecord]:
    for path in paths:
        yield from read_lines(path)


def _splits(folder: Path) -> dict[str, tuple[str, ...]]:
    """Return the splits that name each case."""
    listed = release_splits(folder)
    splits: dict[str, tuple[str, ...]] = {}
    for name in SPLIT_NAMES:
        for u_id in listed.get(name, ()):
            splits[u_id] = (*splits.get(u_id, ()), name)
    return splits


def _links(path: Path) -> dict[str, tuple[str, ...]]:
    """Return the web addresses of the originals by image name; the release lacks a row for 261 images."""
    if not path.is_file():
        return {}
    rows = csv.DictReader(io.StringIO(read_text(path)), strict=False)
    try:
        return {row["ID_Image"]: _addresses(row) for row in rows if row.get("ID_Image")}
    except csv.Error as error:
        raise SourceError(f"{path} is broken at line {rows.line_num}: {error}. Fetch the file again.") from error


def _addresses(row: Mapping[str, str]) -> tuple[str, ...]:
    found = (row.get(column) or "" for column in _LINK_COLUMNS)
    return tuple(address for address in found if _WEB_ADDRESS.fullmatch(address))
