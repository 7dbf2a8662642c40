"""Whether the documents are whole: each is computed again and compared with what was written down of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from enum import StrEnum

from casegraph.checks.problem import INGEST, Problem
from ingest.annotation.annotate import ANNOTATOR
from ingest.case import SCHEMA_VERSION, Case, parse_case, sha256_of_json
from ingest.errors import RejectedRecord
from ingest.remedies import Remedy, RemedyAction
from ingest.store.interface import DocumentStore, Entry


class DocumentCheck(StrEnum):
    """What can be wrong with documents."""

    CHANGE_LOST = "change-lost"  # a number of the sequence that no case and no tombstone accounts for
    CHANGE_UNTOLD = "change-untold"  # a case beyond the last number, as after a crash of a writer to MongoDB
    CASE_TWICE = "case-twice"  # two documents claim the same case
    IMAGE_TWICE = "image-twice"  # two images have the same id
    SCHEMA_UNKNOWN = "schema-unknown"  # a document of another version of the model
    DOCUMENT_CHANGED = "document-changed"  # not what was written down: its digest differs
    DOCUMENT_UNREADABLE = "document-unreadable"  # its digest is right, but it does not fit the model
    FINDINGS_OLD = "findings-old"  # what its texts say was read by an earlier lexicon


def check_documents(store: DocumentStore) -> tuple[list[Problem], list[Case]]:
    """Return what is wrong with the documents, and the cases that can be read."""
    entries = list(store.entries())
    problems = [*_lost_changes(store), *_untold_changes(entries, store.sequence())]
    cases: list[Case] = []
    for entry in entries:
        if entry.document is not None:
            outcome = _read(entry)
            if isinstance(outcome, Problem):
                problems.append(outcome)
            else:
                cases.append(outcome)
    problems += [*_images_twice(cases), *_old_findings(cases)]
    return problems, cases


def _lost_changes(store: DocumentStore) -> Iterator[Problem]:
    for lost in store.lost_changes():
        subject = lost.case_id or f"change {lost.sequence}"
        detail = f"change {lost.sequence} of the documents was committed, but what it wrote is missing"
        yield Problem(DocumentCheck.CHANGE_LOST, subject, detail, INGEST)


def _untold_changes(entries: Iterable[Entry], last: int) -> Iterator[Problem]:
    for entry in entries:
        if entry.sequence > last:
            detail = f"it is of change {entry.sequence}, but the last change of the documents is {last}"
            yield Problem(DocumentCheck.CHANGE_UNTOLD, entry.case_id, detail, INGEST)


def _read(entry: Entry) -> Case | Problem:
    document = entry.document or {}
    mend = Remedy(RemedyAction.DELETE_AND_INGEST, entry.case_id)
    version = document.get("schema_version")
    if document and version != SCHEMA_VERSION:
        detail = f"its schema version is {version!r}, this CaseGraph reads {SCHEMA_VERSION}"
        return Problem(DocumentCheck.SCHEMA_UNKNOWN, entry.case_id, detail, Remedy(RemedyAction.USE_ITS_VERSION))
    if sha256_of_json(document) != entry.content_digest:
        detail = "it is not as it was written: its digest differs"
        return Problem(DocumentCheck.DOCUMENT_CHANGED, entry.case_id, detail, mend)
    claimed = document.get("case_id")
    if claimed != entry.case_id:
        detail = f"the document kept for '{entry.case_id}' claims to be this case too"
        return Problem(DocumentCheck.CASE_TWICE, str(claimed), detail, mend)
    try:
        return parse_case(document)
    except RejectedRecord as error:
        return Problem(DocumentCheck.DOCUMENT_UNREADABLE, entry.case_id, error.reason, mend)


def _old_findings(cases: Iterable[Case]) -> Iterator[Problem]:
    """Yield one problem for all cases whose texts an earlier lexicon read."""
    lexicon = ANNOTATOR.partition("/")[0]
    old: defaultdict[str, int] = defaultdict(int)
    for case in cases:
        named = {mention.annotator for mention in case.annotations} - {ANNOTATOR}
        for annotator in sorted(name for name in named if name.startswith(f"{lexicon}/")):
            old[annotator] += 1
    for annotator, n in sorted(old.items()):
        counted = "1 case" if n == 1 else f"{n} cases"
        detail = f"findings in the texts of {counted} were read by {annotator}; this CaseGraph uses {ANNOTATOR}"
        yield Problem(DocumentCheck.FINDINGS_OLD, annotator, detail, INGEST)


def _images_twice(cases: Iterable[Case]) -> Iterator[Problem]:
    owners: defaultdict[str, list[str]] = defaultdict(list)
    for case in cases:
        for image in case.images:
            owners[image.image_id].append(case.case_id)
    for image_id, case_ids in sorted(owners.items()):
        if len(case_ids) > 1:
            detail = f"{len(case_ids)} images have this id, of {', '.join(sorted(set(case_ids)))}"
            yield Problem(
                DocumentCheck.IMAGE_TWICE, image_id, detail, Remedy(RemedyAction.DELETE_AND_INGEST, case_ids[-1])
            )
