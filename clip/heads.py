"""Training of the heads that classify a picture from its vector: one per task (modality, plane, region).

A head learns from what the sources say of their pictures. Its probabilities and its threshold of "not sure" come
from out-of-fold predictions in which a case never helps to judge its own pictures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clip.calibration import (
    balanced_accuracy,
    best_temperature,
    case_folds,
    expected_calibration_error,
    log_loss,
    softmax,
    sure_threshold,
)
from clip.encoders import Encoder, Vectors, require_vectors
from clip.familiarity import highest_similarities, least_familiar
from clip.saved import write_saved
from clip.scoring import KINDS, Scorer, fit_scorer, standard_of
from ingest.errors import InputError

NAME = "heads"
HEADS_VERSION = 1
LEAST_CASES = 2  # a label of one case cannot be predicted for another


@dataclass(frozen=True)
class TaskReport:
    """How well one task was learned, by out-of-fold predictions over the training pictures.

    `kind` is None where there was too little to learn from; every answer is then "not sure".
    `ece` is the expected calibration error, `coverage` the share of pictures whose answer is sure.
    """

    task: str
    n: int
    labels: Mapping[str, int]
    left_out: Mapping[str, int]
    kind: str | None = None
    accuracy: float | None = None
    balanced_accuracy: float | None = None
    majority: float | None = None
    ece: float | None = None
    coverage: float | None = None
    accuracy_when_sure: float | None = None
    temperature: float = 1.0
    threshold: float = 1.0


@dataclass(frozen=True)
class HeadsReport:
    """What was trained: one report per task, and the pictures that nothing was known of."""

    encoder: str
    m: int
    tasks: tuple[TaskReport, ...]


def train_heads(
    encoder: Encoder,
    vectors: Vectors,
    labels: Mapping[str, Sequence[str | None]],
    case_ids: Sequence[str],
    folder: Path,
) -> HeadsReport:
    """Train one head per task on vectors of labelled pictures and save them in `folder`.

    Parameters
    ----------
    encoder : Encoder
        What made `vectors`; the heads answer for no other.
    vectors : Vectors
        float32 of shape (m, d).
    labels : mapping of str to sequence of str or None, each of length m
        For each task the label of each picture, None where it is unknown.
    case_ids : sequence of str, length m
        The case of each picture.
    folder : Path
        Where the heads are kept.

    Raises
    ------
    InputError
        If there is no picture, lengths differ, or a vector is not of length 1.
    StorageError
        If the heads cannot be saved.
    """
    from threadpoolctl import threadpool_limits

    _require_lengths(vectors, labels, case_ids)
    standard = standard_of(require_vectors(vectors, dimension=encoder.dimension))
    arrays: dict[str, NDArray[Any]] = {"vectors": vectors, "centre": standard.centre}
    reports: list[TaskReport] = []
    for task, values in labels.items():
        with threadpool_limits(1):  # the solver's small steps lose ten times more to waiting threads than they gain
            report, scorer = _train_task(task, standard.points(vectors), values, case_ids)
        reports.append(report)
        if scorer:
            arrays |= {f"{task}.{part}": getattr(scorer, part) for part in ("weights", "bias", "landmarks")}
    facts = {
        "heads_version": HEADS_VERSION,
        "encoder": encoder.name,
        "encoder_fingerprint": encoder.fingerprint,
        "scale": standard.scale,
        "least_familiar": least_familiar(highest_similarities(vectors, case_ids)),
        "tasks": [asdict(report) for report in reports],
    }
    write_saved(folder, NAME, arrays, facts)
    return HeadsReport(encoder.name, len(vectors), tuple(reports))


def _require_lengths(vectors: Vectors, labels: Mapping[str, Sequence[str | None]], case_ids: Sequence[str]) -> None:
    if not len(vectors):
        raise InputError("there is no picture to train the classifier on. Ingest cases with pictures first.")
    for what, values in {"case_ids": case_ids, **labels}.items():
        if len(values) != len(vectors):
            raise InputError(f"{what} has {len(values)} values for {len(vectors)} vectors, expected one each.")


def _train_task(
    task: str, points: NDArray[np.float32], values: Sequence[str | None], case_ids: Sequence[str]
) -> tuple[TaskReport, Scorer | None]:
    """Train one head, or none where fewer than two labels have enough cases."""
    counts = Counter(value for value in values if value is not None)
    cases = Counter(value for value, _ in set(zip(values, case_ids, strict=True)))
    kept = sorted(label for label in counts if cases[label] >= LEAST_CASES)
    left_out = {label: counts[label] for label in sorted(counts) if label not in kept}
    if len(kept) < 2:
        return TaskReport(task, counts.total(), dict(sorted(counts.items())), left_out), None
    rows = [row for row, value in enumerate(values) if value in kept]
    answers = np.array([kept.index(str(values[row])) for row in rows], dtype=np.intp)
    points = points[rows]
    folds = case_folds([case_ids[row] for row in rows], answers)
    kind, logits = min(
        ((kind, _out_of_fold(kind, points, answers, folds, len(kept))) for kind in KINDS),
        key=lambda option: log_loss(softmax(option[1], best_temperature(option[1], answers)), answers),
    )
    blank = TaskReport(task, len(answers), {label: counts[label] for label in kept}, left_out)
    return _report(blank, kind, logits, answers), fit_scorer(kind, points, answers, len(kept))


def _out_of_fold(
    kind: str, points: NDArray[np.float32], answers: NDArray[np.intp], folds: NDArray[np.intp], classes: int
) -> NDArray[np.float32]:
    """Return the logits that each row gets from a head that saw no picture of its case."""
    logits = np.zeros((len(points), classes), dtype=np.float32)
    for fold in np.unique(folds):
        held_out = folds == fold
        scorer = fit_scorer(kind, points[~held_out], answers[~held_out], classes)
        logits[held_out] = scorer.logits(points[held_out])
    return logits


def _report(blank: TaskReport, kind: str, logits: NDArray[np.float32], answers: NDArray[np.intp]) -> TaskReport:
    """Fill in what out-of-fold logits say."""
    temperature = best_temperature(logits, answers)
    probabilities = softmax(logits, temperature)
    threshold = sure_threshold(probabilities, answers)
    predicted = probabilities.argmax(axis=1)
    sure = probabilities.max(axis=1) >= threshold
    return replace(
        blank,
        kind=kind,
        accuracy=float(np.mean(predicted == answers)),
        balanced_accuracy=balanced_accuracy(predicted, answers),
        majority=max(blank.labels.values()) / blank.n,
        ece=expected_calibration_error(probabilities, answers),
        coverage=float(np.mean(sure)),
        accuracy_when_sure=float(np.mean(predicted[sure] == answers[sure])),
        temperature=temperature,
        threshold=threshold,
    )
