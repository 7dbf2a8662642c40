"""T31 for MongoDB: whatever goes wrong with the server, it is said in a sentence within ten seconds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from case_factory import make_case
from faulty_server import Fault, FaultyServer, faulty_server, told_in_time

from ingest.case import sha256_of_json, to_document
from ingest.store import mongo_database
from ingest.store.interface import DocumentStore
from ingest.store.opening import open_store

SECRET = "s3cret"
USERS_WAIT_MS = mongo_database.TIMEOUT_MS
CALLS = 25  # the driver looks for a lost server twice a second
SENTENCE = r"MongoDB at mongodb://\S*127\.0\.0\.1:\d+/\w+ (does not answer|declines|refuses)[^\n]*\."


@pytest.fixture(autouse=True)
def quicker(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up earlier than for users, all but once: a fault that is silence takes the whole of the time."""
    silent = request.node.callspec.params["fault"] is Fault.HALF_OPEN
    monkeypatch.setattr(mongo_database, "TIMEOUT_MS", USERS_WAIT_MS if silent else 5000)


@pytest.mark.parametrize("fault", Fault)
def test_t31_a_mongodb_that_fails_from_the_first_word_on_is_given_up(fault: Fault, tmp_path: Path) -> None:
    with faulty_server(fault=fault) as server, told_in_time(server, SENTENCE, calls=CALLS, secret=SECRET):
        open_store(f"mongodb://curator:{SECRET}@127.0.0.1:{server.port}/casegraph", tmp_path)


@contextmanager
def failing_later(address: str, tmp_path: Path) -> Iterator[tuple[FaultyServer, DocumentStore]]:
    port, _, database = address.rpartition(":")[2].partition("/")
    with (
        faulty_server(int(port)) as between,
        closing(open_store(f"mongodb://127.0.0.1:{between.port}/{database}", tmp_path)) as store,
    ):
        yield between, store


@pytest.mark.parametrize("fault", Fault)
def test_t31_a_question_to_a_mongodb_that_fails_later_is_given_up(mongodb_address: str, tmp_path: Path, fault: Fault):
    with failing_later(mongodb_address, tmp_path) as (between, store):
        assert store.count() == 0
        between.fail(fault)
        with told_in_time(between, SENTENCE, calls=CALLS, secret=SECRET):
            list(store.cases())


@pytest.mark.parametrize("fault", Fault)
def test_t31_a_writer_that_loses_its_mongodb_writes_nothing_by_halves(
    mongodb_address: str, tmp_path: Path, fault: Fault
) -> None:
    with failing_later(mongodb_address, tmp_path) as (between, store):
        with store.writer("tester") as writer:
            writer.write_cases([make_case(1)])
        with told_in_time(between, SENTENCE, calls=CALLS, secret=SECRET), store.writer("tester") as writer:
            between.fail(fault)
            writer.write_cases([make_case(number) for number in (2, 3, 4)])
    with closing(open_store(mongodb_address, tmp_path)) as direct:
        entries = {entry.case_id: entry for entry in direct.entries()}
        assert entries.keys() <= {make_case(number).case_id for number in (1, 2, 3, 4)}
        for number, case_id in enumerate(sorted(entries), start=1):
            assert entries[case_id].content_digest == sha256_of_json(to_document(make_case(number)))
            assert entries[case_id].document == to_document(make_case(number))
        told = [change.sequence for change in direct.changes_since(0)]
        assert told == list(range(1, direct.sequence() + 1))
