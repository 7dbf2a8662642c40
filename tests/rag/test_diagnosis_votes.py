"""How the diagnoses of similar cases are ranked: what each thing that speaks for one is worth."""

from __future__ import annotations

from math import exp, log, sqrt

import pytest
from case_factory import make_case
from search_cases import search_case

from rag.diagnosis_votes import (
    AGE_WIDTH,
    RANK_OFFSET,
    UNSAID,
    USUAL_AGES,
    Diagnoses,
    Mix,
    Support,
    ages_of,
    diagnoses_of,
    score_diagnoses,
)

ONLY_VOTES = Mix(votes=1, considered=0, findings=0, literature=0, age=0)
ONLY_CONSIDERED = Mix(votes=0, considered=1, findings=0, literature=0, age=0)


def final(name: str, *considered: str, age: float | None = None) -> Diagnoses:
    return Diagnoses(name, dict.fromkeys((name, *considered), ""), age)


def shares(**weights: float) -> dict[str, float]:
    return {name: value / sum(weights.values()) for name, value in weights.items()}


def test_nearer_cases_have_more_of_a_vote_and_those_of_one_diagnosis_add_up():
    scored = score_diagnoses([final("a"), final("b"), final("b"), Diagnoses(None, {})], {}, ONLY_VOTES)
    assert [name for name, _ in scored] == ["a", "b"]
    assert dict(scored) == pytest.approx(shares(a=1 + UNSAID, b=1 / 2 + 1 / 3 + UNSAID))


def test_cases_that_only_consider_a_diagnosis_vote_apart_and_their_order_matters_less():
    similar = [final("a", "b"), final("c", "b", "d")]
    scored = dict(score_diagnoses(similar, {}, ONLY_CONSIDERED))
    first, second = 1 / (RANK_OFFSET + 1), 1 / (RANK_OFFSET + 2)
    assert scored == pytest.approx(shares(a=UNSAID, b=first + second + UNSAID, c=UNSAID, d=second + UNSAID))


def test_what_a_case_has_comes_before_what_is_only_considered_whatever_the_scores():
    scored = score_diagnoses([final("a", "b"), final("c", "b")], {}, ONLY_CONSIDERED)
    assert [name for name, _ in scored] == ["a", "c", "b"]
    assert scored[0][1] < scored[2][1]
    graph = {"b": Support(findings=0.0), "d": Support(findings=5.0, is_final=False)}
    with_graph = [name for name, _ in score_diagnoses([final("a", "b")], graph, ONLY_CONSIDERED)]
    assert with_graph == ["b", "a", "d"]


def test_findings_and_literature_count_by_their_weights():
    mix = Mix(votes=0, considered=0, findings=0.5, literature=0.25, age=0)
    graph = {"a": Support(findings=2.0, literature=4.0), "b": Support(findings=1.0)}
    scored = dict(score_diagnoses([final("c")], graph, mix))
    assert scored == pytest.approx(shares(a=exp(2.0), b=exp(0.5), c=1.0))


def test_what_does_not_suit_the_patient_counts_less_and_is_not_left_out():
    weights = {"a": 0.0, "b": 0.3}
    scored = score_diagnoses([final("a"), final("b")], {}, ONLY_VOTES, lambda name: weights[name])
    plain = shares(a=1 + UNSAID, b=1 / 2 + UNSAID)
    assert scored == [("b", pytest.approx(0.3 * plain["b"])), ("a", 0.0)]


def test_equal_diagnoses_stand_in_the_order_of_their_names_after_their_scores():
    assert [name for name, _ in score_diagnoses([final("b", "c"), final("a", "c")], {}, ONLY_VOTES)] == ["b", "a", "c"]
    nothing = Mix(0, 0, 0, 0, 0)
    assert [name for name, _ in score_diagnoses([final("b"), final("a")], {}, nothing)] == ["a", "b"]
    unlikely = score_diagnoses([final("b"), final("a")], {}, ONLY_VOTES, lambda _: 0.0)
    assert unlikely == [("b", 0.0), ("a", 0.0)]


def test_ages_near_the_patients_speak_for_a_diagnosis_in_roots_of_years():
    similar = [final("child", age=3), final("old", age=63), final("unknown"), Diagnoses(None, {}, 8)]

    def near(age: float) -> float:
        return exp(-0.5 * ((sqrt(age + 1) - 2) / AGE_WIDTH) ** 2)

    usual = (near(3) + near(63) + near(8)) / 3 + 1e-3
    found = ages_of(similar, 3)
    assert found == pytest.approx(
        {
            name: log((near(age) + USUAL_AGES * usual) / ((1 + USUAL_AGES) * usual))
            for name, age in {"child": 3, "old": 63}.items()
        }
    )
    assert found["child"] > 0 > found["old"]


def test_two_patients_of_an_age_speak_louder_than_one():
    crowd = [final("far", age=80)] * 4
    once, twice = ages_of([final("a", age=20), *crowd], 20), ages_of([final("a", age=20)] * 2 + crowd, 20)
    near = [1.0] * 2 + [exp(-0.5 * ((sqrt(81) - sqrt(21)) / AGE_WIDTH) ** 2)] * 4
    usual = sum(near) / 6 + 1e-3
    assert twice["a"] == pytest.approx(log((2 + USUAL_AGES * usual) / ((2 + USUAL_AGES) * usual)))
    assert set(once) == {"a", "far"}


def test_without_an_age_none_speaks():
    assert ages_of([final("a", age=3)], None) == {}
    assert ages_of([final("a")], 3) == {}
    by_age = Mix(votes=0, considered=0, findings=0, literature=0, age=2)
    young, old = final("young", age=4), final("old", age=70)
    scored = dict(score_diagnoses([old, young], {}, by_age, age_years=4))
    ages = ages_of([old, young], 4)
    assert scored == pytest.approx(shares(young=exp(2 * ages["young"]), old=exp(2 * ages["old"])))


def test_nothing_found_scores_nothing():
    assert score_diagnoses([], {}) == []


def test_a_differential_names_its_own_diagnosis_once():
    found = diagnoses_of(search_case(1, "Glioma", "Mass.", differential="Glioma\nMetastasis"))
    assert found.final == "diagnosis:glioma"
    assert set(found.considered) == {"diagnosis:metastasis"}


def test_the_diagnoses_of_a_case_are_counted_as_diseases():
    case = make_case(
        diagnosis="Left MCA infarct", differential_diagnosis=("Infarct of the left MCA", "Glioma"), sections={}
    )
    told = diagnoses_of(case)
    assert told.final in told.names
    assert told.age_years == case.patient.age_years
    assert "diagnosis:glioma" in told.considered
    assert told.final not in told.considered
    assert diagnoses_of(make_case(diagnosis=None, differential_diagnosis=(), sections={})).final is None
