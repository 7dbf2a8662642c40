"""The MongoDB store when the server is away, refuses, holds something else, or fails half-way."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import traceback
from contextlib import closing
from pathlib import Path

import pytest
from case_factory import TickingClock, make_case
from faulty_server import LIMIT_S
from mongodb_server import running_mongod
from pymongo import MongoClient
from pymongo.errors import BulkWriteError
from required_engines import needing_an_engine

from ingest.errors import (
    BusyError,
    EngineRefused,
    EngineUnreachable,
    InputError,
    RejectedRecord,
    StorageError,
    WorkspaceError,
)
from ingest.store import mongo_database
from ingest.store.filters import FIELDS, AllOf, Annotated, AnyOf, Between, Contains, Not, OneOf, ValueKind
from ingest.store.mongo import MongoStore
from ingest.store.mongo_query import live_query
from ingest.store.opening import open_store

SECRET = "s3cret"


@pytest.fixture
def store(mongodb_address):
    with closing(MongoStore(mongodb_address, clock=TickingClock())) as store:
        yield store


def no_secret(error: BaseException) -> bool:
    return SECRET not in "".join(traceback.format_exception(error)) + repr(error)


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.engine
def test_a_wrong_password_is_refused_without_showing_it(mongodb_uri_with_password):
    address = mongodb_uri_with_password.replace("://", f"://curator:{SECRET}@")
    with pytest.raises(EngineRefused, match=r"curator@127\.0\.0\.1:\d+/casegraph refuses the login") as caught:
        MongoStore(f"{address}/casegraph?authSource=admin")
    assert no_secret(caught.value)


@pytest.mark.engine
def test_no_login_at_all_is_refused(mongodb_uri_with_password):
    with pytest.raises(EngineRefused, match="refuses the login"):
        MongoStore(f"{mongodb_uri_with_password}/casegraph")


@pytest.mark.engine
def test_the_right_password_opens_and_shows_nowhere(mongodb_uri_with_password):
    address = mongodb_uri_with_password.replace("://", "://curator:right@")
    with closing(MongoStore(f"{address}/casegraph?authSource=admin")) as store:
        with store.writer("tester") as writer:
            writer.write_cases([make_case(1)])
        assert store.count() == 1
        assert ":right@" not in store.address + repr(store) + repr(vars(store))
        assert store.address == address.replace(":right@", "@") + "/casegraph"


def test_t31_a_server_that_is_not_there_is_named_with_what_to_do(free_port, monkeypatch):
    monkeypatch.setattr(mongo_database, "TIMEOUT_MS", 300)
    with pytest.raises(EngineUnreachable, match=r"127\.0\.0\.1:\d+/casegraph does not answer.*Start it") as caught:
        MongoStore(f"mongodb://curator:{SECRET}@127.0.0.1:{free_port}/casegraph")
    assert no_secret(caught.value)


def test_t31_a_server_that_takes_the_call_and_says_nothing_is_given_up(monkeypatch):
    monkeypatch.setattr(mongo_database, "TIMEOUT_MS", 300)
    begun = time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(EngineUnreachable, match="does not answer"):
        MongoStore(f"mongodb://127.0.0.1:{silent.getsockname()[1]}/casegraph")
    assert time.monotonic() - begun < LIMIT_S


@pytest.mark.engine
def test_t31_a_server_that_stops_is_unreachable(monkeypatch, tmp_path):
    monkeypatch.setattr(mongo_database, "TIMEOUT_MS", 300)
    with needing_an_engine(), running_mongod() as server:
        store = MongoStore(f"{server.uri}/casegraph")
        assert store.count() == 0
    with pytest.raises(EngineUnreachable, match="does not answer"):
        store.count()
    with pytest.raises(EngineUnreachable, match="does not answer"), store.writer("tester"):
        pass
    store.close()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (f"mongodb://curator:{SECRET}@localhost", "names no database"),
        (f"mongodb://curator:{SECRET}@localhost/", "names no database"),
        (f"mongodb://curator:{SECRET}/@localhost/casegraph", "the login in the MongoDB address cannot be read"),
        (f"mongodb://curator:{SECRET}?@localhost/casegraph", "the login in the MongoDB address cannot be read"),
        (f"mongodb://curator:{SECRET}@localhost:port/casegraph", "the host or the port in the MongoDB address"),
        (f"mongodb://curator:{SECRET}@localhost/a b$c", "Bad database name"),
        (f"mongodb://curator:{SECRET}@localhost/admin", "database 'admin' belongs to MongoDB itself"),
        (f"mongodb://:{SECRET}@", "a login without a user"),
        (f"mongodb://curator:{SECRET}@localhost/casegraph?tls=perhaps", "option 'tls' .* cannot be 'perhaps'"),
    ],
)
def test_an_address_that_cannot_be_used_says_how_one_looks(address, said, tmp_path):
    with pytest.raises(InputError, match=said) as caught:
        open_store(address, tmp_path)
    assert no_secret(caught.value)
    assert "\n" not in str(caught.value)


def test_an_address_of_no_engine_says_which_there_are(tmp_path):
    with pytest.raises(InputError, match="'sqlite' or mongodb://"):
        open_store(f"postgres://curator:{SECRET}@host/db", tmp_path)


@pytest.mark.engine
@pytest.mark.parametrize("name", ["cases", "changes", "records"])
def test_a_database_of_somebody_else_is_refused_and_left_as_it_is(mongodb_address, name):
    with MongoClient(mongodb_address) as client:
        theirs = client.get_default_database()
        theirs[name].insert_one({"_id": 1, "U_id": "MPX1"})
        with pytest.raises(WorkspaceError, match=f"already holds '{name}'"):
            MongoStore(mongodb_address)
        assert theirs.list_collection_names() == [name]
        assert list(theirs[name].find()) == [{"_id": 1, "U_id": "MPX1"}]


@pytest.mark.engine
def test_t28_a_store_of_a_newer_version_is_refused_with_both_versions(store, mongodb_address):
    with MongoClient(mongodb_address) as client:
        client.get_default_database()["meta"].update_one({"_id": "store"}, {"$set": {"store_version": 7}})
    with pytest.raises(WorkspaceError, match=r"version 7.*version 2"):
        MongoStore(mongodb_address)


@pytest.mark.engine
def test_a_preparation_that_broke_off_is_completed(mongodb_address, monkeypatch):
    monkeypatch.setattr(mongo_database, "_make", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        MongoStore(mongodb_address)
    monkeypatch.undo()
    with closing(MongoStore(mongodb_address)) as store, store.writer("tester") as writer:
        writer.write_cases([make_case(1)])
        assert store.count() == 1


@pytest.mark.engine
def test_the_unique_indexes_are_real_ones(store, mongodb_address):
    with store.writer("tester") as writer:
        writer.write_cases([make_case(1)])
    with MongoClient(mongodb_address) as client:
        database = client.get_default_database()
        assert database["cases"].find_one({"_id": "medpix2:MPX0001"})["patient"]["sex"] == "female"
        unique = [
            name
            for collection in ("cases", "quarantine", "records")
            for name, index in database[collection].index_information().items()
            if index.get("unique")
        ]
        assert unique == ["sequence_1", "source_1_key_1", "kind_1_key_1"]


@pytest.mark.engine
def test_a_tombstone_is_marked_deleted_and_keeps_no_text(store, mongodb_address):
    with store.writer("tester") as writer:
        writer.write_cases([make_case(1)])
        writer.delete_case("medpix2:MPX0001")
    with MongoClient(mongodb_address) as client:
        (left,) = client.get_default_database()["cases"].find()
    assert left["deleted"] is True
    assert set(left) == {"_id", "short_id", "deleted", "sequence", "written_at", "actor"}


@pytest.mark.engine
def test_a_case_over_16_mb_is_refused_and_nothing_of_its_batch_is_written(store):
    with store.writer("tester") as writer:
        with pytest.raises(RejectedRecord, match=r"MPX0002.*MB"):
            writer.write_cases([make_case(1), make_case(2, diagnosis="x" * 9_000_000)])
        assert (store.count(), store.sequence()) == (0, 0)
        assert writer.write_cases([make_case(3)])[0].sequence == 1


@pytest.mark.engine
def test_a_batch_that_fails_half_way_is_told_by_the_next_writer(store, monkeypatch):
    """Documents that a broken batch left behind become changes that a projection sees."""
    from pymongo.collection import Collection

    real = Collection.bulk_write

    def half(self, operations, **more):
        real(self, operations[:2], **more)
        raise BulkWriteError({"writeErrors": [{"code": 14031}]})

    with store.writer("first") as writer:
        writer.write_cases([make_case(0)])
        monkeypatch.setattr(Collection, "bulk_write", half)
        with pytest.raises(StorageError, match="no space"):
            writer.write_cases([make_case(number) for number in range(1, 5)])
    monkeypatch.undo()
    assert store.sequence() == 1
    assert [change.sequence for change in store.changes_since(0)] == [1]
    with store.writer("second") as writer:
        changes = writer.write_cases([make_case(number) for number in range(5)])
    assert [str(change.kind) for change in changes] == ["unchanged"] * 3 + ["added"] * 2
    told = [change.case.short_id for change in store.changes_since(1)]
    assert told == ["MPX0001", "MPX0002", "MPX0003", "MPX0004"]
    assert store.sequence() == [change.sequence for change in store.changes_since(0)][-1]


@pytest.mark.engine
def test_t18_where_the_lease_does_nothing_the_sequence_keeps_two_writers_apart(store, monkeypatch):
    monkeypatch.setattr("ingest.store.mongo_lease.Lease.take", lambda self: None)
    monkeypatch.setattr("ingest.store.mongo_lease.Lease.renew", lambda self: None)
    with store.writer("first") as first, store.writer("second") as second:
        assert first.write_cases([make_case(1, diagnosis="old")])[0].sequence == 1
        assert first.write_cases([make_case(1)])[0].sequence == 2  # number 1 is free now, so no unique index refuses it
        with pytest.raises(BusyError, match="written by another process"):
            second.write_cases([make_case(2)])
        with pytest.raises(BusyError, match="written by another process"):
            second.delete_case("medpix2:MPX0001")
        assert first.write_cases([make_case(3)])[0].sequence == 3
    assert store.case_ids() == ["medpix2:MPX0001", "medpix2:MPX0003"]
    assert store.get("MPX0001").case == make_case(1)


@pytest.mark.engine
def test_a_lease_that_ran_out_is_taken_over_and_its_holder_notices(store, mongodb_address):
    with MongoClient(mongodb_address) as client, store.writer("slow") as slow:
        slow.write_cases([make_case(1)])
        with pytest.raises(BusyError, match=rf"{socket.gethostname()}:{os.getpid()} since 2031"), store.writer("x"):
            pass
        run_out = [{"$set": {"expires_at": {"$subtract": ["$$NOW", 1]}}}]
        client.get_default_database()["meta"].update_one({"_id": "writer"}, run_out)
        with store.writer("quick") as quick:
            quick.write_cases([make_case(2)])
            with pytest.raises(BusyError, match="another writer now"):
                slow.write_cases([make_case(3)])
    assert store.case_ids() == ["medpix2:MPX0001", "medpix2:MPX0002"]
    with store.writer("next") as writer:
        writer.write_cases([make_case(4)])


@pytest.mark.engine
def test_the_lease_of_a_killed_process_of_this_machine_is_reclaimed_at_once(store, mongodb_address):
    program = (
        f"import sys\nsys.path[:0] = {sys.path!r}\nfrom ingest.store.mongo import MongoStore\n"
        f"with MongoStore({mongodb_address!r}).writer('child'):\n"
        "    print('holding', flush=True)\n    sys.stdin.read()\n"
    )
    child = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "holding\n"
    with pytest.raises(BusyError, match=f":{child.pid} since"), store.writer("tester"):
        pass
    child.send_signal(signal.SIGKILL)
    child.communicate()
    with store.writer("tester") as writer:
        assert writer.write_cases([make_case(1)])[0].sequence == 1


@pytest.mark.engine
def test_several_processes_may_prepare_the_same_new_database_at_once(mongodb_address):
    program = (
        f"import sys\nsys.path[:0] = {sys.path!r}\nfrom ingest.store.mongo import MongoStore\n"
        f"print(MongoStore({mongodb_address!r}).sequence())\n"
    )
    children = [subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert [child.communicate(timeout=60)[0] for child in children] == ["0\n"] * 3


def test_t33_every_operator_of_a_query_comes_from_our_builder():
    """Whatever the values, the keys and operators are the same; a value stands where a value belongs."""
    hostile = "$where"

    def query(value: str) -> str:
        conditions = [OneOf(name, (value,)) for name, field in FIELDS.items() if _is_free(field)]
        conditions += [Contains(name, value) for name, field in FIELDS.items() if field.kind is ValueKind.TEXT]
        parts = (*conditions, Annotated(value), Between("age_years", 1, 2))
        return repr(live_query(Not(AnyOf((AllOf(parts),)))))

    assert query(hostile).replace(hostile, "x") == query("x")
    assert "regex" not in query("x") and "$where" not in query("x") and "$function" not in query("x")


def _is_free(field) -> bool:
    return field.vocabulary is None and field.kind is not ValueKind.NUMBER


@pytest.mark.engine
def test_t34_a_long_repetitive_text_is_looked_for_in_linear_time(store):
    with store.writer("tester") as writer:
        writer.write_cases([make_case(1, diagnosis="a" * 50_000)])
    begun = time.monotonic()
    assert store.count(Contains("diagnosis", "(a+)+$")) == 0
    assert store.count(Contains("diagnosis", "a" * 200 + "!")) == 0
    assert time.monotonic() - begun < LIMIT_S


def test_nothing_connects_and_no_driver_is_loaded_when_the_store_is_imported():
    program = "import sys, ingest.store.opening, ingest.store.mongo; sys.exit('pymongo' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=Path(__file__).parents[3], check=False).returncode == 0
