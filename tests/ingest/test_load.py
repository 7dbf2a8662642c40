from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pymongo import MongoClient
from release_folder import case_document, description, noise_png, write_release

from ingest.curation.review import review_queue
from ingest.errors import BusyError, SourceError
from ingest.images.decoder import Decoder
from ingest.images.objects import ObjectStore
from ingest.load import IngestReport, ingest
from ingest.store.interface import DocumentStore
from ingest.store.opening import open_store
from ingest.vocabulary import Status


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DocumentStore]:
    folder = tmp_path / "workspace"
    folder.mkdir()
    store = open_store("sqlite", folder)
    yield store
    store.close()


@pytest.fixture
def objects(tmp_path: Path) -> ObjectStore:
    return ObjectStore(tmp_path / "workspace" / "objects")


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """Two cases with three images."""
    cases = [
        case_document("MPX9001", tac=["MPX9001_a"], mri=["MPX9001_b"]),
        case_document("MPX9002", tac=["MPX9002_c"]),
    ]
    descriptions = [
        description("MPX9001_a"),
        description("MPX9001_b", kind="MR"),
        description("MPX9002_c", "MPX9002"),
    ]
    images = {"MPX9001_a.png": noise_png(1), "MPX9001_b.png": noise_png(2), "MPX9002_c.png": noise_png(3)}
    return write_release(tmp_path / "release", cases, descriptions, images)


def text_release(folder: Path, count: int) -> Path:
    """Cases with a title and no image, so that many of them are quick."""
    return write_release(folder, [{"U_id": f"MPX{n:05}", "Case": {"Title": f"Case {n}"}} for n in range(count)], [])


def require_sums(report: IngestReport) -> None:
    assert report.read == report.added + report.changed + report.unchanged + report.quarantined


def no_decoding(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("an image was decoded")

    monkeypatch.setattr(Decoder, "decode", refuse)


def test_sample_cases_come_in_whole_with_images_and_annotations(
    small_release: Path, store: DocumentStore, objects: ObjectStore
) -> None:
    seen: list[tuple[int, int]] = []
    report = ingest(small_release, store, objects, actor="curator", on_progress=lambda *done: seen.append(done))
    require_sums(report)
    assert (report.added, report.quarantined, report.read) == (8, 0, 8)
    assert (seen[0], seen[-1]) == ((0, 8), (8, 8))
    cases = [stored.case for stored in store.cases()]
    images = [image for case in cases for image in case.images]
    assert len(images) == report.images == len(list((small_release / "images").iterdir()))
    for image in images:
        assert image.object_key is not None
        assert objects.path(image.object_key).is_file()
        assert None not in (image.modality, image.region, image.width_px, image.pixel_sha256, image.source_sha256)
    assert any(case.annotations for case in cases)
    assert {stored.actor for stored in store.cases()} == {"curator"}


def test_a_second_run_changes_nothing_and_decodes_nothing(
    small_release: Path, store: DocumentStore, objects: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = ingest(small_release, store, objects, actor="curator")
    digest = store.content_digest()
    no_decoding(monkeypatch)
    second = ingest(small_release, store, objects, actor="curator")
    assert (second.added, second.changed, second.unchanged) == (0, 0, 8)
    assert (second.sequence, store.content_digest()) == (first.sequence, digest)


def test_an_image_that_was_lost_from_the_store_is_made_again(
    release: Path, store: DocumentStore, objects: ObjectStore
) -> None:
    ingest(release, store, objects, actor="curator")
    lost = next(objects.keys())
    objects.path(lost).unlink()
    assert ingest(release, store, objects, actor="curator").unchanged == 2
    assert lost in set(objects.keys())


def test_a_dry_run_foresees_everything_and_writes_nothing(
    release: Path, store: DocumentStore, objects: ObjectStore
) -> None:
    foreseen = ingest(release, store, objects, actor="curator", dry_run=True)
    assert (foreseen.added, foreseen.dry_run, store.sequence(), list(objects.keys())) == (2, True, 0, [])
    ingest(release, store, objects, actor="curator")
    assert ingest(release, store, objects, actor="curator", dry_run=True).unchanged == 2


def test_t14_the_same_source_twice_and_a_changed_text(
    release: Path, store: DocumentStore, objects: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(release, store, objects, actor="curator")
    path = release / "Case_topic.json"
    path.write_text(path.read_text().replace("headaches for two weeks", "headaches for three weeks", 1))
    no_decoding(monkeypatch)
    report = ingest(release, store, objects, actor="curator")
    assert (report.added, report.changed, report.unchanged) == (0, 1, 1)
    assert store.get("MPX9001").sequence == 3
    require_sums(report)


def test_t14_a_changed_image_changes_its_case(release: Path, store: DocumentStore, objects: ObjectStore) -> None:
    ingest(release, store, objects, actor="curator")
    before = store.get("MPX9002").case.images[0]
    (release / "images" / "MPX9002_c.png").write_bytes(noise_png(33))
    assert ingest(release, store, objects, actor="curator").changed == 1
    after = store.get("MPX9002").case.images[0]
    assert before.object_key != after.object_key
    assert before.pixel_sha256 != after.pixel_sha256


def test_t14_one_id_with_two_contents_is_reported(release: Path, store: DocumentStore, objects: ObjectStore) -> None:
    path = release / "Case_topic.json"
    cases = json.loads(path.read_text())
    path.write_text(json.dumps([*cases, cases[0], {**cases[1], "Case": {"History": "Another one."}}]))
    report = ingest(release, store, objects, actor="curator")
    assert (report.read, report.added, report.unchanged, report.quarantined) == (4, 2, 1, 1)
    (item,) = store.quarantined()
    assert (item.source, item.place) == ("medpix2", "Case_topic.json[3]")
    assert item.reason == "MPX9002 also stands at Case_topic.json[1] with other content; that one was taken."
    assert json.loads(item.record)["Case"] == {"History": "Another one."}
    require_sums(report)


def test_t14_one_image_in_two_cases_is_reported(release: Path, store: DocumentStore, objects: ObjectStore) -> None:
    shutil.copyfile(release / "images" / "MPX9001_a.png", release / "images" / "MPX9002_c.png")
    report = ingest(release, store, objects, actor="curator")
    assert report.shared_images == (("medpix2:MPX9001_a", "medpix2:MPX9002_c"),)


def test_quarantine_is_replaced_when_the_source_was_mended(
    release: Path, store: DocumentStore, objects: ObjectStore
) -> None:
    path = release / "Descriptions.json"
    good = path.read_text()
    path.write_text(good.replace('"U_id": "MPX9002"', '"U_id": "MPX9009"'))
    first = ingest(release, store, objects, actor="curator")
    assert (first.images_read, first.images_quarantined, first.all_fit) == (3, 1, False)
    assert [item.reason for item in store.quarantined()] == ["case MPX9002 lists its image."]
    keys = [item.key for item in store.quarantined()]
    ingest(release, store, objects, actor="curator")
    assert [item.key for item in store.quarantined()] == keys
    path.write_text(good)
    assert ingest(release, store, objects, actor="curator").all_fit
    assert store.quarantined() == []


def test_t15_one_bad_document_in_ten_thousand(tmp_path: Path, store: DocumentStore, objects: ObjectStore) -> None:
    release = text_release(tmp_path / "many", 10_000)
    path = release / "Case_topic.json"
    path.write_text(path.read_text().replace('"U_id": "MPX05000"', '"U_id": 5000', 1))
    report = ingest(release, store, objects, actor="curator")
    assert (report.read, report.added, report.quarantined, report.all_fit) == (10_000, 9_999, 1, False)
    require_sums(report)
    assert store.count() == 9_999
    assert [(item.place, item.reason.split(",")[0]) for item in store.quarantined()] == [
        ("Case_topic.json[5000]", "U_id is a number that is not an identifier")
    ]


def test_t16_missing_unreadable_and_orphan_images_are_said_and_no_case_is_dropped(
    release: Path, store: DocumentStore, objects: ObjectStore
) -> None:
    images = release / "images"
    (images / "MPX9001_a.png").unlink()
    (images / "MPX9002_c.png").write_bytes(b"not an image")
    (images / "MPX7777_z.png").write_bytes(noise_png(9))
    report = ingest(release, store, objects, actor="curator")
    assert (report.added, report.partial, report.images, report.images_with_problem) == (2, 2, 3, 2)
    assert report.orphan_files == ("MPX7777_z.png",)
    first, second = store.get("MPX9001").case, store.get("MPX9002").case
    assert (first.status, second.status) == (Status.PARTIAL, Status.PARTIAL)
    assert first.images[0].problem == "its image file is missing"
    assert (first.images[1].problem, first.images[1].width_px) == (None, 32)
    assert str(second.images[0].problem).startswith("E-PIC-002")
    assert ingest(release, store, objects, actor="curator").unchanged == 2


def test_t16_a_case_is_whole_again_when_its_image_comes(
    release: Path, store: DocumentStore, objects: ObjectStore
) -> None:
    path = release / "images" / "MPX9002_c.png"
    path.unlink()
    ingest(release, store, objects, actor="curator")
    path.write_bytes(noise_png(3))
    assert ingest(release, store, objects, actor="curator").changed == 1
    assert store.get("MPX9002").case.status is Status.COMPLETE


@pytest.mark.skipif(os.name == "nt", reason="Windows has no FIFO, and links need a right")
def test_t6_links_and_pipes_in_the_folder_of_images_are_skipped_with_a_reason(
    release: Path, store: DocumentStore, objects: ObjectStore, tmp_path: Path
) -> None:
    images = release / "images"
    (tmp_path / "secret.png").write_bytes(noise_png(5))
    (images / "MPX9001_a.png").unlink()
    (images / "MPX9001_a.png").symlink_to(tmp_path / "secret.png")
    (images / "MPX9001_b.png").unlink()
    os.mkfifo(images / "MPX9001_b.png")
    (images / "MPX9002_c.png").unlink()
    (images / "MPX9002_c.png").mkdir()
    report = ingest(release, store, objects, actor="curator")
    problems = [str(image.problem) for stored in store.cases() for image in stored.case.images]
    assert [problem.partition(":")[0] for problem in problems] == ["E-PIC-013"] * 3
    assert (report.added, report.partial, list(objects.keys())) == (2, 2, [])


def test_a_case_that_vanished_from_the_source_is_reported_and_stays(
    release: Path, store: DocumentStore, objects: ObjectStore
) -> None:
    ingest(release, store, objects, actor="curator")
    path = release / "Case_topic.json"
    path.write_text(json.dumps(json.loads(path.read_text())[:1]))
    report = ingest(release, store, objects, actor="curator")
    assert report.vanished == ("medpix2:MPX9002",)
    assert store.has("medpix2:MPX9002")


def test_a_case_that_went_to_quarantine_did_not_vanish(
    release: Path, store: DocumentStore, objects: ObjectStore
) -> None:
    ingest(release, store, objects, actor="curator")
    path = release / "Case_topic.json"
    first, second = json.loads(path.read_text())
    path.write_text(json.dumps([first, {**second, "Case": 7}]))
    report = ingest(release, store, objects, actor="curator")
    assert (report.quarantined, report.vanished) == (1, ())


def test_a_source_that_cannot_be_read_leaves_the_store_as_it_was(
    release: Path, store: DocumentStore, objects: ObjectStore
) -> None:
    ingest(release, store, objects, actor="curator")
    digest = store.content_digest()
    path = release / "Descriptions.json"
    path.write_text(path.read_text()[:-10])
    with pytest.raises(SourceError, match=r"Descriptions\.json is broken at line 1"):
        ingest(release, store, objects, actor="curator")
    assert store.content_digest() == digest


def test_a_store_that_somebody_else_writes_is_busy(release: Path, store: DocumentStore, objects: ObjectStore) -> None:
    with store.writer("somebody"), pytest.raises(BusyError, match="is being written by"):
        ingest(release, store, objects, actor="curator")
    assert store.sequence() == 0


def test_an_ingest_has_an_actor(release: Path, store: DocumentStore, objects: ObjectStore) -> None:
    with pytest.raises(ValueError, match="actor"):
        ingest(release, store, objects, actor="")


def test_a_folder_of_images_is_named_only_beside_a_mongodb(
    release: Path, store: DocumentStore, objects: ObjectStore
) -> None:
    with pytest.raises(SourceError, match="only be named beside a MongoDB"):
        ingest(release, store, objects, actor="curator", images=release / "images")


@pytest.mark.engine
def test_a_mongodb_and_a_folder_with_the_same_cases_give_the_same_store(
    mongodb_address: str, release: Path, store: DocumentStore, objects: ObjectStore
) -> None:
    ingest(release, store, objects, actor="curator")
    with MongoClient(mongodb_address) as client:
        database = client.get_default_database()
        database["Clinical_reports"].insert_many(json.loads((release / "Case_topic.json").read_text()))
        database["Image_Descriptions"].insert_many(json.loads((release / "Descriptions.json").read_text()))
    report = ingest(mongodb_address, store, objects, actor="curator", images=release / "images")
    assert (report.unchanged, report.changed, report.orphan_files) == (2, 0, ())


def test_a_field_that_is_lost_for_most_is_counted(release: Path, store: DocumentStore, objects: ObjectStore) -> None:
    assert not ingest(release, store, objects, actor="curator").lost_for_most
    path = release / "Descriptions.json"
    path.write_text(path.read_text().replace('"Age": "45"', '"Age": "58M"'))
    report = ingest(release, store, objects, actor="curator")
    age = next(count for count in report.fields if count.field == "age")
    assert (age.given, age.understood, age.lost, report.lost_for_most, report.all_fit) == (2, 0, 2, True, True)
    assert {item.case_id for item in review_queue(store) if item.field_name == "age"} == {
        "medpix2:MPX9001",
        "medpix2:MPX9002",
    }
