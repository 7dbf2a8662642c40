"""Classes of medical images as a tree, and the words that name them: `ingest/concepts/image_classes.json`.

Names, tree and SNOMED CT codes are those of the MultiCaRe taxonomy (Nievas Offidani et al., Data 2025, CC0), in its own
spelling, so that labels compare with those of its release; the words are ours. Of its classes those that only say
that another one does not hold ("no_angiography") are left out. Siblings of one tree exclude each other. A compound
class is what an image of several classes is as well: an ultrasound of a cardiac view is an echocardiogram.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, cast

from ingest.concepts.lexicon import plural, spellings
from ingest.concepts.phrases import PhraseBook

ClassNames = tuple[str, ...]
"""The classes that a phrase names: "PET/CT" names two."""


@dataclass(frozen=True)
class ImageClass:
    """A class of images.

    Attributes
    ----------
    class_id : str
        Its name in the taxonomy.
    parent : str or None
        The class that it is a kind, a view or a part of.
    tree : str
        What its siblings divide: the kind of image, the region, the view.
    snomed : str or None
        Its SNOMED CT code.
    words : tuple of str
        The words that name it.
    """

    class_id: str
    parent: str | None
    tree: str
    snomed: str | None = None
    words: tuple[str, ...] = ()


@cache
def image_classes() -> Mapping[str, ImageClass]:
    """Return the classes by id, parents before children."""
    return MappingProxyType(
        {
            entry["id"]: ImageClass(
                entry["id"], entry["parent"], entry["tree"], entry.get("SCT"), tuple(entry.get("words", ()))
            )
            for entry in _read()["classes"]
        }
    )


@cache
def compound_classes() -> Mapping[str, frozenset[str]]:
    """Return the compound classes, each with the classes that make it up."""
    return MappingProxyType({entry["id"]: frozenset(entry["of"]) for entry in _read()["compounds"]})


@cache
def class_book() -> PhraseBook:
    """Return the book of all words; the value of a phrase is the classes that it names.

    A phrase of `not_classes` names none: it is found, so that no part of it is.
    """
    phrases: dict[str, ClassNames] = {}
    for one in image_classes().values():
        phrases.update(dict.fromkeys(_forms(one.words), (one.class_id,)))
    for entry in _read()["several"]:
        phrases.update(dict.fromkeys(_forms(entry["words"]), tuple(entry["classes"])))
    phrases.update(dict.fromkeys(_forms(_read()["not_classes"]), ()))
    return PhraseBook(phrases)


@cache
def ancestors_of(class_id: str) -> tuple[str, ...]:
    """Return what a class is a kind, a view or a part of, the nearest first."""
    parent = image_classes()[class_id].parent if class_id in image_classes() else None
    return (parent, *ancestors_of(parent)) if parent else ()


@cache
def parents_to_be_named(class_id: str) -> frozenset[str]:
    """Return the classes that have to be named beside this one for it to count.

    "Liver" alone makes no image one of radiology, and "left" none of a limb.
    """
    classes = image_classes()
    path = [classes[name] for name in (class_id, *ancestors_of(class_id))]
    hung = (one for one in path if one.parent and one.tree != classes[one.parent].tree)
    return frozenset(one.parent for one in hung if one.parent and one.tree in _read()["only_beside_parent"])


def exclude_each_other(first: str, second: str) -> bool:
    """Tell whether no image is of both classes: they are siblings of one tree."""
    one, other = image_classes().get(first), image_classes().get(second)
    if one is None or other is None or first == second:
        return False
    return (one.parent, one.tree) == (other.parent, other.tree)


def most_specific(class_ids: Iterable[str]) -> list[str]:
    """Return the classes that are above none of the others, in their order.

    Examples
    --------
    >>> most_specific(["radiology", "ct", "head"])
    ['ct', 'head']
    """
    named = list(class_ids)
    above = {ancestor for class_id in named for ancestor in ancestors_of(class_id)}
    return [class_id for class_id in named if class_id not in above]


def compounds_of(found: Iterable[str]) -> list[str]:
    """Return the compound classes that an image of these classes is as well."""
    held = frozenset(found)
    return [name for name, parts in compound_classes().items() if parts <= held]


def _forms(words: Iterable[str]) -> list[str]:
    return [form for word in words for one in spellings(word) for form in (one, plural(one))]


@cache
def _read() -> dict[str, Any]:
    return json.loads((files("ingest") / "concepts" / "image_classes.json").read_text(encoding="utf-8"))


ImageClassId = cast(
    type[StrEnum], StrEnum("ImageClassId", [(name, name) for name in (*image_classes(), *compound_classes())])
)
"""The ids of all classes, compound ones too."""
