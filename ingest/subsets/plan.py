"""The first pass over the archive: what is kept, what is left out, and which split each case is in.

What stays in memory is an id and a number for each case, and the hash of each image where there are splits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ingest.case import Case
from ingest.images.duplicates import DISTANCE, image_hashes, near_pairs
from ingest.images.objects import ObjectStore
from ingest.progress import ProgressCallback
from ingest.store.interface import DocumentStore
from ingest.subsets.select import AmbiguousImage, Selected, Selection
from ingest.subsets.splits import Together, deal, shared_by

MAX_AMBIGUOUS = 1000  # named in a report; all are counted


@dataclass(frozen=True)
class Plan:
    """What will be written.

    Attributes
    ----------
    split_of : mapping
        The split of each case that is kept; empty where all are in `only`.
    hashes : mapping
        The perceptual hash of each kept image, by object key; empty where nothing is divided.
    left_out : mapping
        How many cases are left out, by reason.
    images_left_out : mapping
        How many images of the cases that are kept are left out, by reason.
    """

    split_of: Mapping[str, str]
    only: str | None
    hashes: Mapping[str, str]
    cases: int
    left_out: Mapping[str, int]
    images_left_out: Mapping[str, int]
    ambiguous: tuple[AmbiguousImage, ...]
    ambiguous_images: int
    unclassed_images: int

    def split(self, case_id: str) -> str:
        """Return the split of a case that is kept."""
        return self.only or self.split_of[case_id]


def plan_subset(
    store: DocumentStore, objects: ObjectStore, selection: Selection, cache: Path, on_progress: ProgressCallback
) -> Plan:
    """Read the cases once and say what becomes of them.

    Parameters
    ----------
    cache : Path
        Where the hashes of images are kept from run to run.
    """
    seen = _Seen(selection)
    for stored in store.cases(selection.where):
        seen.see(stored.case)
    hashes = image_hashes(objects, seen.keys, cache, of_all=False, on_progress=on_progress) if seen.keys else {}
    splits = selection.recipe.splits
    return Plan(
        split_of=seen.dealt(hashes),
        only=None if splits.divided else splits.only,
        hashes=hashes,
        cases=seen.cases,
        left_out=dict(seen.left_out),
        images_left_out=dict(seen.images_left_out),
        ambiguous=tuple(seen.ambiguous),
        ambiguous_images=seen.ambiguous_images,
        unclassed_images=seen.unclassed_images,
    )


@dataclass
class _Seen:
    """What the first pass remembers."""

    selection: Selection
    cases: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    images_left_out: Counter[str] = field(default_factory=Counter)
    ambiguous: list[AmbiguousImage] = field(default_factory=list)
    ambiguous_images: int = 0
    unclassed_images: int = 0
    keys: dict[str, None] = field(default_factory=dict)
    _together: Together = field(default_factory=Together)
    _weights: dict[str, int] = field(default_factory=dict)
    _by_source: dict[str, str] = field(default_factory=dict)

    def see(self, case: Case) -> None:
        """Take a case into account."""
        selected = self.selection.of(case)
        self.ambiguous_images += len(selected.ambiguous)
        self.ambiguous += selected.ambiguous[: MAX_AMBIGUOUS - len(self.ambiguous)]
        self.unclassed_images += selected.unclassed
        if selected.left_out is not None:
            self.left_out[selected.left_out] += 1
            return
        self.cases += 1
        self.images_left_out.update(selected.images_left_out)
        splits = self.selection.recipe.splits
        if splits.divided:
            self.keys.update(dict.fromkeys(str(one.image.object_key) for one in selected.chosen))
        if splits.by_source:
            self._by_source[case.case_id] = str(case.split)
        elif splits.shares:
            self._join(case, selected)

    def dealt(self, hashes: Mapping[str, str]) -> Mapping[str, str]:
        """Return the split of each case; empty where nothing is divided."""
        splits = self.selection.recipe.splits
        if not splits.shares:
            return self._by_source
        keys = list(hashes)
        for row, other, _ in near_pairs(list(hashes.values()), DISTANCE):
            self._together.join(keys[row], keys[other])
        groups = {case_id: self._together.group_of(case_id) for case_id in self._weights}
        return deal(groups, self._weights, splits.shares, splits.seed)

    def _join(self, case: Case, selected: Selected) -> None:
        self._weights[case.case_id] = len(selected.chosen) if self.selection.recipe.kind.per_image else 1
        for shared in shared_by(case):
            self._together.join(case.case_id, shared)
        for one in selected.chosen:
            self._together.join(case.case_id, str(one.image.object_key))
