"""Answers as plain JSON values with stable keys: what ``--json`` writes and the app's tables show."""

from __future__ import annotations

from typing import Any

from casegraph.documents import FieldCount, IngestReport
from casegraph.notice import NOTICE
from casegraph.search import ExplainedAnswer, HitExplanation
from ui.cli.output import jsonable


def answer_document(answer: ExplainedAnswer) -> dict[str, Any]:
    """Return a search answer: each hit with its case in short, its channels and its explanation."""
    hits = [{**jsonable(found.case), **jsonable(found.hit), **_explanation(found.explanation)} for found in answer.hits]
    return {"hits": hits, "notices": jsonable(answer.notices), "notice": NOTICE}


def _explanation(explanation: HitExplanation) -> dict[str, Any]:
    traits = explanation.traits
    return {
        "confirmation": explanation.confirmation,
        "nearest_images": jsonable(explanation.images),
        "nearest_passages": jsonable(explanation.passages),
        "shared": jsonable(traits.shared),
        "only_asked": jsonable(traits.only_first),
        "only_found": jsonable(traits.only_second),
        "contradicted": jsonable(explanation.contradicted),
        "words": list(explanation.words),
    }


def describe_ingest(report: IngestReport) -> str:
    """Return what an ingest did, in a few lines."""
    would = "would be " if report.dry_run else ""
    lines = [
        f"{report.address}: {report.read} cases read, {report.added} {would}added, {report.changed} {would}changed, "
        f"{report.unchanged} unchanged, {report.quarantined} in quarantine",
        f"images: {report.images}, of them {report.images_with_problem} missing or unreadable; "
        f"{report.images_quarantined} descriptions in quarantine",
    ]
    if report.images_lost_for_most:
        lines.append(_where_looked(report))
    lines += [_lost(report, count) for count in report.fields if count.lost]
    if report.rejected:
        lines.append(f"{report.rejected} cases stay out, rejected by a person: casegraph curate decisions")
    if report.conflicts:
        lines.append(f"{report.conflicts} values on which the source disagrees with itself: casegraph curate queue")
    if report.orphan_files:
        lines.append(f"{len(report.orphan_files)} image files belong to no case, such as {report.orphan_files[0]}")
    if report.shared_images:
        lines.append(f"{len(report.shared_images)} images stand in two cases, such as {report.shared_images[0][1]}")
    if report.vanished:
        lines.append(f"{len(report.vanished)} cases are no longer in the source, and were kept")
    return "\n".join(lines)


def _lost(report: IngestReport, count: FieldCount) -> str:
    command = "" if report.dry_run else f": casegraph curate queue --field {count.field}"
    return f"{count.field}: {count.lost} of {count.given} not understood{command}"


def _where_looked(report: IngestReport) -> str:
    """Return where image files were looked for, and what was there."""
    lost = f"{report.images_with_problem} of {report.images} images have no readable file"
    if report.images_folder is None:
        return f"{lost}. No folder of images was named: --images FOLDER"
    found = f"{report.images_folder_files} files" if report.images_folder_files else "it is empty or not there"
    kinds = "PNG, JPEG or DICOM by content, named as the image with any ending"
    return f"{lost}. Looked in {report.images_folder} and its subfolders ({found}) for {kinds}"
