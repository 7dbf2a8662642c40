"""Which cases are relevant to which, in every combination of what two cases share."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from search_cases import search_case

from ingest.case import Topic
from ingest.vocabulary import Region
from rag.evaluation.relevance import Relevance, gains_of, regions_of

ASKING = search_case(1, "Lung abscess", "Cavity.", category="Infection", region=Region.THORAX)


def other(topic, diagnosis, category, region):
    """Return a case that shares with the asking one what is true here, and nothing else."""
    return replace(
        search_case(2, "x", "Cavity.", region=Region.THORAX if region else Region.HEAD),
        topic=Topic("Lung abscess" if topic else "Pneumonia", None, "Infection" if category else "Neoplasm, pulmonary"),
        diagnosis="Lung abscess" if diagnosis else "Pneumonia",
    )


def expected(relevance, topic, diagnosis, category, region):
    """Say it case by case."""
    if relevance is Relevance.SAME_TOPIC:
        return 1.0 if topic else 0.0
    if relevance is Relevance.SAME_DIAGNOSIS:
        return 1.0 if diagnosis else 0.0
    if relevance is Relevance.SAME_CATEGORY_AND_REGION:
        return 1.0 if category and region else 0.0
    if topic or diagnosis:
        return 3.0
    return (2.0 if region else 1.0) if category else 0.0


@pytest.mark.parametrize("relevance", list(Relevance))
def test_the_gain_is_that_of_the_strongest_bond(relevance):
    for shares in product([False, True], repeat=4):
        gain = expected(relevance, *shares)
        assert gains_of(ASKING, [ASKING, other(*shares)], relevance) == ({"test:C2": gain} if gain else {}), shares


def test_only_the_graded_kind_has_gains_that_differ():
    assert [relevance.graded for relevance in Relevance] == [False, False, False, True]


def test_what_neither_case_knows_is_nothing_that_they_share():
    bare = {"topic": Topic(), "diagnosis": None, "images": ()}
    first, second = replace(ASKING, **bare), replace(other(True, True, True, True), **bare)
    blank = replace(second, topic=Topic(" ", None, " "))
    for relevance in Relevance:
        assert gains_of(first, [second], relevance) == {}
        assert gains_of(replace(first, topic=Topic(" ", None, " ")), [blank], relevance) == {}


def test_case_and_blanks_make_no_other_topic():
    spelled = replace(other(False, False, False, False), topic=Topic(" LUNG \n abscess", None, None))
    assert gains_of(ASKING, [spelled], Relevance.SAME_TOPIC) == {"test:C2": 1.0}


def test_the_regions_of_a_case_are_those_of_its_images_that_have_one():
    first, second = ASKING.images
    assert regions_of(replace(ASKING, images=(replace(first, region=None), second))) == {Region.THORAX}
    assert regions_of(replace(ASKING, images=(replace(first, region=Region.HEAD), second))) == {
        Region.HEAD,
        Region.THORAX,
    }
