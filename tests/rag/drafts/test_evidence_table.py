"""The evidence of similar cases gets shorter step by step, and never so that a case would be counted wrongly."""

from __future__ import annotations

import json

import pytest
from search_cases import search_case

from rag.drafts.evidence import DraftRequest, gather_evidence
from rag.drafts.evidence_table import MAX_SHORT_QUOTE, evidence_tables

LONG = "There is a large mass of mixed signal, which shifts the midline, fills the ventricle and reaches the dura."


@pytest.fixture
def evidence():
    texts = [LONG, "Mass. Edema.", "No mass. Edema.", "Mass. Cyst."]
    cases = [search_case(number, f"Disease {number}", text, caption="") for number, text in enumerate(texts, 1)]
    return gather_evidence(DraftRequest(findings="Mass in the lobe."), cases)


@pytest.fixture
def tables(evidence):
    return list(evidence_tables(evidence, 4))


def test_the_first_table_is_whole_and_says_nothing_to_the_reader(tables, evidence):
    told = json.loads(tables[0].text)
    assert {row["id"] for row in told["evidence"]} == {row.evidence_id for row in evidence if row.case_id}
    assert {row["id"]: row["quote"] for row in told["evidence"]} == {
        row.evidence_id: row.citation.quote for row in evidence if row.case_id
    }
    assert (told["this scan"], told["number of similar cases"]) == (["Mass in the lobe."], 4)
    assert tables[0].notices == ()


def test_each_table_is_shorter_than_the_one_before_and_the_reader_is_told_how(tables):
    lengths = [len(table.text) for table in tables]
    assert lengths == sorted(set(lengths), reverse=True)
    assert max(len(row["quote"]) for row in json.loads(tables[1].text)["evidence"]) == MAX_SHORT_QUOTE + 1
    assert "with shortened sentences" in tables[1].notices[0].text
    assert not any("quote" in row for row in json.loads(tables[2].text)["evidence"])
    assert "without the sentences" in tables[2].notices[0].text
    assert f"{len(tables[-1].rows)} of {len(tables[0].rows)} rows" in tables[-1].notices[0].text


def test_a_finding_has_all_of_its_rows_or_none_and_the_most_frequent_stay_longest(tables):
    whole = [row.name for row in tables[0].rows]
    for table in tables:
        names = [row.name for row in table.rows]
        assert names and {name: names.count(name) for name in names} == {name: whole.count(name) for name in names}
    assert {row.name for row in tables[-1].rows} == {"mass"} and whole.count("mass") == 4
