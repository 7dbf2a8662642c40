"""The evaluation: leave-case-out, nothing leaks, the same seed gives the same report."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from search_cases import search_case

from clip.tfidf import fit_tfidf_svd
from ingest.errors import InputError
from ingest.notices import NoticeCode
from ingest.vocabulary import Section
from rag.evaluation.asking import ask_with_cases, folds_of, refit_without
from rag.evaluation.metrics import METRICS, ceiling_of, scores_of
from rag.evaluation.protocol import BM25, FUSED, OUT_OF_FOLD, RANDOM, evaluate_search
from rag.evaluation.relevance import Relevance, gains_of
from rag.index.passages import passages_of
from rag.search.fusion import RANK_OFFSET, Channel, fuse_rankings
from rag.search.query import Query


@pytest.fixture
def search(search_over, sample_cases):
    return search_over(sample_cases)


def test_the_report_has_every_ranker_with_intervals_and_ceilings(search):
    evaluation = evaluate_search(search)
    assert [report.relevance for report in evaluation.reports] == list(Relevance)
    for report in evaluation.reports:
        metrics = ("ndcg@10",) if report.relevance.graded else METRICS
        assert {RANDOM, BM25, FUSED, OUT_OF_FOLD, Channel.KEYWORDS, Channel.LATENT_TOPICS} <= set(report.rankers)
        for estimates in report.rankers.values():
            assert tuple(estimates) == metrics == tuple(report.ceiling)
            for metric, estimate in estimates.items():
                assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1
                assert estimate.value <= report.ceiling[metric] + 1e-9
        assert set(report.differences) == {FUSED, OUT_OF_FOLD}
        for metric, difference in report.differences[FUSED].items():
            apart = report.rankers[FUSED][metric].value - report.rankers[BM25][metric].value
            assert difference.value == pytest.approx(apart)
    topic = evaluation.reports[0].rankers
    assert topic[FUSED]["hit@10"].low > topic[RANDOM]["hit@10"].high


def test_the_report_says_what_was_asked_of_what(search, sample_cases):
    told: list[tuple[int, int]] = []
    evaluation = evaluate_search(search, seed=11, on_progress=lambda done, total: told.append((done, total)))
    assert (evaluation.candidates, evaluation.asking) == (len(sample_cases), len(sample_cases))
    assert (evaluation.queries_without_text, evaluation.seed) == (0, 11)
    assert [notice.code for notice in evaluation.notices] == [NoticeCode.GRAPH_SKIPPED]
    assert (evaluation.image_encoder, evaluation.text_encoder) == (search.image_encoder.name, search.text_encoder.name)
    assert evaluation.weights == {str(channel): weight for channel, weight in search.weights.items()}
    assert evaluation.rank_offset == RANK_OFFSET
    assert told and told[-1][0] == told[-1][1]
    for report in evaluation.reports:
        gains = [gains_of(case, sample_cases, report.relevance) for case in sample_cases]
        wanted = [gain for gain in gains if gain]
        assert (report.queries, report.unanswerable) == (len(wanted), len(sample_cases) - len(wanted))
        for metric, ceiling in report.ceiling.items():
            assert ceiling == pytest.approx(sum(ceiling_of(gain)[metric] for gain in wanted) / len(wanted))


def test_each_ranker_is_scored_on_its_own_ranking(search, sample_cases):
    evaluation = evaluate_search(search, relevances=[Relevance.SAME_TOPIC], seed=4)
    (report,) = evaluation.reports
    gains = {case.case_id: gains_of(case, sample_cases, Relevance.SAME_TOPIC) for case in sample_cases}
    needed = [case for case in sample_cases if gains[case.case_id]]
    asked = ask_with_cases(search, sample_cases, needed, seed=4)
    for channel in search.weights:
        found = [[hit.case_id for hit in one.rankings.get(channel, ())] for one in asked]
        values = [scores_of(ranking, gains[one.case_id])["ndcg@10"] for ranking, one in zip(found, asked, strict=True)]
        if str(channel) in report.rankers:
            assert report.rankers[str(channel)]["ndcg@10"].value == pytest.approx(sum(values) / len(values))
    fused = [fuse_rankings(one.rankings, 10**6, search.weights) for one in asked]
    values = [
        scores_of([hit.case_id for hit in hits], gains[one.case_id])["hit@5"]
        for hits, one in zip(fused, asked, strict=True)
    ]
    assert report.rankers[FUSED]["hit@5"].value == pytest.approx(sum(values) / len(values))


def test_two_topics_are_enough_to_choose_weights_on(search_over):
    cases = [
        search_case(n, diagnosis, f"{finding} {n}.", topic=diagnosis)
        for n, (diagnosis, finding) in enumerate([("Glioma", "Mass")] * 3 + [("Pneumonia", "Consolidation")] * 3, 1)
    ]
    evaluation = evaluate_search(search_over(cases), relevances=[Relevance.SAME_DIAGNOSIS])
    assert OUT_OF_FOLD in evaluation.reports[0].rankers


def test_the_same_seed_gives_the_same_report_and_another_other_folds(search, sample_cases):
    first = evaluate_search(search, relevances=[Relevance.SAME_TOPIC], seed=5)
    assert evaluate_search(search, relevances=[Relevance.SAME_TOPIC], seed=5) == first
    assert list(folds_of(sample_cases, 5)) == list(folds_of(sample_cases, 5)) != list(folds_of(sample_cases, 6))


def test_no_case_ever_finds_itself(search, sample_cases):
    for one in ask_with_cases(search, sample_cases, sample_cases, seed=1):
        found = {hit.case_id for ranking in one.rankings.values() for hit in ranking} | set(one.bm25)
        assert found
        assert one.case_id not in found


def test_what_the_asking_case_says_elsewhere_is_never_read_though_it_would_change_the_answer(search_over, sample_cases):
    """Give one asking case a caption and a discussion that name a word of its sibling alone."""
    asking, sibling = siblings(sample_cases)
    told = replace(sibling, sections={**sibling.sections, Section.DISCUSSION: "Zyxwvut."})
    leaked = replace(
        asking,
        sections={**asking.sections, Section.TREATMENT: "Zyxwvut."},
        images=tuple(replace(image, caption="Zyxwvut zyxwvut.") for image in asking.images),
        differential_diagnosis=("Zyxwvut",),
        annotations=(),
    )
    others = [case for case in sample_cases if case.case_id not in {asking.case_id, sibling.case_id}]
    before, after = search_over([*others, told, asking]), search_over([*others, told, leaked])
    answers = [
        ask_with_cases(one, [*others, told, case], [case], seed=1)[0]
        for one, case in ((before, asking), (after, leaked))
    ]
    words = [[hit.case_id for hit in answer.rankings[Channel.TEXT]] for answer in answers]
    assert words[0] == words[1]
    findings = str(leaked.sections[Section.FINDINGS])
    allowed = frozenset(case.case_id for case in [*others, told])
    honest, _ = after.rankings(Query(text=findings), None, 100, allowed)
    leaking, _ = after.rankings(Query(text=f"{findings} Zyxwvut zyxwvut."), None, 100, allowed)
    assert place(leaking[Channel.KEYWORDS], sibling) < place(honest[Channel.KEYWORDS], sibling)


def siblings(cases):
    """Return a case and another of its topic that it does not find first."""
    for case in cases:
        for case_id in gains_of(case, cases, Relevance.SAME_TOPIC):
            sibling = next(other for other in cases if other.case_id == case_id)
            if case.sections[Section.FINDINGS] != sibling.sections[Section.FINDINGS]:
                return case, sibling
    raise AssertionError("the sample has no two cases of one topic")


def place(ranking, case):
    return next(rank for rank, hit in enumerate(ranking, 1) if hit.case_id == case.case_id)


def test_topics_and_a_fitted_text_encoder_are_fitted_without_the_cases_held_out(search, sample_cases, tmp_path):
    held_out = frozenset(case.case_id for case in sample_cases[:6])
    passages = [passage for case in sample_cases for passage in passages_of(case)]
    fitted = replace(search, text_encoder=fit_tfidf_svd([passage.text for passage in passages], tmp_path / "all"))
    honest = refit_without(fitted, passages, held_out)
    kept = [passage.text for passage in passages if passage.case_id not in held_out]
    assert honest.text_encoder.fingerprint == fit_tfidf_svd(kept, tmp_path / "kept").fingerprint
    assert honest.text_encoder.fingerprint != fitted.text_encoder.fingerprint
    owned = Counter(passage.case_id for passage in passages)
    assert {case_id: len(honest.texts.vectors_of(case_id)) for case_id in owned} == owned
    assert honest.texts.covered_sequence == search.texts.covered_sequence
    findings = str(sample_cases[0].sections[Section.FINDINGS])
    everyone = frozenset(case.case_id for case in sample_cases)
    with_it, without = (one.topics.similar_cases(findings, 60, everyone) for one in (search, honest))
    assert [match.score for match in with_it] != [match.score for match in without]
    assert "medpix2:MPX9001" in {match.case_id for match in without}


def test_only_the_named_cases_ask_and_are_found(search, sample_cases):
    asking, sibling = siblings(sample_cases)
    chosen = frozenset({asking.case_id, sibling.case_id})
    evaluation = evaluate_search(search, relevances=[Relevance.SAME_TOPIC], asking=chosen, candidates=chosen)
    assert (evaluation.asking, evaluation.candidates, evaluation.reports[0].queries) == (2, 2, 2)
    assert evaluation.reports[0].rankers[RANDOM]["hit@1"].value == 1.0
    assert OUT_OF_FOLD not in evaluation.reports[0].rankers  # one topic leaves nothing to choose weights on


def test_cases_without_like_are_refused_with_a_sentence(search_over):
    cases = [search_case(1, "Glioma", "Mass."), search_case(2, "Cyst", "Cyst.", category="Cyst")]
    with pytest.raises(InputError, match="share a topic"):
        evaluate_search(search_over(cases))


def test_relevance_is_what_its_name_says():
    glioma, twin = search_case(1, "Left glioma", "Mass."), search_case(2, "GLIOMA.", "Mass.")
    other, belly = search_case(3, "Meningioma", "Mass."), search_case(4, "Colon cancer", "Mass.", region=None)
    cases = [glioma, twin, other, belly, search_case(5, "Hernia", "Mass.", category="Hernia")]
    kinds = {relevance: gains_of(glioma, cases, relevance) for relevance in Relevance}
    assert kinds[Relevance.SAME_TOPIC] == {}
    assert kinds[Relevance.SAME_DIAGNOSIS] == {"test:C2": 1.0}
    assert kinds[Relevance.SAME_CATEGORY_AND_REGION] == {"test:C2": 1.0, "test:C3": 1.0}
    assert kinds[Relevance.GRADED]["test:C3"] == 2.0
    assert kinds[Relevance.GRADED]["test:C4"] == 1.0
    assert "test:C5" not in kinds[Relevance.GRADED]
