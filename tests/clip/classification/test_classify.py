import json
from dataclasses import replace

import numpy as np
import pytest
from drawn_images import png_of, ring, stripes

from clip.classification.classify import Doubt, load_classifier, train_heads
from clip.hog import fit_hog_pca
from clip.vectors import unit_vectors
from ingest.errors import DamagedFile, InputError, StaleProjection
from ingest.remedies import Remedy, RemedyAction


@pytest.fixture(scope="module")
def drawn():
    """Thirty cases with two images each: rings are axial, stripes sagittal."""
    return [
        (f"case-{seed}", plane, png_of(draw(2 * seed + copy)))
        for seed in range(30)
        for copy in range(2)
        for plane, draw in [("axial", ring) if seed % 2 else ("sagittal", stripes)]
    ]


@pytest.fixture(scope="module")
def trained(drawn, tmp_path_factory):
    """Encoder, folder and report of heads that learned from the first twenty cases."""
    folder = tmp_path_factory.mktemp("heads")
    learned = drawn[:40]
    encoder = fit_hog_pca([png for _, _, png in learned], folder)
    vectors = encoder.embed_images([png for _, _, png in learned])
    labels = {
        "plane": [plane for _, plane, _ in learned],
        "modality": ["CT"] * 40,
        "region": [None] * 40,
    }
    case_ids = [case_id for case_id, _, _ in learned]
    report = train_heads(encoder, vectors, labels, case_ids, folder, image_of=lambda row: learned[row][2])
    return encoder, folder, report


def test_held_out_cases_are_classified_far_better_than_by_the_majority(trained, drawn):
    encoder, folder, report = trained
    classifier = load_classifier(folder, encoder)
    predictions = [classifier.classify(png)["plane"] for _, _, png in drawn[40:]]
    right = [given.label == plane for given, (_, plane, _) in zip(predictions, drawn[40:], strict=True)]
    assert np.mean(right) >= 0.9
    (plane,) = (task for task in report.tasks if task.task == "plane")
    assert plane.majority == 0.5
    assert plane.accuracy is not None and plane.accuracy >= 0.9
    assert plane.coverage is not None and plane.coverage >= 0.5


def test_an_image_and_its_vector_get_the_same_answer(trained, drawn):
    encoder, folder, _ = trained
    classifier = load_classifier(folder, encoder)
    png = drawn[50][2]
    alone, by_vector = classifier.classify(png), classifier.classify(png, encoder.embed_images([png])[0])
    assert alone == by_vector
    assert sum(alone["plane"].probabilities.values()) == pytest.approx(1)
    assert alone["plane"].probability == max(alone["plane"].probabilities.values())


def test_many_images_get_the_answers_of_each_alone_in_their_order(trained, drawn):
    encoder, folder, _ = trained
    classifier = load_classifier(folder, encoder)
    pngs = [png for _, _, png in drawn[40:]]
    together = classifier.classify_images(pngs)
    for row in (0, 7, 19):
        alone = classifier.classify(pngs[row])["plane"]
        assert together[row]["plane"].label == alone.label
        assert together[row]["plane"].probability == pytest.approx(alone.probability, abs=1e-5)


def test_a_task_with_one_label_is_never_sure(trained, drawn):
    encoder, folder, _ = trained
    prediction = load_classifier(folder, encoder).classify(drawn[0][2])["modality"]
    assert (prediction.label, prediction.sure, prediction.doubt) == ("CT", False, Doubt.NOTHING_LEARNT)
    assert "nothing to learn" in prediction.reason


def test_a_task_without_any_label_gives_no_answer_and_is_reported(trained, drawn):
    encoder, folder, report = trained
    assert "region" not in load_classifier(folder, encoder).classify(drawn[0][2])
    assert [(task.task, task.n) for task in report.tasks if task.task == "region"] == [("region", 0)]


def test_an_image_unlike_all_others_is_not_sure_and_says_why(trained):
    encoder, folder, _ = trained
    noise = np.random.default_rng(0).integers(0, 255, (160, 160), dtype=np.uint8)
    for prediction in load_classifier(folder, encoder).classify(png_of(noise)).values():
        assert not prediction.sure
    strange = prediction_of(encoder, folder, noise)
    assert strange.doubt is Doubt.UNLIKE_TRAINING and "unlike those the classifier was trained on" in strange.reason


def prediction_of(encoder, folder, pixels):
    return load_classifier(folder, encoder).classify(png_of(pixels))["plane"]


def test_a_sure_answer_needs_no_reason_and_an_unsure_one_has_one(trained, drawn):
    encoder, folder, _ = trained
    classifier = load_classifier(folder, encoder)
    for _, _, png in drawn:
        prediction = classifier.classify(png)["plane"]
        assert prediction.sure == (prediction.reason == "") == (prediction.doubt is None)


def test_an_answer_below_the_threshold_says_from_where_on_it_would_be_sure(trained, drawn):
    encoder, folder, _ = trained
    classifier = load_classifier(folder, encoder)
    strict = replace(classifier, tasks=tuple(replace(task, threshold=1.1) for task in classifier.tasks))
    prediction = strict.classify(drawn[0][2])["plane"]
    assert (prediction.sure, prediction.doubt) == (False, Doubt.LOW_PROBABILITY)
    assert prediction.reason.endswith("is too low: an answer is sure from 1.100 on")


def test_t25_heads_refuse_an_encoder_of_another_fingerprint_and_equal_dimension(trained):
    encoder, folder, _ = trained
    with pytest.raises(StaleProjection, match=r"trained on vectors of 'hog-pca'.*Train it again\.$") as refused:
        load_classifier(folder, replace(encoder, fingerprint="0" * 64))
    assert refused.value.remedy == Remedy(RemedyAction.REBUILD_INDEX)


def test_heads_that_were_never_trained_name_the_command_that_trains_them(trained, tmp_path):
    with pytest.raises(StaleProjection, match=r"is missing\. Fit it\.$") as refused:
        load_classifier(tmp_path, trained[0])
    assert refused.value.remedy == Remedy(RemedyAction.REBUILD_INDEX)


def test_heads_of_another_version_are_refused(trained, tmp_path):
    encoder, folder, _ = trained
    for path in folder.glob("heads*"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    facts = json.loads((tmp_path / "heads.json").read_text())
    (tmp_path / "heads.json").write_text(json.dumps({**facts, "heads_version": 99}))
    with pytest.raises(StaleProjection, match="another version"):
        load_classifier(tmp_path, encoder)
    next(tmp_path.glob("*.safetensors")).write_bytes(b"")
    with pytest.raises(DamagedFile, match="is damaged or missing"):
        load_classifier(tmp_path, encoder)


def test_t26_a_vector_that_is_no_unit_vector_is_refused(trained, drawn):
    encoder, folder, _ = trained
    classifier = load_classifier(folder, encoder)
    png = drawn[0][2]
    with pytest.raises(InputError, match="row 0"):
        classifier.classify(png, np.full(encoder.dimension, np.nan, dtype=np.float32))
    with pytest.raises(InputError, match="dimensions"):
        classifier.classify(png, unit_vectors(np.ones((1, 3)))[0])


class Known:
    """An encoder of which only the facts are needed."""

    name = "known"
    fingerprint = "f" * 64
    dimension = 8


def train_known(vectors, labels, case_ids, folder):
    """Train on vectors whose images are rings."""
    return train_heads(Known(), vectors, labels, case_ids, folder, image_of=lambda row: png_of(ring(row)))


def vectors_of(answers, seed=0):
    random = np.random.default_rng(seed)
    return unit_vectors(random.standard_normal((len(answers), 8)) * 0.3 + np.eye(8)[answers])


def test_a_label_of_few_cases_is_left_out_and_the_report_says_so(tmp_path):
    answers = [0, 1] * 10 + [2] * 8
    labels = [["axial", "coronal", "sagittal"][answer] for answer in answers]
    case_ids = [f"case-{row}" for row in range(20)] + [f"rare-{row % 4}" for row in range(8)]
    (plane,) = train_known(vectors_of(answers), {"plane": labels}, case_ids, tmp_path).tasks
    assert dict(plane.labels) == {"axial": 10, "coronal": 10}
    assert dict(plane.left_out) == {"sagittal": 8}
    assert plane.n == 20


def test_unknown_labels_are_not_used(tmp_path):
    answers = [0, 1] * 10
    labels = [None if row < 4 else str(answer) for row, answer in enumerate(answers)]
    case_ids = [f"case-{row}" for row in range(20)]
    (task,) = train_known(vectors_of(answers), {"plane": labels}, case_ids, tmp_path).tasks
    assert (task.n, dict(task.labels)) == (16, {"0": 8, "1": 8})


@pytest.mark.parametrize("case_ids", [["a", "a", "b", "b"], ["a", "b", "c", "d"], ["a"] * 4])
def test_the_smallest_corpora_can_be_learned_from(tmp_path, case_ids):
    report = train_known(vectors_of([0, 1, 0, 1]), {"plane": list("xyxy")}, case_ids, tmp_path)
    assert report.m == 4


def test_permuted_labels_are_not_learned(tmp_path):
    random = np.random.default_rng(0)
    answers = random.integers(0, 2, 200)
    case_ids = [f"case-{row // 2}" for row in range(200)]
    permuted = [str(label) for label in random.permutation(answers)]
    (task,) = train_known(vectors_of(answers), {"plane": permuted}, case_ids, tmp_path).tasks
    assert task.accuracy == pytest.approx(0.5, abs=0.12)


def test_images_of_one_case_do_not_vouch_for_each_other(tmp_path):
    """Each case has vectors of its own and a label by chance: only a leak could predict it."""
    random = np.random.default_rng(1)
    centres = random.standard_normal((60, 8))
    vectors = unit_vectors(np.repeat(centres, 5, axis=0) + 0.01 * random.standard_normal((300, 8)))
    labels = [str(label) for label in np.repeat(random.permutation(np.arange(60) % 2), 5)]
    case_ids = [f"case-{row // 5}" for row in range(300)]
    (task,) = train_known(vectors, {"plane": labels}, case_ids, tmp_path).tasks
    assert task.accuracy is not None and task.accuracy < 0.7


def test_nothing_to_learn_from_is_refused(tmp_path):
    with pytest.raises(InputError, match="no image"):
        train_known(np.zeros((0, 8), dtype=np.float32), {}, [], tmp_path)
    with pytest.raises(InputError, match="plane has 1 values for 2 vectors"):
        train_known(vectors_of([0, 1]), {"plane": ["x"]}, ["a", "b"], tmp_path)
    with pytest.raises(InputError, match="case_ids has 1 values"):
        train_known(vectors_of([0, 1]), {"plane": ["x", "y"]}, ["a"], tmp_path)


def test_t26_training_refuses_what_is_no_unit_vector(tmp_path):
    vectors = vectors_of([0, 1])
    vectors[1] = 0
    with pytest.raises(InputError, match="row 1"):
        train_known(vectors, {"plane": ["x", "y"]}, ["a", "b"], tmp_path)
