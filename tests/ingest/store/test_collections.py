"""Named collections, and the filter that names one, on every engine."""

import pytest
from case_factory import make_case

from ingest.errors import InputError, InvalidFilter, UnknownCase
from ingest.store.collections import (
    MAX_NAME_LENGTH,
    Collection,
    add_to_collection,
    kept_collections,
    remove_from_collection,
    rename_collection,
    renamed_in,
    require_collection,
)
from ingest.store.query_text import format_filter, parse_filter
from rag.search.allowed import AllowedCases


@pytest.fixture
def filled(store):
    with store.writer("a") as writer:
        writer.write_cases([make_case(number) for number in range(1, 6)])
    return store


def add(store, name: str, *numbers: int) -> Collection:
    return add_to_collection(store, name, [f"MPX{number:04}" for number in numbers], actor="a")


def ids(*numbers: int) -> list[str]:
    return [f"medpix2:MPX{number:04}" for number in numbers]


def test_a_filter_that_names_a_collection_has_its_cases_and_goes_with_others(filled):
    add(filled, "my cases", 4, 2)
    add(filled, "more", 5)
    assert filled.case_ids(parse_filter('collection="my cases"')) == ids(2, 4)
    assert filled.case_ids(parse_filter('collection="my cases",more')) == ids(2, 4, 5)
    assert filled.case_ids(parse_filter('not collection="my cases" not collection=more')) == ids(1, 3)
    assert filled.case_ids(parse_filter('collection="my cases" case_id=MPX0002,MPX0001')) == ids(2)
    assert filled.count(parse_filter("collection=more")) == 1
    assert [stored.case.case_id for stored in filled.cases(parse_filter("collection=more"))] == ids(5)
    assert filled.page(parse_filter("collection=more")).total == 1
    assert filled.facets("modality", parse_filter("collection=more")) != {}


def test_collections_are_counted_as_other_fields_are(filled):
    add(filled, "few", 1)
    add(filled, "many", 1, 2, 3)
    assert filled.facets("collection") == {"many": 3, "few": 1}
    assert filled.facets("collection", parse_filter("case_id=MPX0003")) == {"many": 1}


def test_cases_are_added_once_and_taken_out_again(filled):
    assert add(filled, "x", 3, 1).case_ids == tuple(ids(3, 1))
    assert add(filled, "x", 1, 2).case_ids == tuple(ids(3, 1, 2))
    left = remove_from_collection(filled, "x", ["MPX0003"], actor="a")
    assert left == require_collection(filled, "x") == Collection("x", tuple(ids(1, 2)))
    assert remove_from_collection(filled, "x", actor="a") is None
    assert kept_collections(filled) == []
    assert filled.count() == 5


def test_a_renamed_collection_keeps_its_cases_and_their_order(filled):
    add(filled, "x", 3, 1)
    with filled.writer("a") as writer:
        rename_collection(filled, writer, "x", " my  cases ")
    assert kept_collections(filled) == [Collection("my cases", tuple(ids(3, 1)))]
    with filled.writer("a") as writer:
        rename_collection(filled, writer, "my cases", "my cases")
    assert kept_collections(filled) == [Collection("my cases", tuple(ids(3, 1)))]


@pytest.mark.parametrize(
    ("name", "new_name", "said"),
    [("x", "y", "collection 'y' already"), ("z", "w", "no collection 'z'"), ("x", " ", "needs a name")],
)
def test_a_collection_is_not_renamed_to_a_taken_name_or_none(filled, name, new_name, said):
    before = [add(filled, "x", 1), add(filled, "y", 2)]
    with pytest.raises(InputError, match=said), filled.writer("a") as writer:
        rename_collection(filled, writer, name, new_name)
    assert kept_collections(filled) == before


def test_a_filter_names_a_renamed_collection_wherever_it_did():
    where = parse_filter("(collection=x,y or not collection=x) modality=MR")
    assert renamed_in(where, "x", "my cases") == parse_filter(
        '(collection="my cases",y or not collection="my cases") modality=MR'
    )


def test_a_deleted_case_is_in_no_collection(filled):
    add(filled, "x", 1, 2)
    with filled.writer("a") as writer:
        writer.delete_case("medpix2:MPX0001")
    assert require_collection(filled, "x").case_ids == tuple(ids(2))
    assert filled.case_ids(parse_filter("collection=x")) == ids(2)


def test_what_is_no_name_and_what_there_is_not_is_refused(filled):
    for name in ("", "  ", "x" * (MAX_NAME_LENGTH + 1), "a\0b"):
        with pytest.raises(InputError, match="needs a name"):
            add(filled, name, 1)
    with pytest.raises(UnknownCase, match="there is no case 'MPX0099'"):
        add(filled, "x", 1, 99)
    assert kept_collections(filled) == []
    add(filled, "strokes", 1)
    with pytest.raises(InvalidFilter, match="Did you mean 'strokes'"):
        filled.case_ids(parse_filter("collection=stroke"))
    with pytest.raises(InputError, match="Did you mean 'strokes'"):
        require_collection(filled, "stroke")
    with pytest.raises(InvalidFilter, match="cannot be asked for a text"):
        parse_filter("collection~stroke")


def test_a_filter_by_collection_reads_back_from_its_text():
    where = parse_filter('modality=MR collection="my cases"')
    assert parse_filter(format_filter(where)) == where


def test_a_search_sees_what_a_collection_has_now(filled):
    allowed, where = AllowedCases(filled), parse_filter("collection=x")
    add(filled, "x", 1)
    assert allowed.matching(where) == frozenset(ids(1))
    add(filled, "x", 2)
    assert allowed.matching(where) == frozenset(ids(1, 2))
