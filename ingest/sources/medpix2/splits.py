"""Read which cases belong to which split: a file of splits, or the one that a release folder has."""

from __future__ import annotations

from pathlib import Path

from ingest.errors import InputError, SourceError
from ingest.sources.medpix2.json_text import read_value

# Where a release keeps its splits: a list that somebody laid beside the release goes before the published one.
SPLIT_FILES = ("splits.json", "splitted_dataset/uid_list.json")
_EXPECTED = 'Expected a JSON object such as {"train": ["MPX1009", ...], "dev": [...]}.'


def read_splits(path: Path) -> dict[str, frozenset[str]]:
    """Return the ids by name of split, as the file writes them; keys that hold no list mean nothing.

    Raises
    ------
    SourceError
        If the file is missing, or is no JSON object of lists of ids.
    """
    if not path.is_file():
        raise SourceError(f"there is no split file '{path}'. {_EXPECTED}")
    listed = read_value(path)
    fields = listed if isinstance(listed, dict) else {"": None}
    lists = {name: ids for name, ids in fields.items() if isinstance(ids, list)}
    if (fields and not lists) or not all(isinstance(item, str) for ids in lists.values() for item in ids):
        raise SourceError(f"the split file '{path}' is of another form. {_EXPECTED}")
    return {name: frozenset(ids) for name, ids in lists.items()}


def release_splits(folder: Path) -> dict[str, frozenset[str]]:
    """Return the splits of a release folder, of the first of its files that is there; none where there is no file."""
    path = next((folder / name for name in SPLIT_FILES if (folder / name).is_file()), None)
    return read_splits(path) if path else {}


def require_split(splits: dict[str, frozenset[str]], name: str) -> frozenset[str]:
    """Return the ids of one split.

    Raises
    ------
    InputError
        If there is none of this name; the message names those that there are.
    """
    if name not in splits:
        raise InputError(f"there is no split '{name}'. Splits: {', '.join(sorted(splits)) or 'none'}.")
    return splits[name]
