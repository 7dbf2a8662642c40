"""Labels of images by their captions: which words count, what excludes each other, and how to ask for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from case_factory import make_case

from ingest.annotation.annotate import annotate
from ingest.annotation.image_classes import IMAGE_CLASS_ANNOTATOR, classes_in, named_classes
from ingest.case import Image, parse_case, to_document
from ingest.concepts.image_classes import (
    ImageClassId,
    ancestors_of,
    class_book,
    compound_classes,
    exclude_each_other,
    image_classes,
)
from ingest.errors import InvalidFilter
from ingest.store.interface import DocumentStore
from ingest.store.opening import open_store
from ingest.store.query_text import parse_filter


def labels(caption: str) -> set[str]:
    return {label.class_id for label in classes_in(caption)}


def narrowest(caption: str) -> set[str]:
    found = labels(caption)
    return {one for one in found if not any(one in ancestors_of(other) for other in found)}


@pytest.mark.parametrize(
    ("caption", "expected"),
    [
        ("Axial CT of the chest.", {"ct", "axial", "thorax"}),
        ("T2-weighted sagittal MRI of the lumbar spine.", {"t2", "sagittal", "axial_region"}),
        ("Chest X-ray, PA view.", {"x_ray", "thorax", "posteroanterior"}),
        ("Transthoracic echocardiogram.", {"ultrasound", "transthoracic", "thorax", "echocardiogram"}),
        ("CT angiography of the brain.", {"ct", "angiography", "head", "cta"}),
        ("Histology of the liver (H&E, x400).", {"h&e"}),
        ("Photograph of the right hand.", {"medical_photograph"}),
        ("Colonoscopy shows a mass.", {"colonoscopy"}),
        ("Electrocardiogram with ST elevation.", {"ekg"}),
        ("A flow chart of the diagnosis.", {"chart"}),
        ("The patient after treatment.", set()),
    ],
)
def test_a_caption_gives_the_classes_that_its_words_name(caption: str, expected: set[str]) -> None:
    assert narrowest(caption) == expected


def test_an_image_of_a_class_is_of_all_above_it() -> None:
    assert {"radiology", "mri", "ir"} <= labels("FLAIR image of the brain.")


def test_each_label_has_the_words_that_gave_it() -> None:
    caption = "Ultrasound of the heart: four-chamber view."
    words = {
        label.class_id: [caption[start:end] for start, end in label.spans]
        for label in classes_in(caption)
        if label.annotator == IMAGE_CLASS_ANNOTATOR
    }
    assert words["ultrasound"] == ["Ultrasound"]
    assert words["4_chamber"] == ["four-chamber view"]
    assert words["echocardiogram"] == ["Ultrasound", "four-chamber view"]
    assert words["radiology"] == ["Ultrasound", "heart", "four-chamber view"]


@pytest.mark.parametrize(
    ("caption", "absent"),
    [
        ("CT of the chest shows no mass.", "mass"),
        ("CT of the chest. No evidence of a mass is seen.", "mass"),
        ("CT of the chest with a possible mass.", "mass"),
        ("CT without contrast.", "contrast"),
        ("Unlike the prior MRI, the CT shows a fracture.", "mri"),
        ("US-guided biopsy on CT.", "ultrasound"),
        ("The neck of the aneurysm on CT.", "neck"),
    ],
)
def test_what_is_denied_doubted_or_of_another_time_is_no_label(caption: str, absent: str) -> None:
    assert "ct" in labels(caption)
    assert absent not in labels(caption)


def test_a_place_is_shown_though_a_finding_in_it_is_denied() -> None:
    assert {"abdomen", "ct"} <= labels("CT shows no mass in the liver.")


@pytest.mark.parametrize("caption", ["Liver.", "Axial view of the left knee.", "Mass after contrast.", "Liver, H&E."])
def test_places_views_masses_and_contrast_count_only_beside_a_class_of_radiology(caption: str) -> None:
    assert not labels(caption) & {"abdomen", "axial", "knee", "left", "mass", "contrast", "radiology"}


def test_a_side_counts_only_beside_a_limb() -> None:
    assert "left" in labels("X-ray of the left knee.")
    assert "left" not in labels("CT of the left lung.")


def test_labels_that_exclude_each_other_both_stay_and_are_in_conflict() -> None:
    conflicts = {label.class_id: label.conflict for label in classes_in("(a) CT and (b) MRI of the brain.")}
    assert (conflicts["ct"], conflicts["mri"]) == (True, True)
    assert not any(conflicts[name] for name in ("radiology", "head"))
    assert not any(label.conflict for label in classes_in("CT of the brain, then CT of the brain."))


def test_siblings_of_one_tree_exclude_each_other_and_no_others() -> None:
    assert exclude_each_other("ct", "mri")
    assert exclude_each_other("left", "right")
    assert exclude_each_other("mri", "ct")
    for first, second in (("ct", "ct"), ("ct", "contrast"), ("ct", "radiology"), ("cta", "mra"), ("left", "hand")):
        assert not exclude_each_other(first, second)


def test_the_taxonomy_is_a_tree_whose_words_name_known_classes() -> None:
    classes = image_classes()
    names = list(classes)
    for number, one in enumerate(classes.values()):
        assert one.parent is None or one.parent in names[:number]
    assert all(parts <= classes.keys() for parts in compound_classes().values())
    assert named_classes("PET/CT") == {"pet", "ct"}
    found = {name for form in ("liver", "MDCT", "grocott") for name in named_classes(form)}
    assert found == {"abdomen", "ct", "methenamine_silver"}
    assert class_book() is class_book()


# --- On a case, and in a store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DocumentStore]:
    store = open_store("sqlite", tmp_path)
    yield store
    store.close()


REPORT = replace(
    make_case("1"),
    case_id="pmc:PMC1_01",
    source="pmc",
    images=(Image("pmc:PMC1_01_f1", caption="Echocardiogram."), Image("pmc:PMC1_01_f2", caption=None)),
    source_values={"article.id": "PMC1"},
)


def test_images_of_an_article_are_labelled_and_those_of_other_sources_are_not() -> None:
    first, second = annotate(REPORT).images
    assert "echocardiogram" in {label.class_id for label in first.classes}
    assert second.classes == ()
    assert annotate(replace(REPORT, source_values={})).images == REPORT.images


def test_labels_are_renewed_and_come_back_from_a_document() -> None:
    once = annotate(REPORT)
    assert annotate(once) == once
    assert parse_case(to_document(once)) == once
    assert "classes" not in to_document(REPORT)["images"][0]


def test_cases_are_found_and_counted_by_the_classes_of_their_images(store: DocumentStore) -> None:
    other = replace(REPORT, case_id="pmc:PMC2_01", images=(Image("pmc:PMC2_01_f1", caption="CT of the chest."),))
    with store.writer("curator") as writer:
        writer.write_cases([annotate(REPORT), annotate(other)])
    assert store.case_ids(parse_filter("image_class=echocardiogram")) == ["pmc:PMC1_01"]
    assert store.case_ids(parse_filter("image_class=radiology image_class=thorax")) == ["pmc:PMC1_01", "pmc:PMC2_01"]
    assert store.facets("image_class")["ct"] == 1
    assert store.facets("image_class")["radiology"] == 2


def test_a_class_that_does_not_exist_is_refused_with_the_nearest() -> None:
    with pytest.raises(InvalidFilter, match=r"image_class 'echocardiogramm' is not in the vocabulary\. Did you mean"):
        parse_filter("image_class=echocardiogramm")
    assert {"ct", "echocardiogram"} <= {str(one) for one in ImageClassId}
