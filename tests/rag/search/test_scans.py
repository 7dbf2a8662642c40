"""An image that looks like no scan, and like nothing in the archive, finds no case; and the answer says so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from search_cases import search_case, search_cases

from clip.question_views import QuestionView
from ingest.errors import StaleProjection
from ingest.notices import NoticeCode
from ingest.remedies import Remedy, RemedyAction
from rag.search.asking_images import given_images
from rag.search.fusion import Channel
from rag.search.query import Query
from rag.search.scans import SAME_IMAGE, UNUSUAL_SHARE, ScanJudge, usual_nearness

PHOTOGRAPH = b"zzzyx"  # of letters that no image of the archive is made of
SCAN = b"aab"


def strange_are(*pngs, knows_archive=False):
    def strangeness(seen, vectors):
        return np.array([2.0 if png in pngs else 0.5 for png in seen])

    return ScanJudge(strangeness, knows_archive)


@pytest.fixture
def strict(search):
    return replace(search, scan_judge=strange_are(PHOTOGRAPH, SCAN))


@pytest.fixture
def varied(search_over):
    """Return a search over cases with one image each, no two of them the same."""
    letters = ("aab", "aabb", "abbb", "aac", "acc", "bbc", "bcc")
    return search_over([search_case(n, f"Disease {n}", "A mass.", images=(one,)) for n, one in enumerate(letters, 1)])


def channels_of(answer):
    return {part.channel for hit in answer.hits for part in hit.channels}


def no_scans(answer):
    return [notice for notice in answer.notices if notice.code is NoticeCode.NO_SCAN]


def test_by_what_looks_like_no_scan_nothing_is_found_and_it_is_said(search, strict):
    assert search.similar_to_image(PHOTOGRAPH).hits  # some case is nearest to anything
    answer = strict.similar_to_image(PHOTOGRAPH)
    assert answer.hits == ()
    (told,) = answer.notices
    assert told.code is NoticeCode.NO_SCAN
    assert told.text.startswith("Your image does not look like a scan, and nothing like it is in the archive")
    assert told.remedy == Remedy(RemedyAction.ASK_IN_WORDS)


def test_words_beside_it_answer_as_they_do_alone(search, strict):
    answer = strict.search(Query(text="gallstones", images=(PHOTOGRAPH,), k=3))
    alone = search.search(Query(text="gallstones", k=3))
    assert answer.hits == alone.hits
    assert Channel.IMAGE not in channels_of(answer)
    assert len(no_scans(answer)) == 1
    assert NoticeCode.UNKNOWN_WORDS in {
        notice.code for notice in strict.search(Query(text="asdfqwer", images=(PHOTOGRAPH,))).notices
    }


def test_what_the_archive_has_itself_is_looked_for_although_the_classifier_does_not_know_it(strict):
    answer = strict.similar_to_image(SCAN, k=1)
    assert no_scans(answer) == []
    assert channels_of(answer) == {Channel.IMAGE}


def test_a_classifier_that_was_trained_on_the_archive_is_believed_but_of_the_archives_own_images(varied):
    near = b"aaaab"  # of the letters of images of the archive, and none of them
    for knows_archive, found in ((True, False), (False, True)):
        judged = replace(varied, scan_judge=strange_are(near, SCAN, knows_archive=knows_archive))
        assert bool(judged.similar_to_image(near).hits) is found
        assert judged.similar_to_image(SCAN).hits


def test_of_several_images_those_that_look_like_scans_ask(strict, search):
    answer = strict.search(Query(images=(b"ccd", PHOTOGRAPH, b"eef"), k=5))
    assert [told.text.split(" does")[0] for told in no_scans(answer)] == ["Your image 2"]
    whys = {part.why.split("resembles ")[1].split(" (")[0] for hit in answer.hits for part in hit.channels}
    assert whys == {"your image 1", "your image 3"}
    explained = strict.explain(Query(images=(b"ccd", PHOTOGRAPH, b"eef")), ["test:C6", "test:C9"])
    assert {near.resembles for each in explained for near in each.images} <= {"your image 1", "your image 3"}
    assert strict.explain(Query(text="cough", images=(PHOTOGRAPH,)), ["test:C6"])[0].images == ()


def test_one_view_that_looks_like_a_scan_is_enough(strict, search):
    framed = replace(strict, views=lambda png: [QuestionView(png), QuestionView(b"ccd", "without what is around it")])
    answer = framed.similar_to_image(PHOTOGRAPH)
    assert no_scans(answer) == []
    assert answer.hits


def test_beside_a_liked_image_only_that_one_asks(strict):
    answer = strict.search(Query(images=(PHOTOGRAPH,), more=("C6_image0",), k=2))
    assert all("that you liked" in part.why for hit in answer.hits for part in hit.channels)
    assert answer.hits


def test_a_classifier_that_cannot_be_used_is_told_and_the_image_asks(search):
    def none_trained(pngs, vectors):
        raise StaleProjection("there is no classifier.")

    answer = replace(search, scan_judge=ScanJudge(none_trained, knows_archive=True)).similar_to_image(PHOTOGRAPH)
    assert answer.hits
    assert [notice.code for notice in answer.notices] == [NoticeCode.IMAGES_NOT_JUDGED]


def test_nearness_is_that_of_images_of_other_cases(search, varied, search_over):
    least = usual_nearness(varied.images, frozenset(varied.store.case_ids()))
    stored = varied.images.stored
    owners = np.array([row.case_id for row in stored.rows])
    products = stored.vectors @ stored.vectors.T
    nearest = [products[row, owners != owner].max() for row, owner in enumerate(owners)]
    first = [nearest[row] for row in np.unique(owners, return_index=True)[1]]
    assert least == pytest.approx(np.quantile(first, UNUSUAL_SHARE), abs=1e-6)
    assert (
        usual_nearness(search.images, frozenset(search.store.case_ids())) == SAME_IMAGE
    )  # its images are in several cases
    one = search_over(search_cases()[:1])
    assert usual_nearness(one.images, frozenset(one.store.case_ids())) == SAME_IMAGE


def test_views_are_embedded_once_and_each_knows_its_image(search):
    views = lambda png: [QuestionView(png), QuestionView(png[::-1], "mirrored")]  # noqa: E731
    given = given_images((b"aab", b"ccd"), search.image_encoder, views)
    assert given.count == 2
    assert given.rows_of(1).tolist() == [2, 3]
    assert given.name_of(1) == "your image 2"
    assert given.only([1]).names == ("your image 2", "your image 2, mirrored")
    assert given.only([]) is None
