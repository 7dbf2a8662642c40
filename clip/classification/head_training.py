"""Training of heads on vectors of an encoder that stays as it is.

A head learns from what the sources say of their images. Its probabilities and its threshold of "not sure" come
from out-of-fold predictions in which a case never helps to judge its own images.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clip.classification.appearance import appearance
from clip.classification.calibration import FOLDS, best_temperature, case_folds, log_loss, softmax
from clip.classification.heads import HeadsReport, TaskReport, report_of, save_heads
from clip.classification.out_of_distribution import OutOfDistribution, fit_measure
from clip.classification.scoring import KINDS, Scorer, fit_scorer, standard_of
from clip.encoders import Encoder
from clip.vectors import Vectors, require_vectors
from ingest.errors import InputError

MIN_CASES = FOLDS  # one for each fold: of a label with fewer, nothing could be said out of fold
MAX_LOOKED_AT = 500  # images whose appearance is measured: 53 numbers need no more, and each takes a file


def train_heads(
    encoder: Encoder,
    vectors: Vectors,
    labels: Mapping[str, Sequence[str | None]],
    case_ids: Sequence[str],
    folder: Path,
    *,
    image_of: Callable[[int], bytes],
) -> HeadsReport:
    """Train one head per task on vectors of labelled images and save them in `folder`.

    Parameters
    ----------
    encoder : Encoder
        What made `vectors`; the heads answer for no other.
    vectors : Vectors
        float32 of shape (m, d).
    labels : mapping of str to sequence of str or None, each of length m
        For each task the label of each image, None where it is unknown.
    case_ids : sequence of str, length m
        The case of each image.
    folder : Path
        Where the heads are kept.
    image_of : callable
        Returns the PNG of a row; it is asked for `MAX_LOOKED_AT` of them at most.

    Raises
    ------
    InputError
        If there is no image, lengths differ, or a vector is not of length 1.
    StorageError
        If the heads cannot be saved.
    """
    from threadpoolctl import threadpool_limits

    _require_lengths(vectors, labels, case_ids)
    standard = standard_of(require_vectors(vectors, dimension=encoder.dimension))
    scorers: dict[str, Scorer] = {}
    reports: list[TaskReport] = []
    with threadpool_limits(1):  # the solver's small steps lose ten times more to waiting threads than they gain
        for task, values in labels.items():
            report, scorer = _train_task(task, standard.points(vectors), values, case_ids)
            reports.append(report)
            if scorer:
                scorers[task] = scorer
        out_of_distribution = fit_out_of_distribution(vectors, case_ids, image_of)
    save_heads(
        folder, encoder, standard=standard, scorers=scorers, reports=reports, out_of_distribution=out_of_distribution
    )
    return HeadsReport(encoder.name, len(vectors), tuple(reports))


def fit_out_of_distribution(
    vectors: Vectors,
    case_ids: Sequence[str],
    image_of: Callable[[int], bytes],
    *,
    vector_distances: NDArray[np.float64] | None = None,
) -> OutOfDistribution:
    """Measure what is usual among the training images.

    Parameters
    ----------
    vectors, case_ids, image_of
        As `train_heads` takes them.
    vector_distances : ndarray, optional
        What `clip.classification.out_of_distribution.Normal.distances` gives for vectors of cases that its encoder
        did not learn from; needed where the encoder was trained on these images.
    """
    looked_at: list[int] = np.random.default_rng(0).permutation(len(vectors))[:MAX_LOOKED_AT].tolist()
    appearances = np.stack([appearance(image_of(row)) for row in looked_at])
    return OutOfDistribution(
        fit_measure(appearances, [case_ids[row] for row in looked_at]),
        fit_measure(vectors, case_ids, vector_distances),
    )


def _require_lengths(vectors: Vectors, labels: Mapping[str, Sequence[str | None]], case_ids: Sequence[str]) -> None:
    if not len(vectors):
        raise InputError("there is no image to train the classifier on. Ingest cases with images first.")
    for what, values in {"case_ids": case_ids, **labels}.items():
        if len(values) != len(vectors):
            raise InputError(f"{what} has {len(values)} values for {len(vectors)} vectors, expected one each.")


def _train_task(
    task: str, points: NDArray[np.float32], values: Sequence[str | None], case_ids: Sequence[str]
) -> tuple[TaskReport, Scorer | None]:
    """Train one head, or none where fewer than two labels have enough cases."""
    counts = Counter(value for value in values if value is not None)
    kept, left_out = kept_labels(values, case_ids)
    if len(kept) < 2:
        return TaskReport(task, counts.total(), dict(sorted(counts.items())), left_out), None
    rows = [row for row, value in enumerate(values) if value in kept]
    targets = np.array([kept.index(str(values[row])) for row in rows], dtype=np.intp)
    points = points[rows]
    folds = case_folds([case_ids[row] for row in rows], targets)
    kind, logits = min(
        ((kind, _out_of_fold(kind, points, targets, folds, len(kept))) for kind in KINDS),
        key=lambda option: log_loss(softmax(option[1], best_temperature(option[1], targets)), targets),
    )
    labels = {label: counts[label] for label in kept}
    report = report_of(task, labels=labels, left_out=left_out, kind=kind, logits=logits, targets=targets)
    return report, fit_scorer(kind, points, targets, len(kept))


def kept_labels(values: Sequence[str | None], case_ids: Sequence[str]) -> tuple[list[str], dict[str, int]]:
    """Return the labels that have cases enough, and the others with the number of their images."""
    counts = Counter(value for value in values if value is not None)
    cases = Counter(value for value, _ in set(zip(values, case_ids, strict=True)))
    kept = sorted(label for label in counts if cases[label] >= MIN_CASES)
    return kept, {label: counts[label] for label in sorted(counts) if label not in kept}


def _out_of_fold(
    kind: str, points: NDArray[np.float32], targets: NDArray[np.intp], folds: NDArray[np.intp], classes: int
) -> NDArray[np.float32]:
    """Return the logits that each row gets from a head that saw no image of its case."""
    logits = np.zeros((len(points), classes), dtype=np.float32)
    for fold in np.unique(folds):
        held_out = folds == fold
        scorer = fit_scorer(kind, points[~held_out], targets[~held_out], classes)
        logits[held_out] = scorer.logits(points[held_out])
    return logits
