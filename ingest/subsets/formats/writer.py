"""What a format can do, and files that are open one for each split."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TextIO

from ingest.subsets.item import Item
from ingest.subsets.recipe import Kind

BUFFER = 2**20  # bytes; each time that one is emptied, the threads that copy images are waited for


class FormatWriter(Protocol):
    """Writes the items of one data set in one format."""

    def write(self, item: Item) -> None:
        """Write an item."""
        ...

    def close(self) -> None:
        """End the files; nothing is written afterwards."""
        ...


class SplitTexts:
    """Text files, one for each split, opened when the split has its first item."""

    def __init__(self, path_of: Callable[[str], Path], *, newline: str | None = None) -> None:
        self._path_of = path_of
        self._newline = newline
        self._files: dict[str, TextIO] = {}

    def of(self, split: str) -> tuple[TextIO, bool]:
        """Return the file of a split, and whether it is new."""
        is_new = split not in self._files
        if is_new:
            path = self._path_of(split)
            path.parent.mkdir(parents=True, exist_ok=True)
            self._files[split] = path.open("w", BUFFER, encoding="utf-8", newline=self._newline)
        return self._files[split], is_new

    def items(self) -> list[tuple[str, TextIO]]:
        """Return the files that were opened, by split."""
        return list(self._files.items())

    def close(self) -> None:
        """Close all."""
        for file in self._files.values():
            file.close()


def row_of(item: Item, kind: Kind) -> dict[str, Any]:
    """Return an item as one flat row: where it is one image, with the values of that image beside its own."""
    row = {name: value for name, value in item.plain.items() if name != "images"}
    images = [{name: value for name, value in one.items() if name != "object_key"} for one in item.plain["images"]]
    if kind.per_image:
        return {**row, **images[0]}
    return row if kind is Kind.TEXT else {**row, "images": images}
