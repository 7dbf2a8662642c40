"""Text encoders of sentence-transformers: ``sentence-transformers:<folder or hub name>``.

Two that are worth trying for case reports:

- ``sentence-transformers:pritamdeka/S-PubMedBert-MS-MARCO``: tuned to compare sentences and passages;
- ``sentence-transformers:dmis-lab/biobert-base-cased-v1.2``: plain BioBERT, which becomes the mean of its word
  vectors; the encoder of the MedPix 2.0 paper. Published without a word on capitals: its vocabulary tells them.

A folder never makes anything be downloaded; a hub name does, because it asks for it. Code that comes with a
model is never run.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from clip.model_files import require_transformers_folder
from clip.quiet import quiet_libraries
from clip.vectors import Vectors, require_vectors
from clip.vocabulary import describes_clip, fit_tokenizer
from clip.weights import PROBE_TEXT, device_name, fingerprint_of
from ingest.errors import EngineUnreachable, InputError, UnfitModel
from ingest.remedies import Remedy, RemedyAction

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

PREFIX = "sentence-transformers:"
_REFUSALS = (OSError, ValueError, RuntimeError, TypeError)
BATCH = 32  # texts at once: under 1 GB with BERT-sized models


@dataclass(frozen=True, eq=False)
class SentenceEncoder:
    """A model of sentence-transformers, ready to encode; `notices` say what was corrected when it was opened."""

    name: str
    fingerprint: str
    dimension: int
    model: SentenceTransformer
    notices: tuple[str, ...] = ()

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector per text, float32 of shape (t, d); words beyond the model's length are cut off."""
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        rows = self.model.encode(
            list(texts), batch_size=BATCH, normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
        )
        return require_vectors(np.asarray(rows, dtype=np.float32))


def load_sentence_transformer(name: str) -> SentenceEncoder:
    """Load a model of sentence-transformers by its name.

    Raises
    ------
    InputError
        If the folder is missing, or what is in it cannot be used without running its code.
    UnfitModel
        If the folder is not complete, or its vocabulary is not that of the model.
    EngineUnreachable
        If the name asks for a download that fails.
    """
    from sentence_transformers import SentenceTransformer

    what = f"encoder '{name}'"
    with opening("encoder", name, name.removeprefix(PREFIX)) as (place, local), certain_weights(), quiet_libraries():
        _refuse_clip(place, local)
        model = SentenceTransformer(place, device=device_name(), trust_remote_code=False, local_files_only=local)
        model.float()  # vectors of half numbers are no unit vectors, and slow without a GPU
        network: Any = getattr(model[0], "auto_model", None)
        notices = (
            fit_tokenizer(what, model.tokenizer, network, folder=folder_of(place, local)) if network is not None else ()
        )
        if local and network is not None:
            require_all_weights(what, Path(place), network)
        model.eval()
        probe = np.asarray(model.encode([PROBE_TEXT], convert_to_numpy=True, show_progress_bar=False))
        fingerprint = _fingerprint(model)
    if not np.all(np.isfinite(probe)):
        raise UnfitModel(f"{what} gives vectors that are not finite: its weights are damaged. Copy them again.")
    return SentenceEncoder(name, fingerprint, int(probe.shape[1]), model, notices)


def _refuse_clip(place: str, local: bool) -> None:
    if local and describes_clip(Path(place)):
        raise UnfitModel(
            f"'{place}' is a CLIP in Hugging Face's form, which has an image encoder too. Add it, then use it by its "
            "name.",
            remedy=Remedy(RemedyAction.ADD_MODEL),
        )


@contextmanager
def certain_weights() -> Iterator[None]:
    """Let weights that a folder lacks, such as BERT's unused pooler, be the same ones each time it is opened."""
    import torch

    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield


def require_all_weights(what: str, folder: Path, network: Any) -> None:
    """Refuse a folder whose file lacks weights of the model, which then would be chance ones. Raises UnfitModel."""
    if not (folder / "config.json").is_file():
        return
    opened: Any = type(network)
    _, info = opened.from_pretrained(str(folder), local_files_only=True, output_loading_info=True)
    missing = sorted(name for name in info["missing_keys"] if "pooler." not in name)
    if missing:
        raise UnfitModel(
            f"{what} lacks {len(missing)} of its weights ('{missing[0]}' is one), which would be random numbers: the "
            "file is that of another model, or its weights have other names. Save it again with save_pretrained."
        )


@contextmanager
def opening(what: str, name: str, source: str) -> Iterator[tuple[str, bool]]:
    """Yield where to open a model from, and whether that is a folder; tell what goes wrong as one of our errors.

    Parameters
    ----------
    what, name : str
        What it is, "encoder", and what the user called it.
    source : str
        A folder, or the name of a model on the hub.
    """
    from safetensors import SafetensorError

    local = _is_local(source)
    if local:
        _require_complete(what, name, Path(source).expanduser())
    try:
        yield (str(Path(source).expanduser()) if local else source), local
    except (LookupError, AttributeError, ImportError, pickle.UnpicklingError, SafetensorError, *_REFUSALS) as error:
        raise _not_opened(what, name, local, error) from error


def _require_complete(what: str, name: str, folder: Path) -> None:
    try:
        require_transformers_folder(folder)
    except UnfitModel as error:
        raise UnfitModel(f"{what} '{name}' cannot be used: {error}", remedy=error.remedy) from error


def folder_of(place: str, local: bool) -> Path | None:
    """Return where the files of an opened model lie, for a hub name in its cache; None where they are not found."""
    if local:
        return Path(place)
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(place, "config.json")
    return Path(found).parent if isinstance(found, str) else None


def _is_local(source: str) -> bool:
    """Tell a folder from a hub name, which is ``owner/model`` or ``model``."""
    path = Path(source).expanduser()
    if source and path.is_dir():
        return True
    if not source or source.startswith((".", "/", "~")) or "\\" in source or source.count("/") > 1:
        raise InputError(f"there is no folder '{source}' with a model of sentence-transformers.")
    return False


def _fingerprint(model: SentenceTransformer) -> str:
    settings = {
        "modules": [[type(module).__name__, _module_settings(module)] for module in model],
        "tokens": model.tokenizer([PROBE_TEXT])["input_ids"],
    }
    return fingerprint_of(model.state_dict(), settings)


def _module_settings(module: object) -> dict[str, object]:
    """Return what a module writes down of itself: pooling mode, length of a text, lower case."""
    get_config_dict = getattr(module, "get_config_dict", None)
    return get_config_dict() if get_config_dict else {}


def _not_opened(what: str, name: str, local: bool, error: Exception) -> Exception:
    kind = type(error).__name__
    if isinstance(error, ImportError):
        needed = str(error).strip().partition("\n")[0]
        return InputError(f"{what} '{name}' needs a package that is not installed: {needed}")
    if local:
        return InputError(
            f"{what} '{name}' cannot be used ({kind}): the folder is not a complete model, or needs code of its own."
        )
    return EngineUnreachable(f"{what} '{name}' could not be downloaded ({kind}). Give a folder instead of a hub name.")
