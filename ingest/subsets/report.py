"""What a data set holds, and what became of what it does not hold: counts, leaks, digest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from ingest.images.duplicates import Leak
from ingest.licences import NOT_STATED, is_free
from ingest.subsets.item import Item
from ingest.subsets.select import AmbiguousImage


@dataclass(frozen=True)
class SplitCounts:
    """How much is in one split.

    Attributes
    ----------
    classes : mapping
        How many items each class has; empty where there are no classes.
    """

    cases: int
    items: int
    images: int
    classes: Mapping[str, int]


@dataclass(frozen=True)
class SubsetReport:
    """A data set, made or foreseen.

    Attributes
    ----------
    folder : str or None
        Where it was written; None of a dry run.
    digest : str
        SHA-256 over the recipe and every item with its images: equal recipes and archives give equal digests.
    archive_digest : str
        SHA-256 over all cases of the archive.
    archive_sequence : int
        The archive's last change.
    cases, items, images : int
        How many there are in all splits.
    splits : mapping
        What is in each split.
    licences : mapping
        How many items are under each licence.
    left_out : mapping
        How many cases that match the filter are left out, by reason.
    images_left_out : mapping
        How many images of the cases that are kept are left out as their licence is not let in, by reason.
    ambiguous : list of AmbiguousImage
        Images of several classes, left out; at most a thousand are named.
    ambiguous_images, unclassed_images : int
        How many images are of several classes, and of none.
    leaks : list of Leak
        What stands in two splits.
    notices : list of str
        What else to know.
    """

    name: str
    kind: str
    folder: str | None
    digest: str
    archive_digest: str
    archive_sequence: int
    cases: int
    items: int
    images: int
    splits: Mapping[str, SplitCounts]
    licences: Mapping[str, int]
    left_out: Mapping[str, int]
    images_left_out: Mapping[str, int]
    ambiguous: tuple[AmbiguousImage, ...]
    ambiguous_images: int
    unclassed_images: int
    leaks: tuple[Leak, ...]
    notices: tuple[str, ...]


@dataclass
class ItemCounts:
    """Counts items as they are written; cases come in the order of their ids, one after the other."""

    _cases: Counter[str] = field(default_factory=Counter)
    _items: Counter[str] = field(default_factory=Counter)
    _images: Counter[str] = field(default_factory=Counter)
    _classes: dict[str, Counter[str]] = field(default_factory=dict)
    licences: Counter[str] = field(default_factory=Counter)
    _last_case: str | None = None

    def see(self, item: Item) -> None:
        """Count an item."""
        self._cases[item.split] += item.case_id != self._last_case
        self._last_case = item.case_id
        self._items[item.split] += 1
        self._images[item.split] += len(item.images)
        self.licences[item.licence] += 1
        if item.label is not None:
            self._classes.setdefault(item.split, Counter())[item.label] += 1

    @property
    def items(self) -> int:
        """How many there are in all."""
        return self._items.total()

    @property
    def splits(self) -> dict[str, SplitCounts]:
        """What is in each split, sorted by name."""
        return {
            split: SplitCounts(
                self._cases[split],
                self._items[split],
                self._images[split],
                dict(sorted(self._classes.get(split, {}).items())),
            )
            for split in sorted(self._items)
        }


def licence_statement(licences: Mapping[str, int]) -> str:
    """Say in a sentence under which licence a data set is as a whole."""
    if not licences:
        return "It holds nothing."
    if set(licences) == {NOT_STATED}:
        return "No source of its items states a licence: ask there before you use it further."
    if len(licences) == 1:
        return f"Every item is under one licence: {next(iter(licences))}."
    strict = [licence for licence in licences if not is_free(None if licence == NOT_STATED else licence)]
    if not strict:
        return "Items are under several licences, each of which lets everybody use, change and share: name the works."
    return (
        "Items are under several licences. As a whole it may be used only as all allow; not free for every use: "
        f"{', '.join(sorted(strict))}."
    )
