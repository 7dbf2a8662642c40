"""Heads that were trained elsewhere, together with their encoder."""

import numpy as np
import pytest
from drawn_images import png_of, ring

from clip.classification.classify import load_classifier
from clip.classification.head_training import fit_out_of_distribution
from clip.classification.heads import LinearHead, OutOfFold, write_heads
from clip.vectors import unit_vectors
from ingest.errors import InputError

LABELS = ("axial", "coronal", "sagittal")


class Known:
    """An encoder of which only the facts are needed."""

    name = "known"
    fingerprint = "f" * 64
    dimension = 8


@pytest.fixture
def vectors():
    random = np.random.default_rng(0)
    return unit_vectors(random.standard_normal((90, 8)) * 0.5 + np.eye(8)[np.arange(90) % 3])


@pytest.fixture
def out_of_distribution(vectors):
    return fit_out_of_distribution(vectors, [f"case-{row}" for row in range(90)], lambda row: png_of(ring(row)))


HEAD = LinearHead(LABELS, np.eye(8, 3, dtype=np.float32) * 9, np.array([0.5, 0, 0], dtype=np.float32))
ANSWERS = [LABELS[row % 3] for row in range(90)]


def judged(vectors, **changes):
    return OutOfFold(**{"logits": vectors @ HEAD.weights + HEAD.bias, "targets": ANSWERS, **changes})


def test_probabilities_are_those_of_the_linear_head_at_the_temperature_of_the_given_logits(
    vectors, out_of_distribution, tmp_path
):
    over_sure = judged(vectors, logits=(vectors @ HEAD.weights + HEAD.bias) * 5)
    (report,) = write_heads(tmp_path, Known(), {"plane": HEAD}, {"plane": over_sure}, out_of_distribution).tasks
    (plain,) = write_heads(
        tmp_path / "2", Known(), {"plane": HEAD}, {"plane": judged(vectors)}, out_of_distribution
    ).tasks
    assert report.temperature == pytest.approx(5 * plain.temperature, rel=0.01)
    (answer,) = load_classifier(tmp_path, Known()).classify_images([png_of(ring(0))], vectors[:1])
    powers = np.exp((vectors[0] @ HEAD.weights + HEAD.bias) / report.temperature)
    assert list(answer["plane"].probabilities.values()) == pytest.approx(powers / powers.sum(), abs=1e-5)
    assert tuple(answer["plane"].probabilities) == LABELS


def test_the_report_says_what_the_given_logits_give(vectors, out_of_distribution, tmp_path):
    wrong = vectors @ HEAD.weights
    wrong[:9] = np.roll(wrong[:9], 1, axis=1)
    report = write_heads(
        tmp_path,
        Known(),
        {"plane": HEAD},
        {"plane": judged(vectors, logits=wrong, left_out={"oblique": 3})},
        out_of_distribution,
    ).tasks[0]
    assert report.accuracy == pytest.approx(np.mean(wrong.argmax(axis=1) == np.arange(90) % 3))
    assert (report.n, dict(report.labels), dict(report.left_out)) == (90, dict.fromkeys(LABELS, 30), {"oblique": 3})


def test_no_image_and_no_vector_of_one_is_kept(vectors, out_of_distribution, tmp_path):
    from safetensors.numpy import load

    write_heads(tmp_path, Known(), {"plane": HEAD}, {"plane": judged(vectors)}, out_of_distribution)
    (path,) = tmp_path.glob("*.safetensors")
    for name, array in load(path.read_bytes()).items():
        rows = array.reshape(-1, 8) if array.size and array.size % 8 == 0 else np.zeros((1, 8))
        assert np.abs(rows[:, None] - vectors[None]).max(axis=2).min() > 1e-3, name


def test_an_image_that_looks_otherwise_is_unfamiliar_although_its_vector_is_usual(
    vectors, out_of_distribution, tmp_path
):
    write_heads(tmp_path, Known(), {"plane": HEAD}, {"plane": judged(vectors)}, out_of_distribution)
    noise = png_of(np.random.default_rng(0).integers(0, 256, (128, 128), dtype=np.uint8))
    usual, strange = load_classifier(tmp_path, Known()).classify_images([png_of(ring(3)), noise], vectors[[1, 1]])
    assert usual["plane"].sure
    assert not strange["plane"].sure
    assert "unlike those the classifier was trained on" in strange["plane"].reason


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"logits": np.zeros((90, 2))}, "plane has 3 labels"),
        ({"logits": np.zeros((0, 3)), "targets": []}, "at least one image"),
        ({"targets": ["oblique", *ANSWERS[1:]]}, "'oblique' is an answer of plane"),
    ],
)
def test_what_does_not_fit_together_is_refused(vectors, out_of_distribution, tmp_path, changes, message):
    with pytest.raises(InputError, match=message):
        write_heads(tmp_path, Known(), {"plane": HEAD}, {"plane": judged(vectors, **changes)}, out_of_distribution)
    with pytest.raises(InputError, match="out-of-fold logits for"):
        write_heads(tmp_path, Known(), {"plane": HEAD}, {}, out_of_distribution)
    assert not list(tmp_path.iterdir())
