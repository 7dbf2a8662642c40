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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
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
    from sentence_transformers import SentenceTransformer

    with opening("encoder", name, name.removeprefix(PREFIX)) as (place, local):
        model = SentenceTransformer(place, device=device_name(), trust_remote_code=False, local_files_only=local)
    model.eval()
    probe = model.encode([PROBE_TEXT], convert_to_numpy=True, show_progress_bar=False)
    return SentenceEncoder(name, _fingerprint(model), int(np.asarray(probe).shape[1]), model)


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
    try:
        yield (str(Path(source).expanduser()) if local else source), local
    except (OSError, ValueError, RuntimeError, KeyError, TypeError, pickle.UnpicklingError, SafetensorError) as error:
        raise _not_opened(what, name, local, error) from error


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
    if local:
        return InputError(
            f"{what} '{name}' cannot be used ({kind}): the folder is no complete model, or needs code of its own."
        )
    return EngineUnreachable(f"{what} '{name}' could not be downloaded ({kind}). Give a folder instead of a hub name.")
