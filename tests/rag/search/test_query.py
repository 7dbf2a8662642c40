"""Questions of several parts: images, regions, concepts, what to be like and what not, and the words for each hit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from search_cases import ImageEncoder, WordEncoder, search_case, search_cases

from clip.question_views import whole_image
from ingest.errors import InputError, UnknownCase
from ingest.store.filters import OneOf
from ingest.vocabulary import Section
from rag.search.asking_images import asking_images, given_images
from rag.search.feedback import DISLIKED, LIKED, moved, read_feedback
from rag.search.fusion import Channel
from rag.search.query import MAX_IMAGES, Query
from rag.search.question import concepts_in, look_up
from rag.search.search import open_search
from rag.search.traits import Aspect, Trait


def ids(answer):
    return [hit.case_id for hit in answer.hits]


def test_each_of_several_images_finds_the_case_it_is_of_and_the_reason_says_which(search):
    answer = search.search(Query(images=(b"aaab", b"eef"), k=3))
    assert {"test:C1", "test:C9"} <= set(ids(answer)) | {"test:C10"}
    whys = {hit.case_id: hit.channels[0].why for hit in answer.hits}
    assert whys["test:C1"] == "its image C1_image1 resembles your image 1 (1.00)"
    assert "resembles your image 2 (1.00)" in "".join(whys.values())


def test_several_images_rank_as_the_best_of_each_alone(search):
    both = search.search(Query(images=(b"aab", b"ccd"), k=10)).hits
    alone = [search.search(Query(images=(png,), k=10)).hits for png in (b"aab", b"ccd")]
    best = {}
    for hit in (hit for hits in alone for hit in hits):
        best[hit.case_id] = max(best.get(hit.case_id, -1.0), hit.channels[0].score)
    assert {hit.case_id: pytest.approx(hit.channels[0].score) for hit in both} == best


def test_a_concept_is_asked_of_the_graph_and_a_named_disease_comes_first(store, vectors):
    asked = []

    def graph(case_id, concept_ids, k, allowed):
        asked.append((case_id, concept_ids))
        return [("test:C5", 1.0, ["edema"])]

    search = open_search(store, vectors, ImageEncoder(), WordEncoder(), graph, views=whole_image)
    answer = search.search(Query(concept_ids=("finding:edema", "diagnosis:pneumothorax")))
    assert asked == [(None, ["finding:edema", "diagnosis:pneumothorax"])]
    assert ids(answer) == ["test:C6", "test:C5"]
    assert answer.hits[0].channels[0].channel is Channel.DIAGNOSIS


@pytest.mark.parametrize("concept_id", ["finding:no-such", "edema", "treatment:surgery", "finding", "'; DROP"])
def test_an_unknown_concept_is_refused(search, concept_id):
    with pytest.raises(InputError, match="there is no concept"):
        search.search(Query(concept_ids=(concept_id,)))


def test_more_like_a_case_finds_its_like_and_neither_the_liked_nor_the_unlike_itself(search):
    answer = search.search(Query(more=("C1",), less=("C6",), k=50))
    assert ids(answer)[0] == "test:C2"
    assert not {"test:C1", "test:C6"} & set(ids(answer))
    assert {part.channel for part in answer.hits[0].channels} >= {Channel.IMAGE, Channel.TEXT, Channel.KEYWORDS}
    assert "an image that you liked (C1)" in answer.hits[0].channels[0].why


def test_more_and_less_move_the_ranking_their_way(search):
    def score(query, case_id):
        return next((hit.score for hit in search.search(query).hits if hit.case_id == case_id), 0.0)

    plain = Query(text="mass effect and edema", k=50)
    liked = Query(text=plain.text, more=("test:C4",), k=50)
    disliked = Query(text=plain.text, less=("test:C1",), k=50)
    assert score(liked, "test:C3") >= score(plain, "test:C3")
    keywords = {
        name: {m.case_id: m.score for m in search.keywords.similar_cases(query.text, 50, everyone(), feedback=judged)}
        for name, query in (("plain", plain), ("liked", liked), ("disliked", disliked))
        for judged in [read_feedback(query.more, query.less, search.store)]
    }
    assert keywords["liked"]["test:C3"] > keywords["plain"]["test:C3"]
    assert keywords["disliked"]["test:C2"] < keywords["plain"]["test:C2"]


def everyone():
    return {case.case_id for case in search_cases()}


def test_a_liked_image_brings_its_like_by_image_alone(search):
    answer = search.search(Query(more=("C6_image0",), k=50))
    assert ids(answer)[:2] == ["test:C7", "test:C8"]
    assert {part.channel for hit in answer.hits for part in hit.channels} == {Channel.IMAGE}
    assert "test:C6" not in ids(answer)


def test_images_are_moved_away_from_what_is_unlike(search):
    given = given_images((b"aab",), search.image_encoder).asking
    question = replace(look_up(Query(images=(b"aab",), less=("C6",)), search.store), given=given)
    asking = asking_images(question, search.images, search.image_encoder)
    away = search.images.vectors_of("test:C6").mean(axis=0)
    given = search.image_encoder.embed_images([b"aab"])[0]
    expected = given - DISLIKED * away
    assert np.allclose(asking.vectors[0], expected / np.linalg.norm(expected), atol=1e-6)
    assert asking.names == ("your image",)


def test_moved_is_the_formula_of_rocchio():
    random = np.random.default_rng(5)
    asked, liked, disliked = (random.standard_normal((n, 8)).astype(np.float32) for n in (1, 3, 2))
    expected = asked[0] + LIKED * liked.mean(axis=0) - DISLIKED * disliked.mean(axis=0)
    assert np.allclose(moved(asked, liked, disliked)[0], expected / np.linalg.norm(expected), atol=1e-6)
    alone = moved(asked[:0], liked, disliked)
    assert alone.shape == (1, 8)
    assert moved(asked[:0], liked[:0], disliked).shape == (0, 8)


@pytest.mark.parametrize("named", ["test:C99", "test:C1_image9", "C1_image", "nothing_at_all"])
def test_an_unknown_case_or_image_to_be_like_is_named(search, named):
    with pytest.raises(UnknownCase, match=named.partition("_")[0]):
        search.search(Query(more=(named,)))


def test_an_answer_says_which_conditions_were_read_and_goes_without_those_that_are_ignored(search):
    words = "a mass in a woman"
    women, everyone = (search.search(Query(words, ignored=ignored, k=50)) for ignored in ((), ("sex",)))
    assert (women.understood, everyone.understood) == ((OneOf("sex", ("female",)),), ())
    assert set(ids(women)) < set(ids(everyone))


def test_a_condition_that_is_never_read_from_words_cannot_be_ignored(search):
    with pytest.raises(InputError, match="no condition on 'source' is read from words"):
        search.search(Query("mass", ignored=("source",)))


def test_only_what_not_to_find_is_no_question(search):
    with pytest.raises(InputError, match="not only what not"):
        search.search(Query(less=("C1",)))


@pytest.mark.parametrize(
    "query",
    [
        Query(images=(b"a",) * (MAX_IMAGES + 1)),
        Query(more=("C1",) * 51),
        Query(concept_ids=("finding:mass",) * 51),
    ],
)
def test_too_many_parts_are_refused(search, query):
    with pytest.raises(InputError, match="at most"):
        search.search(query)


def test_a_mix_of_everything_keeps_the_filter(search, store):
    where = OneOf("sex", ("male",))
    mixed = Query("mass", (b"aab", b"ccd"), "C1", where, 50, "Headache.", ("finding:edema",), ("C2",), ("C7",))
    assert set(ids(search.search(mixed))) == set(store.case_ids(where)) - {"test:C1", "test:C2", "test:C7"}


def test_the_explanation_has_places_that_hold_what_it_quotes(search, store):
    query = Query(text="ring enhancing mass, no hydrocephalus", images=(b"aab",), k=10)
    hits = search.search(query).hits
    explained = search.explain(query, [hit.case_id for hit in hits])
    assert [one.case_id for one in explained] == [hit.case_id for hit in hits]
    for one in explained:
        case = store.get(one.case_id).case
        assert (one.diagnosis, one.confirmation) == (case.diagnosis, "Histology")
        assert [near.similarity for near in one.images] == sorted((n.similarity for n in one.images), reverse=True)
        assert {near.image_id for near in one.images} <= {image.image_id for image in case.images}
        assert len(one.passages) == 3
        for near in one.passages:
            assert (case.text_of(near.section, near.image_id) or "")[near.start : near.end] == near.text != ""


def test_what_is_shared_and_what_differs_is_said_in_words(search):
    query = Query(text="Ring enhancing mass with midline shift. No edema.")
    first, second = search.explain(query, ["test:C1", "test:C3"])
    assert Trait(Aspect.FINDING, "midline shift") in first.traits.shared
    assert Trait(Aspect.FINDING, "edema") in first.contradicted
    assert "midline shift" in [reason.name for reason in first.reasons.shares]
    assert "edema (asked: none)" in [reason.words for reason in first.reasons.differs]
    assert "midline shift (ruled out)" in [reason.words for reason in second.reasons.lacks]


def test_a_case_as_question_is_compared_by_all_its_traits(search):
    explained = search.explain(Query(case_id="C1"), ["test:C2", "test:C6"])
    assert Trait(Aspect.DIAGNOSIS, "Glioblastoma multiforme") in explained[0].traits.shared
    assert Trait(Aspect.MODALITY, "CT") in explained[1].traits.only_second


def test_ids_of_images_and_of_cases_are_told_apart(search_over):
    case = search_case(1, "Glioma", "Mass.")
    store = search_over([case]).store
    feedback = read_feedback(["C1_image1", "test:C1"], ["test:C1_image0"], store)
    assert (feedback.liked_images, [one.case_id for one in feedback.liked]) == (("test:C1_image1",), ["test:C1"])
    assert feedback.disliked_images == ("test:C1_image0",)
    assert feedback.case_ids == {"test:C1"}


def test_passages_of_a_changed_document_are_not_quoted(search, store):
    with store.writer("a test") as writer:
        writer.write_cases([search_case(1, "Glioma", "")])
    explained = search.explain(Query(text="ring enhancing mass"), ["test:C1"])[0]
    assert Section.FINDINGS not in {near.section for near in explained.passages}
    assert concepts_in("mass")
