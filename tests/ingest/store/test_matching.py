"""What a filter means on one image; that it agrees with the engines otherwise: `test_filter_agreement`."""

from __future__ import annotations

from dataclasses import replace

import pytest
from case_factory import make_case

from ingest.case import Annotation
from ingest.errors import InvalidFilter
from ingest.store.matching import check_image_filter, image_matches
from ingest.store.query_text import parse_filter
from ingest.vocabulary import Assertion, ConceptKind, Section


def test_an_annotation_counts_for_the_image_whose_caption_says_it():
    case = make_case()
    image = case.images[0]
    said = Annotation("finding:cyst", ConceptKind.FINDING, Assertion.PRESENT, Section.CAPTION, 0, 4, "t", image_id="x")
    for image_id, expected in (("x", False), (image.image_id, True)):
        told = replace(case, annotations=(*case.annotations, replace(said, image_id=image_id)))
        assert image_matches(told, image, parse_filter("finding:cyst")) is expected
    assert not image_matches(case, image, parse_filter("finding:mass")), "the findings of the case say it"


def test_what_only_cases_can_be_asked_is_refused():
    with pytest.raises(InvalidFilter, match="a disease is asked of cases"):
        check_image_filter(parse_filter("modality=CT disease=stroke"))
    with pytest.raises(InvalidFilter, match="a collection is asked of cases"):
        check_image_filter(parse_filter("collection=strokes"))
    with pytest.raises(InvalidFilter, match="asks the graph"):
        image_matches(make_case(), make_case().images[0], parse_filter("within:2:MPX1"))
