"""Phrases are found whole, longest first, at their exact place in any Unicode text."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.concepts.phrases import PhraseBook, fold

WORDS = ("mass", "mass effect", "ring enhancement", "strasse", "fi", "effusion", "crohn's")
BOOK = PhraseBook({word: word for word in WORDS})
ODD = st.sampled_from(
    [*WORDS, "ß", "İ", "ﬁ", "ŉ", "é", "e\u0301", "\u00a0", " ", "  ", "-", "\u2013", "\n", "’", "😀", "."]
)


def spans(text):
    return [(text[found.start : found.end], found.value) for found in BOOK.find(fold(text))]


@given(st.one_of(st.text(), st.lists(ODD).map("".join)))
def test_a_found_span_folds_to_its_phrase_and_spans_do_not_overlap(text):
    last = 0
    for found in BOOK.find(fold(text)):
        assert found.start >= last
        assert fold(text[found.start : found.end]).text == found.value
        last = found.end


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_folding_keeps_the_origin_of_every_character(text):
    folded = fold(text)
    assert len(folded.origins) == len(folded.text)
    assert folded.origins == sorted(folded.origins)
    assert all(0 <= origin < len(text) for origin in folded.origins)


@given(st.text(), st.sampled_from(WORDS))
def test_a_phrase_between_spaces_is_found_whatever_stands_before(before, word):
    text = f"{before}. {word} ."
    assert (len(before) + 2, len(before) + 2 + len(word)) in [(f.start, f.end) for f in BOOK.find(fold(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("MASS", ["mass"]),
        ("massive biomass", []),
        ("a mass-effect", ["mass effect"]),
        ("mass \u00a0 effect", ["mass effect"]),
        ("mass\neffect", ["mass"]),
        ("mass - effect", ["mass"]),
        ("ring\u2010enhancement", ["ring enhancement"]),
        ("İİ mass", ["mass"]),
        ("an der Straße", ["strasse"]),
        ("mass\u0301", []),
        ("Crohn\u2019s", ["crohn's"]),
        ("ﬁx, ﬁ", ["fi"]),
        ("mass/effusion", ["mass", "effusion"]),
        ("", []),
    ],
)
def test_phrases_are_whole_words_and_the_longest_wins(text, expected):
    assert [value for _, value in spans(text)] == expected


@pytest.mark.parametrize("unit", ["mass ", "a", " ", "\n", "- ", "ß", "mass effect of "])
def test_finding_takes_time_in_proportion_to_the_text(unit):
    def seconds(n):
        text = unit * (n // len(unit))
        start = time.process_time()
        BOOK.find(fold(text))
        return time.process_time() - start

    assert min(seconds(200_000) for _ in range(2)) < 3.0  # quadratic time would be minutes
