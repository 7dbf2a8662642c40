"""Near-duplicate images and leaks between splits."""

from __future__ import annotations

import os
import random
from io import BytesIO
from pathlib import Path

import pytest
from case_factory import make_case, make_image
from PIL import Image, ImageDraw, ImageEnhance

import ingest.images.duplicates
from ingest.case import LedgerEntry
from ingest.images.decoding import decode_image
from ingest.images.duplicates import (
    DISTANCE,
    DuplicatePair,
    Leak,
    LeakKind,
    find_duplicates,
    image_hash,
    image_hashes,
    leaks_of_case,
    leaks_of_pair,
    near_pairs,
)
from ingest.images.objects import ObjectStore
from ingest.store.opening import open_store


@pytest.fixture(scope="session")
def phantoms(small_release: Path) -> list[bytes]:
    """Images of five regions, no two of them alike."""
    return [path.read_bytes() for path in sorted((small_release / "images").iterdir())]


def saved(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    stream = BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def jpeg(image: Image.Image) -> Image.Image:
    return Image.open(BytesIO(saved(image, "JPEG", quality=60)))


def half_size(image: Image.Image) -> Image.Image:
    return image.resize((image.width // 2, image.height // 2))


def brighter(image: Image.Image) -> Image.Image:
    return ImageEnhance.Brightness(image).enhance(1.2)


def with_a_name_on_it(image: Image.Image) -> Image.Image:
    marked = image.copy()
    ImageDraw.Draw(marked).text((4, image.height - 14), "Uploader, 2031-01-01", fill=255)
    return marked


@pytest.mark.parametrize("copied", [jpeg, half_size, brighter, with_a_name_on_it])
def test_a_changed_copy_of_an_image_is_near_it(phantoms, copied):
    for png in phantoms:
        image = Image.open(BytesIO(png)).convert("L")
        pair = [image_hash(png), image_hash(saved(copied(image)))]
        assert list(near_pairs(pair, DISTANCE)), copied.__name__


def test_different_images_are_not_near_each_other(phantoms):
    assert list(near_pairs([image_hash(png) for png in phantoms], DISTANCE)) == []


def test_pairs_agree_with_comparing_every_two_bit_by_bit():
    chance = random.Random(3)
    origin = chance.getrandbits(256)
    numbers = [origin ^ sum(1 << chance.randrange(256) for _ in range(chance.randrange(60))) for _ in range(150)]
    expected = [
        (row, other, (numbers[row] ^ numbers[other]).bit_count())
        for row in range(150)
        for other in range(row + 1, 150)
        if (numbers[row] ^ numbers[other]).bit_count() <= 40
    ]
    assert 100 < len(expected) < 150 * 149 / 2
    assert list(near_pairs([f"{number & (2**256 - 1):064x}" for number in numbers], 40)) == expected
    assert list(near_pairs([], 40)) == []


def test_copies_are_found_across_cases_and_splits(tmp_path, phantoms):
    objects = ObjectStore(tmp_path / "objects")
    first, copy, other = phantoms[0], saved(half_size(Image.open(BytesIO(phantoms[0])).convert("L"))), phantoms[1]
    keys = [objects.put(decode_image(png)) for png in (first, copy, other)]
    store = open_store("sqlite", tmp_path)
    cases = [
        make_case(number, split=split, images=(make_image(f"medpix2:MPX000{number}_a", object_key=key),))
        for number, (split, key) in enumerate(zip(("train", "dev", "dev"), keys, strict=True), start=1)
    ]
    lost = make_case(4, images=(make_image("medpix2:MPX0004_a", object_key=None),))
    with store.writer("reader") as writer:
        writer.write_cases([*cases, lost])
    seen: list[tuple[int, int]] = []
    report = find_duplicates(store, objects, tmp_path / "hashes.json", on_progress=lambda *done: seen.append(done))
    [pair] = report.pairs
    assert (pair.image_id, pair.other_image_id) == ("medpix2:MPX0001_a", "medpix2:MPX0002_a")
    assert (report.images, pair.across_cases, pair.across_splits, pair.distance <= DISTANCE) == (3, True, True, True)
    ids = ("medpix2:MPX0001_a", "medpix2:MPX0002_a")
    assert report.leaks == (Leak(LeakKind.IMAGE_ACROSS_SPLITS, ids, ("train", "dev")),)
    assert seen[-1] == (3, 3)
    store.close()


def test_a_case_in_several_splits_is_a_leak():
    entry = LedgerEntry("split", "train; dev", "listed in several splits", "dev", conflict=True)
    one, other = make_case(1, split="dev", ledger=(entry,)), make_case(2, split="dev")
    assert list(leaks_of_case(other)) == []
    assert list(leaks_of_case(one)) == [Leak(LeakKind.CASE_IN_SEVERAL_SPLITS, ("medpix2:MPX0001",), ("train", "dev"))]


@pytest.mark.parametrize(("split", "other"), [("train", "train"), (None, "dev"), ("train", None), (None, None)])
def test_images_of_one_split_or_of_none_do_not_leak(split, other):
    assert list(leaks_of_pair(DuplicatePair("a", "b", "A", "B", split, other, 0))) == []


def test_hashes_are_computed_once_and_again_where_the_cache_is_damaged(tmp_path, phantoms, monkeypatch):
    objects = ObjectStore(tmp_path / "objects")
    keys = [objects.put(decode_image(png)) for png in phantoms[:2]]
    cache = tmp_path / "hashes.json"
    first = image_hashes(objects, keys, cache)
    with monkeypatch.context() as patch:
        patch.setattr(ingest.images.duplicates, "image_hash", lambda _: pytest.fail("an image was hashed again"))
        assert image_hashes(objects, keys, cache) == first
    for damage in (
        "",
        "{",
        "[]",
        '{"method": "another", "hashes": {}}',
        cache.read_text().replace(first[keys[0]], "x"),
    ):
        cache.write_text(damage)
        assert image_hashes(objects, keys, cache) == first
    assert image_hashes(objects, keys, cache) == first


@pytest.mark.skipif(
    not os.environ.get("CASEGRAPH_MEDPIX2"), reason="CASEGRAPH_MEDPIX2 does not name a folder with MedPix 2.0"
)
def test_the_two_images_that_stand_in_two_cases_of_the_release_are_found():
    images = Path(os.environ["CASEGRAPH_MEDPIX2"]) / "images"
    same = [("MPX1135_synpic16706", "MPX1683_synpic16676"), ("MPX1601_synpic39460", "MPX2518_synpic39512")]
    for pair in same:
        hashes = [image_hash((images / f"{name}.png").read_bytes()) for name in pair]
        assert list(near_pairs(hashes, DISTANCE))
