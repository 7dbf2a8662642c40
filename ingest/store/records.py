"""What people did (saved queries, drafts) and what did not fit, as text that every engine stores alike."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import astuple
from typing import Any

from ingest.errors import InputError
from ingest.store.interface import Quarantined


def canonical_json(kind: str, key: str, record: Mapping[str, Any]) -> str:
    """Return the record as JSON text.

    Raises
    ------
    InputError
        If it holds something that JSON has no word for, or its kind or key is no proper text.
    """
    try:
        (kind + key).encode()
        return json.dumps(record, sort_keys=True, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise InputError(f"a {kind!a} cannot be saved: it holds something other than plain JSON values.") from error


def next_key(taken: Iterable[str], letter: str) -> str:
    """Return the key of a new record: a letter, and the number after the highest that is taken.

    Examples
    --------
    >>> next_key(["D1", "D3"], "D"), next_key([], "T")
    ('D4', 'T1')
    """
    return f"{letter}{max((int(key[1:]) for key in taken), default=0) + 1}"


def quarantine_items(source: str, items: Iterable[Quarantined]) -> list[Quarantined]:
    r"""Return what is kept of records that did not fit; half a surrogate pair is kept as its escape ``\ud800``.

    Raises
    ------
    ValueError
        If a key occurs twice, so that one record would hide another: the reader that made the keys is wrong.
    """
    kept = [Quarantined(*(text.encode(errors="backslashreplace").decode() for text in astuple(item))) for item in items]
    if any(item.source != source for item in kept):
        raise ValueError(f"a record of another source is in the quarantine of '{source}'.")
    if len({item.key for item in kept}) != len(kept):
        raise ValueError(f"the quarantine of source '{source}' has the same key for two records.")
    return kept
