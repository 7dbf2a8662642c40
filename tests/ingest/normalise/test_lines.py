"""Marks at the start of a line, and where a sentence ends."""

from __future__ import annotations

import pytest

from ingest.normalise.lines import sentences, without_marks


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("mass", "mass"),
        ("  mass \t", "mass"),
        ("- mass", "mass"),
        ("• » * · > – — mass", "mass"),
        ("1. mass", "mass"),
        ("12) mass", "mass"),
        ("(3) mass", "mass"),
        ("4: mass", "mass"),
        ("5.) mass", "mass"),
        ("- 1. mass", "mass"),
        ("a) mass", "mass"),
        ("(B) mass", "mass"),
        ("A. Mass", "Mass"),
        ("M. tuberculosis", "M. tuberculosis"),
        ("1.5 cm mass", "1.5 cm mass"),
        ("123. mass", "123. mass"),
        ("T2 bright", "T2 bright"),
        ("a)mass", "a)mass"),
        ("-", ""),
        ("", ""),
    ],
)
def test_bullets_and_numbering_come_off_and_what_belongs_to_the_words_stays(line, left):
    assert without_marks(line) == left


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One. Two", ["One", "Two"]),
        ("One.  Two.\nThree.", ["One", "Two", "Three"]),
        ("One (not here. nor here) more. Two", ["One (not here. nor here) more", "Two"]),
        ("1.5 cm. Next", ["1.5 cm", "Next"]),
        ("mass vs. cyst. Next", ["mass vs. cyst", "Next"]),
        ("bones, e.g. femur. Next", ["bones, e.g. femur", "Next"]),
        ("bones, i.e. femur. Next", ["bones, i.e. femur", "Next"]),
        ("femur, tibia, etc. are seen. Next", ["femur, tibia, etc. are seen", "Next"]),
        ("M. tuberculosis. Next", ["M. tuberculosis", "Next"]),
        ("One.Two", ["One.Two"]),
        ("One. . . Two", ["One", "Two"]),
        ("...", []),
        (" ", []),
        ("", []),
    ],
)
def test_text_is_divided_at_full_stops_that_end_a_sentence(text, parts):
    expected = [part for part in parts if part != "..."]
    assert [part for part in sentences(text) if part.strip(".")] == expected
