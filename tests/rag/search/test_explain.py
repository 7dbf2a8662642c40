"""Two cases compared: what they share, and what only one of them has."""

from __future__ import annotations

import pytest
from case_factory import make_case
from search_cases import search_cases

from ingest.annotation.annotate import annotate
from ingest.vocabulary import Section
from rag.search.explain import Aspect, Trait, explain_cases, explain_hit

GLIOBLASTOMA, _, ABSCESS, _, MENINGIOMA, PNEUMOTHORAX, *_ = search_cases()


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


@pytest.mark.parametrize(
    ("text", "asked", "words"),
    [
        (
            "A mass in the left kidney. No mass in the liver.",
            Aspect.FINDING,
            ("Shared: mass (left kidney).", "Query findings that this case rules out: no mass (liver)."),
        ),
        ("A mass in the left kidney. No mass.", Aspect.FINDING, ("Shared: mass.",)),
        (
            "A mass in the left kidney. No mass.",
            Aspect.ABSENT_FINDING,
            ("Asked to be absent, and shown by this case: mass.",),
        ),
        ("No mass in the liver.", Aspect.FINDING, ("Query findings that this case rules out: no mass.",)),
    ],
)
def test_no_hit_shows_and_denies_a_finding_without_saying_where(text, asked, words):
    case = annotate(make_case(1, sections={Section.FINDINGS: text}, images=(), annotations=()))
    told = explain_hit(case, {Trait(asked, "mass"): None}, (), ())
    assert told.words[: len(words)] == words
    assert sum("mass" in said for said in told.words) == len(words)
