"""Two cases compare_traits: what they share, and what only one of them has."""

from __future__ import annotations

import pytest
from case_factory import make_case
from search_cases import search_cases

from ingest.annotation.annotate import annotate
from ingest.case import Case, Patient, Topic
from ingest.vocabulary import Section
from rag.search.traits import Aspect, Explanation, Trait, compare_traits, denied_beside, traits_of

GLIOBLASTOMA, _, ABSCESS, _, MENINGIOMA, PNEUMOTHORAX, *_ = search_cases()


def explain_cases(first: Case, second: Case) -> Explanation:
    """Compare two cases trait by trait."""
    return compare_traits(traits_of(first), traits_of(second))


def test_cases_share_what_both_report():
    told = explain_cases(GLIOBLASTOMA, ABSCESS)
    assert Trait(Aspect.FINDING, "ring enhancement") in told.shared
    assert Trait(Aspect.REGION, "Head") in told.shared
    assert Trait(Aspect.CONSIDERED, "Metastasis") in told.shared
    assert Trait(Aspect.DIAGNOSIS, "Glioblastoma multiforme") in told.only_first
    assert Trait(Aspect.DIAGNOSIS, "Cerebral abscess") in told.only_second


def test_a_finding_that_one_reports_and_the_other_denies_is_a_difference():
    told = explain_cases(GLIOBLASTOMA, MENINGIOMA)
    assert Trait(Aspect.FINDING, "mass effect") in told.only_first
    assert Trait(Aspect.ABSENT_FINDING, "mass effect") in told.only_second
    assert Trait(Aspect.FINDING, "mass effect") not in told.shared


def test_a_case_shares_everything_with_itself():
    told = explain_cases(PNEUMOTHORAX, PNEUMOTHORAX)
    assert (told.only_first, told.only_second) == ((), ())
    assert [trait.aspect for trait in told.shared] == sorted(
        (trait.aspect for trait in told.shared), key=list(Aspect).index
    )


def test_exchanging_the_cases_exchanges_the_sides():
    one, other = explain_cases(GLIOBLASTOMA, PNEUMOTHORAX), explain_cases(PNEUMOTHORAX, GLIOBLASTOMA)
    assert (one.only_first, one.only_second) == (other.only_second, other.only_first)
    assert set(one.shared) == set(other.shared)


def saying(findings: str, age_years: float | None = None) -> Case:
    sections = {Section.FINDINGS: findings, Section.DISCUSSION: "A cyst of the liver is common."}
    bare = {"images": (), "annotations": (), "diagnosis": None, "patient": Patient("test:P1", age_years)}
    return annotate(make_case(1, sections=sections, topic=Topic(), **bare))


def test_what_is_said_of_a_case_is_its_own_findings_places_and_decade():
    assert list(traits_of(saying("Mass in the left kidney. No effusion.", 37.9))) == [
        Trait(Aspect.FINDING, "mass"),
        Trait(Aspect.ABSENT_FINDING, "effusion"),
        Trait(Aspect.ANATOMY, "kidney"),
        Trait(Aspect.AGE, "30s"),
    ]


@pytest.mark.parametrize(
    ("age_years", "decade"), [(0.0, "0s"), (9.99, "0s"), (10.0, "10s"), (99.0, "90s"), (104.0, "100s")]
)
def test_an_age_counts_by_its_decade_and_none_counts_nothing(age_years: float, decade: str):
    assert list(traits_of(saying("", age_years))) == [Trait(Aspect.AGE, decade)]
    assert list(traits_of(saying("", None))) == []


def test_what_a_case_shows_and_denies_is_told_apart_by_place():
    case = saying(
        "Mass in the left kidney. Mass in the spleen. No mass in the right kidney. Effusion. No effusion. Edema."
    )
    assert denied_beside(case) == {
        Trait(Aspect.FINDING, "mass"): "left kidney, spleen",
        Trait(Aspect.ABSENT_FINDING, "mass"): "right kidney",
        Trait(Aspect.FINDING, "effusion"): "",
        Trait(Aspect.ABSENT_FINDING, "effusion"): None,
    }
    assert denied_beside(saying("Mass in the left kidney. No effusion. Exam of the kidney. No exam.")) == {}
