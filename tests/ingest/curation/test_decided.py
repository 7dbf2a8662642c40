"""Decisions of people: applied at once, again on every ingest, taken back, on both document engines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PillowImage
from release_folder import case_document, description, noise_png, write_release

from ingest.case import AgeRange, Case, Patient
from ingest.case import Image as CaseImage
from ingest.curation.corrections import corrected, require_correctable
from ingest.curation.curator import Curator, DecisionState
from ingest.curation.decided import AS_READ, forget_as_read, kept_object_keys
from ingest.curation.decisions import Action, Decision, read_decisions, save_decision
from ingest.curation.review import ReviewKind, review_queue
from ingest.errors import BusyError, InputError, UnknownCase
from ingest.images.decoder import Decoder
from ingest.images.objects import ObjectStore
from ingest.load import IngestReport, ingest
from ingest.remedies import Remedy, RemedyAction
from ingest.store.interface import DocumentStore, Tombstone
from ingest.store.opening import open_store
from ingest.vocabulary import AgeUnit, Plane, Sex, Status

CASE = "medpix2:MPX9001"
IMAGE = "medpix2:MPX9001_a"
OTHER = "medpix2:MPX9002"


@pytest.fixture(params=["sqlite", pytest.param("mongodb", marks=pytest.mark.engine)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[DocumentStore]:
    address = "sqlite" if request.param == "sqlite" else request.getfixturevalue("mongodb_address")
    store = open_store(address, tmp_path / "workspace")
    yield store
    store.close()


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[DocumentStore]:
    store = open_store("sqlite", tmp_path / "workspace")
    yield store
    store.close()


@pytest.fixture
def objects(tmp_path: Path) -> ObjectStore:
    return ObjectStore(tmp_path / "objects")


@pytest.fixture
def release(tmp_path: Path) -> Path:
    return make_release(tmp_path / "release")


def make_release(folder: Path, *, age: str = "45", first_image: int = 1) -> Path:
    """Two cases with three images; the history of the first says 45 years."""
    cases = [
        case_document("MPX9001", tac=["MPX9001_a"], mri=["MPX9001_b"]),
        case_document("MPX9002", tac=["MPX9002_c"]),
    ]
    descriptions = [
        description("MPX9001_a", Age=age),
        description("MPX9001_b", kind="MR", Age=age),
        description("MPX9002_c", "MPX9002"),
    ]
    images = {"MPX9001_a.png": noise_png(first_image), "MPX9001_b.png": noise_png(2), "MPX9002_c.png": noise_png(3)}
    return write_release(folder, cases, descriptions, images)


@pytest.fixture
def curator(store: DocumentStore, objects: ObjectStore, release: Path) -> Curator:
    """A person beside a store that holds the release."""
    ingest(release, store, objects, actor="reader")
    return Curator(store, objects, "ann")


@pytest.fixture
def again(curator: Curator, release: Path) -> Callable[[], IngestReport]:
    return lambda: ingest(release, curator.store, curator.objects, actor="reader")


def image_of(case: Case, image_id: str = IMAGE) -> CaseImage:
    return next(image for image in case.images if image.image_id == image_id)


def pixels_of(png: bytes) -> np.ndarray:
    return np.asarray(PillowImage.open(BytesIO(png)))


def decide_everything(curator: Curator) -> None:
    """Make one decision of every kind."""
    curator.correct(CASE, "age_years", "0.5")
    curator.correct(CASE, "plane", "Sagittal", image_id=IMAGE)
    curator.correct(CASE, "technique", "t2 weighted; noncontrast", image_id=IMAGE)
    curator.correct(CASE, "differential_diagnosis", "Abscess; Metastasis")
    curator.correct(CASE, "region", "", image_id=IMAGE)
    curator.crop(IMAGE, (2, 2, 30, 22))
    curator.mark_text(IMAGE, [(0, 0, 8, 8), (20, 20, 32, 24)])
    curator.reject_image("medpix2:MPX9001_b", reason="a drawing")
    curator.reject_case(OTHER, reason="not a patient")


def test_a_correction_keeps_the_raw_value_and_survives_the_next_ingest(curator, again):
    decision = curator.correct("MPX9001", "plane", "SAGITTAL", image_id="MPX9001_a", reason="see the caption")
    assert (decision.decision_id, decision.actor, decision.value) == ("D1", "ann", "sagittal")
    stored = curator.store.get(CASE)
    assert (image_of(stored.case).plane, stored.actor) == (Plane.SAGITTAL, "ann")
    entry = stored.case.current_ledger[f"images[{IMAGE}].plane"]
    assert (entry.raw, entry.rule, entry.value, entry.conflict) == ("Axial", "corrected by a person", "sagittal", False)
    assert "known spelling" in {old.rule for old in stored.case.ledger if old.field == entry.field}
    report = again()
    assert (report.changed, report.unchanged) == (0, 2)
    assert curator.store.get(CASE) == stored


def test_a_corrected_age_is_no_longer_the_range_or_in_the_unit_that_the_source_told() -> None:
    told = Patient("own:1", 65.0, age_unit=AgeUnit.DECADES, age_range=AgeRange(60, 69))
    case = corrected(Case("own:1", "own", told), require_correctable("age_years"), 62.0, None)
    assert case.patient == Patient("own:1", 62.0)


def test_deciding_at_once_and_ingesting_again_give_the_same_digest(curator, again):
    before = curator.store.content_digest()
    decide_everything(curator)
    decided = curator.store.content_digest()
    assert decided != before
    report = again()
    assert (report.read, report.unchanged, report.rejected, report.deleted) == (2, 1, 1, 0)
    assert curator.store.content_digest() == decided


def test_decisions_wait_for_cases_that_are_not_there_yet(curator, release, tmp_path):
    decide_everything(curator)
    fresh = open_store("sqlite", tmp_path / "elsewhere")
    with fresh.writer("ann") as writer:
        for decision in read_decisions(curator.store):
            save_decision(writer, decision)
    objects = ObjectStore(tmp_path / "other objects")
    waiting = Curator(fresh, objects, "ann")
    assert {known.state for known in waiting.decisions()} == {DecisionState.WAITING}
    report = ingest(release, fresh, objects, actor="reader")
    assert (report.added, report.rejected) == (1, 1)
    assert {known.state for known in waiting.decisions()} == {DecisionState.APPLIED}
    assert fresh.content_digest() == curator.store.content_digest()
    fresh.close()


def test_decisions_wait_for_a_case_that_was_deleted(curator, again):
    curator.correct(CASE, "sex", "male")
    decided = curator.store.content_digest()
    with curator.store.writer("ann") as writer:
        writer.delete_case(CASE)
        forget_as_read(writer, CASE)
    assert [known.state for known in curator.decisions()] == [DecisionState.WAITING]
    again()
    assert curator.store.content_digest() == decided


def test_withdrawing_every_decision_brings_back_what_was_read_and_forgets_nothing(curator, again):
    before = curator.store.content_digest()
    kept = set(curator.objects.keys())
    decide_everything(curator)
    decided = read_decisions(curator.store)
    for decision in reversed(decided):
        curator.withdraw(decision.decision_id.lower(), reason="a test")
    assert curator.store.content_digest() == before
    assert read_decisions(curator.store) == decided
    known = curator.decisions()
    assert {one.state for one in known} == {DecisionState.WITHDRAWN}
    assert {(one.withdrawal.actor, one.withdrawal.reason) for one in known if one.withdrawal} == {("ann", "a test")}
    assert curator.store.records(AS_READ) == {}
    assert set(curator.objects.keys()) == kept
    assert again().unchanged == 2
    with pytest.raises(InputError, match="already withdrawn, by ann"):
        curator.withdraw("D1")
    with pytest.raises(InputError, match="no decision 'D77'"):
        curator.withdraw("D77")


def test_withdrawing_one_decision_leaves_the_others(curator):
    curator.correct(CASE, "sex", "male")
    alone = curator.store.content_digest()
    curator.correct(CASE, "age_years", "50")
    curator.correct(CASE, "age_years", "60")
    curator.withdraw("D3")
    assert curator.store.get(CASE).case.patient.age_years == 50
    curator.withdraw("D2")
    assert curator.store.content_digest() == alone


def test_a_rejected_case_leaves_a_tombstone_and_is_listed_with_its_reason(curator, again):
    before = curator.store.content_digest()
    curator.reject_case("MPX9002", reason="a duplicate of another case")
    assert not curator.store.has(OTHER)
    assert isinstance(list(curator.store.changes_since(2))[-1], Tombstone)
    report = again()
    assert (report.read, report.unchanged, report.rejected, report.vanished) == (2, 1, 1, ())
    assert not curator.store.has(OTHER)
    listed = [one for one in curator.decisions() if one.decision.action is Action.REJECT_CASE]
    assert [(one.decision.reason, one.state) for one in listed] == [("a duplicate of another case", "applied")]
    assert curator.case(OTHER).case_id == OTHER
    curator.withdraw(listed[0].decision.decision_id)
    assert curator.store.content_digest() == before


def test_a_case_that_another_ingest_brought_back_is_taken_out_again(curator, again, release):
    rejection = curator.reject_case(OTHER, reason="not a patient")
    curator.withdraw(rejection.decision_id)
    with curator.store.writer("ann") as writer:
        save_decision(writer, replace(rejection, decision_id="D2"))  # made elsewhere, or before a crash
    foreseen = ingest(release, curator.store, curator.objects, actor="reader", dry_run=True)
    assert (foreseen.rejected, foreseen.deleted, curator.store.has(OTHER)) == (1, 1, True)
    report = again()
    assert (report.rejected, report.deleted, curator.store.has(OTHER)) == (1, 1, False)


def test_a_rejected_image_keeps_its_name_and_loses_its_image(curator):
    original = curator.store.get(CASE).case.images[0].object_key
    curator.reject_image("MPX9001_a", reason="a drawing")
    case = curator.store.get(CASE).case
    image = image_of(case)
    assert (image.object_key, image.rejected, image.problem, case.status) == (None, "a drawing", None, Status.COMPLETE)
    assert image.caption
    assert curator.objects.read(str(original)) == curator.original("MPX9001_a")
    assert original in kept_object_keys(curator.store)


def test_a_crop_is_a_new_image_and_the_original_stays(curator, again, monkeypatch):
    before = image_of(curator.store.get(CASE).case)
    whole = pixels_of(curator.objects.read(str(before.object_key)))
    curator.crop("MPX9001_a", (4, 2, 24, 20))
    after = image_of(curator.store.get(CASE).case)
    assert (after.derived_from, after.crop_box_px) == (before.object_key, (4, 2, 24, 20))
    assert (after.width_px, after.height_px) == (20, 18)
    assert np.array_equal(pixels_of(curator.objects.read(str(after.object_key))), whole[2:20, 4:24])
    assert np.array_equal(pixels_of(curator.original(IMAGE)), whole)
    monkeypatch.setattr(Decoder, "decode", lambda *_: pytest.fail("an image was decoded again"))
    assert again().unchanged == 2


def test_a_later_crop_starts_from_the_original_and_leaves_no_image_behind(curator):
    curator.crop(IMAGE, (0, 0, 16, 16))
    curator.crop(IMAGE, (8, 4, 32, 24))
    image = image_of(curator.store.get(CASE).case)
    assert (image.width_px, image.height_px) == (24, 20)
    named = {one.object_key for stored in curator.store.cases() for one in stored.case.images}
    assert set(curator.objects.keys()) == named | kept_object_keys(curator.store)


def test_taking_a_crop_back_leaves_the_same_crop_of_another_case_alone(sqlite, objects, release):
    make_release(release, first_image=3)  # the image of the second case
    ingest(release, sqlite, objects, actor="reader")
    curator = Curator(sqlite, objects, "ann")
    curator.crop(IMAGE, (0, 0, 16, 16))
    curator.crop("MPX9002_c", (0, 0, 16, 16))
    curator.withdraw("D1")
    shared = image_of(sqlite.get(OTHER).case, "medpix2:MPX9002_c")
    assert objects.read(str(shared.object_key))
    curator.crop(IMAGE, (0, 0, 20, 20))
    curator.reject_case(OTHER, reason="a copy")
    assert curator.original("MPX9002_c") == curator.original(IMAGE)


def test_marked_text_is_black_and_nothing_else_changes(curator):
    whole = pixels_of(curator.original(IMAGE)).copy()
    curator.mark_text(IMAGE, [(0, 0, 10, 4), (20, 20, 32, 24)])
    marked = image_of(curator.store.get(CASE).case)
    whole[0:4, 0:10] = 0
    whole[20:24, 20:32] = 0
    assert np.array_equal(pixels_of(curator.objects.read(str(marked.object_key))), whole)
    assert marked.crop_box_px is None
    entry = curator.store.get(CASE).case.current_ledger[f"images[{IMAGE}].pixels"]
    assert (entry.rule, entry.value) == ("text redacted by a person", "0,0,10,4; 20,20,32,24")


def test_another_image_under_the_same_name_is_withheld_until_a_person_looks(curator, release):
    curator.mark_text(IMAGE, [(0, 0, 10, 4)])
    make_release(release, first_image=9)
    ingest(release, curator.store, curator.objects, actor="reader")
    case = curator.store.get(CASE).case
    assert (image_of(case).object_key, case.status) == (None, Status.PARTIAL)
    assert "changed since a person" in str(image_of(case).problem)
    assert {item.kind for item in review_queue(curator.store)} == {ReviewKind.PARTIAL}
    curator.withdraw("D1")
    assert image_of(curator.store.get(CASE).case).object_key is not None


def test_a_source_that_changes_its_word_is_in_conflict_with_the_correction(curator, release):
    curator.correct(CASE, "age_years", "44")
    make_release(release, age="46")
    ingest(release, curator.store, curator.objects, actor="reader")
    case = curator.store.get(CASE).case
    entry = case.current_ledger["patient.age_years"]
    assert (case.patient.age_years, entry.raw, entry.conflict) == (44, "46", True)
    [item] = review_queue(curator.store)
    curator.accept(item)
    assert review_queue(curator.store) == []


def test_an_accepted_conflict_is_settled_until_the_source_says_something_else(curator, release, again):
    make_release(release, age="46")
    assert again().conflicts == 1
    [item] = review_queue(curator.store)
    assert (item.kind, item.case_id, item.field, item.raw) == (ReviewKind.CONFLICT, CASE, "patient.age_years", "46")
    curator.accept(item, reason="the history is older")
    assert review_queue(curator.store) == []
    entry = curator.store.get(CASE).case.current_ledger["patient.age_years"]
    assert (entry.rule, entry.value, entry.conflict) == ("accepted by a person", "46", False)
    decided = curator.store.content_digest()
    report = again()
    assert (report.unchanged, report.conflicts, curator.store.content_digest()) == (2, 0, decided)
    make_release(release, age="47")
    assert again().conflicts == 1
    assert [one.raw for one in review_queue(curator.store)] == ["47"]


def test_empty_text_means_not_known(curator):
    curator.correct(CASE, "sex", "")
    curator.correct(CASE, "technique", " ", image_id=IMAGE)
    curator.correct(CASE, "differential_diagnosis", "")
    case = curator.store.get(CASE).case
    assert (case.patient.sex, image_of(case).technique, case.differential_diagnosis) == (None, (), ())
    assert case.current_ledger["patient.sex"].value is None


@pytest.mark.parametrize(
    ("field", "value", "image_id", "words"),
    [
        ("plane", "Saggital", IMAGE, "Did you mean 'sagittal'"),
        ("sex", "femail", None, "Did you mean 'female'"),
        ("technique", "T2 wieghted", IMAGE, "Did you mean 'T2 weighted'"),
        ("anatomical_location", "Spin", IMAGE, "Did you mean 'Spine'"),
        ("age_years", "fifty", None, "0 to 120"),
        ("age_years", "nan", None, "0 to 120"),
        ("age_years", "121", None, "0 to 120"),
        ("acr_code", "seven", IMAGE, "not an ACR code"),
        ("diagnosis", "n/a", None, "is blank"),
        ("planes", "axial", IMAGE, "Did you mean 'plane'"),
        ("split", "train", None, "cannot be corrected"),
        ("caption", "Another text.", IMAGE, "cannot be corrected"),
        ("plane", "axial", None, "belongs to an image"),
        ("sex", "male", IMAGE, "belongs to the case"),
        ("diagnosis", "a\0b", None, "cannot|NUL"),
        ("diagnosis", "half \ud800 pair", None, "cannot be kept"),
    ],
)
def test_a_wrong_correction_is_refused_and_nothing_is_written(sqlite, objects, release, field, value, image_id, words):
    ingest(release, sqlite, objects, actor="reader")
    sequence = sqlite.sequence()
    with pytest.raises(InputError, match=words):
        Curator(sqlite, objects, "ann").correct(CASE, field, value, image_id=image_id)
    assert (sqlite.sequence(), sqlite.records("decision"), sqlite.records(AS_READ)) == (sequence, {}, {})


def test_a_wrong_box_case_image_or_reason_is_refused(sqlite, objects, release):
    ingest(release, sqlite, objects, actor="reader")
    curator = Curator(sqlite, objects, "ann")
    for box in [(0, 0, 33, 24), (-1, 0, 20, 20), (8, 8, 8, 20), (0, 0, 15, 24)]:
        with pytest.raises(InputError, match="32 x 24 pixels"):
            curator.crop(IMAGE, box)
    with pytest.raises(InputError, match="no box"):
        curator.mark_text(IMAGE, [])
    with pytest.raises(InputError, match="needs a reason"):
        curator.reject_case(CASE, reason=" ")
    with pytest.raises(UnknownCase, match="MPX1"):
        curator.reject_case("MPX1", reason="none")
    with pytest.raises(UnknownCase, match="Did you mean 'medpix2:MPX9001_a'"):
        curator.crop("medpix2:MPX9001_aa", (0, 0, 16, 16))
    assert sqlite.records("decision") == {}


def test_a_correction_that_no_vocabulary_knows_any_more_names_its_decision(sqlite, objects, release):
    ingest(release, sqlite, objects, actor="reader")
    with sqlite.writer("ann") as writer:
        save_decision(writer, Decision("D1", Action.CORRECT, CASE, IMAGE, "plane", "diagonal", "Axial"))
    with pytest.raises(InputError, match=r"decision D1 cannot be applied.*Withdraw it\.$") as refused:
        ingest(release, sqlite, objects, actor="reader")
    assert refused.value.remedy == Remedy(RemedyAction.WITHDRAW_DECISION, "D1")
    Curator(sqlite, objects, "ann").withdraw("D1")
    assert ingest(release, sqlite, objects, actor="reader").unchanged == 2


def test_two_people_do_not_decide_at_once(curator):
    with curator.store.writer("someone else"), pytest.raises(BusyError, match="is being written by"):
        curator.correct(CASE, "sex", "male")
    assert curator.store.records("decision") == {}


def test_decisions_are_numbered_in_order_also_past_nine(sqlite, objects, release):
    ingest(release, sqlite, objects, actor="reader")
    curator = Curator(sqlite, objects, "ann")
    ids = [curator.correct(CASE, "age_years", str(age)).decision_id for age in range(11)]
    assert ids == [f"D{number}" for number in range(1, 12)]
    assert sqlite.get(CASE).case.patient.age_years == 10


def test_a_case_and_all_its_images_are_in_the_one_split_of_the_release(tmp_path, sqlite, objects):
    release = make_release(tmp_path / "split release")
    (release / "splits.json").write_text(json.dumps({"train": ["MPX9001"], "dev": ["MPX9002", "MPX9001"]}))
    ingest(release, sqlite, objects, actor="reader")
    case = sqlite.get(CASE).case
    assert case.split == "dev"  # held out, so that nothing leaks
    assert not any("split" in name for name in CaseImage.__dataclass_fields__)
    entry = case.current_ledger["split"]
    assert (entry.raw, entry.rule, entry.conflict) == ("train; dev", "listed in several splits", True)
    assert [(item.case_id, item.field) for item in review_queue(sqlite)] == [(CASE, "split")]
    assert sqlite.get(OTHER).case.split == "dev"
    assert "split" not in sqlite.get(OTHER).case.current_ledger


def test_sex_in_the_document_is_what_a_person_said(curator):
    curator.correct(CASE, "patient.sex", "male")
    assert curator.store.get(CASE).case.patient.sex is Sex.MALE
