import numpy as np
import pytest

from clip.classification.classify import load_classifier, train_heads
from clip.hog import fit_hog_pca
from ingest.images.decoding import decode_image
from ingest.sources.medpix2 import read_cases, read_release


@pytest.fixture(scope="module")
def images(sample_release):
    """Case id, modality, region and decoded PNG of every image of the sample cases that can be read."""
    release = read_release(sample_release)
    named = [(case.case_id, image) for case in read_cases(release) for image in case.images]
    paths = [release.image_paths.get(image.image_id.partition(":")[2]) for _, image in named]
    return [
        (case_id, str(image.modality), str(image.region), decode_image(path.read_bytes()).png)
        for (case_id, image), path in zip(named, paths, strict=True)
        if path is not None and image.modality and image.region
    ]


def test_sample_images_of_held_out_cases_are_classified_clearly_better_than_by_the_majority(images, tmp_path):
    cases = sorted({case_id for case_id, *_ in images})
    held_out = set(cases[::4])
    learned = [image for image in images if image[0] not in held_out]
    judged = [image for image in images if image[0] in held_out]
    encoder = fit_hog_pca([png for *_, png in learned], tmp_path)
    labels = {
        "modality": [modality for _, modality, _, _ in learned],
        "region": [region for _, _, region, _ in learned],
    }
    vectors = encoder.embed_images([png for *_, png in learned])
    case_ids = [case_id for case_id, *_ in learned]
    train_heads(encoder, vectors, labels, case_ids, tmp_path, image_of=lambda row: learned[row][3])
    answers = load_classifier(tmp_path, encoder).classify_images([png for *_, png in judged])
    for column, task in ((1, "modality"), (2, "region")):
        truth = [image[column] for image in judged]
        accuracy = np.mean([given[task].label == label for given, label in zip(answers, truth, strict=True)])
        majority = max(truth.count(label) for label in truth) / len(truth)
        assert accuracy > majority + 0.15, f"{task}: {accuracy:.2f}, majority {majority:.2f}"
