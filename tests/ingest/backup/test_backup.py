"""A backup is one moment of the documents, whole, from any engine into any other; a damaged one writes nothing."""

from __future__ import annotations

import hashlib
import io
import json
import random
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import pytest
from case_factory import make_case, make_image, varied_cases
from release_folder import noise_png

from ingest.backup.form import FORMAT, MANIFEST
from ingest.backup.restore import check_backup, read_manifest, restore_backup
from ingest.backup.write import Kept, write_backup
from ingest.errors import BusyError, CaseGraphError, DamagedFile, InputError, StorageError
from ingest.images.decoding import decode_image
from ingest.images.objects import ObjectStore
from ingest.store.interface import DocumentStore, Quarantined
from ingest.store.opening import open_store

ENCODERS = {"image_encoder": "compact", "text_encoder": "mine"}
ENGINES = [
    ("sqlite", "sqlite"),
    pytest.param(("sqlite", "mongodb"), marks=pytest.mark.engine),
    pytest.param(("mongodb", "sqlite"), marks=pytest.mark.engine),
]
ABSENT = make_image("any").object_key  # what the varied cases name


@pytest.fixture
def open_in(tmp_path: Path) -> Iterator[Callable[[str, str], DocumentStore]]:
    with ExitStack() as opened:

        def open_one(address: str, folder: str) -> DocumentStore:
            store = open_store(address, tmp_path / folder)
            opened.callback(store.close)
            return store

        yield open_one


@pytest.fixture
def store(open_in) -> DocumentStore:
    return open_in("sqlite", "workspace")


@pytest.fixture
def kept(store: DocumentStore, tmp_path: Path) -> Kept:
    return filled(store, tmp_path / "workspace")


def filled(store: DocumentStore, folder: Path) -> Kept:
    """Fill a workspace with everything that one may hold."""
    objects = ObjectStore(folder / "objects")
    keys = [objects.put(decode_image(noise_png(number))) for number in range(4)]
    pictured = make_case(
        7, images=(make_image("MPX0007_a", object_key=keys[0]), make_image("MPX0007_b", object_key=keys[1]))
    )
    cut = make_case(
        8, images=(make_image("MPX0008_a", object_key=keys[2], derived_from=keys[3], crop_box_px=(0, 0, 4, 4)),)
    )
    gone, changed = make_case(900), make_case(901)
    with store.writer("first") as writer:
        writer.write_cases([*varied_cases(30), pictured, cut, gone, changed])
        writer.write_cases([replace(changed, diagnosis="Bladder stone")])
        writer.delete_case(gone.case_id)
        writer.save_record("saved-query", "ours", {"query": "modality=MR"})
        writer.save_record("draft", "D1", {"text": "é 𝔸 \u2028"})
        writer.replace_quarantine("medpix2", [Quarantined("k1", "medpix2", "case 3", "no id", "{}")])
        writer.replace_quarantine("pmc", [Quarantined("k1", "pmc", "a.xml", "no patient", "<a/>")])
    for name in ("originals/origins/note.json", "models/mine/model.safetensors", "models/fitted.json"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode())
    (folder / "models/mine/.writing-1-abc").write_bytes(b"half")
    return Kept(store, objects, folder, ENCODERS)


def everything(store: DocumentStore) -> tuple[object, ...]:
    records = {kind: store.records(kind) for kind in store.record_kinds()}
    return store.content_digest(), [stored.case for stored in store.cases()], records, store.quarantined()


@pytest.mark.parametrize("engines", ENGINES)
def test_a_backup_restored_into_any_engine_says_the_same(engines, request, open_in, tmp_path):
    addresses = ["sqlite" if name == "sqlite" else request.getfixturevalue("mongodb_address") for name in engines]
    source, target = open_in(addresses[0], "workspace"), open_in(addresses[1], "restored")
    kept = filled(source, tmp_path / "workspace")
    written = write_backup(kept, tmp_path / "a.zip")
    assert check_backup(tmp_path / "a.zip") == written
    assert restore_backup(tmp_path / "a.zip", target, tmp_path / "restored", actor="tester") == written
    assert everything(target) == everything(source)
    assert target.lost_changes() == []
    assert not target.has("medpix2:MPX0900")
    objects = ObjectStore(tmp_path / "restored" / "objects")
    assert list(objects.keys()) == list(kept.objects.keys())
    assert all(objects.read(key) == kept.objects.read(key) for key in list(objects.keys()))
    names = sorted(path.relative_to(tmp_path / "restored").as_posix() for path in files_below(tmp_path / "restored"))
    assert [name for name in names if name.startswith(("models", "originals"))] == [
        "models/mine/model.safetensors",
        "originals/origins/note.json",
    ]


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_the_manifest_says_what_there_is(kept, tmp_path):
    manifest = write_backup(kept, tmp_path / "a.zip")
    assert (manifest.cases, manifest.images, manifest.records, manifest.quarantined) == (33, 4, 2, 2)
    assert manifest.sequence == kept.store.sequence()
    assert manifest.content_digest == kept.store.content_digest()
    assert manifest.encoders == ENCODERS
    assert manifest.missing_images == (ABSENT,)
    assert read_manifest(tmp_path / "a.zip") == manifest


def test_models_stay_behind_where_they_are_not_wanted(kept, tmp_path):
    manifest = write_backup(kept, tmp_path / "a.zip", models=False)
    assert [name for name in manifest.members if name.startswith("models/")] == []
    assert [name for name in manifest.members if name.startswith("originals/")] == ["originals/origins/note.json"]


def test_progress_ends_with_all_images_of_a_backup_and_all_members_of_a_check(kept, tmp_path):
    told: list[tuple[int, int]] = []
    write_backup(kept, tmp_path / "a.zip", on_progress=lambda done, total: told.append((done, total)))
    assert told == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]
    told.clear()
    check_backup(tmp_path / "a.zip", lambda done, total: told.append((done, total)))
    assert told == [(done, 9) for done in range(10)]  # 3 texts, 4 images, an original, a model


def test_t29_a_backup_made_while_cases_are_written_is_one_moment_of_them(store, tmp_path):
    folder, began, enough = tmp_path / "workspace", Event(), Event()
    moments: dict[int, str] = {}

    def write_on() -> None:
        numbers = random.Random(29)
        with store.writer("ingest") as writer:
            for turn in range(100_000):
                number = numbers.randrange(300)
                case = make_case(number, diagnosis=f"Diagnosis {turn}")
                if turn % 7 == 6 and store.has(case.case_id):
                    writer.delete_case(case.case_id)
                else:
                    writer.write_cases([case])
                moments[store.sequence()] = store.content_digest()
                began.set()
                if enough.is_set():
                    return

    thread = Thread(target=write_on)
    thread.start()
    began.wait()
    sequences: set[int] = set()
    try:
        for number in range(8):
            path = tmp_path / f"{number}.zip"
            manifest = write_backup(Kept(store, ObjectStore(folder / "objects"), folder, ENCODERS), path)
            sequences.add(manifest.sequence)
    finally:
        enough.set()
        thread.join()
    assert len(sequences) > 1
    for number in range(8):
        manifest = read_manifest(tmp_path / f"{number}.zip")
        assert manifest.content_digest == moments[manifest.sequence]
        target = open_store("sqlite", tmp_path / f"restored-{number}")
        restore_backup(tmp_path / f"{number}.zip", target, tmp_path / f"restored-{number}", actor="tester")
        assert target.content_digest() == manifest.content_digest
        target.close()


def test_a_number_that_a_crash_spent_on_no_change_is_waited_for_by_nobody(kept, tmp_path):
    class Spent:
        def __init__(self, store: DocumentStore) -> None:
            self._store = store

        def __getattr__(self, name: str):
            return getattr(self._store, name)

        def sequence(self) -> int:
            return self._store.sequence() + 2

    manifest = write_backup(replace(kept, store=Spent(kept.store)), tmp_path / "a.zip")
    assert (manifest.sequence, manifest.cases) == (kept.store.sequence() + 2, 33)
    assert manifest.content_digest == kept.store.content_digest()


def test_who_writes_without_a_pause_is_waited_for_no_longer_than_that(kept, tmp_path, monkeypatch):
    class Restless:
        def __init__(self, store: DocumentStore) -> None:
            self._store, self._number = store, 0

        def __getattr__(self, name: str):
            return getattr(self._store, name)

        def quarantined(self):
            self._number += 1
            with self._store.writer("busy") as writer:
                writer.write_cases([make_case(3000 + self._number)])
            return self._store.quarantined()

    monkeypatch.setattr("ingest.backup.write.MAX_ROUNDS", 5)
    with pytest.raises(BusyError, match="without a pause"):
        write_backup(replace(kept, store=Restless(kept.store)), tmp_path / "a.zip")
    assert files_named(tmp_path, "a.zip") == []


def files_named(folder: Path, name: str) -> list[Path]:
    return [path for path in folder.iterdir() if path.name == name or path.name.startswith(".writing-")]


def test_nothing_is_overwritten_and_a_backup_that_fails_leaves_nothing(kept, tmp_path):
    (tmp_path / "there.zip").write_bytes(b"mine")
    with pytest.raises(InputError, match="there already"):
        write_backup(kept, tmp_path / "there.zip")
    assert (tmp_path / "there.zip").read_bytes() == b"mine"
    path = kept.objects.path(next(iter(kept.objects.keys())))
    path.write_bytes(b"damaged")
    with pytest.raises(DamagedFile, match="is damaged"):
        write_backup(kept, tmp_path / "a.zip")
    assert files_named(tmp_path, "a.zip") == []
    for nowhere in (tmp_path / "there.zip" / "a.zip", tmp_path / ("x" * 300)):
        with pytest.raises(StorageError, match="cannot be written"):
            write_backup(kept, nowhere)


def test_an_image_that_is_not_there_is_named_and_the_rest_is_kept(kept, store, tmp_path):
    key = store.get("medpix2:MPX0007").case.images[0].object_key
    kept.objects.remove(key)
    manifest = write_backup(kept, tmp_path / "a.zip")
    assert (set(manifest.missing_images), manifest.images) == ({key, ABSENT}, 3)
    check_backup(tmp_path / "a.zip")


def test_a_store_that_is_not_empty_is_left_alone(kept, store, tmp_path):
    write_backup(kept, tmp_path / "a.zip")
    before = everything(store)
    with pytest.raises(InputError, match="is not empty"):
        restore_backup(tmp_path / "a.zip", store, tmp_path / "workspace", actor="tester")
    assert everything(store) == before


def test_t23_a_backup_cut_short_anywhere_is_refused(kept, tmp_path):
    whole = written_bytes(kept, tmp_path)
    for length in sorted(random.Random(1).sample(range(len(whole)), 100)):
        (tmp_path / "cut.zip").write_bytes(whole[:length])
        with pytest.raises(CaseGraphError, match=r"cut\.zip"):
            check_backup(tmp_path / "cut.zip")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, 6, 93])
def test_t23_a_member_whose_compression_is_another_is_damaged(kept, tmp_path, method):
    whole = bytearray(written_bytes(kept, tmp_path))
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        start = archive.start_dir
    whole[start + 10 : start + 12] = method.to_bytes(2, "little")  # of the first member, in the central directory
    (tmp_path / "changed.zip").write_bytes(whole)
    for ask in (check_backup, read_manifest):
        with pytest.raises(DamagedFile, match="compressed in a way that no backup is"):
            ask(tmp_path / "changed.zip")


def test_t23_a_changed_bit_is_found_or_changes_nothing(kept, tmp_path):
    whole = written_bytes(kept, tmp_path)
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        names = [range(one.header_offset, one.header_offset + 30 + len(one.filename)) for one in archive.infolist()]
        headers = [place for name in (*names, range(archive.start_dir, len(whole))) for place in name]
    dice, found = random.Random(2), 0
    for place in (*dice.choices(range(len(whole)), k=200), *dice.choices(headers, k=400)):
        changed = bytearray(whole)
        changed[place] ^= 1 << dice.randrange(8)
        (tmp_path / "changed.zip").write_bytes(changed)
        try:
            manifest = check_backup(tmp_path / "changed.zip")
        except (DamagedFile, InputError):
            found += 1
        else:
            assert manifest.content_digest == kept.store.content_digest()
    assert found > 300


def test_t23_a_member_that_begins_before_the_file_is_damaged(kept, tmp_path):
    whole = bytearray(written_bytes(kept, tmp_path))
    end = whole.rindex(b"PK\x05\x06")
    whole[end + 16 : end + 20] = (len(whole) - 1).to_bytes(4, "little")  # where the central directory is said to begin
    (tmp_path / "changed.zip").write_bytes(whole)
    with pytest.raises(CaseGraphError, match=r"changed\.zip"):
        check_backup(tmp_path / "changed.zip")


def test_t23_a_member_of_a_later_version_of_the_format_is_damaged(kept, tmp_path):
    whole = bytearray(written_bytes(kept, tmp_path))
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        start = archive.start_dir
    whole[start + 6] = 0xFF
    (tmp_path / "changed.zip").write_bytes(whole)
    with pytest.raises(DamagedFile, match="version"):
        check_backup(tmp_path / "changed.zip")


def written_bytes(kept: Kept, tmp_path: Path) -> bytes:
    write_backup(kept, tmp_path / "whole.zip")
    return (tmp_path / "whole.zip").read_bytes()


def rewritten(path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """Write a backup again with other members, its manifest still true of them as far as it says anything."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    changed = path.with_name("changed.zip")
    with zipfile.ZipFile(changed, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return changed


def say(texts: dict[str, bytes], **changes: object) -> None:
    texts[MANIFEST] = json.dumps({**json.loads(texts[MANIFEST]), **changes}).encode()


def smuggle(members: dict[str, bytes], name: str) -> None:
    members[name] = b"planted"
    named = json.loads(members[MANIFEST])["members"]
    say(members, members={**named, name: hashlib.sha256(b"planted").hexdigest()})


@pytest.mark.parametrize(
    "name",
    ["../planted", "models/../../planted", "/planted", "models/..", "casegraph.json", "objects/x.png", "models/a\\b",
     "models/C:x", "graph/x", "models//x", "documents.sqlite"],
)  # fmt: skip
def test_t7_a_member_that_no_backup_has_is_refused_and_written_nowhere(name, kept, tmp_path, open_in):
    write_backup(kept, tmp_path / "a.zip")
    changed = rewritten(tmp_path / "a.zip", lambda members: smuggle(members, name))
    with pytest.raises(DamagedFile, match="not those that its manifest names"):
        check_backup(changed)
    target = open_in("sqlite", "restored")
    with pytest.raises(DamagedFile, match="not those that its manifest names"):
        restore_backup(changed, target, tmp_path / "restored", actor="tester")
    assert target.sequence() == 0
    assert list(tmp_path.rglob("planted*")) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda members: members.pop(MANIFEST), "not a workspace backup"),
        (lambda members: members.update({MANIFEST: b"{}"}), "manifest cannot be read"),
        (lambda members: say(members, format=FORMAT + 1, version="9.9"), "made by CaseGraph 9.9"),
        (lambda members: members.pop(next(name for name in members if "objects" in name)), "files are missing"),
        (lambda members: members.pop("records.jsonl"), "not those that its manifest names"),
        (lambda members: members.update({"extra.txt": b"x"}), "not those that its manifest names"),
        (lambda members: members.update({"documents.jsonl": b"{}\n"}), "documents.jsonl is not what was written"),
    ],
)  # fmt: skip
def test_a_backup_whose_parts_do_not_fit_is_refused(change, said, kept, tmp_path):
    write_backup(kept, tmp_path / "a.zip")
    with pytest.raises((InputError, DamagedFile), match=said):
        check_backup(rewritten(tmp_path / "a.zip", change))


@pytest.mark.parametrize("text", [b"{}\n", b"[1]\n", b"nonsense\n", b'{"case": {"case_id": 3}}\n', b'{"deleted": "x"}'])
def test_documents_that_cannot_be_read_are_a_damaged_backup(text, kept, tmp_path, open_in):
    write_backup(kept, tmp_path / "a.zip")
    changed = rewritten(tmp_path / "a.zip", lambda members: members.update({"documents.jsonl": text}))
    with pytest.raises(DamagedFile, match="is damaged"):
        restore_backup(changed, open_in("sqlite", "restored"), tmp_path / "restored", actor="tester")


def test_documents_that_are_not_those_of_the_manifest_are_found_at_the_end(kept, tmp_path, open_in):
    write_backup(kept, tmp_path / "a.zip")

    def fewer(members: dict[str, bytes]) -> None:
        members["documents.jsonl"] = b"".join(io.BytesIO(members["documents.jsonl"]).readlines()[:3])

    with pytest.raises(DamagedFile, match="not those that its manifest names"):
        restore_backup(
            rewritten(tmp_path / "a.zip", fewer), open_in("sqlite", "restored"), tmp_path / "restored", actor="tester"
        )


def test_what_is_no_zip_file_is_no_backup(tmp_path):
    (tmp_path / "a.txt").write_text("not a zip")
    with pytest.raises(InputError, match="is not a backup"):
        check_backup(tmp_path / "a.txt")
    with pytest.raises(InputError, match="cannot be read"):
        read_manifest(tmp_path / "nothing.zip")
    with pytest.raises(InputError, match="cannot be read"):
        read_manifest(tmp_path)
