"""What encoders of downloaded or own models share: where they run, and what tells two of them apart."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

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
