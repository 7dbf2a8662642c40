"""Views over the case documents that a source declares, to show its cases in the form that it gave them.

A view is a table of columns. `sql_views.py` and `mongo_views.py` translate it, so that both engines give the same rows;
a MongoDB has each view under its name too, for whoever looks into it with another program.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from ingest.errors import InputError
from ingest.spelling import did_you_mean
from ingest.store.filters import AllOf, Filter, OneOf
from ingest.vocabulary import Section


class Known(Enum):
    """What each case or image has; ids without their source, and the object key of the image's file."""

    CASE_ID = auto()
    IMAGE_ID = auto()
    IMAGE_FILE = auto()


@dataclass(frozen=True)
class CaseValue:
    """What the source said of the case under a key; where that is not kept, the section that has it verbatim."""

    key: str
    section: Section | None = None


@dataclass(frozen=True)
class ImageValue:
    """What the source said of the image under a key."""

    key: str


@dataclass(frozen=True)
class ImageIds:
    """The ids of the images of the case of which the source said this value under this key."""

    key: str
    value: str


@dataclass(frozen=True)
class Values:
    """An object of values by name."""

    parts: Mapping[str, CaseValue | ImageValue]


Column = Known | CaseValue | ImageValue | ImageIds | Values


@dataclass(frozen=True)
class SourceView:
    """A view: its name, the source whose cases it shows, and its columns. A value that is not there is null.

    It has a row for each image where a column is of an image, and for each case otherwise.
    """

    name: str
    source: str
    columns: Mapping[str, Column]

    @property
    def per_image(self) -> bool:
        """Tell whether it has a row for each image."""
        return any(_is_of_image(column) for column in self.columns.values())

    @property
    def file_columns(self) -> tuple[str, ...]:
        """The columns with the object key of a file."""
        return tuple(name for name, column in self.columns.items() if column is Known.IMAGE_FILE)

    def of_matching(self, where: Filter | None) -> Filter:
        """Return the filter for the cases of its source that match."""
        own = OneOf("source", (self.source,))
        return own if where is None else AllOf((own, where))


def view_named(views: Sequence[SourceView], name: str) -> SourceView:
    """Return the view of a name.

    Raises
    ------
    InputError
        If there is none of this name.
    """
    names = [view.name for view in views]
    if name not in names:
        there = f"Views: {', '.join(names)}." if names else "No source declares any."
        raise InputError(f"there is no view '{name}'. {did_you_mean(name, names) or there}")
    return views[names.index(name)]


def _is_of_image(column: Column) -> bool:
    if isinstance(column, Values):
        return any(isinstance(part, ImageValue) for part in column.parts.values())
    return isinstance(column, ImageValue) or column in (Known.IMAGE_ID, Known.IMAGE_FILE)
