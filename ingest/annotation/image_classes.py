"""Label an image by its caption: the classes of the taxonomy that the words name, each with these words.

Assertion is that of all annotation: what a caption denies, doubts or remembers is no label. Regions, views, sides,
masses and contrast count only beside the class that they divide, as they are said of tissue and photographs too. Where
two labels exclude each other, as in the caption of a figure of CT and MR panels, both stay and are in conflict.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from ingest.annotation.assertion import assertions
from ingest.annotation.events import Mention
from ingest.case import ClassLabel, Image
from ingest.concepts.image_classes import (
    ClassNames,
    ancestors_of,
    class_book,
    compound_classes,
    compounds_of,
    exclude_each_other,
    image_classes,
    parents_to_be_named,
)
from ingest.concepts.phrases import Found, fold
from ingest.vocabulary import Assertion

IMAGE_CLASS_ANNOTATOR = "image-classes/1"

Spans = tuple[tuple[int, int], ...]


def with_classes(image: Image) -> Image:
    """Return an image with the labels that its caption gives it."""
    return replace(image, classes=classes_in(image.caption) if image.caption else ())


def classes_in(caption: str) -> tuple[ClassLabel, ...]:
    """Return the labels that a caption gives an image, in the order of their words.

    Examples
    --------
    >>> [label.class_id for label in classes_in("Axial CT.")]
    ['radiology', 'ct', 'standard_view', 'axial']
    """
    found = class_book().find(fold(caption))
    present = _present(caption, found)
    named = {name: words for name, words in present.items() if _counts(name, present)}
    spans: dict[str, Spans] = {}
    for name, words in named.items():
        for one in (*reversed(ancestors_of(name)), name):
            spans[one] = tuple(sorted({*spans.get(one, ()), *words}))
    for name in compounds_of(spans):
        spans[name] = tuple(sorted({word for part in compound_classes()[name] for word in spans[part]}))
    return tuple(
        ClassLabel(name, words, IMAGE_CLASS_ANNOTATOR, conflict=_is_excluded(name, spans))
        for name, words in spans.items()
    )


def named_classes(text: str) -> frozenset[str]:
    """Return the classes that words name, whatever is said of them: the look-up alone."""
    return frozenset(name for item in class_book().find(fold(text)) for name in item.value)


def _present(caption: str, found: Sequence[Found]) -> dict[str, Spans]:
    """Return the words for each class that a caption names as present."""
    mentions = [Mention(item.start, item.end, only_near=not _is_finding(item.value)) for item in found]
    asserted = assertions(caption, fold(caption), mentions)
    spans: dict[str, Spans] = {}
    for item, assertion in zip(found, asserted, strict=True):
        value: ClassNames = item.value
        if assertion is Assertion.PRESENT or _is_place(value):
            spans |= {name: (*spans.get(name, ()), (item.start, item.end)) for name in value}
    return spans


def _is_finding(named: ClassNames) -> bool:
    """Tell whether words name what may be denied from afar; an image is denied only right before it ("no CT")."""
    return any(image_classes()[name].tree == "mass_finding" for name in named)


def _is_place(named: ClassNames) -> bool:
    """Tell whether words name places only: "no mass in the liver" denies the mass, not the liver."""
    return bool(named) and all(image_classes()[name].tree in ("anatomical_region", "laterality") for name in named)


def _counts(name: str, present: Collection[str]) -> bool:
    """Tell whether each class that has to stand beside a class is named, or one that is of it."""
    return all(
        any(needed in (one, *ancestors_of(one)) and needed not in parents_to_be_named(one) for one in present)
        for needed in parents_to_be_named(name)
    )


def _is_excluded(name: str, others: Iterable[str]) -> bool:
    return any(exclude_each_other(name, other) for other in others)
