"""Passages cover a text, keep their place, and are short enough for an encoder."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from search_cases import search_cases

from ingest.vocabulary import Section
from rag.index.passages import MAX_PASSAGE_LENGTH, passage_spans, passages_of, sentence_around, sentence_spans


@given(st.text(alphabet=st.sampled_from("ab .!?\n"), max_size=3000))
def test_passages_cover_all_that_is_not_blank_and_never_overlap(text):
    spans = passage_spans(text)
    assert all(0 < end - start <= MAX_PASSAGE_LENGTH for start, end in spans)
    assert all(one[1] <= two[0] for one, two in pairwise(spans))
    covered = "".join(text[start:end] for start, end in spans)
    assert "".join(covered.split()) == "".join(text.split())


def test_a_passage_ends_where_a_sentence_does():
    text = "First sentence of the text. " * 60
    spans = passage_spans(text)
    assert len(spans) > 1
    assert all(text[start:end].endswith("text.") for start, end in spans)


def test_a_text_without_any_blank_is_cut_too():
    assert passage_spans("x" * 2000) == [(0, 800), (800, 1600), (1600, 2000)]


def test_the_sentence_around_a_span_is_whole():
    text = "No mass. A cyst of 3.5 cm is seen. Nothing else."
    start, end = sentence_around(text, text.index("cyst"), text.index("cyst") + 4)
    assert text[start:end] == "A cyst of 3.5 cm is seen."
    assert sentence_spans("") == []


@pytest.mark.parametrize("case", search_cases(), ids=lambda case: case.short_id)
def test_each_passage_stands_in_its_case(case):
    passages = passages_of(case)
    assert len({passage.vector_id for passage in passages}) == len(passages)
    for passage in passages:
        assert case.text_of(passage.section, passage.image_id)[passage.start : passage.end] == passage.text
    assert Section.CONFIRMATION not in {passage.section for passage in passages}
    assert {passage.image_id for passage in passages if passage.section is Section.CAPTION} == {
        image.image_id for image in case.images
    }
