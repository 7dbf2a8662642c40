"""An encoder of images that remembers: the image of a question is embedded once, however often it asks.

A search looks at an image in several views, its explanation looks again, and so does every change of a filter on a
page. What is remembered is the vector, under the SHA-256 of the image; the image itself is not kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from threading import Lock

import numpy as np
from cachetools import LRUCache

from clip.encoders import Encoder, ImageEncoder, TextEncoder, embeds_texts_too
from clip.vectors import Vectors

REMEMBERED = 256  # vectors, a quarter of a megabyte: thirty images in all their views


class RememberingEncoder:
    """Embeds images as `encoder` does, those that it was asked for last only once; safe to use from many threads."""

    def __init__(self, encoder: ImageEncoder, *, most: int = REMEMBERED) -> None:
        self.name, self.dimension, self.fingerprint = encoder.name, encoder.dimension, encoder.fingerprint
        self._encoder = encoder
        self._known: LRUCache[str, Vectors] = LRUCache(most)
        self._lock = Lock()

    def embed_images(self, pngs: Sequence[bytes]) -> Vectors:
        """Return one unit vector per PNG, float32 of shape (m, d)."""
        keys = [hashlib.sha256(png).hexdigest() for png in pngs]
        with self._lock:
            found = {key: self._known[key] for key in keys if key in self._known}
        new = {key: png for key, png in zip(keys, pngs, strict=True) if key not in found}
        if new:
            made = dict(zip(new, self._encoder.embed_images(list(new.values())), strict=True))
            found |= made
            with self._lock:
                self._known.update(made)
        return np.stack([found[key] for key in keys]) if keys else np.zeros((0, self.dimension), dtype=np.float32)


class RememberingBoth(RememberingEncoder):
    """The same for an encoder that puts words into the space of its images; texts are embedded anew each time."""

    def __init__(self, encoder: ImageEncoder, texts: TextEncoder) -> None:
        super().__init__(encoder)
        self._texts = texts

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector per text, float32 of shape (t, d)."""
        return self._texts.embed_texts(texts)


def remembering(encoder: ImageEncoder) -> ImageEncoder:
    """Return an encoder that makes the same vectors, and remembers the last of them."""
    texts: Encoder = encoder
    return RememberingBoth(encoder, texts) if embeds_texts_too(texts) else RememberingEncoder(encoder)
