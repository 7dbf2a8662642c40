"""Encoders: what turns images and words into vectors, chosen by name.

An encoder's `fingerprint` is a SHA-256 over its weights and its preprocessing: vectors of two encoders can be
compared only where the fingerprints are equal. The names are

- ``compact``: the built-in model, images and words in one space;
- ``hog-pca``: gradients and intensities of an image, reduced by PCA that was fitted on the corpus;
- ``tfidf-svd``: word weights of a text, reduced by an SVD that was fitted on the corpus;
- ``all-minilm-l6-v2``: words, by a small model of general English that the extra ``minilm`` installs;
- ``open_clip:<model>:<pretrained tag or file of weights>``, ``open_clip:local-dir:<folder>``,
  ``open_clip:hf-hub:<owner/model>``: images and words in one space;
- ``sentence-transformers:<folder or hub name>``: words;
- the name of a model that was added to the workspace (`clip.registry`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol, TypeGuard

from clip.encoder_names import COMPACT, HOG_PCA, MINILM, TFIDF_SVD
from clip.vectors import Vectors
from ingest.errors import InputError
from ingest.remedies import Remedy, RemedyAction

ADDED = "a model of the list of models"
IMAGE_ENCODERS = (COMPACT, HOG_PCA, "open_clip:<model>:<pretrained tag or file>", ADDED)
TEXT_ENCODERS = (
    TFIDF_SVD,
    COMPACT,
    MINILM,
    "sentence-transformers:<name or folder>",
    "open_clip:<model>:<pretrained tag or file>",
    ADDED,
)


class Encoder(Protocol):
    """What every encoder says of itself."""

    @property
    def name(self) -> str:
        """The name by which it was loaded."""
        ...

    @property
    def fingerprint(self) -> str:
        """SHA-256 over weights and preprocessing."""
        ...

    @property
    def dimension(self) -> int:
        """Length d of its vectors."""
        ...


class ImageEncoder(Encoder, Protocol):
    """Turns images into unit vectors."""

    def embed_images(self, pngs: Sequence[bytes]) -> Vectors:
        """Return one unit vector per PNG, float32 of shape (m, d)."""
        ...


class TextEncoder(Encoder, Protocol):
    """Turns texts into unit vectors."""

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector per text, float32 of shape (t, d)."""
        ...


def embeds_texts_too(encoder: Encoder) -> TypeGuard[TextEncoder]:
    """Tell whether an image encoder also puts words into the space of its images, as CLIP does."""
    return callable(getattr(encoder, "embed_texts", None))


def load_image_encoder(name: str, folder: Path) -> ImageEncoder:
    """Load an image encoder by name; `folder` holds those that were fitted on the corpus, or added.

    Raises
    ------
    InputError
        If no image encoder has that name, or its weights cannot be used.
    StaleProjection
        If it has to be fitted first.
    """
    if name == HOG_PCA:
        from clip.hog import load_hog_pca

        return load_hog_pca(folder)
    return _load_either("image", name, folder, IMAGE_ENCODERS)


def load_text_encoder(name: str, folder: Path) -> TextEncoder:
    """Load a text encoder by name; `folder` holds those that were fitted on the corpus, or added.

    Raises
    ------
    InputError
        If no text encoder has that name, or its weights cannot be used.
    StaleProjection
        If it has to be fitted first.
    MissingExtra
        If the package that brings it is not installed.
    DamagedFile
        If the weights are not those that were published or added.
    """
    if name == TFIDF_SVD:
        from clip.tfidf import load_tfidf_svd

        return load_tfidf_svd(folder)
    if name == MINILM:
        from clip.minilm import load_minilm

        return load_minilm()
    if name.startswith("sentence-transformers:"):
        from clip.sentence_encoder import load_sentence_transformer

        return load_sentence_transformer(name)
    return _load_either("text", name, folder, TEXT_ENCODERS)


def _load_either(kind: str, name: str, folder: Path, accepted: Sequence[str]) -> Any:
    """Load what may encode images and texts alike: the built-in model, one of open_clip, one that was added."""
    if name == COMPACT:
        from clip.builtin import load_compact

        return load_compact()
    if name.startswith("open_clip:"):
        from clip.open_clip_encoder import load_open_clip

        return load_open_clip(name)
    return _load_added(kind, name, folder, accepted)


def _load_added(kind: str, name: str, folder: Path, accepted: Sequence[str]) -> Any:
    """Load a model that was added under this name, after a look at every digest."""
    from clip.registry import IMAGES_AND_TEXTS, described_models, find_added, require_unchanged

    added = find_added(name, folder)
    if added is None:
        known = described_models().get(name)
        if known is None:
            raise InputError(
                f"{kind} encoder '{name}' is unknown. Use one of: {', '.join(accepted)}.",
                remedy=Remedy(RemedyAction.LIST_MODELS),
            )
        raise InputError(
            f"the weights of '{name}' are not here. Get them ({known.weights.source}), then add them.",
            remedy=Remedy(RemedyAction.ADD_MODEL, name),
        )
    require_unchanged(added)
    if added.kind == IMAGES_AND_TEXTS:
        from clip.open_clip_encoder import load_own_model

        return load_own_model(name, added.folder)
    if kind == "image":
        raise InputError(f"model '{name}' is for texts: name it as the text encoder.")
    from clip.sentence_encoder import PREFIX, load_sentence_transformer

    return replace(load_sentence_transformer(f"{PREFIX}{added.folder}"), name=name)
