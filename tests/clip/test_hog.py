import io

import numpy as np
import pytest
from drawn_images import png_of, ring, stripes
from PIL import Image

from clip import hog
from clip.hog import fit_hog_pca, load_hog_pca
from clip.pixels import without_border
from ingest.errors import InputError


@pytest.fixture(scope="module")
def images():
    return [png_of(draw(seed)) for seed in range(15) for draw in (ring, stripes)]


@pytest.fixture(scope="module")
def fitted(images, tmp_path_factory):
    folder = tmp_path_factory.mktemp("encoder")
    return fit_hog_pca(images, folder), folder


def cosine(encoder, first, second):
    vectors = encoder.embed_images([first, second])
    return float(vectors[0] @ vectors[1])


def as_kind(png, mode):
    buffer = io.BytesIO()
    Image.open(io.BytesIO(png)).convert(mode).save(buffer, "PNG")
    return buffer.getvalue()


def test_the_encoder_that_was_saved_gives_the_vectors_of_the_one_that_was_fitted(fitted, images):
    encoder, folder = fitted
    loaded = load_hog_pca(folder)
    assert loaded.fingerprint == encoder.fingerprint
    assert loaded.dimension == encoder.dimension
    np.testing.assert_array_equal(loaded.embed_images(images), encoder.embed_images(images))


def test_vectors_have_length_one_and_the_promised_dimension(fitted, images):
    vectors = fitted[0].embed_images(images)
    assert vectors.dtype == np.float32
    assert vectors.shape == (30, fitted[0].dimension)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert fitted[0].embed_images([]).shape == (0, fitted[0].dimension)


def test_a_vector_does_not_depend_on_the_images_beside_it(fitted, images):
    together = fitted[0].embed_images(images[::-1])[::-1]
    alone = np.concatenate([fitted[0].embed_images([png]) for png in images])
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_with_all_axes_distances_are_those_of_the_features(fitted, images):
    described = np.stack([hog.features(png) for png in images])
    centred = described - described.mean(axis=0)
    expected = centred @ centred.T
    lengths = np.sqrt(np.diag(expected))
    vectors = fitted[0].embed_images(images)
    np.testing.assert_allclose(vectors @ vectors.T, expected / np.outer(lengths, lengths), atol=1e-3)


def test_images_of_one_kind_are_nearer_than_images_of_two(fitted):
    new = fitted[0].embed_images([png_of(ring(101)), png_of(ring(102)), png_of(stripes(103))])
    assert new[0] @ new[1] > new[0] @ new[2] + 0.3


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P"])
def test_the_colour_type_of_a_grey_image_leaves_no_trace(fitted, images, mode):
    assert cosine(fitted[0], images[0], as_kind(images[0], mode)) > 0.999


@pytest.mark.parametrize("level", [0, 255])
def test_a_border_leaves_hardly_a_trace(fitted, level):
    image = stripes(3)[8:150, 45:115]
    bordered = np.pad(image, ((60, 20), (10, 90)), constant_values=level)
    assert cosine(fitted[0], png_of(image), png_of(bordered)) > 0.95


def test_the_size_in_pixels_leaves_hardly_a_trace(fitted):
    image = ring(5, side_px=400)
    smaller = np.asarray(Image.fromarray(image).resize((200, 200), Image.Resampling.BOX))
    assert cosine(fitted[0], png_of(image), png_of(smaller)) > 0.98


def test_a_border_is_cut_off_exactly():
    inside = np.random.default_rng(0).integers(60, 255, (40, 30), dtype=np.uint8)
    np.testing.assert_array_equal(without_border(np.pad(inside, ((5, 3), (0, 7)))), inside)
    np.testing.assert_array_equal(without_border(inside), inside)


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (3, 2)])
def test_blank_and_tiny_images_get_a_vector_too(fitted, shape):
    for level in (0, 255):
        fitted[0].embed_images([png_of(np.full(shape, level, dtype=np.uint8))])


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_corpus_of_few_images_gives_few_dimensions(tmp_path, images, count):
    encoder = fit_hog_pca(images[:count], tmp_path)
    assert encoder.dimension == count
    encoder.embed_images(images)


def test_a_corpus_of_one_image_many_times_can_be_encoded(tmp_path, images):
    fit_hog_pca([images[0]] * 5, tmp_path).embed_images(images[:4])


def test_the_fingerprint_is_that_of_the_corpus_and_changes_with_it(fitted, images, tmp_path):
    assert fit_hog_pca(images, tmp_path).fingerprint == fitted[0].fingerprint
    assert fit_hog_pca(images[1:], tmp_path).fingerprint != fitted[0].fingerprint


def test_t25_the_fingerprint_changes_with_the_preprocessing(fitted, images, tmp_path, monkeypatch):
    monkeypatch.setattr(hog, "FEATURES_VERSION", hog.FEATURES_VERSION + 1)
    assert fit_hog_pca(images, tmp_path).fingerprint != fitted[0].fingerprint


def test_a_file_that_is_no_png_is_refused(fitted, images):
    for data in (b"", b"GIF89a", images[0][:100], images[0][:-400]):
        with pytest.raises(InputError, match="not a readable PNG"):
            fitted[0].embed_images([data])


def test_a_corpus_without_images_is_refused(tmp_path):
    with pytest.raises(InputError, match="at least one image"):
        fit_hog_pca([], tmp_path)
