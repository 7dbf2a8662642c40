"""Which built-in way to compare texts finds more: word weights, or the small BERT that the user can train.

The BERT learns language and sentences from the split `train_1` of the release alone; the cases of `train_2` and `dev`
then ask for their like among all, masked, by the channel of texts alone. One row per encoder and metric. What was
trained stays in FOLDER, and a run that was stopped goes on. The sentences are trained for
fewer epochs, on shorter texts, than by `casegraph train sentences`.

Usage: python -m benchmarks.judge_sentences FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path

import casegraph
from benchmarks.medpix2 import release_folder
from benchmarks.record import append_row, columns_of, tell_epoch
from clip.training.examples import language_texts
from clip.training.masked_language import train_language
from clip.training.recipe import read_recipe
from clip.training.sentences import SentenceSettings, train_sentences
from ingest.case import Case
from ingest.sources.medpix2.splits import release_splits
from rag.evaluation.protocol import BM25, evaluate_search
from rag.evaluation.relevance import Relevance
from rag.index.passages import passages_of
from rag.search.fusion import Channel

LEARNED = "train_1"
ASKING = ("train_2", "dev")
WORD_WEIGHTS = "tfidf-svd"
SETTINGS = SentenceSettings(longest=64, epochs=3)


def main() -> None:
    """Train on one half, ask with the other."""
    folder, splits = Path(sys.argv[1]), release_splits(release_folder())
    cases = _cases(folder / WORD_WEIGHTS)
    learned = [case for case in cases if case.short_id in splits[LEARNED]]
    asking = {case.case_id for case in cases if any(case.short_id in splits[name] for name in ASKING)}
    sentences = _train(learned, folder)
    for encoder in (WORD_WEIGHTS, f"sentence-transformers:{sentences}"):
        _judge(encoder, asking, folder / encoder.partition(":")[0])


def _cases(workspace: Path) -> list[Case]:
    with casegraph.open(workspace, create=True, image_encoder="hog-pca") as space:
        space.documents.ingest(release_folder())
        return [stored.case for stored in space.engines.store.cases()]


def _train(cases: list[Case], folder: Path) -> Path:
    """Return the folder of the model of sentence-transformers."""
    train_language(language_texts(cases), folder / "language", read_recipe("compact").language, on_progress=tell_epoch)
    passages = [[passage.text for passage in passages_of(case)] for case in cases]
    train_sentences(passages, folder / "language", folder / "sentences", SETTINGS, on_progress=tell_epoch)
    return folder / "sentences" / "model"


def _judge(encoder: str, asking: set[str], workspace: Path) -> None:
    with casegraph.open(workspace, create=True, image_encoder="hog-pca", text_encoder=encoder) as space:
        space.documents.ingest(release_folder())
        space.indexing.run()
        found = evaluate_search(space.engines.finder, relevances=(Relevance.SAME_TOPIC,), asking=asking)
    (report,) = found.reports
    for ranker in (str(Channel.TEXT), BM25):
        for metric, estimate in report.rankers[ranker].items():
            append_row(
                "judge_sentences",
                encoder=encoder.partition(":")[0],
                learned_from=LEARNED,
                epochs=SETTINGS.epochs,
                queries=report.queries,
                ranker=ranker,
                metric=metric,
                **columns_of(estimate, "value"),
            )


if __name__ == "__main__":
    main()
