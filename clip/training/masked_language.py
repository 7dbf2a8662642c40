"""Stage 1: a BERT learns the language of the cases by guessing masked words: a small new one, or one to go on from.

Devlin et al., BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding, NAACL 2019, section
3.1. Texts are cut into pieces of equal length and packed, so that no step is spent on padding.
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clip.model_files import require_transformers_folder
from clip.training.loop import (
    EpochProgress,
    Metrics,
    Rates,
    Schedule,
    adam_w,
    batches,
    half_precision,
    run_stage,
    take_step,
    tell_nobody,
)
from clip.training.word_pieces import learn_word_pieces
from clip.vocabulary import fit_tokenizer
from clip.weights import device_name, fingerprint_of
from ingest.case import sha256_of_json
from ingest.errors import InputError

if TYPE_CHECKING:
    from torch.optim import Optimizer
    from transformers import BertForMaskedLM, PreTrainedTokenizerBase

IGNORED = -100  # label of a word piece that is not asked for, as transformers marks it
HELD_OUT_EVERY = 20  # one piece of text in twenty measures instead of training


@dataclass(frozen=True)
class LanguageSettings:
    """Size of the BERT, of its vocabulary, and how it is trained."""

    vocabulary: int = 6000
    width: int = 128
    layers: int = 4
    attention_heads: int = 4
    longest: int = 256
    piece: int = 128
    masked_share: float = 0.2
    batch: int = 32
    epochs: int = 20
    rate: float = 1e-3
    weight_decay: float = 0.01
    patience: int | None = None
    seed: int = 0


def train_language(
    texts: Sequence[str],
    folder: Path,
    settings: LanguageSettings,
    *,
    start: Path | None = None,
    on_progress: EpochProgress = tell_nobody,
) -> list[dict[str, float]]:
    """Learn vocabulary and language from texts; `folder` then is a model of transformers, ``folder/run`` its run.

    Parameters
    ----------
    start : Path, optional
        Folder of a BERT to go on from; its vocabulary and its size then take the place of those of the settings.

    Raises
    ------
    InputError
        If there are too few texts, `start` holds no BERT, or the folder holds a run of other settings.
    """
    import torch

    torch.manual_seed(settings.seed)
    said = {"settings": asdict(settings), "texts": sha256_of_json(list(texts))}
    if start is None:
        tokenizer = learn_word_pieces(texts, settings.vocabulary, settings.longest, folder)
        torch.manual_seed(settings.seed)
        model = small_bert(len(tokenizer), settings)
    else:
        tokenizer, model = open_bert(start, settings.piece)
        said["start"] = fingerprint_of(model.state_dict(), {"vocabulary": tokenizer.get_vocab()})
        tokenizer.save_pretrained(str(folder))
    stage = _MaskedLanguage.of(model, tokenizer, pack_texts(tokenizer, texts, settings.piece), settings)
    schedule = Schedule(settings.epochs, len(stage.train) // settings.batch, settings.seed, patience=settings.patience)
    rows = run_stage(stage, folder / "run", schedule, said, on_progress=on_progress)
    stage.model.bert.save_pretrained(str(folder))
    return rows


def pack_texts(tokenizer: PreTrainedTokenizerBase, texts: Iterable[str], length: int) -> NDArray[np.int64]:
    """Return the texts one after the other, cut into rows of `length` word pieces, each between [CLS] and [SEP]."""
    vocabulary = tokenizer.get_vocab()
    stream: list[int] = []
    for text in texts:
        stream += tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"]
        stream.append(vocabulary["[SEP]"])
    inner = length - 2
    rows = np.asarray(stream[: len(stream) // inner * inner], dtype=np.int64).reshape(-1, inner)
    edge = np.ones((len(rows), 1), dtype=np.int64)
    return np.hstack([edge * vocabulary["[CLS]"], rows, edge * vocabulary["[SEP]"]])


@dataclass(frozen=True, eq=False)
class _MaskedLanguage:
    model: BertForMaskedLM
    optimizer: Optimizer
    mask: Any
    pieces: NDArray[np.int64]
    train: list[int]
    held_out: list[int]
    settings: LanguageSettings
    device: str

    @classmethod
    def of(
        cls,
        model: BertForMaskedLM,
        tokenizer: PreTrainedTokenizerBase,
        pieces: NDArray[np.int64],
        settings: LanguageSettings,
    ) -> _MaskedLanguage:
        from transformers import DataCollatorForLanguageModeling

        device = device_name()
        model.to(device)  # pyright: ignore[reportArgumentType]
        mask = DataCollatorForLanguageModeling(tokenizer, mlm=True, mlm_probability=settings.masked_share)
        rows = range(len(pieces))
        train = [row for row in rows if row % HELD_OUT_EVERY]
        held_out = [row for row in rows if not row % HELD_OUT_EVERY]
        optimizer = adam_w({"model": (model, settings.rate)}, settings.weight_decay)
        return cls(model, optimizer, mask, pieces, train, held_out, settings, device)

    @property
    def modules(self) -> Mapping[str, Any]:
        return {"model": self.model}

    def train_epoch(self, random: np.random.Generator, rates: Rates) -> Metrics:
        self.model.train()
        losses = []
        for step, rows in enumerate(batches(random, self.train, self.settings.batch)):
            loss = self._loss(rows)
            take_step(self.optimizer, loss, rates(step))
            losses.append(float(loss.detach()))
        return {"loss": float(np.mean(losses))}

    def validate(self) -> Metrics:
        """Measure on the pieces held out, masked in the same way each time."""
        import torch

        self.model.eval()
        size = self.settings.batch
        with torch.no_grad(), torch.random.fork_rng():
            torch.manual_seed(self.settings.seed)
            chunks = [self.held_out[start : start + size] for start in range(0, len(self.held_out), size)]
            losses = [float(self._loss(rows)) for rows in chunks]
        return {"validation_loss": float(np.mean(losses))} if losses else {}

    def _loss(self, rows: Sequence[int]) -> Any:
        """Mean cross-entropy of the masked word pieces of these rows; only they go through the vocabulary's layer."""
        from torch.nn.functional import cross_entropy

        batch = self.mask([{"input_ids": self.pieces[row].tolist()} for row in rows]).to(self.device)
        asked = batch["labels"] != IGNORED
        with half_precision(self.device):
            states = self.model.bert(input_ids=batch["input_ids"]).last_hidden_state
            return cross_entropy(self.model.cls(states[asked]), batch["labels"][asked])


def open_bert(folder: Path, longest: int) -> tuple[PreTrainedTokenizerBase, BertForMaskedLM]:
    """Return vocabulary and model of a BERT to go on from.

    Parameters
    ----------
    longest : int
        Word pieces that it has to read at once.

    Raises
    ------
    InputError
        If the folder holds no BERT, one that needs code of its own, or one that reads fewer word pieces.
    """
    from safetensors import SafetensorError
    from transformers import AutoTokenizer, BertForMaskedLM

    local = {"local_files_only": True, "trust_remote_code": False}
    require_transformers_folder(folder)
    try:
        kind = json.loads((folder / "config.json").read_bytes())["model_type"]
        tokenizer = AutoTokenizer.from_pretrained(str(folder), **local)
        model = BertForMaskedLM.from_pretrained(str(folder), local_files_only=True)
    except (OSError, ValueError, RuntimeError, KeyError, TypeError, pickle.UnpicklingError, SafetensorError) as error:
        raise InputError(
            f"'{folder}' holds no BERT of transformers that can be used ({type(error).__name__})."
        ) from error
    reads = model.config.max_position_embeddings
    if kind != "bert" or reads < longest:
        raise InputError(
            f"'{folder}' is of kind '{kind}' and reads {reads} word pieces, expected a bert and {longest}."
        )
    fit_tokenizer(f"'{folder}'", tokenizer, model, folder=folder)
    return tokenizer, model


def small_bert(vocabulary: int, settings: LanguageSettings) -> BertForMaskedLM:
    """Return a BERT of the settings' size, its weights as they are before any training."""
    from transformers import BertConfig, BertForMaskedLM

    config = BertConfig(
        vocab_size=vocabulary,
        hidden_size=settings.width,
        num_hidden_layers=settings.layers,
        num_attention_heads=settings.attention_heads,
        intermediate_size=4 * settings.width,
        max_position_embeddings=settings.longest,
    )
    return BertForMaskedLM(config)
