"""What people did (saved queries, drafts) and what did not fit, as text that every engine stores alike."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ingest.errors import InputError


def canonical_json(kind: str, key: str, record: Mapping[str, Any]) -> str:
    """Return the record as JSON text.

    Raises
    ------
    InputError
        If it holds something that JSON has no word for.
    """
    try:
        return json.dumps(record, sort_keys=True, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise InputError(f"{kind} '{key}' cannot be saved: it holds something other than plain JSON values.") from error


def require_distinct_keys(source: str, keys: Sequence[str]) -> None:
    """Refuse a quarantine in which one record would hide another.

    Raises
    ------
    ValueError
        If a key occurs twice: the reader that made the keys is wrong.
    """
    if len(set(keys)) != len(keys):
        raise ValueError(f"the quarantine of source '{source}' has the same key for two records.")
