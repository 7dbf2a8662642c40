"""What the classifier is sure of is kept, and never answered of other pixels or by another classifier."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import casegraph
from casegraph import Workspace
from casegraph.image_labels import images_labelled
from clip.classification.classify import Classifier
from ingest.errors import StaleProjection

LABELS = ("CT", "MR", "DX", "US")


@pytest.fixture
def space(small_workspace: Path) -> Iterator[Workspace]:
    with casegraph.open(small_workspace) as opened:
        yield opened


@pytest.fixture
def classified(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Counts, for each call of the classifier, how many images it was given."""
    counts: list[int] = []
    real = Classifier.classify_images

    def counting(self: Classifier, pngs, vectors=None):
        counts.append(len(pngs))
        return real(self, pngs, vectors)

    monkeypatch.setattr(Classifier, "classify_images", counting)
    return counts


def images_of(space: Workspace) -> dict[str, str]:
    images = (image for case in space.documents.cases() for image in case.stored_images)
    return {image.image_id: str(image.object_key) for image in images}


def one_by_one(space: Workspace) -> dict[str, str]:
    """The slow obvious way: each image by itself."""
    classifier = space.engines.models.classifier
    answers = {one: classifier.classify(space.engines.objects.read(key)) for one, key in images_of(space).items()}
    return {one: said["modality"].label for one, said in answers.items() if said["modality"].sure}


def by_filter(space: Workspace) -> dict[str, str]:
    return {one: label for label in LABELS for one in images_labelled(space.engines, "modality", [label])}


def test_a_question_asked_again_is_answered_from_what_is_kept_as_one_by_one(space, classified):
    expected = one_by_one(space)
    assert expected
    classified.clear()
    assert by_filter(space) == by_filter(space) == expected
    assert sum(classified) == len(set(images_of(space).values()))
    with casegraph.open(space.engines.folder) as again:
        assert by_filter(again) == expected
    assert len(classified) == 1


def test_only_images_with_new_pixels_are_classified_again_and_no_answer_is_of_the_old_ones(space, classified):
    before = by_filter(space)
    image_id, key = next(iter(images_of(space).items()))
    space.curation.crop(image_id, (4, 4, 60, 60))
    classified.clear()
    assert image_id not in by_filter(space)  # its vector is of the pixels of before
    assert {**by_filter(space), image_id: ""} == {**before, image_id: ""}
    assert classified == []
    space.indexing.run()
    assert images_of(space)[image_id] != key
    assert by_filter(space) == one_by_one(space)
    assert classified[0] == 1


def test_another_classifier_is_asked_about_every_image(space, classified):
    assert by_filter(space)
    classified.clear()
    models = space.engines.models
    models._classifier = replace(models.classifier, fingerprint="another", tasks=())
    assert by_filter(space) == {}
    assert sum(classified) == len(set(images_of(space).values()))


def test_a_deleted_case_is_in_no_answer(space):
    image_id = next(iter(by_filter(space)))
    case_id = next(case.case_id for case in space.documents.cases() if image_id in {i.image_id for i in case.images})
    space.documents.delete(case_id)
    assert image_id not in by_filter(space)
    assert image_id not in space.engines.image_labels.read_text(encoding="utf-8")


@pytest.mark.parametrize("content", ["", "{", "[]", json.dumps({"format": 0, "images": {"x": ["y", {}]}})])
def test_a_file_that_cannot_be_read_is_made_anew(space, content):
    expected = by_filter(space)
    space.engines.image_labels.write_text(content)
    assert by_filter(space) == expected


def test_without_vectors_there_is_no_answer(tmp_path):
    with casegraph.open(tmp_path / "workspace", create=True) as empty, pytest.raises(StaleProjection, match="Index"):
        images_labelled(empty.engines, "modality", LABELS)
