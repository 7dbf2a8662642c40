"""A file against the kept draft that it names, in every format and every state that it had."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from ingest.errors import InputError
from ingest.remedies import Remedy, RemedyAction
from ingest.store.opening import open_store
from rag.drafts.draft import write_draft
from rag.drafts.evidence import DraftRequest
from rag.drafts.formats import DraftFormat, written_as
from rag.drafts.life_cycle import State, change_state, document_of, edit_draft, keep_draft
from rag.drafts.render import draft_document
from rag.drafts.verify import verify_file


def clock():
    return datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def store(tmp_path):
    store = open_store("sqlite", tmp_path)
    yield store
    store.close()


@pytest.fixture
def kept(store):
    return keep_draft(store, content(store), actor="ada", clock=clock)


def content(store):
    return draft_document(write_draft(DraftRequest(findings="No mass. Effusion."), [], store))


def change(store, state, name="Dr. Ada Example"):
    return change_state(store, "D1", state, name=name, actor="ada", clock=clock)


def written(draft, number, events, kind):
    version = draft.version(number)
    return written_as(document_of(draft, version, version.events[:events]), kind)


@pytest.mark.parametrize("kind", list(DraftFormat))
def test_a_file_of_each_state_is_unchanged_and_tells_its_state(store, kept, kind):
    change(store, State.REVIEWED)
    draft = change(store, State.SIGNED)
    for events, state in enumerate((State.DRAFT, State.REVIEWED, State.SIGNED)):
        found = verify_file(written(draft, 1, events, kind), store)
        assert (found.draft_id, found.version, found.format) == ("D1", 1, kind)
        assert (found.unchanged, found.state_in_file, found.state) == (True, state, State.SIGNED)
        assert (found.signed_by, found.signed_at) == ("Dr. Ada Example", draft.version(1).signature.at)
        assert found.signature == "self-declared"
        assert found.newer_version is None


@pytest.mark.parametrize("kind", list(DraftFormat))
def test_a_file_with_one_letter_changed_is_not_unchanged(store, kept, kind):
    data = written(kept, 1, 0, kind)
    place = len(data) // 2
    found = verify_file(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :], store)
    assert (found.unchanged, found.state_in_file, found.state) == (False, None, State.DRAFT)
    assert (found.signed_by, found.signed_at, found.signature) == (None, None, None)


@pytest.mark.parametrize("kind", [DraftFormat.TEXT, DraftFormat.MARKDOWN, DraftFormat.JSON])
def test_line_ends_of_another_system_change_nothing_and_blanks_do(store, kept, kind):
    data = written(kept, 1, 0, kind)
    assert verify_file(data.replace(b"\n", b"\r\n"), store).unchanged
    assert verify_file(data.rstrip(b"\n"), store).unchanged
    assert verify_file(data + b"\n\n", store).unchanged
    assert not verify_file(data + b" ", store).unchanged
    assert not verify_file(b"\n" + data, store).unchanged


def test_an_end_of_line_in_a_pdf_counts(store, kept):
    assert not verify_file(written(kept, 1, 0, DraftFormat.PDF) + b"\n", store).unchanged


def test_an_old_version_is_told_of_the_newer_one(store, kept):
    draft = edit_draft(store, "D1", 1, "Effusion is seen.", name="Dr. Ada Example", actor="ada", clock=clock)
    old = verify_file(written(draft, 1, 0, DraftFormat.TEXT), store)
    assert (old.unchanged, old.state, old.newer_version) == (True, State.SUPERSEDED, 2)
    new = verify_file(written(draft, 2, 0, DraftFormat.TEXT), store)
    assert (new.unchanged, new.version, new.newer_version) == (True, 2, None)


def test_a_file_that_names_no_draft_or_one_that_is_not_kept_is_refused(store, kept):
    told = r"^this file names no kept draft\. Give a file that was written of one\.$"
    for data in (b"", b"Draft D1", b"Draft X1, version 1", b"draft d1, version 1", b'{"draft_id": "D1"}'):
        with pytest.raises(InputError, match=told) as refused:
            verify_file(data, store)
        assert refused.value.remedy == Remedy(RemedyAction.SHOW_DRAFT)
    with pytest.raises(InputError, match=r"^there is no draft 'D2'"):
        verify_file(b"Draft D2, version 1", store)
    with pytest.raises(InputError, match=r"^draft 'D1' has no version 2"):
        verify_file(b"Draft D1, version 2", store)
    with pytest.raises(InputError, match=r"^draft 'D1' has no version 7"):
        verify_file(json.dumps({"draft_id": "D1", "version": 7}).encode(), store)
