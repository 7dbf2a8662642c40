"""Encoders of open_clip: images and words in one space.

==============================================  =====================================================
``open_clip:<model>:<file of weights>``         a model that open_clip knows by name, weights of your own
``open_clip:local-dir:<folder>``                a folder with ``open_clip_config.json`` and weights
``open_clip:<model>:<pretrained tag>``          downloads the weights, as the name asks for
``open_clip:hf-hub:<owner/model>``              downloads model and weights, as the name asks for
==============================================  =====================================================

A file or folder never makes anything be downloaded. Weights are read as safetensors, or by the unpickler of
torch that knows tensors only: a file that wants to run code is refused.
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from clip.checkpoint_names import named_as
from clip.image_views import WHOLE, averaged
from clip.model_files import require_settings
from clip.model_folder import WEIGHTS, NoVocabulary, is_own_folder, load_model_folder
from clip.pixels import open_png
from clip.quiet import quiet_libraries
from clip.vectors import Vectors, require_vectors
from clip.weights import PROBE_TEXT, WEIGHT_FILES, device_name, fingerprint_of, read_tensors
from ingest.errors import EngineUnreachable, InputError, UnfitModel

if TYPE_CHECKING:
    import torch

BATCH = 32  # images or texts at once: under 1 GB with the largest usual models
LOCAL_FOLDER = "open_clip:local-dir:"
HOW_TO_NAME = "open_clip:<model>:<pretrained tag or file of weights> or open_clip:local-dir:<folder>"


@dataclass(frozen=True, eq=False)
class OpenClipEncoder:
    """A model of open_clip, ready to encode."""

    name: str
    fingerprint: str
    dimension: int
    model: Any
    preprocess: Callable[[Any], torch.Tensor]
    tokenizer: Callable[[list[str]], torch.Tensor]
    device: str
    views: Sequence[float] = WHOLE

    @property
    def scale(self) -> float:
        """What the model learned to multiply cosines of images and texts by."""
        return float(self.model.logit_scale.detach().exp())

    def embed_images(self, pngs: Sequence[bytes]) -> Vectors:
        """Return one unit vector per PNG, float32 of shape (m, d)."""
        import torch

        batches = (pngs[start : start + BATCH] for start in range(0, len(pngs), BATCH))
        images = (torch.stack([self.preprocess(open_png(png, "RGB")) for png in batch]) for batch in batches)
        return self._embed(self._encode_image, images)

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector per text, float32 of shape (t, d); words beyond the model's length are cut off."""
        batches = (texts[start : start + BATCH] for start in range(0, len(texts), BATCH))
        return self._embed(self._encode_text, (self.tokenizer(list(batch)) for batch in batches))

    def _encode_image(self, images: torch.Tensor) -> torch.Tensor:
        return averaged(lambda views: self.model.encode_image(views, normalize=True), images, self.views)

    def _encode_text(self, tokens: torch.Tensor) -> torch.Tensor:
        return self.model.encode_text(tokens, normalize=True)

    def _embed(self, encode: Callable[[torch.Tensor], torch.Tensor], batches: Iterable[torch.Tensor]) -> Vectors:
        import torch

        rows = [np.zeros((0, self.dimension), dtype=np.float32)]
        with torch.no_grad():
            rows += [encode(batch.to(self.device)).float().cpu().numpy() for batch in batches]
        return require_vectors(np.concatenate(rows))


def load_open_clip(name: str) -> OpenClipEncoder:
    """Load a model of open_clip by its name.

    Raises
    ------
    InputError
        If the name has another form, the model or tag is unknown, or the weights cannot be used.
    EngineUnreachable
        If the name asks for a download that fails.
    """
    import open_clip
    from safetensors import SafetensorError

    folder = Path(name.removeprefix(LOCAL_FOLDER)).expanduser()
    if name.startswith(LOCAL_FOLDER) and is_own_folder(folder):
        return load_own_model(name, folder)
    model_name, weights = _locate(name)
    local = _local_weights(model_name, weights)
    try:
        tensors = None if local is None else read_tensors(local, None)
        opened: Any = (
            open_clip.create_model_from_pretrained(model_name, weights, device=device_name())
            if tensors is None
            else _from_tensors(model_name, tensors)
        )
        tokenizer = open_clip.get_tokenizer(model_name)
    except UnfitModel:  # says what the file is instead
        raise
    except (
        InputError,
        RuntimeError,
        ValueError,
        OSError,
        KeyError,
        TypeError,
        pickle.UnpicklingError,
        SafetensorError,
    ) as error:
        raise _not_opened(name, model_name, weights, error) from error
    model, preprocess = opened
    shown = getattr(model.visual, "preprocess_cfg", {})
    return _encoder(name, model, preprocess, tokenizer, shown=shown, built=model_settings(model_name))


def _local_weights(model_name: str, weights: str | None) -> Path | None:
    """Return the file of weights on this machine; None where a tag or a hub name asks for another."""
    if model_name.startswith("local-dir:"):
        found = sorted(Path(model_name.removeprefix("local-dir:")).glob("*.safetensors"))
        usual = [path for path in found if path.name == WEIGHTS]
        return (usual or found)[0]
    return Path(weights) if weights and Path(weights).is_file() else None


def _from_tensors(model_name: str, tensors: Mapping[str, torch.Tensor]) -> tuple[Any, Any]:
    """Return model and preprocessing with these weights, whatever a training put before their names."""
    import open_clip

    with quiet_libraries():
        model, _, preprocess = open_clip.create_model_and_transforms(
            model_name, load_weights=False, pretrained_text=False
        )
    load_checked(model, tensors)
    return model, preprocess


def load_checked(model: Any, tensors: Mapping[str, torch.Tensor]) -> None:
    """Load weights into a model of open_clip; raises RuntimeError where a name or a shape is another."""
    from open_clip.factory import load_checkpoint
    from safetensors.torch import save_file

    named = named_as(model.state_dict(), tensors)
    with TemporaryDirectory() as folder:
        read = Path(folder) / WEIGHTS
        save_file({name: value.contiguous().clone() for name, value in named.items()}, read)
        load_checkpoint(model, str(read))


def load_own_model(name: str, folder: Path) -> OpenClipEncoder:
    """Load a model that CaseGraph trained. Raises DamagedFile if a file is missing or damaged."""
    model, preprocess, tokenizer, config = load_model_folder(folder)
    shown = {**config["preprocess_cfg"], **config["casegraph"]}
    return _encoder(name, model, preprocess, tokenizer, shown=shown, built=config["model_cfg"])


def _encoder(
    name: str, model: Any, preprocess: Any, tokenizer: Any, *, shown: Mapping[str, Any], built: Mapping[str, Any]
) -> OpenClipEncoder:
    """Return the encoder of a loaded model; `shown` says how images are prepared, `built` its architecture."""
    device = device_name()
    model = model.to(device).eval()
    tokens = None if isinstance(tokenizer, NoVocabulary) else tokenizer([PROBE_TEXT]).tolist()
    settings = {"preprocess": shown, "tokens": tokens, "model": built}
    fingerprint = fingerprint_of(model.state_dict(), settings)
    views = tuple(shown.get("views", WHOLE))
    return OpenClipEncoder(name, fingerprint, int(built["embed_dim"]), model, preprocess, tokenizer, device, views)


def model_settings(model_name: str) -> dict[str, Any]:
    """Return the architecture that open_clip, a folder or the hub holds under this name."""
    import open_clip

    return dict(open_clip.get_model_config(model_name) or {})


def _locate(name: str) -> tuple[str, str | None]:
    """Return model name and weights as open_clip takes them, after all that can be checked before loading."""
    import open_clip

    model, _, source = name.removeprefix("open_clip:").partition(":")
    if not model or not source:
        raise InputError(f"encoder '{name}' is not complete. Write it as {HOW_TO_NAME}.")
    if model == "hf-hub":
        return f"hf-hub:{source}", None
    path = Path(source).expanduser()
    if model == "local-dir":
        _require_model_folder(path)
        return f"local-dir:{path}", None
    if model not in open_clip.list_models():
        raise InputError(f"open_clip has no model '{model}'. Use one of open_clip.list_models(), or {HOW_TO_NAME}.")
    if source in open_clip.list_pretrained_tags_by_model(model):
        return model, source
    _require_weights_file(model, path)
    _require_own_text_model(model_settings(model), name)
    return model, str(path)


def _require_model_folder(folder: Path) -> None:
    require_settings(folder)
    config = folder / "open_clip_config.json"
    try:
        settings = json.loads(config.read_bytes())["model_cfg"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{folder} is not an open_clip folder: it needs {config.name} with a model_cfg.") from error
    if not any(folder.glob("*.safetensors")):
        raise InputError(f"{folder} holds no weights as .safetensors. Convert them, or name a file of weights.")
    _require_own_text_model(settings, str(folder))


def _require_own_text_model(settings: Mapping[str, Any], name: str) -> None:
    """Refuse a text model or tokenizer that open_clip would fetch from a hub although the name is local."""
    text = settings.get("text_cfg", {})
    hub_name = text.get("hf_model_name")
    if hub_name and not Path(hub_name).is_dir():
        raise InputError(
            f"{name} takes its text model '{hub_name}' from a hub. Make hf_model_name a local folder, "
            "or ask for the download by open_clip:hf-hub:<owner/model>."
        )


def _require_weights_file(model: str, path: Path) -> None:
    import open_clip

    if not path.is_file():
        tags = ", ".join(open_clip.list_pretrained_tags_by_model(model)) or "none"
        raise InputError(f"'{path}' is neither a file of weights nor a pretrained tag of {model} (tags: {tags}).")
    if path.suffix not in WEIGHT_FILES:
        raise InputError(f"weights '{path}' are not loaded: expected one of {', '.join(WEIGHT_FILES)}.")


def _not_opened(name: str, model_name: str, weights: str | None, error: Exception) -> Exception:
    local = model_name.startswith("local-dir:") or (weights is not None and Path(weights).is_file())
    if local:
        return InputError(
            f"the weights of encoder '{name}' cannot be used ({type(error).__name__}): they are damaged, of another "
            "model, or want to run code. Give them as .safetensors of exactly this model."
        )
    return EngineUnreachable(f"encoder '{name}' could not be downloaded ({type(error).__name__}). Name a local file.")
