"""What a classifier must beat: the most frequent label, what the file alone tells, and HOG with an SVM.

All three learn from the same train images and answer for the same ones, in the run in which they are compared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clip.hog import features
from clip.pixels import open_png, without_border

HOG_SVM = "hog + svm"
SVM_PENALTY = 10.0  # case-grouped cross-validation over the MedPix 2.0 train split
Rows = NDArray[np.floating]


def file_facts(png: bytes) -> NDArray[np.float64]:
    """Return what is known of an image without looking at it: size, colour type, and the border around it."""
    grey = np.asarray(open_png(png, "L"))
    colour = np.asarray(open_png(png, "RGB"))
    inside = without_border(grey)
    height, width = grey.shape
    shares = (inside.shape[0] / height, inside.shape[1] / width)
    return np.array([width, height, width / height, bool(np.ptp(colour, axis=2).any()), *shares, float(grey[0, 0])])


def _majority(_: Sequence[bytes]) -> NDArray[np.float64]:
    return np.zeros((len(_), 1))


def _constant() -> Any:
    from sklearn.dummy import DummyClassifier

    return DummyClassifier(strategy="most_frequent")


def _forest() -> Any:
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(200, min_samples_leaf=2, random_state=0)


def _svm() -> Any:
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC

    return make_pipeline(StandardScaler(), SVC(C=SVM_PENALTY))


BASELINES: Mapping[str, tuple[Callable[[Sequence[bytes]], Rows], Callable[[], Any]]] = {
    "majority": (_majority, _constant),
    "size, colour, border": (lambda pngs: np.stack([file_facts(png) for png in pngs]), _forest),
    HOG_SVM: (lambda pngs: np.stack([features(png) for png in pngs]), _svm),
}


class Baselines:
    """Describes all images once; then answers task by task."""

    def __init__(self, train: Sequence[bytes], judged: Sequence[bytes]) -> None:
        self.described = {
            name: (describe(train), describe(judged)) for name, (describe, _) in BASELINES.items() if train and judged
        }

    def answers(self, labels: Sequence[str | None]) -> dict[str, list[str]]:
        """Return what each baseline answers for each judged image, having learned these labels of the train ones."""
        from threadpoolctl import threadpool_limits

        rows = [row for row, label in enumerate(labels) if label is not None]
        kinds = Counter(labels[row] for row in rows)
        if not kinds:
            return {}
        known = [str(labels[row]) for row in rows]
        with threadpool_limits(1):
            return {
                name: (_constant() if len(kinds) == 1 else BASELINES[name][1]())
                .fit(train[rows], known)
                .predict(judged)
                .tolist()
                for name, (train, judged) in self.described.items()
            }
