"""A model that CaseGraph trained, as a folder in open_clip's own form.

``open_clip_config.json`` has open_clip's ``model_cfg`` and ``preprocess_cfg``, and under ``casegraph`` what open_clip
has no word for: that pictures come grey, without border, centred on a square. ``open_clip_model.safetensors`` has the
weights as float16, ``text/`` the configuration and the vocabulary of the text tower.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from clip.pixels import squared
from clip.saved import replace_file
from ingest.errors import DamagedFile, InputError

if TYPE_CHECKING:
    from PIL.Image import Image as PilImage
    from torch import Tensor

CONFIG = "open_clip_config.json"
WEIGHTS = "open_clip_model.safetensors"
TEXT = "text"
GREY_SQUARE = "grey-square"


@dataclass(frozen=True)
class GreySquare:
    """Makes a picture into what the image tower takes: grey, without border, square, three equal channels."""

    side_px: int
    mean: Sequence[float]
    std: Sequence[float]

    def __call__(self, picture: PilImage) -> Tensor:
        """Return float32 of shape (3, side, side)."""
        import torch

        grey = torch.from_numpy(squared(np.asarray(picture.convert("L")), self.side_px).astype(np.float32)) / 255
        return torch.stack([(grey - mean) / std for mean, std in zip(self.mean, self.std, strict=True)])


def is_own_folder(folder: Path) -> bool:
    """Tell whether a folder holds a model in this form."""
    path = folder / CONFIG
    if not path.is_file():
        return False
    config = _read_json(path)
    return isinstance(config, dict) and "casegraph" in config


def build_model(model_cfg: Mapping[str, Any], text_folder: Path) -> Any:
    """Return a model of open_clip with new weights, its text tower as ``text_folder/config.json`` says."""
    from open_clip.model import CustomTextCLIP

    settings = deepcopy(dict(model_cfg))
    settings["text_cfg"] |= {"hf_model_name": str(text_folder), "hf_tokenizer_name": str(text_folder)}
    return CustomTextCLIP(**settings)


def open_tokenizer(model_cfg: Mapping[str, Any], text_folder: Path) -> Any:
    """Return the tokenizer of the text tower."""
    from open_clip.tokenizer import HFTokenizer

    return HFTokenizer(str(text_folder), context_length=model_cfg["text_cfg"]["context_length"], local_files_only=True)


def save_model_folder(folder: Path, model: Any, config: Mapping[str, Any], text_folder: Path) -> None:
    """Write a trained model: weights as float16, then the configuration that makes it one.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    from safetensors.torch import save

    (folder / TEXT).mkdir(parents=True, exist_ok=True)
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(text_folder / name, folder / TEXT / name)
    state = {name: _small(value) for name, value in model.state_dict().items()}
    replace_file(folder / WEIGHTS, save(state))
    kept = {**config, "casegraph": {"pictures": GREY_SQUARE}}
    replace_file(folder / CONFIG, json.dumps(kept, indent=1).encode())


def load_model_folder(folder: Path) -> tuple[Any, GreySquare, Any, dict[str, Any]]:
    """Return model, preprocessing, tokenizer and the configuration of a folder that `save_model_folder` wrote.

    Raises
    ------
    InputError
        If pictures are to be prepared in a way that this version does not know.
    DamagedFile
        If a file is missing or its weights are not those of the configuration.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    config = _read_json(folder / CONFIG)
    if config["casegraph"].get("pictures") != GREY_SQUARE:
        raise InputError(f"{folder} was made by another version of CaseGraph. Train it again: casegraph train.")
    try:
        model = build_model(config["model_cfg"], folder / TEXT)
        weights = load_file(folder / WEIGHTS)
        model.load_state_dict(
            {name: value.float() if value.is_floating_point() else value for name, value in weights.items()}
        )
        tokenizer = open_tokenizer(config["model_cfg"], folder / TEXT)
    except (OSError, RuntimeError, ValueError, SafetensorError) as error:
        raise DamagedFile(
            f"the model in {folder} is damaged ({type(error).__name__}). Copy or train it again."
        ) from error
    shown = config["preprocess_cfg"]
    return model.eval(), GreySquare(shown["size"], shown["mean"], shown["std"]), tokenizer, config


def _small(tensor: Tensor) -> Tensor:
    """Return weights as float16; whole numbers stay what they are."""
    kept = tensor.detach().cpu().contiguous()
    return kept.half() if kept.is_floating_point() else kept


def _read_json(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise DamagedFile(f"{path} is missing or damaged. Copy or train the model again.") from error
