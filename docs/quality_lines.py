"""What the page of the quality tells: the lines of `quality_lines.toml`, in plain words and without a figure."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

LINES = Path(__file__).parent / "quality_lines.toml"
BARS: Mapping[str, float] = {"high": 0.8, "low": 0.05}
"""What a figure has to reach, or to stay under, where its line names no other bar."""


class Told(BaseModel):
    """Something with words and rows that stands in `quality_lines.toml`, and nothing that it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    row: Mapping[str, str] = {}
    value: str = ""
    share: Sequence[str] = ()
    of: str = ""
    n: str = ""


class Other(Told):
    """What stands beside a figure: another row of the file, or another column of the same row."""

    name: str
    file: str | None = None
    rival: bool = True


class Line(Told):
    """One figure, or with `each` one for every value of a column."""

    file: str
    what: str
    on: str
    means: str
    each: str | None = None
    without: Sequence[str] = ()
    total: bool = False
    only_missed: bool = False
    best: Literal["high", "low"] = "high"
    bar: float | None = None
    beside: Sequence[Other] = ()
    minus: Other | None = None


class Subject(BaseModel):
    """The lines of one table."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    line: Sequence[Line]


def subjects(lines: Path = LINES) -> list[Subject]:
    """Return the subjects with their lines, in the order of the page."""
    return [Subject.model_validate(one) for one in tomllib.loads(lines.read_text(encoding="utf-8"))["subject"]]
