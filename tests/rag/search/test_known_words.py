"""Words that bring no case: what is said of them, and that no channel answers them all the same."""

from __future__ import annotations

import pytest
from search_cases import search_case

from ingest.notices import NoticeCode
from rag.search.known_words import why_no_case_fits
from rag.search.query import Query
from rag.search.words import asking_words, words_of

ARCHIVE = frozenset(
    words_of("Slipped capital femoral epiphysis of a boy who came by flight. Pain after a fall, edema.")
)


def said(text):
    notice = why_no_case_fits(text, ARCHIVE)
    return None if notice is None else notice.text


@pytest.mark.parametrize("text", ["so, how are you?", "x", "12345 7", "!!!", "show me something"])
def test_words_that_name_nothing_bring_no_case(text):
    assert asking_words(text) == []
    assert said(text).startswith("No case fits: these words name nothing to look for.")


@pytest.mark.parametrize("text", ["asdf qwer", "the weather in Rome", "你好"])
def test_words_that_the_archive_does_not_have_bring_no_case(text):
    assert said(text) == "No case fits: nothing in the archive has any of these words."


def test_one_word_known_by_chance_beside_as_many_unknown_brings_no_case_and_the_unknown_are_named():
    assert said("the capital of France") == (
        "No case fits: the archive does not have 'france'. Leave out what it does not have to search by the rest."
    )
    assert "'cheap', 'tonight'" in said("cheap flights tonight")


def test_words_of_every_day_in_what_laymen_call_a_disease_are_none_of_medicine():
    assert "'car'" in said("a flight by car")  # though our table has "car crash"


@pytest.mark.parametrize("text", ["capital epiphysis of France", "asdf edema", "edema", "qwer flight qwer capital"])
def test_words_mostly_known_or_with_one_of_medicine_are_asked(text):
    assert said(text) is None


@pytest.mark.parametrize("text", ["asdf qwer", "the weather in Rome", "so, how are you?", "cheap tickets, mass of"])
@pytest.mark.parametrize("literal", [False, True])
def test_noise_brings_no_hit_from_any_channel_though_encoders_make_something_of_it(search, text, literal):
    answer = search.search(Query(text, literal=literal))
    noise = "mass" not in text
    assert (answer.hits == ()) is noise
    assert ([notice.code for notice in answer.notices] == [NoticeCode.UNKNOWN_WORDS]) is noise


def test_noise_beside_an_image_is_passed_over_and_the_image_asks(search):
    assert search.search(Query("asdf qwer", images=(b"aaab",), k=1)).hits[0].case_id == "test:C1"


def test_a_disease_that_a_case_has_is_found_whatever_stands_beside_it(search_over):
    search = search_over([search_case(1, "Kikuchi disease", "Nodes of the neck."), search_case(2, "Cyst", "A cyst.")])
    assert search.search(Query("Kikuchi")).hits[0].case_id == "test:C1"
