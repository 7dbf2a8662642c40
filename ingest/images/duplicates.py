"""Near-duplicate images, within cases, across cases and across splits; and splits checked for leaks.

An image's perceptual hash is the sign of the low frequencies of its cosine transform against their median (pHash).
We take 16 x 16 = 256 of them. With the usual 64 bits images of one layout, such as an axial head on black, come
nearer to each other than true copies do: of the pairs across cases in MedPix 2.0 (602 cases, 1,850 images) a true
one differs in 14 of 64 bits, as 2,161 others do or less, but in 36 of 256 bits, as none of them does.

References
----------
Zauner, Implementation and Benchmarking of Perceptual Image Hash Functions, 2010, section 3.2.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.case import Case
from ingest.errors import StorageError
from ingest.files import write_file
from ingest.images.objects import ObjectStore
from ingest.normalise.normalised import Rule
from ingest.progress import ProgressCallback, ignore_progress
from ingest.store.interface import DocumentStore

if TYPE_CHECKING:
    import numpy as np

HASH_SIDE = 16
DISTANCE = 48
"""Bits of 256. On MedPix 2.0 it finds 328 pairs within cases, neighbouring slices, and 3 across cases, of which
2 show the same image; of the 11 further ones up to 56 bits none does (all looked at)."""

METHOD = f"phash-{HASH_SIDE}x{HASH_SIDE}/1"
_PAIRS_AT_ONCE = 1_000_000  # a block then takes 10 MB and stays near the processor, however many images there are


@dataclass(frozen=True)
class DuplicatePair:
    """Two images that look alike: `distance` is the number of differing bits of their hashes."""

    image_id: str
    other_image_id: str
    case_id: str
    other_case_id: str
    split: str | None
    other_split: str | None
    distance: int

    @property
    def across_cases(self) -> bool:
        """Tell whether they belong to two cases."""
        return self.case_id != self.other_case_id

    @property
    def across_splits(self) -> bool:
        """Tell whether what is learnt from one is measured on the other."""
        return self.split != self.other_split and None not in (self.split, self.other_split)


class LeakKind(StrEnum):
    """How something that is measured on may have been learnt from."""

    CASE_IN_SEVERAL_SPLITS = "case in several splits"
    PATIENT_IN_SEVERAL_SPLITS = "patient in several splits"
    ARTICLE_IN_SEVERAL_SPLITS = "article in several splits"
    TOPIC_IN_SEVERAL_SPLITS = "topic in several splits"
    IMAGE_ACROSS_SPLITS = "near duplicate across splits"


@dataclass(frozen=True)
class Leak:
    """One leak between splits, with the ids that it is about."""

    kind: LeakKind
    ids: tuple[str, ...]
    splits: tuple[str, ...]


@dataclass(frozen=True)
class _StoredImage:
    """What is kept of an image while all are compared, whose cases would not all go into the memory."""

    image_id: str
    case_id: str
    split: str | None
    object_key: str


@dataclass(frozen=True)
class DuplicateReport:
    """Near duplicates in order of distance, and the leaks between splits."""

    images: int
    distance: int
    pairs: tuple[DuplicatePair, ...]
    leaks: tuple[Leak, ...]

    @property
    def across_cases(self) -> tuple[DuplicatePair, ...]:
        """The pairs that belong to two cases."""
        return tuple(pair for pair in self.pairs if pair.across_cases)


def find_duplicates(
    store: DocumentStore,
    objects: ObjectStore,
    cache: Path,
    *,
    distance: int = DISTANCE,
    on_progress: ProgressCallback = ignore_progress,
) -> DuplicateReport:
    """Compare the stored images of all live cases with one another.

    Parameters
    ----------
    cache : Path
        File that keeps hashes by object key from run to run; it may be deleted at any time.
    distance : int
        How many of the 256 bits may differ.
    """
    images: list[_StoredImage] = []
    found: list[Leak] = []
    for stored in store.cases():
        images += _stored_images(stored.case)
        found += leaks_of_case(stored.case)
    hashes = image_hashes(objects, [image.object_key for image in images], cache, on_progress=on_progress)
    near = near_pairs([hashes[image.object_key] for image in images], distance)
    pairs = [_pair(images[row], images[other], bits) for row, other, bits in near]
    pairs.sort(key=lambda pair: (pair.distance, pair.image_id, pair.other_image_id))
    found += (leak for pair in pairs for leak in leaks_of_pair(pair))
    return DuplicateReport(len(images), distance, tuple(pairs), tuple(found))


def leaks_of_case(case: Case) -> Iterator[Leak]:
    """Yield the leak of a case that the source puts into several splits."""
    entry = case.current_ledger.get("split")
    if entry is not None and entry.rule == Rule.TWO_SPLITS:
        yield Leak(LeakKind.CASE_IN_SEVERAL_SPLITS, (case.case_id,), tuple((entry.raw or "").split("; ")))


def leaks_of_pair(pair: DuplicatePair) -> Iterator[Leak]:
    """Yield the leak of two images that stand in two splits; an image is in the split of its case."""
    if pair.across_splits:
        splits = (str(pair.split), str(pair.other_split))
        yield Leak(LeakKind.IMAGE_ACROSS_SPLITS, (pair.image_id, pair.other_image_id), splits)


def _stored_images(case: Case) -> Iterator[_StoredImage]:
    for image in case.images:
        if image.object_key is not None:
            yield _StoredImage(image.image_id, case.case_id, case.split, image.object_key)


def _pair(one: _StoredImage, other: _StoredImage, bits: int) -> DuplicatePair:
    return DuplicatePair(
        one.image_id, other.image_id, one.case_id, other.case_id, one.split, other.split, distance=bits
    )


def image_hash(png: bytes) -> str:
    """Return the perceptual hash of a stored image as 64 hexadecimal digits."""
    import imagehash
    from PIL import Image

    with Image.open(BytesIO(png), formats=("PNG",)) as image:
        return str(imagehash.phash(image, hash_size=HASH_SIDE))


def image_hashes(
    objects: ObjectStore,
    keys: Iterable[str],
    cache: Path,
    *,
    of_all: bool = True,
    on_progress: ProgressCallback = ignore_progress,
) -> dict[str, str]:
    """Return the hash of each stored image by key; what the cache has is not computed again.

    Parameters
    ----------
    of_all : bool
        Whether these are all images that there are, so that the cache may forget the others.
    """
    known = _read_cache(cache)
    wanted = dict.fromkeys(keys)
    missing = [key for key in wanted if key not in known]
    on_progress(0, len(missing))
    for done, key in enumerate(missing, start=1):
        known[key] = image_hash(objects.read(key))
        on_progress(done, len(missing))
    if missing:
        _write_cache(cache, {key: known[key] for key in sorted(wanted if of_all else known)})
    return {key: known[key] for key in wanted}


def near_pairs(hashes: Sequence[str], distance: int) -> Iterator[tuple[int, int, int]]:
    """Yield the places of each two hashes that differ in at most so many bits, the lower place first, and the bits.

    Every hash is compared with every other, but most by the first half of their bits alone: where that half differs in
    more bits than may differ at all, the rest is not looked at.
    """
    import numpy as np

    if not hashes:
        return
    rows = _as_words(hashes)
    half = np.ascontiguousarray(rows[:, : rows.shape[1] // 2].T)
    rows_at_once = max(1, _PAIRS_AT_ONCE // len(rows))
    for start in range(0, len(rows), rows_at_once):
        block = slice(start, start + rows_at_once)
        of_half = reduce(np.add, (np.bitwise_count(word[block, None] ^ word[None, start:]) for word in half))
        first, second = np.nonzero(of_half <= distance)
        bits = np.bitwise_count(rows[start + first] ^ rows[start + second]).sum(axis=1, dtype=np.int64)
        for place in np.flatnonzero((bits <= distance) & (first < second)):
            yield int(start + first[place]), int(start + second[place]), int(bits[place])


def _as_words(hashes: Sequence[str]) -> np.ndarray:
    import numpy as np

    return np.frombuffer(bytes.fromhex("".join(hashes)), dtype=np.uint64).reshape(len(hashes), -1)


def _read_cache(path: Path) -> dict[str, str]:
    """Return the hashes of earlier runs; none where there is no such file, or it is damaged or of another method."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(kept, dict) or kept.get("method") != METHOD or not isinstance(kept.get("hashes"), dict):
        return {}
    return {key: value for key, value in kept["hashes"].items() if _is_hash(value)}


def _is_hash(value: object) -> bool:
    digits = HASH_SIDE * HASH_SIDE // 4
    return isinstance(value, str) and len(value) == digits and not set(value) - set("0123456789abcdef")


def _write_cache(path: Path, hashes: Mapping[str, str]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_file(path, json.dumps({"method": METHOD, "hashes": hashes}), private=True)
    except OSError as error:
        message = f"cannot write the hashes of images to {path}: {error.strerror}. Free space or allow writing."
        raise StorageError(message) from error
