from types import SimpleNamespace

import numpy as np
import pytest
from drawn_images import png_of, ring, stripes

from clip.classification.calibration import expected_calibration_error
from clip.classification.classify import Prediction, load_classifier, train_heads
from clip.evaluation.baselines import BASELINES, HOG_SVM, Baselines, file_facts
from clip.evaluation.classification import CLASSIFIER, Bin, ClassScore, evaluate_classifier
from clip.evaluation.estimates import METRICS, confusion_by_case, draws_of_cases, estimate
from clip.evaluation.images import LabelledImages
from clip.evaluation.page import evaluation_page
from clip.hog import fit_hog_pca


def drawn(encoder, seeds, oblique=()):
    """Rings are axial, stripes sagittal; two images to a case."""
    pngs = [png_of((ring if seed % 4 < 2 else stripes)(seed)) for seed in seeds]
    planes = ["oblique" if seed in oblique else ("axial" if seed % 4 < 2 else "sagittal") for seed in seeds]
    return LabelledImages(
        case_ids=[f"case-{seed // 2}" for seed in seeds],
        pngs=pngs,
        vectors=encoder.embed_images(pngs),
        labels={"plane": planes, "region": [None] * len(pngs)},
        groups={"sex": ["female" if seed % 8 < 4 else "male" for seed in seeds]},
    )


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory):
    folder = tmp_path_factory.mktemp("evaluated")
    encoder = fit_hog_pca([png_of((ring if seed % 4 < 2 else stripes)(seed)) for seed in range(60)], folder)
    train, judged = drawn(encoder, range(60)), drawn(encoder, range(60, 84), oblique=(60, 61))
    train_heads(encoder, train.vectors, train.labels, train.case_ids, folder, image_of=train.pngs.__getitem__)
    classifier = load_classifier(folder, encoder)
    return evaluate_classifier(classifier, judged, train), classifier, judged


def test_every_figure_agrees_with_counting_the_answers(evaluated):
    report, classifier, judged = evaluated
    (plane,) = report.tasks
    answers = [answer["plane"] for answer in classifier.classify_images(judged.pngs)]
    right = np.array([one.label == label for one, label in zip(answers, judged.labels["plane"], strict=True)])
    sure = np.array([one.sure for one in answers])
    assert plane.models[CLASSIFIER]["accuracy"].value == pytest.approx(right.mean())
    assert plane.coverage == pytest.approx(sure.mean())
    assert plane.accuracy_when_sure == pytest.approx(right[sure].mean())
    assert sum(map(sum, plane.confusion)) == plane.n == 24
    women = np.array([sex == "female" for sex in judged.groups["sex"]])
    assert plane.groups["sex"]["female"] == {"n": women.sum(), "accuracy": pytest.approx(right[women].mean())}
    assert sum(one.n for one in plane.reliability) == 24


def test_a_label_that_the_classifier_does_not_know_counts_as_wrong(evaluated):
    (plane,) = evaluated[0].tasks
    oblique = next(one for one in plane.classes if one.label == "oblique")
    assert (oblique.n, oblique.recall, oblique.precision) == (2, 0, None)
    assert plane.models[CLASSIFIER]["accuracy"].value < 1


def test_baselines_answer_in_the_same_run_and_the_majority_is_what_it_says(evaluated):
    (plane,) = evaluated[0].tasks
    assert set(plane.models) == {CLASSIFIER, *BASELINES}
    assert plane.models["majority"]["accuracy"].value == pytest.approx(10 / 24)
    assert plane.models[HOG_SVM]["accuracy"].value > 0.8
    gain = plane.minus_hog_svm["accuracy"]
    scores = {name: plane.models[name]["accuracy"].value for name in (CLASSIFIER, HOG_SVM)}
    assert gain.value == pytest.approx(scores[CLASSIFIER] - scores[HOG_SVM])


def test_without_train_images_there_are_no_baselines_and_it_is_said(evaluated):
    report = evaluate_classifier(evaluated[1], evaluated[2], None)
    assert set(report.tasks[0].models) == {CLASSIFIER}
    assert "baselines are missing" in report.notices[0]
    assert not report.tasks[0].minus_hog_svm


def test_what_the_file_tells_is_blind_to_what_the_image_shows():
    turned = np.rot90(ring(1), 2)
    np.testing.assert_allclose(file_facts(png_of(ring(1)))[:4], file_facts(png_of(turned))[:4])
    assert file_facts(png_of(ring(1)))[:2].tolist() == [160, 160]


def test_a_task_of_one_label_is_answered_with_it():
    pngs = [png_of(ring(seed)) for seed in range(4)]
    assert all(set(answers) == {"axial"} for answers in Baselines(pngs, pngs).answers(["axial"] * 4).values())


def test_the_page_is_well_formed_and_holds_a_matrix_and_a_curve_for_each_task(evaluated):
    from xml.etree import ElementTree

    page = evaluation_page(evaluated[0])
    images = [part.partition("</svg>")[0] + "</svg>" for part in page.split("<svg")[1:]]
    titles = [ElementTree.fromstring("<svg" + image)[0].text for image in images]
    assert titles == ["Confusion matrix of plane", "Reliability of plane"]
    assert "does not diagnose" in page
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")


SAID = [("axial", 0.95, True), ("axial", 1.0, True), ("sagittal", 0.55, False), ("axial", 0.75, True)]
PLANES = ["axial", "sagittal", "sagittal", "coronal"]


def scripted(sure=True):
    """Return a classifier that knows axial and sagittal, and says of five images what it is told to."""

    def classify_images(pngs, vectors):
        assert (list(pngs), list(vectors)) == (["p0", "p1", "p2", "p3", "p4"], [0, 1, 2, 3, 4])
        both = {"axial": "sagittal", "sagittal": "axial"}
        said = [
            {"plane": Prediction("plane", label, p, {label: p, both[label]: 1 - p}, sure=certain and sure)}
            for label, p, certain in SAID
        ]
        return [*said, {"plane": Prediction("plane", "axial", 1.0, {"axial": 1.0, "sagittal": 0.0}, sure=True)}]

    tasks = (SimpleNamespace(task="region"), SimpleNamespace(task="plane"))
    return SimpleNamespace(encoder=SimpleNamespace(name="scripted"), tasks=tasks, classify_images=classify_images)


def five_images():
    return LabelledImages(
        case_ids=["a", "a", "b", "c", "c"],
        pngs=["p0", "p1", "p2", "p3", "p4"],
        vectors=[0, 1, 2, 3, 4],
        labels={"plane": [*PLANES, None], "region": [None] * 5},
        groups={"sex": ["female", "male", "female", "female", "male"]},
    )


def test_every_figure_of_four_answers_is_the_one_counted_by_hand():
    report = evaluate_classifier(scripted(), five_images(), None, seed=5)
    assert (report.encoder, report.images, report.cases, report.train_images, report.seed) == ("scripted", 5, 3, 0, 5)
    assert report.notices == ("There are no train images, so the baselines are missing.",)
    (plane,) = report.tasks
    assert (plane.task, plane.n, plane.cases) == ("plane", 4, 3)
    assert plane.labels == ("axial", "coronal", "sagittal")
    assert plane.confusion == ((1, 0, 0), (1, 0, 0), (1, 0, 1))
    assert plane.classes == (
        ClassScore("axial", 1, 1.0, 1 / 3),
        ClassScore("coronal", 1, 0.0, None),
        ClassScore("sagittal", 2, 0.5, 1.0),
    )
    assert plane.groups == {
        "sex": {"female": {"n": 3, "accuracy": pytest.approx(2 / 3)}, "male": {"n": 1, "accuracy": 0.0}}
    }
    assert plane.reliability == (Bin(1, 0.55, 1.0), Bin(1, 0.75, 0.0), Bin(2, 0.975, 0.5))
    assert (plane.coverage, plane.accuracy_when_sure) == (0.75, pytest.approx(1 / 3))
    true, given = np.array([0, 2, 2, 1]), np.array([0, 0, 2, 0])
    probabilities = np.array([[0.95, 0, 0.05], [1, 0, 0], [0.45, 0, 0.55], [0.75, 0, 0.25]])
    assert plane.ece == pytest.approx(expected_calibration_error(probabilities, true))
    by_case = confusion_by_case(["a", "a", "b", "c"], true, given, 3)
    draws = draws_of_cases(3, 5)
    expected = {metric: estimate(by_case, measure, draws) for metric, measure in METRICS.items()}
    assert plane.models == {CLASSIFIER: expected}


def test_where_no_answer_is_sure_there_is_no_accuracy_of_sure_ones():
    (plane,) = evaluate_classifier(scripted(sure=False), five_images(), None).tasks
    assert (plane.coverage, plane.accuracy_when_sure) == (0.0, None)


def test_the_gain_over_the_svm_is_paired_by_case(evaluated):
    report, classifier, judged = evaluated
    (plane,) = report.tasks
    assert (report.train_images, report.cases, report.seed, report.notices) == (60, 12, 7, ())
    names = list(plane.labels)
    true = np.array([names.index(label) for label in judged.labels["plane"]])
    given = np.array([names.index(one["plane"].label) for one in classifier.classify_images(judged.pngs)])
    matrices = confusion_by_case(judged.case_ids, true, given, len(names))
    gain = plane.minus_hog_svm["accuracy"]
    best = estimate(matrices, METRICS["accuracy"], draws_of_cases(12, 7))
    assert gain != best
    assert gain.low <= gain.value <= gain.high
