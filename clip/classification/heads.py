"""The heads that classify an image from its vector, one per task: what is known of them, and how they are kept.

`clip.classification.head_training.train_heads` trains them on vectors of an encoder that stays as it is. Heads that
were trained together with their encoder, and judged by cross-validation of both, are written by `write_heads`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clip.classification.calibration import (
    balanced_accuracy,
    best_temperature,
    expected_calibration_error,
    softmax,
    sure_threshold,
)
from clip.classification.out_of_distribution import Measure, Normal, OutOfDistribution
from clip.classification.scoring import Scorer, Standard
from clip.encoders import Encoder
from clip.saved import Saved, write_saved
from ingest.errors import InputError

NAME = "heads"
HEADS_VERSION = 2


@dataclass(frozen=True)
class TaskReport:
    """How well one task was learned, by out-of-fold predictions over the training images.

    Attributes
    ----------
    n : int
        How many images it was learned from.
    labels : mapping
        How many images there are of each label.
    left_out : mapping
        The same of labels that have too few cases to be learned.
    kind : str or None
        How it answers; None where there was too little to learn from: every answer is then "not sure".
    majority : float or None
        The accuracy of always giving the most frequent label.
    ece : float or None
        The expected calibration error.
    coverage : float or None
        The share of images whose answer is sure.
    temperature : float
        What the scores are divided by, so that the probabilities are true.
    threshold : float
        The probability from which an answer is sure.
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
    """What was trained: one report per task, and the images that nothing was known of.

    Attributes
    ----------
    m : int
        How many images there were to learn from.
    tasks : tuple of TaskReport
        One report for each task.
    """

    encoder: str
    m: int
    tasks: tuple[TaskReport, ...]


@dataclass(frozen=True, eq=False)
class LinearHead:
    """Logits that are linear in the unit vector itself."""

    labels: tuple[str, ...]
    weights: NDArray[np.float32]  # (d, c)
    bias: NDArray[np.float32]  # (c,)


@dataclass(frozen=True, eq=False)
class OutOfFold:
    """Logits of training images from models that saw no image of their case.

    Attributes
    ----------
    logits : ndarray of shape (m, c)
        In the order of the head's labels.
    targets : sequence of str, length m
        The label of each image, always one of the head's.
    left_out : mapping of str to int
        Labels of too few cases, with the number of their images.
    """

    logits: NDArray[np.floating]
    targets: Sequence[str]
    left_out: Mapping[str, int] = field(default_factory=dict)


def write_heads(
    folder: Path,
    encoder: Encoder,
    heads: Mapping[str, LinearHead],
    out_of_fold: Mapping[str, OutOfFold],
    out_of_distribution: OutOfDistribution,
) -> HeadsReport:
    """Keep heads that were trained elsewhere, for `clip.classification.classify.load_classifier`.

    Parameters
    ----------
    folder : Path
        Where the heads are kept.
    encoder : Encoder
        What makes the vectors that the heads answer for.
    heads : mapping of str to LinearHead
        By task.
    out_of_fold : mapping of str to OutOfFold
        For each of these tasks: temperature and threshold are chosen on it, and the report says what it gives.
    out_of_distribution : OutOfDistribution
        What images the heads know; no vector of an image is kept.

    Raises
    ------
    InputError
        If the shapes do not fit the encoder or each other, or an answer is no label of its head.
    StorageError
        If the heads cannot be saved.
    """
    if set(heads) != set(out_of_fold):
        raise InputError(f"there are heads for {sorted(heads)}, out-of-fold logits for {sorted(out_of_fold)}.")
    reports = [_judged(task, head, out_of_fold[task], encoder.dimension) for task, head in heads.items()]
    none = np.zeros((0, encoder.dimension), dtype=np.float32)
    scorers = {task: Scorer(head.weights, head.bias, none) for task, head in heads.items()}
    plain = Standard(np.zeros(encoder.dimension, dtype=np.float32), 1.0)
    save_heads(
        folder, encoder, standard=plain, scorers=scorers, reports=reports, out_of_distribution=out_of_distribution
    )
    return HeadsReport(encoder.name, max((report.n for report in reports), default=0), tuple(reports))


def _judged(task: str, head: LinearHead, judged: OutOfFold, dimension: int) -> TaskReport:
    shapes = (head.weights.shape, head.bias.shape, judged.logits.shape)
    c = len(head.labels)
    if shapes != ((dimension, c), (c,), (len(judged.targets), c)) or not judged.targets:
        raise InputError(
            f"the head for {task} has {c} labels; its weights, bias and out-of-fold logits have the shapes {shapes}, "
            f"expected {((dimension, c), (c,), (len(judged.targets), c))} and at least one image."
        )
    unknown = sorted(set(judged.targets) - set(head.labels))
    if unknown:
        raise InputError(f"'{unknown[0]}' is an answer of {task}, but no label of its head.")
    counts = Counter(judged.targets)
    targets = np.array([head.labels.index(answer) for answer in judged.targets], dtype=np.intp)
    labels = {label: counts[label] for label in head.labels}
    return report_of(
        task, labels=labels, left_out=judged.left_out, kind="linear", logits=judged.logits, targets=targets
    )


def report_of(
    task: str,
    *,
    labels: Mapping[str, int],
    left_out: Mapping[str, int],
    kind: str,
    logits: NDArray[np.floating],
    targets: NDArray[np.intp],
) -> TaskReport:
    """Choose temperature and threshold on out-of-fold logits of shape (m, c), and say what they give."""
    temperature = best_temperature(logits, targets)
    probabilities = softmax(logits, temperature)
    threshold = sure_threshold(probabilities, targets)
    predicted = probabilities.argmax(axis=1)
    sure = probabilities.max(axis=1) >= threshold
    return TaskReport(
        task=task,
        n=len(targets),
        labels=labels,
        left_out=left_out,
        kind=kind,
        accuracy=float(np.mean(predicted == targets)),
        balanced_accuracy=balanced_accuracy(predicted, targets),
        majority=max(labels.values()) / len(targets),
        ece=expected_calibration_error(probabilities, targets),
        coverage=float(np.mean(sure)),
        accuracy_when_sure=float(np.mean(predicted[sure] == targets[sure])),
        temperature=temperature,
        threshold=threshold,
    )


def save_heads(
    folder: Path,
    encoder: Encoder,
    *,
    standard: Standard,
    scorers: Mapping[str, Scorer],
    reports: Sequence[TaskReport],
    out_of_distribution: OutOfDistribution,
) -> None:
    """Write everything that `clip.classification.classify.load_classifier` needs. Raises StorageError."""
    arrays: dict[str, NDArray[Any]] = {"centre": standard.centre}
    limits = {}
    for name, measure in (("appearance", out_of_distribution.appearance), ("vectors", out_of_distribution.vectors)):
        arrays |= {f"{name}.mean": measure.normal.mean, f"{name}.whitening": measure.normal.whitening}
        limits[name] = measure.limit if np.isfinite(measure.limit) else None
    for task, scorer in scorers.items():
        arrays |= {f"{task}.{part}": getattr(scorer, part) for part in ("weights", "bias", "landmarks")}
    facts = {
        "heads_version": HEADS_VERSION,
        "encoder": encoder.name,
        "encoder_fingerprint": encoder.fingerprint,
        "scale": standard.scale,
        "limits": limits,
        "tasks": [asdict(report) for report in reports],
    }
    write_saved(folder, NAME, arrays, facts)


def saved_out_of_distribution(saved: Saved) -> OutOfDistribution:
    """Return what `save_heads` kept of the training images."""
    measures = {
        name: Measure(
            Normal(saved.arrays[f"{name}.mean"], saved.arrays[f"{name}.whitening"]),
            np.inf if limit is None else float(limit),
        )
        for name, limit in saved.facts["limits"].items()
    }
    return OutOfDistribution(measures["appearance"], measures["vectors"])


def heads_folder(encoder_name: str, fitted: Path) -> Path:
    """Return where the heads of an encoder are: with a model that was trained together with them, else in `fitted`."""
    from clip.builtin import FOLDER
    from clip.encoder_names import COMPACT
    from clip.open_clip_encoder import LOCAL_FOLDER
    from clip.registry import find_added

    if encoder_name == COMPACT:
        return FOLDER
    added = find_added(encoder_name, fitted)
    own = added.folder if added else Path(encoder_name.removeprefix(LOCAL_FOLDER)).expanduser()
    named = added is not None or encoder_name.startswith(LOCAL_FOLDER)
    return own if named and (own / f"{NAME}.json").is_file() else fitted
