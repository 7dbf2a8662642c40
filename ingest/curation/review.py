"""The review queue: what a person should look at, why, and what settles it.

An item is named by what it is about and by what was seen there. So it keeps its id from run to run, an acceptance
settles exactly what was seen, and the item is back once the source says something else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock

from ingest.case import Annotation, Case, Image, LedgerEntry, sha256_of_json
from ingest.concepts.lexicon import concepts
from ingest.curation.contradictions import denied_diagnoses
from ingest.curation.corrections import CORRECTABLE, divide_ledger_field
from ingest.curation.decisions import Action, Decision, active_decisions
from ingest.curation.reports import ErrorReport, Reported, read_reports
from ingest.curation.understood import UNSETTLED_RULES, field_name
from ingest.errors import InputError
from ingest.images.burned_in import BURNED_IN, SAID_BY_HEADER
from ingest.images.derived import Box, parse_box
from ingest.images.duplicates import DuplicatePair
from ingest.remedies import Remedy, RemedyAction
from ingest.store.interface import DocumentStore, Quarantined, Tombstone


class ReviewKind(StrEnum):
    """Why a person should look."""

    REPORTED = "reported error"
    CONFLICT = "conflict"
    UNKNOWN_VALUE = "unknown value"
    PARTIAL = "partial"
    CONTRADICTION = "contradiction"
    BURNED_IN_TEXT = "burned-in text"
    NEAR_DUPLICATE = "near duplicate"
    QUARANTINED = "quarantined"


@dataclass(frozen=True)
class ReviewItem:
    """One thing to look at.

    `field`, `raw` and `value` are what was seen: the ledger's entry, or what stands for it with the other kinds.
    """

    kind: ReviewKind
    case_id: str | None
    image_id: str | None
    field: str
    raw: str | None
    value: str | None
    why: str
    instead: Remedy | None

    @property
    def item_id(self) -> str:
        """A short stable id: ``q`` and ten hexadecimal digits."""
        return f"q{sha256_of_json([self.kind, *self.seen])[:10]}"

    @property
    def field_name(self) -> str:
        """The field as people name it, for example "age"."""
        return field_name(self.field)

    @property
    def seen(self) -> tuple[str | None, ...]:
        """What an acceptance accepts."""
        return self.case_id, self.image_id, self.field, self.raw, self.value

    @property
    def boxes_px(self) -> tuple[Box, ...]:
        """Where text seems to be burned in, in pixels of the image as it was read; none where nobody saw where."""
        if self.kind is not ReviewKind.BURNED_IN_TEXT or self.raw in (None, SAID_BY_HEADER):
            return ()
        return tuple(map(parse_box, (self.raw or "").split()))

    @property
    def settle(self) -> tuple[Remedy, ...]:
        """What settles it, one or the other."""
        return (Remedy(RemedyAction.ACCEPT_ITEM, self.item_id), *([self.instead] if self.instead else []))


class CaseItems:
    """What is to be looked at in the cases of a store, kept up with it: only cases that changed are read again."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._sequence = 0
        self._by_case: dict[str, tuple[ReviewItem, ...]] = {}

    def read(self, store: DocumentStore) -> list[ReviewItem]:
        """Return the items by case."""
        with self._lock:
            sequence = store.sequence()  # before the changes: what comes between is read once more
            for changed in store.changes_since(self._sequence):
                if isinstance(changed, Tombstone):
                    self._by_case.pop(changed.case_id, None)
                else:
                    self._keep(changed.case)
            self._sequence = sequence
            return [item for case_id in sorted(self._by_case) for item in self._by_case[case_id]]

    def _keep(self, case: Case) -> None:
        if items := tuple(_items_of(case)):
            self._by_case[case.case_id] = items
        else:
            self._by_case.pop(case.case_id, None)


def review_queue(
    store: DocumentStore, pairs: Sequence[DuplicatePair] = (), known: CaseItems | None = None
) -> list[ReviewItem]:
    """Return what nobody has settled yet, by kind, then by case.

    Parameters
    ----------
    pairs : sequence of DuplicatePair
        Near duplicates, as `ingest.images.duplicates` finds them; those across cases are to be looked at.
    known : CaseItems, optional
        What earlier calls have read of the same store; without it every case is read.
    """
    settled = {_seen(decision) for decision in active_decisions(store) if decision.action is Action.ACCEPT}
    items = (known or CaseItems()).read(store)
    items += (_report_item(report) for report in read_reports(store) if store.has(report.case_id))
    items += map(_duplicate_item, (pair for pair in pairs if pair.across_cases))
    items += map(_quarantine_item, store.quarantined())
    kinds = list(ReviewKind)
    return sorted((item for item in items if item.seen not in settled), key=lambda item: kinds.index(item.kind))


def require_item(item_id: str, queue: Iterable[ReviewItem]) -> ReviewItem:
    """Return the item of this id. Raises InputError if it is not in the queue, or not any more."""
    for item in queue:
        if item.item_id == item_id:
            return item
    raise InputError(f"there is no review item '{item_id}'. List them.", remedy=Remedy(RemedyAction.SHOW_QUEUE))


def _seen(decision: Decision) -> tuple[str | None, ...]:
    return decision.case_id, decision.image_id, decision.field, decision.raw, decision.value


def _items_of(case: Case) -> Iterator[ReviewItem]:
    rejected = {image.image_id for image in case.images if image.rejected}
    for entry in case.current_ledger.values():
        image_id, field = divide_ledger_field(entry.field)
        if image_id not in rejected:
            yield from _entry_items(case, image_id, field, entry)
    yield from (_contradiction_item(case, mention) for mention in denied_diagnoses(case))
    for problem in case.problems:
        yield _problem_item(case, None, problem)
    for image in case.images:
        if image.problem is not None:
            yield _problem_item(case, image, image.problem)
        if BURNED_IN in image.source_values and image.image_id not in rejected:
            yield _text_item(case, image, image.source_values[BURNED_IN])


def _entry_items(case: Case, image_id: str | None, field: str, entry: LedgerEntry) -> Iterator[ReviewItem]:
    unknown = entry.rule in UNSETTLED_RULES
    if not (entry.conflict or unknown):
        return
    name = next((one.name for one in CORRECTABLE.values() if one.path == field), None)
    instead = Remedy(RemedyAction.CORRECT_VALUE, case.case_id, name, image_id) if name else None
    shown = "unknown" if entry.value is None else f"'{entry.value}'"
    if entry.conflict:
        why = f"sources disagree on {field_name(field)}: '{shortened(entry.raw)}' became {shown} ({entry.rule})"
        kind = ReviewKind.CONFLICT
    else:
        why = f"{field_name(field)}: '{shortened(entry.raw)}' became {shown} ({entry.rule})"
        kind = ReviewKind.UNKNOWN_VALUE
    yield ReviewItem(kind, case.case_id, image_id, field, entry.raw, entry.value, why, instead)


def _problem_item(case: Case, image: Image | None, problem: str) -> ReviewItem:
    if image is None:
        instead = Remedy(RemedyAction.REJECT, case.case_id)
        return ReviewItem(ReviewKind.PARTIAL, case.case_id, None, "problem", problem, None, problem, instead)
    instead = Remedy(RemedyAction.REJECT, image.image_id)
    return ReviewItem(ReviewKind.PARTIAL, case.case_id, image.image_id, "problem", problem, None, problem, instead)


def _text_item(case: Case, image: Image, where: str | None) -> ReviewItem:
    why = f"text seems to be burned in ({shortened(where)}): look whether it names the patient"
    instead = Remedy(RemedyAction.MARK_TEXT, image.image_id)
    kind = ReviewKind.BURNED_IN_TEXT
    return ReviewItem(kind, case.case_id, image.image_id, BURNED_IN, where, None, why, instead)


def _contradiction_item(case: Case, mention: Annotation) -> ReviewItem:
    name = concepts()[mention.concept_id].name
    where = f"{mention.section}, characters {mention.start} to {mention.end}"
    why = f"its text denies {name} ({where}), and its diagnosis is '{shortened(case.diagnosis)}'"
    instead = Remedy(RemedyAction.CORRECT_VALUE, case.case_id, "diagnosis")
    seen = (case.case_id, mention.image_id, "annotation", mention.mention_id, case.diagnosis)
    return ReviewItem(ReviewKind.CONTRADICTION, *seen, why, instead)


def _report_item(report: ErrorReport) -> ReviewItem:
    name = "diagnosis" if report.about is Reported.DIAGNOSIS else None
    by = f"{report.reporter}, {report.made_at[:10]}" if report.reporter else report.made_at[:10]
    why = f"{report.about} reported as wrong: {report.said} ({by})"
    image_id = report.image_id if report.about is Reported.IMAGE_LABEL else None
    instead = Remedy(RemedyAction.CORRECT_VALUE, report.case_id, name, image_id)
    seen = (report.case_id, report.image_id, str(report.about), report.said, report.report_id)
    return ReviewItem(ReviewKind.REPORTED, *seen, why, instead)


def _duplicate_item(pair: DuplicatePair) -> ReviewItem:
    splits = f", in splits {pair.split} and {pair.other_split}" if pair.across_splits else ""
    why = f"looks like {pair.other_image_id} of another case ({pair.distance} of 256 bits differ{splits})"
    instead = Remedy(RemedyAction.REJECT, pair.other_image_id)
    kind = ReviewKind.NEAR_DUPLICATE
    return ReviewItem(kind, pair.case_id, pair.image_id, "near-duplicate", pair.other_image_id, None, why, instead)


def _quarantine_item(record: Quarantined) -> ReviewItem:
    why = f"{record.source}, {record.place}: {record.reason}"
    instead = Remedy(RemedyAction.MEND_SOURCE)
    return ReviewItem(ReviewKind.QUARANTINED, None, None, "quarantine", record.key, None, why, instead)


def shortened(raw: str | None, limit: int = 60) -> str:
    """Return a text of the source as one line that fits a screen."""
    text = " ".join((raw or "").split())
    return text if len(text) <= limit else text[: limit - 1] + "…"
