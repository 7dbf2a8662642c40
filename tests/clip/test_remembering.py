"""Images that ask more than once are embedded once, and nothing of them but their vectors is kept."""

from __future__ import annotations

import numpy as np
from search_cases import ImageEncoder, SharedSpaceEncoder

from clip.encoders import embeds_texts_too
from clip.remembering import RememberingEncoder, remembering


def test_an_image_is_embedded_once_however_often_it_asks():
    encoder = ImageEncoder()
    again = remembering(encoder)
    first = again.embed_images([b"a", b"b", b"a"])
    assert np.array_equal(first, ImageEncoder().embed_images([b"a", b"b", b"a"]))
    assert np.array_equal(again.embed_images([b"b"]), first[1:2])
    assert encoder.embedded == [b"a", b"b"]
    assert again.embed_images([]).shape == (0, encoder.dimension)


def test_the_image_that_asked_longest_ago_is_forgotten():
    encoder = ImageEncoder()
    again = RememberingEncoder(encoder, most=2)
    for png in (b"a", b"b", b"a", b"c", b"a", b"b"):
        again.embed_images([png])
    assert encoder.embedded == [b"a", b"b", b"c", b"b"]


def test_more_images_than_are_remembered_are_embedded_all_the_same():
    pngs = [str(number).encode() for number in range(5)]
    again = RememberingEncoder(ImageEncoder(), most=2)
    assert np.array_equal(again.embed_images(pngs), ImageEncoder().embed_images(pngs))


def test_an_encoder_of_images_and_words_stays_one():
    assert not embeds_texts_too(remembering(ImageEncoder()))
    again = remembering(SharedSpaceEncoder())
    assert embeds_texts_too(again)
    assert np.array_equal(again.embed_texts(["mass"]), SharedSpaceEncoder().embed_texts(["mass"]))
