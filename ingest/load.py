"""Ingest a source into the document store: read, normalise, decode images, annotate, write.

Cases go through in small batches, so that no more than a few images are in memory, and each batch is written when it
is whole. The texts of a source are read at once: about 30 KB a case (`benchmarks.time_ingest`). What does not fit is
put into quarantine with its place and reason; doing it again changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from ingest.annotation.annotate import annotate
from ingest.case import Case
from ingest.curation.decided import Decided, curated, keep_as_read, read_decided
from ingest.curation.understood import FieldCount, FieldCounts, is_most
from ingest.errors import SourceError
from ingest.images.attach import attach_images
from ingest.images.decoder import Decoder
from ingest.images.decoding import DecodedImage
from ingest.images.objects import ObjectStore, object_key_of
from ingest.medpix2 import Release, read_cases, read_mongodb, read_release
from ingest.medpix2.records import SOURCE, DocumentKind, Rejection
from ingest.progress import ProgressCallback, ignore_progress
from ingest.store.filters import OneOf
from ingest.store.interface import Change, ChangeKind, DocumentStore, Quarantined, Writer

CASES_PER_BATCH = 50  # some 150 images, about 30 MB
_MAX_QUARANTINE_TEXT = 1_000_000  # characters kept of a record that does not fit
_MONGODB = ("mongodb://", "mongodb+srv://")

Foresee = Callable[[Case | None, Case | None], None]


@dataclass(frozen=True)
class IngestReport:
    """What an ingest did.

    ``read == added + changed + unchanged + quarantined + rejected`` counts case documents (one that the source repeats
    word for word is unchanged). `rejected` counts those that a person rejected, `deleted` how many of them were still
    there. `images_read` counts description documents, of which `images_quarantined` did not fit.
    `cases` and `images` are what the source now gives, `images_with_problem` and `partial` how many images lack a
    readable image or description, and how many cases lack something. `fields` counts what the source gave, field by
    field. `images_folder` is where image files were looked for, and `images_folder_files` how many files stand there.
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
    conflicts: int = 0
    orphan_files: tuple[str, ...] = ()
    shared_images: tuple[tuple[str, str], ...] = ()
    vanished: tuple[str, ...] = ()
    sequence: int = 0
    dry_run: bool = False
    fields: tuple[FieldCount, ...] = ()
    images_folder: str | None = None
    images_folder_files: int = 0

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
class _Tally:
    """What is counted while cases go by."""

    kinds: dict[ChangeKind, int] = field(default_factory=lambda: dict.fromkeys(ChangeKind, 0))
    rejected: int = 0
    cases: int = 0
    partial: int = 0
    images: int = 0
    images_with_problem: int = 0
    conflicts: int = 0
    fields: FieldCounts = field(default_factory=FieldCounts)
    shared: list[tuple[str, str]] = field(default_factory=list)
    first_with_pixels: dict[str, tuple[str, str]] = field(default_factory=dict)

    def add(self, cases: Sequence[Case], changes: Sequence[Change]) -> None:
        for change in changes:
            self.kinds[change.kind] += 1
        for case in cases:
            self.cases += 1
            self.partial += case.status == "partial"
            self.images += len(case.images)
            self.images_with_problem += sum(image.problem is not None for image in case.images)
            self.conflicts += sum(entry.conflict for entry in case.current_ledger.values())
            self.fields.add(case)
            self._look_for_shared(case)

    def _look_for_shared(self, case: Case) -> None:
        """Remember which image stands in two cases."""
        for image in case.images:
            if image.pixel_sha256 is None:
                continue
            case_id, image_id = self.first_with_pixels.setdefault(image.pixel_sha256, (case.case_id, image.image_id))
            if case_id != case.case_id:
                self.shared.append((image_id, image.image_id))


def ingest(
    source: str | Path,
    store: DocumentStore,
    objects: ObjectStore,
    *,
    actor: str,
    images: Path | None = None,
    on_progress: ProgressCallback = ignore_progress,
    dry_run: bool = False,
    foresee: Foresee = lambda before, after: None,
) -> IngestReport:
    """Bring a source into the store.

    Parameters
    ----------
    source : str or Path
        A release folder of MedPix 2.0, or the address of a MongoDB that holds it.
    store : DocumentStore
        Takes the cases and the quarantine.
    objects : ObjectStore
        Takes the images.
    actor : str
        Who ingests.
    images : Path, optional
        Folder of the image files of a MongoDB.
    on_progress : callable
        Is told how many cases are done, of how many.
    dry_run : bool
        Read everything, write nothing, and report what would change.
    foresee : callable
        In a dry run, is shown each case that would change: as it is stored, and as it would be; None where there is
        none.

    Raises
    ------
    SourceError
        If the source cannot be read as a whole; nothing was written.
    BusyError
        If another process writes.
    """
    release = _read_source(source, images)
    with nullcontext() if dry_run else store.writer(actor) as writer, Decoder() as decoder:
        if writer is not None:
            objects.remove_unfinished()
        load = _Load(release, store, objects, decoder, writer, read_decided(store), foresee)
        tally = load.run(on_progress)
        if writer is not None:
            writer.replace_quarantine(SOURCE, _quarantine(release.rejected))
    return _report(release, tally, store, dry_run=dry_run)


@dataclass(frozen=True)
class _Load:
    """The parts that one ingest works with. Without a writer nothing is written."""

    release: Release
    store: DocumentStore
    objects: ObjectStore
    decoder: Decoder
    writer: Writer | None
    decided: Decided
    foresee: Foresee

    def run(self, on_progress: ProgressCallback) -> _Tally:
        tally = _Tally()
        cases = read_cases(self.release)
        total = len(self.release.records)
        on_progress(0, total)
        while batch := list(islice(cases, CASES_PER_BATCH)):
            whole = [annotate(case) for case in self._curated(self._with_images(batch))]
            kept = {case.case_id for case in whole}
            rejected = [case.case_id for case in batch if case.case_id not in kept]
            tally.rejected += len(rejected)
            tally.add(whole, self.writer.write_cases(whole) if self.writer else list(self._foreseen(whole)))
            tally.add((), list(self._deletions(rejected)))
            on_progress(tally.cases + tally.rejected, total)
        return tally

    def _curated(self, cases: list[Case]) -> Iterator[Case]:
        """Yield the cases with what people decided about them, without those that they rejected."""
        for case in cases:
            if self.writer:
                keep_as_read(self.writer, self.decided, case)
            decisions = self.decided.decisions.get(case.case_id, ())
            outcome = curated(case, decisions, self.objects, self._keep)
            if outcome is not None:
                yield outcome

    def _deletions(self, rejected: Sequence[str]) -> Iterator[Change]:
        """Take rejected cases out of the store where they are still there."""
        for case_id in rejected:
            if not self.store.has(case_id):
                continue
            if self.writer is None:
                self.foresee(self.store.get(case_id).case, None)
            yield self.writer.delete_case(case_id) if self.writer else Change(case_id, ChangeKind.DELETED, None)

    @property
    def _keep(self) -> Callable[[DecodedImage], str]:
        return self.objects.put if self.writer else object_key_of

    def _with_images(self, batch: list[Case]) -> list[Case]:
        stored = (known for case in batch if (known := self._known(case.case_id)))
        return attach_images(
            batch,
            {f"{SOURCE}:{name}": path for name, path in self.release.image_paths.items()},
            stored={image.image_id: image for case in stored for image in case.images},
            objects=self.objects,
            decoder=self.decoder,
            keep=self._keep,
            ambiguous={f"{SOURCE}:{name}": reason for name, reason in self.release.found.ambiguous.items()},
        )

    def _known(self, case_id: str) -> Case | None:
        """Return the case of the last run, before what people decided."""
        if case_id in self.decided.as_read:
            return self.decided.as_read[case_id]
        return self.store.get(case_id).case if self.store.has(case_id) else None

    def _foreseen(self, cases: Sequence[Case]) -> Iterator[Change]:
        """Yield what writing the cases would do."""
        for case in cases:
            before = self.store.get(case.case_id).case if self.store.has(case.case_id) else None
            if before is not None and before.content_digest == case.content_digest:
                yield Change(case.case_id, ChangeKind.UNCHANGED, None)
                continue
            self.foresee(before, case)
            yield Change(case.case_id, ChangeKind.CHANGED if before else ChangeKind.ADDED, None)


def _read_source(source: str | Path, images: Path | None) -> Release:
    if isinstance(source, str) and source.startswith(_MONGODB):
        return read_mongodb(source, images)
    if images is not None:
        raise SourceError("a folder of images can only be named beside a MongoDB; a release has its own 'images'.")
    return read_release(Path(source))


def _quarantine(rejected: Sequence[Rejection]) -> Iterator[Quarantined]:
    for rejection in rejected:
        text = rejection.text[:_MAX_QUARANTINE_TEXT].replace("\0", "\u2400")
        digest = hashlib.sha256("\n".join((rejection.place, rejection.reason, rejection.text)).encode())
        yield Quarantined(digest.hexdigest()[:32], SOURCE, rejection.place, rejection.reason, text)


def _report(release: Release, tally: _Tally, store: DocumentStore, *, dry_run: bool) -> IngestReport:
    kinds = [rejection.kind for rejection in release.rejected]
    return IngestReport(
        address=release.address,
        read=release.case_count,
        added=tally.kinds[ChangeKind.ADDED],
        changed=tally.kinds[ChangeKind.CHANGED],
        unchanged=tally.kinds[ChangeKind.UNCHANGED] + release.repeated_cases,
        deleted=tally.kinds[ChangeKind.DELETED],
        rejected=tally.rejected,
        quarantined=kinds.count(DocumentKind.CASE),
        cases=tally.cases,
        partial=tally.partial,
        images_read=release.description_count,
        images=tally.images,
        images_quarantined=kinds.count(DocumentKind.DESCRIPTION),
        images_with_problem=tally.images_with_problem,
        conflicts=tally.conflicts,
        orphan_files=tuple(_shown(path, release.found.folder) for path in release.orphan_paths),
        shared_images=tuple(tally.shared),
        vanished=_vanished(release, store),
        sequence=store.sequence(),
        dry_run=dry_run,
        fields=tally.fields.all(),
        images_folder=str(release.found.folder) if release.found.folder else None,
        images_folder_files=release.found.files,
    )


def _shown(path: Path, folder: Path | None) -> str:
    """Return the place of a file below the folder of images."""
    return path.relative_to(folder).as_posix() if folder else path.name


def _vanished(release: Release, store: DocumentStore) -> tuple[str, ...]:
    """Return the cases of this source that the store has and the source no longer names; they stay in the store."""
    named = {f"{SOURCE}:{record.document.u_id}" for record in release.records}
    refused = (rejection for rejection in release.rejected if rejection.kind is DocumentKind.CASE)
    named |= {f"{SOURCE}:{rejection.u_id}" for rejection in refused}
    return tuple(case_id for case_id in store.case_ids(OneOf("source", (SOURCE,))) if case_id not in named)
