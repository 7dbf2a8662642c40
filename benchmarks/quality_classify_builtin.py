"""How well the built-in encoder and the heads name modality, plane and region of images they never saw.

Encoder and heads are fitted on the train split of MedPix 2.0 and judged on its dev split, one row a task.

Usage: CASEGRAPH_MEDPIX2=folder python -m benchmarks.quality_classify_builtin
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks.record import append_row
from casegraph.labels import TASKS
from clip.classification.calibration import balanced_accuracy, expected_calibration_error
from clip.classification.classify import Classifier, Prediction, load_classifier, train_heads
from clip.hog import HogPca, fit_hog_pca
from ingest.case import Case, Image
from ingest.images.decoder import Decoder
from ingest.images.decoding import DecodedImage
from ingest.sources.medpix2 import read_cases, read_release

LabelledImage = tuple[str, Image, bytes]


def main() -> None:
    """Fit on train, judge on dev."""
    source = os.environ.get("CASEGRAPH_MEDPIX2")
    if not source:
        sys.exit("set CASEGRAPH_MEDPIX2 to a MedPix 2.0 release folder.")
    release = read_release(Path(source))
    cases = list(read_cases(release))
    train = labelled_images([case for case in cases if case.split == "train"], release.image_paths)
    dev = labelled_images([case for case in cases if case.split == "dev"], release.image_paths)
    with tempfile.TemporaryDirectory() as folder:
        encoder, classifier = fitted(train, Path(folder))
    answers = classifier.classify_images([png for _, _, png in dev])
    for task in TASKS:
        _judge(task, dev, [answer[task] for answer in answers], encoder.fingerprint[:12])


def labelled_images(cases: Sequence[Case], paths: Mapping[str, Path]) -> list[LabelledImage]:
    """Return case id, image and decoded PNG of every image that can be read."""
    images = [
        (case.case_id, image, paths.get(image.image_id.partition(":")[2])) for case in cases for image in case.images
    ]
    found = [(case_id, image, path) for case_id, image, path in images if path is not None]
    with Decoder(children=2) as decoder:
        decoded = list(decoder.decode_files(path for _, _, path in found))
    return [
        (case_id, image, read.png)
        for (case_id, image, _), (_, read) in zip(found, decoded, strict=True)
        if isinstance(read, DecodedImage)
    ]


def fitted(train: Sequence[LabelledImage], folder: Path) -> tuple[HogPca, Classifier]:
    """Return encoder and classifier of the train images."""
    pngs = [png for _, _, png in train]
    encoder = fit_hog_pca(pngs, folder)
    labels = {task: [label(image) for _, image, _ in train] for task, label in TASKS.items()}
    case_ids = [case_id for case_id, _, _ in train]
    vectors = encoder.embed_images(pngs)
    train_heads(encoder, vectors, labels, case_ids, folder, image_of=lambda row: pngs[row])
    return encoder, load_classifier(folder, encoder)


def _judge(task: str, dev: Sequence[LabelledImage], predictions: Sequence[Prediction], encoder: str) -> None:
    """Append the row of one task. A label that the heads do not know counts as wrong."""
    answers = [TASKS[task](image) for _, image, _ in dev]
    judged = [(given, str(answer)) for given, answer in zip(predictions, answers, strict=True) if answer is not None]
    names = sorted({*judged[0][0].probabilities, *(answer for _, answer in judged)})
    rows = np.array([[given.probabilities.get(name, 0.0) for name in names] for given, _ in judged])
    truth = np.array([names.index(answer) for _, answer in judged])
    right = rows.argmax(axis=1) == truth
    sure = np.array([given.sure for given, _ in judged])
    append_row(
        "quality_classify_builtin",
        encoder=encoder,
        task=task,
        n=len(judged),
        accuracy=round(float(right.mean()), 3),
        balanced_accuracy=round(balanced_accuracy(rows.argmax(axis=1), truth), 3),
        majority=round(max(Counter(answer for _, answer in judged).values()) / len(judged), 3),
        ece=round(expected_calibration_error(rows, truth), 3),
        coverage=round(float(sure.mean()), 3),
        accuracy_when_sure=round(float(right[sure].mean()), 3),
    )


if __name__ == "__main__":
    main()
