"""How well compound figures are cut into panels: drawn montages, single images, and figures of case reports.

A panel is found where a box overlaps it with an intersection over union of at least .9. `known` tells whether the
number of panels was told, as a caption does. The montages are drawn from images of the train split; the single images
are those of it that are no montage. Beside it stand the published way, sums of edges by column and row, and one who
knows the layout, but not where a black margin ends beside a dark gutter.

The limits of the cutter were chosen on montages of CHOOSING_SEED; those reported here are of another.

Usage: CASEGRAPH_MEDPIX2=folder CASEGRAPH_MULTICARE=folder python -m benchmarks.quality_panels
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.edge_sums import cut_by_edge_sums
from benchmarks.medpix2 import release_folder
from benchmarks.montages import Montage, draw_montages
from benchmarks.panel_oracle import oracle
from benchmarks.record import append_row
from ingest.images.boxes import Box, overlap
from ingest.images.panels import Confidence, panels_of
from ingest.sources.medpix2 import read_cases, read_release
from ingest.vocabulary import Depiction

MONTAGES = 500
CHOOSING_SEED, REPORTING_SEED = 1, 0
MIN_OVERLAP = 0.9

Cutter = Callable[[np.ndarray, int | None], Sequence[Box]]


@dataclass(frozen=True)
class Figure:
    """An image, its panels, and the groups that it counts in."""

    levels: np.ndarray
    panels: Sequence[Box]
    groups: tuple[str, ...]


def by_gutters(levels: np.ndarray, count: int | None) -> Sequence[Box]:
    """Cut as the program does."""
    return panels_of(levels, count).boxes


def by_edge_sums(levels: np.ndarray, count: int | None) -> Sequence[Box]:
    """Cut as published: where the number of parts is not the caption's, there are no panels."""
    found = cut_by_edge_sums(levels)
    return found if count is None or len(found) == count else []


CUTTERS: dict[str, Cutter] = {"gutters": by_gutters, "edge sums": by_edge_sums}


def main() -> None:
    """Append the rows of montages, single images and figures of articles."""
    folder = os.environ.get("CASEGRAPH_MULTICARE")
    if not folder:
        sys.exit("set CASEGRAPH_MULTICARE to a folder whose articles/*/figures.json name panels.")
    single = list(single_images(release_folder()))
    drawn = draw_montages([levels for levels in single if min(levels.shape) > 128], MONTAGES, REPORTING_SEED)
    montages = [_figure(montage) for montage in drawn]
    articles = list(_article_figures(Path(folder)))
    for name, cutter in CUTTERS.items():
        for known in (False, True):
            for figures in (montages, articles):
                _record(name, cutter, known, figures)
        _record(name, cutter, False, [_whole(levels) for levels in single])
    _record("layout known", lambda levels, _: oracle(next(m for m in drawn if m.levels is levels)), True, montages)
    _record_refusals(single)
    _record_real_montages(list(single_images(release_folder(), montages=True)))


def _figure(montage: Montage) -> Figure:
    gutters = "light gutters" if montage.light else "dark gutters"
    return Figure(montage.levels, montage.panels, ("montages", montage.layout, gutters))


def _whole(levels: np.ndarray) -> Figure:
    return Figure(levels, [Box(0, 0, levels.shape[1], levels.shape[0])], ("single images",))


def _record(name: str, cutter: Cutter, known: bool, figures: Iterable[Figure]) -> None:
    """Append one row for each group of figures."""
    counts: dict[str, np.ndarray] = {}
    for figure in figures:
        boxes = cutter(figure.levels, len(figure.panels) if known else None)
        hits = sum(any(overlap(panel, box) >= MIN_OVERLAP for box in boxes) for panel in figure.panels)
        right = len(boxes) == len(figure.panels)
        for group in figure.groups:
            row = np.array([1, right, len(figure.panels), hits, len(boxes)])
            counts[group] = counts.get(group, np.zeros(5, int)) + row
    for group, (n, right, panels, hits, boxes) in counts.items():
        single = group == "single images"  # which have no panels to find
        append_row("quality_panels", cutter=name, known=known, figures=group, n=n, panels="" if single else panels,
                   recall="" if single else round(hits / panels, 3),
                   precision="" if single else round(hits / max(boxes, 1), 3),
                   right_number=round(right / n, 3))  # fmt: skip


def _record_refusals(single: Sequence[np.ndarray]) -> None:
    """Append how many single images stay whole although a caption is said to name four panels."""
    whole = [panels_of(levels, 4).confidence is Confidence.WHOLE for levels in single[::10]]
    append_row("quality_panels", cutter="gutters", known="4, wrongly", figures="single images", n=len(whole), panels="",
               recall="", precision="", right_number=round(sum(whole) / len(whole), 3))  # fmt: skip


def _record_real_montages(images: Sequence[np.ndarray]) -> None:
    """Append how many images described as montages are cut: by eye 2 of 38 are such, the rest are single scans."""
    cut = [len(panels_of(levels).boxes) > 1 for levels in images]
    append_row("quality_panels", cutter="gutters", known=False, figures="described as montages, cut", n=len(cut),
               panels="", recall="", precision="", right_number=round(sum(cut) / len(cut), 3))  # fmt: skip


def single_images(folder: Path, *, montages: bool = False) -> Iterator[np.ndarray]:
    """Yield the images of the train split that are described as no montage, or those that are."""
    for case in read_cases(read_release(folder)):
        for image in case.images if case.split != "dev" else ():
            path = folder / "images" / f"{image.image_id.partition(':')[2]}.png"
            if (image.depiction is Depiction.MONTAGE) is montages and path.is_file():
                yield _read(path)


def _article_figures(folder: Path) -> Iterator[Figure]:
    for path in sorted(folder.glob("articles/*/figures.json")):
        for name, figure in json.loads(path.read_text(encoding="utf-8"))["files"].items():
            boxes = [Box(*panel["box"]) for panel in figure["panels"]]
            kind = "articles, compound" if len(boxes) > 1 else "articles, single"
            yield Figure(_read(path.parent / name), boxes, ("articles", kind))


def _read(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB" if image.mode != "L" else "L"))


if __name__ == "__main__":
    main()
