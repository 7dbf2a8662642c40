"""What a text says of a finding beside its name stands with it: size, margin, sequence, number, ..."""

from __future__ import annotations

import pytest

from ingest.annotation.annotate import annotate_text
from ingest.annotation.attributes import largest_mm
from ingest.concepts.attributes import attribute_words
from ingest.vocabulary import AttributeKind, Section


def said(text: str, concept_id: str) -> set[tuple[str, str]]:
    """Return what is said of the first mention of a concept."""
    mention = next(m for m in annotate_text(text, Section.FINDINGS) if m.concept_id == concept_id)
    return {(str(attribute.kind), attribute.value) for attribute in mention.attributes}


MASS = "finding:mass"


@pytest.mark.parametrize(
    ("text", "concept_id", "expected"),
    [
        ("An ill-defined 3.2 x 2.1 cm mass.", MASS, {("margin", "ill-defined"), ("size", "3.2 x 2.1 cm")}),
        ("There is a mass measuring 8mm.", MASS, {("size", "8mm")}),
        ("Multiple solid nodules.", "finding:nodule", {("number", "multiple"), ("composition", "solid")}),
        ("A heterogeneous extra-axial mass.", MASS, {("composition", "heterogeneous"), ("compartment", "extra-axial")}),
        ("Acute infarct.", "finding:infarct", {("chronicity", "acute")}),
        ("T1 image shows a mass.", MASS, {("sequence", "T1")}),
        ("The lesion is hyperintense on FLAIR.", "finding:signal-hyperintensity", {("sequence", "FLAIR")}),
        ("In the arterial phase the mass enhances.", MASS, {("phase", "arterial")}),
        ("5 mm slices show a mass.", MASS, set()),
        ("A mass 2 cm above the carina.", MASS, set()),
        ("Non-calcified mass.", MASS, set()),
        ("The kidneys are unremarkable.", "anatomy:kidney", {("normality", "normal")}),
        ("Normal liver.", "anatomy:liver", {("normality", "normal")}),
        ("The liver and spleen are normal.", "anatomy:liver", {("normality", "normal")}),
        ("The liver is enlarged.", "anatomy:liver", set()),
    ],
)
def test_an_attribute_stands_with_what_it_is_said_of(text, concept_id, expected):
    assert said(text, concept_id) == expected


@pytest.mark.parametrize(
    ("size", "expected"),
    [("3.2 x 2.1 cm", 32.0), ("8mm", 8.0), ("10 mm x 2 cm", 20.0), ("1.5-cm", 15.0), ("2x3 cm", 30.0)],
)
def test_a_size_has_a_largest_length(size, expected):
    assert largest_mm(size) == expected


def test_every_kind_but_size_has_words():
    assert {attribute.kind for attribute in attribute_words()} == set(AttributeKind) - {AttributeKind.SIZE}
