"""What a value is that came out of JSON, so that the type checker knows it too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeGuard


def is_object(value: Any) -> TypeGuard[Mapping[str, Any]]:
    """Tell an object of JSON: its keys are texts."""
    return isinstance(value, Mapping)


def is_array(value: Any) -> TypeGuard[list[Any]]:
    """Tell an array of JSON."""
    return isinstance(value, list)
