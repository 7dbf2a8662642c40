"""Cases are found by the article that reports them, also in a store that an earlier version wrote."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from case_factory import make_case

from ingest.errors import InvalidFilter
from ingest.licences import is_free
from ingest.store.opening import open_store
from ingest.store.query_text import parse_filter

HUMANS, HUMANS_LUNG = {"mesh": "Humans"}, {"mesh": "Humans; Lung"}
ARTICLES = {
    "pmc:PMC1_01": {
        "id": "PMC1",
        "year": "2015",
        "licence": "CC BY 4.0",
        "keywords": "Kidney; Renal mass",
        "mesh": "Humans",
    },
    "pmc:PMC2_01": {
        "id": "PMC2",
        "year": "2021",
        "licence": "CC BY-NC 3.0",
        "keywords": "lung",
        "mesh": "Humans; Lung",
    },
    "pmc:PMC3_01": {"id": "PMC3", "year": "2021", "licence": "CC0", "journal": "Journal of Invented Cases"},
    "medpix2:MPX1": {},
}
CASES = [
    replace(make_case(case_id=case_id), source_values={f"article.{key}": value for key, value in article.items()})
    for case_id, article in ARTICLES.items()
]

# What the published filters of MultiCaRe are for. Two of them (keywords, MeSH) crash there, "any" of words keeps
# every case, and "all" of caption words is not defined.
ASKED = [
    ("source=pmc", [1, 2, 3]),
    ("year=2016..", [2, 3]),
    ("year=..2015", [1]),
    ('licence="CC BY"', [1]),
    ('licence="CC BY",CC0', [1, 3]),
    ('not licence="CC BY-NC"', [0, 1, 3]),
    ("keyword=kidney", [1]),
    ("keyword=kidne", []),
    ("keyword~kidne,lun", [1, 2]),
    ("keyword^renal", [1]),
    ("keyword^mass", []),
    ("keyword=kidney keyword~mass", [1]),
    ("not keyword=kidney,lung", [0, 3]),
    ("mesh=humans", [1, 2]),
    ("mesh=humans not mesh=lung", [1]),
    ("journal~invented", [3]),
    ("article=PMC2", [2]),
    ('text~"blood in the urine" source=pmc', [1, 2, 3]),
    ("text~nowhere", []),
    ('caption~"prostate" caption~"enlarged" year=2015', [1]),
]


def ids(numbers):
    names = ["medpix2:MPX1", "pmc:PMC1_01", "pmc:PMC2_01", "pmc:PMC3_01"]
    return [names[number] for number in numbers]


@pytest.mark.parametrize(("text", "numbers"), ASKED)
def test_a_case_is_found_by_what_is_said_of_its_article(store, text, numbers):
    with store.writer("tester") as writer:
        writer.write_cases(CASES)
    assert store.case_ids(parse_filter(text)) == ids(numbers)
    assert store.count(parse_filter(text)) == len(numbers)


def test_cases_are_counted_by_licence_year_and_keyword(store):
    with store.writer("tester") as writer:
        writer.write_cases(CASES)
    assert store.facets("licence") == {"CC BY": 1, "CC BY-NC": 1, "CC0": 1}
    assert store.facets("year") == {"2021": 2, "2015": 1}
    assert store.facets("keyword") == {"Kidney": 1, "Renal mass": 1, "lung": 1}
    with pytest.raises(InvalidFilter, match=r"cases are not counted by 'text'\. Name one of its parts: title"):
        store.facets("text")


@pytest.mark.parametrize("text", ["within:2:MPX1", "not model:modality=CT"])
def test_the_documents_refuse_what_only_others_can_answer(store, text):
    with pytest.raises(InvalidFilter, match="which is not asked here"):
        store.case_ids(parse_filter(text))


def test_t28_an_embedded_store_of_the_first_version_is_made_to_know_articles(tmp_path: Path):
    with open_store("sqlite", tmp_path).writer("tester") as writer:
        writer.write_cases(CASES)
    file = next(tmp_path.glob("*.sqlite"))
    connection = sqlite3.connect(file)
    new = "('year', 'licence', 'keyword', 'mesh', 'journal', 'article', 'image_id')"
    connection.execute(f"DELETE FROM case_values WHERE field_name IN {new}")
    connection.execute(f"DELETE FROM case_texts WHERE field_name IN {new}")
    connection.execute("PRAGMA user_version = 1")
    connection.execute("UPDATE cases SET document = '{' WHERE case_id = 'pmc:PMC3_01'")
    connection.commit()
    connection.close()
    again = open_store("sqlite", tmp_path)
    assert again.case_ids(parse_filter("year=2015")) == ["pmc:PMC1_01"]
    assert again.case_ids(parse_filter("keyword~lung sex=female")) == ["pmc:PMC2_01"]
    assert again.sequence() == len(CASES)
    connection = sqlite3.connect(file)
    assert connection.execute("PRAGMA user_version").fetchone() == (2,)
    kept = connection.execute("SELECT count(*) FROM case_texts WHERE case_id = 'pmc:PMC3_01'").fetchone()
    assert kept > (0,), "a damaged document keeps what was written down of it"
    connection.close()


@pytest.mark.engine
def test_t28_a_mongodb_of_the_first_version_is_made_to_know_articles(open_again, request):
    from pymongo import MongoClient

    store = open_again()
    if not store.address.startswith("mongodb"):
        pytest.skip("of the other engine")
    with store.writer("tester") as writer:
        writer.write_cases(CASES)
    with MongoClient(request.getfixturevalue("mongodb_address")) as client:
        database = client.get_default_database()
        database["cases"].update_many({}, {"$unset": {"said": 1, "folded.keyword": 1}})
        database["meta"].update_one({"_id": "store"}, {"$set": {"store_version": 1}})
    again = open_again()
    assert again.case_ids(parse_filter("year=2015")) == ["pmc:PMC1_01"]
    assert again.case_ids(parse_filter("keyword=lung")) == ["pmc:PMC2_01"]


def test_only_licences_that_allow_everything_are_free():
    assert [is_free(licence) for licence in ("CC BY 4.0", "CC0", "CC BY-SA 3.0")] == [True] * 3
    assert [is_free(licence) for licence in (None, "CC BY-NC 4.0", "CC BY-ND", "CC BY-NC-SA 4.0", "free")] == [
        False
    ] * 5
