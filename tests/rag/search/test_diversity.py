"""T37: cases added to mislead: a flood of near copies, a small source that answers everything, a case taken back."""

from __future__ import annotations

import random
import time

import pytest
from search_cases import search_case, search_cases

from ingest.notices import Notice, NoticeCode
from ingest.remedies import Remedy, RemedyAction
from rag.search.case_words import case_words
from rag.search.diversity import COPY, diversity_notices
from rag.search.fusion import Hit
from rag.search.query import Query

WORDS = (
    *("mass", "lesion", "edema", "effusion", "opacity", "nodule", "cyst", "fracture", "stenosis", "thrombus", "margin"),
    *("lobe", "signal", "density", "border", "septum", "wall", "cortex", "marrow", "joint", "vessel", "duct", "node"),
    *("fat", "air", "fluid", "hemorrhage", "infarct", "abscess", "ventricle", "sulcus", "pleura", "hilum", "apex"),
    *("base", "segment", "bowel", "liver", "spleen", "kidney", "ureter", "bladder", "aorta", "valve", "chamber"),
)
QUESTION = "Sunburst periosteal reaction with a soft tissue mass of the distal femur"


def said(chance, words=60):
    return " ".join(chance.choices(WORDS, k=words))


def archive(chance):
    """Return nine hundred cases, each of words of its own choice; nine of them answer the question."""
    return [
        search_case(
            n,
            f"Disease {n}",
            f"{QUESTION}. {said(chance)}" if n < 9 else said(chance),
            discussion=said(chance),
            source="medpix2",
        )
        for n in range(900)
    ]


def flood(chance):
    """Return a hundred near copies of one case that answers the question: one word in thirty of each is another."""
    words = f"{QUESTION}. {QUESTION}. {QUESTION}. {said(chance, 60)}".split()
    texts = [" ".join(chance.choice(WORDS) if chance.random() < 1 / 30 else word for word in words) for _ in range(100)]
    return [search_case(n, "Osteosarcoma", text, source="own") for n, text in enumerate(texts)]


@pytest.fixture
def poisoned(search_over):
    """Search an archive of a thousand cases of which a hundred were planted."""
    chance = random.Random(37)
    return search_over([*archive(chance), *flood(chance)])


def test_t37_a_flood_of_a_hundred_copies_takes_one_place_of_ten_and_is_told(poisoned):
    answer = poisoned.search(Query(QUESTION, k=10))
    assert len(answer.hits) == 10
    assert sum(hit.case_id.startswith("own:") for hit in answer.hits) == 1
    assert [hit.rank for hit in answer.hits] == list(range(1, 11))
    copies = [int(told.text.split()[0]) for told in answer.notices if told.code is NoticeCode.COPIES_LEFT_OUT]
    assert copies and copies[0] >= 30  # those that stood in the way of the ten
    alone = poisoned.search(Query(QUESTION, k=1))
    assert len(alone.hits) == 1


def test_t37_a_rejected_case_is_gone_from_the_next_answer_without_a_new_index(poisoned):
    first = poisoned.search(Query(QUESTION, k=1)).hits[0].case_id
    with poisoned.store.writer("a curator") as writer:
        writer.delete_case(first)
    begun = time.process_time()
    answer = poisoned.search(Query(QUESTION, k=1000))
    assert first not in {hit.case_id for hit in answer.hits}
    assert not any(first.partition(":")[2] in notice.text.replace(",", "").split() for notice in answer.notices)
    assert time.process_time() - begun < 10


def test_t37_a_small_source_that_has_most_of_the_answer_is_told():
    def hits(*sources):
        return [Hit(f"{source}:{n}", 1.0, n + 1, ()) for n, source in enumerate(sources)]

    allowed = {f"medpix2:{n}" for n in range(90)} | {f"own:{n}" for n in range(10)}
    assert diversity_notices(hits(*["own"] * 7, *["medpix2"] * 3), allowed) == [
        Notice(
            NoticeCode.ONE_SOURCE,
            "7 of 10 hits are of source 'own', which has 10% of the cases that may be found. "
            "See whether they are cases of their own.",
            Remedy(RemedyAction.FIND_DUPLICATES),
        )
    ]
    assert diversity_notices(hits(*["own"] * 6, *["medpix2"] * 4), allowed) == []
    assert diversity_notices(hits(*["medpix2"] * 10), allowed) == []
    assert diversity_notices(hits(*["own"] * 3), allowed) == []
    assert diversity_notices(hits(*["own"] * 10), {f"own:{n}" for n in range(10)}) == []
    assert diversity_notices([], set()) == []


def test_cases_that_are_merely_alike_are_no_copies(search):
    words = case_words(search_cases())
    likeness = words.likeness([*words.case_ids, "no:C1"])
    assert likeness[-1, :-1].max() == 0
    assert likeness[:-1, :-1].diagonal().min() == pytest.approx(1)
    rows = words.weights.toarray()
    expected = rows[0] @ rows[1] / (rows[0] @ rows[0] * (rows[1] @ rows[1])) ** 0.5
    assert likeness[0, 1] == likeness[1, 0] == pytest.approx(expected)
    assert expected < COPY
    assert len(search.similar_to_text("ring enhancing mass").hits) >= 5
