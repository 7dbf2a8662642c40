"""Tell whether a file is an unchanged form of a kept draft, and by whom the draft was signed.

A file names its draft and version. That version is rewritten in the file's format, for each state that it has had:
only a file that is the same to the last character is unchanged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.errors import InputError
from ingest.remedies import Remedy, RemedyAction
from ingest.store.interface import DocumentStore
from rag.drafts.formats import DraftFormat, written_as
from rag.drafts.life_cycle import SELF_DECLARED, KeptDraft, State, Version, document_of, require_draft

MAX_FILE_BYTES = 50_000_000
# As text, Markdown and PDF name a draft, and as JSON does.
_NAMED = re.compile(
    rb'Draft (D\d{1,9}), version (\d{1,9})|"draft_id":\s*"(D\d{1,9})"[^{}]{0,2000}"version":\s*(\d{1,9})'
)


@dataclass(frozen=True)
class Verification:
    """What is known of a file.

    Attributes
    ----------
    unchanged : bool
        Whether it is, to the last character, what this workspace writes for this version.
    state_in_file : str or None
        The state that the unchanged file tells.
    state, signed_by, signed_at, signature : str or None
        How the version stands now.
    newer_version : int or None
        The newest version, where the file is of an older one.
    """

    draft_id: str
    version: int
    format: DraftFormat
    unchanged: bool
    state_in_file: State | None
    state: State
    signed_by: str | None
    signed_at: str | None
    signature: str | None
    newer_version: int | None


def verify_file(data: bytes, store: DocumentStore) -> Verification:
    """Compare a file with the kept draft that it names.

    Raises
    ------
    InputError
        If it names no draft, or one that is not kept here.
    """
    named = _NAMED.search(data[:MAX_FILE_BYTES])
    if named is None:
        raise InputError(
            "this file names no kept draft. Give a file that was written of one.",
            remedy=Remedy(RemedyAction.SHOW_DRAFT),
        )
    draft_id, number = ((named.group(1) or named.group(3)).decode(), int(named.group(2) or named.group(4)))
    draft = require_draft(store, draft_id)
    version = draft.version(number)
    kind = _format_of(data)
    states = [
        version.events[seen - 1].state if seen else State.DRAFT
        for seen in range(len(version.events) + 1)
        if _as_written(data, kind) == _as_written(_written(draft, version, seen, kind), kind)
    ]
    signature = version.signature
    newest = draft.newest.number
    return Verification(
        draft_id,
        number,
        kind,
        bool(states),
        states[-1] if states else None,
        version.state,
        signature.name if signature else None,
        signature.at if signature else None,
        SELF_DECLARED if signature else None,
        newest if newest != number else None,
    )


def _written(draft: KeptDraft, version: Version, seen: int, kind: DraftFormat) -> bytes:
    return written_as(document_of(draft, version, version.events[:seen]), kind)


def _format_of(data: bytes) -> DraftFormat:
    if data.startswith(b"%PDF"):
        return DraftFormat.PDF
    if data.lstrip().startswith(b"{"):
        return DraftFormat.JSON
    return DraftFormat.MARKDOWN if data.startswith(b"> ") else DraftFormat.TEXT


def _as_written(data: bytes, kind: DraftFormat) -> bytes:
    """Return a text with the line ends of this program: another system may have put its own."""
    return data if kind is DraftFormat.PDF else data.replace(b"\r\n", b"\n").rstrip(b"\n")
