"""Find the image files of a source: in a folder and its subfolders, by their content and never by their ending.

A file belongs to the image of its name, with or without an ending. Files are found by listing, never by making a path
of a name that stands in a document, and links are not followed: what is no regular file is refused when it is read.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ingest.errors import RejectedFile
from ingest.images.decoder import read_regular_file
from ingest.images.rules import file_kind

_HEAD_BYTES = 4096  # DICOM says what it is within its first 132 bytes, or in its first elements


@dataclass(frozen=True)
class FoundImages:
    """The image files of a source.

    `paths` are those of the named images. `ambiguous` says, for an image whose name several different files carry,
    which they are; none of them is taken. `others` are images of no name, copies, and links. `files` counts what was
    looked at in `folder`, None where no folder was named.
    """

    folder: Path | None = None
    paths: Mapping[str, Path] = field(default_factory=dict)
    ambiguous: Mapping[str, str] = field(default_factory=dict)
    others: tuple[Path, ...] = ()
    files: int = 0


def find_images(folder: Path, names: Collection[str]) -> FoundImages:
    """Return the image files of a folder and its subfolders for the images of these names."""
    wanted = frozenset(names)
    candidates: dict[str, list[Path]] = {}
    strangers: list[Path] = []
    count = 0
    for path in entries_below(folder):
        count += 1
        name = next((name for name in _names_of(path) if name in wanted), None)
        if name is None:
            strangers.append(path)
        else:
            candidates.setdefault(name, []).append(path)
    paths: dict[str, Path] = {}
    ambiguous: dict[str, str] = {}
    others = [path for path in strangers if path.is_symlink() or is_image(path)]
    for name, files in candidates.items():
        chosen, *more = _images_first(files)
        others += more
        if all(_same_bytes(chosen, other) for other in more):
            paths[name] = chosen
        else:
            ambiguous[name] = _several(folder, [chosen, *more])
    return FoundImages(folder, paths, ambiguous, tuple(others), count)


def is_image(path: Path) -> bool:
    """Tell by its first bytes whether a regular file is PNG, JPEG, WebP or DICOM."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    if path.is_symlink() or not path.is_file():
        return False
    try:
        with os.fdopen(os.open(path, flags), "rb") as stream:
            file_kind(stream.read(_HEAD_BYTES))
    except (OSError, RejectedFile):
        return False
    return True


def entries_below(folder: Path) -> Iterator[Path]:
    """Yield everything in a folder and its subfolders but the subfolders themselves, sorted, links not followed.

    A folder with an ending is yielded too: it may stand where a file of that name was expected.
    """
    for parent, folders, files in os.walk(folder):
        folders.sort()
        links = [name for name in folders if Path(parent, name).is_symlink() or Path(name).suffix]
        for name in sorted([*files, *links]):
            yield Path(parent, name)


def _names_of(path: Path) -> tuple[str, str]:
    return path.name, path.stem


def _images_first(files: list[Path]) -> list[Path]:
    """Return the images among files of one name; where none is one, the first, whose reading then says why."""
    return (files if len(files) == 1 else [path for path in files if is_image(path)]) or files[:1]


def _same_bytes(path: Path, other: Path) -> bool:
    try:
        return read_regular_file(path) == read_regular_file(other)
    except RejectedFile:
        return False


def _several(folder: Path, files: list[Path]) -> str:
    named = ", ".join(path.relative_to(folder).as_posix() for path in files)
    return f"{len(files)} different files carry its name: {named}. Keep one"
