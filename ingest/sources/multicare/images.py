"""The images of a case as a release lists them, with its labels kept as its own.

What the caption says of modality, plane, view and region is read as of any case report. The labels of the release are
written beside it, as ``release.image_type`` and the like, and are never mixed in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ingest.case import Image, LedgerEntry
from ingest.concepts.regions import region_in
from ingest.ids import ImageId
from ingest.normalise.caption import captioned_as
from ingest.normalise.figure_mentions import MENTIONS
from ingest.normalise.normalised import Normalised, Rule
from ingest.sources.multicare.articles import licence
from ingest.sources.multicare.figures import figure_label
from ingest.sources.multicare.folder import SOURCE
from ingest.sources.multicare.index import ListedImage, ReleaseIndex, figure_of, stem_of
from ingest.sources.multicare.literals import NotALiteral, words_of
from ingest.vocabulary import Section

NO_FILE_NAMED = "the release names no image file for it"
_NOT_LABELS = frozenset(
    {
        *("file_id", "file", "main_image", "image_component", "patient_id", "license", "file_size", "caption"),
        *("case_substring", "text_references", "image_id", "tag", "case_id", "article_id"),
    }
)
_UNFIT_FOR_IDS = re.compile(r"[^\w.\-]+")
_NOTHING = frozenset({"", "nan", "None", "NaN"})


@dataclass
class CaseImages:
    """The images of one case, in the order of the release."""

    images: list[Image] = field(default_factory=list)
    ledger: list[LedgerEntry] = field(default_factory=list)
    files: dict[str, Path] = field(default_factory=dict)
    without_file: dict[str, str] = field(default_factory=dict)
    again: int = 0  # rows that say what another one said
    unfit: list[tuple[ListedImage, str]] = field(default_factory=list)


def images_of(case_id: str, case_text: str, index: ReleaseIndex, folder: Path) -> CaseImages:
    """Return the images that the release lists for a case, with their files where these are there."""
    found = CaseImages()
    seen: dict[str, Mapping[str, object]] = {}
    for entry in index.images_of(case_id):
        for name in _file_names(entry, index):
            image_id = ImageId.of(SOURCE, f"{case_id}_{_tail(case_id, name)}")
            if image_id in seen:
                if seen[image_id] == entry.values:
                    found.again += 1
                else:
                    found.unfit.append((entry, f"the image '{name}' was described differently before."))
                continue
            seen[image_id] = entry.values
            _add(found, image_id, entry, _figure(entry, name, index), case_text)
            _find(found, image_id, name, index, folder)
    return found


def _file_names(entry: ListedImage, index: ReleaseIndex) -> list[str]:
    """Return the file of an image; of a whole figure those that were made of it."""
    named = _said(entry, "file")
    if named is not None and "main_image" in entry.values:
        return [named]
    figure = named or _said(entry, "main_image") or _said(entry, "image_id") or entry.place
    return index.parts_of(figure) or [figure]


def _tail(case_id: str, name: str) -> str:
    """Return what tells an image from the others of its case: its file's name, without article and ending."""
    path = Path(name)
    stem = path.stem if path.suffix.lower() in (".webp", ".jpg", ".jpeg", ".png") else path.name
    return _UNFIT_FOR_IDS.sub("-", stem.removeprefix(f"{case_id.rpartition('_')[0]}_")) or "image"


def _figure(entry: ListedImage, name: str, index: ReleaseIndex) -> dict[str, str | None]:
    """Return the file of an image, and of which figure it is."""
    figure = _said(entry, "main_image") or _said(entry, "image_id")
    tag = _said(entry, "tag") or (index.tag_of(figure) if figure else None)
    label = figure_label(tag, stem_of(figure) if figure else figure_of(stem_of(name)))
    return {"file": name, "label": label, "tag": tag, "figure": figure}


def _add(
    found: CaseImages, image_id: str, entry: ListedImage, figure: Mapping[str, str | None], case_text: str
) -> None:
    caption = _said(entry, "caption")
    named = captioned_as(caption or "")
    labels, unread = _labels(entry)
    image = Image(
        image_id,
        modality=named.modality,
        plane=named.plane,
        view=named.view,
        depiction=named.depiction,
        region=region_in(caption or ""),
        caption=caption,
        source_values={
            **figure,
            "component": _said(entry, "image_component"),
            "licence": licence(_said(entry, "license")),
            MENTIONS: "; ".join(_mentions(entry, case_text)) or None,
            **labels,
        },
    )
    found.images.append(image)
    for column in ("modality", "plane", "view", "depiction", "region"):
        if (value := getattr(image, column)) is not None:
            found.ledger.append(Normalised(None, value, Rule.IN_CAPTION).entry(f"images[{image_id}].{column}"))
    for column, raw in unread.items():
        found.ledger.append(Normalised(raw, None, Rule.UNKNOWN_VALUE).entry(f"images[{image_id}].{column}"))


def _find(found: CaseImages, image_id: str, name: str, index: ReleaseIndex, folder: Path) -> None:
    paths = index.use_files(name)
    if len(paths) == 1:
        found.files[image_id] = folder / paths[0]
    elif paths:
        found.without_file[image_id] = f"{len(paths)} files carry its name: {', '.join(paths[:5])}. Keep one"
    else:
        found.without_file[image_id] = f"its image file {name} is missing"


def _labels(entry: ListedImage) -> tuple[dict[str, str], dict[str, str]]:
    """Return the labels of the release by column, and what stands where labels should and cannot be read."""
    labels: dict[str, str] = {}
    unread: dict[str, str] = {}
    for column, value in entry.values.items():
        if column in _NOT_LABELS:
            continue
        try:
            words = words_of(value)
        except NotALiteral:
            unread[re.sub(r"\W", "_", column)] = str(value)[:1000]
            continue
        if words:
            labels[f"release.{column}"] = "; ".join(words)
    return labels, unread


def _mentions(entry: ListedImage, case_text: str) -> Iterator[str]:
    """Yield where the words of the case that mention the image stand in it: ``history:120-240``."""
    said = entry.values.get("case_substring") or entry.values.get("text_references")
    try:
        pieces = words_of(said)
    except NotALiteral:
        pieces = (str(said),)
    for piece in pieces:
        start = case_text.find(piece)
        if piece and start >= 0:
            yield f"{Section.HISTORY}:{start}-{start + len(piece)}"


def _said(entry: ListedImage, name: str) -> str | None:
    value = entry.values.get(name)
    return value.strip() if isinstance(value, str) and value.strip() not in _NOTHING else None
