"""By which images no case is looked for, since they look like no scan: photographs and the like, and real scans.

The archive is that of a workspace, without the case that asks. Scans are one image of each of two hundred train cases
and the images of the dev split, as they are and, of a hundred, changed; the rest is what `benchmarks.strange_images`
draws. A row for each kind: the share that finds no case by the image. Intervals are 95 %.

Usage: python -m benchmarks.quality_strange_questions WORKSPACE    (a workspace with the cases of MedPix 2.0)
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Sequence

import numpy as np
from PIL import Image as Pillow

import casegraph
from benchmarks.changed_images import CHANGES
from benchmarks.record import append_row, share_with_interval
from benchmarks.strange_images import strange_images
from casegraph.workspace import Workspace
from clip.question_views import whole_image
from rag.search.asking_images import given_images
from rag.search.scans import scans_among
from rag.search.search import CaseSearch

SEED = 13
TRAIN_CASES = 200
CHANGED_IMAGES = 100
CHANGED = ("cropped to 70 %", "light screenshot", "turned by 90 degrees")

Asking = tuple[str | None, bytes]
"""The case that an image is of, if any, and its PNG."""


def main() -> None:
    """Measure each kind and append its row."""
    with casegraph.open(sys.argv[1] if len(sys.argv) > 1 else "workspace") as space:
        finder = space.engines.finder
        least = finder.least_nearness
        for kind, asking in _kinds(space):
            passed_over = sum(not _is_scan(finder, least, *one) for one in asking)
            share, low, high = share_with_interval(passed_over, len(asking))
            append_row(
                "quality_strange_questions",
                encoder=finder.image_encoder.name,
                kind=kind,
                n=len(asking),
                nearness=round(least, 3),
                passed_over=round(share, 3),
                low=round(low, 3),
                high=round(high, 3),
            )


def _is_scan(finder: CaseSearch, least: float, case_id: str | None, png: bytes) -> bool:
    assert finder.scan_judge is not None
    strangeness, others = finder.scan_judge.strangeness, frozenset(finder.store.case_ids()) - {case_id}
    for views in (whole_image, finder.views):  # most are known for scans by the whole image, and views take long
        given = given_images((png,), finder.image_encoder, views)
        if scans_among(given, strangeness, finder.images, others, lambda: least):
            return True
    return False


def _kinds(space: Workspace) -> Iterator[tuple[str, Sequence[Asking]]]:
    """Yield what each kind is called, and its images."""
    train, dev = _images_of(space, "train"), _images_of(space, "dev")
    first = list({case_id: (case_id, png) for case_id, png in train}.values())
    yield "train", _drawn(first, TRAIN_CASES)
    yield "dev", dev
    for name in CHANGED:
        few = enumerate(_drawn(dev, CHANGED_IMAGES))
        yield f"dev, {name}", [(case_id, _changed(name, png, number)) for number, (case_id, png) in few]
    for kind, pngs in strange_images([png for _, png in train]).items():
        yield kind, [(None, png) for png in pngs]


def _drawn(asking: Sequence[Asking], count: int) -> list[Asking]:
    return [asking[place] for place in np.random.default_rng(SEED).permutation(len(asking))[:count].tolist()]


def _images_of(space: Workspace, split: str) -> list[Asking]:
    cases = (stored.case for stored in space.engines.store.cases())
    read = space.engines.objects.read
    return [
        (case.case_id, read(str(image.object_key)))
        for case in cases
        if case.split == split
        for image in case.stored_images
    ]


def _changed(name: str, png: bytes, number: int) -> bytes:
    stream = io.BytesIO()
    image = Pillow.open(io.BytesIO(png)).convert("L")
    CHANGES[name](image, np.random.default_rng((SEED, number))).save(stream, "PNG")
    return stream.getvalue()


if __name__ == "__main__":
    main()
