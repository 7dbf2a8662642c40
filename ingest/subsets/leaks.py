"""The check for leaks: what of a written data set stands in two of its splits, by name."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from os.path import isfile
from pathlib import Path
from typing import Any

from ingest.errors import DamagedFile
from ingest.images.duplicates import DISTANCE, Leak, LeakKind, near_pairs
from ingest.store.stored_form import fold
from ingest.subsets.item import Item

LEDGER = "items.jsonl"
"""File of a written data set with a line for each item: where it is from, and what it must not share with others."""

_KINDS = {
    "case_id": LeakKind.CASE_IN_SEVERAL_SPLITS,
    "patient_id": LeakKind.PATIENT_IN_SEVERAL_SPLITS,
    "article_id": LeakKind.ARTICLE_IN_SEVERAL_SPLITS,
    "topic": LeakKind.TOPIC_IN_SEVERAL_SPLITS,
}
_OF_ITEM = ("item_id", "split", "case_id", "patient_id", "article_id", "topic", "label", "licence", "citation")


def ledger_row(item: Item, hashes: Mapping[str, str]) -> dict[str, Any]:
    """Return the line of an item."""
    images = [
        {
            "image_id": image.image_id,
            "file": image.file,
            "sha256": image.sha256,
            "perceptual_hash": hashes.get(image.object_key),
        }
        for image in item.images
    ]
    return {**{name: getattr(item, name) for name in _OF_ITEM}, "images": images}


@dataclass
class LeakCheck:
    """Sees the lines of a ledger one by one; remembers the split of each name and of each image's hash."""

    _split_of: dict[tuple[str, str], str] = field(default_factory=dict)
    _images: dict[tuple[str, str], str] = field(default_factory=dict)
    _leaks: dict[tuple[LeakKind, str], set[str]] = field(default_factory=dict)

    def see(self, row: Mapping[str, Any]) -> None:
        """Take a line into account."""
        for name, kind in _KINDS.items():
            value = row[name] and fold(row[name].strip())
            if value:
                self._remember(kind, name, value, row)
        for image in row["images"]:
            if image["perceptual_hash"]:
                self._images.setdefault((image["perceptual_hash"], row["split"]), image["image_id"])

    def leaks(self) -> tuple[Leak, ...]:
        """Return the leaks, those of one kind together; near duplicates are compared only now."""
        named = [Leak(kind, (name,), tuple(sorted(splits))) for (kind, name), splits in self._leaks.items()]
        return (*sorted(named, key=lambda leak: (leak.kind, leak.ids)), *self._near())

    def _remember(self, kind: LeakKind, name: str, value: str, row: Mapping[str, Any]) -> None:
        known = self._split_of.setdefault((name, value), row["split"])
        if known != row["split"]:
            self._leaks.setdefault((kind, row[name]), {known}).add(row["split"])

    def _near(self) -> Iterator[Leak]:
        if len({split for _, split in self._images}) < 2:
            return
        images = list(self._images.items())
        for row, other, _ in near_pairs([digits for (digits, _), _ in images], DISTANCE):
            ((_, split), image_id), ((_, other_split), other_id) = images[row], images[other]
            if split != other_split:
                yield Leak(LeakKind.IMAGE_ACROSS_SPLITS, (image_id, other_id), (split, other_split))


def leaks_of(rows: Iterable[Mapping[str, Any]]) -> tuple[Leak, ...]:
    """Return the leaks between the splits of the items that these lines are of."""
    check = LeakCheck()
    for row in rows:
        check.see(row)
    return check.leaks()


def read_ledger(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines of a written data set's ledger, each image file looked for.

    Raises
    ------
    DamagedFile
        If a line cannot be read, or an image file is not there.
    """
    has_images = (folder / "images").is_dir()
    with (folder / LEDGER).open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                row = json.loads(line)
            except ValueError as error:
                raise DamagedFile(f"line {number} of {folder / LEDGER} cannot be read. Write it again.") from error
            files = [image["file"] for image in row["images"]] if has_images else []
            if missing := [file for file in files if not isfile(f"{folder}/{file}")]:  # noqa: PTH113  many, and quicker
                raise DamagedFile(f"the data set in {folder} lacks the file {missing[0]}. Write it again.")
            yield row
