"""From the cases of a workspace to what the stages of training learn from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from clip.training.examples import Examples, language_texts, texts_of_image
from clip.training.loop import EpochProgress, tell_nobody
from clip.training.recipe import Recipe, open_contrastive, run_contrastive, save_model
from ingest.case import Case, Image
from ingest.errors import InputError
from ingest.pictures import ObjectStore
from ingest.store.interface import DocumentStore
from rag.passages import passages_of
from ui.indexing import HELD_OUT_SPLITS
from ui.labels import TASKS

if TYPE_CHECKING:
    from clip.training.cross_validation import CrossValidated

# Learned beside the tasks that are answered: what they teach of a picture helps those.
BESIDE: Mapping[str, Callable[[Case, Image], str | None]] = {
    "technique": lambda _, image: image.technique[0] if image.technique else None,
    "pathology_category": lambda case, _: case.topic.pathology_category,
}


def learnable_cases(store: DocumentStore) -> list[Case]:
    """Return the cases that may be learned from: not those of the splits dev and test."""
    return [stored.case for stored in store.cases() if stored.case.split not in HELD_OUT_SPLITS]


def held_out_cases(store: DocumentStore, split: str) -> list[Case]:
    """Return the cases of a split. Raises InputError where it has none."""
    cases = [stored.case for stored in store.cases() if stored.case.split == split]
    if not cases:
        raise InputError(f"no case is in the split '{split}'. Name another, or leave --held-out away.")
    return cases


def examples_of(cases: Iterable[Case], objects: ObjectStore) -> Examples:
    """Return every picture of the cases that is there, with its texts and labels."""
    rows = [(case, image) for case in cases for image in case.images if image.object_key]
    if not rows:
        raise InputError("there is no picture to learn from. Ingest cases with pictures first.")
    answered = {task: tuple(label(image) for _, image in rows) for task, label in TASKS.items()}
    beside = {task: tuple(label(case, image) for case, image in rows) for task, label in BESIDE.items()}
    return Examples(
        tuple(image.image_id for _, image in rows),
        tuple(case.case_id for case, _ in rows),
        tuple(objects.read(image.object_key) for _, image in rows if image.object_key),
        tuple(texts_of_image(case, image) for case, image in rows),
        {**answered, **beside},
    )


def train_language_of(
    store: DocumentStore, recipe: Recipe, folder: Path, *, progress: EpochProgress = tell_nobody
) -> list[dict[str, float]]:
    """Stage 1 on every text of the learnable cases; see `clip.training.masked_language`."""
    from clip.training.masked_language import train_language

    return train_language(language_texts(learnable_cases(store)), folder, recipe.language, progress=progress)


def train_sentences_of(
    store: DocumentStore, language_folder: Path, folder: Path, *, progress: EpochProgress = tell_nobody
) -> list[dict[str, float]]:
    """Tune the stage 1 model on the passages of the learnable cases; see `clip.training.sentences`."""
    from clip.training.sentences import SentenceSettings, train_sentences

    passages = [[passage.text for passage in passages_of(case)] for case in learnable_cases(store)]
    return train_sentences(passages, language_folder, folder, SentenceSettings(), progress=progress)


def train_pairs_of(
    store: DocumentStore,
    objects: ObjectStore,
    recipe: Recipe,
    language_folder: Path,
    folder: Path,
    *,
    besides: Sequence[Case] = (),
    held_out: str | None = None,
    trunk_file: Path | None = None,
    progress: EpochProgress = tell_nobody,
) -> list[dict[str, float]]:
    """Stage 2 on every picture of the learnable cases; ``folder/model`` is the model, ``folder/run`` its run."""
    stage = open_contrastive(
        recipe,
        language_folder,
        examples_of([*learnable_cases(store), *besides], objects),
        held_out=examples_of(held_out_cases(store, held_out), objects) if held_out else None,
        trunk_file=trunk_file,
    )
    rows = run_contrastive(recipe, stage, folder / "run", progress=progress)
    save_model(recipe, stage, language_folder, folder / "model")
    return rows


def cross_validate_of(
    store: DocumentStore,
    objects: ObjectStore,
    recipe: Recipe,
    language_folder: Path,
    folder: Path,
    *,
    folds: int,
    trunk_file: Path | None = None,
    progress: EpochProgress = tell_nobody,
) -> CrossValidated:
    """Stage 2 once per fold of the learnable cases; see `clip.training.cross_validation`."""
    from clip.training.cross_validation import cross_validate

    examples = examples_of(learnable_cases(store), objects)
    return cross_validate(
        recipe, language_folder, examples, folder, folds=folds, trunk_file=trunk_file, progress=progress
    )
