"""What an ingest did: counted while what a source holds goes by, then reported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ingest.case import Case
from ingest.curation.understood import FieldCount, FieldCounts, is_most
from ingest.images.burned_in import BURNED_IN
from ingest.progress import ReadSoFar
from ingest.sources.source import DocumentKind, Found, OrphanFile, Reading, Rejection, Repetition, SourceCase
from ingest.store.interface import Change, ChangeKind

MAX_PROBLEMS_NAMED = 5
MAX_SHARED_NAMED = 1000  # a source of many copies has as many pairs as images


@dataclass(frozen=True)
class IngestReport:
    """What an ingest did.

    Attributes
    ----------
    address : str
        What was read.
    read : int
        Cases that the source gave: added, changed, unchanged, quarantined and rejected together.
    unchanged : int
        Of them as they are stored, or repeated word for word by the source.
    deleted : int
        Of the rejected cases those that were still stored.
    quarantined : int
        Case documents that did not fit.
    rejected : int
        Cases that a person rejected.
    cases, images : int
        How many the source now gives.
    partial : int
        Cases that lack something.
    images_read : int
        Descriptions of images that the source gave.
    images_quarantined : int
        Of them those that did not fit, in documents of their own.
    images_with_problem : int
        Images without a readable file or a description.
    images_with_text : int
        Images of cases that are not published into which text is burned.
    conflicts : int
        Values that the source contradicts elsewhere in the case.
    orphan_files : tuple of str
        Image files that belong to no image.
    shared_images : tuple of pairs
        Pairs of images, by id, that two cases have with the same pixels: the first of them.
    images_shared : int
        How many such pairs there are.
    vanished : tuple of str
        Cases that are stored and that the source no longer names; they stay.
    sequence : int
        The last change of the documents.
    dry_run : bool
        Whether nothing was written.
    fields : tuple of FieldCount
        What the source gave and what was understood, field by field.
    images_folder : str or None
        Where image files were looked for.
    images_folder_files : int
        How many files stand there.
    missing : tuple of str
        Parts of the source that are not there, each a sentence with what cases then lack.
    first_problems : tuple of str
        Of the images with a problem the first few: id and problem.
    """

    address: str
    read: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    deleted: int = 0
    quarantined: int = 0
    rejected: int = 0
    cases: int = 0
    partial: int = 0
    images_read: int = 0
    images: int = 0
    images_quarantined: int = 0
    images_with_problem: int = 0
    images_with_text: int = 0
    conflicts: int = 0
    orphan_files: tuple[str, ...] = ()
    shared_images: tuple[tuple[str, str], ...] = ()
    images_shared: int = 0
    vanished: tuple[str, ...] = ()
    sequence: int = 0
    dry_run: bool = False
    fields: tuple[FieldCount, ...] = ()
    images_folder: str | None = None
    images_folder_files: int = 0
    missing: tuple[str, ...] = ()
    first_problems: tuple[str, ...] = ()

    @property
    def images_lost_for_most(self) -> bool:
        """Tell whether more than half of the images have no readable file."""
        return is_most(self.images_with_problem, self.images)

    @property
    def lost_for_most(self) -> bool:
        """Tell whether a field, or the image files, were lost for most of those that have one."""
        return self.images_lost_for_most or any(count.lost_for_most for count in self.fields)

    @property
    def all_fit(self) -> bool:
        """Tell whether nothing went to quarantine."""
        return self.quarantined == 0 and self.images_quarantined == 0


@dataclass
class Tally:
    """What is counted while a source is read.

    `named` are the cases that the source has, in quarantine or not; `unfit` are the documents that go there.
    """

    kinds: dict[ChangeKind, int] = field(default_factory=lambda: dict.fromkeys(ChangeKind, 0))
    rejected: int = 0
    cases: int = 0
    partial: int = 0
    images: int = 0
    images_with_problem: int = 0
    images_with_text: int = 0
    conflicts: int = 0
    fields: FieldCounts = field(default_factory=FieldCounts)
    shared: list[tuple[str, str]] = field(default_factory=list)
    images_shared: int = 0
    first_with_pixels: dict[bytes, tuple[str, str]] = field(default_factory=dict)
    images_described: int = 0
    first_problems: list[str] = field(default_factory=list)
    named: set[str] = field(default_factory=set)
    unfit: list[Rejection] = field(default_factory=list)
    repeated: Counter[DocumentKind] = field(default_factory=Counter)
    orphan_files: list[str] = field(default_factory=list)

    def take(self, found: Iterable[Found]) -> Iterator[SourceCase]:
        """Yield the cases among what was found, and take note of everything."""
        for one in found:
            match one:
                case SourceCase(case):
                    self.named.add(case.case_id)
                    self.images_described += sum(image.problem is None for image in case.images)
                    yield one
                case Rejection():
                    self.named.update(one.case_ids)
                    self.unfit.append(one)
                case Repetition():
                    self.repeated[one.kind] += one.times
                case OrphanFile():
                    self.orphan_files.append(one.place)

    def add(self, cases: Sequence[Case], changes: Sequence[Change]) -> None:
        """Count cases as they are kept, and what writing them did."""
        for change in changes:
            self.kinds[change.kind] += 1
        for case in cases:
            self.cases += 1
            self.partial += case.status == "partial"
            self.images += len(case.images)
            problems = [f"{image.image_id}: {image.problem}" for image in case.images if image.problem is not None]
            self.images_with_problem += len(problems)
            self.first_problems += problems[: MAX_PROBLEMS_NAMED - len(self.first_problems)]
            self.images_with_text += sum(BURNED_IN in image.source_values for image in case.images)
            self.conflicts += sum(entry.conflict for entry in case.current_ledger.values())
            self.fields.add(case)
            self._look_for_shared(case)

    @property
    def so_far(self) -> ReadSoFar:
        """What has been read until now."""
        return ReadSoFar(self.cases, self.images, len(self.unfit))

    def _look_for_shared(self, case: Case) -> None:
        """Remember which image stands in two cases."""
        for image in case.images:
            if image.pixel_sha256 is None:
                continue
            digest = bytes.fromhex(image.pixel_sha256)
            case_id, image_id = self.first_with_pixels.setdefault(digest, (case.case_id, image.image_id))
            if case_id != case.case_id:
                self.images_shared += 1
                if len(self.shared) < MAX_SHARED_NAMED:
                    self.shared.append((image_id, image.image_id))

    def report(self, reading: Reading, *, vanished: Sequence[str], sequence: int, dry_run: bool) -> IngestReport:
        """Return what the ingest of a source did, once all of it went by."""
        unfit = Counter(rejection.kind for rejection in self.unfit)
        case, image = DocumentKind.CASE, DocumentKind.IMAGE
        return IngestReport(
            address=reading.address,
            read=self.cases + self.rejected + unfit[case] + self.repeated[case],
            added=self.kinds[ChangeKind.ADDED],
            changed=self.kinds[ChangeKind.CHANGED],
            unchanged=self.kinds[ChangeKind.UNCHANGED] + self.repeated[case],
            deleted=self.kinds[ChangeKind.DELETED],
            rejected=self.rejected,
            quarantined=unfit[case],
            cases=self.cases,
            partial=self.partial,
            images_read=self.images_described + unfit[image] + self.repeated[image],
            images=self.images,
            images_quarantined=unfit[image],
            images_with_problem=self.images_with_problem,
            images_with_text=self.images_with_text,
            conflicts=self.conflicts,
            orphan_files=tuple(self.orphan_files),
            shared_images=tuple(self.shared),
            images_shared=self.images_shared,
            vanished=tuple(vanished),
            sequence=sequence,
            dry_run=dry_run,
            fields=self.fields.all(),
            images_folder=str(reading.images_folder) if reading.images_folder else None,
            images_folder_files=reading.images_folder_files,
            missing=reading.missing,
            first_problems=tuple(self.first_problems),
        )
