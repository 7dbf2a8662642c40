"""Two cases compare_traits: what they share, and what only one of them has."""

from __future__ import annotations

from search_cases import search_cases

from ingest.case import Case
from rag.search.traits import Aspect, Explanation, Trait, compare_traits, traits_of

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
