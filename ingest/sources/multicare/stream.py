"""The stream of what a release holds: its cases in the order of cases.parquet, what does not fit, files of no image."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ingest.case import Case, sha256_of_text
from ingest.errors import RejectedRecord
from ingest.ids import CaseId
from ingest.sources.multicare.build import article_id_of, build_case, require_case_id
from ingest.sources.multicare.folder import SOURCE, ReleaseFiles, Table
from ingest.sources.multicare.images import CaseImages
from ingest.sources.multicare.index import ReleaseIndex
from ingest.sources.multicare.literals import NotALiteral, parsed
from ingest.sources.multicare.tables import ReleaseRow, parquet_rows
from ingest.sources.source import DocumentKind, Found, OrphanFile, Rejection, Repetition

MAX_OF_NOBODY = 1000  # images of no case that go to quarantine one by one; with a part of cases.parquet it is most


@dataclass(frozen=True)
class _Unread:
    """A case that is not interpreted yet."""

    place: str
    article_id: str
    row: ReleaseRow


class MultiCaReRelease:
    """Everything that a release holds; to be taken once."""

    def __init__(self, files: ReleaseFiles, index: ReleaseIndex) -> None:
        self._files = files
        self._index = index

    def __iter__(self) -> Iterator[Found]:
        for unread in self._cases():
            yield from [unread] if isinstance(unread, Rejection) else self._of_case(unread)
        yield from self._of_nobody()
        yield from (OrphanFile(path) for path in self._index.unused_files())

    def _cases(self) -> Iterator[_Unread | Rejection]:
        path = self._files.tables.get(Table.CASES)
        if path is None:
            for case_id in self._index.patients():
                yield _Unread(f"{Table.LABELS}: {case_id}", article_id_of(case_id), {"case_id": case_id})
            return
        for number, row in enumerate(parquet_rows(path)):
            yield from _of_article(f"{path.name}[{number}]", row)

    def _of_case(self, unread: _Unread) -> Iterator[Found]:
        text = _as_json({"article_id": unread.article_id, **unread.row})
        ids: tuple[CaseId, ...] = ()
        try:
            case_id = require_case_id(unread.row.get("case_id"), unread.place)
            ids = (CaseId.of(SOURCE, case_id),)
            if self._is_repeated(case_id, text, unread.place):
                yield Repetition(DocumentKind.CASE)
                return
            case, images = build_case(unread.row, unread.article_id, unread.place, self._index, self._files.images)
            _require_storable(case.case, unread.place)
        except RejectedRecord as error:
            yield Rejection(DocumentKind.CASE, unread.place, error.reason, text, ids)
            return
        yield case
        yield from _of_images(images)

    def _is_repeated(self, case_id: str, text: str, place: str) -> bool:
        """Tell whether a case was taken before.

        Raises
        ------
        RejectedRecord
            If it stood there with other content.
        """
        digest = sha256_of_text(text)
        known = self._index.take(case_id, digest, place)
        if known is not None and known[0] != digest:
            raise RejectedRecord(place, f"{case_id} also stands at {known[1]} with other content; that one was taken.")
        return known is not None

    def _of_nobody(self) -> Iterator[Found]:
        count, first = self._index.images_of_nobody(MAX_OF_NOBODY)
        for case_id, entry in first:
            reason = f"its patient {case_id} is not in {Table.CASES}." if case_id else "it names no patient."
            yield Rejection(DocumentKind.IMAGE, entry.place, reason, _as_json(entry.values))
        if count > len(first):
            reason = f"{count - len(first)} more images are of patients that are not in {Table.CASES}."
            yield Rejection(DocumentKind.IMAGE, str(Table.LABELS), reason, "")


def _of_article(place: str, row: ReleaseRow) -> Iterator[_Unread | Rejection]:
    """Yield the patients of a row, which is an article with a list of them, or one patient."""
    article_id = row.get("article_id")
    try:
        cases = parsed(row["cases"]) if "cases" in row else [row]
    except NotALiteral:
        cases = None
    if not isinstance(cases, list) or not all(isinstance(one, dict) for one in cases):
        ids = (CaseId.of(SOURCE, f"{article_id}_01"),) if isinstance(article_id, str) and article_id else ()
        yield Rejection(
            DocumentKind.CASE, place, "cases is neither a list of patients nor the literal of one.", _as_json(row), ids
        )
        return
    for number, case in enumerate(cases):
        where = place if len(cases) == 1 else f"{place}.cases[{number}]"
        named = article_id if isinstance(article_id, str) and article_id else article_id_of(str(case.get("case_id")))
        yield _Unread(where, named, {name: value for name, value in case.items() if name != "article_id"})


def _of_images(images: CaseImages) -> Iterator[Found]:
    if images.again:
        yield Repetition(DocumentKind.IMAGE, images.again)
    for entry, reason in images.unfit:
        yield Rejection(DocumentKind.IMAGE, entry.place, reason, _as_json(entry.values))


def _require_storable(case: Case, place: str) -> None:
    """Refuse a case with a text that no store can hold.

    Raises
    ------
    RejectedRecord
        If it has a NUL character, or half a surrogate pair.
    """
    kept = (case.sections, case.source_values, *(image.source_values for image in case.images))
    texts = [*(text for one in kept for text in one.values()), *(image.caption for image in case.images)]
    joined = "".join(text for text in texts if text)
    if "\0" in joined or joined != _encodable(joined):
        raise RejectedRecord(place, "a text holds a NUL character or half a surrogate pair.")


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _as_json(value: Any) -> str:
    return _encodable(json.dumps(value, ensure_ascii=False, sort_keys=True, default=str))
