"""Classification of a picture: modality, plane and region, with probabilities, and "not sure" when it should be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clip.calibration import softmax
from clip.encoders import ImageEncoder, Vectors, require_vectors
from clip.heads import HEADS_VERSION, NAME, HeadsReport, TaskReport, train_heads
from clip.saved import Saved, read_saved
from clip.scoring import Scorer, Standard
from ingest.errors import StaleProjection

__all__ = [
    "Classifier",
    "HeadsReport",
    "Prediction",
    "TaskReport",
    "load_classifier",
    "train_heads",
]

MENDING = "Train it again: casegraph index --rebuild."


@dataclass(frozen=True)
class Prediction:
    """The answer of one task. `sure` is False where it should not be relied on; `reason` then says why."""

    task: str
    label: str
    probability: float
    probabilities: Mapping[str, float]
    sure: bool
    reason: str = ""


@dataclass(frozen=True, eq=False)
class Classifier:
    """Trained heads together with the encoder that they answer for."""

    encoder: ImageEncoder
    vectors: Vectors
    least_familiar: float
    standard: Standard
    tasks: tuple[TaskReport, ...]
    scorers: Mapping[str, Scorer]

    def classify(self, picture: bytes | Vectors) -> dict[str, Prediction]:
        """Return the answer of every task for a PNG, or for its vector of shape (d,)."""
        vectors = self.encoder.embed_images([picture]) if isinstance(picture, bytes) else picture[None]
        return self.classify_vectors(vectors)[0]

    def classify_vectors(self, vectors: Vectors) -> list[dict[str, Prediction]]:
        """Return the answers for each row of vectors of shape (n, d)."""
        require_vectors(vectors, dimension=self.encoder.dimension)
        strange = [self._strangeness(float(row.max())) for row in vectors @ self.vectors.T]
        answers: list[dict[str, Prediction]] = [{} for _ in strange]
        for report in self.tasks:
            rows = self._probabilities(report, vectors)
            for answer, row, reason in zip(answers, rows, strange, strict=True):
                answer[report.task] = _prediction(report, row, reason)
        return answers

    def _probabilities(self, report: TaskReport, vectors: Vectors) -> Any:
        """Return rows of shape (n, c) in the order of the report's labels."""
        scorer = self.scorers.get(report.task)
        if scorer is None:
            return [[count / report.n for count in report.labels.values()]] * len(vectors)
        return softmax(scorer.logits(self.standard.points(vectors)), report.temperature)

    def _strangeness(self, similarity: float) -> str:
        if similarity >= self.least_familiar:
            return ""
        return (
            f"the picture is unlike those the classifier was trained on: its nearest one is at a similarity of "
            f"{similarity:.2f}, usual is {self.least_familiar:.2f} or more"
        )


def _prediction(report: TaskReport, probabilities: Sequence[float], strange: str) -> Prediction:
    by_label = {label: float(value) for label, value in zip(report.labels, probabilities, strict=True)}
    label = max(by_label, key=by_label.__getitem__)
    reason = strange
    if report.kind is None:
        reason = "the training pictures do not show two labels in two cases each, so there was nothing to learn"
    elif not reason and by_label[label] < report.threshold:
        reason = f"a probability of {by_label[label]:.2f} is below the threshold of {report.threshold:.2f}"
    return Prediction(report.task, label, by_label[label], by_label, sure=not reason, reason=reason)


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
        raise StaleProjection(f"the classifier was trained by another version of CaseGraph. {MENDING}")
    if facts["encoder_fingerprint"] != encoder.fingerprint:
        raise StaleProjection(
            f"the classifier was trained on vectors of '{facts['encoder']}' ({facts['encoder_fingerprint'][:12]}), "
            f"the encoder now is '{encoder.name}' ({encoder.fingerprint[:12]}). {MENDING}"
        )
    reports = [TaskReport(**report) for report in facts["tasks"]]
    return Classifier(
        encoder,
        saved.arrays["vectors"],
        facts["least_familiar"],
        Standard(saved.arrays["centre"], facts["scale"]),
        tuple(report for report in reports if report.labels),
        {report.task: _scorer(saved, report.task) for report in reports if report.kind},
    )


def _scorer(saved: Saved, task: str) -> Scorer:
    return Scorer(*(saved.arrays[f"{task}.{part}"] for part in ("weights", "bias", "landmarks")))
