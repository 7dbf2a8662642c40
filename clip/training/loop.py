"""The loop that every stage runs in: epochs, a checkpoint after each, metrics as CSV, early stopping.

What is random in an epoch comes from the seed and the number of the epoch, so that a run that was killed goes on
from its last checkpoint to the result that it would have had.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from clip.training.checkpoint import read_checkpoint, restore, save_checkpoint
from ingest.case import sha256_of_json
from ingest.errors import InputError
from ingest.files import write_file

if TYPE_CHECKING:
    from torch import nn
    from torch.optim import Optimizer

WARM_UP_SHARE = 0.1  # of all steps, in which the learning rate rises to its height
MAX_GRADIENT_LENGTH = 5.0

Metrics = Mapping[str, float]
EpochProgress = Callable[[int, int, Metrics], None]


def tell_nobody(epoch: int, epochs: int, metrics: Metrics) -> None:
    """Report an epoch to nobody."""


class Stage(Protocol):
    """What a stage of training is to the loop."""

    @property
    def modules(self) -> Mapping[str, nn.Module]:
        """What is saved in a checkpoint."""
        ...

    @property
    def optimizer(self) -> Optimizer:
        """The optimizer, its learning rates at their height."""
        ...

    def train_epoch(self, random: np.random.Generator, rates: Rates) -> Metrics:
        """Train one epoch, taking a new rate for each step."""
        ...

    def validate(self) -> Metrics:
        """Measure on held-out examples; empty where there are none."""
        ...


@dataclass(frozen=True)
class Rates:
    """Learning rates of one epoch: a linear warm-up, then a cosine to zero over all steps of the run."""

    first_step: int
    steps: int

    def __call__(self, step: int) -> float:
        """Return the factor of the step of this epoch, from 0 to 1."""
        done = (self.first_step + step + 1) / self.steps
        return min(1.0, done / WARM_UP_SHARE) * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))


@dataclass(frozen=True)
class Schedule:
    """How long a run is.

    `patience` epochs without a better `watched` metric (lower is better) end it early; None: it runs to its end.
    """

    epochs: int
    steps_per_epoch: int
    seed: int = 0
    watched: str = "validation_loss"
    patience: int | None = None


def run_stage(
    stage: Stage,
    folder: Path,
    schedule: Schedule,
    settings: Mapping[str, Any],
    *,
    on_progress: EpochProgress = tell_nobody,
) -> list[dict[str, float]]:
    """Train to the end of the schedule, from the checkpoint in `folder` where there is one; return a row per epoch.

    Parameters
    ----------
    settings : mapping
        Everything that the result depends on; a checkpoint of other settings is refused.

    Raises
    ------
    InputError
        If the folder holds a run of other settings, there is too little to train on, or the loss is no number.
    DamagedFile
        If the checkpoint is not what was written.
    """
    import torch

    if schedule.steps_per_epoch < 1:
        raise InputError("there are fewer examples than one batch. Give more cases, or a smaller batch.")
    digest = sha256_of_json(settings)
    rows = _resume(stage, folder, digest)
    for epoch in range(len(rows), schedule.epochs):
        if _is_enough(rows, schedule):
            break
        torch.manual_seed(schedule.seed * 1_000_003 + epoch)
        rates = Rates(epoch * schedule.steps_per_epoch, schedule.epochs * schedule.steps_per_epoch)
        metrics = stage.train_epoch(np.random.default_rng((schedule.seed, epoch)), rates)
        rows.append({"epoch": epoch + 1, **metrics, **stage.validate()})
        _require_finite(rows[-1])
        save_checkpoint(folder, stage.modules, stage.optimizer, {"settings_sha256": digest, "rows": rows})
        _write_metrics(folder / "metrics.csv", rows)
        on_progress(epoch + 1, schedule.epochs, rows[-1])
    return rows


def _require_finite(row: Metrics) -> None:
    """Raise InputError where a metric is no number: what was learned then is worth nothing."""
    for name, value in row.items():
        if not math.isfinite(value):
            raise InputError(
                f"{name} is {value} in epoch {row['epoch']}, so this epoch was not kept. Lower the rates; or, in "
                "stage 1, take a vocabulary that knows the words of the cases."
            )


def _resume(stage: Stage, folder: Path, digest: str) -> list[dict[str, float]]:
    saved = read_checkpoint(folder)
    if saved is None:
        return []
    if saved.facts["settings_sha256"] != digest:  # its model may have other heads, and would not fit
        raise InputError(f"{folder} holds a run with other settings or other cases. Name another folder, or remove it.")
    restore(saved, stage.modules, stage.optimizer)
    return list(saved.facts["rows"])


def _is_enough(rows: Sequence[Metrics], schedule: Schedule) -> bool:
    if schedule.patience is None or not rows or schedule.watched not in rows[0]:
        return False
    values = [row[schedule.watched] for row in rows]
    return len(values) - 1 - int(np.argmin(values)) >= schedule.patience


def batches(random: np.random.Generator, rows: Sequence[int], size: int) -> Iterator[list[int]]:
    """Yield the rows in random order, `size` at a time; what is left over waits for another epoch."""
    yield from _cut(random.permutation(np.asarray(rows)), size)


def spread_batches(random: np.random.Generator, case_ids: Sequence[str], size: int) -> Iterator[list[int]]:
    """Yield all rows in random order, `size` at a time, the rows of a case as far from each other as they can be."""
    order = random.permutation(len(case_ids))
    cases = np.unique(np.asarray(case_ids)[order], return_inverse=True)[1]
    counts = np.bincount(cases)
    seen = np.zeros(len(counts))
    starts = random.random(len(counts))
    places = np.empty(len(order))
    for number, case in enumerate(cases):
        places[number] = (starts[case] + seen[case]) / counts[case]
        seen[case] += 1
    yield from _cut(order[np.argsort(places, kind="stable")], size)


def _cut(order: NDArray[np.intp], size: int) -> Iterator[list[int]]:
    for start in range(0, len(order) - size + 1, size):
        yield [int(row) for row in order[start : start + size]]


def take_step(optimizer: Optimizer, loss: Any, factor: float) -> None:
    """Take one step against the gradient of `loss`, at `factor` of each group's rate."""
    from torch.nn.utils import clip_grad_norm_

    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    for group in optimizer.param_groups:
        group["lr"] = group["peak_rate"] * factor
        clip_grad_norm_(group["params"], MAX_GRADIENT_LENGTH)
    optimizer.step()


def half_precision(device: str) -> AbstractContextManager[Any]:
    """Compute in bfloat16 where a GPU does it: it needs no scaling of gradients."""
    import torch

    return torch.autocast("cuda", dtype=torch.bfloat16, enabled=device == "cuda")


def adam_w(modules: Mapping[str, tuple[nn.Module, float]], weight_decay: float) -> Optimizer:
    """Return AdamW over modules, each with its rate; vectors and scalars (biases, norms) do not decay."""
    from torch.optim import AdamW

    groups = []
    for module, rate in modules.values():
        wanted = [parameter for parameter in module.parameters() if parameter.requires_grad]
        for decay, of_kind in ((weight_decay, True), (0.0, False)):
            members = [parameter for parameter in wanted if (parameter.ndim > 1) is of_kind]
            if members:
                groups.append({"params": members, "lr": rate, "peak_rate": rate, "weight_decay": decay})
    return AdamW(groups)


def _write_metrics(path: Path, rows: Sequence[Metrics]) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: round(value, 5) for key, value in row.items()} for row in rows)
    write_file(path, text.getvalue())
