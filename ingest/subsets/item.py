"""An item of a data set, and how a case becomes items."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from pathlib import PurePosixPath
from typing import Any

from ingest.case import Case, ClassLabel, Image
from ingest.export import file_name
from ingest.licences import NOT_STATED, licence_address, stricter_licence
from ingest.store.filters import Filter
from ingest.store.matching import image_matches
from ingest.subsets.mentions import panel_of, with_images
from ingest.subsets.recipe import Kind, Recipe
from ingest.vocabulary import Section

OF_RELEASE = "release."
"""Begins the names of source values of an image that are labels of its release."""


@dataclass(frozen=True)
class ItemClass:
    """A class of an image, by its caption.

    Attributes
    ----------
    words : tuple of str
        The words that gave it, as the caption has them.
    spans : tuple of (int, int)
        Where these words stand in the caption, in their order.
    conflict : bool
        Whether an image can have only one of this and of another of its classes.
    """

    class_id: str
    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    annotator: str
    conflict: bool


@dataclass(frozen=True)
class ReleaseLabels:
    """What a column of labels says of an image in the release that it is from."""

    name: str
    labels: tuple[str, ...]


@dataclass(frozen=True)
class ItemImage:
    """One image of an item.

    Attributes
    ----------
    file : str
        Its place in the written folder.
    sha256 : str
        Of its PNG file.
    derived_from : str or None
        SHA-256 of the PNG file of the image that it was cut out of, or redacted from.
    crop_box_px : tuple of int or None
        Where it stands in that one: left, top, right, bottom.
    panel : str or None
        Its letter, where it is a part of a figure.
    caption : str or None
        That of the part alone, where there is one.
    annotations : tuple of str
        What its caption says: ``present finding:mass``.
    licence : str
        The stricter of those of its article and its own.
    """

    image_id: str
    file: str
    object_key: str
    sha256: str
    width_px: int | None
    height_px: int | None
    derived_from: str | None
    crop_box_px: tuple[int, int, int, int] | None
    panel: str | None
    caption: str | None
    modality: str | None
    technique: tuple[str, ...]
    plane: str | None
    view: str | None
    depiction: str | None
    region: str | None
    anatomical_location: str | None
    annotations: tuple[str, ...]
    classes: tuple[ItemClass, ...]
    release_labels: tuple[ReleaseLabels, ...]
    licence: str

    @property
    def plain(self) -> dict[str, Any]:
        """The image as plain values."""
        lists = {name: [dict(vars(one)) for one in getattr(self, name)] for name in ("classes", "release_labels")}
        return {**vars(self), **lists}


@dataclass(frozen=True)
class Item:
    """One item: a case, or one image of it; with what is needed to cite it and to keep it from leaking.

    Attributes
    ----------
    text : str or None
        Texts of the case, images in the place of mentions of figures; None for single images.
    licence : str
        The strictest of those of its article and its images.
    label : str or None
        Its class, in a classification set.
    """

    item_id: str
    split: str
    case_id: str
    patient_id: str
    source: str
    age_years: float | None
    sex: str | None
    diagnosis: str | None
    topic: str | None
    text: str | None
    label: str | None
    images: tuple[ItemImage, ...]
    article_id: str | None
    citation: str
    licence: str
    licence_address: str | None
    year: str | None
    doi: str | None

    @cached_property
    def plain(self) -> dict[str, Any]:
        """The item as plain values, made once for all that write it; whoever changes it copies it first.

        Not by `dataclasses.asdict`, which copies every text and took half of an export.
        """
        return {**vars(self), "images": [image.plain for image in self.images]}


@dataclass(frozen=True)
class Chosen:
    """An image that the recipe keeps, and the classes that it is of."""

    image: Image
    labels: tuple[str, ...] = ()


def chosen_images(case: Case, where: Filter | None, classes: Mapping[str, Filter]) -> list[Chosen]:
    """Return the images of a case that have pixels and match, each with the classes whose filter it matches too."""
    if not case.images:
        return []
    kept = (
        image
        for image in case.images
        if image.object_key and not image.rejected and (where is None or image_matches(case, image, where))
    )
    return [
        Chosen(image, tuple(name for name, of_class in classes.items() if image_matches(case, image, of_class)))
        for image in kept
    ]


def items_of(case: Case, chosen: Sequence[Chosen], recipe: Recipe, split: str) -> Iterator[Item]:
    """Yield the items of a case; none for a kind that needs images where it has none, or text where it has none."""
    images = [_item_image(case, one.image, split) for one in chosen] if recipe.kind is not Kind.TEXT else []
    if recipe.kind.per_image:
        for one, image in zip(chosen, images, strict=True):
            label = one.labels[0] if one.labels else None
            licence = licence_of(case, [one.image])
            yield _item(case, image.image_id, split, (image,), text=None, label=label, licence=licence)
        return
    text = "\n\n".join(said for section in recipe.sections if (said := case.sections.get(section)))
    if (recipe.kind is not Kind.TEXT and not images) or (recipe.kind is Kind.TEXT and not text):
        return
    ordered = images
    if recipe.kind is not Kind.TEXT:
        placed = with_images(text, [one.image for one in chosen], [image.file for image in images], recipe.mentions)
        text, ordered = placed.text, [images[place] for place in placed.order]
    licence = licence_of(case, [one.image for one in chosen] if images else ())
    yield _item(case, case.case_id, split, tuple(ordered), text=text, label=None, licence=licence)


def licence_of(case: Case, images: Iterable[Image] = ()) -> str:
    """Return the licence of a case with images of it, for each of which its source may state one: the strictest.

    An image has the stricter of its article's and its own; one that has neither makes the whole ``not stated``.
    """
    article = case.article.licence if case.article else None
    stated = [stricter_licence(article, image.source_values.get("licence")) or NOT_STATED for image in images]
    return reduce(stricter_licence, stated, None) or article or NOT_STATED


def path_in_set(image: Image, split: str) -> str:
    """Return where the file of an image stands in a written folder."""
    return f"images/{split}/{file_name(image)}"


def citation_of(case: Case) -> str:
    """Return the line that cites a case: its article, or the case at its source."""
    article = case.article
    if article is not None and article.citation:
        return article.citation
    return f"{case.title}. Case {case.short_id} of {case.source}"


def _item(
    case: Case,
    item_id: str,
    split: str,
    images: tuple[ItemImage, ...],
    *,
    text: str | None,
    label: str | None,
    licence: str,
) -> Item:
    article = case.article
    return Item(
        item_id=item_id,
        split=split,
        case_id=case.case_id,
        patient_id=case.patient.patient_id,
        source=case.source,
        age_years=case.patient.age_years,
        sex=_text(case.patient.sex),
        diagnosis=case.diagnosis,
        topic=case.topic.title,
        text=text,
        label=label,
        images=images,
        article_id=article.article_id if article else None,
        citation=citation_of(case),
        licence=licence,
        licence_address=licence_address(licence),
        year=article.year if article else None,
        doi=article.doi if article else None,
    )


def _item_image(case: Case, image: Image, split: str) -> ItemImage:
    said = (one for one in case.annotations if one.section is Section.CAPTION and one.image_id == image.image_id)
    return ItemImage(
        image_id=image.image_id,
        file=path_in_set(image, split),
        object_key=str(image.object_key),
        sha256=_sha256(str(image.object_key)),
        width_px=image.width_px,
        height_px=image.height_px,
        derived_from=_sha256(image.derived_from) if image.derived_from else None,
        crop_box_px=image.crop_box_px,
        panel=panel_of(image),
        caption=image.caption,
        modality=_text(image.modality),
        technique=image.technique,
        plane=_text(image.plane),
        view=_text(image.view),
        depiction=_text(image.depiction),
        region=_text(image.region),
        anatomical_location=image.anatomical_location,
        annotations=tuple(dict.fromkeys(f"{one.assertion} {one.concept_id}" for one in said if one.of_patient)),
        classes=tuple(_item_class(label, image.caption or "") for label in image.classes),
        release_labels=tuple(_release_labels(image)),
        licence=licence_of(case, [image]),
    )


def _item_class(label: ClassLabel, caption: str) -> ItemClass:
    words = tuple(caption[start:end] for start, end in label.spans)
    return ItemClass(label.class_id, words, label.spans, label.annotator, label.conflict)


def _release_labels(image: Image) -> Iterator[ReleaseLabels]:
    for name, labels in image.source_values.items():
        if name.startswith(OF_RELEASE) and labels:
            yield ReleaseLabels(name.removeprefix(OF_RELEASE), tuple(labels.split("; ")))


def _sha256(object_key: str) -> str:
    return PurePosixPath(object_key).stem


def _text(value: object) -> str | None:
    return None if value is None else str(value)
