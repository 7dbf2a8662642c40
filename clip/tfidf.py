"""The text encoder ``tfidf-svd``: word weights reduced by an SVD fitted on the corpus (latent semantic analysis).

Words and pairs of words are weighted by TF-IDF with sublinear counts, then projected on the corpus's leading
right singular vectors (Deerwester et al., JASIS 1990). Needs no downloaded model.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clip.encoder_names import TFIDF_SVD
from clip.saved import Saved, read_saved, write_saved
from clip.vectors import Vectors, require_vectors, unit_vectors
from ingest.errors import InputError

if TYPE_CHECKING:
    from sklearn.feature_extraction.text import TfidfVectorizer

WORDS_VERSION = 1  # raise it when the same text is split into other words
MAX_TERMS = 20_000  # the most frequent ones; their axes then fill 20 MB at 256 dimensions
SMALL_CORPUS = 50  # texts; from here on a term has to occur in two of them
# stop words of scikit-learn that say something in a report
MEANINGFUL = frozenset({"back", "bottom", "fill", "full", "empty", "front", "side", "system", "thick", "thin", "top"})


@dataclass(frozen=True, eq=False)
class TfidfSvd:
    """The fitted encoder."""

    fingerprint: str
    term_vectors: NDArray[np.float32]  # (terms, d), row by row in memory: a product reads it as it lies
    vectorizer: TfidfVectorizer
    name: str = TFIDF_SVD

    @property
    def dimension(self) -> int:
        """Length of its vectors."""
        return self.term_vectors.shape[1]

    def knows(self, text: str) -> bool:
        """Tell whether any word of the text was in the corpus."""
        return self.vectorizer.transform([text]).nnz > 0

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector per text, float32 of shape (t, d).

        A text without any known word gets a direction of its own, drawn from its SHA-256, so that it
        resembles nothing but itself.
        """
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        projected = np.asarray(self.vectorizer.transform(texts).astype(np.float32) @ self.term_vectors)
        for row in np.flatnonzero(np.linalg.norm(projected, axis=1) < 1e-9):
            projected[row] = own_direction(texts[int(row)], self.dimension)
        return require_vectors(unit_vectors(projected))


def fit_tfidf_svd(texts: Iterable[str], folder: Path, dimension: int = 256) -> TfidfSvd:
    """Fit terms and axes on the texts of a corpus, save them in `folder` and return the encoder.

    Fewer texts or terms than `dimension` give fewer dimensions.

    Raises
    ------
    InputError
        If no text has a word in it.
    StorageError
        If the encoder cannot be saved.
    """
    corpus = list(texts)
    stop_words = _stop_words()
    least = 2 if len(corpus) >= SMALL_CORPUS else 1
    vectorizer = _vectorizer(stop_words, min_df=least, max_features=MAX_TERMS)
    try:
        weights = vectorizer.fit_transform(corpus)
    except ValueError as error:
        raise InputError(
            f"{TFIDF_SVD} needs texts with words to be fitted on. Ingest cases with texts first."
        ) from error
    terms = [str(term) for term in vectorizer.get_feature_names_out()]
    arrays = {"idf": vectorizer.idf_.astype(np.float64), "term_vectors": _term_vectors(weights, dimension)}
    facts = {"name": TFIDF_SVD, "words_version": WORDS_VERSION, "stop_words": stop_words, "terms": terms}
    return _encoder(write_saved(folder, TFIDF_SVD, arrays, facts))


def load_tfidf_svd(folder: Path) -> TfidfSvd:
    """Load the encoder that `fit_tfidf_svd` saved. Raises StaleProjection if there is none."""
    return _encoder(read_saved(folder, TFIDF_SVD))


def _encoder(saved: Saved) -> TfidfSvd:
    terms = {term: column for column, term in enumerate(saved.facts["terms"])}
    vectorizer = _vectorizer(saved.facts["stop_words"], vocabulary=terms)
    vectorizer.idf_ = saved.arrays["idf"]
    return TfidfSvd(saved.fingerprint, saved.arrays["term_vectors"], vectorizer)


def _vectorizer(stop_words: list[str], **settings: Any) -> TfidfVectorizer:
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(
        sublinear_tf=True, ngram_range=(1, 2), strip_accents="unicode", stop_words=stop_words, **settings
    )


def _stop_words() -> list[str]:
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    return sorted(ENGLISH_STOP_WORDS - MEANINGFUL)


def _term_vectors(weights: Any, dimension: int) -> NDArray[np.float32]:
    """Return what each term adds along the leading right singular vectors, shape (terms, d)."""
    from sklearn.utils.extmath import randomized_svd

    count = min(dimension, *weights.shape)
    axes = randomized_svd(weights, count, random_state=0)[2]
    return np.ascontiguousarray(axes.T, dtype=np.float32)


def own_direction(text: str, dimension: int) -> NDArray[np.float64]:
    """Return a direction that depends on the text alone: random, but the same on every machine."""
    seed = int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest())
    return np.random.default_rng(seed).standard_normal(dimension)
