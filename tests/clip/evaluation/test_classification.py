import numpy as np
import pytest
from drawn_images import png_of, ring, stripes

from clip.classification.classify import load_classifier, train_heads
from clip.evaluation.baselines import BASELINES, HOG_SVM, Baselines, file_facts
from clip.evaluation.classification import CLASSIFIER, evaluate_classifier
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
