"""Every engine of vectors keeps the same promises: answers, filters, threads, and writes made whole or not at all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from search_cases import WordEncoder, unit
from toy_vectors import ToyVectors

from ingest.errors import InputError, StaleProjection
from ingest.remedies import Remedy, RemedyAction
from rag.index.interface import METRIC, VectorRow, VectorState
from rag.index.opening import ENGINES, open_vectors, require_index

ENCODER = WordEncoder(dimension=16)
N = 300


@pytest.fixture(params=["faiss", "exact-numpy", "toy"])
def engine(request, monkeypatch):
    monkeypatch.setitem(ENGINES, "toy", ToyVectors.opened)
    return request.param


@pytest.fixture
def store(engine, tmp_path):
    return open_vectors(engine, tmp_path)["images"]


@pytest.fixture(scope="module")
def vectors():
    rows = np.random.default_rng(1).standard_normal((N, 16))
    return np.stack([unit(row) for row in rows])


@pytest.fixture(scope="module")
def case_of():
    sizes = np.random.default_rng(2).integers(0, 40, N) // 4  # cases of very different size
    return [f"c{case:03}" for case in np.repeat(np.arange(N), sizes + 1)[:N]]


@pytest.fixture(scope="module")
def rows(case_of):
    return [VectorRow(f"v{place}", case_id, f"k{place}") for place, case_id in enumerate(case_of)]


def filled(store, rows, vectors, sequence=1):
    with store.writer(ENCODER, sequence=sequence) as writer:
        writer.add(rows, vectors)
    return store


@pytest.fixture
def index(store, rows, vectors):
    return filled(store, rows, vectors).open(ENCODER)


def slowly(vectors, case_of, queries, k, allowed):
    """Rank cases by the best of all their rows over all queries, the obvious way."""
    best = {}
    for similarities, case_id in zip((queries @ vectors.T).T, case_of, strict=True):
        if case_id in allowed:
            best[case_id] = max(best.get(case_id, -2.0), float(similarities.max()))
    return sorted(best.items(), key=lambda item: (-item[1], item[0]))[:k]


@pytest.mark.parametrize("k", [1, 5, 60, 1000])
@pytest.mark.parametrize("queries", [1, 3])
@pytest.mark.parametrize("share", [0.02, 0.5, 1.0])
def test_search_agrees_with_the_full_matrix_product(index, vectors, case_of, k, queries, share):
    names = sorted(set(case_of))
    allowed = set(names[: max(1, int(share * len(names)))])
    questions = np.stack([unit(row) for row in np.random.default_rng(k).standard_normal((queries, 16))])
    found = index.similar_cases(questions, k, allowed)
    expected = slowly(vectors, case_of, questions, k, allowed)
    assert [near.case_id for near in found] == [case_id for case_id, _ in expected]
    assert [near.similarity for near in found] == pytest.approx([score for _, score in expected], abs=1e-5)
    assert all(near.row.case_id == near.case_id for near in found)


def test_one_question_near_many_rows_of_one_case_does_not_hide_its_other_neighbours(store):
    """The first look returns one case for one question and far ones for the other: it must look on."""
    first, second, middle = (unit(row) for row in np.eye(3, 16))
    near = unit(first + 0.5 * middle)
    vectors = np.stack([*[first] * 30, near, *[unit(second + 3 * row) for row in np.eye(16)[4:14]]]).astype(np.float32)
    names = ["big"] * 30 + ["near"] + [f"far{place}" for place in range(10)]
    rows = [VectorRow(f"v{place}", name, str(place)) for place, name in enumerate(names)]
    index = filled(store, rows, vectors).open(ENCODER)
    found = index.similar_cases(np.stack([first, second]), 2, set(names))
    assert [item.case_id for item in found] == ["big", "near"]


def test_cases_that_are_equally_near_stand_in_the_order_of_their_ids(store):
    vectors = np.stack([unit(np.ones(16))] * 4)
    rows = [VectorRow(f"v{name}", name, name) for name in ("d", "b", "c", "a")]
    index = filled(store, rows, vectors).open(ENCODER)
    assert [near.case_id for near in index.similar_cases(vectors[:1], 4, set("abcd"))] == ["a", "b", "c", "d"]


def test_each_hit_names_its_best_row_and_which_question_it_answers(index, vectors, case_of):
    questions = np.stack([unit(row) for row in np.random.default_rng(4).standard_normal((5, 16))])
    similarities = vectors @ questions.T
    found = index.similar_cases(questions, 30, set(case_of))
    asked_by = set[int]()
    for near in found:
        row = int(near.row.vector_id[1:])
        own = [place for place, case_id in enumerate(case_of) if case_id == near.case_id]
        assert near.similarity == pytest.approx(similarities[own].max(), abs=1e-5)
        assert near.query_number == int(similarities[row].argmax())
        asked_by.add(near.query_number)
    assert len(asked_by) > 1


def test_the_nearest_rows_of_a_case_are_those_of_the_full_product_with_the_question_of_each(index, vectors, case_of):
    questions = np.stack([unit(row) for row in np.random.default_rng(6).standard_normal((4, 16))])
    case_id = max(set(case_of), key=case_of.count)
    own = [place for place, name in enumerate(case_of) if name == case_id]
    similarities = vectors[own] @ questions.T
    expected = sorted(range(len(own)), key=lambda place: -similarities[place].max())[:5]
    found = index.nearest_rows(questions, case_id, 5)
    assert [near.row.vector_id for near in found] == [f"v{own[place]}" for place in expected]
    assert {near.case_id for near in found} == {case_id}
    assert [near.similarity for near in found] == pytest.approx([similarities[place].max() for place in expected])
    assert [near.query_number for near in found] == [int(similarities[place].argmax()) for place in expected]
    assert len({near.query_number for near in found}) > 1
    assert index.nearest_rows(questions[:0], case_id, 5) == []
    assert index.nearest_rows(questions, "someone else", 5) == []


def test_rows_of_equal_likeness_come_in_their_order(store):
    rows = [VectorRow(f"v{place}", "one", str(place)) for place in range(40)]
    same = np.tile(unit(np.eye(2, 16)[0]), (40, 1)).astype(np.float32)
    same[1::2] = unit(np.eye(2, 16)[1])
    found = filled(store, rows, same).open(ENCODER).nearest_rows(same[:1], "one", 40)
    assert [near.row.vector_id for near in found] == [f"v{n}" for n in (*range(0, 40, 2), *range(1, 40, 2))]


def test_of_questions_that_are_equally_near_the_first_is_answered(store):
    rows = [VectorRow(f"v{place}", "one", str(place)) for place in range(4)]
    same = np.tile(unit(np.eye(1, 16)[0]), (4, 1)).astype(np.float32)
    [near] = filled(store, rows, same).open(ENCODER).similar_cases(same[:2], 1, {"one"})
    assert (near.similarity, near.query_number) == (pytest.approx(1.0), 0)


def test_the_vectors_of_cases_and_of_images_come_as_they_were_written(index, vectors, case_of):
    own = [place for place, case_id in enumerate(case_of) if case_id == case_of[7]]
    assert np.array_equal(index.vectors_of(case_of[7]), vectors[own])
    assert np.array_equal(index.vectors_of_images(["v9", "v2", "v9", "none"]), vectors[[2, 9]])
    assert index.vectors_of("someone else").shape == index.vectors_of_images([]).shape == (0, 16)


def test_t26_more_hits_than_cases_never_brings_a_padded_row(index, vectors, case_of):
    found = index.similar_cases(vectors[:1], 10_000, set(case_of))
    assert len(found) == len(set(case_of))
    assert len({near.case_id for near in found}) == len(found)


def test_no_allowed_case_no_answer(index, vectors, case_of):
    assert index.similar_cases(vectors[:1], 5, {"someone else"}) == []
    assert index.similar_cases(vectors[:0], 5, set(case_of)) == []
    assert index.similar_cases(vectors[:1], 0, set(case_of)) == []


def test_t27_two_hundred_threads_get_the_answers_of_one(index, vectors, case_of):
    allowed = set(case_of)
    asked = range(0, N, 2)
    expected = [index.similar_cases(vectors[place : place + 1], 5, allowed) for place in asked]
    with ThreadPoolExecutor(200) as threads:
        found = list(threads.map(lambda place: index.similar_cases(vectors[place : place + 1], 5, allowed), asked))
    assert found == expected


def test_before_the_first_write_there_is_nothing(engine, tmp_path):
    stores = open_vectors(engine, tmp_path / "empty")
    for kind, store in stores.items():
        assert (store.state(), store.read(), store.open(ENCODER), store.leftovers()) == (None, None, None, [])
        store.clear()
        with pytest.raises(StaleProjection, match=r"Make them\.$") as refused:
            require_index(stores, kind, ENCODER)
        assert refused.value.remedy == Remedy(RemedyAction.REBUILD_INDEX)


def test_what_was_written_is_read_by_case_id_and_says_what_made_it_and_what_it_covers(store, rows, vectors):
    filled(store, rows[::-1], vectors[::-1], sequence=7)
    held = store.read(ENCODER)
    by_case = sorted(rows, key=lambda row: (row.case_id, -int(row.vector_id[1:])))
    assert list(held.rows) == by_case
    assert np.array_equal(held.vectors, vectors[[int(row.vector_id[1:]) for row in by_case]])
    made = (ENCODER.name, ENCODER.fingerprint, 16, METRIC, 7, N)
    assert held.state == store.state() == VectorState(*made, digest=held.state.digest)
    assert store.open(ENCODER).covered_sequence == 7


def test_one_write_removes_cases_and_adds_others_and_the_open_index_answers_as_before(store, rows, vectors, case_of):
    before = filled(store, rows, vectors).open(ENCODER)
    first = store.state()
    gone = {case_of[0], case_of[50], "someone else"}
    with store.writer(ENCODER, sequence=2) as writer:
        writer.remove(gone)
        writer.add([VectorRow("new", "c999", "k")], vectors[:1])
    after = store.open(ENCODER)
    everyone = {*case_of, "c999"}
    wanted = [place for place, case_id in enumerate(case_of) if case_id not in gone]
    expected = slowly(
        np.stack([*vectors[wanted], vectors[0]]), [*(case_of[n] for n in wanted), "c999"], vectors[:3], 400, everyone
    )
    assert [near.case_id for near in after.similar_cases(vectors[:3], 400, everyone)] == [name for name, _ in expected]
    assert (after.covered_sequence, before.covered_sequence) == (2, 1)
    assert store.state().digest != first.digest
    assert {near.case_id for near in before.similar_cases(vectors[:1], 400, everyone)} == set(case_of)


def test_a_case_that_is_added_again_has_the_new_vectors_only(store, rows, vectors, case_of):
    filled(store, rows, vectors)
    again, twice = case_of[0], case_of[50]
    with store.writer(ENCODER, sequence=2) as writer:
        writer.add([VectorRow("new", again, "k"), VectorRow("first", twice, "k")], vectors[:2])
        writer.add([VectorRow("second", twice, "k")], vectors[2:3])
    held = store.read(ENCODER)
    assert {row.vector_id for row in held.rows if row.case_id in (again, twice)} == {"new", "second"}
    others = [row.vector_id for row in held.rows if row.case_id not in (again, twice)]
    assert others == [row.vector_id for row in rows if row.case_id not in (again, twice)]
    index = store.open(ENCODER)
    assert np.array_equal(index.vectors_of(again), vectors[:1])
    assert np.array_equal(index.vectors_of(twice), vectors[2:3])


def test_a_change_without_vectors_moves_what_is_covered(store, rows, vectors):
    filled(store, rows, vectors)
    with store.writer(ENCODER, sequence=5):
        pass
    assert (store.state().sequence, store.state().count) == (5, N)


def test_a_write_that_fails_leaves_everything_as_it_was(store, rows, vectors):
    filled(store, rows, vectors)
    before = store.state()

    def write_and_fail(rows, vectors, error):
        with store.writer(ENCODER, sequence=2) as writer:
            writer.remove({row.case_id for row in rows[:1]})
            writer.add(rows, vectors)
            if error:
                raise error

    with pytest.raises(RuntimeError, match="killed"):
        write_and_fail([VectorRow("new", "c999", "k")], vectors[:1], RuntimeError("killed"))
    with pytest.raises(InputError, match="occurs"):
        write_and_fail([VectorRow("v299", "c999", "k")], vectors[:1], None)
    for bad in (vectors[:1] * 2, vectors[:1] * np.nan, vectors[:1, :8]):
        with pytest.raises((InputError, ValueError)):
            write_and_fail([VectorRow("new", "c999", "k")], bad, None)
    assert store.state() == before
    assert len(store.read(ENCODER).rows) == N


def test_vectors_of_another_encoder_are_refused_until_written_anew(store, rows, vectors):
    filled(store, rows, vectors)
    other = WordEncoder("others", 16)
    for ask in (store.read, store.open, lambda encoder: store.writer(encoder, sequence=2).__enter__()):
        with pytest.raises(StaleProjection, match=r"Rebuild them\.$") as refused:
            ask(other)
        assert refused.value.remedy == Remedy(RemedyAction.REBUILD_INDEX)
    with store.writer(other, sequence=2, from_scratch=True) as writer:
        writer.add(rows[:3], vectors[:3])
    assert (store.state().encoder, store.state().count) == ("others", 3)
    assert store.open(other).covered_sequence == 2


def test_cleared_vectors_are_gone_and_the_other_kind_stays(engine, tmp_path, rows, vectors):
    stores = open_vectors(engine, tmp_path)
    for store in stores.values():
        filled(store, rows, vectors)
    stores["images"].clear()
    assert stores["images"].state() is None
    assert stores["texts"].state().count == N


def test_a_store_that_is_opened_again_holds_what_was_written(engine, tmp_path, rows, vectors):
    filled(open_vectors(engine, tmp_path)["texts"], rows, vectors, sequence=3)
    again = open_vectors(engine, tmp_path)
    assert (again["texts"].state().sequence, again["images"].state()) == (3, None)


def test_an_engine_that_there_is_not_is_refused_with_the_names_of_those_that_there_are(tmp_path):
    with pytest.raises(InputError, match=r"names no engine\. Use one of: 'faiss', 'exact-numpy'"):
        open_vectors("milvus://host", tmp_path)
    for name in ("faiss", "exact-numpy"):
        with pytest.raises(InputError, match=f"Write '{name}'"):
            open_vectors(f"{name}://host", tmp_path)
