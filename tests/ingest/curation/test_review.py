"""The review queue: everything that a person should look at, until somebody has."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from case_factory import make_case, make_image

from ingest.annotation.annotate import annotate
from ingest.case import LedgerEntry
from ingest.curation.curator import Curator
from ingest.curation.reports import MAX_REPORT_LETTERS, Reported
from ingest.curation.review import CaseItems, ReviewItem, ReviewKind, require_item, review_queue
from ingest.deletion import delete_case
from ingest.errors import InputError, UnknownCase
from ingest.images.duplicates import DuplicatePair
from ingest.images.objects import ObjectStore
from ingest.remedies import Remedy, RemedyAction
from ingest.store.interface import DocumentStore, Quarantined
from ingest.store.opening import open_store
from ingest.vocabulary import Section

CASE = "medpix2:MPX0001"
IMAGE = f"{CASE}_synpic1"
PAIR = DuplicatePair(IMAGE, "medpix2:MPX0002_synpic1", CASE, "medpix2:MPX0002", "train", "dev", 12)


@pytest.fixture
def store(tmp_path: Path) -> DocumentStore:
    """Two cases, one of them with everything that one may look at, and a record in quarantine."""
    ledger = (
        LedgerEntry("patient.age_years", "45", "years", "45", conflict=True),
        LedgerEntry(f"images[{IMAGE}].plane", "Diagonal", "unknown value", None),
        LedgerEntry("patient.sex", "female", "known spelling", "female"),
        LedgerEntry("topic.acr_code", None, "missing", None),
    )
    broken = make_image(IMAGE, object_key=None, problem="its image file is missing")
    store = open_store("sqlite", tmp_path)
    with store.writer("reader") as writer:
        writer.write_cases([make_case(1, ledger=ledger, images=(broken,), problems=("two records",)), make_case(2)])
        writer.replace_quarantine("medpix2", [Quarantined("k1", "medpix2", "Case_topic.json[3]", "no U_id", "{}")])
    return store


@pytest.fixture
def curator(store: DocumentStore, tmp_path: Path) -> Curator:
    return Curator(store, ObjectStore(tmp_path / "objects"), "ann")


def test_every_kind_of_doubt_is_in_the_queue_with_why_and_what_settles_it(store):
    items = review_queue(store, [PAIR])
    assert [(item.kind, item.image_id) for item in items] == [
        (ReviewKind.CONFLICT, None),
        (ReviewKind.UNKNOWN_VALUE, IMAGE),
        (ReviewKind.PARTIAL, None),
        (ReviewKind.PARTIAL, IMAGE),
        (ReviewKind.NEAR_DUPLICATE, IMAGE),
        (ReviewKind.QUARANTINED, None),
    ]
    assert all(item.why and item.settle[0] == Remedy(RemedyAction.ACCEPT_ITEM, item.item_id) for item in items)
    assert [item.settle[1] for item in items] == [
        Remedy(RemedyAction.CORRECT_VALUE, CASE, "age_years"),
        Remedy(RemedyAction.CORRECT_VALUE, CASE, "plane", IMAGE),
        Remedy(RemedyAction.REJECT, CASE),
        Remedy(RemedyAction.REJECT, IMAGE),
        Remedy(RemedyAction.REJECT, PAIR.other_image_id),
        Remedy(RemedyAction.MEND_SOURCE),
    ]
    assert "in splits train and dev" in items[4].why


def test_ids_are_stable_and_all_different(store):
    first, second = (review_queue(store, [PAIR]) for _ in range(2))
    assert first == second
    assert len({item.item_id for item in first}) == len(first)


def test_every_kind_can_be_settled_and_then_is_gone_until_it_is_withdrawn(store, curator):
    items = review_queue(store, [PAIR])
    while left := review_queue(store, [PAIR]):
        curator.accept(left[0])
    assert [known.decision.decision_id for known in curator.decisions()] == [f"D{n + 1}" for n in range(len(items))]
    for known in curator.decisions():
        curator.withdraw(known.decision.decision_id)
    assert review_queue(store, [PAIR]) == items


def test_a_correction_and_a_rejection_settle_what_they_are_about(store, curator):
    curator.correct(CASE, "age_years", "44")
    curator.correct(CASE, "plane", "axial", image_id=IMAGE)
    assert {item.kind for item in review_queue(store)} == {ReviewKind.PARTIAL, ReviewKind.QUARANTINED}
    curator.reject_image(IMAGE, reason="lost")
    assert [item.image_id for item in review_queue(store) if item.kind is ReviewKind.PARTIAL] == [None]


def test_a_denial_of_the_own_diagnosis_waits_until_it_is_accepted_or_the_diagnosis_corrected(store, curator):
    case = make_case(
        3, diagnosis="Stress fracture", sections={Section.FINDINGS: "No fracture is seen."}, annotations=()
    )
    with store.writer("reader") as writer:
        writer.write_cases([annotate(case)])
    [item] = [item for item in review_queue(store) if item.kind is ReviewKind.CONTRADICTION]
    assert "denies fracture (findings, characters 3 to 11), and its diagnosis is 'Stress fracture'" in item.why
    assert item.settle[1] == Remedy(RemedyAction.CORRECT_VALUE, case.case_id, "diagnosis")
    decision = curator.accept(item)
    assert item not in review_queue(store)
    curator.withdraw(decision.decision_id)
    curator.correct(case.case_id, "diagnosis", "Bone bruise")
    assert not any(item.kind is ReviewKind.CONTRADICTION for item in review_queue(store))


def test_a_rejected_image_is_not_asked_about(store, curator):
    curator.reject_image(IMAGE, reason="lost")
    assert IMAGE not in {item.image_id for item in review_queue(store)}


def test_what_was_read_of_unchanged_cases_is_not_read_again(store, curator, monkeypatch):
    known, read = CaseItems(), list[int]()
    changes_since = store.changes_since

    def counted(sequence: int):
        changes = list(changes_since(sequence))
        read.append(len(changes))
        return changes

    monkeypatch.setattr(store, "changes_since", counted)
    assert review_queue(store, (), known) == review_queue(store)
    curator.correct(CASE, "age_years", "44")
    with store.writer("reader") as writer:
        writer.write_cases([make_case(3, problems=("no title",)), make_case(4, problems=("no text",))])
        writer.delete_case("medpix2:MPX0004")
    read.clear()
    assert review_queue(store, (), known) == review_queue(store)
    assert read == [3, 4]  # with what is known, what changed: two cases and a tombstone; without, everything
    assert review_queue(store, (), known) == review_queue(store)
    delete_case(store, curator.objects, CASE, actor="ann")
    assert {item.case_id for item in review_queue(store, (), known)} == {"medpix2:MPX0003", None}


def test_near_duplicates_of_one_case_are_not_in_the_queue(store):
    neighbours = replace(PAIR, other_case_id=CASE)
    assert ReviewKind.NEAR_DUPLICATE not in {item.kind for item in review_queue(store, [neighbours])}


def test_an_id_that_is_not_in_the_queue_is_refused(store):
    with pytest.raises(InputError, match=r"^there is no review item .* List them\.$") as refused:
        require_item("q0123456789", review_queue(store))
    assert refused.value.remedy == Remedy(RemedyAction.SHOW_QUEUE)


def reported(store: DocumentStore) -> list[ReviewItem]:
    return [item for item in review_queue(store) if item.kind is ReviewKind.REPORTED]


def test_what_a_reader_reports_waits_in_the_queue_until_it_is_dealt_with(store, curator):
    made = curator.report(CASE, "  it is\nno plane  ", about=Reported.IMAGE_LABEL, image_id="MPX0001_synpic1")
    assert (made.report_id, made.image_id, made.said, made.reporter) == ("R1", IMAGE, "it is no plane", "ann")
    (item,) = reported(store)
    assert "image label reported as wrong: it is no plane (ann, " in item.why
    assert item.instead == Remedy(RemedyAction.CORRECT_VALUE, CASE, None, IMAGE)
    curator.correct(CASE, "plane", "axial", image_id=IMAGE)
    store_again(store)
    assert [one.item_id for one in reported(store)] == [item.item_id]
    decision = curator.accept(item, reason="it was no plane")
    assert reported(store) == []
    curator.withdraw(decision.decision_id)
    assert [one.item_id for one in reported(store)] == [item.item_id]


def store_again(store: DocumentStore) -> None:
    """Write the case as its source would, once more."""
    with store.writer("reader") as writer:
        writer.write_cases([make_case(1, confirmation="as the source has it by now")])


def test_reports_of_the_same_words_are_settled_one_by_one(store, curator):
    for _ in range(2):
        curator.report("MPX0002", "wrong", about=Reported.DIAGNOSIS, reporter="")
    first, second = reported(store)
    assert first.instead == Remedy(RemedyAction.CORRECT_VALUE, "medpix2:MPX0002", "diagnosis", None)
    curator.accept(first)
    assert [item.value for item in reported(store)] == [second.value] == ["R2"]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (" ", "is empty"),
        ("x" * (MAX_REPORT_LETTERS + 1), f"has {MAX_REPORT_LETTERS + 1} characters"),
        ("a\0b", "cannot be kept"),
        ("\ud800", "cannot be kept"),
    ],
)
def test_a_report_that_says_nothing_too_much_or_what_cannot_be_kept_is_refused(store, curator, said, why):
    with pytest.raises(InputError, match=why):
        curator.report(CASE, said, about=Reported.OTHER)
    assert reported(store) == []


def test_a_report_of_what_is_not_there_is_refused(store, curator):
    with pytest.raises(UnknownCase, match="MPX9"):
        curator.report("MPX9", "wrong", about=Reported.OTHER)
    with pytest.raises(UnknownCase, match="has no image 'MPX0002_synpic1'"):
        curator.report(CASE, "wrong", about=Reported.OTHER, image_id="MPX0002_synpic1")


def test_a_deleted_case_takes_what_was_reported_of_it_along(store, curator, tmp_path):
    curator.report(CASE, "wrong", about=Reported.TEXT)
    curator.report("MPX0002", "wrong too", about=Reported.TEXT)
    delete_case(store, ObjectStore(tmp_path / "objects"), CASE, actor="ann")
    assert [item.case_id for item in reported(store)] == ["medpix2:MPX0002"]
    assert list(store.records("error-report")) == ["R2"]
