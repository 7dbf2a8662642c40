"""Stage 2 once per fold: what the whole recipe says of images whose cases it never saw.

Heads on an encoder that was trained on the same images are right about them too often; temperature, threshold and
every figure come from these out-of-fold outputs instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clip.classification.calibration import case_folds
from clip.classification.out_of_distribution import fit_normal
from clip.saved import read_saved, write_saved
from clip.training.contrastive import Contrastive
from clip.training.examples import Examples, concatenated
from clip.training.labels import classes_of, targets_of
from clip.training.loop import EpochProgress, tell_nobody
from clip.training.recipe import TrainingRecipe, open_contrastive, run_contrastive, run_settings
from ingest.case import sha256_of_json
from ingest.errors import InputError, StaleProjection

NAME = "out-of-fold"


@dataclass(frozen=True, eq=False)
class CrossValidated:
    """Answers for m images of models that never saw their cases.

    `logits` has float32 of shape (m, c) per task, its columns in the order of `classes`; `distances` is how far each
    vector lies from the middle of those that its model was trained on (`clip.classification.out_of_distribution`), as
    shape (m,).
    """

    classes: Mapping[str, list[str]]
    logits: Mapping[str, NDArray[np.float32]]
    distances: NDArray[np.float64]
    folds: NDArray[np.intp]


def cross_validate(
    recipe: TrainingRecipe,
    language_folder: Path | None,
    examples: Examples,
    folder: Path,
    *,
    folds: int,
    beside: Examples | None = None,
    trunk_file: Path | None = None,
    on_progress: EpochProgress = tell_nobody,
) -> CrossValidated:
    """Train stage 2 on all folds but one, in turn, and answer for the one; folds that are done are read.

    Parameters
    ----------
    beside : Examples, optional
        Of other cases: learned from in every fold, never answered for.
    folder : Path
        Keeps one run per fold, each resumed where it was killed.
    """
    classes = classes_of(examples)
    logits = {task: np.zeros((len(examples), len(names)), dtype=np.float32) for task, names in classes.items()}
    distances = np.zeros(len(examples))
    fold_of = np.zeros(len(examples), dtype=np.intp)
    opened = open_folds(recipe, language_folder, examples, folder, folds=folds, beside=beside, trunk_file=trunk_file)
    for number, fold in enumerate(opened):
        arrays = fold.outputs(on_progress)
        fold_of[fold.held_out] = number
        distances[fold.held_out] = arrays["distances"]
        for task in classes:
            logits[task][fold.held_out] = arrays[task]
    return CrossValidated(classes, logits, distances, fold_of)


def open_folds(
    recipe: TrainingRecipe,
    language_folder: Path | None,
    examples: Examples,
    folder: Path,
    *,
    folds: int,
    beside: Examples | None = None,
    trunk_file: Path | None = None,
) -> list[Fold]:
    """Return the folds, none of them trained yet: whole cases, the labels of the first task spread evenly.

    See `cross_validate` for the parameters.
    """
    classes = classes_of(examples)
    fold_of = case_folds(examples.case_ids, targets_of(examples, classes)[next(iter(classes))], folds=folds)
    return [
        Fold(
            recipe,
            language_folder,
            folder / f"fold-{number}",
            examples,
            np.flatnonzero(fold_of == number),
            classes,
            beside,
            trunk_file,
        )
        for number in range(folds)
    ]


@dataclass(frozen=True, eq=False)
class Fold:
    """One fold: its model learns from all examples but the rows `held_out`, and from those `beside`.

    `folder` keeps its run, resumed where it was killed. `classes` are those of all folds, and so are the columns.
    """

    recipe: TrainingRecipe
    language_folder: Path | None
    folder: Path
    examples: Examples
    held_out: NDArray[np.intp]
    classes: Mapping[str, Sequence[str]]
    beside: Examples | None = None
    trunk_file: Path | None = None

    @cached_property
    def train(self) -> Examples:
        """What is learned from."""
        kept = self.examples.rows(np.setdiff1d(np.arange(len(self.examples)), self.held_out).tolist())
        return concatenated(kept, self.beside) if self.beside else kept

    @cached_property
    def rest(self) -> Examples:
        """What is answered for."""
        return self.examples.rows(self.held_out.tolist())

    def trained(self, on_progress: EpochProgress = tell_nobody) -> tuple[Contrastive, list[dict[str, float]]]:
        """Return stage 2 at its end, with a row per epoch."""
        stage = open_contrastive(
            self.recipe,
            self.language_folder,
            self.train,
            held_out=self.rest,
            trunk_file=self.trunk_file,
            classes=self.classes,
        )
        return stage, run_contrastive(self.recipe, stage, self.folder, on_progress=on_progress)

    def outputs(self, on_progress: EpochProgress = tell_nobody) -> Mapping[str, NDArray[Any]]:
        """Return what is said of the h held out: logits of shape (h, c) per task, and ``distances`` of shape (h,).

        Trains where it is not done yet. Raises InputError if the folder holds a fold of other settings or cases.
        """
        digest = sha256_of_json(run_settings(self.recipe, self.train, self.rest, self.classes))
        known = _answered(self.folder, digest)
        if known is not None:
            return known
        stage, rows = self.trained(on_progress)
        distances = fit_normal(stage.vectors(self.train)).distances(stage.vectors(self.rest))
        facts = {"settings_sha256": digest, "rows": rows}
        return write_saved(self.folder, NAME, {"distances": distances, **stage.logits(self.rest)}, facts).arrays


def _answered(folder: Path, digest: str) -> Mapping[str, NDArray[Any]] | None:
    """Return what a fold that is done has answered; None where it is not. Raises InputError if it is another one."""
    try:
        saved = read_saved(folder, NAME)
    except StaleProjection:
        return None
    if saved.facts["settings_sha256"] != digest:
        raise InputError(f"{folder} holds a fold of other settings or other cases. Name another folder, or remove it.")
    return saved.arrays
