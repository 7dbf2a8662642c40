import io
from dataclasses import replace

import numpy as np
import pytest
from drawn_images import png_of, ring, stripes
from PIL import Image

from clip.classification.classify import load_classifier, train_heads
from clip.classification.heat_map import GRID, STRONGEST, heat_map, hide, layer, overlay
from clip.hog import fit_hog_pca
from clip.vectors import unit_vectors
from ingest.errors import InputError


@pytest.fixture(scope="module")
def classifier(tmp_path_factory):
    folder = tmp_path_factory.mktemp("heat")
    pngs = [png_of((ring if seed % 2 else stripes)(seed)) for seed in range(30)]
    encoder = fit_hog_pca(pngs, folder)
    planes = ["axial" if seed % 2 else "sagittal" for seed in range(30)]
    case_ids = [f"case-{seed}" for seed in range(30)]
    vectors = encoder.embed_images(pngs)
    train_heads(encoder, vectors, {"plane": planes}, case_ids, folder, image_of=pngs.__getitem__)
    return load_classifier(folder, encoder)


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def test_the_map_agrees_with_classifying_each_hidden_image_alone(classifier):
    png = png_of(ring(41))
    heat = heat_map(classifier, png, "plane")
    before = classifier.classify(png)["plane"]
    for row, column in ((0, 0), (3, 4), (7, 2), (7, 7)):
        after = classifier.classify(hide(png, row, column))["plane"]
        assert heat[row, column] == pytest.approx(before.probability - after.probabilities[before.label], abs=1e-5)


class Corner:
    """An encoder that looks at the lower right corner only."""

    name = "corner"
    fingerprint = "c" * 64
    dimension = 4

    def embed_images(self, pngs):
        corners = [pixels(png)[-20:, -20:].std() for png in pngs]
        return unit_vectors(np.array([[value / 40, 1 - value / 40, 0.1, 0.1] for value in corners]))


def test_the_part_that_an_encoder_looks_at_is_the_hottest(tmp_path):
    pngs = [corner_png(seed) for seed in range(40)]
    encoder = Corner()
    labels = {"plane": ["axial" if seed % 2 else "sagittal" for seed in range(40)]}
    case_ids = [f"case-{seed}" for seed in range(40)]
    vectors = encoder.embed_images(pngs)
    train_heads(encoder, vectors, labels, case_ids, tmp_path, image_of=pngs.__getitem__)
    heat = heat_map(load_classifier(tmp_path, encoder), corner_png(41), "plane")
    assert np.unravel_index(heat.argmax(), heat.shape) == (GRID - 1, GRID - 1)
    assert heat[: GRID // 2].max() == pytest.approx(0, abs=1e-6)


def corner_png(seed):
    """Noise everywhere; in the corner only for odd seeds."""
    values = np.random.default_rng(seed).integers(90, 166, (160, 160)).astype(np.uint8)
    if seed % 2 == 0:
        values[-40:, -40:] = 128
    return png_of(values)


def test_hiding_changes_its_part_and_nothing_else():
    png = png_of(np.random.default_rng(0).integers(0, 256, (160, 80), dtype=np.uint8))
    changed = np.abs(pixels(hide(png, 2, 5)) - pixels(png)).max(axis=2) > 0
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    assert (rows.min(), rows.max()) == (30, 69)
    assert (columns.min(), columns.max()) == (45, 64)


def test_the_overlay_is_red_where_hiding_cost_most_and_the_image_where_it_helped():
    png = png_of(np.full((160, 160), 90, dtype=np.uint8))
    heat = np.full((GRID, GRID), -0.1)
    heat[1, 6] = 0.5
    shown = pixels(overlay(png, heat))
    assert shown.shape == (160, 160, 3)
    red = shown[..., 0] - shown[..., 1]
    assert red[30, 130] > 60
    assert np.all(shown[100:, :60] == 90)
    np.testing.assert_array_equal(pixels(overlay(png, np.zeros((GRID, GRID)))), pixels(png))


def test_the_layer_over_the_image_at_its_strongest_is_the_overlay():
    png = png_of(np.random.default_rng(0).integers(0, 256, (120, 160), dtype=np.uint8))
    heat = np.full((GRID, GRID), -0.1)
    heat[1, 6] = 0.5
    with Image.open(io.BytesIO(layer(png, heat))) as red:
        assert red.mode == "RGBA" and red.size == (160, 120)
        share = np.asarray(red)[..., 3:] / 255 * STRONGEST
        shown = pixels(png) * (1 - share) + np.asarray(red)[..., :3] * share
    np.testing.assert_allclose(shown, pixels(overlay(png, heat)), atol=2)
    assert share.max() > 0.5 and share[80:, :60].max() == 0


def test_a_task_that_the_classifier_does_not_have_is_named_with_those_it_has(classifier):
    with pytest.raises(InputError, match=r"no task 'side'. Tasks: plane"):
        heat_map(classifier, png_of(ring(1)), "side")
    with pytest.raises(InputError, match="not a readable PNG"):
        heat_map(replace(classifier), b"nothing", "plane")
