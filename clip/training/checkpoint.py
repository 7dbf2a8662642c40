"""The state of a training run on disk, written after every epoch: tensors as safetensors, everything else as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clip.saved import Saved, read_saved, write_saved
from ingest.errors import StaleProjection

if TYPE_CHECKING:
    from torch import nn
    from torch.optim import Optimizer

NAME = "checkpoint"


def save_checkpoint(
    folder: Path, modules: Mapping[str, nn.Module], optimizer: Optimizer, facts: Mapping[str, Any]
) -> None:
    """Write the state of modules and optimizer so that a reader sees all of it, or that of the epoch before.

    Raises
    ------
    StorageError
        If it cannot be written.
    """
    arrays: dict[str, NDArray[Any]] = {}
    for name, module in modules.items():
        arrays |= {f"{name}/{key}": value.detach().cpu().numpy() for key, value in module.state_dict().items()}
    for number, state in optimizer.state_dict()["state"].items():
        arrays |= {f"optimizer/{number}/{key}": value.detach().cpu().numpy() for key, value in state.items()}
    write_saved(folder, NAME, arrays, facts)


def read_checkpoint(folder: Path) -> Saved | None:
    """Return the last checkpoint; None where there is none.

    Raises
    ------
    DamagedFile
        If a file is not what was written.
    """
    try:
        return read_saved(folder, NAME)
    except StaleProjection:
        return None


def restore(saved: Saved, modules: Mapping[str, nn.Module], optimizer: Optimizer) -> None:
    """Bring modules and optimizer, those of the run that wrote it, to the state of a checkpoint."""
    import torch

    tensors = {key: torch.from_numpy(np.array(array)) for key, array in saved.arrays.items()}
    for name, module in modules.items():
        module.load_state_dict(_below(tensors, f"{name}/"))
    states: dict[int, dict[str, Any]] = {}
    for key, tensor in _below(tensors, "optimizer/").items():
        number, _, what = key.partition("/")
        states.setdefault(int(number), {})[what] = tensor
    optimizer.load_state_dict({"state": states, "param_groups": optimizer.state_dict()["param_groups"]})


def _below(tensors: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    return {key.removeprefix(prefix): tensor for key, tensor in tensors.items() if key.startswith(prefix)}
