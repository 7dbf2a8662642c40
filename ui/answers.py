"""Answers as plain JSON values with stable keys: what ``--json`` writes and the app's tables show."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ingest.case import Image
from ingest.curation.understood import FieldCount
from ingest.load import IngestReport
from ingest.store.interface import DocumentStore, StoredCase
from rag.search.explain import HitExplanation
from rag.search.search import SearchAnswer
from ui.output import NOTICE, jsonable


def _values(images: Iterable[Image], name: str) -> list[str]:
    return sorted({str(value) for image in images if (value := getattr(image, name)) is not None})


def case_row(stored: StoredCase) -> dict[str, Any]:
    """Return one case in short."""
    case = stored.case
    return {
        "case_id": case.case_id,
        "short_id": case.short_id,
        "title": case.title,
        "age_years": case.patient.age_years,
        "sex": case.patient.sex,
        "modalities": _values(case.images, "modality"),
        "regions": _values(case.images, "region"),
        "images": len(case.images),
        "diagnosis": case.diagnosis,
        "split": case.split,
        "status": case.status,
        "sequence": stored.sequence,
    }


def answer_document(
    answer: SearchAnswer, explanations: Iterable[HitExplanation], store: DocumentStore
) -> dict[str, Any]:
    """Return a search answer: each hit with its case in short, its channels and its explanation."""
    hits = [
        {**case_row(store.get(hit.case_id)), **jsonable(hit), **_explanation(explanation)}
        for hit, explanation in zip(answer.hits, explanations, strict=True)
    ]
    return {"hits": hits, "notices": list(answer.notices), "notice": NOTICE}


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
