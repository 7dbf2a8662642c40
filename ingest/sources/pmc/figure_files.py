"""Find the image files of an article's figures: by listing, never by making a path of a name that it writes.

Articles name files with or without ending ("CRID2016-5320298.001"), and some in a folder ("images/F1.jpg"): the last
part counts. Files lie beside the article or in a folder below it that holds no other article.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path, PurePosixPath

from ingest.sources.pmc.folder import is_article_name

_ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".dcm", ".tif", ".tiff", ".gif")


@dataclass(frozen=True)
class FoundFiles:
    """The files of an article's images by image id, and why an image has none, which names the missing file."""

    paths: Mapping[str, Path] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)


def find_files(folder: Path, names: Mapping[str, str], owners: Iterable[str]) -> FoundFiles:
    """Return the files for images.

    Parameters
    ----------
    folder : Path
        Where the article lies, or where its images do.
    names : mapping
        The names that the article writes, by image id.
    owners : iterable of str
        What the article is called: in a folder of many, files are named "PMC1234567_F1.jpg".
    """
    listed = _listed(folder)
    beginnings = tuple(f"{owner.casefold()}_" for owner in owners)
    paths: dict[str, Path] = {}
    missing: dict[str, str] = {}
    for image_id, name in names.items():
        own = _last_part(name)
        found = _of_name(listed, own) or next(filter(None, (_of_name(listed, b + own) for b in beginnings)), ())
        if len(found) == 1 or (
            found and len({path.parent for path in found}) == len(found) and found[0].parent == folder
        ):
            paths[image_id] = found[0]
        elif found:
            missing[image_id] = f"{len(found)} files are called '{own}'. Keep one"
        else:
            missing[image_id] = f"its image file '{own}' is missing beside the article"
    return FoundFiles(paths, missing)


def _last_part(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).name


def _of_name(listed: Mapping[str, Sequence[Path]], name: str) -> Sequence[Path]:
    """Return the files of a name, with the ending that is read best: nearest to the article first."""
    folded = name.casefold()
    if folded.endswith(_ENDINGS) and folded in listed:
        return listed[folded]
    stem = folded.removesuffix(PurePosixPath(folded).suffix) if folded.endswith(_ENDINGS) else folded
    return next((listed[stem + ending] for ending in _ENDINGS if stem + ending in listed), ())


@lru_cache(maxsize=64)
def _listed(folder: Path) -> Mapping[str, Sequence[Path]]:
    """Return the images below a folder by name, without regard to case; the nearest first."""
    listed: dict[str, list[Path]] = {}
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not _has_articles(Path(parent, name)))
        for name in sorted(names):
            if name.casefold().endswith(_ENDINGS):
                listed.setdefault(name.casefold(), []).append(Path(parent, name))
    return listed


def _has_articles(folder: Path) -> bool:
    try:
        return any(is_article_name(Path(entry.name)) for entry in os.scandir(folder))
    except OSError:
        return False


def forget_listings() -> None:
    """Let the next look at a folder list it anew."""
    _listed.cache_clear()


def is_image_name(path: Path) -> bool:
    """Tell by its ending whether a file is an image of a kind that is read."""
    return path.name.casefold().endswith(_ENDINGS[:4])
