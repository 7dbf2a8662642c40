"""From the cases of a workspace to what the stages of training learn from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from casegraph.engines import Engines
from casegraph.filters import resolved
from casegraph.index_run import learnable_cases
from casegraph.labels import TASKS
from clip.classification.heads import HeadsReport
from clip.open_clip_encoder import LOCAL_FOLDER, load_own_model
from clip.training.cross_validation import cross_validate
from clip.training.curves import draw_curves
from clip.training.examples import Examples, LazyPngs, concatenated, language_texts, texts_of_image
from clip.training.label_heads import calibrate_heads, read_label_heads, save_label_heads
from clip.training.loop import EpochProgress, tell_nobody
from clip.training.recipe import TrainingRecipe, open_contrastive, read_recipe, run_contrastive, save_model
from ingest.case import Case, Image
from ingest.errors import InputError
from ingest.images.objects import ObjectStore
from ingest.store.filters import Filter
from ingest.store.interface import DocumentStore
from rag.index.passages import passages_of

__all__ = ["Training", "TrainingPairs", "draw_curves", "read_recipe", "train_heads_of", "train_pairs"]

# Learned beside the tasks that are answered: what they teach of an image helps those.
BESIDE: Mapping[str, Callable[[Case, Image], str | None]] = {
    "technique": lambda _, image: image.technique[0] if image.technique else None,
    "pathology_category": lambda case, _: case.topic.pathology_category,
}


def held_out_cases(store: DocumentStore, split: str) -> list[Case]:
    """Return the cases of a split. Raises InputError where it has none."""
    cases = [stored.case for stored in store.cases() if stored.case.split == split]
    if not cases:
        raise InputError(f"no case is in the split '{split}'. Name another, or hold none out.")
    return cases


def examples_of(cases: Iterable[Case], objects: ObjectStore) -> Examples:
    """Return every image of the cases that is there, with its texts and labels; its pixels stay on the disk."""
    rows = [
        (
            image.image_id,
            case.case_id,
            partial(objects.read, str(image.object_key)),
            texts_of_image(case, image),
            _labels_of(case, image),
        )
        for case in cases
        for image in case.stored_images
    ]
    if not rows:
        raise InputError("there is no image to learn from. Ingest cases with images first, or widen the filter.")
    image_ids, case_ids, readers, texts, labels = zip(*rows, strict=True)
    by_task = {task: tuple(row[task] for row in labels) for task in (*TASKS, *BESIDE)}
    return Examples(image_ids, case_ids, LazyPngs(readers), texts, by_task)


def _labels_of(case: Case, image: Image) -> dict[str, str | None]:
    answered = {task: label(image) for task, label in TASKS.items()}
    return answered | {task: label(case, image) for task, label in BESIDE.items()}


def train_language_of(
    store: DocumentStore,
    recipe: TrainingRecipe,
    folder: Path,
    *,
    start: Path | None = None,
    where: Filter | None = None,
    on_progress: EpochProgress = tell_nobody,
) -> list[dict[str, float]]:
    """Stage 1 on every text of the learnable cases; see `clip.training.masked_language`."""
    from clip.training.masked_language import train_language

    texts = language_texts(learnable_cases(store, where))
    return train_language(texts, folder, recipe.language, start=start, on_progress=on_progress)


def train_sentences_of(
    store: DocumentStore,
    language_folder: Path,
    folder: Path,
    *,
    where: Filter | None = None,
    on_progress: EpochProgress = tell_nobody,
) -> list[dict[str, float]]:
    """Tune the stage 1 model on the passages of the learnable cases; see `clip.training.sentences`."""
    from clip.training.sentences import SentenceSettings, train_sentences

    passages = [[passage.text for passage in passages_of(case)] for case in learnable_cases(store, where)]
    return train_sentences(passages, language_folder, folder, SentenceSettings(), on_progress=on_progress)


@dataclass(frozen=True)
class Training:
    """What the cases of one workspace teach."""

    _engines: Engines

    def language(
        self,
        recipe: str,
        folder: Path,
        *,
        start: Path | None = None,
        where: str | Filter | None = None,
        on_progress: EpochProgress = tell_nobody,
    ) -> list[dict[str, float]]:
        """Stage 1 on the texts of the learnable cases that match; `recipe` is the name of one or a JSON file."""
        read, asked = read_recipe(recipe), resolved(self._engines, where)
        return train_language_of(self._engines.store, read, folder, start=start, where=asked, on_progress=on_progress)

    def sentences(
        self,
        language_folder: Path,
        folder: Path,
        *,
        where: str | Filter | None = None,
        on_progress: EpochProgress = tell_nobody,
    ) -> list[dict[str, float]]:
        """Tune the model of stage 1 to compare texts."""
        asked = resolved(self._engines, where)
        return train_sentences_of(self._engines.store, language_folder, folder, where=asked, on_progress=on_progress)

    def learnable(self, where: str | Filter | None = None) -> Examples:
        """Return the images with texts and labels that may be learned from: not those of the splits dev and test.

        Parameters
        ----------
        where : str or Filter, optional
            Only of cases that match, such as ``source=pmc``.
        """
        asked = resolved(self._engines, where)
        return examples_of(learnable_cases(self._engines.store, asked), self._engines.objects)

    def whole(self) -> Examples:
        """Return those of every case."""
        return examples_of((stored.case for stored in self._engines.store.cases()), self._engines.objects)

    def held_out(self, split: str) -> Examples:
        """Return those of a split, to measure on. Raises InputError where it has none."""
        return examples_of(held_out_cases(self._engines.store, split), self._engines.objects)


@dataclass(frozen=True)
class TrainingPairs:
    """What stage 2 learns from, and how: the cases of a workspace, and of another one beside."""

    recipe: TrainingRecipe
    language_folder: Path | None
    examples: Examples
    beside: Examples | None = None
    trunk_file: Path | None = None

    @property
    def learned(self) -> Examples:
        """All that is learned from."""
        return concatenated(self.examples, self.beside) if self.beside else self.examples


def train_pairs(
    pairs: TrainingPairs, folder: Path, *, held_out: Examples | None = None, on_progress: EpochProgress = tell_nobody
) -> list[dict[str, float]]:
    """Stage 2: ``folder/model`` then is the model, ``folder/run`` its run and its heads, not calibrated yet."""
    stage = open_contrastive(
        pairs.recipe, pairs.language_folder, pairs.learned, held_out=held_out, trunk_file=pairs.trunk_file
    )
    rows = run_contrastive(pairs.recipe, stage, folder / "run", on_progress=on_progress)
    save_model(pairs.recipe, stage, pairs.language_folder, folder / "model")
    save_label_heads(stage, folder / "run")
    return rows


def train_heads_of(
    pairs: TrainingPairs, folder: Path, *, folds: int, on_progress: EpochProgress = tell_nobody
) -> HeadsReport:
    """Stage 3: calibrate the heads of `train_pairs` by cross-validation of the whole recipe, and keep them.

    What lies beside is learned from in each fold and never measured on.
    """
    heads = read_label_heads(folder / "run")
    found = cross_validate(
        pairs.recipe,
        pairs.language_folder,
        pairs.examples,
        folder / "folds",
        folds=folds,
        beside=pairs.beside,
        trunk_file=pairs.trunk_file,
        on_progress=on_progress,
    )
    encoder = load_own_model(f"{LOCAL_FOLDER}{folder / 'model'}", folder / "model")
    vectors = encoder.embed_images(pairs.examples.pngs)
    return calibrate_heads(
        encoder, folder / "model", heads, found=found, examples=pairs.examples, vectors=vectors, tasks=TASKS
    )
