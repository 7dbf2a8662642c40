"""The vector index answers as the full matrix product does, among the allowed cases, from many threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from search_cases import WordEncoder, unit

from rag.index import vector_index
from rag.index.snapshot import Row, load_snapshot, write_snapshot
from rag.index.vector_index import VectorIndex

ENCODER = WordEncoder(dimension=16)
N = 300


@pytest.fixture(scope="module")
def vectors():
    rows = np.random.default_rng(1).standard_normal((N, 16))
    return np.stack([unit(row) for row in rows])


@pytest.fixture(scope="module")
def case_of():
    sizes = np.random.default_rng(2).integers(0, 40, N) // 4  # cases of very different size
    return [f"c{case}" for case in np.repeat(np.arange(N), sizes + 1)[:N]]


@pytest.fixture
def index(tmp_path, vectors, case_of):
    rows = [Row(f"v{place}", case_id, f"k{place}") for place, case_id in enumerate(case_of)]
    write_snapshot(tmp_path, rows, vectors, encoder=ENCODER, sequence=1)
    return VectorIndex(load_snapshot(tmp_path, ENCODER))


def slowly(vectors, case_of, queries, k, allowed):
    """Rank cases by the best of all their rows over all queries, the obvious way."""
    best = {}
    for row, case_id in zip(
        queries @ vectors.T if len(queries) == 0 else (queries @ vectors.T).T, case_of, strict=True
    ):
        if case_id in allowed:
            best[case_id] = max(best.get(case_id, -2.0), float(row.max()))
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


def test_one_question_near_many_rows_of_one_case_does_not_hide_its_other_neighbours(tmp_path):
    """The first look returns one case for one question and far ones for the other: it must look on."""
    first, second, middle = (unit(row) for row in np.eye(3, 16))
    near = unit(first + 0.5 * middle)
    vectors = np.stack([*[first] * 30, near, *[unit(second + 3 * row) for row in np.eye(16)[4:14]]]).astype(np.float32)
    names = ["big"] * 30 + ["near"] + [f"far{place}" for place in range(10)]
    rows = [Row(f"v{place}", name, str(place)) for place, name in enumerate(names)]
    write_snapshot(tmp_path, rows, vectors, encoder=ENCODER, sequence=1)
    index = VectorIndex(load_snapshot(tmp_path, ENCODER))
    found = index.similar_cases(np.stack([first, second]), 2, set(names))
    assert [item.case_id for item in found] == ["big", "near"]


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


def test_t26_more_hits_than_cases_never_brings_a_padded_row(index, vectors, case_of):
    found = index.similar_cases(vectors[:1], 10_000, set(case_of))
    assert len(found) == len(set(case_of))
    assert len({near.case_id for near in found}) == len(found)


def test_no_allowed_case_no_answer(index, vectors):
    assert index.similar_cases(vectors[:1], 5, {"someone else"}) == []
    assert index.similar_cases(vectors[:0], 5, {"c0"}) == []


def test_t27_two_hundred_threads_get_the_answers_of_one(index, vectors, case_of):
    allowed = set(case_of)
    expected = [index.similar_cases(vectors[place : place + 1], 5, allowed) for place in range(N)]
    with ThreadPoolExecutor(200) as threads:
        found = list(threads.map(lambda place: index.similar_cases(vectors[place : place + 1], 5, allowed), range(N)))
    assert found == expected


def test_above_the_size_of_exact_search_nearly_all_neighbours_are_found(tmp_path, monkeypatch):
    monkeypatch.setattr(vector_index, "EXACT_UP_TO", 1000)
    random = np.random.default_rng(9)
    middles = random.standard_normal((150, 16))
    rows = np.stack([unit(middles[n % 150] + 0.4 * random.standard_normal(16)) for n in range(3000)])
    names = [f"c{n // 3}" for n in range(3000)]
    named = [Row(f"v{n}", name, str(n)) for n, name in enumerate(names)]
    write_snapshot(tmp_path, named, rows, encoder=ENCODER, sequence=1)
    index = VectorIndex(load_snapshot(tmp_path, ENCODER))
    few, many = set(names[:900]), set(names[:2700])
    for allowed, least in ((set(names), 0.99), (many, 0.99), (few, 1.0)):
        shares = []
        for row in rows[::100]:
            found = {near.case_id for near in index.similar_cases(row[None], 10, allowed)}
            expected = {case_id for case_id, _ in slowly(rows, names, row[None], 10, allowed)}
            assert found <= allowed
            shares.append(len(found & expected) / len(expected))
        assert np.mean(shares) >= least


def test_rows_of_equal_likeness_come_in_their_order(tmp_path):
    rows = [Row(f"v{place}", "one", str(place)) for place in range(40)]
    same = np.tile(unit(np.eye(2, 16)[0]), (40, 1)).astype(np.float32)
    same[1::2] = unit(np.eye(2, 16)[1])
    write_snapshot(tmp_path, rows, same, encoder=ENCODER, sequence=1)
    found = VectorIndex(load_snapshot(tmp_path, ENCODER)).nearest_rows(same[:1], "one", 40)
    assert [near.row.vector_id for near in found] == [f"v{n}" for n in (*range(0, 40, 2), *range(1, 40, 2))]


def test_of_questions_that_are_equally_near_the_first_is_answered(tmp_path):
    rows = [Row(f"v{place}", "one", str(place)) for place in range(4)]
    same = np.tile(unit(np.eye(1, 16)[0]), (4, 1)).astype(np.float32)
    write_snapshot(tmp_path, rows, same, encoder=ENCODER, sequence=1)
    [near] = VectorIndex(load_snapshot(tmp_path, ENCODER)).similar_cases(same[:2], 1, {"one"})
    assert (near.similarity, near.query_number) == (pytest.approx(1.0), 0)


def test_the_vectors_of_a_case_and_of_images_are_those_of_their_rows(index, vectors, case_of):
    case_id = max(set(case_of), key=case_of.count)
    own = [place for place, name in enumerate(case_of) if name == case_id]
    assert index.vectors_of(case_id).tolist() == vectors[own].tolist()
    assert index.vectors_of("someone else").shape == (0, 16)
    assert index.vectors_of_images(["v7", "no", "v3", "v7"]).tolist() == vectors[[3, 7]].tolist()


def test_a_selection_is_made_once_and_so_many_are_kept(index, monkeypatch):
    monkeypatch.setattr(vector_index, "SELECTIONS_KEPT", 2)
    first = index._selection(frozenset({"c0"}))
    assert index._selection(frozenset({"c0"})) is first
    index._selection(frozenset({"c1"}))
    assert len(index._selections) == 2
    index._selection(frozenset({"c2"}))
    assert len(index._selections) == 1
