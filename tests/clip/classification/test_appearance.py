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


def counted(pixels):
    """Count the same numbers pixel by pixel, for an image of 128 x 128 in three colours, 0 to 1."""
    side = range(128)
    grey = [[float(sum(pixels[y, x])) / 3 for x in side] for y in side]
    every = [level for row in grey for level in row]
    spreads = [float(max(pixels[y, x]) - min(pixels[y, x])) for y in side for x in side]
    numbers = [np.mean(spreads), np.mean([spread > 0.15 for spread in spreads])]
    bins = np.bincount([min(int(level * 12), 11) for level in every], minlength=12)
    numbers += [*np.sqrt(bins / len(every)), np.mean(every), np.std(every)]
    for lag in (1, 2, 4, 8, 16):
        down = [grey[y + lag][x] - grey[y][x] for y in side if y + lag < 128 for x in side]
        across = [grey[y][x + lag] - grey[y][x] for y in side for x in side if x + lag < 128]
        for differences in (down, across):
            numbers.append(np.log((np.mean(np.square(differences)) + 1e-4) / (np.var(every) + 1e-4)))
            numbers.append(np.log(np.mean(np.abs(differences)) + 1e-3))
    margins = {(y, x): min(y, x, 127 - y, 127 - x) for y in side for x in side}
    rings = [[grey[y][x] for (y, x), margin in margins.items() if margin * 5 // 64 == ring] for ring in range(5)]
    rings.append([grey[y][x] for (y, x), margin in margins.items() if margin < 2])
    numbers += [value for part in rings for value in (np.mean(part), np.std(part))]
    numbers.append(np.mean([abs(grey[y][x] - grey[y][127 - x]) for y in side for x in side]))
    for step in (lambda n, m: grey[n + 1][m] - grey[n][m], lambda n, m: grey[m][n + 1] - grey[m][n]):
        steps = [np.mean([abs(step(n, m)) for m in side]) for n in range(127)]
        best = sorted(steps[8:-8])
        numbers += [np.log((best[-1] + 1e-2) / (np.median(steps) + 1e-2)), np.mean(best[-3:])]
    return numbers


def test_every_number_is_the_one_counted_pixel_by_pixel():
    random = np.random.default_rng(4)
    levels = random.integers(0, 256, (128, 128, 3))
    levels[30:70, 20:60] = levels[30:70, 20:60, :1]  # a grey part
    levels[8, :] = levels[118, :] = 255 * (np.arange(128)[:, None] % 2)  # seams where they begin and end to count
    levels[:, 90:] //= 4
    levels[100, 100] = (128, 128, 128 - 38)  # nearly saturated
    levels = levels.astype(np.uint8)
    np.testing.assert_allclose(appearance(png_of(levels)), counted(levels / 255), rtol=1e-9)
