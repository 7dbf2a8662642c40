"""The models of a workspace: encoders by name, those fitted on its own cases, and the classifier's heads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from clip.classification.heads import heads_folder
from clip.encoder_names import HOG_PCA, TFIDF_SVD
from clip.encoders import ImageEncoder, TextEncoder, load_image_encoder, load_text_encoder
from clip.remembering import remembering
from ingest.errors import DamagedFile, StaleProjection
from ingest.evenly import taken_evenly
from ingest.images.objects import ObjectStore
from ingest.store.interface import DocumentStore
from rag.index.passages import passages_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from clip.classification.classify import Classifier
    from clip.vectors import Vectors

MAX_LEARNT_FROM = 20_000  # cases; the word pairs of more would fill the memory, and tell nothing new


class LoadedModels:
    """Loads each model once, when it is first needed."""

    def __init__(
        self,
        folder: Path,
        image_encoder: str,
        text_encoder: str,
        way_back: Callable[[str], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self.folder = folder
        self.names = (image_encoder, text_encoder)
        self._way_back = way_back
        self._image_encoder: ImageEncoder | None = None
        self._asking_encoder: ImageEncoder | None = None
        self._text_encoder: TextEncoder | None = None
        self._classifier: Classifier | None = None

    @property
    def image_encoder(self) -> ImageEncoder:
        """The encoder of images."""
        if self._image_encoder is None:
            with self._way_back("image_encoder"):
                self._image_encoder = load_image_encoder(self.names[0], self.folder)
        return self._image_encoder

    @property
    def asking_encoder(self) -> ImageEncoder:
        """The encoder of images for those of questions, which ask more than once."""
        if self._asking_encoder is None:
            self._asking_encoder = remembering(self.image_encoder)
        return self._asking_encoder

    @property
    def text_encoder(self) -> TextEncoder:
        """The encoder of texts."""
        if self._text_encoder is None:
            with self._way_back("text_encoder"):
                self._text_encoder = load_text_encoder(self.names[1], self.folder)
        return self._text_encoder

    def require_loadable(self) -> None:
        """Load the encoders that are not fitted on the corpus, before anything is changed. Raises InputError."""
        if self.names[0] != HOG_PCA:
            _ = self.image_encoder
        if self.names[1] != TFIDF_SVD:
            _ = self.text_encoder

    @property
    def classifier(self) -> Classifier:
        """The heads that were trained together with this encoder, else those trained on its vectors of these cases."""
        if self._classifier is None:
            from clip.classification.classify import load_classifier

            self._classifier = load_classifier(heads_folder(self.names[0], self.folder), self.image_encoder)
        return self._classifier

    def strangeness(self, pngs: Sequence[bytes], vectors: Vectors) -> NDArray[np.float64]:
        """Return how unlike its training images the classifier finds PNGs with these vectors, as `Classifier.scores`.

        The classifier is loaded no earlier than now: a search by words needs none. Raises StaleProjection, DamagedFile.
        """
        return self.classifier.scores(pngs, vectors)

    def forget_classifier(self) -> None:
        """Load the heads again when they are next asked for: others were trained meanwhile."""
        self._classifier = None

    @property
    def comes_with_heads(self) -> bool:
        """Tell whether the image encoder has heads of its own, so that none are trained on the workspace's cases."""
        return heads_folder(self.names[0], self.folder) != self.folder

    def fit(self, store: DocumentStore, objects: ObjectStore, folder: Path, *, from_scratch: bool) -> None:
        """Fit the encoders that are fitted on a corpus: where they are missing or damaged, or `from_scratch`.

        They are saved in `folder`, from where `clip.saved.move_saved` puts them in the place of the earlier ones.
        """
        if self.names[0] == HOG_PCA and (from_scratch or not self._loads("image_encoder")):
            from clip.hog import fit_hog_pca

            self._image_encoder = fit_hog_pca(_images(store, objects), folder)
            self._asking_encoder = None
        if self.names[1] == TFIDF_SVD and (from_scratch or not self._loads("text_encoder")):
            from clip.tfidf import fit_tfidf_svd

            self._text_encoder = fit_tfidf_svd(_texts(store), folder)

    def probe_texts(self, store: DocumentStore) -> tuple[str, ...]:
        """Try the text encoder on the cases' texts and return what is notable; nothing where it is fitted on them.

        Raises
        ------
        UnfitModel
            If it cannot tell these texts apart.
        """
        if self.names[1] == TFIDF_SVD:
            return ()
        from clip.text_probe import probe_text_encoder

        return probe_text_encoder(self.text_encoder, list(_texts(store)))

    def _loads(self, name: str) -> bool:
        try:
            getattr(self, name)
        except (StaleProjection, DamagedFile):
            return False
        return True


def _texts(store: DocumentStore) -> Iterator[str]:
    """Yield the passages of the cases that encoders learn the words of: all, or enough of them."""
    learnt_from = frozenset(taken_evenly(store.case_ids(), MAX_LEARNT_FROM))
    cases = (stored.case for stored in store.cases() if stored.case.case_id in learnt_from)
    return (passage.text for case in cases for passage in passages_of(case))


def _images(store: DocumentStore, objects: ObjectStore) -> Iterator[bytes]:
    for stored in store.cases():
        yield from (objects.read(image.object_key) for image in stored.case.images if image.object_key)
