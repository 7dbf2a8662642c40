"""What changes in a case, told by content."""

from __future__ import annotations

from dataclasses import replace

from case_factory import make_annotation, make_case, make_image

from ingest.difference import case_difference
from ingest.vocabulary import Assertion, ConceptKind, Region, Section


def test_nothing_changes_between_equal_cases():
    difference = case_difference(make_case(1), make_case(1))
    assert difference.fields == ()
    assert (difference.images_added, difference.images_removed, difference.images_changed) == (0, 0, 0)
    assert not difference.annotations_added
    assert difference.describe() == "only how its values came to be"


def test_findings_that_come_and_go_are_counted_and_those_that_only_move_are_not():
    mass, effusion = make_annotation("finding:mass"), make_annotation("finding:effusion")
    before = make_case(1, annotations=(mass, effusion))
    moved = replace(mass, start=7, end=11)
    denied = make_annotation("finding:effusion", Assertion.ABSENT)
    surgery = replace(make_annotation("treatment:surgery"), kind=ConceptKind.TREATMENT)
    difference = case_difference(before, replace(before, annotations=(moved, denied, denied, surgery)))
    assert difference.annotations_added == {ConceptKind.FINDING: 2, ConceptKind.TREATMENT: 1}
    assert difference.annotations_removed == {ConceptKind.FINDING: 1}
    assert difference.describe() == "+2 findings, +1 treatment, -1 finding"


def test_images_and_their_places_are_told_apart():
    one, two, three = (make_image(f"medpix2:MPX0001_{letter}") for letter in "abc")
    before = make_case(1, images=(one, two))
    elsewhere = replace(two, region=Region.THORAX)
    difference = case_difference(before, replace(before, images=(elsewhere, three)))
    assert (difference.images_added, difference.images_removed, difference.images_changed) == (1, 1, 1)
    assert difference.locations_changed == 1
    assert difference.describe() == "1 location changed, +1 image, -1 image, 1 image changed"


def test_texts_and_values_are_named_not_quoted():
    before = make_case(1)
    after = replace(before, diagnosis="secret", sections={**before.sections, Section.HISTORY: "secret"})
    difference = case_difference(before, after)
    assert difference.fields == ("sections.history", "diagnosis")
    assert "secret" not in difference.describe()
