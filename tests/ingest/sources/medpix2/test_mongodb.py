from __future__ import annotations

import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from bson import Decimal128, Int64, ObjectId
from pymongo import MongoClient
from release_folder import case_document, description, noise_png, write_release

from ingest.errors import EngineRefused, EngineUnreachable, SourceError
from ingest.sources.medpix2 import Release, read_cases, read_mongodb, read_release

CASES = [case_document("MPX9001", tac=["MPX9001_a"]), case_document("MPX9002", mri=["MPX9002_b"])]
DESCRIPTIONS = [description("MPX9001_a"), description("MPX9002_b", "MPX9002", "MR")]


def fill(address: str, cases: str, descriptions: str, documents: list[Any] = DESCRIPTIONS) -> None:
    with MongoClient(address) as client:
        database = client.get_default_database()
        database[cases].insert_many([dict(case) for case in CASES])
        database[descriptions].insert_many([dict(one) for one in documents])


def texts_of(release: Release) -> list[object]:
    return [(record.document, record.descriptions) for record in release.records]


@pytest.mark.engine
@pytest.mark.parametrize(
    ("cases", "descriptions"), [("cases", "descriptions"), ("Clinical_reports", "Image_Descriptions")]
)
def test_both_layouts_give_what_the_folder_gives(
    mongodb_address: str, tmp_path: Path, cases: str, descriptions: str
) -> None:
    fill(mongodb_address, cases, descriptions)
    found = read_mongodb(mongodb_address)
    folder = read_release(write_release(tmp_path, CASES, DESCRIPTIONS))
    assert texts_of(found) == texts_of(folder)
    assert list(read_cases(found)) == list(read_cases(folder))
    assert (found.case_count, found.description_count, found.rejected) == (2, 2, ())


@pytest.mark.engine
def test_reading_writes_nothing(mongodb_address: str) -> None:
    fill(mongodb_address, "cases", "descriptions")
    with MongoClient(mongodb_address) as client:
        database = client.get_default_database()
        before = {name: list(database[name].find()) for name in sorted(database.list_collection_names())}
        read_mongodb(mongodb_address)
        assert {name: list(database[name].find()) for name in sorted(database.list_collection_names())} == before


@pytest.mark.engine
def test_an_image_is_found_by_its_file_address_or_in_a_folder(mongodb_address: str, tmp_path: Path) -> None:
    here, there = tmp_path / "with blank", tmp_path / "other"
    here.mkdir()
    there.mkdir()
    (here / "MPX9001_a.png").write_bytes(noise_png(1))
    (there / "MPX9002_b.png").write_bytes(noise_png(2))
    first = {**DESCRIPTIONS[0], "URL": (here / "MPX9001_a.png").as_uri()}
    fill(mongodb_address, "cases", "descriptions", [first, DESCRIPTIONS[1]])
    found = read_mongodb(mongodb_address, there)
    assert found.image_paths == {"MPX9001_a": here / "MPX9001_a.png", "MPX9002_b": there / "MPX9002_b.png"}
    assert found.records[0].descriptions[0].image_name == "MPX9001_a"


@pytest.mark.engine
def test_the_database_of_the_published_script_is_found_without_being_named(mongodb_uri: str) -> None:
    fill(f"{mongodb_uri}/medical_database", "cases", "descriptions")
    try:
        assert read_mongodb(mongodb_uri).address == "mongodb:medical_database"
    finally:
        with MongoClient(mongodb_uri) as client:
            client.drop_database("medical_database")


@pytest.mark.engine
def test_a_database_without_the_collections_is_refused_naming_what_was_looked_for(mongodb_address: str) -> None:
    with MongoClient(mongodb_address) as client:
        client.get_default_database()["cases"].insert_one({"U_id": "MPX9001"})
    with pytest.raises(
        SourceError, match="'cases' with 'descriptions' or 'Clinical_reports' with 'Image_Descriptions'"
    ):
        read_mongodb(mongodb_address)


@pytest.mark.engine
def test_a_value_that_json_does_not_know_is_refused_alone(mongodb_address: str) -> None:
    fill(mongodb_address, "cases", "descriptions")
    with MongoClient(mongodb_address) as client:
        client.get_default_database()["cases"].insert_one({"U_id": "MPX9003", "Case": {"History": b"bytes"}})
    found = read_mongodb(mongodb_address)
    assert len(found.records) == 2
    assert [rejection.reason for rejection in found.rejected] == ["Case.'History' is an object, expected text."]


@pytest.mark.engine
def test_numbers_dates_and_ids_of_a_live_database_are_read_as_their_meaning(mongodb_address: str) -> None:
    documents = [{**one, "Description": dict(one["Description"])} for one in DESCRIPTIONS]
    documents[0]["Description"]["Age"] = Decimal128("58.0")
    documents[1]["Description"]["Age"] = Int64(31)
    documents[0].update(uploaded=datetime(2024, 5, 1, tzinfo=UTC), reader=ObjectId(), score=float("nan"))
    fill(mongodb_address, "cases", "descriptions", documents)
    found = read_mongodb(mongodb_address)
    assert found.rejected == ()
    assert [case.patient.age_years for case in read_cases(found)] == [58, 31]


@pytest.mark.engine
def test_a_wrong_password_is_refused_without_showing_it(mongodb_uri_with_password: str) -> None:
    address = mongodb_uri_with_password.replace("://", "://curator:wr0ng-secret@")
    with pytest.raises(EngineRefused, match="refuses the login") as caught:
        read_mongodb(address)
    assert "wr0ng-secret" not in str(caught.value)


def test_a_server_that_is_not_there_is_named_within_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.sources.medpix2.mongodb.TIMEOUT_S", 0.3)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    sentence = r"MongoDB at mongodb://curator@127\.0\.0\.1:\d+/medical_database does not answer"
    with pytest.raises(EngineUnreachable, match=sentence) as caught:
        read_mongodb(f"mongodb://curator:s3cret@127.0.0.1:{port}/medical_database")
    assert "s3cret" not in str(caught.value)


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(SourceError, match="Write mongodb://user:password@host"):
        read_mongodb("mongodb://")


@pytest.mark.parametrize("login", ["odd:p@s:s/w%rd#1", "odd:pa[ss", "odd:p?ss", "odd:p#ss"])
def test_a_password_that_is_not_percent_encoded_is_refused_without_showing_it(login: str) -> None:
    with pytest.raises(SourceError, match="percent-encoded") as caught:
        read_mongodb(f"mongodb://{login}@127.0.0.1:27017/medical_database")
    assert "ss" not in str(caught.value).replace("password", "").replace("address", "")


@pytest.mark.engine
def test_views_are_read_and_a_user_who_may_only_find_in_both(mongodb_uri_with_password: str) -> None:
    admin = mongodb_uri_with_password.replace("://", "://curator:right@")
    with MongoClient(admin) as client:
        raw, base = client["raw"], client["base"]
        raw["c"].insert_many([dict(case) for case in CASES])
        raw["d"].insert_many([dict(one) for one in DESCRIPTIONS])
        base["c"].insert_many([dict(case) for case in CASES])
        base["d"].insert_many([dict(one) for one in DESCRIPTIONS])
        base.command("create", "cases", viewOn="c", pipeline=[])
        base.command("create", "descriptions", viewOn="d", pipeline=[])
        rights = [
            {"resource": {"db": "base", "collection": name}, "actions": ["find"]} for name in ("cases", "descriptions")
        ]
        base.command("createRole", "reader", privileges=rights, roles=[])
        base.command("createUser", "narrow", pwd="p@ss", roles=["reader"])
    assert read_mongodb(f"{admin}/base?authSource=admin").case_count == 2
    narrow = mongodb_uri_with_password.replace("://", "://narrow:p%40ss@")
    assert read_mongodb(f"{narrow}/base").case_count == 2
