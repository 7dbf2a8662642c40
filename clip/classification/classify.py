"""Classification of an image: a label and its probabilities for each task, and "not sure" when it should be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clip.classification.appearance import appearance
from clip.classification.calibration import Probabilities, softmax
from clip.classification.head_training import MIN_CASES, train_heads
from clip.classification.heads import (
    HEADS_VERSION,
    NAME,
    HeadsReport,
    TaskReport,
    saved_out_of_distribution,
    write_heads,
)
from clip.classification.out_of_distribution import OutOfDistribution
from clip.classification.scoring import Scorer, Standard
from clip.encoders import ImageEncoder
from clip.saved import Saved, read_saved
from clip.vectors import Vectors, require_vectors
from ingest.errors import StaleProjection
from ingest.remedies import Remedy, RemedyAction

__all__ = [
    "Classifier",
    "Doubt",
    "HeadsReport",
    "Prediction",
    "TaskReport",
    "load_classifier",
    "train_heads",
    "write_heads",
]

_TRAIN_AGAIN = "Train it again."
_REBUILD = Remedy(RemedyAction.REBUILD_INDEX)


class Doubt(StrEnum):
    """Why an answer is not sure."""

    UNLIKE_TRAINING = "unlike training"
    LOW_PROBABILITY = "low probability"
    NOTHING_LEARNT = "nothing learnt"


@dataclass(frozen=True)
class Prediction:
    """The answer of one task. `sure` is False where it should not be relied on; `doubt` and `reason` then say why."""

    task: str
    label: str
    probability: float
    probabilities: Mapping[str, float]
    sure: bool
    reason: str = ""
    doubt: Doubt | None = None


@dataclass(frozen=True, eq=False)
class Classifier:
    """Trained heads together with the encoder that they answer for.

    Attributes
    ----------
    fingerprint : str
        SHA-256 over the heads and the fingerprint of the encoder: equal ones answer alike.
    """

    fingerprint: str
    encoder: ImageEncoder
    out_of_distribution: OutOfDistribution
    standard: Standard
    tasks: tuple[TaskReport, ...]
    scorers: Mapping[str, Scorer]

    def classify(self, png: bytes, vector: Vectors | None = None) -> dict[str, Prediction]:
        """Return the answer of every task for a PNG; its vector of shape (d,) spares encoding it again."""
        return self.classify_images([png], None if vector is None else vector[None])[0]

    def classify_images(self, pngs: Sequence[bytes], vectors: Vectors | None = None) -> list[dict[str, Prediction]]:
        """Return the answers for each PNG; `vectors` of shape (n, d) are theirs, where they are known."""
        known = self.encoder.embed_images(pngs) if vectors is None else vectors
        require_vectors(known, dimension=self.encoder.dimension)
        strange = [_strange(value) for value in self.scores(pngs, known)]
        answers: list[dict[str, Prediction]] = [{} for _ in strange]
        for report in self.tasks:
            rows = self.probabilities(report, known)
            for answer, row, reason in zip(answers, rows, strange, strict=True):
                answer[report.task] = _prediction(report, row, reason)
        return answers

    def probabilities(self, report: TaskReport, vectors: Vectors) -> Probabilities:
        """Return rows of shape (n, c) in the order of the report's labels."""
        scorer = self.scorers.get(report.task)
        if scorer is None:
            return np.array([[count / report.n for count in report.labels.values()]] * len(vectors))
        return softmax(scorer.logits(self.standard.points(vectors)), report.temperature)

    def scores(self, pngs: Sequence[bytes], vectors: Vectors) -> NDArray[np.float64]:
        """Return how unlike the training images each one is: above 1 it is called out of distribution."""
        if not pngs:
            return np.zeros(0)
        return self.out_of_distribution.scores(np.stack([appearance(png) for png in pngs]), vectors)


def _strange(value: float) -> str:
    if value <= 1:
        return ""
    return f"the image is unlike those the classifier was trained on: {value:.1f} times as far as usual ones are"


def _prediction(report: TaskReport, probabilities: Sequence[float], strange: str) -> Prediction:
    by_label = {label: float(value) for label, value in zip(report.labels, probabilities, strict=True)}
    label = max(by_label, key=by_label.__getitem__)
    doubt, reason = _doubt(report, by_label[label], strange)
    return Prediction(report.task, label, by_label[label], by_label, sure=doubt is None, reason=reason, doubt=doubt)


def _doubt(report: TaskReport, probability: float, strange: str) -> tuple[Doubt | None, str]:
    """Return why an answer is not sure, also in words; None where it is sure."""
    if report.kind is None:
        return (
            Doubt.NOTHING_LEARNT,
            f"the training images do not show two labels in {MIN_CASES} cases each, so there was nothing to learn",
        )
    if strange:
        return Doubt.UNLIKE_TRAINING, strange
    if probability < report.threshold:
        return (
            Doubt.LOW_PROBABILITY,
            f"a probability of {probability:.3f} is too low: an answer is sure from {report.threshold:.3f} on",
        )
    return None, ""


def load_classifier(folder: Path, encoder: ImageEncoder) -> Classifier:
    """Load the heads that `train_heads` saved.

    Raises
    ------
    StaleProjection
        If there are none, or they were trained on vectors of another encoder.
    DamagedFile
        If a file is not what was written.
    """
    saved = read_saved(folder, NAME)
    facts = saved.facts
    if facts["heads_version"] != HEADS_VERSION:
        raise StaleProjection(
            f"the classifier was trained by another version of CaseGraph. {_TRAIN_AGAIN}", remedy=_REBUILD
        )
    if facts["encoder_fingerprint"] != encoder.fingerprint:
        raise StaleProjection(
            f"the classifier was trained on vectors of '{facts['encoder']}' ({facts['encoder_fingerprint'][:12]}), "
            f"the encoder now is '{encoder.name}' ({encoder.fingerprint[:12]}). {_TRAIN_AGAIN}",
            remedy=_REBUILD,
        )
    reports = [TaskReport(**report) for report in facts["tasks"]]
    return Classifier(
        saved.fingerprint,
        encoder,
        saved_out_of_distribution(saved),
        Standard(saved.arrays["centre"], facts["scale"]),
        tuple(report for report in reports if report.labels),
        {report.task: _scorer(saved, report.task) for report in reports if report.kind},
    )


def _scorer(saved: Saved, task: str) -> Scorer:
    return Scorer(*(saved.arrays[f"{task}.{part}"] for part in ("weights", "bias", "landmarks")))
