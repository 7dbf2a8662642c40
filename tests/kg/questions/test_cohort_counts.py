"""The numbers of a cohort against counting in a table."""

from __future__ import annotations

import pytest
from answering_graph import AnsweringGraph

import kg.questions.parts
from kg.questions import cohort as module
from kg.questions.cohort import FindingShare, Share, age_band, cohort

# case: sex, age, regions, modalities, findings
TABLE = {
    "a": ("F", 9.9, "Head", "MR", "mass edema"),
    "b": ("M", 10.0, "Head Thorax", "CT MR", "mass"),
    "c": ("F", 80.0, "Head", "MR", "edema"),
    "d": (None, None, "", "", ""),
    "e": ("F", 101.0, "Abdomen", "CT", "mass"),
}


def table_graph(table=TABLE):
    def asked_for(asked):
        return [(case_id, table[case_id]) for case_id in asked["case_ids"] if case_id in table]

    def images(asked):
        return [
            {"type": kind, "name": name, "case_ids": [case_id]}
            for case_id, row in asked_for(asked)
            for kind, names in (("IN_REGION", row[2]), ("ACQUIRED_WITH", row[3]))
            for name in names.split()
        ]

    return AnsweringGraph(
        {
            module._FACTS: lambda asked: [
                {"case_id": case_id, "sex": row[0], "age_years": row[1]} for case_id, row in asked_for(asked)
            ],
            module._IMAGES: images,
            module._FINDINGS: lambda asked: [
                {"key": f"finding:{name}", "name": name, "case_ids": [case_id]}
                for case_id, row in asked_for(asked)
                for name in row[4].split()
            ],
        }
    )


@pytest.mark.parametrize("size", [1, 2, 500])
def test_a_cohort_is_counted_case_by_case_and_each_case_once(monkeypatch, size):
    monkeypatch.setattr(kg.questions.parts, "READ_SIZE", size)
    found = cohort(table_graph(), ["e", "b", "a", "c", "d", "a", "unknown"])
    assert found.cases == 5
    assert found.sexes == (Share("F", 3, 3 / 5), Share("M", 1, 1 / 5), Share("unknown", 1, 1 / 5))
    assert found.age_bands == (
        Share("0-9", 1, 1 / 5),
        Share("10-19", 1, 1 / 5),
        Share("80+", 2, 2 / 5),
        Share("unknown", 1, 1 / 5),
    )
    assert found.regions == (Share("Head", 3, 3 / 5), Share("Abdomen", 1, 1 / 5), Share("Thorax", 1, 1 / 5))
    assert found.modalities == (Share("MR", 3, 3 / 5), Share("CT", 2, 2 / 5))
    assert found.findings == (
        FindingShare("Finding:finding:mass", "mass", 3, 3 / 5, {"Abdomen": 1, "Head": 2, "Thorax": 1}),
        FindingShare("Finding:finding:edema", "edema", 2, 2 / 5, {"Abdomen": 0, "Head": 2, "Thorax": 0}),
    )
    assert found.ages_by_sex == {"F": {"0-9": 1, "80+": 2}, "M": {"10-19": 1}, "unknown": {"unknown": 1}}


def test_what_is_unknown_comes_last_though_it_be_the_most():
    table = dict.fromkeys("abc", (None, None, "", "", "")) | {"d": ("M", 3.0, "", "", "")}
    found = cohort(table_graph(table), list(table))
    assert [share.name for share in found.sexes] == ["M", "unknown"]
    assert [share.name for share in found.age_bands] == ["0-9", "unknown"]


def test_equally_frequent_findings_come_by_name_and_so_many_at_most():
    table = {"a": ("F", 1.0, "", "", " ".join(f"f{n:02}" for n in range(60)))}
    found = cohort(table_graph(table), ["a"])
    assert [one.name for one in found.findings] == [f"f{n:02}" for n in range(50)]
    assert [one.name for one in cohort(table_graph(table), ["a"], findings=2).findings] == ["f00", "f01"]


def test_no_cases_have_no_numbers():
    found = cohort(table_graph(), [])
    assert (found.cases, found.sexes, found.age_bands, found.findings) == (0, (), (), ())


@pytest.mark.parametrize(
    ("age", "band"),
    [(0, "0-9"), (9.99, "0-9"), (10, "10-19"), (79.9, "70-79"), (80, "80+"), (120, "80+"), (None, "unknown")],
)
def test_an_age_belongs_to_ten_years(age, band):
    assert age_band(age) == band
