"""Zero-shot: class vectors against prompts averaged one by one, and answers against the plain product."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from drawn_images import png_of, ring, stripes

from clip.builtin import load_compact
from clip.classification.zero_shot import OWN_LABELS, TEMPLATES, class_vectors, open_zero_shot
from clip.hog import fit_hog_pca
from clip.vectors import Vectors
from ingest.errors import InputError

NAMES = {"CT": ("CT", "computed tomography"), "MR": ("MR",)}


def encode(texts) -> Vectors:
    """Give each text a direction of its own."""
    seeds = [int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) for text in texts]
    rows = np.stack([np.random.default_rng(seed).normal(size=6) for seed in seeds])
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def test_a_class_is_the_mean_of_its_prompts_made_one_by_one():
    templates = ("{} scan", "axial {}")
    found = class_vectors(encode, list(NAMES.values()), templates)
    for row, names in zip(found, NAMES.values(), strict=True):
        prompts = [encode([template.format(name)])[0] for name in names for template in templates]
        mean = sum(prompts) / len(prompts)
        np.testing.assert_allclose(row, mean / np.linalg.norm(mean), atol=1e-6)


@pytest.mark.parametrize(("names", "templates"), [([], ["{}"]), ([["CT"]], []), ([["CT"], []], ["{}"])])
def test_nothing_to_average_is_refused(names, templates):
    with pytest.raises(InputError, match="at least one class"):
        class_vectors(encode, names, templates)


def test_probabilities_are_the_softmax_of_scaled_cosines_and_answers_the_cosines():
    encoder = load_compact()
    asked = open_zero_shot(encoder, {"modality": NAMES})
    pngs = [png_of(ring(1)), png_of(stripes(2))]
    vectors = encoder.embed_images(pngs)
    cosines = np.array([[float(np.dot(image, label)) for label in asked.vectors["modality"]] for image in vectors])
    powers = np.exp(cosines * encoder.scale)
    expected = powers / powers.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(asked.probabilities(vectors)["modality"], expected, atol=1e-5)
    answer = asked.classify(pngs[0])[0]
    assert answer.label == tuple(NAMES)[int(expected[0].argmax())]
    assert answer.similarity == pytest.approx(cosines[0].max(), abs=1e-5)
    assert list(answer.similarities.values()) == pytest.approx(list(cosines[0]), abs=1e-5)
    assert list(answer.similarities) == list(NAMES)


def test_the_scale_is_the_one_that_the_model_learned():
    encoder = load_compact()
    assert encoder.scale == pytest.approx(float(np.exp(encoder.model.logit_scale.item())))


def test_labels_of_ones_own_are_taken_as_they_are_written():
    asked = open_zero_shot(load_compact(), {OWN_LABELS: {"a head": ("a head",), "a spine": ("a spine",)}})
    answer = asked.classify(png_of(ring(3)))[0]
    assert set(answer.similarities) == {"a head", "a spine"}


def test_an_encoder_without_words_and_a_single_label_are_refused(tmp_path):
    hog = fit_hog_pca([png_of(ring(seed)) for seed in range(4)], tmp_path)
    with pytest.raises(InputError, match="'hog-pca' does not encode words"):
        open_zero_shot(hog, {"modality": NAMES})
    with pytest.raises(InputError, match="two or more"):
        open_zero_shot(load_compact(), {"modality": {"CT": ("CT",)}})


def test_every_task_has_templates_with_one_place_for_the_label():
    from casegraph.labels import TASKS

    assert set(TEMPLATES) == {*TASKS, OWN_LABELS}
    assert all(template.count("{}") == 1 for templates in TEMPLATES.values() for template in templates)
