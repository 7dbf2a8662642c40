"""Sessions of unknown cases: begun, revealed step by step, answered once, and kept among what people did.

A session is a record of the document store. What a reader named is kept as it was typed; how it stands to the case is
asked of the case whenever it is shown, so that a curated diagnosis counts as it is now.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ingest.errors import DamagedFile, InputError
from ingest.store.filters import Filter
from ingest.store.interface import DocumentStore, Writer
from ingest.store.records import next_key
from ingest.store.stored_form import Clock, utc_now, written_at
from rag.teaching.unknown import RevealStep, fits_teaching

KIND = "teaching"
CASES, MAX_CASES = 10, 50
MAX_SECONDS = 1800  # that a case counts: who comes back the next day has not thought about it all night


@dataclass(frozen=True)
class Turn:
    """One case of a session.

    Attributes
    ----------
    differential : tuple of str or None
        What the reader named, the likeliest first; None as long as they have not answered, empty where they passed.
    answered_at_step : RevealStep or None
        What they had seen when they answered.
    """

    case_id: str
    step: RevealStep = RevealStep.IMAGE
    differential: tuple[str, ...] | None = None
    answered_at_step: RevealStep | None = None
    opened_at: str | None = None
    answered_at: str | None = None

    @property
    def is_done(self) -> bool:
        """Whether the diagnosis is revealed."""
        return self.step is RevealStep.DIAGNOSIS

    @property
    def seconds(self) -> float | None:
        """How long the reader took to answer, at most `MAX_SECONDS`; None before."""
        if self.opened_at is None or self.answered_at is None:
            return None
        took = datetime.fromisoformat(self.answered_at) - datetime.fromisoformat(self.opened_at)
        return min(max(took.total_seconds(), 0.0), MAX_SECONDS)


@dataclass(frozen=True)
class Session:
    """Cases that a reader is asked, in their order.

    Attributes
    ----------
    where : str
        The filter that they were taken by, as text; it may name the disease, so that it is shown at the end only.
    """

    session_id: str
    turns: tuple[Turn, ...]
    where: str
    made_at: str
    actor: str

    @property
    def done(self) -> int:
        """How many of its cases are finished."""
        return sum(turn.is_done for turn in self.turns)

    @property
    def is_done(self) -> bool:
        """Whether all of them are."""
        return self.done == len(self.turns)

    @property
    def next_number(self) -> int:
        """The number, from 1, of the first case that is not finished; of the last where all are."""
        unfinished = (number for number, turn in enumerate(self.turns, 1) if not turn.is_done)
        return next(unfinished, len(self.turns))

    def turn(self, number: int) -> Turn:
        """Return a case of the session by its number, from 1. Raises InputError."""
        if not 1 <= number <= len(self.turns):
            raise InputError(f"session '{self.session_id}' has no case {number}. It has 1 to {len(self.turns)}.")
        return self.turns[number - 1]


_SESSION = TypeAdapter(Session)


def kept_sessions(store: DocumentStore) -> list[Session]:
    """Return all sessions, in the order in which they were begun. Raises DamagedFile."""
    found = [_parse(key, record) for key, record in store.records(KIND).items()]
    return sorted(found, key=lambda session: int(session.session_id[1:]))


def require_session(store: DocumentStore, session_id: str) -> Session:
    """Return one session. Raises InputError where there is none of this id."""
    record = store.records(KIND).get(session_id)
    if record is None:
        raise InputError("there is no such session. Begin another one.")
    return _parse(session_id, record)


def begin_session(
    store: DocumentStore,
    *,
    where: Filter | None,
    said: str,
    cases: int,
    actor: str,
    seed: int | None = None,
    clock: Clock = utc_now,
) -> Session:
    """Begin a session of cases taken at random; those that no session had come first.

    Parameters
    ----------
    said : str
        The filter as text.
    seed : int, optional
        The same seed takes the same cases.

    Raises
    ------
    InputError
        If `cases` is not 1 to `MAX_CASES`, or no case fits.
    """
    chosen = unknown_cases(store, where=where, cases=cases, seed=seed, seen=_seen(store))
    with store.writer(actor) as writer:
        session_id = next_key(store.records(KIND), "T")
        turns = tuple(Turn(case_id) for case_id in chosen)
        return _save(writer, Session(session_id, turns, said, written_at(clock), actor))


def unknown_cases(
    store: DocumentStore,
    *,
    where: Filter | None,
    cases: int,
    seed: int | None = None,
    seen: frozenset[str] = frozenset(),
) -> list[str]:
    """Return the ids of cases to ask, at random; see `begin_session`."""
    if not 1 <= cases <= MAX_CASES:
        raise InputError(f"{cases} cases cannot be asked at once. Expected 1 to {MAX_CASES}.")
    ids = store.case_ids(where)
    random.Random(seed).shuffle(ids)  # noqa: S311  which case comes is no secret
    chosen: list[str] = []
    for case_id in sorted(ids, key=seen.__contains__):
        if fits_teaching(store.get(case_id).case):
            chosen.append(case_id)
        if len(chosen) == cases:
            break
    if not chosen:
        raise InputError("no case fits: none has an image and a diagnosis. Take a condition away.")
    return chosen


def _seen(store: DocumentStore) -> frozenset[str]:
    return frozenset(turn.case_id for session in kept_sessions(store) for turn in session.turns if turn.answered_at)


def open_case(store: DocumentStore, session_id: str, number: int, *, actor: str, clock: Clock = utc_now) -> Session:
    """Write down when the reader saw a case first; later openings change nothing."""
    session = require_session(store, session_id)
    if session.turn(number).opened_at is not None:
        return session
    return _change(store, session_id, number, actor, lambda turn: replace(turn, opened_at=written_at(clock)))


def reveal_next(store: DocumentStore, session_id: str, number: int, *, actor: str) -> Session:
    """Show the next step of a case.

    Raises
    ------
    InputError
        If the next step is the case's differential and the reader has not answered.
    """

    def revealed(turn: Turn) -> Turn:
        if turn.differential is None and turn.step.after.shows(RevealStep.DIFFERENTIAL):
            raise InputError("the differential of the case follows yours. Answer first, or pass.")
        return replace(turn, step=turn.step.after)

    return _change(store, session_id, number, actor, revealed)


def answer_case(
    store: DocumentStore,
    session_id: str,
    number: int,
    differential: Sequence[str],
    *,
    actor: str,
    has_choices: bool,
    clock: Clock = utc_now,
) -> Session:
    """Take the reader's differential, which stands from then on, and show that of the case.

    Parameters
    ----------
    differential : sequence of str
        The likeliest first; empty where the reader passes.
    has_choices : bool
        Whether the case considers other diseases than its own; else its diagnosis follows at once.

    Raises
    ------
    InputError
        If the reader has answered already.
    """

    def answered(turn: Turn) -> Turn:
        if turn.differential is not None:
            raise InputError("this case is answered already. Go on to the next.")
        return replace(
            turn,
            differential=tuple(differential),
            answered_at_step=turn.step,
            opened_at=turn.opened_at or written_at(clock),
            answered_at=written_at(clock),
            step=RevealStep.DIFFERENTIAL if has_choices else RevealStep.DIAGNOSIS,
        )

    return _change(store, session_id, number, actor, answered)


def forget_session(store: DocumentStore, session_id: str, *, actor: str) -> None:
    """Forget a session. Raises InputError where there is none of this id."""
    with store.writer(actor) as writer:
        require_session(store, session_id)
        writer.delete_record(KIND, session_id)


def _change(store: DocumentStore, session_id: str, number: int, actor: str, change: Callable[[Turn], Turn]) -> Session:
    with store.writer(actor) as writer:
        session = require_session(store, session_id)
        changed = change(session.turn(number))
        turns = (*session.turns[: number - 1], changed, *session.turns[number:])
        return _save(writer, replace(session, turns=turns))


def _save(writer: Writer, session: Session) -> Session:
    writer.save_record(KIND, session.session_id, _SESSION.dump_python(session, mode="json"))
    return session


def _parse(key: str, record: Mapping[str, Any]) -> Session:
    try:
        session = _SESSION.validate_python(record)
    except ValidationError as error:
        raise DamagedFile(f"the record of session '{key}' is not of the form it was written in.") from error
    if session.session_id != key or not session.turns:
        raise DamagedFile(f"the record of session '{key}' was changed outside CaseGraph.")
    return session
