"""Judge an encoder by its neighbourhoods: whether the nearest images of other cases show the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clip.evaluation.estimates import Estimate, mean_over_cases
from clip.evaluation.images import LabelledImages
from clip.hog import features
from clip.vectors import unit_vectors

HOG = "hog"
K = 5


@dataclass(frozen=True)
class RetrievalTask:
    """Precision at 1 and 5 and mean average precision of each encoder, for images that have this label.

    Attributes
    ----------
    n : int
        How many images ask.
    encoders : mapping
        Estimates by encoder and metric: ``p@1``, ``p@5``, ``map``.
    minus_hog : mapping
        The encoder minus HOG, paired by case, by metric.
    """

    task: str
    n: int
    encoders: Mapping[str, Mapping[str, Estimate]]
    minus_hog: Mapping[str, Estimate]


@dataclass(frozen=True)
class Retrieval:
    """How well images find their like, no image of the asking case being a candidate."""

    encoder: str
    images: int
    cases: int
    seed: int
    tasks: tuple[RetrievalTask, ...]


def evaluate_retrieval(encoder: str, images: LabelledImages, tasks: Sequence[str], *, seed: int = 7) -> Retrieval:
    """Let every labelled image ask all images of other cases, by the encoder's vectors and by HOG's."""
    described = {
        encoder: images.vectors,
        HOG: unit_vectors(np.stack([features(png) for png in images.pngs]).astype(np.float64)),
    }
    done = []
    for task in tasks:
        rows = [row for row, label in enumerate(images.labels[task]) if label is not None]
        cases = np.asarray([images.case_ids[row] for row in rows])
        labels = np.asarray([images.labels[task][row] for row in rows])
        values = {name: precisions(vectors[rows], labels, cases) for name, vectors in described.items()}
        asking = ~np.isnan(values[encoder]["map"])
        if not asking.any():
            continue
        estimates = {
            name: {metric: mean_over_cases(cases[asking], column[asking], seed) for metric, column in columns.items()}
            for name, columns in values.items()
        }
        gains = {
            metric: mean_over_cases(cases[asking], (values[encoder][metric] - values[HOG][metric])[asking], seed)
            for metric in values[HOG]
        }
        done.append(RetrievalTask(task, int(asking.sum()), estimates, gains))
    return Retrieval(encoder, len(images.pngs), len(set(images.case_ids)), seed, tuple(done))


def precisions(
    vectors: NDArray[np.floating],
    labels: NDArray[np.str_],
    cases: NDArray[np.str_],
    asking: NDArray[np.intp] | None = None,
) -> dict[str, NDArray[np.float64]]:
    """Return precision at 1, at 5 and on average of the rows `asking` (all by default) among the rows of other cases.

    NaN where no other case has the label of the row.
    """
    found: dict[str, list[float]] = {"p@1": [], f"p@{K}": [], "map": []}
    for row in range(len(vectors)) if asking is None else asking:
        others = np.flatnonzero(cases != cases[row])
        order = others[np.argsort(-(vectors[others] @ vectors[row]), kind="stable")]
        like = labels[order] == labels[row]
        if not like.any():
            for column in found.values():
                column.append(np.nan)
            continue
        ranks = np.flatnonzero(like) + 1
        found["p@1"].append(float(like[0]))
        found[f"p@{K}"].append(float(like[:K].mean()))
        found["map"].append(float(np.mean(np.arange(1, len(ranks) + 1) / ranks)))
    return {name: np.array(column) for name, column in found.items()}
