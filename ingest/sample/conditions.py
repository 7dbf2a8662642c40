"""The conditions that the sample cases are about: diagnosis, topic, sentences with gaps, and what images show.

The texts are data, in the ``conditions_*.json`` files beside this module. They were written for this project.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent
_REGIONS = ("head", "thorax", "abdomen", "spine_and_muscles", "reproductive_and_urinary")


@dataclass(frozen=True)
class Condition:
    """One condition; texts may hold the gaps that `ingest.sample.compose` fills."""

    name: str
    diagnosis: str
    topic: Mapping[str, str]
    region: str
    location: str
    image_acr: str
    sexes: Sequence[str]
    ages: tuple[int, int]
    sides: Sequence[str | None]
    sizes_cm: tuple[float, float]
    sites: Sequence[str]
    kinds: Sequence[str]
    images: Sequence[Mapping[str, Any]]
    histories: Sequence[str]
    exams: Sequence[str]
    findings: Sequence[str]
    differential: Sequence[str]
    confirmations: Sequence[str]
    discussions: Sequence[str]
    treatments: Sequence[str]


def read_texts(name: str) -> Any:
    """Return the content of one of the JSON files beside this module."""
    return json.loads((_FOLDER / name).read_text(encoding="utf-8"))


@cache
def conditions() -> tuple[Condition, ...]:
    """Return every condition, one of each region in turn."""
    by_region = [[Condition(**entry) for entry in read_texts(f"conditions_{region}.json")] for region in _REGIONS]
    return tuple(condition for row in zip_longest(*by_region) for condition in row if condition is not None)


def condition(name: str) -> Condition:
    """Return the condition of that name."""
    return next(entry for entry in conditions() if entry.name == name)
