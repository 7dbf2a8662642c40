import errno
import hashlib
import os
import random
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from image_bytes import encoded, ramp

from ingest.errors import DamagedFile, InputError, RejectedFile, StorageError
from ingest.images.decoder import read_regular_file
from ingest.images.decoding import decode_image
from ingest.images.objects import ObjectStore


@pytest.fixture
def objects(tmp_path):
    return ObjectStore(tmp_path / "workspace" / "objects")


@pytest.fixture(scope="module")
def image():
    return decode_image(encoded(ramp()))


def inodes(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_an_image_is_stored_under_the_digest_of_its_png(objects, image):
    object_key = objects.put(image)
    digest = hashlib.sha256(image.png).hexdigest()
    assert object_key == f"{digest[:2]}/{digest}.png"
    assert objects.read(object_key) == objects.path(object_key).read_bytes() == image.png
    assert objects.path(object_key) == objects.folder / object_key


def test_storing_twice_writes_once(objects, image):
    object_key = objects.put(image)
    before = objects.path(object_key).stat()
    assert objects.put(image) == object_key
    assert objects.path(object_key).stat().st_ino == before.st_ino
    assert len(inodes(objects.folder)) == 2


def test_keys_are_sorted_and_other_files_are_none(objects):
    keys = {objects.put(decode_image(encoded(np.roll(ramp(), turn)))) for turn in range(8)}
    (objects.folder / "ab").mkdir(exist_ok=True)
    (objects.folder / "ab" / "note.png").write_text("mine")
    (objects.folder / "ab" / ".writing-x").write_text("left by a crash")
    assert list(objects.keys()) == sorted(keys)


def test_an_empty_store_has_no_keys(objects):
    assert list(objects.keys()) == []


def test_a_damaged_file_is_not_served_and_storing_again_mends_it(objects, image):
    object_key = objects.put(image)
    objects.path(object_key).write_bytes(image.png[:-1] + b"x")
    with pytest.raises(DamagedFile, match="damaged"):
        objects.read(object_key)
    objects.put(image)
    assert objects.read(object_key) == image.png


def test_a_missing_file_is_named(objects, image):
    object_key = objects.put(image)
    objects.path(object_key).unlink()
    with pytest.raises(DamagedFile, match=object_key):
        objects.read(object_key)


def test_many_threads_storing_one_image_leave_one_file(objects, image):
    threads = [threading.Thread(target=objects.put, args=(image,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(inodes(objects.folder)) == 2


# --- T5: names from outside


def hostile_names(count):
    """Names that leave a folder, cannot be a file, or are nearly a key."""
    chance = random.Random(20_260_103)
    good = "ab/ab" + "0" * 62 + ".png"
    whole = ["../../x", "/abs", "a/../../b", "..", ".", "", "x" * 300, "..\\..\\x", "C:\\x", "CON", "nul.png", "a\0b"]
    whole += ["/etc/passwd", "~/x", "file:///etc/passwd", "//host/share", "\u202egnp.x", "\ud800", "ab/" + "." * 64]
    whole += [f"{good}\n", f" {good}", f"{good}/../../x", f"../{good}", good.upper(), good.replace("/", "\\")]
    whole += [good.replace("ab/", "cd/"), good.replace("0", "\u0660"), good[:-4], good + "\0", "/" + good, good * 2]
    parts = ["..", "/", "\\", "\0", ".", "ab", "\n", "%2e%2e", "\u2215", "~", "$HOME", ":", "aux", " ", "ab0", ".png"]
    made = ["".join(chance.choices(parts, k=chance.randint(1, 40))) for _ in range(count - len(whole))]
    return whole + made


def test_t5_ten_thousand_hostile_names_leave_every_file_below_the_folder(tmp_path, image, monkeypatch):
    root = tmp_path / "root"
    root.mkdir()
    monkeypatch.chdir(root)
    objects = ObjectStore(root / "objects")
    names = hostile_names(10_000)
    assert len(names) == 10_000
    for name in names:
        with pytest.raises(InputError, match="is not an image key"):
            objects.path(name)
        with pytest.raises(InputError, match="is not an image key"):
            objects.read(name)
    object_key = objects.put(image)
    assert inodes(tmp_path) == sorted(
        ["root", "root/objects", f"root/objects/{object_key[:2]}", f"root/objects/{object_key}"]
    )


def test_t5_a_hostile_name_of_a_source_file_is_refused_or_its_content_alone_is_stored(tmp_path):
    images, objects = tmp_path / "images", ObjectStore(tmp_path / "objects")
    images.mkdir()
    (tmp_path / "x").write_bytes(encoded(ramp()))
    keys = set()
    for name in hostile_names(500):
        try:
            keys.add(objects.put(decode_image(read_regular_file(images / name))))
        except RejectedFile:
            continue
    assert len(keys) <= 1
    assert {name.split("/")[0] for name in inodes(tmp_path)} <= {"images", "objects", "x"}


# --- T13: full or read-only disk


@pytest.mark.parametrize("call", ["open", "fdopen", "fsync", "replace", "fsync of the folder"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO])
def test_t13_a_failed_write_names_the_path_and_leaves_nothing_half_written(objects, image, monkeypatch, call, code):
    kept = objects.put(decode_image(encoded(np.roll(ramp(), 5))))
    before = {name for name in inodes(objects.folder) if name.endswith(".png")}
    calls = []

    def fail(*arguments, **options):
        calls.append(arguments)
        if call == "fsync of the folder" and len(calls) == 1:
            return None
        raise OSError(code, os.strerror(code))

    if call in ("open", "fdopen"):
        monkeypatch.setattr(os, call, fail)
    elif call == "replace":
        monkeypatch.setattr(Path, "replace", fail)
    else:
        monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(StorageError, match="image file") as failure:
        objects.put(image)
    monkeypatch.undo()
    assert str(objects.folder) in str(failure.value)
    assert os.strerror(code) in str(failure.value)
    after = {name for name in inodes(objects.folder) if not (objects.folder / name).is_dir()}
    new = after - before
    # once renamed the file is whole, and only its flush to the disk is in doubt
    assert len(new) == (1 if call == "fsync of the folder" else 0)
    assert objects.read(kept)
    object_key = objects.put(image)
    assert objects.read(object_key) == image.png


@pytest.mark.parametrize("failing", range(1, 6))
def test_t13_the_disk_is_full_at_the_nth_write(objects, monkeypatch, failing):
    images = [decode_image(encoded(np.roll(ramp(), turn))) for turn in range(5)]
    real, count = os.fsync, 0

    def full_at_nth(handle):
        nonlocal count
        count += 1
        if count == 2 * failing - 1:  # each image flushes its file, then its folder
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(handle)

    monkeypatch.setattr(os, "fsync", full_at_nth)
    with pytest.raises(StorageError, match=os.strerror(errno.ENOSPC)):
        list(map(objects.put, images))
    stored = list(objects.keys())
    assert len(stored) == failing - 1
    assert all(objects.read(object_key) for object_key in stored)
    assert not list(objects.folder.rglob(".writing-*"))


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX limit")
def test_t13_a_file_larger_than_the_quota_leaves_nothing(objects, image):
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(image.png) // 2, hard))
    try:
        with pytest.raises(StorageError, match=r"[Ff]ile too large"):
            objects.put(image)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [path for path in objects.folder.rglob("*") if path.is_file()] == []


def test_t13_a_file_where_the_folder_should_be_is_named(tmp_path, image):
    (tmp_path / "objects").write_text("not a folder")
    with pytest.raises(StorageError, match="objects"):
        ObjectStore(tmp_path / "objects").put(image)
