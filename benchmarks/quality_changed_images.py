"""How well an image that was changed finds the case it is of, with and without views of it (`clip.question_views`).

Forty images of as many train cases ask, each after every change of `benchmarks.changed_images`: hit@1 and hit@5 of
their own case. Besides, whether the views harm a usual question: the nearest image of another case of train, precision
at 1 of its modality, region and plane, for a hundred unchanged images. Intervals are 95 %, over cases.

Usage: python -m benchmarks.quality_changed_images WORKSPACE    (a workspace with the train cases of MedPix 2.0)
"""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image as Pillow

import casegraph
from benchmarks.changed_images import CHANGES
from benchmarks.record import append_row, columns_of
from casegraph import Query
from casegraph.labels import TASKS
from clip.evaluation.estimates import mean_over_cases
from clip.question_views import question_views, whole_image
from ingest.case import Case, Image
from ingest.images.objects import ObjectStore
from rag.search.fusion import Channel
from rag.search.search import CaseSearch

SEED = 11
CHANGED = 40
USUAL = 100
DEPTH = 5
JUDGED = ("modality", "region", "plane")


@dataclass(frozen=True)
class Asking:
    """An image that asks, and its case."""

    case: Case
    image: Image
    png: bytes


def main() -> None:
    """Measure without views and with them, and append the rows."""
    with casegraph.open(sys.argv[1] if len(sys.argv) > 1 else "workspace") as space:
        finder = space.engines.finder
        train = [stored.case for stored in finder.store.cases() if stored.case.split == "train"]
        random = np.random.default_rng(SEED)
        changed, usual = (_drawn(train, space.engines.objects, count, random) for count in (CHANGED, USUAL))
        for name, views in (("off", whole_image), ("on", question_views)):
            search = replace(finder, views=views)
            for change in CHANGES:
                _record(search, name, change, _own_case_found(search, changed, change), changed)
            precisions = _like_found(search, usual, {case.case_id: case for case in train})
            for task, (values, asking) in precisions.items():
                _record(search, name, "other cases", {f"p@1 of {task}": values}, asking)


def _drawn(cases: Sequence[Case], objects: ObjectStore, count: int, random: np.random.Generator) -> list[Asking]:
    """Draw as many cases, and one stored image of each."""
    having = [(case, stored) for case in cases if (stored := [image for image in case.images if image.object_key])]
    drawn = [having[place] for place in random.choice(len(having), min(count, len(having)), replace=False)]
    picked = [(case, stored[int(random.integers(len(stored)))]) for case, stored in drawn]
    return [Asking(case, image, objects.read(image.object_key or "")) for case, image in picked]


def _own_case_found(search: CaseSearch, asking: Sequence[Asking], change: str) -> Mapping[str, list[float]]:
    ranks = [_rank(search, one, _png(change, one, number)) for number, one in enumerate(asking)]
    return {f"hit@{k}": [float(rank <= k) for rank in ranks] for k in (1, DEPTH)}


def _rank(search: CaseSearch, one: Asking, png: bytes) -> int:
    hits = search.search(Query(images=(png,), k=DEPTH)).hits
    return next((hit.rank for hit in hits if hit.case_id == one.case.case_id), DEPTH + 1)


def _png(change: str, one: Asking, number: int) -> bytes:
    image = Pillow.open(io.BytesIO(one.png)).convert("L")
    stream = io.BytesIO()
    CHANGES[change](image, np.random.default_rng((SEED, number))).save(stream, "PNG")
    return stream.getvalue()


def _like_found(
    search: CaseSearch, asking: Sequence[Asking], train: Mapping[str, Case]
) -> Mapping[str, tuple[list[float], list[Asking]]]:
    """Return for each task whether the nearest image of another train case shows the same, and who could ask."""
    found = [(one, _nearest(search, one, train)) for one in asking]
    judged: dict[str, tuple[list[float], list[Asking]]] = {}
    for task in JUDGED:
        label = TASKS[task]
        known = [(one, near) for one, near in found if label(one.image) and label(near)]
        judged[task] = [float(label(one.image) == label(near)) for one, near in known], [one for one, _ in known]
    return judged


def _nearest(search: CaseSearch, one: Asking, train: Mapping[str, Case]) -> Image:
    query = Query(images=(one.png,), k=1)
    rankings, _ = search.rankings(query, None, 1, train.keys() - {one.case.case_id})
    (best,) = rankings[Channel.IMAGE]
    return next(image for image in train[best.case_id].images if image.image_id == best.image_id)


def _record(
    search: CaseSearch, views: str, change: str, metrics: Mapping[str, list[float]], asking: Sequence[Asking]
) -> None:
    cases = np.array([one.case.case_id for one in asking])
    for metric, values in metrics.items():
        append_row(
            "quality_changed_images",
            encoder=search.image_encoder.name,
            views=views,
            change=change,
            images=len(values),
            metric=metric,
            **columns_of(mean_over_cases(cases, np.array(values), SEED), "value"),
        )


if __name__ == "__main__":
    main()
