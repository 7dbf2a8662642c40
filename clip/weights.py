"""What encoders of downloaded or own models share: where they run, and what tells two of them apart."""

from __future__ import annotations

import hashlib
import json
import pickle
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clip.checkpoint_names import tensors_of
from clip.model_files import require_real_file
from ingest.errors import InputError

if TYPE_CHECKING:
    import torch

WEIGHT_FILES = (".safetensors", ".pt", ".pth", ".bin", ".ckpt")

# long enough to use capitals, numbers, hyphens and words that a small vocabulary has to split
PROBE_TEXT = "73-year-old: T2-weighted MRI shows a 2.5 cm ring-enhancing lesion, left parietal lobe; no midline shift."


def device_name() -> str:
    """Return ``cuda`` where a GPU can be used, else ``cpu``."""
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def fingerprint_of(weights: Mapping[str, torch.Tensor], settings: Mapping[str, Any]) -> str:
    """Return the SHA-256 over all weights, by name, and over the settings of preprocessing.

    The same weights give the same fingerprint from whatever kind of file and folder they came.
    """
    import torch

    digest = hashlib.sha256(json.dumps(settings, sort_keys=True, default=str).encode())
    for name in sorted(weights):
        tensor = weights[name].detach().cpu().contiguous()
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        digest.update(tensor.reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()


def read_tensors(path: Path, published_sha256: str | None) -> dict[str, torch.Tensor]:
    """Return the tensors of a file of weights by name; nothing in the file is ever run.

    Parameters
    ----------
    published_sha256 : str or None
        Of the file as its publisher gives it. A TorchScript archive, which holds code, is read only if it has it.

    Raises
    ------
    InputError
        If the file is damaged or no weights (a git-lfs pointer, a web page), wants to run code, or holds no tensors
        by name.
    """
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    require_real_file(path)
    try:
        if path.suffix == ".safetensors":
            return tensors_of(load_file(path), str(path))
        with torch.serialization.safe_globals([Namespace]):  # Lightning keeps arguments so; it holds values only
            found = torch.load(path, map_location="cpu", weights_only=True)
    except (RuntimeError, OSError, EOFError, pickle.UnpicklingError, SafetensorError) as error:
        if published_sha256 is None or sha256_of_file(path) != published_sha256:
            raise InputError(
                f"'{path}' is damaged or wants to run code, and is not the file that its publisher gives a digest for. "
                "Give the weights as .safetensors."
            ) from error
        found = torch.jit.load(str(path), map_location="cpu").state_dict()
    kept = tensors_of(found, str(path))
    for name in ("input_resolution", "context_length", "vocab_size"):  # what OpenAI keeps beside its weights
        kept.pop(name, None)
    if not kept:
        raise InputError(f"'{path}' holds no named weights.")
    return kept


def sha256_of_file(path: Path) -> str:
    """Return the SHA-256 of a file, read in parts."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
