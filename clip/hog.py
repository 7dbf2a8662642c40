"""The image encoder ``hog-pca``: gradients and intensities of an image, reduced by PCA fitted on the corpus.

An image's size, colour type and border tell CT from MR at 65 % in MedPix 2.0 without any vision. So an image
is first made grey, freed of its border, padded to a square and resized; only then described by

- histograms of oriented gradients (Dalal and Triggs, CVPR 2005),
- a histogram of its intensities,
- a thumbnail of 16 x 16 pixels.

Needs no downloaded model. Encodes about 100 images a second on one core.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clip.encoder_names import HOG_PCA
from clip.pixels import BORDER_SHARE, BORDER_TOLERANCE, square_image
from clip.saved import Saved, read_saved, write_saved
from clip.vectors import Vectors, require_vectors, unit_vectors
from ingest.errors import InputError

FEATURES_VERSION = 1  # raise it when `features` gives other numbers
SIDE_PX = 128
CELL_PX = 16
ORIENTATIONS = 9
INTENSITY_BINS = 32
THUMBNAIL_SIDE_PX = 16
HISTOGRAM_WEIGHT = 0.5  # both weights: case-grouped cross-validation over the MedPix 2.0 train split
THUMBNAIL_WEIGHT = 0.5
CONSTANT = 1e-3  # gives a direction to an image that is exactly average; too small to be seen in a similarity
MAX_FITTED = 20_000  # images; their features fill 190 MB, and more hardly move 256 axes


@dataclass(frozen=True, eq=False)
class HogPca:
    """The fitted encoder."""

    fingerprint: str
    mean: NDArray[np.float32]
    axes: NDArray[np.float32]
    name: str = HOG_PCA

    @property
    def dimension(self) -> int:
        """Length of its vectors."""
        return len(self.axes) + 1

    def embed_images(self, pngs: Sequence[bytes]) -> Vectors:
        """Return one unit vector per PNG, float32 of shape (m, d)."""
        if not pngs:
            return np.zeros((0, self.dimension), dtype=np.float32)
        projected = (np.stack([features(png) for png in pngs]) - self.mean) @ self.axes.T
        constant = np.full((len(projected), 1), CONSTANT, dtype=np.float32)
        return require_vectors(unit_vectors(np.hstack([projected, constant])))


def fit_hog_pca(pngs: Iterable[bytes], folder: Path, dimension: int = 256) -> HogPca:
    """Fit the axes on the images of a corpus, save them in `folder` and return the encoder.

    A corpus of few images gives fewer than `dimension` axes.

    Raises
    ------
    InputError
        If there is no image, or one cannot be read.
    StorageError
        If the encoder cannot be saved.
    """
    rows = [features(png) for png in islice(pngs, MAX_FITTED)]
    if not rows:
        raise InputError(f"{HOG_PCA} needs at least one image to be fitted on. Ingest cases with images first.")
    described = np.stack(rows)
    arrays = {"mean": described.mean(axis=0), "axes": _principal_axes(described, dimension - 1)}
    return _encoder(write_saved(folder, HOG_PCA, arrays, _preprocessing()))


def load_hog_pca(folder: Path) -> HogPca:
    """Load the encoder that `fit_hog_pca` saved. Raises StaleProjection if there is none."""
    return _encoder(read_saved(folder, HOG_PCA))


def _encoder(saved: Saved) -> HogPca:
    return HogPca(saved.fingerprint, saved.arrays["mean"], saved.arrays["axes"])


def _principal_axes(described: NDArray[np.float32], most: int) -> NDArray[np.float32]:
    """Return at most `most` principal axes as rows; m images span m - 1 at most."""
    from sklearn.decomposition import PCA
    from threadpoolctl import threadpool_limits

    count = min(most, len(described) - 1, described.shape[1])
    if count < 1:
        return np.zeros((0, described.shape[1]), dtype=np.float32)
    with threadpool_limits(1):  # so that the same images give the same axes, whatever the number of cores
        fitted = PCA(count, random_state=0).fit(described)
    return np.asarray(fitted.components_, dtype=np.float32)


def features(png: bytes) -> NDArray[np.float32]:
    """Describe one image by its gradients, intensities and a thumbnail, each of a fixed length."""
    from PIL import Image
    from skimage.feature import hog

    square = square_image(png, SIDE_PX)
    cell = (CELL_PX, CELL_PX)
    gradients = hog(square, ORIENTATIONS, pixels_per_cell=cell, cells_per_block=(2, 2), block_norm="L2-Hys")
    counts = np.histogram(square, INTENSITY_BINS, (0, 256))[0]
    small = (THUMBNAIL_SIDE_PX, THUMBNAIL_SIDE_PX)
    thumbnail = np.asarray(Image.fromarray(square).resize(small, Image.Resampling.BOX), dtype=np.float64)
    intensities = HISTOGRAM_WEIGHT * np.sqrt(counts / counts.sum())  # square roots: Hellinger distance
    parts = [_scaled(gradients), intensities, THUMBNAIL_WEIGHT * _scaled(thumbnail.ravel())]
    return np.concatenate(parts).astype(np.float32)


def _scaled(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scale to length 1; a blank image stays zero."""
    return values / max(float(np.linalg.norm(values)), 1e-12)


def _preprocessing() -> dict[str, Any]:
    return {
        "name": HOG_PCA,
        "features_version": FEATURES_VERSION,
        "side_px": SIDE_PX,
        "cell_px": CELL_PX,
        "orientations": ORIENTATIONS,
        "intensity_bins": INTENSITY_BINS,
        "thumbnail_side_px": THUMBNAIL_SIDE_PX,
        "border_tolerance": BORDER_TOLERANCE,
        "border_share": BORDER_SHARE,
        "histogram_weight": HISTOGRAM_WEIGHT,
        "thumbnail_weight": THUMBNAIL_WEIGHT,
        "constant": CONSTANT,
    }
