"""Read a file of splits: which cases belong to which named part of an archive."""

from __future__ import annotations

import json
from pathlib import Path

from ingest.errors import InputError

# Where a MedPix 2.0 release keeps its splits.
SPLIT_FILES = ("splits.json", "splitted_dataset/uid_list.json")
LARGEST_FILE_BYTES = 50_000_000


def read_splits(path: Path) -> dict[str, frozenset[str]]:
    """Return the ids by name of split, as the file writes them.

    Raises
    ------
    InputError
        If the file is missing or is no JSON object of lists of ids.
    """
    expected = 'Expected a JSON object such as {"train": ["MPX1009", ...], "dev": [...]}.'
    try:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise InputError(f"the split file '{path}' is larger than {LARGEST_FILE_BYTES} bytes. {expected}")
        listed = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"the split file '{path}' cannot be read: {error.strerror}. {expected}") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"the split file '{path}' is no JSON. {expected}") from error
    if not isinstance(listed, dict) or not all(_is_ids(ids) for ids in listed.values()):
        raise InputError(f"the split file '{path}' is of another form. {expected}")
    return {str(name): frozenset(ids) for name, ids in listed.items()}


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


def _is_ids(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
