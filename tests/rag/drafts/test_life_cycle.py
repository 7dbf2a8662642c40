"""The life of a kept draft: who may do what when, what stays, and what every format says of it."""

from __future__ import annotations

import contextlib
import json
import random
from datetime import UTC, datetime

import pytest

from ingest.errors import DamagedFile, InputError
from ingest.remedies import Remedy, RemedyAction
from rag.drafts.draft import write_draft
from rag.drafts.evidence import DraftRequest
from rag.drafts.formats import DraftFormat, written_as
from rag.drafts.life_cycle import (
    KIND,
    State,
    accept_statement,
    change_state,
    document_of,
    edit_draft,
    keep_draft,
    kept_drafts,
    require_draft,
)
from rag.drafts.render import LABEL, draft_document
from rag.drafts.verify import verify_file

NAME = "Dr. Ada Example"
FORMATS = list(DraftFormat)


def clock():
    return datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def content(search, store):
    request = DraftRequest(findings="Ring enhancing lesion in the right parietal lobe. No hydrocephalus.")
    return draft_document(write_draft(request, search.search(request.query()).hits, store))


@pytest.fixture
def kept(store, content):
    return keep_draft(store, content, actor="ada", clock=clock)


def change(store, state, name=NAME, draft_id="D1"):
    return change_state(store, draft_id, state, name=name, actor="ada", clock=clock)


def signed(store):
    change(store, State.REVIEWED)
    return change(store, State.SIGNED)


def text_in(data, kind):
    """Return what a reader of a file finds in it; of a PDF, its lines as they were before they were drawn."""
    if kind is DraftFormat.PDF:
        return data.decode("latin-1")
    return data.decode().replace("\\", "") if kind is DraftFormat.MARKDOWN else data.decode()


def test_a_kept_draft_is_read_back_as_it_was(store, kept, content):
    assert kept.draft_id == "D1"
    assert require_draft(store, "D1") == kept
    assert kept.newest.content == content
    assert (kept.newest.state, kept.newest.actor, kept.newest.made_at) == (
        State.DRAFT,
        "ada",
        "2026-01-02T03:04:05.000+00:00",
    )
    assert keep_draft(store, content, actor="ada").draft_id == "D2"
    assert [draft.draft_id for draft in kept_drafts(store)] == ["D1", "D2"]


def test_a_draft_is_reviewed_then_signed_by_a_named_person(store, kept):
    change(store, State.REVIEWED, "Dr. Grace Example")
    draft = change(store, State.SIGNED)
    assert [(event.state, event.name, event.actor) for event in draft.newest.events] == [
        (State.REVIEWED, "Dr. Grace Example", "ada"),
        (State.SIGNED, NAME, "ada"),
    ]
    assert draft.newest.digest == kept.newest.digest


@pytest.mark.parametrize("state", [State.SIGNED, State.DRAFT, State.SUPERSEDED])
def test_an_unreviewed_draft_cannot_be(store, kept, state):
    with pytest.raises(InputError, match=f"cannot be {state}"):
        change(store, state)


@pytest.mark.parametrize("last", [State.SIGNED, State.REJECTED])
def test_after_a_signature_or_a_rejection_only_an_edit_goes_on(store, kept, last):
    change(store, State.REVIEWED)
    change(store, last)
    for state in State:
        with pytest.raises(InputError, match=r"An edit makes a new version\.$") as refused:
            change(store, state)
        assert refused.value.remedy == Remedy(RemedyAction.EDIT_DRAFT, "D1")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        *((nobody, "a person is needed") for nobody in ("", "  ", "\u200b", "...")),
        *((machine, "not by the program that wrote it") for machine in ("CaseGraph", "casegraph")),
        ("x" * 200, "200 characters, at most 100"),
    ],
)
def test_t46_nobody_and_the_machine_cannot_sign(store, kept, name, said):
    change(store, State.REVIEWED)
    with pytest.raises(InputError, match=said):
        change(store, State.SIGNED, name)
    assert require_draft(store, "D1").newest.state is State.REVIEWED


def test_t46_a_language_model_cannot_sign_what_it_wrote(store, content):
    keep_draft(store, {**content, "author": "openai:model"}, actor="ada")
    for name in ("openai:model", "OpenAI"):
        with pytest.raises(InputError, match="by a person"):
            change(store, State.REVIEWED, name)


def test_t46_an_edit_after_the_signature_makes_a_new_unsigned_version(store, kept):
    signed(store)
    draft = edit_draft(store, "D1", 1, "Ring enhancing mass, right.", name=NAME, actor="ada", clock=clock)
    first, second = draft.versions
    assert (first.state, first.signature.name) == (State.SIGNED, NAME)
    assert (second.number, second.state, second.signature) == (2, State.DRAFT, None)
    assert second.digest != first.digest
    assert LABEL in written_as(document_of(draft, second), DraftFormat.TEXT).decode()
    assert second.difference == (
        "@@ -1 +1 @@",
        "-Findings: Ring enhancing lesion in the right parietal lobe.",
        "+Findings: Ring enhancing mass, right.",
    )
    newest = signed(store)
    assert [version.state for version in newest.versions] == [State.SUPERSEDED, State.SIGNED]
    assert newest.versions[0].signature.name == NAME


def test_an_edit_of_an_unsigned_version_supersedes_it(store, kept):
    draft = edit_draft(store, "D1", 2, None, name=NAME, actor="ada")
    assert [version.state for version in draft.versions] == [State.SUPERSEDED, State.DRAFT]
    assert draft.newest.difference[-1].startswith("-Findings: No hydrocephalus.")


def test_what_a_person_worded_carries_the_name_and_no_citation(store, kept):
    draft = edit_draft(store, "D1", 1, "Mass \u202e<b>", name=NAME, actor="ada")
    said = draft.newest.content["sections"][2]["statements"][0]
    assert (said["text"], said["citations"], said["worded_by"]) == ("Mass <b>", [], NAME)
    assert f"worded by {NAME}, not checked" in written_as(document_of(draft, draft.newest), DraftFormat.TEXT).decode()


def accept(store, number, *, accepted=True, name=NAME):
    return accept_statement(store, "D1", number, accepted=accepted, name=name, actor="ada", clock=clock)


def test_a_statement_is_accepted_and_the_acceptance_taken_back_both_on_record(store, kept):
    accept(store, 2)
    draft = accept(store, 1, name="Dr. Grace Example")
    assert {number: review.name for number, review in draft.newest.accepted.items()} == {
        2: NAME,
        1: "Dr. Grace Example",
    }
    draft = accept(store, 2, accepted=False)
    assert list(draft.newest.accepted) == [1]
    assert [(review.statement, review.accepted, review.actor, review.at) for review in draft.newest.reviews] == [
        (number, accepted, "ada", "2026-01-02T03:04:05.000+00:00")
        for number, accepted in ((2, True), (1, True), (2, False))
    ]
    assert (draft.newest.state, draft.newest.digest) == (State.DRAFT, kept.newest.digest)
    assert require_draft(store, "D1") == draft


@pytest.mark.parametrize(("text", "accepted"), [("Mass.", [1, 3]), (None, [1, 2])])
def test_an_edit_carries_over_what_of_other_statements_was_accepted(store, kept, text, accepted):
    for number in (1, 2, 3):
        accept(store, number)
    draft = edit_draft(store, "D1", 2, text, name=NAME, actor="ada", reason="so\nit is")
    assert list(draft.newest.accepted) == accepted
    assert (draft.newest.reason, draft.newest.state) == ("so it is", State.DRAFT)
    assert list(draft.versions[0].accepted) == [1, 2, 3]


@pytest.mark.parametrize(
    ("state", "number", "name", "said"),
    [
        (State.DRAFT, 0, NAME, "there is no statement 0"),
        (State.DRAFT, 99, NAME, "there is no statement 99"),
        (State.DRAFT, 1, "CaseGraph", "by a person"),
        (State.SIGNED, 1, NAME, "is signed and its statements cannot be accepted"),
        (State.REJECTED, 1, NAME, "is rejected and its statements cannot be accepted"),
    ],
)
def test_a_statement_is_not_accepted(store, kept, state, number, name, said):
    draft = STATES[state](store)
    with pytest.raises(InputError, match=said):
        accept(store, number, name=name)
    assert require_draft(store, "D1") == draft


@pytest.mark.parametrize(
    ("number", "text", "said"),
    [
        (99, "x", "there is no statement 99"),
        (0, "x", "there is no statement 0"),
        (1, "  ", "0 characters, expected 1 to"),
        (1, "x" * 3000, "3000 characters, expected 1 to"),
    ],
)
def test_an_edit_of_nothing_or_to_nothing_is_refused(store, kept, number, text, said):
    with pytest.raises(InputError, match=said):
        edit_draft(store, "D1", number, text, name=NAME, actor="ada")
    assert require_draft(store, "D1") == kept


STATES = {
    State.DRAFT: lambda store: require_draft(store, "D1"),
    State.REVIEWED: lambda store: change(store, State.REVIEWED),
    State.SIGNED: signed,
    State.REJECTED: lambda store: change(store, State.REJECTED),
    State.SUPERSEDED: lambda store: edit_draft(store, "D1", 1, "Mass.", name=NAME, actor="ada"),
}


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("state", list(STATES))
def test_t46_every_format_says_label_version_and_state_and_is_verified(store, kept, kind, state):
    draft = STATES[state](store)
    data = written_as(document_of(draft, draft.versions[0]), kind)
    said = text_in(data, kind)
    assert "D1" in said
    if kind is not DraftFormat.PDF:
        assert str(state) in said
        assert "For research and teaching, not for diagnosis." in said
        assert (f"signed by {NAME} (self-declared)" in said) is (state is State.SIGNED)
    found = verify_file(data, store)
    assert found.unchanged
    assert (found.state, found.state_in_file, found.format) == (state, state, kind)
    assert found.signed_by == (NAME if state is State.SIGNED else None)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_file_written_before_the_signature_is_still_known(store, kept, kind):
    data = written_as(document_of(kept, kept.newest), kind)
    signed(store)
    edit_draft(store, "D1", 1, "Mass.", name=NAME, actor="ada")
    found = verify_file(data, store)
    assert (found.unchanged, found.state_in_file, found.state) == (True, State.DRAFT, State.SIGNED)
    assert (found.signed_by, found.signature, found.newer_version) == (NAME, "self-declared", 2)


@pytest.mark.parametrize("kind", FORMATS)
def test_t46_each_of_125_changed_files_in_each_format_is_told(store, kept, kind):
    draft = signed(store)
    data = written_as(document_of(draft, draft.newest), kind)
    chance = random.Random(7)
    for _ in range(125):
        place = chance.randrange(len(data) - 1)
        changed = bytearray(data)
        changed[place] = chance.choice([byte for byte in b"abz019 -" if byte != data[place]])
        with contextlib.suppress(InputError):  # it does not name a kept draft any more
            assert not verify_file(bytes(changed), store).unchanged, place


def test_line_ends_of_another_system_are_no_change(store, kept):
    data = written_as(document_of(kept, kept.newest), DraftFormat.TEXT)
    assert verify_file(data.replace(b"\n", b"\r\n"), store).unchanged


def test_a_file_that_names_no_draft_or_an_unknown_one_is_refused(store, kept):
    for data, said in (
        (b"", "names no kept draft"),
        (b"nothing", "names no kept draft"),
        (b"Draft D9, version 1", "there is no draft 'D9'"),
        (b"Draft D1, version 7", "draft 'D1' has no version 7"),
    ):
        with pytest.raises(InputError, match=said):
            verify_file(data, store)


def test_t46_a_record_changed_behind_the_program_is_damaged(store, kept):
    record = store.records(KIND)["D1"]
    record["versions"][0]["content"]["author"] = "somebody else"
    with store.writer("evil") as writer:
        writer.save_record(KIND, "D1", record)
    with pytest.raises(DamagedFile, match="D1"):
        require_draft(store, "D1")


def test_a_pdf_is_the_same_bytes_each_time_and_shows_odd_letters_by_number(store, kept):
    odd = edit_draft(store, "D1", 1, "Mass \u2265 3 \u4e2d <b>x</b> & y", name=NAME, actor="ada")
    document = document_of(odd, odd.newest)
    first = written_as(document, DraftFormat.PDF)
    assert first.startswith(b"%PDF")
    assert first == written_as(document, DraftFormat.PDF)


def test_json_names_its_standing(store, kept):
    draft = signed(store)
    document = json.loads(written_as(document_of(draft, draft.newest), DraftFormat.JSON))
    assert document["reviewed"] is True
    assert document["standing"] == {
        "draft_id": "D1",
        "version": 1,
        "state": "signed",
        "digest": kept.newest.digest,
        "made_by": "ada",
        "made_at": "2026-01-02T03:04:05.000+00:00",
        "reviewed_by": NAME,
        "signed_by": NAME,
        "signed_at": "2026-01-02T03:04:05.000+00:00",
        "signature": "self-declared",
    }
    assert NAME in document["label"]
