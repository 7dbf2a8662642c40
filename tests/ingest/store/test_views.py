"""A view that a source declares shows its cases, the same on every engine."""

from __future__ import annotations

import re

import pytest
from case_factory import make_case, make_image
from pymongo import MongoClient

from ingest.errors import InputError, InvalidFilter, WorkspaceError
from ingest.store.filters import Not, OneOf
from ingest.store.opening import open_store
from ingest.store.views import CaseValue, ImageIds, ImageValue, Known, SourceView, Values
from ingest.vocabulary import Section

VIEWS = (
    SourceView(
        "Toy cases",
        "toy",
        {"it's": Known.CASE_ID, 'in "so"': CaseValue("a.b's", Section.TITLE), "title": CaseValue("t", Section.TITLE)},
    ),
    SourceView(
        "Toy images",
        "toy",
        {
            "case": Known.CASE_ID,
            "id": Known.IMAGE_ID,
            "file": Known.IMAGE_FILE,
            "of": Values({"it's": ImageValue("$k"), "c": CaseValue("c")}),
        },
    ),
    SourceView("Toy lists", "toy", {"odd": ImageIds("Plane", "$it's"), "nothing": CaseValue("")}),
)
ONE_COLUMN_OF_AN_IMAGE = (Known.IMAGE_ID, Known.IMAGE_FILE, ImageValue("x"), Values({"x": ImageValue("x")}))
KEYS = [f"{number:02}/{number:064}.png" for number in range(3)]


def toy_case(number):
    said = {"$k": "$v", "Plane": "$it's" if number % 2 else "even"}
    images = tuple(
        make_image(f"toy:C{number}_{place}", object_key=key, source_values=said)
        for place, key in enumerate([KEYS[number], None])
    )
    raw = {"a.b's": f"raw {number}"}
    return make_case(number, case_id=f"toy:C{number}", images=images, annotations=(), source_values=raw)


@pytest.fixture
def viewed(open_again):
    store = open_again(VIEWS)
    with store.writer("tester") as writer:
        writer.write_cases([toy_case(2), toy_case(1), make_case(7)])
    return store


def test_it_has_a_row_for_each_case_of_its_source_in_order(viewed):
    assert viewed.views == VIEWS
    assert list(viewed.view("Toy cases")) == [
        {"it's": f"C{number}", 'in "so"': f"raw {number}", "title": "Bladder diverticulum"} for number in (1, 2)
    ]
    assert list(viewed.view("Toy lists")) == [
        {"odd": ["C1_0", "C1_1"], "nothing": None},
        {"odd": [], "nothing": None},
    ]


def test_with_a_column_of_an_image_it_has_a_row_for_each_and_the_object_key_of_its_file(viewed):
    assert list(viewed.view("Toy images")) == [
        {"case": f"C{number}", "id": f"C{number}_{place}", "file": key, "of": {"it's": "$v", "c": None}}
        for number in (1, 2)
        for place, key in enumerate([KEYS[number], None])
    ]
    assert [view.file_columns for view in VIEWS] == [(), ("file",), ()]


@pytest.mark.parametrize("column", ONE_COLUMN_OF_AN_IMAGE, ids=repr)
def test_any_column_of_an_image_makes_a_row_for_each_image(column):
    assert SourceView("v", "toy", {"a": Known.CASE_ID, "b": column}).per_image


def test_it_shows_the_cases_that_match_up_to_a_limit(viewed):
    second = OneOf("case_id", ("toy:C2",))
    assert [row["id"] for row in viewed.view("Toy images", second)] == ["C2_0", "C2_1"]
    assert [row["id"] for row in viewed.view("Toy images", Not(second), limit=1)] == ["C1_0"]
    assert list(viewed.view("Toy images", OneOf("source", ("medpix2",)))) == []
    with pytest.raises(InvalidFilter, match="nonsense"):
        list(viewed.view("Toy images", OneOf("nonsense", ("x",))))
    with pytest.raises(ValueError, match="not 0"):
        list(viewed.view("Toy images", limit=0))


def test_a_deleted_case_leaves_it(viewed):
    with viewed.writer("tester") as writer:
        writer.delete_case("toy:C1")
    assert [row["it's"] for row in viewed.view("Toy cases")] == ["C2"]
    assert [row["id"] for row in viewed.view("Toy images")] == ["C2_0", "C2_1"]


def test_one_that_nobody_declares_is_refused_with_those_there_are(viewed, open_again):
    with pytest.raises(InputError, match=r"there is no view 'Toy case'\. Did you mean 'Toy cases'"):
        list(viewed.view("Toy case"))
    name = "cases; DROP TABLE cases"
    with pytest.raises(InputError, match=f"no view '{re.escape(name)}'. Views: Toy cases, Toy images, Toy lists"):
        list(viewed.view(name))
    with pytest.raises(InputError, match="No source declares any"):
        list(open_again().view("Toy cases"))


@pytest.mark.engine
def test_a_mongodb_shows_the_same_rows_under_its_name(mongodb_address, tmp_path):
    store = open_store(mongodb_address, tmp_path, views=VIEWS)
    with store.writer("tester") as writer:
        writer.write_cases([toy_case(1), make_case(7)])
    with MongoClient(mongodb_address) as client:
        database = client.get_default_database()
        assert {each["type"] for each in database.list_collections() if each["name"].startswith("Toy")} == {"view"}
        for view in VIEWS:
            assert list(database[view.name].find()) == list(store.view(view.name))
    store.close()


@pytest.mark.engine
def test_a_mongodb_learns_the_columns_declared_now_and_keeps_the_views_of_others(mongodb_address, tmp_path):
    open_store(mongodb_address, tmp_path, views=[SourceView("Toy cases", "toy", {"old": Known.CASE_ID})]).close()
    open_store(mongodb_address, tmp_path).close()
    with MongoClient(mongodb_address) as client:
        database = client.get_default_database()
        assert "Toy cases" in database.list_collection_names()
        with open_store(mongodb_address, tmp_path, views=VIEWS).writer("tester") as writer:
            writer.write_cases([toy_case(1)])
        assert [list(row) for row in database["Toy cases"].find()] == [["it's", 'in "so"', "title"]]
        assert database["Toy images"].count_documents({}) == 2


@pytest.mark.engine
def test_a_collection_of_somebody_else_in_the_place_of_a_view_is_left_as_it_is(mongodb_address, tmp_path):
    with MongoClient(mongodb_address) as client:
        theirs = client.get_default_database()["Toy cases"]
        theirs.insert_one({"_id": 1})
        with pytest.raises(WorkspaceError, match="already holds 'Toy cases'"):
            open_store(mongodb_address, tmp_path, views=VIEWS)
        assert list(theirs.find()) == [{"_id": 1}]
