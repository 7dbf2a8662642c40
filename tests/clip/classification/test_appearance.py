import io

import numpy as np
import pytest
from drawn_images import png_of, ring, stripes
from PIL import Image

from clip.classification.appearance import appearance


def enlarged(png, side):
    """The same image, in RGB and of another size."""
    stream = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").resize((side, side), Image.Resampling.NEAREST).save(stream, "PNG")
    return stream.getvalue()


def test_size_and_file_type_play_no_part():
    png = png_of(np.kron(np.random.default_rng(0).integers(0, 256, (32, 32)), np.ones((8, 8))).astype(np.uint8))
    np.testing.assert_allclose(appearance(png), appearance(enlarged(png, 512)), atol=1e-6)


@pytest.mark.parametrize("pixels", [np.zeros((5, 9)), np.full((300, 2), 255), np.zeros((1, 1))])
def test_plain_and_tiny_images_have_finite_numbers(pixels):
    numbers = appearance(png_of(pixels.astype(np.uint8)))
    assert numbers.shape == appearance(png_of(ring(0))).shape
    assert np.isfinite(numbers).all()


def test_what_looks_different_is_further_apart_than_what_looks_alike():
    rings, striped = [appearance(png_of(ring(seed))) for seed in range(2)], appearance(png_of(stripes(0)))
    assert np.linalg.norm(rings[0] - rings[1]) < np.linalg.norm(rings[0] - striped) / 2
