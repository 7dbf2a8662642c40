"""The images that ask, as vectors, each with what it is in words.

An image that was given asks as it is and in views of it: turned, mirrored, cut out of a screenshot
(`clip.question_views`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from clip.encoders import ImageEncoder
from clip.question_views import QuestionViews, whole_image
from rag.index.interface import VectorIndex
from rag.search.channels import require_unit
from rag.search.feedback import moved
from rag.search.nearest_images import AskingImages, as_given
from rag.search.question import Question, embeds_texts_too

MAX_VIEWED = 4  # images of a question that are looked at in views too: 24 to embed at most, a second on two cores


def asking_images(
    question: Question, index: VectorIndex, encoder: ImageEncoder, views: QuestionViews = whole_image
) -> AskingImages:
    """Return the images that ask.

    Those are the images given, else those of the case, else, in a space that they share, the words; beside them
    those that were liked. All are moved away from those that were not.
    """
    query, feedback = question.query, question.feedback
    own = _own_images(question, index, encoder, views)
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


def _own_images(question: Question, index: VectorIndex, encoder: ImageEncoder, views: QuestionViews) -> AskingImages:
    query, case = question.query, question.case
    if query.images:
        return _given_images(query.images, encoder, views if len(query.images) <= MAX_VIEWED else whole_image)
    if case is not None:
        return as_given(index.vectors_of(case.case_id), f"one of {case.short_id}")
    if query.text and embeds_texts_too(encoder):
        return as_given(encoder.embed_texts([query.text]), "your words")
    return as_given(np.zeros((0, encoder.dimension), dtype=np.float32), "")


def _given_images(pngs: Sequence[bytes], encoder: ImageEncoder, views: QuestionViews) -> AskingImages:
    called = ["your image"] if len(pngs) == 1 else [f"your image {number}" for number in range(1, len(pngs) + 1)]
    seen = [(name, view) for name, png in zip(called, pngs, strict=True) for view in views(png)]
    names = tuple(f"{name}, {view.change}" if view.change else name for name, view in seen)
    changed = np.array([bool(view.change) for _, view in seen])
    return AskingImages(encoder.embed_images([view.png for _, view in seen]), names, changed)
