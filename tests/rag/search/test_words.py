"""Words as the search compares them."""

from __future__ import annotations

import pytest

from rag.search.words import STOP_WORDS, stem, words_of


@pytest.mark.parametrize(
    "forms",
    [
        ("mass", "masses"),
        ("abscess", "abscesses"),
        ("cyst", "cysts", "cystic"),
        ("enhance", "enhances", "enhanced", "enhancing", "enhancement"),
        ("dilatation", "dilatations"),
    ],
)
def test_forms_of_a_word_meet(forms):
    assert len({stem(form) for form in forms}) == 1


def test_short_words_keep_their_letters():
    assert [stem(word) for word in ("ct", "mri", "lung", "axes")] == ["ct", "mri", "lung", "axes"]


def test_upper_case_and_stop_words_make_no_difference():
    assert words_of("The MASS of the Lung") == words_of("mass, lung")
    assert not set(words_of("the mass of a lung")) & STOP_WORDS
