"""The stream of what stands in a folder of articles: cases, what does not fit, repetitions, files of no figure.

Articles are read one by one as the stream is taken. A package is unpacked into a temporary folder; the last
`KEPT_PACKAGES` of them stay, so that whoever takes cases in batches finds their files, and none outlives the stream.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from ingest.errors import RejectedRecord
from ingest.ids import CaseId
from ingest.sources.pmc.article import SOURCE, ParsedArticle
from ingest.sources.pmc.bioc import documents_of, documents_of_xml, read_bioc
from ingest.sources.pmc.build import build_cases
from ingest.sources.pmc.figure_files import find_files, is_image_name
from ingest.sources.pmc.folder import XML_ENDINGS, articles_below, files_below, is_package, read_file
from ingest.sources.pmc.hardened_xml import as_text, local_name, parse_xml
from ingest.sources.pmc.jats import articles_of, read_jats
from ingest.sources.pmc.package import unpack
from ingest.sources.source import DocumentKind, Found, OrphanFile, Rejection, Repetition, SourceCase

KEPT_PACKAGES = 200  # ingest takes cases in batches of 50
_NAMELESS = frozenset({"article", "fulltext", "main", "nxml"})


@dataclass(frozen=True)
class _Unread:
    """An article that is not interpreted yet: where it stands, what it was, and how to read it."""

    place: str
    text: str
    read: Callable[[], ParsedArticle]


class Articles:
    """Everything that stands in a folder or file of articles; to be taken once."""

    def __init__(self, root: Path, images: Path | None) -> None:
        self._root = root
        self._images = images
        self._seen: dict[str, tuple[str, str]] = {}
        self._used: set[Path] = set()

    def __iter__(self) -> Iterator[Found]:
        paths = articles_below(self._root) if self._root.is_dir() else iter([self._root])
        base = self._root if self._root.is_dir() else self._root.parent
        kept: deque[Path] = deque()
        for path in paths:
            place = path.relative_to(base).as_posix()
            if is_package(path):
                yield from self._of_package(path, place, kept)
            else:
                yield from self._of_file(path, place)
        if self._images or self._root.is_dir():
            yield from self._orphans(self._images or self._root)

    def _of_package(self, path: Path, place: str, kept: deque[Path]) -> Iterator[Found]:
        folder = Path(tempfile.mkdtemp(prefix="casegraph-"))
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        kept.append(folder)
        if len(kept) > KEPT_PACKAGES:
            shutil.rmtree(kept.popleft(), ignore_errors=True)
        try:
            unpack(path, folder)
        except RejectedRecord as error:
            yield Rejection(DocumentKind.CASE, place, error.reason, "")
            return
        inside = list(articles_below(folder))
        if not inside:
            yield Rejection(DocumentKind.CASE, place, "holds no article.", "")
        for one in inside:
            yield from self._of_file(one, f"{place}/{one.relative_to(folder).as_posix()}")

    def _of_file(self, path: Path, place: str) -> Iterator[Found]:
        try:
            content = read_file(path)
            unread = list(_articles(content, place, path))
        except RejectedRecord as error:
            yield Rejection(DocumentKind.CASE, place, error.reason, _text_of(path))
            return
        for one in unread:
            yield from self._of_article(one, path)

    def _of_article(self, unread: _Unread, path: Path) -> Iterator[Found]:
        article_id = None
        try:
            article = unread.read()
            article_id = article.article_id
            if self._is_repeated(article_id, unread):
                yield Repetition(DocumentKind.CASE)
                return
            for built in build_cases(article, unread.place):
                files = find_files(self._images or path.parent, built.file_names, (article_id, path.stem))
                self._used.update(files.paths.values())
                yield SourceCase(built.case, files.paths, files.missing, compound=True, published=True)
        except RejectedRecord as error:
            ids = (CaseId.of(SOURCE, f"{article_id}_01"),) if article_id else ()
            yield Rejection(DocumentKind.CASE, unread.place, error.reason, unread.text, ids)

    def _is_repeated(self, article_id: str, unread: _Unread) -> bool:
        """Tell whether an article was taken before.

        Raises
        ------
        RejectedRecord
            If it stood there with other content.
        """
        digest = hashlib.sha256(unread.text.encode("utf-8", "replace")).hexdigest()
        known, place = self._seen.setdefault(article_id, (digest, unread.place))
        if known != digest:
            raise RejectedRecord(
                unread.place, f"{article_id} also stands at {place} with other content; that one was taken."
            )
        return place != unread.place

    def _orphans(self, folder: Path) -> Iterator[OrphanFile]:
        unused = (path for path in files_below(folder) if is_image_name(path) and path not in self._used)
        yield from (OrphanFile(path.relative_to(folder).as_posix()) for path in unused)


def _articles(content: bytes, place: str, path: Path) -> Iterator[_Unread]:
    """Yield the articles of a file.

    Raises
    ------
    RejectedRecord
        If it is neither JATS nor BioC.
    """
    name = path.parent.name if path.stem.casefold() in _NAMELESS else path.stem
    if not path.name.lower().endswith(XML_ENDINGS):
        yield from _of_documents(list(documents_of(_json(content, place))), place, name)
        return
    root = parse_xml(content, place)
    if local_name(root) == "collection":
        yield from _of_documents(list(documents_of_xml(root)), place, name)
        return
    elements = list(articles_of(root))
    if not elements:
        raise RejectedRecord(place, "is neither a JATS article nor a BioC collection.")
    for number, element in enumerate(elements):
        whole = len(elements) == 1
        text = content.decode("utf-8", "replace") if whole else as_text(element)
        yield _Unread(place if whole else f"{place}[{number}]", text, partial(read_jats, element, name))


def _of_documents(documents: list[Any], place: str, name: str) -> Iterator[_Unread]:
    if not documents:
        raise RejectedRecord(place, "is not a BioC collection: it has no documents.")
    for number, document in enumerate(documents):
        where = place if len(documents) == 1 else f"{place}[{number}]"
        text = json.dumps(document, sort_keys=True, ensure_ascii=False)
        yield _Unread(where, text, partial(read_bioc, document, where, name))


def _json(content: bytes, place: str) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise RejectedRecord(place, "is not well-formed JSON. Fetch the file again.") from error


def _text_of(path: Path) -> str:
    try:
        return read_file(path).decode("utf-8", "replace")
    except RejectedRecord:
        return ""
