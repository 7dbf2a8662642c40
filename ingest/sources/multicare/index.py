"""What belongs to a case, looked up on the disk: metadata and abstract by article, images by patient, files by name.

The tables of a release come in any order. An index of SQLite in a temporary folder joins them, so that memory does not
grow with the release; it goes when whoever made it does.
"""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import tempfile
import weakref
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from ingest.sources.multicare.tables import ReleaseRow

_SCHEMA = """
CREATE TABLE articles (article_id TEXT PRIMARY KEY, metadata TEXT, abstract TEXT) WITHOUT ROWID;
CREATE TABLE images (number INTEGER PRIMARY KEY, case_id TEXT, place TEXT, entry TEXT);
CREATE TABLE tags (figure TEXT PRIMARY KEY, tag TEXT) WITHOUT ROWID;
CREATE TABLE files (stem TEXT, figure TEXT, path TEXT, used INTEGER DEFAULT 0);
CREATE TABLE taken (case_id TEXT PRIMARY KEY, digest TEXT, place TEXT) WITHOUT ROWID;
"""
_KEYS = """
CREATE INDEX images_of_case ON images (case_id);
CREATE INDEX files_of_stem ON files (stem);
CREATE INDEX files_of_figure ON files (figure);
"""
_COMPONENT = re.compile(r"(?P<figure>.+)_(?:undivided|[a-z]{1,2}\d{0,2})_\d{1,3}_\d{1,3}", re.IGNORECASE)


@dataclass(frozen=True)
class ListedImage:
    """An image as a table lists it: where, and what is said of it."""

    place: str
    values: ReleaseRow


class ReleaseIndex:
    """The index of one reading of a release."""

    def __init__(self) -> None:
        folder = tempfile.mkdtemp(prefix="casegraph-")
        self._db = sqlite3.connect(Path(folder) / "index.sqlite", isolation_level=None, check_same_thread=False)
        self._close = weakref.finalize(self, _remove, self._db, folder)
        # Nothing of it outlives the process: it needs no journal.
        self._db.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {_SCHEMA}")
        self._db.execute("BEGIN")

    def add_metadata(self, rows: Iterable[ReleaseRow]) -> None:
        """Take what each article says of itself; of an article that comes twice the first."""
        entries = ((name, json.dumps(_described(row), default=str)) for row in rows if (name := _article_id(row)))
        self._db.executemany("INSERT OR IGNORE INTO articles (article_id, metadata) VALUES (?, ?)", entries)

    def add_abstracts(self, rows: Iterable[ReleaseRow]) -> None:
        """Take the abstracts."""
        statement = (
            "INSERT INTO articles (article_id, abstract) VALUES (?, ?) "
            "ON CONFLICT (article_id) DO UPDATE SET abstract = excluded.abstract WHERE abstract IS NULL"
        )
        texts = ((name, row.get("abstract")) for row in rows if (name := _article_id(row)))
        self._db.executemany(statement, (pair for pair in texts if isinstance(pair[1], str)))

    def add_images(self, entries: Iterable[tuple[str, str, ReleaseRow]]) -> None:
        """Take images, each with the id of its case and the place of its row."""
        rows = ((case_id, place, json.dumps(values, default=str)) for case_id, place, values in entries)
        self._db.executemany("INSERT INTO images (case_id, place, entry) VALUES (?, ?, ?)", rows)

    def add_tags(self, figures: Iterable[ReleaseRow]) -> None:
        """Take the ids that articles give their figures; of a figure that comes twice the first."""
        tagged = ((row.get("image_id"), row.get("tag")) for row in figures)
        rows = ((stem_of(name), tag) for name, tag in tagged if isinstance(name, str) and isinstance(tag, str))
        self._db.executemany("INSERT OR IGNORE INTO tags VALUES (?, ?)", rows)

    def add_files(self, root: Path, paths: Iterable[Path]) -> int:
        """Take the image files, and return how many there are."""
        rows = ((path.stem, figure_of(path.stem), path.relative_to(root).as_posix()) for path in paths)
        return self._db.executemany("INSERT INTO files (stem, figure, path) VALUES (?, ?, ?)", rows).rowcount

    def complete(self) -> None:
        """Make it ready to be asked."""
        self._db.executescript(f"{_KEYS} ANALYZE;")  # it commits first
        self._db.execute("BEGIN")

    def article(self, article_id: str) -> tuple[ReleaseRow, str | None]:
        """Return metadata and abstract of an article, as far as they are there."""
        query = "SELECT metadata, abstract FROM articles WHERE article_id = ?"
        metadata, abstract = self._db.execute(query, [article_id]).fetchone() or (None, None)
        return (json.loads(metadata) if metadata else {}), abstract

    def images_of(self, case_id: str) -> list[ListedImage]:
        """Return the images of a case in the order of their table."""
        query = "SELECT place, entry FROM images WHERE case_id = ? ORDER BY number"
        return [ListedImage(place, json.loads(entry)) for place, entry in self._db.execute(query, [case_id])]

    def tag_of(self, figure: str) -> str | None:
        """Return the id that the article gives a figure."""
        row = self._db.execute("SELECT tag FROM tags WHERE figure = ?", [stem_of(figure)]).fetchone()
        return row[0] if row else None

    def use_files(self, name: str) -> list[str]:
        """Return the files of an image name, whatever their ending, and note that they belong to one."""
        stem = stem_of(name)
        self._db.execute("UPDATE files SET used = 1 WHERE stem = ?", [stem])
        found = [path for (path,) in self._db.execute("SELECT path FROM files WHERE stem = ? ORDER BY path", [stem])]
        exact = [path for path in found if PurePosixPath(path).name == name]
        return exact if len(exact) == 1 else found

    def parts_of(self, figure: str) -> list[str]:
        """Return the names of the files that were made of a figure."""
        query = "SELECT DISTINCT stem FROM files WHERE figure = ? ORDER BY stem"
        return [stem for (stem,) in self._db.execute(query, [stem_of(figure)])]

    def take(self, case_id: str, digest: str, place: str) -> tuple[str, str] | None:
        """Note that a case was taken; return digest and place of the one of its id that was taken before."""
        row = self._db.execute("SELECT digest, place FROM taken WHERE case_id = ?", [case_id]).fetchone()
        if row is None:
            self._db.execute("INSERT INTO taken VALUES (?, ?, ?)", [case_id, digest, place])
        return row

    def patients(self) -> Iterator[str]:
        """Yield the ids of the cases that have images, in the order of their table."""
        query = "SELECT case_id FROM images GROUP BY case_id ORDER BY min(number)"
        return (case_id for (case_id,) in self._db.execute(query))

    def count_patients(self) -> int:
        """Return how many cases have images."""
        return self._db.execute("SELECT count(DISTINCT case_id) FROM images").fetchone()[0]

    def images_of_nobody(self, limit: int) -> tuple[int, list[tuple[str, ListedImage]]]:
        """Return how many images belong to no case that was taken, and the first of them with the ids they name."""
        where = "FROM images WHERE case_id NOT IN (SELECT case_id FROM taken)"
        count = self._db.execute(f"SELECT count(*) {where}").fetchone()[0]  # constant text
        rows = self._db.execute(
            f"SELECT case_id, place, entry {where} ORDER BY number LIMIT ?",  # constant text
            [limit],
        )
        return count, [(case_id, ListedImage(place, json.loads(entry))) for case_id, place, entry in rows]

    def unused_files(self) -> Iterator[str]:
        """Yield the paths of the files that belong to no image."""
        return (path for (path,) in self._db.execute("SELECT path FROM files WHERE used = 0 ORDER BY path"))


def figure_of(stem: str) -> str:
    """Return the name of the figure that a file was made of: ``PMC1_f1`` of ``PMC1_f1_a_1_4``.

    Examples
    --------
    >>> figure_of("PMC10018421_gr1_undivided_1_1")
    'PMC10018421_gr1'
    """
    found = _COMPONENT.fullmatch(stem)
    return found["figure"] if found else stem


def stem_of(name: str) -> str:
    """Return the name of an image without the ending of its file, if it has one."""
    path = PurePosixPath(name)
    return path.stem if path.suffix.lower() in (".webp", ".jpg", ".jpeg", ".png") else path.name


def _described(row: ReleaseRow) -> Any:
    """Return what describes an article: a mapping of its own, or the other columns of the row."""
    inner = row.get("article_metadata")
    return inner if inner is not None else {name: value for name, value in row.items() if name != "article_id"}


def _article_id(row: ReleaseRow) -> str | None:
    value = row.get("article_id")
    return value if isinstance(value, str) and value else None


def _remove(connection: sqlite3.Connection, folder: str) -> None:
    connection.close()
    shutil.rmtree(folder, ignore_errors=True)
