"""An address, a protocol or a department is no finding and no treatment; a word between breaks no phrase."""

from __future__ import annotations

import pytest

from ingest.annotation.annotate import annotate_text
from ingest.vocabulary import Section


def read(text: str, section: Section = Section.TREATMENT) -> list[str]:
    return [a.concept_id for a in annotate_text(text, section)]


@pytest.mark.parametrize(
    "text",
    [
        "See http://example.org/sinusitis.",
        "www.example.com/abscess",
        "CT with PE protocol.",
        "CT with pulmonary embolism protocol.",
        "Consult surgery.",
        "Referred to general surgery.",
        "Seen by plastic surgery.",
    ],
)
def test_what_names_something_else_is_left_out(text):
    assert [name for name in read(text) if not name.startswith("exam:")] == []


@pytest.mark.parametrize(
    ("text", "concept_id"),
    [
        ("Sinusitis.", "finding:sinusitis"),
        ("Pulmonary embolism is seen.", "finding:pulmonary-embolism"),
        ("Treated by surgery.", "treatment:surgery"),
    ],
)
def test_the_same_words_elsewhere_are_read(text, concept_id):
    assert concept_id in read(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Loss of normal gray-white differentiation.", True),
        ("Loss of the usual gray-white differentiation.", True),
        ("Loss of gray-white differentiation.", True),
        ("Loss of appetite; gray-white differentiation is normal.", False),
    ],
)
def test_a_word_between_does_not_break_a_phrase(text, found):
    assert ("finding:loss-of-gray-white-differentiation" in read(text, Section.FINDINGS)) is found
