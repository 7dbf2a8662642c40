"""Measure search, drafts, answers, classifier and encoders on the cases themselves, each left out or unseen."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Generator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from casegraph.drafts import Drafts
from casegraph.engines import Engines
from casegraph.index_run import HELD_OUT_SPLITS
from casegraph.labels import TASKS
from clip.evaluation.images import LabelledImages
from ingest.case import Case, Image
from ingest.errors import InputError, StaleProjection
from ingest.notices import Notice, NoticeCode
from ingest.progress import ProgressCallback, ignore_progress
from ingest.remedies import Remedy, RemedyAction
from ingest.sources.medpix2 import read_cases, read_release
from ingest.sources.medpix2.splits import read_splits, release_splits, require_split
from kg.questions.cohort import age_band
from rag.evaluation.metrics import CUT_OFFS
from rag.evaluation.relevance import Relevance
from rag.index.interface import IMAGES

if TYPE_CHECKING:
    from clip.classification.classify import Classifier
    from clip.evaluation.classification import ClassifierEvaluation
    from clip.evaluation.estimates import Estimate
    from clip.evaluation.retrieval import Retrieval
    from rag.evaluation.answering import AskEvaluation, Estimates
    from rag.evaluation.drafting import DraftEvaluation, DraftingWith
    from rag.evaluation.protocol import RelevanceReport, SearchEvaluation

__all__ = [
    "CUT_OFFS",
    "RETRIEVAL_TASKS",
    "AskEvaluation",
    "ClassifierEvaluation",
    "DraftEvaluation",
    "Estimate",
    "Estimates",
    "Evaluation",
    "Measured",
    "Relevance",
    "RelevanceReport",
    "Retrieval",
    "SearchEvaluation",
    "classifier_page",
]

RETRIEVAL_TASKS = ("modality", "region", "plane")
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Measured:
    """Which cases are measured: ids of those that ask, and of those that may be found; None for all."""

    asking: frozenset[str] | None = None
    candidates: frozenset[str] | None = None

    def asks(self, case: Case) -> bool:
        """Tell whether a case is among those that ask."""
        return self.asking is None or case.case_id in self.asking


@dataclass(frozen=True)
class Evaluation:
    """Measures one workspace on its own cases."""

    _engines: Engines
    _drafts: Drafts

    def measured(
        self,
        splits: Sequence[str] = (),
        split_file: Path | None = None,
        *,
        within: bool = False,
        release: Path | None = None,
    ) -> Measured:
        """Return which cases are measured.

        Parameters
        ----------
        splits : sequence of str
            Only cases of these splits ask: as `split_file` lists them, else the release, else as each case says.
        within : bool
            Find only cases of these splits too.
        release : Path, optional
            Only cases of this release folder ask and are found.

        Raises
        ------
        InputError
            If a split is not there, or `within` narrows to none.
        """
        if within and not splits:
            raise InputError(
                "the search is limited to the named splits, but none is named. Name one.",
                remedy=Remedy(RemedyAction.NAME_SPLIT),
            )
        asking = self._case_ids(splits, split_file, release) if splits else None
        known = self._release_ids(release) if release is not None else None
        if known is not None:
            asking = known if asking is None else asking & known
        return Measured(asking, asking if within else known)

    def search(
        self,
        relevances: Sequence[Relevance] = tuple(Relevance),
        measured: Measured = Measured(),
        *,
        seed: int = 7,
        on_progress: ProgressCallback = ignore_progress,
    ) -> SearchEvaluation:
        """Let every case search for similar cases; see `rag.evaluation.protocol.evaluate_search`."""
        from rag.evaluation.protocol import evaluate_search

        return evaluate_search(
            self._engines.finder,
            relevances=tuple(relevances),
            asking=measured.asking,
            candidates=measured.candidates,
            seed=seed,
            on_progress=on_progress,
        )

    def ask(
        self, measured: Measured = Measured(), *, seed: int = 7, on_progress: ProgressCallback = ignore_progress
    ) -> AskEvaluation:
        """Let every case ask for its own diagnosis; see `rag.evaluation.answering.evaluate_ask`."""
        from rag.evaluation.answering import evaluate_ask

        engines = self._engines
        return evaluate_ask(
            engines.finder,
            engines.graph,
            asking=measured.asking,
            candidates=measured.candidates,
            seed=seed,
            on_progress=on_progress,
        )

    def drafts(
        self,
        measured: Measured = Measured(),
        *,
        bert_model: str | None = None,
        seed: int = 7,
        on_progress: ProgressCallback = ignore_progress,
    ) -> DraftEvaluation:
        """Draft for every case and compare with its real findings; see `rag.evaluation.drafting.evaluate_drafts`.

        Parameters
        ----------
        bert_model : str, optional
            A language model for BERTScore, by name or folder; not measured without one.
        """
        from clip.bert_score import BertScorer
        from clip.sentence_encoder import load_sentence_transformer
        from rag.evaluation.drafting import evaluate_drafts

        scorer = BertScorer(load_sentence_transformer(bert_model)) if bert_model else None
        with self.drafting_unseen(measured) as (drafting, said):
            report = evaluate_drafts(
                self._engines.finder,
                drafting,
                asking=measured.asking,
                candidates=measured.candidates,
                bert_scorer=scorer,
                seed=seed,
                on_progress=on_progress,
            )
        told = (Notice(NoticeCode.MODEL, sentence) for sentence in said)
        return replace(report, notices=(*told, *report.notices))

    @contextmanager
    def drafting_unseen(self, measured: Measured) -> Generator[tuple[DraftingWith, tuple[str, ...]]]:
        """Yield what this workspace drafts with, its classifier one that did not learn from the cases that ask.

        Beside it, what has to be said of that classifier; it is left out where no other case can teach it.
        """
        from rag.evaluation.drafting import DraftingWith

        engines = self._engines
        asking = frozenset(stored.case.case_id for stored in engines.store.cases() if measured.asks(stored.case))
        train = train_images(engines, asking)
        drafting = DraftingWith(engines.objects.read, lambda: engines.graph, language_model=self._drafts.language_model)
        if train is None and not engines.models.comes_with_heads:
            yield drafting, ("Drafts go without the classifier: no case is left to train it on.",)
            return
        with unseen_classifier(engines, train) as (classifier, said):
            yield replace(drafting, classify=classifier.classify), said

    def classifier(self, measured: Measured = Measured(), *, seed: int = 7) -> ClassifierEvaluation:
        """Judge the classifier on labelled images that it did not learn from, beside simple baselines."""
        from clip.evaluation.classification import evaluate_classifier

        judged = labelled_images(self._engines, measured.asks)
        train = train_images(self._engines, frozenset(judged.case_ids))
        with unseen_classifier(self._engines, train) as (classifier, said):
            report = evaluate_classifier(classifier, judged, train, seed=seed)
        return replace(report, notices=(*said, *report.notices))

    def retrieval(self, measured: Measured = Measured(), *, seed: int = 7) -> Retrieval:
        """Search for similar images of other cases with every image, by the encoder and by HOG."""
        from clip.evaluation.retrieval import evaluate_retrieval

        images = labelled_images(self._engines, measured.asks)
        return evaluate_retrieval(self._engines.models.image_encoder.name, images, RETRIEVAL_TASKS, seed=seed)

    def _release_ids(self, release: Path) -> frozenset[str]:
        """Return the ids of the cases of a release; a workspace that is kept may hold others too."""
        named = frozenset(case.case_id for case in read_cases(read_release(release)))
        return named & frozenset(self._engines.store.case_ids())

    def _case_ids(self, names: Sequence[str], split_file: Path | None, release: Path | None) -> frozenset[str]:
        cases = [stored.case for stored in self._engines.store.cases()]
        if split_file is not None or (release is not None and release_splits(release)):
            splits = read_splits(split_file) if split_file is not None else release_splits(release or Path())
            wanted = frozenset[str]().union(*(require_split(splits, name) for name in names))
            found = frozenset(case.case_id for case in cases if case.case_id in wanted or case.short_id in wanted)
        else:
            known = {case.split: frozenset[str]() for case in cases if case.split}
            for name in names:
                require_split(known, name)
            found = frozenset(case.case_id for case in cases if case.split in names)
        if not found:
            raise InputError(f"no case of the workspace is in {', '.join(names)}. Ingest them, or name another split.")
        return found


def classifier_page(report: ClassifierEvaluation) -> str:
    """Return an evaluation of the classifier as an HTML page."""
    from clip.evaluation.page import evaluation_page

    return evaluation_page(report)


def labelled_images(engines: Engines, wanted: Callable[[Case], bool]) -> LabelledImages:
    """Return the stored images of the cases that are wanted, with their vectors.

    Raises
    ------
    InputError
        If there are none.
    StaleProjection
        If the workspace has no vectors by its encoder.
    """
    held = engines.vectors[IMAGES].read(engines.models.image_encoder)
    if held is None:
        raise StaleProjection("the workspace has no vectors of images. Make them.", remedy=Remedy(RemedyAction.INDEX))
    number = {row.vector_id: position for position, row in enumerate(held.rows)}
    found: list[tuple[Case, Image]] = [
        (stored.case, image)
        for stored in engines.store.cases()
        if wanted(stored.case)
        for image in stored.case.images
        if image.object_key and image.image_id in number
    ]
    if not found:
        raise InputError(
            "none of the cases to judge has an image. Name other cases.", remedy=Remedy(RemedyAction.NAME_SPLIT)
        )
    return LabelledImages(
        case_ids=[case.case_id for case, _ in found],
        pngs=[engines.objects.read(str(image.object_key)) for _, image in found],
        vectors=held.vectors[[number[image.image_id] for _, image in found]],
        labels={task: [label(image) for _, image in found] for task, label in TASKS.items()},
        groups={
            "sex": [str(case.patient.sex or UNKNOWN) for case, _ in found],
            "age": [age_band(case.patient.age_years) for case, _ in found],
            "modality": [str(image.modality or UNKNOWN) for _, image in found],
        },
    )


def train_images(engines: Engines, judged: Set[str]) -> LabelledImages | None:
    """Return the images that may be learned from when these cases are judged; None where there are none."""
    try:
        return labelled_images(engines, lambda case: case.split not in HELD_OUT_SPLITS and case.case_id not in judged)
    except InputError:
        return None


@contextmanager
def unseen_classifier(engines: Engines, train: LabelledImages | None) -> Generator[tuple[Classifier, tuple[str, ...]]]:
    """Yield a classifier that learned from none of the judged cases, and what has to be said of it.

    Heads that the workspace trained are trained again on `train`; those that come with a model stay as they are.
    """
    from clip.classification.classify import load_classifier, train_heads

    models = engines.models
    if models.comes_with_heads:
        said = (
            f"The heads come with '{models.image_encoder.name}', so accuracy on cases that it learned from is too high."
        )
        yield models.classifier, (said,)
        return
    if train is None:
        raise InputError(
            "no case is left to train the heads on. Judge fewer cases.", remedy=Remedy(RemedyAction.NAME_SPLIT)
        )
    with tempfile.TemporaryDirectory(prefix="casegraph-") as folder:
        place = Path(folder)
        image_of = train.pngs.__getitem__
        train_heads(models.image_encoder, train.vectors, train.labels, train.case_ids, place, image_of=image_of)
        said = f"The heads were trained for this on {len(train.pngs)} images of cases that are not judged."
        yield load_classifier(place, models.image_encoder), (said,)
