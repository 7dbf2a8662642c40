"""Stage 2: images and words into one space, and label heads on it.

A step takes a batch of images, each with one of the texts that describe it. Image and text are drawn together,
others pushed apart (Radford et al., Learning Transferable Visual Models From Natural Language Supervision, ICML
2021), where equal captions are not treated as negatives: in MedPix 2.0 nearly half of the images share their
caption. Beside it each task with labels (modality, plane, ...) has a linear head on the image's unit vector.
Images are mixed in pairs, and so are their labels and texts (Zhang et al., mixup, ICLR 2018).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clip.image_views import WHOLE, averaged
from clip.training.augment import Augmentation, augmented, squares_of, squares_on_disk
from clip.training.examples import Examples
from clip.training.labels import UNKNOWN, classes_of, targets_of
from clip.training.loop import Metrics, Rates, adam_w, batches, half_precision, spread_batches, take_step
from clip.training.losses import contrastive_loss, label_loss
from ingest.errors import InputError

if TYPE_CHECKING:
    from torch import Tensor, nn
    from torch.optim import Optimizer

HEAD_SCALE = 16.0  # unit vectors of a few hundred dimensions give logits of a useful size
SPARE_SHARE = 1.25  # images are kept that much larger than what is cut from them
VALIDATION_BATCH = 64


@dataclass(frozen=True)
class ContrastiveSettings:
    """How stage 2 trains. Images are cut to `crop_px` in training and seen whole at `side_px` afterwards.

    What is cut out looks larger than in the whole image, so the whole is better seen a little larger (Touvron et
    al., Fixing the train-test resolution discrepancy, NeurIPS 2019). With `spread_cases` the images of a case come in
    batches of their own, so that they are not pushed away from each other's texts. After training each image is seen in
    `views` (`clip.image_views`).
    """

    side_px: int = 160
    crop_px: int = 144
    batch: int = 32
    epochs: int = 12
    image_rate: float = 1e-3
    new_rate: float = 3e-3
    text_rate: float = 3e-4
    weight_decay: float = 0.05
    contrast_weight: float = 0.5
    task_weights: Mapping[str, float] = field(default_factory=dict)
    label_smoothing: float = 0.05
    mixing: float = 0.3
    average_decay: float = 0.99
    spread_cases: bool = True
    patience: int | None = None
    seed: int = 0
    views: Sequence[float] = WHOLE
    augmentation: Augmentation = field(default_factory=Augmentation)


@dataclass(frozen=True, eq=False)
class Contrastive:
    """The stage: an open_clip model, its heads, and the moving average of both that is kept in the end."""

    model: Any
    heads: nn.ModuleDict
    average: Any
    optimizer: Optimizer
    tokenizer: Any
    classes: Mapping[str, Sequence[str]]
    train: Examples
    held_out: Examples | None
    settings: ContrastiveSettings
    normalise: tuple[Sequence[float], Sequence[float]]
    device: str

    @property
    def modules(self) -> Mapping[str, Any]:
        """What a checkpoint keeps."""
        return {"model": self.model, "heads": self.heads, "average": self.average}

    def train_epoch(self, random: np.random.Generator, rates: Rates) -> Metrics:
        """Train one epoch; see `run_stage`."""
        self.model.train()
        losses = []
        for step, rows in enumerate(self._batches(random)):
            loss, contrast = self._loss(rows, random)
            take_step(self.optimizer, loss, rates(step))
            self.average.update_parameters(_together(self.model, self.heads))
            losses.append((float(loss.detach()), float(contrast.detach())))
        total, contrast = np.mean(losses, axis=0)
        return {"loss": float(total), "contrast": float(contrast)}

    def validate(self) -> Metrics:
        """Measure the kept average on the examples held out."""
        if self.held_out is None or not len(self.held_out):
            return {}
        logits = self.logits(self.held_out)
        told: dict[str, float] = {}
        for task, row in targets_of(self.held_out, self.classes).items():
            known = row != UNKNOWN
            if known.any():
                right = logits[task][known].argmax(axis=1) == row[known]
                told[f"validation_{task}"] = float(right.mean())
        return {**told, "validation_loss": -float(np.mean(list(told.values())))} if told else {}

    def logits(self, examples: Examples) -> dict[str, NDArray[np.float32]]:
        """Return what the heads of the average say: per task float32 of shape (m, c)."""
        vectors = self.vectors(examples)
        return {task: vectors @ weights.T + bias for task, (weights, bias) in self.linear_heads().items()}

    def vectors(self, examples: Examples) -> NDArray[np.float32]:
        """Return the unit vectors of the average, float32 of shape (m, d)."""
        import torch

        self.average.eval()
        rows = []
        with torch.no_grad():
            for start in range(0, len(examples), VALIDATION_BATCH):
                squares = squares_of(examples.pngs[start : start + VALIDATION_BATCH], self.settings.side_px)
                whole = torch.from_numpy(squares).float().unsqueeze(1) / 255
                rows.append(averaged(self._encode, self._input(whole), self.settings.views).float().cpu().numpy())
        return np.concatenate(rows)

    def _encode(self, images: Tensor) -> Tensor:
        return self.kept_model.encode_image(images, normalize=True)

    def linear_heads(self) -> dict[str, tuple[NDArray[np.float32], NDArray[np.float32]]]:
        """Return the heads of the average: weights (c, d) and bias (c,) that act on unit vectors."""
        heads = self.average.module["heads"]
        return {
            task: (
                HEAD_SCALE * heads[task].weight.detach().cpu().numpy(),
                heads[task].bias.detach().cpu().numpy(),
            )
            for task in self.classes
        }

    @property
    def kept_model(self) -> Any:
        """The averaged open_clip model."""
        return self.average.module["model"]

    def _batches(self, random: np.random.Generator) -> Iterator[list[int]]:
        if self.settings.spread_cases:
            return spread_batches(random, self.train.case_ids, self.settings.batch)
        return batches(random, range(len(self.train)), self.settings.batch)

    @cached_property
    def _squares(self) -> NDArray[np.uint8]:
        return squares_on_disk(self.train.pngs, round(SPARE_SHARE * self.settings.crop_px))

    @cached_property
    def _targets(self) -> dict[str, NDArray[np.intp]]:
        return targets_of(self.train, self.classes)

    def _loss(self, rows: Sequence[int], random: np.random.Generator) -> tuple[Tensor, Tensor]:
        """Return the loss of a batch, and the part of it that compares images with texts."""
        import torch

        settings = self.settings
        images = augmented(self._squares[rows], settings.crop_px, random, settings.augmentation)
        kept = float(random.beta(settings.mixing, settings.mixing)) if settings.mixing else 1.0
        partners = torch.from_numpy(random.permutation(len(rows)))
        images = kept * images + (1 - kept) * images[partners]
        texts = [str(random.choice(np.array(self.train.texts[row] or ("",), dtype=object))) for row in rows]
        with half_precision(self.device):
            vectors = self.model.encode_image(self._input(images), normalize=True)
            contrast = self._contrast(vectors, texts, kept, partners)
            loss = settings.contrast_weight * contrast
            for task in self.classes:
                wanted = torch.from_numpy(self._targets[task][rows]).to(self.device)
                said = self.heads[task](HEAD_SCALE * vectors)
                weight = settings.task_weights.get(task, 1.0)
                loss = loss + weight * kept * label_loss(said, wanted, settings.label_smoothing)
                loss = loss + weight * (1 - kept) * label_loss(said, wanted[partners], settings.label_smoothing)
        return loss, contrast

    def _contrast(self, vectors: Tensor, texts: Sequence[str], kept: float, partners: Tensor) -> Tensor:
        """Return the loss that compares images with texts; 0 where only the heads are to learn."""
        if not self.settings.contrast_weight:
            return vectors.new_zeros(())
        words = self.model.encode_text(self.tokenizer(list(texts)).to(self.device), normalize=True)
        return contrastive_loss(vectors, words, self.model.logit_scale.exp(), texts, kept=kept, partners=partners)

    def _input(self, images: Tensor) -> Tensor:
        """Return grey images from 0 to 1, shape (n, 1, side, side), as the model takes them, (n, 3, side, side)."""
        import torch

        mean, std = (torch.tensor(values).view(1, 3, 1, 1) for values in self.normalise)
        return ((images - mean) / std).to(self.device, memory_format=torch.channels_last)


def open_stage(
    model: Any,
    tokenizer: Any,
    train: Examples,
    settings: ContrastiveSettings,
    *,
    normalise: tuple[Sequence[float], Sequence[float]],
    held_out: Examples | None = None,
    classes: Mapping[str, Sequence[str]] | None = None,
    device: str = "cpu",
) -> Contrastive:
    """Return stage 2 of an open_clip model, before its first step.

    Parameters
    ----------
    normalise : pair of three numbers each
        Mean and standard deviation that the model's image encoder expects.
    held_out : Examples, optional
        Of other cases; measured after each epoch, never learned from.
    classes : mapping, optional
        The labels of each task; by default those of `train`.

    Raises
    ------
    InputError
        If a case stands on both sides, or no task has two labels.
    """
    import torch
    from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

    classes = classes or classes_of(train)
    shared = set(train.case_ids) & set(held_out.case_ids) if held_out else set()
    if shared:
        raise InputError(f"case '{min(shared)}' is in training and held out. Split by case.")
    torch.manual_seed(settings.seed)
    model = model.to(device, memory_format=torch.channels_last)
    width = int(model.text_projection.shape[1]) if hasattr(model, "text_projection") else int(model.text.output_dim)
    heads = torch.nn.ModuleDict({task: torch.nn.Linear(width, len(names)) for task, names in classes.items()})
    heads = heads.to(device)
    smooth = get_ema_multi_avg_fn(settings.average_decay)
    average = AveragedModel(_together(model, heads), multi_avg_fn=smooth, use_buffers=True)
    optimizer = adam_w(_rates(model, heads, settings), settings.weight_decay)
    return Contrastive(
        model, heads, average, optimizer, tokenizer, classes, train, held_out, settings, normalise, device
    )


def _together(model: Any, heads: nn.ModuleDict) -> nn.ModuleDict:
    """Return model and heads under one roof, as the moving average takes them."""
    from torch import nn

    return nn.ModuleDict({"model": model, "heads": heads})


def _rates(model: Any, heads: nn.ModuleDict, settings: ContrastiveSettings) -> dict[str, tuple[nn.Module, float]]:
    """Return what learns how fast: what is new fast, the text encoder slowly; shared parameters count once."""
    from torch import nn

    visual, new = model.visual, [heads]
    trunk = getattr(visual, "trunk", visual)
    if trunk is not visual:
        new.append(visual.head)
    rest = nn.ParameterList([model.logit_scale])
    text = model.text if hasattr(model, "text") else _text_parts(model)
    return {
        "image": (trunk, settings.image_rate),
        "new": (nn.ModuleList(new), settings.new_rate),
        "text": (text, settings.text_rate),
        "scale": (rest, settings.text_rate),
    }


def _text_parts(model: Any) -> nn.Module:
    """Return the text encoder of a model that keeps its parts beside the image encoder."""
    from torch import nn

    names = ("token_embedding", "transformer", "ln_final")
    parts = nn.ModuleDict({name: getattr(model, name) for name in names})
    parts.register_parameter("positions", model.positional_embedding)
    parts.register_parameter("projection", model.text_projection)
    return parts
