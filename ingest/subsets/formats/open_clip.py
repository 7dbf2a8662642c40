"""open_clip: a table with the columns ``filepath`` and ``title``, divided by tabs, as ``--dataset-type csv`` reads it.

Licence and citation stand behind them, in columns that open_clip passes over.
Paths count from the folder of the data set, which is where the training is to be started.
"""

from __future__ import annotations

import csv
from pathlib import Path

from ingest.subsets.formats.writer import SplitTexts
from ingest.subsets.item import Item

COLUMNS = ("filepath", "title", "licence", "citation")


class OpenClip:
    """``open_clip/<split>.csv``. An image without words has no row; `left_out` counts them."""

    def __init__(self, folder: Path) -> None:
        self._files = SplitTexts(lambda split: folder / "open_clip" / f"{split}.csv", newline="")
        self.left_out = 0

    def write(self, item: Item) -> None:
        """Write a row: the caption, or the class where there is one, on one line."""
        image = item.images[0]
        words = _on_one_line(item.label or image.caption or "")
        if not words:
            self.left_out += 1
            return
        file, is_new = self._files.of(item.split)
        rows = csv.writer(file, delimiter="\t", lineterminator="\n")
        if is_new:
            rows.writerow(COLUMNS)
        rows.writerow((image.file, words, item.licence, _on_one_line(item.citation)))

    def close(self) -> None:
        """End the files."""
        self._files.close()


def _on_one_line(text: str) -> str:
    return " ".join(text.split())
