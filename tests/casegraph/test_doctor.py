"""Each planted disagreement is found, by name and with its id; where nothing is planted, nothing is found."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from case_factory import make_case, make_image
from pymongo import MongoClient

import casegraph
from casegraph.checks.documents import check_documents
from casegraph.checks.problem import INGEST
from casegraph.doctor import Examination, examine
from casegraph.workspace import Workspace
from ingest.annotation.annotate import ANNOTATOR, annotate
from ingest.case import sha256_of_json, to_document
from ingest.deletion import DELETION
from ingest.errors import EngineUnreachable
from ingest.store.interface import DocumentStore
from ingest.store.opening import open_store
from ingest.vocabulary import Section
from rag.index.snapshot import load_snapshot


@pytest.fixture
def space(indexed_workspace: Path, tmp_path: Path) -> Iterator[Workspace]:
    """Yield a copy of the indexed workspace without its graph."""
    folder = tmp_path / "workspace"
    shutil.copytree(indexed_workspace, folder, ignore=shutil.ignore_patterns("graph"))
    with casegraph.open(folder) as copy:
        yield copy


def look(space: Workspace) -> Examination:
    """Examine everything but the graph, which does not answer."""

    def unreachable():
        raise EngineUnreachable("the graph does not answer.")

    return examine(
        space.engines.store,
        space.engines.objects,
        unreachable,
        space.engines.models,
        vectors=space.engines.vectors,
        folder=space.folder,
    )


def found(space: Workspace) -> set[tuple[str, str]]:
    return {(problem.check, problem.subject) for problem in look(space).problems}


def first_image(space: Workspace):
    return next(image for stored in space.engines.store.cases() for image in stored.case.images)


def test_t24_a_clean_workspace_raises_no_alarm_and_a_silent_graph_is_said(space):
    examined = look(space)
    assert examined.problems == ()
    assert [missing.part for missing in examined.not_checked] == ["graph"]


def test_t24_an_empty_workspace_raises_no_alarm(tmp_path):
    with casegraph.open(tmp_path / "empty", create=True) as space:
        assert look(space).problems == ()


# Documents, on both engines


@pytest.fixture(params=["sqlite", pytest.param("mongodb", marks=pytest.mark.engine)])
def documents(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[DocumentStore, Callable[..., None]]]:
    """Yield a store of three cases, and a way to spoil what it holds behind its back."""
    address = "sqlite" if request.param == "sqlite" else request.getfixturevalue("mongodb_address")
    spoil = _spoil_sqlite(tmp_path / "documents.sqlite") if address == "sqlite" else _spoil_mongodb(address)
    with closing(open_store(address, tmp_path)) as store:
        with store.writer("tester") as writer:
            writer.write_cases([make_case(n, images=(make_image(f"medpix2:MPX000{n}_a"),)) for n in (1, 2, 3)])
            writer.write_cases([make_case(2, images=(), diagnosis="another")])
            writer.delete_case("medpix2:MPX0003")
        yield store, spoil


def _spoil_sqlite(path: Path) -> Callable[..., None]:
    def spoil(case_id: str, *, document: dict[str, Any] | None = None, digest: str | None = None) -> None:
        with closing(sqlite3.connect(path)) as connection, connection:
            if document is None:
                connection.execute("DELETE FROM cases WHERE case_id = ?", [case_id])
                return
            connection.execute("UPDATE cases SET document = ? WHERE case_id = ?", [json.dumps(document), case_id])
            if digest:
                connection.execute("UPDATE cases SET content_digest = ? WHERE case_id = ?", [digest, case_id])

    return spoil


def _spoil_mongodb(address: str) -> Callable[..., None]:
    def spoil(case_id: str, *, document: dict[str, Any] | None = None, digest: str | None = None) -> None:
        with MongoClient(address) as client:
            cases = client.get_default_database()["cases"]
            if document is None:
                cases.delete_one({"_id": case_id})
                return
            pairs = {"source_values": [{"k": k, "v": v} for k, v in document["source_values"].items()]}
            images = [
                {**image, "source_values": [{"k": k, "v": v} for k, v in image["source_values"].items()]}
                for image in document["images"]
            ]
            values = {**document, **pairs, "images": images, **({"content_digest": digest} if digest else {})}
            cases.update_one({"_id": case_id}, {"$set": values})

    return spoil


def findings(store: DocumentStore) -> set[tuple[str, str]]:
    return {(problem.check, problem.subject) for problem in check_documents(store)[0]}


def test_t24_whole_documents_raise_no_alarm(documents):
    store, _ = documents
    problems, cases = check_documents(store)
    assert problems == []
    assert [case.case_id for case in cases] == ["medpix2:MPX0001", "medpix2:MPX0002"]


def test_t24_class_1_a_document_that_is_gone_is_missed_until_it_is_ingested_again(documents):
    store, spoil = documents
    spoil("medpix2:MPX0001")
    assert findings(store) == {("change-lost", "medpix2:MPX0001")}
    with store.writer("tester") as writer:
        writer.write_cases([make_case(1)])
    assert findings(store) == set()


def test_t24_class_2_two_documents_of_one_case_are_found(documents):
    store, spoil = documents
    other = to_document(make_case(1))
    spoil("medpix2:MPX0002", document=other, digest=sha256_of_json(other))
    assert findings(store) == {("case-twice", "medpix2:MPX0001")}


def test_t24_class_2_two_images_of_one_id_are_found(documents):
    store, _ = documents
    with store.writer("tester") as writer:
        writer.write_cases([make_case(4, images=(make_image("medpix2:MPX0001_a"),))])
    assert findings(store) == {("image-twice", "medpix2:MPX0001_a")}


def test_t24_class_3_a_document_of_another_schema_is_found(documents):
    store, spoil = documents
    newer = {**to_document(make_case(1)), "schema_version": 99}
    spoil("medpix2:MPX0001", document=newer, digest=sha256_of_json(newer))
    assert findings(store) == {("schema-unknown", "medpix2:MPX0001")}


def test_t24_class_4_a_document_that_was_changed_behind_our_back_is_found(documents):
    store, spoil = documents
    spoil("medpix2:MPX0001", document={**to_document(make_case(1)), "diagnosis": "something else"})
    assert findings(store) == {("document-changed", "medpix2:MPX0001")}


def test_t24_class_4_a_document_that_does_not_fit_the_model_is_found(documents):
    store, spoil = documents
    wrong = {**to_document(make_case(1)), "split": 7}
    spoil("medpix2:MPX0001", document=wrong, digest=sha256_of_json(wrong))
    assert findings(store) == {("document-unreadable", "medpix2:MPX0001")}


def test_findings_that_an_earlier_lexicon_read_are_told_once(documents):
    store, _ = documents
    by_now = annotate(make_case(5, images=(), sections={Section.FINDINGS: "Mass in the left lung."}))
    read_before, by_hand = (
        replace(by_now, case_id=case_id, annotations=tuple(replace(m, annotator=name) for m in by_now.annotations))
        for case_id, name in (("medpix2:MPX0006", "lexicon/4"), ("medpix2:MPX0007", "person/a"))
    )
    with store.writer("tester") as writer:
        writer.write_cases([by_now, read_before, by_hand])
    (problem,) = check_documents(store)[0]
    assert (problem.check, problem.subject, problem.mend) == ("findings-old", "lexicon/4", INGEST)
    assert problem.detail == f"findings in the texts of 1 case were read by lexicon/4; this CaseGraph uses {ANNOTATOR}"


def test_t24_class_1_a_case_beyond_the_last_number_is_found(tmp_path):
    with closing(open_store("sqlite", tmp_path)) as store:
        with store.writer("tester") as writer:
            writer.write_cases([make_case(1), make_case(2)])
        with closing(sqlite3.connect(tmp_path / "documents.sqlite")) as connection, connection:
            connection.execute("UPDATE meta SET value = 1 WHERE name = 'sequence'")
        assert findings(store) == {("change-untold", "medpix2:MPX0002")}


def test_t24_a_document_that_is_no_json_spoils_no_other_check(space):
    with closing(sqlite3.connect(space.folder / "documents.sqlite")) as connection, connection:
        connection.execute("UPDATE cases SET document = '{' WHERE case_id = 'medpix2:MPX9001'")
    checks = {check for check, _ in found(space)}
    assert ("document-changed", "medpix2:MPX9001") in found(space)
    assert checks == {"document-changed", "image-orphan", "vector-without-document"}  # what it had is nobody's now


# Images


def store_bytes(space: Workspace, png: bytes) -> str:
    """Put bytes where an image of that digest would be, and let the first image name it; return the image's id."""
    digest = hashlib.sha256(png).hexdigest()
    path = space.folder / "objects" / digest[:2] / f"{digest}.png"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(png)
    image = first_image(space)
    case = space.engines.store.get(image.image_id.rpartition("_")[0]).case
    images = tuple(
        replace(one, object_key=f"{digest[:2]}/{digest}.png") if one is image or one == image else one
        for one in case.images
    )
    space.engines.objects.path(image.object_key).unlink()
    with space.engines.store.writer("tester") as writer:
        writer.write_cases([replace(case, images=images)])
    return image.image_id


def images_found(space: Workspace) -> set[tuple[str, str]]:
    return {(check, subject) for check, subject in found(space) if check.startswith("image")}


def test_t24_class_6_a_missing_image_is_found(space):
    image = first_image(space)
    space.engines.objects.path(image.object_key).unlink()
    assert found(space) == {("image-missing", image.image_id)}


def test_t24_class_7_a_changed_image_is_found(space):
    image = first_image(space)
    path = space.engines.objects.path(image.object_key)
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    assert found(space) == {("image-damaged", image.image_id)}


def test_t24_class_8_an_image_of_no_case_is_found(space):
    image = first_image(space)
    png = space.engines.objects.path(image.object_key).read_bytes() + b"x"
    digest = hashlib.sha256(png).hexdigest()
    (space.folder / "objects" / digest[:2]).mkdir(exist_ok=True)
    (space.folder / "objects" / digest[:2] / f"{digest}.png").write_bytes(png)
    assert images_found(space) == {("image-orphan", f"{digest[:2]}/{digest}.png")}


@pytest.mark.parametrize("spoil", [lambda png: b"<svg/>", lambda png: png[:-12], lambda png: png[:33] + png[-12:]])
def test_t24_class_9_a_file_that_is_no_image_is_found(space, spoil):
    png = space.engines.objects.read(first_image(space).object_key)
    image_id = store_bytes(space, spoil(png))
    assert images_found(space) == {("image-undecodable", image_id)}


@pytest.mark.parametrize("place", ["chunk", "end"])
def test_t24_class_10_an_image_with_metadata_is_found(space, place):
    png = space.engines.objects.read(first_image(space).object_key)
    text = b"tEXtPatient\0canary"
    chunk = struct.pack(">I", len(text) - 4) + text + struct.pack(">I", zlib.crc32(text))
    image_id = store_bytes(space, png[:33] + chunk + png[33:] if place == "chunk" else png + b"canary")
    assert images_found(space) == {("image-metadata", image_id)}


def test_t24_class_11_a_link_out_of_the_workspace_is_found(space, tmp_path):
    image = first_image(space)
    path = space.engines.objects.path(image.object_key)
    outside = tmp_path / "elsewhere.png"
    path.rename(outside)
    path.symlink_to(outside)
    assert images_found(space) == {("image-outside", image.image_id)}


# Vectors


@contextmanager
def forged(space: Workspace, kind: str) -> Iterator[dict[str, Any]]:
    """Let a test change a snapshot, and write it back so that every digest is right."""
    folder = space.engines.vectors_folder / kind
    snapshot = load_snapshot(folder)
    assert snapshot is not None
    parts: dict[str, Any] = {
        "rows": [[row.vector_id, row.case_id, row.content_key] for row in snapshot.rows],
        "vectors": snapshot.vectors.copy(),
        "manifest": json.loads((folder / snapshot.name / "manifest.json").read_bytes()),
    }
    yield parts
    shutil.rmtree(folder / snapshot.name)
    new = folder / "new"
    new.mkdir()
    np.save(new / "vectors.npy", parts["vectors"])
    (new / "rows.json").write_text(json.dumps(parts["rows"]))
    sums = {name: hashlib.sha256((new / name).read_bytes()).hexdigest() for name in ("vectors.npy", "rows.json")}
    told = json.dumps({**parts["manifest"], "sha256": sums, "count": len(parts["rows"])}).encode()
    (new / "manifest.json").write_bytes(told)
    name = f"snapshot-000008-f0f0f0f0-{hashlib.sha256(told).hexdigest()[:12]}"
    new.rename(folder / name)
    (folder / "CURRENT").write_text(name)


def test_t24_class_12_a_vector_of_no_document_is_found(space):
    with forged(space, "images") as parts:
        parts["rows"][0][0] = "medpix2:MPX1_none"
    gone = first_image(space).image_id
    wanted = {("vector-without-document", "medpix2:MPX1_none"), ("document-without-vector", gone)}
    assert found(space) == wanted


def test_t24_class_13_a_document_without_its_vector_is_found(space):
    with forged(space, "texts") as parts:
        missing = parts["rows"].pop(3)[0]
        parts["vectors"] = np.delete(parts["vectors"], 3, axis=0)
    assert found(space) == {("document-without-vector", missing)}


def test_t24_class_14_a_vector_that_the_encoder_does_not_make_is_found(space):
    with forged(space, "images") as parts:
        parts["vectors"][2] = -parts["vectors"][2]
    assert found(space) == {("vector-not-reproduced", parts["rows"][2][0])}


def test_t24_class_14_a_vector_of_another_text_or_case_is_found(space):
    with forged(space, "texts") as parts:
        parts["rows"][0][2], parts["rows"][1][1] = "0" * 64, "medpix2:MPX9999"
    assert found(space) == {("vector-of-other-content", parts["rows"][n][0]) for n in (0, 1)}


def test_t24_class_15_two_vectors_of_one_id_are_found(space):
    with forged(space, "images") as parts:
        parts["rows"].append(parts["rows"][0])
        parts["vectors"] = np.concatenate([parts["vectors"], parts["vectors"][:1]])
    assert found(space) == {("vector-twice", parts["rows"][0][0])}


@pytest.mark.parametrize("factor", [0.0, 2.0, np.nan])
def test_t24_class_16_a_vector_of_another_length_is_found(space, factor):
    with forged(space, "texts") as parts:
        parts["vectors"][0] *= np.float32(factor)
    assert ("vector-not-unit", parts["rows"][0][0]) in found(space)
    assert {subject for _, subject in found(space)} == {parts["rows"][0][0]}


@pytest.mark.parametrize("changed", [{"fingerprint": "0" * 64}, {"metric": "euclidean"}, {"dimension": 3}])
def test_t24_class_17_vectors_of_another_model_are_found(space, changed):
    with forged(space, "images") as parts:
        parts["manifest"] |= changed
    assert found(space) == {("vectors-of-other-model", "images")}


def test_t24_class_18_a_damaged_file_of_vectors_is_found(space):
    path = next((space.engines.vectors_folder / "texts").glob("snapshot-*/vectors.npy"))
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    assert found(space) == {("vectors-damaged", "texts")}


@pytest.mark.parametrize(("sequence", "check"), [(7, "vectors-stale"), (99, "vectors-ahead")])
def test_t24_class_19_vectors_of_another_change_are_found(space, sequence, check):
    with forged(space, "images") as parts:
        parts["manifest"]["sequence"] = sequence
    assert found(space) == {(check, "images")}


def test_t24_vectors_that_were_never_made_are_found(space):
    shutil.rmtree(space.engines.vectors_folder)
    assert found(space) == {("vectors-missing", "images"), ("vectors-missing", "texts")}


# Leftovers


@pytest.fixture
def dead_pid() -> int:
    """Return the number of a process that has ended."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def test_t24_class_24_what_killed_processes_left_is_found_and_what_live_ones_write_is_not(space, dead_pid):
    folder = space.folder
    objects = next((folder / "objects").iterdir())
    (folder / "models" / "added").mkdir(parents=True, exist_ok=True)
    places = (objects, folder, folder / "models", folder / "models" / "added")
    left = [place / f".writing-{dead_pid}-x" for place in places]
    for path in left:
        path.write_text("half")
    (objects / f".writing-{os.getpid()}-x").write_text("on its way")
    (folder / "vectors" / "texts" / f".writing-{dead_pid}-y").mkdir()
    (folder / "index.lock").write_text(json.dumps({"pid": dead_pid, "since": "2031"}))
    names = {str(path.relative_to(folder)) for path in left} | {f"vectors/texts/.writing-{dead_pid}-y"}
    assert found(space) == {*(("leftover-file", name) for name in names), ("leftover-lock", "index.lock")}
    with space.engines.store.writer("tester") as writer:
        writer.save_record(DELETION, "medpix2:MPX9002", {"sequence": 2, "object_keys": []})
    assert ("deletion-unfinished", "medpix2:MPX9002") in found(space)
