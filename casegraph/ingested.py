"""What an ingest did, in sentences; each face adds where one sees more of it."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.curation.review import ReviewKind
from ingest.curation.understood import FieldCount
from ingest.remedies import Advice, Remedy, RemedyAction
from ingest.report import IngestReport

_QUEUE = Remedy(RemedyAction.SHOW_QUEUE)


def told_of_ingest(report: IngestReport) -> Iterator[Advice]:
    """Yield what an ingest did, a line each."""
    would = "would be " if report.dry_run else ""
    yield Advice(
        f"{report.address}: {report.read} cases read, {report.added} {would}added, {report.changed} {would}changed, "
        f"{report.unchanged} unchanged, {report.quarantined} in quarantine"
    )
    yield Advice(
        f"images: {report.images}, of them {report.images_with_problem} missing or unreadable; "
        f"{report.images_quarantined} descriptions in quarantine"
    )
    if report.first_problems:
        yield Advice(f"such as {report.first_problems[0]}; all of them", _QUEUE)
    yield from map(Advice, report.missing)
    if report.images_lost_for_most:
        yield _where_looked(report)
    yield from (_lost(report, count) for count in report.fields if count.lost)
    if report.rejected:
        decisions = Remedy(RemedyAction.SHOW_DECISIONS)
        yield Advice(f"{report.rejected} cases stay out, rejected by a person", decisions)
    if report.conflicts:
        yield Advice(f"{report.conflicts} values on which the source contradicts itself", _QUEUE)
    if report.images_with_text:
        queue = None if report.dry_run else Remedy(RemedyAction.SHOW_QUEUE, ReviewKind.BURNED_IN_TEXT)
        yield Advice(f"{report.images_with_text} images seem to have text burned in, perhaps a name", queue)
    if report.orphan_files:
        yield Advice(f"{len(report.orphan_files)} image files belong to no case, such as {report.orphan_files[0]}")
    if report.shared_images:
        yield Advice(f"{report.images_shared} images are in two cases, such as {report.shared_images[0][1]}")
    if report.vanished:
        yield Advice(f"{len(report.vanished)} cases are no longer in the source, and were kept")


def _lost(report: IngestReport, count: FieldCount) -> Advice:
    queue = None if report.dry_run else Remedy(RemedyAction.SHOW_QUEUE, field=count.field)
    return Advice(f"{count.field}: {count.lost} of {count.given} not understood", queue)


def _where_looked(report: IngestReport) -> Advice:
    """Return where image files were looked for, and what was there."""
    lost = f"{report.images_with_problem} of {report.images} images have no readable file"
    if report.images_folder is None:
        return Advice(f"{lost}. No folder of images was named", Remedy(RemedyAction.NAME_IMAGES_FOLDER))
    found = f"{report.images_folder_files} files" if report.images_folder_files else "it is empty or not there"
    kinds = "PNG, JPEG, WebP or DICOM by content, named as the image with any ending"
    return Advice(f"{lost}. Looked in {report.images_folder} and its subfolders ({found}) for {kinds}")
