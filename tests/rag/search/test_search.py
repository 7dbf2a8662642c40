"""Similar cases by words, image, case and mixes: filtered before ranking, explained, and honest about gaps."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from built_index import build_index
from search_cases import ImageEncoder, Images, SharedSpaceEncoder, WordEncoder, search_cases

from clip.question_views import whole_image
from ingest.errors import EngineUnreachable, InputError, StaleProjection, UnknownCase
from ingest.notices import Notice, NoticeCode
from ingest.remedies import Remedy, RemedyAction
from ingest.store.filters import Between, OneOf
from ingest.vocabulary import Section
from rag.index.opening import open_vectors
from rag.search.fusion import WEIGHTS, Channel, weights_with
from rag.search.query import Query
from rag.search.question import concepts_in
from rag.search.search import open_search

NO_GRAPH = (Notice(NoticeCode.GRAPH_SKIPPED, "Graph search skipped: no graph is configured."),)


def ids(answer):
    return [hit.case_id for hit in answer.hits]


def channels(hit):
    return {part.channel: part for part in hit.channels}


@pytest.mark.parametrize("case", search_cases(), ids=lambda case: case.short_id)
def test_the_name_of_a_disease_finds_the_cases_that_have_it(search, case):
    having = {other.case_id for other in search_cases() if other.diagnosis == case.diagnosis}
    for name in (case.diagnosis, case.diagnosis.upper(), f"{case.diagnosis.lower()}?"):
        answer = search.similar_to_text(name, k=len(having))
        assert set(ids(answer)) == having


def test_an_image_finds_the_case_it_is_of(search):
    answer = search.similar_to_image(b"aaab", k=3)
    assert ids(answer)[0] == "test:C1"
    best = channels(answer.hits[0])[Channel.IMAGE]
    assert best.image_id == "test:C1_image1"
    assert best.score == pytest.approx(1)
    assert best.why == "its image C1_image1 resembles your image (1.00)"
    assert {part.channel for hit in answer.hits for part in hit.channels} == {Channel.IMAGE}


def test_a_case_finds_its_like_and_never_itself(search):
    for case in search_cases():
        assert case.case_id not in ids(search.similar_to_case(case.case_id, k=100))
    answer = search.similar_to_case("C1", k=3)
    assert ids(answer)[0] == "test:C2"
    assert set(channels(answer.hits[0])) == {Channel.IMAGE, Channel.TEXT, Channel.KEYWORDS}


def test_a_mix_asks_every_channel(search):
    answer = search.search(Query(text="lung abscess", images=(b"ccd",), k=2))
    assert ids(answer)[0] == "test:C8"
    assert set(channels(answer.hits[0])) == {Channel.DIAGNOSIS, Channel.IMAGE, Channel.TEXT, Channel.KEYWORDS}


def test_a_hit_says_where_the_match_lies(search):
    hit = search.similar_to_text("thick walled cavity", k=1).hits[0]
    text = channels(hit)[Channel.TEXT]
    assert (text.section, text.image_id, text.start) == (Section.FINDINGS, None, 0)
    assert text.why.startswith("its findings resemble your words (0.")
    assert "cavity" in channels(hit)[Channel.KEYWORDS].why


@pytest.mark.parametrize(
    "query", [Query(text="ring enhancing mass", k=50), Query(images=(b"aab",), k=50), Query(case_id="C1")]
)
def test_a_filter_holds_in_every_channel_before_the_ranking(search, store, query):
    where = OneOf("sex", ("female",))
    answer = search.search(replace(query, where=where, k=50))
    assert set(ids(answer)) == set(store.case_ids(where)) - {"test:C1"}
    ranks = [part.rank for hit in answer.hits for part in hit.channels]
    assert max(ranks) <= len(store.case_ids(where))


def test_a_filter_that_matches_nothing_brings_no_hit(search):
    assert search.similar_to_text("mass", where=Between("age_years", 99, None)).hits == ()


def test_a_deleted_case_is_not_found_although_its_vectors_are_there(search, store):
    with store.writer("a test") as writer:
        writer.delete_case("test:C2")
    answer = search.similar_to_text("glioblastoma", k=50)
    assert "test:C2" not in ids(answer)
    (lag,) = (notice for notice in answer.notices if notice.code is NoticeCode.VECTORS_LAG)
    assert "lag the documents by 1 change" in lag.text
    assert lag.remedy == Remedy(RemedyAction.INDEX)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (Query(), "the question is empty"),
        (Query(text=" \n"), "the question is empty"),
        (Query(text="a", k=0), "k is 0, expected 1 to"),
        (Query(text="a", k=10**9), "k is 1000000000, expected 1 to"),
    ],
)
def test_a_question_that_asks_nothing_is_refused(search, query, said):
    with pytest.raises(InputError, match=said):
        search.search(query)


def test_a_question_beyond_all_measure_is_refused(search):
    with pytest.raises(InputError, match="30000 characters"):
        search.similar_to_text("x" * 30_000)


def test_an_unknown_case_is_named(search):
    with pytest.raises(UnknownCase, match="there is no case 'test:C99'"):
        search.similar_to_case("test:C99")


def test_without_a_graph_the_answer_says_so(search):
    assert search.similar_to_text("ring enhancing mass").notices == NO_GRAPH


def test_t31_with_the_graph_down_the_other_channels_answer(store, vectors):
    def down(case_id, concept_ids, k, allowed):
        raise EngineUnreachable("Neo4j at bolt://127.0.0.1:7687 did not answer within 5 s.")

    search = open_search(store, vectors, ImageEncoder(), WordEncoder(), down, views=whole_image)
    answer = search.similar_to_text("glioblastoma", k=2)
    assert set(ids(answer)) == {"test:C1", "test:C2"}
    assert answer.notices == (
        Notice(
            NoticeCode.GRAPH_SKIPPED, "Graph search skipped: Neo4j at bolt://127.0.0.1:7687 did not answer within 5 s."
        ),
    )


def test_the_graph_is_asked_for_the_concepts_of_the_question(store, vectors):
    asked = []

    def graph(case_id, concept_ids, k, allowed):
        asked.append((case_id, concept_ids, allowed))
        return [("test:C5", 2.0, ["ring enhancement"]), ("test:C1", 1.0, ["mass effect"]), ("gone", 1.0, [])]

    search = open_search(store, vectors, ImageEncoder(), WordEncoder(), graph, views=whole_image)
    where = OneOf("sex", ("male",))
    answer = search.similar_to_text("ring enhancement without edema", where=where, k=50)
    case_id, concept_ids, allowed = asked[0]
    assert case_id is None
    assert "finding:ring-enhancement" in concept_ids
    assert "finding:edema" not in concept_ids
    assert allowed == set(store.case_ids(where))
    assert not {"test:C5", "gone"} & set(ids(answer))
    hit = next(hit for hit in answer.hits if hit.case_id == "test:C1")
    assert channels(hit)[Channel.GRAPH].why == "it shares mass effect"
    search.similar_to_case("C1")
    assert asked[1][0] == "test:C1"
    assert "test:C1" not in asked[1][2]


def test_a_question_may_be_the_name_of_a_diagnosis():
    assert "diagnosis:glioblastoma" in concepts_in("Glioblastoma multiforme (GBM).")
    assert concepts_in("  ") == []


def test_each_channel_counts_as_the_text_encoder_says(search):
    for name in ("words", "all-minilm-l6-v2"):
        named = replace(search, text_encoder=WordEncoder(name))
        counted = {
            part.channel: part.weight for hit in named.similar_to_text("gallstones").hits for part in hit.channels
        }
        assert counted[Channel.TEXT] == weights_with(name)[Channel.TEXT]
        assert counted[Channel.KEYWORDS] == WEIGHTS[Channel.KEYWORDS]


class GallstonesInSharedSpace(SharedSpaceEncoder):
    """Puts any words where the images of the belly lie."""

    def embed_texts(self, texts):
        return self.embed_images([b"eef" for _ in texts])


def test_words_are_compared_with_images_only_in_a_shared_space(store, tmp_path, search):
    assert Channel.IMAGE not in channels(search.similar_to_text("cyst").hits[0])
    shared = GallstonesInSharedSpace()
    vectors = open_vectors("faiss", tmp_path / "shared")
    build_index(store, Images(), shared, WordEncoder(), vectors)
    answer = open_search(store, vectors, shared, WordEncoder()).similar_to_text("gallstones")
    best = next(hit for hit in answer.hits if hit.case_id == "test:C9")
    assert channels(best)[Channel.IMAGE].rank <= 2
    assert channels(best)[Channel.IMAGE].why.endswith("resembles your words (1.00)")


def test_another_encoder_or_no_vectors_yet_are_refused_with_the_command_that_mends_it(store, vectors, tmp_path):
    with pytest.raises(StaleProjection, match=r"Rebuild them\.$") as refused:
        open_search(store, vectors, ImageEncoder(), WordEncoder("others"))
    assert refused.value.remedy == Remedy(RemedyAction.REBUILD_INDEX)
    with pytest.raises(StaleProjection, match=r"Make them\.$") as refused:
        open_search(store, open_vectors("faiss", tmp_path), ImageEncoder(), WordEncoder())
    assert refused.value.remedy == Remedy(RemedyAction.REBUILD_INDEX)


def test_many_threads_get_the_answers_of_one(search):
    queries = [Query(text=case.diagnosis, images=(b"aab",), k=5) for case in search_cases()] * 4
    expected = [search.search(query) for query in queries]
    with ThreadPoolExecutor(16) as threads:
        assert list(threads.map(search.search, queries)) == expected


def test_t27_two_hundred_clients_at_once_get_the_answers_of_one(search):
    queries = [
        Query("ring enhancing mass with edema"),
        Query("mass", where=OneOf("region", ("Head",))),
        Query(images=(b"aab", b"ccd")),
        Query(case_id="test:C3"),
        Query("lung", (b"ccd",), more=("test:C7",), less=("test:C9",)),
    ]
    alone = [search.search(query) for query in queries]
    together = threading.Barrier(200)

    def ask(number):
        together.wait()
        return search.search(queries[number % len(queries)])

    with ThreadPoolExecutor(max_workers=200) as clients:
        answers = list(clients.map(ask, range(200)))
    assert answers == [alone[number % len(queries)] for number in range(200)]
