"""Sessions of unknown cases, on a real store."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from case_factory import TickingClock, make_case

from ingest.errors import DamagedFile, InputError
from ingest.store.filters import OneOf
from ingest.store.sqlite import SqliteStore
from rag.teaching.sessions import (
    KIND,
    MAX_SECONDS,
    Session,
    answer_case,
    begin_session,
    forget_session,
    kept_sessions,
    open_case,
    require_session,
    reveal_next,
    unknown_cases,
)
from rag.teaching.unknown import RevealStep


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(tmp_path / "documents.sqlite")
    with store.writer("a") as writer:
        writer.write_cases([make_case(number) for number in range(1, 9)])
        writer.write_cases([make_case(9, diagnosis=None), make_case(10, images=())])
    yield store
    store.close()


def begun(store: SqliteStore, cases: int = 3, **more) -> Session:
    return begin_session(store, **({"where": None, "said": "", "cases": cases, "actor": "a", "seed": 1} | more))


def test_a_session_has_cases_that_can_be_asked_each_once(store: SqliteStore):
    ids = [turn.case_id for turn in begun(store, 20).turns]
    assert sorted(ids) == [f"medpix2:MPX{number:04}" for number in range(1, 9)]


def test_the_same_seed_asks_the_same_cases(store: SqliteStore):
    asked = [unknown_cases(store, where=None, cases=4, seed=seed) for seed in (5, 5, 6)]
    assert asked[0] == asked[1] != asked[2]


def test_only_cases_of_the_filter_are_asked(store: SqliteStore):
    where = OneOf("case_id", ("medpix2:MPX0002", "medpix2:MPX0009"))
    assert [turn.case_id for turn in begun(store, where=where).turns] == ["medpix2:MPX0002"]
    with pytest.raises(InputError, match="no case fits"):
        begun(store, where=OneOf("case_id", ("medpix2:MPX0009",)))
    with pytest.raises(InputError, match="Expected 1 to 50"):
        begun(store, 0)


def test_a_case_is_revealed_in_order_and_its_differential_only_after_an_answer(store: SqliteStore):
    session_id = begun(store).session_id
    steps = [reveal_next(store, session_id, 1, actor="a").turn(1).step for _ in range(2)]
    assert steps == [RevealStep.HISTORY, RevealStep.FINDINGS]
    with pytest.raises(InputError, match="Answer first"):
        reveal_next(store, session_id, 1, actor="a")
    answered = answer_case(store, session_id, 1, ("Abscess",), actor="a", has_choices=True)
    assert (answered.turn(1).step, answered.turn(1).answered_at_step) == (RevealStep.DIFFERENTIAL, RevealStep.FINDINGS)
    assert not answered.turn(1).is_done
    assert reveal_next(store, session_id, 1, actor="a").turn(1).is_done


def test_an_answer_stands(store: SqliteStore):
    session_id = begun(store).session_id
    answer_case(store, session_id, 2, (), actor="a", has_choices=False)
    with pytest.raises(InputError, match="answered already"):
        answer_case(store, session_id, 2, ("Abscess",), actor="a", has_choices=False)
    turn = require_session(store, session_id).turn(2)
    assert (turn.differential, turn.is_done) == ((), True)


def test_the_time_runs_from_the_first_look_to_the_answer_and_not_all_night(store: SqliteStore):
    session_id = begun(store).session_id
    clock = TickingClock()
    open_case(store, session_id, 1, actor="a", clock=clock)
    open_case(store, session_id, 1, actor="a", clock=clock)
    took = answer_case(store, session_id, 1, (), actor="a", has_choices=False, clock=clock).turn(1).seconds
    assert took == 1
    open_case(store, session_id, 2, actor="a", clock=TickingClock())
    the_day_after = TickingClock(datetime(2031, 1, 2, tzinfo=UTC))
    later = answer_case(store, session_id, 2, (), actor="a", has_choices=False, clock=the_day_after)
    assert later.turn(2).seconds == MAX_SECONDS


def test_sessions_are_kept_and_come_back_as_they_were(store: SqliteStore, tmp_path: Path):
    first = begun(store, said="modality=MR")
    answered = answer_case(store, first.session_id, 1, ("Abscess",), actor="a", has_choices=False)
    second = begun(store, 2)
    store.close()
    again = SqliteStore(tmp_path / "documents.sqlite")
    assert kept_sessions(again) == [answered, second]
    assert (answered.done, answered.next_number, answered.is_done) == (1, 2, False)
    forget_session(again, first.session_id, actor="a")
    assert kept_sessions(again) == [second]
    again.close()


def test_cases_that_nobody_was_asked_come_first(store: SqliteStore):
    first = begun(store, 5)
    for number in range(1, 6):
        answer_case(store, first.session_id, number, (), actor="a", has_choices=False)
    seen = {turn.case_id for turn in first.turns}
    assert seen.isdisjoint(turn.case_id for turn in begun(store, 3, seed=1).turns)


def test_what_there_is_not_is_said(store: SqliteStore):
    with pytest.raises(InputError, match="no such session"):
        require_session(store, "T9")
    session = begun(store)
    with pytest.raises(InputError, match="has no case 4"):
        session.turn(4)


def test_a_record_changed_behind_the_program_is_refused(store: SqliteStore):
    session = begun(store)
    with store.writer("a") as writer:
        writer.save_record(KIND, session.session_id, {"session_id": session.session_id})
    with pytest.raises(DamagedFile, match="not of the form"):
        kept_sessions(store)
