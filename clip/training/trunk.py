"""Start weights of an image trunk: those of a general model, verified before they are read."""

from __future__ import annotations

import hashlib
import pickle
from pathlib import Path
from typing import Any

from ingest.errors import InputError


def load_trunk(trunk: Any, path: Path, sha256: str) -> None:
    """Fill a trunk with the weights of a file that holds the same layers in the same order, whatever their names.

    Parameters
    ----------
    trunk : torch.nn.Module
        For example the ``visual.trunk`` of a model; layers of the file beyond its own (a classifier) are left out.
    sha256 : str
        What the file must be.

    Raises
    ------
    InputError
        If the file is missing, another one, or of another architecture.
    """
    import torch

    if not path.is_file():
        raise InputError(f"there is no file '{path}' with weights of the trunk. Name it with --trunk.")
    if hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
        raise InputError(f"'{path}' is not the file of weights that the recipe names (SHA-256 {sha256[:12]}...).")
    try:
        weights = list(torch.load(path, map_location="cpu", weights_only=True).values())
    except (OSError, RuntimeError, AttributeError, pickle.UnpicklingError) as error:
        raise InputError(f"'{path}' holds no weights that can be read without running code.") from error
    own = trunk.state_dict()
    if len(weights) < len(own) or any(
        kept.shape != new.shape for kept, new in zip(own.values(), weights, strict=False)
    ):
        raise InputError(f"the weights of '{path}' are those of another architecture.")
    trunk.load_state_dict(dict(zip(own, weights, strict=False)))
