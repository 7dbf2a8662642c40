"""Fetch pages of MedPix cases into a folder of the form of a MedPix 2.0 release, which an ingest reads."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from ingest.case import sha256_of_text
from ingest.errors import EngineError, EngineUnreachable, RejectedFile, RejectedRecord
from ingest.fetch.client import PoliteClient
from ingest.fetch.medpix_page import PageShape, read_page
from ingest.fetch.pace import MayPassError
from ingest.fetch.sites import shown
from ingest.files import write_file
from ingest.images.decoding import DecodedImage
from ingest.images.rules import MAX_FILE_BYTES
from ingest.progress import ProgressCallback, ignore_progress

MAX_PAGE_BYTES = 5_000_000
FOLDER = ".fetch"


@dataclass(frozen=True)
class FailedPage:
    """A page, or an image of it, that could not be fetched, and why."""

    url: str
    reason: str


@dataclass(frozen=True)
class MedPixReport:
    """What became of pages.

    Attributes
    ----------
    folder : str
        The release folder.
    cases, images : int
        How many stand in it, those of earlier runs included.
    fetched : int
        How many pages were fetched now.
    failed : tuple of FailedPage
        What could not be fetched; the next run tries again.
    """

    folder: str
    cases: int
    images: int
    fetched: int
    failed: tuple[FailedPage, ...] = ()


def fetch_pages(
    urls: Sequence[str],
    folder: Path,
    shape: PageShape,
    client: PoliteClient,
    *,
    decode: Callable[[bytes], DecodedImage],
    on_progress: ProgressCallback = ignore_progress,
) -> MedPixReport:
    """Fetch pages and their images, those that are there not again, and write the documents of all.

    Raises
    ------
    EngineUnreachable
        If the host does not answer. What was fetched until then stays.
    OSError
        If the folder cannot be written to.
    """
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    (folder / "images").mkdir(exist_ok=True)
    failed: list[FailedPage] = []
    fetched = 0
    for done, url in enumerate(urls):
        on_progress(done, len(urls))
        note = folder / FOLDER / f"page-{sha256_of_text(url)}.json"
        try:
            if not note.is_file():
                write_file(note, json.dumps(_fetched(url, shape, client), ensure_ascii=False))
                fetched += 1
            _fetch_images(json.loads(note.read_bytes())["files"], folder, client, decode)
        except EngineUnreachable:
            raise
        except (EngineError, RejectedRecord) as error:
            failed.append(FailedPage(url, str(error)))
    on_progress(len(urls), len(urls))
    pages = [json.loads(path.read_bytes()) for path in sorted((folder / FOLDER).glob("page-*.json"))]
    _write_release(pages, folder)
    images = sum(1 for page in pages for name in page["files"] if (folder / "images" / f"{name}.png").is_file())
    return MedPixReport(str(folder), len(pages), images, fetched, tuple(failed))


def _fetched(url: str, shape: PageShape, client: PoliteClient) -> dict[str, Any]:
    page = client.ask(url, lambda content: read_page(content, shown(url), shape), max_bytes=MAX_PAGE_BYTES)
    files = {name: urljoin(url, file) for name, file in page.files.items()}
    return {"url": url, "case": page.case, "descriptions": page.descriptions, "files": files}


def _fetch_images(
    files: Mapping[str, str], folder: Path, client: PoliteClient, decode: Callable[[bytes], DecodedImage]
) -> None:
    def read(content: bytes) -> bytes:
        try:
            return decode(content).png
        except RejectedFile as error:
            raise MayPassError(str(error), unreachable=False) from None

    for name, url in files.items():
        path = folder / "images" / f"{name}.png"
        if not path.is_file():
            write_file(path, client.ask(url, read, max_bytes=MAX_FILE_BYTES))


def _write_release(pages: Sequence[Mapping[str, Any]], folder: Path) -> None:
    described = [one for page in pages for one in page["descriptions"]]
    links = io.StringIO()
    rows = csv.writer(links)
    rows.writerow(("Type", "U_id", "ID_Image", "Img_Large", "URL_Article_image"))
    for page in pages:
        for one in page["descriptions"]:
            kind = "TAC" if one["Type"] == "CT" else "MRI"
            rows.writerow((kind, one["U_id"], one["image"], page["files"].get(one["image"], ""), page["url"]))
    write_file(folder / "Descriptions.json", json.dumps(described, ensure_ascii=False, indent=1))
    write_file(folder / "images_overview.csv", links.getvalue())
    write_file(folder / "Case_topic.json", json.dumps([page["case"] for page in pages], ensure_ascii=False, indent=1))
