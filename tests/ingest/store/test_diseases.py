"""Cases asked for by disease, on each engine: every case whose final diagnosis is of it or of its kind."""

from __future__ import annotations

import pytest
from case_factory import make_case

from ingest.errors import InvalidFilter
from ingest.store.filters import FIELDS, AllOf, AnyOf, Between, Contains, Not, OneOf
from ingest.store.interface import DocumentStore
from ingest.store.query_text import parse_filter
from ingest.store.views import Known, SourceView

DIAGNOSES = {
    1: "Right MCA infarction",
    2: "Lacunar infarct",
    3: "Hemorrhagic stroke",
    4: "Glioblastoma multiforme",
    5: "Renal infarct",
    6: None,
    7: "Acute right MCA infarct",
}
STROKES = [1, 2, 3, 7]
INFARCTS = [1, 2, 7]


def written(store: DocumentStore) -> DocumentStore:
    with store.writer("tester") as writer:
        writer.write_cases([make_case(number, diagnosis=diagnosis) for number, diagnosis in DIAGNOSES.items()])
    return store


def ids(*numbers: int) -> list[str]:
    return [f"medpix2:MPX{number:04}" for number in numbers]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("disease=stroke", STROKES),
        ('disease="cerebral infarct"', INFARCTS),
        ('disease="Cerebral Infarctions"', INFARCTS),
        ('disease="right MCA infarct"', [1]),
        ("disease=stroke,glioma", [*STROKES, 4]),
        ('disease=stroke not disease="cerebral infarct"', [3]),
        ("not disease=stroke", [4, 5, 6]),
        ("disease=glioma or (disease=stroke diagnosis~hemorrhagic)", [3, 4]),
        ("disease=stroke case_id=MPX0002,MPX0004", [2]),
        ("disease=gout", []),  # our tables know it, no case has it
    ],
)
def test_a_disease_finds_the_cases_that_are_of_it_or_of_its_kind(store, query, numbers):
    assert written(store).case_ids(parse_filter(query)) == ids(*sorted(numbers))


def test_every_question_of_a_store_takes_a_disease(open_again):
    store = written(open_again([SourceView("cases", "medpix2", {"id": Known.CASE_ID})]))
    where, expected = OneOf("disease", ("stroke",)), ids(*STROKES)
    assert [stored.case.case_id for stored in store.cases(where)] == expected
    assert store.count(where) == len(expected)
    page = store.page(where, limit=2)
    assert ([stored.case.case_id for stored in page.cases], page.total) == (expected[:2], len(expected))
    rest = store.page(where, after=page.next_after, limit=9)
    assert [stored.case.case_id for stored in rest.cases] == expected[2:]
    assert store.facets("modality", where) == {"CT": len(expected)}
    assert [f"medpix2:{row['id']}" for row in store.view("cases", where)] == expected


def test_cases_are_counted_by_disease_each_for_every_kind_that_it_is_of(store):
    found = written(store).facets("disease")
    assert (found["Stroke"], found["Cerebral infarction"], found["MCA infarct"]) == (4, 3, 2)
    assert (found["Glioma"], found["Brain tumor"]) == (1, 1)
    assert not any("right" in name.casefold() for name in found)
    assert list(found.items()) == sorted(found.items(), key=lambda item: (-item[1], item[0]))
    assert store.facets("disease", Contains("diagnosis", "hemorrhagic"))["Stroke"] == 1
    assert "Glioma" not in store.facets("disease", OneOf("disease", ("stroke",)))


def test_each_disease_that_is_counted_is_found_by_its_name_in_as_many_cases(store):
    for name, cases in written(store).facets("disease").items():
        assert store.count(OneOf("disease", (name,))) == cases, name


def test_a_case_is_of_a_disease_as_soon_as_it_is_written_and_until_it_is_deleted(store):
    written(store)
    with store.writer("tester") as writer:
        writer.write_cases([make_case(8, diagnosis="Left PCA infarct")])
        writer.delete_case("medpix2:MPX0001")
    assert store.case_ids(OneOf("disease", ("stroke",))) == ids(2, 3, 7, 8)
    assert store.facets("disease")["MCA infarct"] == 1


def test_a_disease_that_only_a_case_names_can_be_asked_for(store):
    with store.writer("tester") as writer:
        writer.write_cases([make_case(1, diagnosis="Quux anomaly of the left wotsit")])
    assert store.count(OneOf("disease", ("quux anomaly of the left wotsit",))) == 1


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("heart attack", r"^disease 'heart attack' is unknown: no case has it\. The most frequent here: Stroke, "),
        ("glioam", r"^disease 'glioam' is unknown: no case has it\. Did you mean 'Glioma'\?$"),
        ("?!", r"^disease '\?!' is unknown"),
        ("", r"^disease '' is unknown"),
        ("x\0", "no text of a case can hold"),
    ],
)
@pytest.mark.parametrize("wrap", [lambda part: part, Not, lambda part: AnyOf((AllOf((part,)), Between("age_years")))])
def test_a_disease_that_nobody_knows_is_refused_wherever_it_stands(store, name, said, wrap):
    written(store)
    where = wrap(OneOf("disease", (name,)))
    with pytest.raises(InvalidFilter, match=said):
        store.case_ids(where)
    with pytest.raises(InvalidFilter, match=said):
        store.facets("disease", where)


def test_without_any_diagnosis_no_disease_is_counted(store):
    assert store.facets("disease") == {}
    with pytest.raises(InvalidFilter, match="No case here has a diagnosis"):
        store.count(OneOf("disease", ("quux",)))


def test_a_filter_too_large_is_refused_before_its_diseases_are_looked_for(store):
    where = OneOf("disease", ("quux",))
    for _ in range(5000):
        where = Not(where)
    with pytest.raises(InvalidFilter, match="nested deeper than 32"):
        store.count(where)


def test_a_disease_is_no_text_and_no_number():
    assert FIELDS["disease"].path == "diagnosis"
    with pytest.raises(InvalidFilter, match=r"field 'disease' cannot be asked for a text\. Write disease=stroke\."):
        parse_filter("disease~infarct")
