"""What an image is labelled with, in words."""

from case_factory import make_image

from casegraph.cases import class_labels_of
from ingest.annotation.image_classes import with_classes


def test_the_most_specific_labels_are_told_in_words():
    assert class_labels_of(with_classes(make_image("test:C1_a", caption="Axial CT of the head."))) == [
        "ct",
        "axial",
        "head",
    ]
    assert class_labels_of(make_image("test:C1_a", caption="A slide.")) == []


def test_labels_that_exclude_each_other_say_so():
    said = class_labels_of(with_classes(make_image("test:C1_a", caption="Axial and sagittal CT.")))
    assert {"axial (in conflict)", "sagittal (in conflict)"} <= set(said)
