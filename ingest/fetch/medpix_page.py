"""Read the page of a MedPix case into the documents of a MedPix 2.0 release, by a table of CSS selectors.

The table of this package, ``medpix_page.toml``, is an assumed shape; a user names one of their own.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Tag
from pydantic import BaseModel, ConfigDict, ValidationError
from soupsieve import SelectorSyntaxError

from ingest.errors import InputError, RejectedRecord

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)
_LISTS = {"CT": "TAC", "TAC": "TAC", "MR": "MRI", "MRI": "MRI"}


class _ImageShape(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: str
    file: str
    type: str


class PageShape(BaseModel):
    """Where each value stands on a page."""

    model_config = ConfigDict(extra="forbid")
    case_id: str
    images: str
    case: dict[str, str]
    topic: dict[str, str]
    image: _ImageShape
    description: dict[str, str]
    description_beside: dict[str, str]


@dataclass(frozen=True)
class FetchedCase:
    """The documents of one case, and the address of each image's file as the page writes it, by image name."""

    case: Mapping[str, Any]
    descriptions: tuple[Mapping[str, Any], ...]
    files: Mapping[str, str]


def read_shape(path: Path | None = None) -> PageShape:
    """Return a table of selectors, that of this package where none is named.

    Raises
    ------
    InputError
        If it cannot be read as one.
    """
    path = path or Path(__file__).with_name("medpix_page.toml")
    try:
        return PageShape.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError) as error:
        raise InputError(
            f"'{path}' is not a table of selectors ({type(error).__name__}). Start from a copy of medpix_page.toml."
        ) from error


def read_page(content: bytes, place: str, shape: PageShape) -> FetchedCase:
    """Return the documents of the case on a page.

    Raises
    ------
    RejectedRecord
        If the page has no case where the shape looks for it, or another form than it says.
    InputError
        If a selector is none.
    """
    page = BeautifulSoup(content, "lxml")
    try:
        return _case_page(page, place, shape)
    except SelectorSyntaxError as error:
        raise InputError("a selector of the shape is not valid CSS. Correct it.") from error


def _case_page(page: Tag, place: str, shape: PageShape) -> FetchedCase:
    u_id = _name(_value(page, shape.case_id), place, "case id")
    lists: dict[str, list[str]] = {"TAC": [], "MRI": []}
    descriptions: list[dict[str, Any]] = []
    files: dict[str, str] = {}
    for element in page.select(shape.images):
        name = f"{u_id}_{_name(_value(element, shape.image.id), place, 'image id')}"
        kind = _LISTS.get((_value(element, shape.image.type) or "").upper())
        if kind is None:
            raise RejectedRecord(place, f"image {name} is listed as neither CT nor MR. Look at the selectors.")
        lists[kind].append(name)
        beside = _values(element, shape.description_beside)
        inner = _values(element, shape.description)
        kind_written = "CT" if kind == "TAC" else "MR"
        descriptions.append({"Type": kind_written, "U_id": u_id, "image": name, "Description": inner, **beside})
        if file := _value(element, shape.image.file):
            files[name] = file
    case = {"U_id": u_id, **lists, "Case": _values(page, shape.case), "Topic": _values(page, shape.topic)}
    return FetchedCase(case, tuple(descriptions), files)


def _name(value: str | None, place: str, what: str) -> str:
    if value is None or not _NAME.fullmatch(value):
        raise RejectedRecord(
            place, f"has no {what} where the shape looks for it. Correct its selectors in a copy of the shape."
        )
    return value


def _values(element: Tag, selectors: Mapping[str, str]) -> dict[str, str | None]:
    return {name: _value(element, selector) for name, selector in selectors.items()}


def _value(element: Tag, selector: str) -> str | None:
    """Return a text or an attribute; a selector of an attribute alone means the element itself."""
    css, _, attribute = selector.partition("@")
    found = element.select_one(css) if css else element
    if found is None:
        return None
    if attribute:
        value = found.get(attribute)
        return value if isinstance(value, str) else None
    return "\n".join(line for part in found.get_text("\n").splitlines() if (line := " ".join(part.split()))) or None
