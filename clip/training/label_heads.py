"""From a trained stage 2 and its cross-validation to the heads that classify: calibrated, and kept with the model."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from clip.classification.head_training import fit_out_of_distribution
from clip.classification.heads import HeadsReport, LinearHead, OutOfFold, write_heads
from clip.encoders import Encoder
from clip.saved import read_saved, write_saved
from clip.training.contrastive import Contrastive
from clip.training.cross_validation import CrossValidated
from clip.training.examples import Examples
from clip.training.labels import UNKNOWN, targets_of
from clip.vectors import Vectors

NAME = "label-heads"


def save_label_heads(stage: Contrastive, folder: Path) -> None:
    """Keep the linear heads of a trained stage, not calibrated yet."""
    heads = stage.linear_heads()
    arrays = {f"{task}.weights": weights for task, (weights, _) in heads.items()}
    arrays |= {f"{task}.bias": bias for task, (_, bias) in heads.items()}
    write_saved(folder, NAME, arrays, {"classes": {task: list(names) for task, names in stage.classes.items()}})


def read_label_heads(folder: Path) -> dict[str, LinearHead]:
    """Read what `save_label_heads` kept. Raises StaleProjection where there is nothing."""
    saved = read_saved(folder, NAME)
    return {
        task: LinearHead(tuple(names), saved.arrays[f"{task}.weights"].T, saved.arrays[f"{task}.bias"])
        for task, names in saved.facts["classes"].items()
    }


def calibrate_heads(
    encoder: Encoder,
    folder: Path,
    heads: dict[str, LinearHead],
    *,
    found: CrossValidated,
    examples: Examples,
    vectors: Vectors,
    tasks: Iterable[str],
) -> HeadsReport:
    """Write the heads of these tasks for `clip.classification.classify.load_classifier`.

    Temperature, threshold and every figure come from the cross-validation, as do the distances beyond which an image
    is out of distribution.

    Parameters
    ----------
    found : CrossValidated
        Of `examples`.
    vectors : ndarray of shape (m, d)
        What the encoder makes of `examples`.
    """
    targets = targets_of(examples, found.classes)
    kept, judged = {}, {}
    for task in tasks:
        if task not in found.classes or task not in heads:
            continue
        known = targets[task] != UNKNOWN
        named = [found.classes[task][number] for number in targets[task][known]]
        columns = [heads[task].labels.index(name) for name in found.classes[task]]
        kept[task] = _only(heads[task], columns)
        judged[task] = OutOfFold(
            found.logits[task][known], named, _left_out(examples.labels[task], found.classes[task])
        )
    out_of_distribution = fit_out_of_distribution(
        vectors, examples.case_ids, lambda row: examples.pngs[row], vector_distances=found.distances
    )
    return write_heads(folder, encoder, kept, judged, out_of_distribution)


def _only(head: LinearHead, columns: list[int]) -> LinearHead:
    """Return the head with only these labels, in this order."""
    return LinearHead(tuple(head.labels[column] for column in columns), head.weights[:, columns], head.bias[columns])


def _left_out(values: tuple[str | None, ...], names: list[str]) -> dict[str, int]:
    missing = [value for value in values if value and value not in names]
    return {value: missing.count(value) for value in sorted(set(missing))}
