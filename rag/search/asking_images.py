"""The images that ask, as vectors, each with what it is in words.

An image that was given asks as it is and in views of it: turned, mirrored, cut out of a screenshot
(`clip.question_views`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clip.encoders import ImageEncoder, embeds_texts_too
from clip.question_views import QuestionViews, whole_image
from rag.index.interface import VectorIndex
from rag.search.channels import require_unit
from rag.search.feedback import moved
from rag.search.nearest_images import AskingImages, as_given
from rag.search.question import Question

MAX_VIEWED = 4  # images of a question that are looked at in views too: 24 to embed at most, a second on two cores


@dataclass(frozen=True, eq=False)
class GivenImages:
    """Images that were given, in the views that are compared.

    Attributes
    ----------
    pngs : tuple of bytes, length q
        The views.
    asking : AskingImages
        The same as vectors.
    numbers : ndarray of int, shape (q,)
        Which of the images each is a view of.
    """

    pngs: tuple[bytes, ...]
    asking: AskingImages
    numbers: NDArray[np.intp]

    @property
    def count(self) -> int:
        """How many images were given."""
        return int(self.numbers[-1]) + 1 if len(self.numbers) else 0

    def rows_of(self, number: int) -> NDArray[np.intp]:
        """Return the rows of the views of one image, the image as it was given first."""
        return np.flatnonzero(self.numbers == number)

    def name_of(self, number: int) -> str:
        """Return what one image is called."""
        return self.asking.names[int(self.rows_of(number)[0])]

    def only(self, numbers: Sequence[int]) -> AskingImages | None:
        """Return the views of these images as what asks; None of no image."""
        if not numbers:
            return None
        kept, asking = np.flatnonzero(np.isin(self.numbers, numbers)), self.asking
        return AskingImages(asking.vectors[kept], tuple(asking.names[row] for row in kept), asking.changed[kept])


def given_images(pngs: Sequence[bytes], encoder: ImageEncoder, views: QuestionViews = whole_image) -> GivenImages:
    """Return images that were given, in views where there are no more than `MAX_VIEWED`."""
    views = views if len(pngs) <= MAX_VIEWED else whole_image
    called = ["your image"] if len(pngs) == 1 else [f"your image {number}" for number in range(1, len(pngs) + 1)]
    seen = [(number, view) for number, png in enumerate(pngs) for view in views(png)]
    names = tuple(f"{called[number]}, {view.change}" if view.change else called[number] for number, view in seen)
    changed = np.array([bool(view.change) for _, view in seen], dtype=bool)
    shown = tuple(view.png for _, view in seen)
    asking = AskingImages(encoder.embed_images(shown), names, changed)
    return GivenImages(shown, asking, np.array([number for number, _ in seen], dtype=np.intp))


def asking_images(question: Question, index: VectorIndex, encoder: ImageEncoder) -> AskingImages:
    """Return the images that ask.

    Those are the images given, else those of the case, else, in a space that they share, the words; beside them
    those that were liked. All are moved away from those that were not.
    """
    query, feedback = question.query, question.feedback
    own = question.given or _own_images(question, index, encoder)
    liked = index.vectors_of_images(feedback.liked_images)
    for case in feedback.liked:
        liked = np.concatenate([liked, index.vectors_of(case.case_id)])
    disliked = index.vectors_of_images(feedback.disliked_images)
    if not feedback.disliked_images:
        disliked = np.concatenate([index.vectors_of(case.case_id) for case in feedback.disliked] or [disliked])
    asking = np.concatenate([own.vectors, liked]) if len(own.vectors) else liked
    if len(asking):
        asking = moved(require_unit(asking, encoder.name), asking[:0], disliked)
    names = [f"an image that you liked ({', '.join(query.more)})"] * len(liked)
    return AskingImages(asking, (*own.names, *names), np.concatenate([own.changed, np.zeros(len(liked), dtype=bool)]))


def _own_images(question: Question, index: VectorIndex, encoder: ImageEncoder) -> AskingImages:
    query, case = question.query, question.case
    if case is not None:
        return as_given(index.vectors_of(case.case_id), f"one of {case.short_id}")
    if query.text and embeds_texts_too(encoder):
        return as_given(encoder.embed_texts([query.text]), "your words")
    return as_given(np.zeros((0, encoder.dimension), dtype=np.float32), "")
