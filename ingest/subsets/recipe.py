"""The recipe of a data set: a TOML file that says which cases, as what, in which formats, splits and licences.

`example.toml` beside this module is one with every key explained.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ingest.case import sha256_of_json
from ingest.errors import InputError
from ingest.licences import is_free, licence_name
from ingest.vocabulary import Section

EXAMPLE = Path(__file__).parent / "example.toml"
MADE = "made"
"""Table that a written recipe has at its end: what came of it, to compare with when it is made again."""


class Kind(StrEnum):
    """What an item of a data set is."""

    TEXT = "text"
    IMAGE = "image"
    MULTIMODAL = "multimodal"
    CASE_SERIES = "case_series"
    CLASSIFICATION = "classification"

    @property
    def per_image(self) -> bool:
        """Whether an item is one image, and not a case."""
        return self in (Kind.IMAGE, Kind.CLASSIFICATION)

    @property
    def formats(self) -> tuple[Format, ...]:
        """The formats that it can be written in."""
        if self is Kind.TEXT:
            return (Format.FOLDER, Format.PROMPTS)
        return tuple(one for one in Format if self.per_image or one is not Format.OPEN_CLIP)

    @property
    def template(self) -> str:
        """The template that is filled where a recipe names none."""
        return _TEMPLATES[self]


class Format(StrEnum):
    """How a data set is written."""

    FOLDER = "folder"
    WEBDATASET = "webdataset"
    OPEN_CLIP = "open_clip"
    LLAVA = "llava"
    PROMPTS = "prompts"


FILLED = frozenset({Format.LLAVA, Format.PROMPTS})
"""The formats that fill a template."""


class Mentions(StrEnum):
    """What stands in a text in place of a mention of a figure."""

    MARK = "token"
    PATH = "path"


BY_SOURCE = "source"
MAX_NAME = 80
_NAME = r"^[a-z0-9][a-z0-9_-]*$"
SECTIONS = (Section.HISTORY, Section.EXAM, Section.FINDINGS, Section.TREATMENT)


@dataclass(frozen=True)
class Splits:
    """Fractions by name, dealt by a seed; or those that the source itself gives its cases.

    `shares` is empty where all is one split, or the source says.
    """

    shares: Mapping[str, float] = field(default_factory=dict)
    seed: int = 0
    by_source: bool = False

    @property
    def divided(self) -> bool:
        """Whether there is more than one split."""
        return bool(self.shares) or self.by_source

    @property
    def only(self) -> str:
        """The name of the one split where nothing is divided."""
        return "train"


@dataclass(frozen=True)
class Recipe:
    """A recipe, read and checked. Filters are texts, as they stand in the file.

    Attributes
    ----------
    licences : tuple of str or None
        The names of those that are let in, without version; None lets all in.
    template : str
        A template of `ingest.subsets.templates`, or a TOML file.
    digest : str
        SHA-256 over all that it says, without comments and without what came of it.
    made : mapping
        What came of it when it was written beside a data set.
    """

    name: str
    kind: Kind
    where: str
    images: str
    formats: tuple[Format, ...]
    licences: tuple[str, ...] | None
    free_only: bool
    splits: Splits
    classes: Mapping[str, str]
    sections: tuple[Section, ...]
    mentions: Mentions
    template: str
    digest: str = ""
    made: Mapping[str, Any] = field(default_factory=dict)

    def lets_in(self, licence: str) -> bool:
        """Tell whether what is under a licence, or ``not stated``, may be an item."""
        if self.free_only:
            return is_free(licence)
        return self.licences is None or licence_name(licence) in self.licences


class _Splits(BaseModel):
    """Fractions by name beside the seed, or whose they are."""

    model_config = ConfigDict(extra="allow", strict=True)
    seed: int = 0
    by: str | None = None

    @property
    def shares(self) -> dict[str, Any]:
        """The fractions by the name of their split."""
        return dict(self.__pydantic_extra__ or {})


class _File(BaseModel):
    """The keys of the file, as TOML has them."""

    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, Field(pattern=_NAME, max_length=MAX_NAME)]
    kind: Kind
    where: str | list[str] = ""
    images: str | list[str] = ""
    formats: Annotated[list[Format], Field(min_length=1)] = [Format.FOLDER]
    licences: str | list[str] = "any"
    splits: _Splits = _Splits()
    classes: dict[str, str] = {}
    sections: list[Section] = list(SECTIONS)
    mentions: Mentions = Mentions.MARK
    template: str | None = None
    made: dict[str, Any] = {}


def parse_recipe(text: str) -> Recipe:
    """Return the recipe that a file says.

    Raises
    ------
    InputError
        If it is no TOML, or has a key or value that no recipe has; the message names it.
    """
    try:
        said = tomllib.loads(text)
        file = _File.model_validate(said)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"the recipe is no TOML: {error}. Correct it.") from error
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise InputError(f"the recipe's '{place}' cannot be used: {first['msg']}. Correct it.") from error
    _check(file)
    named = [file.licences] if isinstance(file.licences, str) else file.licences
    return Recipe(
        name=file.name,
        kind=file.kind,
        where=_all_of(file.where),
        images=_all_of(file.images),
        formats=tuple(dict.fromkeys(file.formats)),
        licences=None if named in (["any"], ["free"]) else tuple(map(licence_name, named)),
        free_only=named == ["free"],
        splits=Splits(file.splits.shares, file.splits.seed, file.splits.by == BY_SOURCE),
        classes=file.classes,
        sections=tuple(file.sections),
        mentions=file.mentions,
        template=file.template or file.kind.template,
        digest=sha256_of_json({name: value for name, value in said.items() if name != MADE}),
        made=file.made,
    )


def checked_name(name: str) -> str:
    """Return the name of a data set, which becomes that of a folder. Raises InputError where it cannot be one."""
    if not re.fullmatch(_NAME, name) or len(name) > MAX_NAME:
        raise InputError(f"a data set cannot be called '{name}'. Use small letters, digits, - and _, such as ct-heads.")
    return name


_TEMPLATES = {
    Kind.TEXT: "diagnosis",
    Kind.IMAGE: "caption",
    Kind.MULTIMODAL: "diagnosis",
    Kind.CASE_SERIES: "diagnosis",
    Kind.CLASSIFICATION: "class",
}


def _all_of(said: str | list[str]) -> str:
    """Return filters that must all hold as one."""
    parts = [part for part in ([said] if isinstance(said, str) else said) if part.strip()]
    return parts[0] if len(parts) == 1 else " ".join(f"({part})" for part in parts)


def _check(file: _File) -> None:
    shares = file.splits.shares
    if file.splits.by not in (None, BY_SOURCE):
        raise InputError(f"the recipe's 'splits.by' is '{file.splits.by}', expected 'source' or fractions by name.")
    if shares and file.splits.by:
        raise InputError("the recipe's splits are those of the source or fractions by name, not both.")
    for name, share in shares.items():
        if not (re.fullmatch(r"[a-z0-9][a-z0-9_]*", name) and isinstance(share, float | int)):
            raise InputError(f"the recipe's split '{name}' is no fraction by a plain name, such as train = 0.8.")
    if shares and (abs(sum(shares.values()) - 1) > 1e-6 or min(shares.values()) <= 0):
        raise InputError(f"the recipe's splits are {sum(shares.values()):g} together. Give fractions that add up to 1.")
    if (file.kind is Kind.CLASSIFICATION) != bool(file.classes):
        raise InputError("'classes', each with a filter of images, belong to the kind classification, and to no other.")
    if file.kind is Kind.TEXT and not set(file.kind.formats).issuperset(file.formats):
        raise InputError("texts alone are written as 'folder' or 'prompts'. Choose one of these, or another kind.")
    if not set(file.kind.formats).issuperset(file.formats):
        raise InputError("open_clip reads pairs of one image and its words. Choose the kind image or classification.")
