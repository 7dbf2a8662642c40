"""Text encoders of sentence-transformers: ``sentence-transformers:<folder or hub name>``.

Two that are worth trying for case reports:

- ``sentence-transformers:pritamdeka/S-PubMedBert-MS-MARCO``: tuned to compare sentences and passages;
- ``sentence-transformers:dmis-lab/biobert-base-cased-v1.2``: plain BioBERT, which becomes the mean of its word
  vectors; the encoder of the MedPix 2.0 paper.

A folder never makes anything be downloaded; a hub name does, because it asks for it. Code that comes with a
model is never run.
"""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from clip.encoders import Vectors, require_vectors
from clip.weights import PROBE_TEXT, device_name, fingerprint_of
from ingest.errors import EngineUnreachable, InputError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

PREFIX = "sentence-transformers:"
BATCH = 32  # texts at once: under 1 GB with BERT-sized models


@dataclass(frozen=True, eq=False)
class SentenceEncoder:
    """A model of sentence-transformers, ready to encode."""

    name: str
    fingerprint: str
    dimension: int
    model: SentenceTransformer

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
    EngineUnreachable
        If the name asks for a download that fails.
    """
    from safetensors import SafetensorError
    from sentence_transformers import SentenceTransformer

    source = name.removeprefix(PREFIX)
    local = is_local(source)
    place = str(Path(source).expanduser()) if local else source
    try:
        model = SentenceTransformer(place, device=device_name(), trust_remote_code=False, local_files_only=local)
    except (OSError, ValueError, RuntimeError, KeyError, TypeError, pickle.UnpicklingError, SafetensorError) as error:
        raise not_opened("encoder", name, local, error) from error
    model.eval()
    probe = model.encode([PROBE_TEXT], convert_to_numpy=True, show_progress_bar=False)
    return SentenceEncoder(name, _fingerprint(model), int(np.asarray(probe).shape[1]), model)


def is_local(source: str) -> bool:
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


def not_opened(what: str, name: str, local: bool, error: Exception) -> Exception:
    """Return the error that says why a model cannot be used."""
    kind = type(error).__name__
    if local:
        return InputError(
            f"{what} '{name}' cannot be used ({kind}): the folder is no complete model, or needs code of its own."
        )
    return EngineUnreachable(f"{what} '{name}' could not be downloaded ({kind}). Give a folder instead of a hub name.")
