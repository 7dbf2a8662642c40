"""Find article files below a folder, and read them: regular files only, no link is followed, none too large.

An article is an ``.xml`` or ``.nxml`` file; a ``.json`` file where it begins as a BioC collection does; and a
``.tar``, ``.tar.gz`` or ``.tgz`` package.
"""

from __future__ import annotations

import os
import stat
import tarfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from ingest.errors import RejectedRecord

XML_ENDINGS = (".xml", ".nxml")
JSON_ENDING = ".json"
PACKAGE_ENDINGS = (".tar.gz", ".tgz", ".tar")
MAX_FILE_BYTES = 200_000_000  # a BioC collection may hold a thousand articles
_HEAD_BYTES = 4096
_LOOKED_AT = 3000  # entries of a folder before it counts as another thing's
_READ_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def is_article_name(path: Path) -> bool:
    """Tell by its ending whether a file holds an article, or is a package of one."""
    return path.name.lower().endswith((*XML_ENDINGS, *PACKAGE_ENDINGS))


def is_package(path: Path) -> bool:
    """Tell by its ending whether a file is a package."""
    return path.name.lower().endswith(PACKAGE_ENDINGS)


def files_below(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder and its subfolders, sorted; folders that are links are not entered."""
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(parent, name) for name in sorted(names) if not name.startswith("."))


def articles_below(folder: Path) -> Iterator[Path]:
    """Yield the files that hold articles."""
    return (path for path in files_below(folder) if is_article_name(path) or is_bioc_json(path))


def is_bioc_json(path: Path) -> bool:
    """Tell whether a file begins as a BioC collection in JSON does."""
    if path.suffix.lower() != JSON_ENDING:
        return False
    head = _head(path)
    return b'"documents"' in head and any(mark in head for mark in (b'"infons"', b'"passages"', b'"bioctype"'))


def looks_like_articles(path: Path) -> bool:
    """Tell by a quick look whether a file is an article, or a folder has one."""
    if path.is_dir():
        return any(_looks_like_article(one) for one in islice(files_below(path), _LOOKED_AT))
    if path.is_file():
        return _looks_like_article(path)
    return path.name.lower().endswith((".nxml", *PACKAGE_ENDINGS))


def _looks_like_article(path: Path) -> bool:
    name = path.name.lower()
    if name.endswith(XML_ENDINGS):
        head = _head(path)
        return name.endswith(".nxml") or any(
            mark in head for mark in (b"<article", b"<!DOCTYPE article", b"<collection")
        )
    return _is_package_of_articles(path) if is_package(path) else is_bioc_json(path)


def _is_package_of_articles(path: Path) -> bool:
    try:
        with tarfile.open(path) as package:
            return any(member.name.lower().endswith(XML_ENDINGS) for member in islice(package, 50))
    except (tarfile.TarError, OSError, EOFError, ValueError):
        return False


def _head(path: Path) -> bytes:
    try:
        return read_file(path, _HEAD_BYTES)
    except RejectedRecord:
        return b""


def read_file(path: Path, size: int | None = None) -> bytes:
    """Return the bytes of a regular file, or its first `size`, never waiting on a pipe or following a link.

    Raises
    ------
    RejectedRecord
        If it is something else, too large, or cannot be read.
    """
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            raise RejectedRecord(path.name, "is not a regular file: links and devices are not followed.")
        with os.fdopen(os.open(path, _READ_FLAGS), "rb") as stream:
            if size is None and os.fstat(stream.fileno()).st_size > MAX_FILE_BYTES:
                raise RejectedRecord(path.name, f"is larger than {MAX_FILE_BYTES} bytes.")
            return stream.read(MAX_FILE_BYTES if size is None else size)
    except OSError as error:
        raise RejectedRecord(path.name, "cannot be read. Check its permissions.") from error
