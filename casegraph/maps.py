"""The images of a workspace as a map: alike ones near each other, by the vectors of the index."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from casegraph.cases import Case, Image
from casegraph.engines import Engines
from casegraph.filters import resolved
from clip.flat import lay_flat
from ingest.errors import InputError, StaleProjection
from ingest.remedies import Remedy, RemedyAction
from ingest.store.filters import Filter, OneOf
from rag.index.interface import IMAGES

__all__ = [
    "LABELS",
    "MAX_POINTS",
    "Area",
    "ImageMap",
    "MapPoint",
    "Maps",
    "as_csv",
    "box_area",
    "format_area",
    "parse_area",
    "points_in",
]

MAX_POINTS = 20_000
"""More are hardly told apart on a screen, and take a browser seconds to draw."""

LABELS = ("modality", "region", "plane", "category", "source")
Area = tuple[tuple[float, float], ...]
"""The corners of an area of a map, in their order."""


@dataclass(frozen=True)
class MapPoint:
    """One image on the map.

    Attributes
    ----------
    x, y : float
        Where it is, along the two directions in which the images differ most.
    category : str or None
        The pathology category of its case.
    """

    image_id: str
    case_id: str
    title: str
    x: float
    y: float
    modality: str | None
    region: str | None
    plane: str | None
    category: str | None
    source: str


@dataclass(frozen=True)
class ImageMap:
    """The map of a workspace's images.

    Attributes
    ----------
    images : int
        How many images have a place on it.
    explained : tuple of float
        Which part of the images' differences either axis holds.
    encoder : str
        What made the vectors.
    sequence : int
        The documents' last change that the vectors cover.
    points : list of MapPoint
        The images, by their ids; drawn by lot where there are too many.
    """

    images: int
    explained: tuple[float, float]
    encoder: str
    sequence: int
    points: tuple[MapPoint, ...]


@dataclass(frozen=True)
class Maps:
    """The map of one workspace."""

    _engines: Engines

    def state(self) -> str:
        """Return what is another whenever the vectors are others; an empty text where there are none."""
        state = self._engines.vectors[IMAGES].state()
        return state.digest if state else ""

    def read(self, where: str | Filter | None = None, *, at_most: int = MAX_POINTS, seed: int = 0) -> ImageMap:
        """Return the map of the images of the cases that match; where an image is does not depend on the filter.

        Parameters
        ----------
        at_most, seed
            Of more images than `at_most`, so many are drawn by `seed`.

        Raises
        ------
        StaleProjection
            If there are no vectors yet.
        """
        stored = self._engines.vectors[IMAGES].read()
        if stored is None:
            raise StaleProjection("there are no vectors of images yet. Index.", remedy=Remedy(RemedyAction.INDEX))
        flat = lay_flat(stored.vectors)
        case_ids = set(self._engines.store.case_ids(resolved(self._engines, where)))
        rows = [number for number, row in enumerate(stored.rows) if row.case_id in case_ids]
        rows.sort(key=lambda number: stored.rows[number].vector_id)
        drawn = list(_drawn(rows, at_most, seed))
        places = {stored.rows[number].vector_id: flat.positions[number].tolist() for number in drawn}
        points = self._points(places, {stored.rows[number].case_id for number in drawn})
        return ImageMap(
            images=len(rows),
            explained=flat.explained,
            encoder=stored.state.encoder,
            sequence=stored.state.sequence,
            points=tuple(sorted(points, key=lambda point: point.image_id)),
        )

    def _points(self, places: Mapping[str, Sequence[float]], case_ids: Iterable[str]) -> list[MapPoint]:
        """Return the points of the images that have a place, which these cases have; no other case is read."""
        cases = (stored.case for stored in self._engines.store.cases(OneOf("case_id", tuple(case_ids))))
        return [
            _point(case, image, places[image.image_id])
            for case in cases
            for image in case.images
            if image.image_id in places
        ]


def _point(case: Case, image: Image, place: Sequence[float]) -> MapPoint:
    said = (image.modality, image.region, image.plane, case.topic.pathology_category)
    modality, region, plane, category = (None if value is None else str(value) for value in said)
    x, y = place
    return MapPoint(image.image_id, case.case_id, case.title, x, y, modality, region, plane, category, case.source)


def _drawn(rows: Sequence[int], at_most: int, seed: int) -> Iterator[int]:
    """Yield the rows, of too many as many as may be, drawn by lot."""
    if len(rows) <= at_most:
        yield from rows
        return
    chosen = np.random.default_rng(seed).choice(len(rows), at_most, replace=False)
    yield from (rows[number] for number in sorted(chosen.tolist()))


def format_area(area: Sequence[Sequence[float]]) -> str:
    """Return an area as `parse_area` reads it."""
    return " ".join(f"{x:.4f},{y:.4f}" for x, y in area)


def box_area(left: float, right: float, low: float, high: float) -> Area:
    """Return the corners of a box."""
    return (left, low), (right, low), (right, high), (left, high)


def parse_area(text: str) -> Area:
    """Return the corners that a text of ``x,y`` pairs with blanks between says.

    Raises
    ------
    InputError
        If it says no area.
    """
    try:
        corners = tuple((float(x), float(y)) for x, y in (pair.split(",") for pair in text.split()))
    except ValueError as error:
        raise InputError(f"'{text}' is not an area of the map: expected corners such as '0,0 1,0 1,1'.") from error
    if len(corners) < 3 or not np.isfinite(corners).all():
        raise InputError(f"'{text}' is not an area of the map: expected three corners or more. Draw it again.")
    return corners


def points_in(area: Area, points: Sequence[MapPoint]) -> list[MapPoint]:
    """Return the points inside an area, in their order."""
    from matplotlib.path import Path as Outline

    if not points:
        return []
    inside = Outline(area).contains_points([(point.x, point.y) for point in points])
    return [point for point, within in zip(points, inside, strict=True) if within]


def as_csv(found: ImageMap) -> str:
    """Return a map as CSV, a row for each image."""
    output = io.StringIO()
    writer = csv.DictWriter(output, ("image_id", "case_id", "x", "y", *LABELS), lineterminator="\n")
    writer.writeheader()
    writer.writerows(_row(point) for point in found.points)
    return output.getvalue()


def _row(point: MapPoint) -> dict[Any, object]:
    return {name: value for name, value in vars(point).items() if name != "title"}
