"""How much of the text that is burned into images is found: drawn into real images, and the same images without.

Of each split 100 images, as many of the one as of the other kind. All images of MedPix bear its name above and who
uploaded them below, so only their middle is taken. Two cases have middles with a text of their own ("A145"): they were
found by looking at what the program pointed at, and are left out. Text is found where the middle of a row of letters
lies in its box. The thresholds of `ingest.images.burned_in` were chosen on train; what counts is dev.

Usage: CASEGRAPH_MEDPIX2=folder python -m benchmarks.quality_burned_in
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.drawn_text import CONTRASTS, SIZES_PX, Drawn, draw_text
from benchmarks.medpix2 import release_folder
from benchmarks.record import append_row, share_with_interval
from ingest.images.boxes import Box
from ingest.images.burned_in import rows_of_letters
from ingest.sources.medpix2 import read_cases, read_release
from ingest.vocabulary import Depiction

COUNT = 100
MIDDLE = (0.03, 0.14, 0.97, 0.80)  # left, top, right, bottom of it, as shares of the sides
MIN_SIDE_PX = 160
WITH_TEXT_OF_THEIR_OWN = frozenset({"MPX1793", "MPX2607"})
SEEDS = {"train": 0, "dev": 1}


def main() -> None:
    """Append the rows of both splits."""
    folder = release_folder()
    for split, seed in SEEDS.items():
        random = np.random.default_rng(seed)
        middles = _middles(folder, split, random)
        drawn = [draw_text(levels, random) for levels in middles]
        _record(split, "all", [_is_found(one) for one in drawn])
        for size in SIZES_PX:
            _record(split, f"{size} px", [_is_found(one) for one in drawn if one.size_px == size])
        for contrast in CONTRASTS:
            _record(split, f"{contrast} levels", [_is_found(one) for one in drawn if one.contrast == contrast])
        _record(split, "none", [bool(rows_of_letters(levels)) for levels in middles])


def _is_found(drawn: Drawn) -> bool:
    return any(_middle_in(row, drawn.box) for row in rows_of_letters(drawn.levels))


def _middle_in(row: Box, box: Box) -> bool:
    across, down = (row.left + row.right) / 2, (row.top + row.bottom) / 2
    return box.left <= across <= box.right and box.top <= down <= box.bottom


def _record(split: str, text: str, told: Sequence[bool]) -> None:
    """Append of how many images it is told that they bear text, for one kind of text."""
    share, low, high = share_with_interval(sum(told), len(told))
    append_row("quality_burned_in", split=split, text=text, n=len(told), told=sum(told), share=round(share, 3),
               low=round(low, 3), high=round(high, 3))  # fmt: skip


def _middles(folder: Path, split: str, random: np.random.Generator) -> list[np.ndarray]:
    names = [
        image.image_id.partition(":")[2]
        for case in read_cases(read_release(folder))
        for image in (case.images if case.split == split and case.short_id not in WITH_TEXT_OF_THEIR_OWN else ())
        if image.depiction is not Depiction.MONTAGE
    ]
    drawn = random.permutation(sorted(names))
    return _first(_large_enough(folder / "images" / f"{name}.png" for name in drawn), COUNT)


def _large_enough(paths: Iterable[Path]) -> Iterable[np.ndarray]:
    for path in paths:
        if path.is_file():
            levels = _middle(path)
            if min(levels.shape) >= MIN_SIDE_PX:
                yield levels


def _first(middles: Iterable[np.ndarray], count: int) -> list[np.ndarray]:
    return [middle for _, middle in zip(range(count), middles, strict=False)]


def _middle(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        width, height = image.size
        left, top, right, bottom = MIDDLE
        box = (int(left * width), int(top * height), int(right * width), int(bottom * height))
        return np.asarray(image.convert("L").crop(box))


if __name__ == "__main__":
    main()
