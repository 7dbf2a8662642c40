"""The built-in model ``compact``: images and words in one space, with heads that classify, in the package itself.

What it was trained on, how, and what it can and cannot do: ``docs/reference/compact.md``.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from clip.encoder_names import COMPACT

if TYPE_CHECKING:
    from clip.open_clip_encoder import OpenClipEncoder

FOLDER = Path(__file__).parent / COMPACT


@lru_cache(maxsize=1)
def load_compact() -> OpenClipEncoder:
    """Load the built-in model, once in a process. Raises DamagedFile if the installation is damaged."""
    from clip.open_clip_encoder import load_own_model

    return load_own_model(COMPACT, FOLDER)
