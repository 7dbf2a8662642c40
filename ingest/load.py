"""Ingest a source into the document store: read, normalise, decode images, annotate, write.

Cases go through in small batches, so that no more than a few images are in memory, and each batch is written when it
is whole. What does not fit is put into quarantine with its place and reason; doing it again changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from ingest.annotation.annotate import annotate
from ingest.case import Case
from ingest.curation.decided import Decided, curated, keep_as_read, read_decided
from ingest.images.attach import attach_images
from ingest.images.decoder import Decoder
from ingest.images.decoding import DecodedImage
from ingest.images.objects import ObjectStore, object_key_of
from ingest.images.panelled import Panelling
from ingest.progress import ProgressCallback, ReadingCallback, ignore_progress, ignore_reading
from ingest.report import IngestReport, Tally
from ingest.sources.registry import SOURCES, source_for
from ingest.sources.source import Reading, Rejection, Source, SourceCase
from ingest.store.filters import OneOf
from ingest.store.interface import Change, ChangeKind, DocumentStore, Quarantined, Writer

CASES_PER_BATCH = 50  # some 150 images, about 30 MB
_MAX_QUARANTINE_TEXT = 1_000_000  # characters kept of a record that does not fit

Foresee = Callable[[Case | None, Case | None], None]


def ingest(
    address: str | Path,
    store: DocumentStore,
    objects: ObjectStore,
    *,
    actor: str,
    images: Path | None = None,
    sources: Sequence[Source] = SOURCES,
    on_progress: ProgressCallback = ignore_progress,
    on_reading: ReadingCallback = ignore_reading,
    dry_run: bool = False,
    foresee: Foresee = lambda before, after: None,
) -> IngestReport:
    """Bring a source into the store.

    Parameters
    ----------
    address : str or Path
        A folder, file or address that one of the sources recognises.
    store : DocumentStore
        Takes the cases and the quarantine.
    objects : ObjectStore
        Takes the images.
    actor : str
        Who ingests.
    images : Path, optional
        Folder of the image files, for a source that does not say where they are.
    sources : sequence of Source
        Who is asked for the address.
    on_progress : callable
        Is told how many cases are done, of how many.
    on_reading : callable
        Is told as often what has been read. Where one of the two raises an error, the batches before it are kept.
    dry_run : bool
        Read everything, write nothing, and report what would change.
    foresee : callable
        In a dry run, is shown each case that would change: as it is stored, and as it would be; None where there is
        none.

    Raises
    ------
    SourceError
        If no source recognises the address, or it cannot be read as a whole; nothing was written. Where that shows
        only in the stream of a source, the cases before it were.
    BusyError
        If another process writes.
    """
    source = source_for(str(address), sources)
    reading = source.read(str(address), images)
    with nullcontext() if dry_run else store.writer(actor) as writer, Decoder() as decoder:
        if writer is not None:
            objects.remove_unfinished()
        load = _Load(reading, store, objects, decoder, writer, read_decided(store), foresee)
        tally = load.run(on_progress, on_reading)
        if writer is not None:
            writer.replace_quarantine(source.name, _quarantine(source.name, tally.unfit))
    vanished = _vanished(source.name, tally.named, store)
    return tally.report(reading, vanished=vanished, sequence=store.sequence(), dry_run=dry_run)


@dataclass(frozen=True)
class _Load:
    """The parts that one ingest works with. Without a writer nothing is written."""

    reading: Reading
    store: DocumentStore
    objects: ObjectStore
    decoder: Decoder
    writer: Writer | None
    decided: Decided
    foresee: Foresee

    def run(self, on_progress: ProgressCallback, on_reading: ReadingCallback) -> Tally:
        tally = Tally()
        cases = tally.take(self.reading.found)
        total = self.reading.expected_cases
        on_progress(0, total)
        while batch := list(islice(cases, CASES_PER_BATCH)):
            whole = [annotate(case) for case in self._curated(self._with_images(batch))]
            kept = {case.case_id for case in whole}
            rejected = [read.case.case_id for read in batch if read.case.case_id not in kept]
            tally.rejected += len(rejected)
            tally.add(whole, self.writer.write_cases(whole) if self.writer else list(self._foreseen(whole)))
            tally.add((), list(self._deletions(rejected)))
            done = tally.cases + tally.rejected
            on_reading(tally.so_far)
            on_progress(done, max(done, total))
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

    def _with_images(self, batch: list[SourceCase]) -> list[Case]:
        stored = (known for read in batch if (known := self._known(read.case.case_id)))
        decoded: dict[str, bytes] = {}
        compound = any(read.compound for read in batch)

        def keep(image: DecodedImage) -> str:
            key = self._keep(image)
            if compound:  # a dry run stores no pixels, and cuts figures too
                decoded[key] = image.png
            return key

        attached = attach_images(
            [read.case for read in batch],
            {image_id: path for read in batch for image_id, path in read.files.items()},
            stored={image.image_id: image for case in stored for image in case.images},
            objects=self.objects,
            decoder=self.decoder,
            keep=keep,
            ambiguous={image_id: reason for read in batch for image_id, reason in read.ambiguous.items()},
            published={read.case.case_id for read in batch if read.published},
        )
        panelling = Panelling(lambda key: decoded.get(key) or self.objects.path(key).read_bytes(), self._keep)
        pairs = zip(attached, batch, strict=True)
        return [panelling.of_case(case) if read.compound else case for case, read in pairs]

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


def _quarantine(source: str, unfit: Sequence[Rejection]) -> Iterator[Quarantined]:
    for rejection in unfit:
        text = rejection.text[:_MAX_QUARANTINE_TEXT].replace("\0", "\u2400")
        digest = hashlib.sha256("\n".join((rejection.place, rejection.reason, rejection.text)).encode())
        yield Quarantined(digest.hexdigest()[:32], source, rejection.place, rejection.reason, text)


def _vanished(source: str, named: Set[str], store: DocumentStore) -> list[str]:
    """Return the cases of a source that the store has and the source no longer names; they stay in the store."""
    return [case_id for case_id in store.case_ids(OneOf("source", (source,))) if case_id not in named]
