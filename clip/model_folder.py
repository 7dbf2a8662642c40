"""A model that CaseGraph trained or was given, as a folder in open_clip's own form.

``open_clip_config.json`` has open_clip's ``model_cfg`` and ``preprocess_cfg``, and under ``casegraph`` what open_clip
has no word for: how images come, ``grey-square`` (grey, without border, centred on a square; models that CaseGraph
trained) or ``open-clip`` (as ``preprocess_cfg`` says), and in which views (`clip.image_views`).
``open_clip_model.safetensors`` has the weights, ``text/`` the configuration and the vocabulary of a text encoder of
transformers; CLIP's own text encoder needs no such folder.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from clip.image_views import WHOLE
from clip.model_files import require_fetched
from clip.pixels import squared
from ingest.errors import DamagedFile, InputError, UnfitModel
from ingest.files import write_file

if TYPE_CHECKING:
    from PIL.Image import Image as PilImage
    from torch import Tensor

CONFIG = "open_clip_config.json"
WEIGHTS = "open_clip_model.safetensors"
TEXT = "text"
OWN_VOCABULARY, NO_VOCABULARY = "folder", "none"
TEXT_FILES = ("config.json", "tokenizer.json", "tokenizer_config.json")
GREY_SQUARE = "grey-square"
OPEN_CLIP = "open-clip"


@dataclass(frozen=True)
class GreySquare:
    """Makes an image into what the image encoder takes: grey, without border, square, three equal channels."""

    side_px: int
    mean: Sequence[float]
    std: Sequence[float]

    def __call__(self, image: PilImage) -> Tensor:
        """Return float32 of shape (3, side, side)."""
        import torch

        grey = torch.from_numpy(squared(np.asarray(image.convert("L")), self.side_px).astype(np.float32)) / 255
        return torch.stack([(grey - mean) / std for mean, std in zip(self.mean, self.std, strict=True)])


def image_form(config: Mapping[str, Any]) -> str | None:
    """Return how images come to a model; older folders say ``pictures``."""
    said = config.get("casegraph", {})
    return said.get("images", said.get("pictures"))


def is_own_folder(folder: Path) -> bool:
    """Tell whether a folder holds a model in this form."""
    path = folder / CONFIG
    if not path.is_file():
        return False
    require_fetched(path)
    config = _read_json(path)
    return isinstance(config, dict) and "casegraph" in config


def takes_text_folder(model_cfg: Mapping[str, Any]) -> bool:
    """Tell whether the text encoder is one of transformers, described by a folder, and not CLIP's own."""
    return "hf_model_name" in model_cfg["text_cfg"]


def takes_own_vocabulary(config: Mapping[str, Any]) -> bool:
    """Tell whether CLIP's own text encoder comes with a vocabulary of its own, in ``text/``."""
    return config.get("casegraph", {}).get("vocabulary") == OWN_VOCABULARY


def build_model(model_cfg: Mapping[str, Any], text_folder: Path | None) -> Any:
    """Return a model of open_clip with new weights; ``text_folder/config.json`` describes a encoder of transformers.

    Raises
    ------
    InputError
        If the model needs a text folder and there is none.
    """
    from open_clip.model import CLIP, CustomTextCLIP

    settings = deepcopy(dict(model_cfg))
    if not takes_text_folder(settings):
        return (CustomTextCLIP if settings.pop("custom_text", False) else CLIP)(**settings)
    folder = str(_require_text_folder(settings, text_folder))
    settings["text_cfg"] |= {"hf_model_name": folder, "hf_tokenizer_name": folder, "hf_model_pretrained": False}
    return CustomTextCLIP(**settings)


def open_tokenizer(model_cfg: Mapping[str, Any], text_folder: Path | None) -> Any:
    """Return the tokenizer of the text encoder."""
    from open_clip.tokenizer import DEFAULT_CONTEXT_LENGTH, HFTokenizer, SimpleTokenizer

    length = model_cfg["text_cfg"].get("context_length", DEFAULT_CONTEXT_LENGTH)
    if not takes_text_folder(model_cfg):
        return SimpleTokenizer(context_length=length)
    return HFTokenizer(str(_require_text_folder(model_cfg, text_folder)), context_length=length, local_files_only=True)


def _tokenizer_of(config: Mapping[str, Any], folder: Path) -> Any:
    """Return the tokenizer of a whole model: what the configuration says of the vocabulary comes first."""
    from open_clip.tokenizer import HFTokenizer

    if takes_own_vocabulary(config):
        length = config["model_cfg"]["text_cfg"]["context_length"]
        return HFTokenizer(str(folder / TEXT), context_length=length, local_files_only=True)
    if config.get("casegraph", {}).get("vocabulary") == NO_VOCABULARY:
        return NoVocabulary(folder.name)
    return open_tokenizer(config["model_cfg"], folder / TEXT)


@dataclass(frozen=True)
class NoVocabulary:
    """Stands where a model was published without its vocabulary: it encodes images, and refuses texts."""

    name: str

    def __call__(self, texts: Sequence[str]) -> Tensor:
        """Raise UnfitModel."""
        raise UnfitModel(
            f"model '{self.name}' was added without a vocabulary, so it cannot read texts. Copy tokenizer.json, or "
            "vocab.json and merges.txt, beside its weights and add it again."
        )


def _require_text_folder(model_cfg: Mapping[str, Any], text_folder: Path | None) -> Path:
    """Return the folder of the text encoder: nothing is fetched from a hub in its place."""
    if text_folder is None or not (text_folder / "config.json").is_file():
        raise InputError(
            f"the text encoder '{model_cfg['text_cfg']['hf_model_name']}' needs a folder of transformers with its "
            "config.json and tokenizer. Name that folder."
        )
    return text_folder


def save_model_folder(
    folder: Path,
    model: Any,
    config: Mapping[str, Any],
    text_folder: Path | None,
    *,
    images: str = GREY_SQUARE,
    small: bool = True,
    vocabulary: str | None = None,
    views: Sequence[float] = WHOLE,
) -> None:
    """Write a model: its weights, as float16 where `small`, then the configuration that makes it one.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    from safetensors.torch import save

    folder.mkdir(parents=True, exist_ok=True)
    if vocabulary == OWN_VOCABULARY and text_folder is not None:
        copy_text_files(text_folder, folder / TEXT)
    if takes_text_folder(config["model_cfg"]):
        copy_text_files(_require_text_folder(config["model_cfg"], text_folder), folder / TEXT)
    kept = _small if small else _plain
    write_file(folder / WEIGHTS, save({name: kept(value) for name, value in model.state_dict().items()}))
    said: dict[str, Any] = {"images": images, **({"vocabulary": vocabulary} if vocabulary else {})}
    if tuple(views) != WHOLE:
        said["views"] = list(views)
    described = {**config, "casegraph": said}
    write_file(folder / CONFIG, json.dumps(described, indent=1))


def copy_text_files(source: Path, folder: Path) -> None:
    """Copy configuration and vocabulary of a text encoder. Raises InputError where one of them is missing."""
    missing = [name for name in TEXT_FILES if not (source / name).is_file()]
    if missing:
        raise InputError(f"'{source}' has no {missing[0]}. A text encoder needs {', '.join(TEXT_FILES)}.")
    folder.mkdir(parents=True, exist_ok=True)
    for name in TEXT_FILES:
        shutil.copyfile(source / name, folder / name)


def load_model_folder(folder: Path) -> tuple[Any, Callable[[PilImage], Tensor], Any, dict[str, Any]]:
    """Return model, preprocessing, tokenizer and the configuration of a folder that `save_model_folder` wrote.

    Raises
    ------
    InputError
        If images are to be prepared in a way that this version does not know.
    DamagedFile
        If a file is missing or its weights are not those of the configuration.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    config = _read_json(folder / CONFIG)
    preprocess = _preprocessing(config, folder)
    try:
        model = build_model(config["model_cfg"], folder / TEXT)
        weights = load_file(folder / WEIGHTS)
        model.load_state_dict(
            {name: value.float() if value.is_floating_point() else value for name, value in weights.items()}
        )
        tokenizer = _tokenizer_of(config, folder)
    except (OSError, RuntimeError, ValueError, InputError, SafetensorError) as error:
        raise DamagedFile(
            f"the model in {folder} is damaged ({type(error).__name__}). Copy, add or train it again."
        ) from error
    return model.eval(), preprocess, tokenizer, config


def _preprocessing(config: Mapping[str, Any], folder: Path) -> Callable[[PilImage], Tensor]:
    """Return what makes an image into what the image encoder takes."""
    from open_clip.transform import PreprocessCfg, image_transform_v2

    shown, images = config["preprocess_cfg"], image_form(config)
    if images == GREY_SQUARE:
        return GreySquare(shown["size"], shown["mean"], shown["std"])
    if images == OPEN_CLIP:
        transform: Any = image_transform_v2(PreprocessCfg(**shown), is_train=False)
        return transform
    raise InputError(f"{folder} was made by another version of CaseGraph. Add it or train it again.")


def _plain(tensor: Tensor) -> Tensor:
    """Return weights as safetensors takes them."""
    return tensor.detach().cpu().contiguous()


def _small(tensor: Tensor) -> Tensor:
    """Return weights as float16; whole numbers stay what they are."""
    kept = _plain(tensor)
    return kept.half() if kept.is_floating_point() else kept


def _read_json(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise DamagedFile(f"{path} is missing or damaged. Copy or train the model again.") from error
