"""Snapshots: what is written is read back, and nothing damaged, foreign or unsound is ever used."""

from __future__ import annotations

import json
import os
import random
import stat
from pathlib import Path

import numpy as np
import pytest
from search_cases import WordEncoder, unit

from ingest.errors import DamagedFile, InputError, StaleProjection, StorageError
from ingest.remedies import Remedy, RemedyAction
from rag.index import snapshot as snapshot_module
from rag.index.interface import VectorRow
from rag.index.snapshot import load_snapshot, read_manifest, write_snapshot

ENCODER = WordEncoder(dimension=8)


def some_vectors(n: int, seed: int = 0) -> np.ndarray:
    rows = np.random.default_rng(seed).standard_normal((n, 8))
    return np.array([unit(row) for row in rows], dtype=np.float32).reshape(n, 8)


def some_rows(n: int) -> list[VectorRow]:
    return [VectorRow(f"v{place}", f"c{place // 2}", f"key{place}") for place in range(n)]


def write(folder: Path, n: int = 6, sequence: int = 3, seed: int = 0) -> str:
    return write_snapshot(folder, some_rows(n), some_vectors(n, seed), encoder=ENCODER, sequence=sequence)


def test_a_snapshot_is_read_back_as_it_was_written(tmp_path):
    name = write(tmp_path)
    found = load_snapshot(tmp_path, ENCODER)
    assert found.name == name
    assert found.rows == tuple(some_rows(6))
    assert np.array_equal(found.vectors, some_vectors(6))
    state = found.manifest.state
    assert (state.encoder, state.sequence, state.count) == ("words", 3, 6)
    assert read_manifest(tmp_path) == found.manifest


def test_a_manifest_is_written_as_the_first_version_wrote_it(tmp_path):
    name = write(tmp_path)
    told = json.loads((tmp_path / name / "manifest.json").read_bytes())
    digests, sizes = told.pop("sha256"), told.pop("size_bytes")
    assert digests.keys() == sizes.keys() == {"vectors.npy", "rows.json"}
    assert told == {
        "encoder": "words",
        "fingerprint": ENCODER.fingerprint,
        "dimension": 8,
        "metric": "inner product of unit vectors",
        "sequence": 3,
        "count": 6,
        "format_version": 1,
    }


def test_a_folder_without_snapshot_has_none(tmp_path):
    assert load_snapshot(tmp_path / "nowhere", ENCODER) is None
    assert read_manifest(tmp_path) is None


def test_a_new_snapshot_replaces_the_old_one_and_sweeps_what_was_left_over(tmp_path):
    first = write(tmp_path, seed=1)
    (tmp_path / ".writing-1-a").mkdir()
    (tmp_path / ".writing-2-b").write_bytes(b"x")
    (tmp_path / "notes.txt").write_text("of the user")
    second = write(tmp_path, seed=2)
    assert first != second
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["CURRENT", "notes.txt", second])


def test_a_snapshot_without_vectors_is_one(tmp_path):
    write(tmp_path, n=0)
    assert load_snapshot(tmp_path, ENCODER).vectors.shape == (0, 8)


def test_t26_two_vectors_of_one_id_are_refused(tmp_path):
    rows = [VectorRow("same", "c", "a"), VectorRow("same", "c", "b")]
    with pytest.raises(InputError, match="'same' occurs 2 times"):
        write_snapshot(tmp_path, rows, some_vectors(2), encoder=ENCODER, sequence=1)
    assert load_snapshot(tmp_path) is None


@pytest.mark.parametrize("bad", [np.nan, np.inf, 0.0, 2.0])
def test_t26_a_vector_that_is_no_finite_unit_vector_is_refused(tmp_path, bad):
    vectors = some_vectors(3)
    vectors[1] *= bad
    with pytest.raises(InputError, match=r"'v1' \(row 1\) has length"), np.errstate(all="ignore"):
        write_snapshot(tmp_path, some_rows(3), vectors, encoder=ENCODER, sequence=1)


def test_t26_vectors_of_another_dimension_or_type_are_refused(tmp_path):
    for vectors in (some_vectors(3)[:, :4], some_vectors(2), some_vectors(3).astype(np.float64)):
        with pytest.raises(InputError, match="expected"):
            write_snapshot(tmp_path, some_rows(3), vectors, encoder=ENCODER, sequence=1)


def test_t25_another_encoder_of_equal_dimension_is_refused(tmp_path):
    write(tmp_path)
    with pytest.raises(StaleProjection, match=r"Rebuild them\.$") as refused:
        load_snapshot(tmp_path, WordEncoder("other", 8))
    assert refused.value.remedy == Remedy(RemedyAction.REBUILD_INDEX)


MUTATIONS = 2000


def mutated(data: bytes, dice: random.Random) -> bytes:
    """Flip a bit, cut off the end, lengthen, or overwrite or exchange a piece: what disks and copies do to files."""
    changed = bytearray(data)
    place, length = dice.randrange(len(data)), dice.randint(1, 64)
    kind = dice.randrange(5)
    if kind == 0:
        changed[place] ^= 1 << dice.randrange(8)
    elif kind == 1:
        del changed[place:]
    elif kind == 2:
        changed[place:place] = dice.randbytes(length)
    elif kind == 3:
        changed[place : place + length] = bytes(len(changed[place : place + length]))
    else:
        changed[place : place + length] = dice.randbytes(len(changed[place : place + length]))
    return bytes(changed)


def test_t23_no_mutation_of_any_file_is_ever_served(tmp_path):
    write(tmp_path, n=3)
    dice = random.Random(5)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == 4
    whole = {file: file.read_bytes() for file in files}
    made = 0
    while made < MUTATIONS:
        file = dice.choice(files)
        damaged = mutated(whole[file], dice)
        if damaged == whole[file]:  # zeros over zeros
            continue
        made += 1
        file.write_bytes(damaged)
        with pytest.raises(DamagedFile, match=r"Rebuild the vectors\.$") as refused:
            load_snapshot(tmp_path, ENCODER)
        assert refused.value.remedy == Remedy(RemedyAction.REBUILD_INDEX)
        file.write_bytes(whole[file])
    assert load_snapshot(tmp_path, ENCODER).manifest.state.count == 3


def test_t20_killed_at_any_point_a_build_leaves_a_whole_snapshot_and_the_next_sweeps_what_it_left(nursery, tmp_path):
    write(tmp_path / "counted", seed=1)
    calls = nursery.run("snapshot", tmp_path / "counted", kind="write").counted["write"]
    assert calls > 10
    for kill_at in range(1, calls):
        folder = tmp_path / str(kill_at)
        before = write(folder, seed=1)
        assert nursery.run("snapshot", folder, kill_at=kill_at, kind="write").killed
        found = load_snapshot(folder, ENCODER)
        assert len(found.rows) == len(found.vectors) == (6 if found.name == before else 9)
        after = write(folder, seed=3)
        assert sorted(path.name for path in folder.iterdir()) == sorted(["CURRENT", after])


def test_a_missing_file_is_damage(tmp_path):
    name = write(tmp_path)
    (tmp_path / name / "vectors.npy").unlink()
    with pytest.raises(DamagedFile, match=r"vectors\.npy"):
        load_snapshot(tmp_path, ENCODER)


def test_current_may_not_point_outside_its_folder(tmp_path):
    write(tmp_path / "inside")
    write(tmp_path / "outside")
    (tmp_path / "inside" / "CURRENT").write_text("snapshot-/../../outside")
    with pytest.raises(DamagedFile, match="CURRENT' is missing or not as it was written"):
        load_snapshot(tmp_path / "inside", ENCODER)


@pytest.mark.parametrize("failing_flush", range(6))  # three files, their folder, the folder of all, CURRENT
def test_t13_a_full_disk_leaves_the_previous_snapshot_in_use(tmp_path, monkeypatch, failing_flush):
    first = write(tmp_path, seed=1)
    flush, count = os.fsync, iter(range(9))

    def full_disk(handle):
        if next(count) == failing_flush:
            if stat.S_ISREG(os.fstat(handle).st_mode):
                os.ftruncate(handle, os.fstat(handle).st_size // 2)
            raise OSError(28, "No space left on device")
        flush(handle)

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(StorageError, match="No space left"):
        write(tmp_path, seed=2)
    assert load_snapshot(tmp_path, ENCODER).name == first


def test_a_reader_that_meets_a_swap_reads_the_new_snapshot(tmp_path, monkeypatch):
    write(tmp_path, seed=1)
    load, new_names = snapshot_module._load, []

    def load_after_a_swap(current, encoder):
        if not new_names:
            new_names.append(write(tmp_path, seed=2))
        return load(current, encoder)

    monkeypatch.setattr(snapshot_module, "_load", load_after_a_swap)
    assert load_snapshot(tmp_path, ENCODER).name == new_names[0]
