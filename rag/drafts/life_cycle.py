"""The life of a kept draft: draft, reviewed, signed by a named person, or rejected; superseded by a newer version.

Drafts are truth: records of the document store. Each change takes an actor, and nothing is overwritten: an edit makes
a new version that nobody has reviewed, beside the one before, which keeps its signature. A signature is self-declared:
this program does not know who a person is, and says so with the name.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ingest.case import sha256_of_json
from ingest.errors import DamagedFile, InputError
from ingest.remedies import Remedy, RemedyAction
from ingest.store.interface import DocumentStore, Writer
from ingest.store.records import next_key
from ingest.store.stored_form import Clock, utc_now, written_at
from rag.drafts.draft import EXTRACTIVE
from rag.drafts.organs import organs_in
from rag.drafts.render import inline
from rag.drafts.scanned_fields import FIELDS

KIND = "draft"
MAX_NAME_LENGTH = 100
MAX_EDIT_LENGTH = 2000
SELF_DECLARED = "self-declared"


class State(StrEnum):
    """Where a version of a draft stands."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    SIGNED = "signed"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"


# What may follow what. Superseded is never asked for: an edit does it, and a signature of a newer version.
_NEXT: Mapping[State, tuple[State, ...]] = {
    State.DRAFT: (State.REVIEWED, State.REJECTED),
    State.REVIEWED: (State.SIGNED, State.REJECTED),
    State.SIGNED: (),
    State.REJECTED: (),
    State.SUPERSEDED: (),
}


@dataclass(frozen=True)
class DraftEvent:
    """A change of state: who did it (`actor`, the account; `name`, as the person gives it), when, and why."""

    state: State
    actor: str
    name: str
    at: str
    reason: str | None = None


@dataclass(frozen=True)
class StatementReview:
    """A person's word on one statement of a version, counted from 1: accepted, or the acceptance taken back."""

    statement: int
    accepted: bool
    actor: str
    name: str
    at: str


@dataclass(frozen=True)
class Version:
    """One version of a draft: its content, the digest over it, and what happened to it.

    `difference` is a unified difference of the statements to the version before, line by line, and `reason` what its
    editor gave for it. `reviews` are of single statements, the oldest first; an edit carries over what of the version
    before is accepted and not touched by it.
    """

    number: int
    content: dict[str, Any]
    digest: str
    actor: str
    made_at: str
    difference: tuple[str, ...] = ()
    events: tuple[DraftEvent, ...] = ()
    reviews: tuple[StatementReview, ...] = ()
    reason: str | None = None

    @property
    def accepted(self) -> dict[int, StatementReview]:
        """The statements that a person accepted, by number, with who did."""
        newest = {review.statement: review for review in self.reviews}
        return {number: review for number, review in newest.items() if review.accepted}

    @property
    def state(self) -> State:
        """Where it stands now."""
        return self.events[-1].state if self.events else State.DRAFT

    @property
    def signature(self) -> DraftEvent | None:
        """Who signed it, if anybody did; it stays when the version is superseded."""
        return next((event for event in self.events if event.state is State.SIGNED), None)


@dataclass(frozen=True)
class KeptDraft:
    """A draft that was kept, with all its versions, the oldest first."""

    draft_id: str
    versions: tuple[Version, ...]

    @property
    def newest(self) -> Version:
        """The version that counts."""
        return self.versions[-1]

    def version(self, number: int | None) -> Version:
        """Return a version by its number, the newest by default. Raises InputError."""
        if number is None:
            return self.newest
        if not 1 <= number <= len(self.versions):
            raise InputError(f"draft '{self.draft_id}' has no version {number}. It has 1 to {len(self.versions)}.")
        return self.versions[number - 1]


_KEPT = TypeAdapter(KeptDraft)


def kept_drafts(store: DocumentStore) -> list[KeptDraft]:
    """Return all kept drafts, in the order in which they were made.

    Raises
    ------
    DamagedFile
        If a record is not as it was written.
    """
    found = [_parse(key, record) for key, record in store.records(KIND).items()]
    return sorted(found, key=lambda draft: int(draft.draft_id[1:]))


def require_draft(store: DocumentStore, draft_id: str) -> KeptDraft:
    """Return one kept draft. Raises InputError where there is none of this id."""
    record = store.records(KIND).get(draft_id)
    if record is None:
        raise InputError(
            f"there is no draft '{inline(draft_id)[:20]}'. See them.", remedy=Remedy(RemedyAction.LIST_DRAFTS)
        )
    return _parse(draft_id, record)


def keep_draft(store: DocumentStore, content: Mapping[str, Any], *, actor: str, clock: Clock = utc_now) -> KeptDraft:
    """Keep the document of a draft as version 1 of a new one."""
    with store.writer(actor) as writer:
        first = Version(1, dict(content), _digest(content), actor, written_at(clock))
        return _save(writer, KeptDraft(next_key(store.records(KIND), "D"), (first,)))


def change_state(
    store: DocumentStore,
    draft_id: str,
    state: State,
    *,
    name: str,
    actor: str,
    reason: str | None = None,
    clock: Clock = utc_now,
) -> KeptDraft:
    """Review, sign or reject the newest version.

    Parameters
    ----------
    name : str
        Who does it, as the person gives it.
    actor : str
        The account that acts, for the record.

    Raises
    ------
    InputError
        If nobody is named, or the state may not follow the present one.
    """
    with store.writer(actor) as writer:
        draft = require_draft(store, draft_id)
        newest = draft.newest
        _require_person(name, newest)
        if state not in _NEXT[newest.state]:
            raise _refusal(draft, state)
        event = DraftEvent(state, actor, inline(name), written_at(clock), _in_short(reason))
        older = draft.versions[:-1]
        if state is State.SIGNED:
            older = tuple(_superseded(version, event) for version in older)
        changed = replace(newest, events=(*newest.events, event))
        return _save(writer, KeptDraft(draft_id, (*older, changed)))


def accept_statement(
    store: DocumentStore,
    draft_id: str,
    number: int,
    *,
    accepted: bool = True,
    name: str,
    actor: str,
    clock: Clock = utc_now,
) -> KeptDraft:
    """Say in a person's name that a statement of the newest version may stand, or take that back.

    Nothing follows from it: the version is still to be reviewed and signed as a whole.

    Raises
    ------
    InputError
        If there is no such statement, the version is signed or rejected, or nobody is named.
    """
    with store.writer(actor) as writer:
        draft = require_draft(store, draft_id)
        newest = draft.newest
        _require_person(name, newest)
        _require_statement(newest.content, number)
        if not _NEXT[newest.state]:
            said = (
                f"version {newest.number} of draft '{draft_id}' is {newest.state} and its statements cannot be accepted"
            )
            raise _only_an_edit(draft, said)
        review = StatementReview(number, accepted, actor, inline(name), written_at(clock))
        changed = replace(newest, reviews=(*newest.reviews, review))
        return _save(writer, KeptDraft(draft_id, (*draft.versions[:-1], changed)))


def edit_draft(
    store: DocumentStore,
    draft_id: str,
    number: int,
    text: str | None,
    *,
    name: str,
    actor: str,
    reason: str | None = None,
    clock: Clock = utc_now,
) -> KeptDraft:
    """Make a new version in which a person worded one statement again, or took it out.

    The new version is a draft, reviewed by nobody. What a person worded is not checked against evidence: it cites none
    and carries the person's name instead.

    Parameters
    ----------
    number : int
        Of the statement, counted from 1 through all sections.
    text : str or None
        The new wording; None takes the statement out.
    reason : str or None
        Why, for the record.

    Raises
    ------
    InputError
        If there is no such statement, the text is empty or too long, or nobody is named.
    """
    said = inline(text) if text is not None else None
    if said is not None and not 0 < len(said) <= MAX_EDIT_LENGTH:
        raise InputError(f"the new text has {len(said)} characters, expected 1 to {MAX_EDIT_LENGTH}.")
    with store.writer(actor) as writer:
        draft = require_draft(store, draft_id)
        newest = draft.newest
        _require_person(name, newest)
        content = _edited(newest.content, number, said, inline(name))
        event = DraftEvent(State.SUPERSEDED, actor, inline(name), written_at(clock))
        before = _superseded(newest, event) if newest.signature is None else newest
        after = Version(
            newest.number + 1,
            content,
            _digest(content),
            actor,
            written_at(clock),
            tuple(difflib.unified_diff(_lines(newest.content), _lines(content), lineterm="", n=0))[2:],
            reviews=_carried_over(newest, number, removed=said is None),
            reason=_in_short(reason),
        )
        return _save(writer, KeptDraft(draft_id, (*draft.versions[:-1], before, after)))


def standing_of(draft: KeptDraft, version: Version, events: Sequence[DraftEvent] | None = None) -> dict[str, Any]:
    """Return what every form of a kept draft says of itself.

    Parameters
    ----------
    events : sequence of Event, optional
        What had happened to the version; all that has by default.
    """
    seen = replace(version, events=tuple(version.events if events is None else events))
    signature = seen.signature
    reviewed = next((event for event in seen.events if event.state is State.REVIEWED), None)
    return {
        "draft_id": draft.draft_id,
        "version": version.number,
        "state": str(seen.state),
        "digest": version.digest,
        "made_by": version.actor,
        "made_at": version.made_at,
        "reviewed_by": reviewed.name if reviewed else None,
        "signed_by": signature.name if signature else None,
        "signed_at": signature.at if signature else None,
        "signature": SELF_DECLARED if signature else None,
    }


def document_of(draft: KeptDraft, version: Version, events: Sequence[DraftEvent] | None = None) -> dict[str, Any]:
    """Return a version as the document that `rag.drafts.render` writes in every format."""
    standing = standing_of(draft, version, events)
    return {**version.content, "reviewed": standing["reviewed_by"] is not None, "standing": standing}


def _carried_over(version: Version, number: int, *, removed: bool) -> tuple[StatementReview, ...]:
    """Return the acceptances that an edit of one statement leaves, with the numbers that their statements have then."""
    return tuple(
        replace(review, statement=place - 1 if removed and place > number else place)
        for place, review in version.accepted.items()
        if place != number
    )


def _edited(content: Mapping[str, Any], number: int, text: str | None, name: str) -> dict[str, Any]:
    _require_statement(content, number)
    place = 0
    sections: list[dict[str, Any]] = []
    for section in content["sections"]:
        statements: list[Mapping[str, Any]] = []
        for statement in section["statements"]:
            place += 1
            if place != number:
                statements.append(statement)
            elif text is not None:
                statements.append(_worded_by(name, text, statement, section))
        sections.append({**section, "statements": statements})
    return {**content, "sections": sections}


def _worded_by(name: str, text: str, before: Mapping[str, Any], section: Mapping[str, Any]) -> dict[str, Any]:
    """Return the statement of a person; of a finding, with the organs that it speaks of now, else with those before."""
    statement: dict[str, Any] = {"text": text, "subject": "this scan", "citations": [], "worded_by": name}
    scanned = next((field for field in FIELDS if field.name == section.get("scanned")), None)
    organs = (organs_in(text, scanned) if scanned else ()) or before.get("organs", ())
    return {**statement, "organs": list(organs)} if organs else statement


def _lines(content: Mapping[str, Any]) -> list[str]:
    return [f"{part['section']}: {said['text']}" for part in content["sections"] for said in part["statements"]]


def _require_statement(content: Mapping[str, Any], number: int) -> None:
    count = sum(len(section["statements"]) for section in content["sections"])
    if not 1 <= number <= count:
        raise InputError(f"there is no statement {number}. The draft has 1 to {count}.")


def _in_short(reason: str | None) -> str | None:
    return inline(reason)[:MAX_EDIT_LENGTH] if reason else None


def _require_person(name: str, version: Version) -> None:
    """Refuse nobody and the machine as a person; else any name is taken, and called self-declared."""
    said = inline(name).strip()
    author = str(version.content.get("author", ""))
    machines = {word.casefold() for word in ("casegraph", EXTRACTIVE, author, author.partition(":")[0])}
    if not said or not any(letter.isalpha() for letter in said):
        raise InputError(
            "a person is needed: give the name of who does this.", remedy=Remedy(RemedyAction.SIGN_BY_NAME)
        )
    if len(said) > MAX_NAME_LENGTH:
        raise InputError(f"the name has {len(said)} characters, at most {MAX_NAME_LENGTH} are taken.")
    if said.casefold() in machines:
        raise InputError("a draft is reviewed and signed by a person, not by the program that wrote it. Give a name.")


def _refusal(draft: KeptDraft, state: State) -> InputError:
    now = draft.newest.state
    said = f"version {draft.newest.number} of draft '{draft.draft_id}' is {now} and cannot be {state}"
    if state is State.SIGNED and now is State.DRAFT:
        return InputError(f"{said}. Review it first.", remedy=Remedy(RemedyAction.REVIEW_DRAFT, draft.draft_id))
    return _only_an_edit(draft, said)


def _only_an_edit(draft: KeptDraft, said: str) -> InputError:
    return InputError(f"{said}. An edit makes a new version.", remedy=Remedy(RemedyAction.EDIT_DRAFT, draft.draft_id))


def _superseded(version: Version, event: DraftEvent) -> Version:
    if version.state in (State.SUPERSEDED, State.REJECTED):
        return version
    return replace(version, events=(*version.events, replace(event, state=State.SUPERSEDED, reason=None)))


def _save(writer: Writer, draft: KeptDraft) -> KeptDraft:
    writer.save_record(KIND, draft.draft_id, _KEPT.dump_python(draft, mode="json"))
    return draft


def _parse(key: str, record: Mapping[str, Any]) -> KeptDraft:
    try:
        draft = _KEPT.validate_python(record)
    except ValidationError as error:
        raise DamagedFile(f"the record of draft '{key}' is not of the form it was written in.") from error
    broken = [version.number for version in draft.versions if _digest(version.content) != version.digest]
    if broken or not draft.versions or draft.draft_id != key:
        raise DamagedFile(f"the record of draft '{key}' was changed outside CaseGraph: version {broken or '?'}.")
    return draft


def _digest(content: Mapping[str, Any]) -> str:
    return sha256_of_json(dict(content))
