"""The stage 1 model tuned to compare texts: passages of one case are brought together, those of others apart.

Henderson et al., Efficient Natural Language Response Suggestion for Smart Reply, 2017: the other pairs of a batch are
the negatives. Saved as a model of sentence-transformers, so that it is loaded as BioBERT is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from clip.training.loop import (
    EpochProgress,
    Metrics,
    Rates,
    Schedule,
    adam_w,
    batches,
    run_stage,
    take_step,
    tell_nobody,
)
from ingest.case import sha256_of_json
from ingest.errors import InputError
from ingest.remedies import Remedy, RemedyAction

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from torch.optim import Optimizer


@dataclass(frozen=True)
class SentenceSettings:
    """How the model is tuned; `longest` is in word pieces, `scale` the inverse temperature of the cosines."""

    longest: int = 128
    batch: int = 64
    steps_per_epoch: int = 60
    epochs: int = 8
    rate: float = 3e-4
    weight_decay: float = 0.01
    scale: float = 20.0
    seed: int = 0


def train_sentences(
    passages: Sequence[Sequence[str]],
    language_folder: Path,
    folder: Path,
    settings: SentenceSettings,
    *,
    on_progress: EpochProgress = tell_nobody,
) -> list[dict[str, float]]:
    """Tune the model of `language_folder`: ``folder/model`` then is of sentence-transformers, ``folder/run`` its run.

    Parameters
    ----------
    passages : sequence of sequences of str
        The passages of each case; cases with fewer than two teach nothing.

    Raises
    ------
    InputError
        If fewer cases than one batch have two passages, or stage 1 was not trained.
    """
    import torch

    kept = [list(of_case) for of_case in passages if len(of_case) > 1]
    if len(kept) < settings.batch:
        raise InputError(f"{len(kept)} cases have two passages, one batch takes {settings.batch}. Give more cases.")
    torch.manual_seed(settings.seed)
    model = _open(language_folder, settings.longest)
    stage = _Sentences(model, adam_w({"model": (model, settings.rate)}, settings.weight_decay), kept, settings)
    said = {"settings": asdict(settings), "passages": sha256_of_json(kept)}
    schedule = Schedule(settings.epochs, settings.steps_per_epoch, settings.seed)
    rows = run_stage(stage, folder / "run", schedule, said, on_progress=on_progress)
    model.save(str(folder / "model"), create_model_card=False)
    return rows


def _open(language_folder: Path, longest: int) -> SentenceTransformer:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer

    if not (language_folder / "config.json").is_file():
        raise InputError(
            f"'{language_folder}' holds no language model. Train it first.", remedy=Remedy(RemedyAction.TRAIN_LANGUAGE)
        )
    words = Transformer(str(language_folder), max_seq_length=longest)
    return SentenceTransformer(modules=[words, Pooling(words.get_embedding_dimension())], device="cpu")


@dataclass(frozen=True, eq=False)
class _Sentences:
    model: SentenceTransformer
    optimizer: Optimizer
    passages: Sequence[Sequence[str]]
    settings: SentenceSettings

    @property
    def modules(self) -> Mapping[str, Any]:
        return {"model": self.model}

    def train_epoch(self, random: np.random.Generator, rates: Rates) -> Metrics:
        from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss

        measure = MultipleNegativesRankingLoss(self.model, scale=self.settings.scale)
        self.model.train()
        losses: list[float] = []
        while len(losses) < self.settings.steps_per_epoch:
            for rows in batches(random, range(len(self.passages)), self.settings.batch):
                pairs = [random.choice(np.array(self.passages[row], dtype=object), 2, replace=False) for row in rows]
                columns = [self.model.tokenize([str(text) for text in column]) for column in zip(*pairs, strict=True)]
                loss = measure(columns, None)
                take_step(self.optimizer, loss, rates(len(losses)))
                losses.append(float(loss.detach()))
        return {"loss": float(np.mean(losses))}

    def validate(self) -> Metrics:
        return {}
