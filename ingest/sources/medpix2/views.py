"""The collections of the MedPix 2.0 paper as views, with the raw values and the keys of the release.

`Image_Descriptions` has a row for each image, `Clinical_reports` one for each case, and `Image_Reports` joins them on
`U_id` (Siragusa et al., Data Science and Engineering 2025). ``URL`` is where the image is.
"""

from __future__ import annotations

from collections.abc import Mapping

from ingest.sources.medpix2.build import CASE_SECTIONS, TOPIC_SECTIONS
from ingest.sources.medpix2.records import SOURCE
from ingest.store.views import CaseValue, Column, ImageIds, ImageValue, Known, SourceView, Values
from ingest.vocabulary import Section

_DESCRIPTION = ("ACR Codes", "Age", "Caption", "Figure Part", "Modality", "Plane", "Sex")
# What the release calls it, and the section that keeps it verbatim; the rest is kept under "Case.…" and "Topic.…"
_CASE: Mapping[str, Section | None] = {**CASE_SECTIONS, "Media": None}
_UNREAD_OF_TOPIC = ("ACR Code", "Category", "Keywords", "Reference", "External Links")
_TOPIC: Mapping[str, Section | None] = {**TOPIC_SECTIONS, **dict.fromkeys(_UNREAD_OF_TOPIC)}

_OF_IMAGE: Mapping[str, Column] = {
    "Type": ImageValue("Type"),
    "U_id": Known.CASE_ID,
    "image": Known.IMAGE_ID,
    "URL": Known.IMAGE_FILE,
    "Description": Values({key: ImageValue(key) for key in _DESCRIPTION}),
    "Location": ImageValue("Location"),
    "Location Category": ImageValue("Location Category"),
}
_OF_CASE: Mapping[str, Column] = {
    "TAC": ImageIds("Type", "CT"),  # Italian for CT
    "MRI": ImageIds("Type", "MR"),
    "Case": Values({key: CaseValue(f"Case.{key}", section) for key, section in _CASE.items()}),
    "Topic": Values({key: CaseValue(f"Topic.{key}", section) for key, section in _TOPIC.items()}),
}

VIEWS = (
    SourceView("Image_Descriptions", SOURCE, _OF_IMAGE),
    SourceView("Clinical_reports", SOURCE, {"U_id": Known.CASE_ID, **_OF_CASE}),
    SourceView("Image_Reports", SOURCE, {**_OF_IMAGE, **_OF_CASE}),
)
