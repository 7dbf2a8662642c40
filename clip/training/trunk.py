"""Start weights of a model's encoders: those of a general model, verified before they are read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from clip.weights import read_tensors, sha256_of_file
from ingest.errors import InputError
from ingest.remedies import Remedy, RemedyAction

if TYPE_CHECKING:
    from torch import Tensor

IMAGE_ENCODER_PREFIX = "visual."  # how open_clip calls it in the weights of a whole model


def load_start(model: Any, path: Path, sha256: str, *, own_text: bool) -> None:
    """Start a model from the weights of a file: a whole CLIP, or the trunk of an image encoder alone.

    Of a whole CLIP the image encoder is taken, and where `own_text` says that the text encoder is CLIP's own, that
    too: one of transformers comes from stage 1. A trunk alone has the same layers in the same order as the model's
    (``visual.trunk``), whatever their names; layers beyond those (a classifier) are left out.

    Parameters
    ----------
    sha256 : str
        What the file must be.

    Raises
    ------
    InputError
        If the file is missing, another one, or of another architecture.
    """
    if not path.is_file():
        raise InputError(
            f"there is no file '{path}' with weights to start from. Name it.", remedy=Remedy(RemedyAction.NAME_TRUNK)
        )
    if sha256_of_file(path) != sha256:
        raise InputError(f"'{path}' is not the file of weights that the recipe names (SHA-256 {sha256[:12]}...).")
    tensors = read_tensors(path, sha256)
    try:
        if not any(name.startswith(IMAGE_ENCODER_PREFIX) for name in tensors):
            _load_in_order(model.visual.trunk, list(tensors.values()))
        elif own_text:
            model.load_state_dict(tensors)
        else:
            encoder = {name: value for name, value in tensors.items() if name.startswith(IMAGE_ENCODER_PREFIX)}
            model.visual.load_state_dict(
                {name.removeprefix(IMAGE_ENCODER_PREFIX): value for name, value in encoder.items()}
            )
    except (RuntimeError, AttributeError) as error:
        raise InputError(f"the weights of '{path}' are those of another architecture.") from error


def _load_in_order(trunk: Any, weights: list[Tensor]) -> None:
    """Fill a trunk layer by layer. Raises RuntimeError where a shape differs."""
    own = trunk.state_dict()
    if len(weights) < len(own):
        raise RuntimeError("too few layers")
    trunk.load_state_dict(dict(zip(own, weights, strict=False)))
