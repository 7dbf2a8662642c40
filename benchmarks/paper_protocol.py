"""The protocol of the MedPix 2.0 paper: CLIP's own text encoder against BioBERT's, told by modality of the scan.

The paper reports that RN50x16 with CLIP's text encoder names the modality of 58 % of the test scans, and that with
BioBERT, first trained by masked language modelling on the texts of the cases, it is 88 %. No code or weights of it were
published. For each of two recipes this trains stage 1 (where the text encoder is BioBERT) and stage 2 on the train
cases, and asks every image of the judged split by words alone: "CT" or "MR" (the paper's question), and its region.
Needs OpenAI's RN50x16.pt, a folder with BioBERT, and a GPU; nothing is fetched.

Usage: python -m benchmarks.paper_protocol WORKSPACE FOLDER --weights RN50x16.pt --biobert FOLDER [--split dev]
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

import casegraph
from benchmarks.record import append_row, columns_of, tell_epoch
from casegraph.index_run import learnable_cases
from casegraph.labels import names_in_words
from casegraph.training import TrainingPairs, examples_of, held_out_cases, train_language_of, train_pairs
from clip.classification.zero_shot import open_zero_shot
from clip.evaluation.estimates import mean_over_cases
from clip.open_clip_encoder import load_own_model
from clip.training.examples import Examples
from clip.training.recipe import TrainingRecipe, read_recipe

TASKS_JUDGED = ("modality", "region")
SEED = 7


def main(arguments: Sequence[str] | None = None) -> None:
    """Train both models, or go on with them, and append a row for each model and task."""
    given = _arguments(arguments)
    for named in given.recipes:
        recipe = read_recipe(named)
        with casegraph.open(given.workspace) as space:
            language = None
            if recipe.takes_language:
                language = given.folder / "language"
                train_language_of(space.engines.store, recipe, language, start=given.biobert, on_progress=tell_epoch)
            train = examples_of(learnable_cases(space.engines.store), space.engines.objects)
            judged = examples_of(held_out_cases(space.engines.store, given.split), space.engines.objects)
        place = given.folder / recipe.name
        train_pairs(TrainingPairs(recipe, language, train, None, given.weights), place, on_progress=tell_epoch)
        _judge(recipe, place / "model", train, judged, given.split)


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("folder", type=Path, help="where the models are kept; a stopped run goes on from there")
    parser.add_argument("--weights", type=Path, required=True, help="the file of weights that both start from")
    parser.add_argument("--biobert", type=Path, required=True, help="the folder that stage 1 goes on from")
    parser.add_argument("--split", default="dev", help="the cases to judge on; the paper used test")
    parser.add_argument("--recipes", nargs=2, default=("rn50x16-clip", "rn50x16-biobert"))
    return parser.parse_args(arguments)


def _judge(recipe: TrainingRecipe, folder: Path, train: Examples, judged: Examples, split: str) -> None:
    """Append a row a task: how many images are named rightly among the labels that the train cases have."""
    encoder = load_own_model(recipe.name, folder)
    images = encoder.embed_images(judged.pngs)
    for task in TASKS_JUDGED:
        labels = sorted({label for label in train.labels[task] if label})
        names = {task: {label: names_in_words(task, label) for label in labels}}
        said = open_zero_shot(encoder, names).probabilities(images)[task].argmax(axis=1)
        known = [row for row, label in enumerate(judged.labels[task]) if label]
        right = np.array([float(labels[said[row]] == judged.labels[task][row]) for row in known])
        cases = np.asarray([judged.case_ids[row] for row in known])
        share = mean_over_cases(cases, right, SEED)
        append_row(
            "paper_protocol",
            recipe=recipe.name,
            split=split,
            task=task,
            n=len(known),
            **columns_of(share, "accuracy"),
        )


if __name__ == "__main__":
    main()
