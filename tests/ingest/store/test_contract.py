"""What every document store promises, whatever its engine; the oracle is the slow obvious way in plain Python."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from case_factory import HOSTILE_KEYS, TRICKY_TEXTS, make_case, make_image, varied_cases

from ingest.case import AgeRange, Case, Patient, sha256_of_json, to_document
from ingest.errors import BusyError, InputError, InvalidFilter, RejectedRecord, UnknownCase
from ingest.store.filters import AllOf, AnyOf, Between, Contains, Not, OneOf, StartsWith
from ingest.store.interface import ChangeKind, DocumentStore, ImageCounts, Quarantined, StoredCase, Tombstone
from ingest.store.query_text import parse_filter
from ingest.store.views import Known, SourceView
from ingest.vocabulary import AgeUnit, Modality, Section

OpenStore = Callable[[], DocumentStore]


def write(store: DocumentStore, *cases):
    with store.writer("tester") as writer:
        return writer.write_cases(cases)


def kinds(changes):
    return [(change.kind, change.sequence) for change in changes]


def test_an_empty_store_has_sequence_zero_and_no_cases(store):
    assert store.sequence() == 0
    assert store.count() == 0
    assert list(store.cases()) == []
    assert list(store.changes_since(0)) == []
    assert store.content_digest() == sha256_of_json([])
    page = store.page()
    assert (page.cases, page.total, page.next_after) == ((), 0, None)


def test_a_written_case_comes_back_equal_with_its_number_time_and_actor(store):
    case = make_case(1)
    write(store, case)
    stored = store.get(case.case_id)
    assert stored.case == case
    assert stored.case.content_digest == case.content_digest
    assert (stored.sequence, stored.actor) == (1, "tester")
    assert stored.written_at.startswith("2031-01-01T00:00:") and stored.written_at.endswith("+00:00")


def test_each_change_takes_the_next_number_and_an_unchanged_case_takes_none(store):
    first, second = make_case(1), make_case(2)
    assert kinds(write(store, first, second)) == [(ChangeKind.ADDED, 1), (ChangeKind.ADDED, 2)]
    changed = replace(first, diagnosis="Bladder stone")
    assert kinds(write(store, changed, second)) == [(ChangeKind.CHANGED, 3), (ChangeKind.UNCHANGED, None)]
    assert store.sequence() == 3
    assert store.get(first.case_id).case.diagnosis == "Bladder stone"


def test_t14_the_same_case_twice_in_one_call_is_written_once(store):
    case = make_case(1)
    changed = replace(case, diagnosis="Bladder stone")
    assert kinds(write(store, case, case, changed)) == [
        (ChangeKind.ADDED, 1),
        (ChangeKind.UNCHANGED, None),
        (ChangeKind.CHANGED, 2),
    ]
    assert store.get(case.case_id).case == changed
    assert [stored.sequence for stored in store.changes_since(0)] == [2]


def test_many_batches_are_numbered_without_a_gap(store):
    cases = [make_case(number) for number in range(250)]
    changes = write(store, *cases)
    assert [change.sequence for change in changes] == list(range(1, 251))
    assert [stored.case.case_id for stored in store.cases()] == [case.case_id for case in cases]
    assert [stored.sequence for stored in store.changes_since(0)] == list(range(1, 251))


def test_a_deleted_case_leaves_a_tombstone_with_its_number(store):
    write(store, make_case(1), make_case(2))
    with store.writer("eraser") as writer:
        change = writer.delete_case("medpix2:MPX0001")
    assert (change.kind, change.sequence) == (ChangeKind.DELETED, 3)
    assert store.case_ids() == ["medpix2:MPX0002"]
    assert not store.has("medpix2:MPX0001")
    assert store.count(Contains("findings", "mass")) == 1
    assert store.facets("modality") == {"CT": 1}
    with pytest.raises(UnknownCase, match="there is no case 'medpix2:MPX0001'"):
        store.get("medpix2:MPX0001")
    with pytest.raises(UnknownCase, match="there is no case 'MPX0001'"):
        store.get("MPX0001")
    live, tombstone = store.changes_since(0)
    assert isinstance(live, StoredCase) and live.sequence == 2
    assert isinstance(tombstone, Tombstone)
    assert (tombstone.case_id, tombstone.sequence, tombstone.actor) == ("medpix2:MPX0001", 3, "eraser")


def test_a_deleted_case_can_be_written_again(store):
    case = make_case(1)
    write(store, case)
    with store.writer("tester") as writer:
        writer.delete_case(case.case_id)
        assert kinds(writer.write_cases([case])) == [(ChangeKind.ADDED, 3)]
    assert store.get("MPX0001").case == case
    assert [type(change) for change in store.changes_since(0)] == [StoredCase]


@pytest.mark.parametrize("case_id", ["medpix2:none", "", "MPX0001", "\ud800", "$ne"])
def test_deleting_what_is_not_there_is_refused_and_takes_no_number(store, case_id):
    write(store, make_case(1))
    with store.writer("tester") as writer, pytest.raises(UnknownCase, match=r"there is no case .* to delete"):
        writer.delete_case(case_id)
    assert store.sequence() == 1


def test_a_case_is_found_by_its_short_id_only_where_one_case_has_it(store):
    write(store, make_case(case_id="a:X1"), make_case(case_id="b:X1"), make_case(case_id="b:X2"))
    assert store.get("X2").case.case_id == "b:X2"
    with pytest.raises(UnknownCase, match="2 cases: a:X1, b:X1"):
        store.get("X1")
    assert store.has("b:X2") and not store.has("X2")
    for unknown in ("X3", "", "b:", "\ud800", "x\0"):
        with pytest.raises(UnknownCase, match="there is no case"):
            store.get(unknown)
        assert not store.has(unknown)


def test_a_filter_takes_short_ids_too_and_finds_every_case_that_has_one(store):
    write(store, make_case(case_id="a:X1"), make_case(case_id="b:X1"), make_case(case_id="b:X2"))
    assert store.case_ids(OneOf("case_id", ("X1",))) == ["a:X1", "b:X1"]
    assert store.case_ids(OneOf("case_id", ("X2", "a:X1"))) == ["a:X1", "b:X2"]
    assert store.case_ids(Not(OneOf("case_id", ("X1",)))) == ["b:X2"]


def test_changes_since_tells_only_the_latest_state_after_a_number(store):
    first, second = make_case(1), make_case(2)
    write(store, first, second)
    write(store, replace(first, diagnosis="x"))
    assert [(change.case.case_id, change.sequence) for change in store.changes_since(1)] == [
        (second.case_id, 2),
        (first.case_id, 3),
    ]
    assert list(store.changes_since(3)) == []


def test_everything_is_still_there_when_the_store_is_opened_again(open_again):
    store = open_again()
    write(store, make_case(1), make_case(2))
    digest = store.content_digest()
    store.close()
    again = open_again()
    assert (again.sequence(), again.count(), again.content_digest()) == (2, 2, digest)
    assert kinds(write(again, make_case(3))) == [(ChangeKind.ADDED, 3)]


def test_equal_stores_have_equal_digests_however_they_came_to_be(store):
    cases = varied_cases(6)
    write(store, *reversed(cases), make_case(99))
    with store.writer("tester") as writer:
        writer.delete_case("medpix2:MPX0099")
    by_id = sorted(cases, key=lambda case: case.case_id)
    assert store.content_digest() == sha256_of_json([[case.case_id, case.content_digest] for case in by_id])


def test_pages_follow_one_another_without_gap_or_repetition(store):
    write(store, *(make_case(number) for number in range(7)))
    seen, after = [], None
    while True:
        page = store.page(after=after, limit=3)
        assert page.total == 7
        seen += [stored.case.case_id for stored in page.cases]
        if page.next_after is None:
            break
        after = page.next_after
    assert seen == store.case_ids()
    assert store.page(limit=7).next_after is None
    with pytest.raises(ValueError, match="at least one"):
        store.page(limit=0)


def test_a_page_stays_where_it_is_while_others_write(store):
    write(store, *(make_case(number) for number in range(0, 10, 2)))
    first = store.page(limit=2)
    write(store, make_case(1), make_case(5))
    second = store.page(after=first.next_after, limit=2)
    assert [stored.case.short_id for stored in second.cases] == ["MPX0004", "MPX0005"]


def test_a_page_counts_only_what_matches(store):
    write(store, *varied_cases(30))
    where = OneOf("modality", ("CT",))
    page = store.page(where, limit=2)
    assert page.total == store.count(where) == len(store.case_ids(where)) == len(list(store.cases(where)))
    assert [stored.case.case_id for stored in page.cases] == store.case_ids(where)[:2]


def test_facets_count_cases_not_images_most_frequent_first(store):
    write(
        store,
        make_case(1, images=(make_image("a"), make_image("b"))),
        make_case(2, images=(make_image("a", modality=Modality.MR), make_image("b"))),
        make_case(3, images=(make_image("a", modality=Modality.US),)),
        make_case(4, images=()),
    )
    assert list(store.facets("modality").items()) == [("CT", 2), ("MR", 1), ("US", 1)]
    assert store.facets("modality", OneOf("modality", ("MR",))) == {"CT": 1, "MR": 1}
    with pytest.raises(InvalidFilter, match="Did you mean 'modality'"):
        store.facets("modalty")


@pytest.mark.parametrize(
    ("field_name", "values_of"),
    [
        ("source", lambda case: {case.source}),
        ("technique", lambda case: {name for image in case.images for name in image.technique}),
        ("status", lambda case: {str(case.status)}),
        ("split", lambda case: {case.split}),
        ("age_years", lambda case: {f"{age:g}" if (age := case.patient.age_years) is not None else None}),
        ("title", lambda case: {case.sections.get(Section.TITLE)}),
        ("caption", lambda case: {image.caption for image in case.images}),
    ],
)
def test_facets_agree_with_counting_by_hand(store, field_name, values_of):
    cases = varied_cases(40)
    write(store, *cases)
    expected: dict[str, int] = {}
    for case in cases:
        for value in values_of(case) - {None}:
            expected[value] = expected.get(value, 0) + 1
    found = store.facets(field_name)
    assert found == expected
    assert list(found.items()) == sorted(found.items(), key=lambda item: (-item[1], item[0]))


def with_and_without_pixels(count: int) -> list[Case]:
    """Return cases of which every third image, and all images of every fifth case, have no pixels."""
    cases = varied_cases(count)
    lost = [[place % 3 == 1 or number % 5 == 0 for place in range(9)] for number in range(count)]
    return [
        replace(
            case,
            images=tuple(
                replace(image, object_key=None if lost[number][place] else image.object_key)
                for place, image in enumerate(case.images)
            ),
        )
        for number, case in enumerate(cases)
    ]


@pytest.mark.parametrize("where", [None, OneOf("modality", ("CT",)), Not(OneOf("status", ("partial",))), AnyOf(())])
def test_images_are_counted_like_by_hand(store, where):
    write(store, *with_and_without_pixels(40))
    with store.writer("eraser") as writer:
        writer.delete_case(store.case_ids()[0])
    cases = [stored.case for stored in store.cases(where)]
    images = [len(case.images) for case in cases]
    pixels = [len(case.stored_images) for case in cases]
    assert store.image_counts(where) == ImageCounts(sum(images), sum(map(bool, images)))
    assert store.image_counts(where, stored=True) == ImageCounts(sum(pixels), sum(map(bool, pixels)))
    assert cases == [] or 0 < sum(pixels) < sum(images)


@pytest.mark.parametrize("where", [None, OneOf("modality", ("CT",)), AnyOf(())])
def test_titles_are_those_of_the_cases_in_their_order(store, where):
    bare = make_case(case_id="own:bare", sections={}, diagnosis=None)
    write(store, *varied_cases(40), bare)
    titles = {stored.case.case_id: stored.case.title for stored in store.cases(where)}
    assert list(store.titles(where).items()) == list(titles.items())
    assert list(store.titles(where, limit=3).items()) == list(titles.items())[:3]
    assert where or titles["own:bare"] == "bare"
    with pytest.raises(ValueError, match="at least one"):
        store.titles(limit=0)


def test_diagnoses_are_counted_as_they_stand_after_every_change(store, open_again):
    first, second = make_case(1, diagnosis="Abscess (AB)"), make_case(2, diagnosis="abscess (AB)")
    write(store, first, second, make_case(3, diagnosis=None))
    assert store.facets("diagnosis") == {"Abscess (AB)": 1, "abscess (AB)": 1}
    other = open_again()
    write(other, replace(first, diagnosis="Bladder stone"), make_case(4, diagnosis="Bladder stone"))
    assert store.facets("diagnosis") == {"Bladder stone": 2, "abscess (AB)": 1}
    assert store.facets("diagnosis", OneOf("case_id", (first.case_id, second.case_id))) == {
        "Bladder stone": 1,
        "abscess (AB)": 1,
    }
    assert store.case_ids(OneOf("disease", ("bladder stones",))) == [first.case_id, "medpix2:MPX0004"]
    with other.writer("eraser") as writer:
        writer.delete_case(second.case_id)
    assert store.facets("diagnosis") == {"Bladder stone": 2}


def test_an_empty_text_is_in_every_text_that_a_case_has(store):
    write(store, make_case(1, diagnosis=""), make_case(2, diagnosis=None), make_case(3))
    for where in (Contains("diagnosis", ""), StartsWith("diagnosis", "")):
        assert store.case_ids(where) == ["medpix2:MPX0001", "medpix2:MPX0003"]


def test_an_empty_and_and_an_empty_or_are_everything_and_nothing(store):
    write(store, make_case(1))
    assert store.count(AllOf(())) == 1
    assert store.count(AnyOf(())) == 0
    assert store.count(Not(AnyOf(()))) == 1
    assert store.count(Not(AllOf(()))) == 0
    assert store.count(OneOf("source", ())) == 0


def test_an_unknown_age_is_in_no_range_and_in_every_negated_one(store):
    write(store, make_case(1, patient=Patient("p")), make_case(2, patient=Patient("q", 30.0)))
    assert store.case_ids(Between("age_years")) == ["medpix2:MPX0002"]
    assert store.case_ids(Between("age_years", 30, 30)) == ["medpix2:MPX0002"]
    assert store.case_ids(Between("age_years", None, 29.9)) == []
    assert store.case_ids(Not(Between("age_years", 0, 200))) == ["medpix2:MPX0001"]


@pytest.mark.parametrize(
    ("asked", "matches"),
    [
        ("60..64", True),
        ("..60", True),
        ("69..", True),
        ("65", True),
        ("55..75", True),
        ("..59.9", False),
        ("70..", False),
    ],
)
def test_an_age_in_a_decade_is_in_every_range_that_overlaps_with_it(store, asked, matches):
    sixties = Patient("p", 65.0, age_unit=AgeUnit.DECADES, age_range=AgeRange(60.0, 69.0))
    write(store, make_case(1, patient=sixties), make_case(2, patient=Patient("q", 20.0)))
    where = AllOf((parse_filter(f"age_years={asked}"), Not(OneOf("case_id", ("medpix2:MPX0002",)))))
    assert store.case_ids(where) == (["medpix2:MPX0001"] if matches else [])
    assert store.facets("age_years") == {"20": 1, "65": 1}


def test_what_is_told_of_a_patient_can_be_asked_for_and_unknown_is_neither_true_nor_false(store):
    told = Patient("p", 0.5, age_unit=AgeUnit.MONTHS, gestational_age_weeks=32.57, transgender=True)
    write(
        store,
        make_case(1, patient=told),
        make_case(2, patient=Patient("q", transgender=False)),
        make_case(3, patient=Patient("r")),
    )
    for asked, found in {
        "transgender=true": [1],
        "transgender=TRUE,false": [1, 2],
        "not transgender=true": [2, 3],
        "age_unit=months": [1],
        "gestational_age_weeks=32..33": [1],
    }.items():
        assert store.case_ids(parse_filter(asked)) == [f"medpix2:MPX000{number}" for number in found], asked
    assert store.facets("transgender") == {"false": 1, "true": 1}
    with pytest.raises(InvalidFilter, match=r"transgender 'perhaps' is not in the vocabulary\. Values: true, false"):
        parse_filter("transgender=perhaps")


def test_one_condition_takes_very_many_values(store):
    write(store, make_case(1), make_case(2))
    many = tuple(f"medpix2:MPX{number:04}" for number in range(2, 40_000))
    assert store.case_ids(OneOf("case_id", many)) == ["medpix2:MPX0002"]


@pytest.mark.parametrize("text", TRICKY_TEXTS)
def test_t33_a_text_to_contain_is_letters_never_a_pattern(store, text):
    cases = varied_cases(25, seed=3)
    write(store, *cases)
    for asked in (text, text.upper(), text[1:6], "$folded.title", ".*", "$$ROOT", "%"):
        expected = sorted(
            case.case_id
            for case in cases
            if Section.HISTORY in case.sections and asked.casefold() in case.sections[Section.HISTORY].casefold()
        )
        assert store.case_ids(Contains("history", asked)) == expected


@pytest.mark.parametrize(
    "value", ["$ne", "{'$ne': ''}", "' OR 1=1 --", '"; DROP TABLE cases; --', "$where", "a.b", "*", "%", "[1]"]
)
def test_t33_a_hostile_value_is_only_a_value(store, value):
    write(store, make_case(1), make_case(2, split=value, case_id=f"own:{value}"))
    assert store.case_ids(OneOf("split", (value,))) == [f"own:{value}"]
    assert store.get(f"own:{value}").case.split == value
    assert store.get(value).case.split == value
    assert store.facets("split") == {value: 1}
    assert store.count() == 2


def test_hostile_keys_of_a_source_survive(store):
    values = {key: f"value of {key}" for key in HOSTILE_KEYS}
    case = make_case(1, source_values=values, images=(make_image("i", source_values=values),))
    write(store, case)
    assert store.get(case.case_id).case == case


@pytest.mark.parametrize(
    "changes",
    [
        {"diagnosis": "half a pair \ud800"},
        {"diagnosis": "a NUL \0"},
        {"source_values": {"a NUL \0 key": "x"}},
        {"patient": Patient("p", float("nan"))},
        {"images": (make_image("i", frame=2**64),)},
    ],
)
def test_t9_a_case_that_no_engine_could_keep_is_refused_and_nothing_is_written(store, changes):
    with store.writer("tester") as writer, pytest.raises(RejectedRecord, match="medpix2:MPX0002"):
        writer.write_cases([make_case(1), make_case(2, **changes)])
    assert (store.sequence(), store.count()) == (0, 0)


def test_a_second_writer_is_told_who_writes_since_when(store, open_again):
    other = open_again()
    with store.writer("first") as writer:
        with pytest.raises(BusyError, match=r"since 2031-01-01T00:00:\d\d"), other.writer("second"):
            pass
        writer.write_cases([make_case(1)])
        assert other.count() == 1  # reading goes on
    with other.writer("second") as writer:
        writer.write_cases([make_case(2)])
    assert store.sequence() == 2


def test_a_writer_needs_an_actor(store):
    for actor in ("", "  "):
        with pytest.raises(ValueError, match="actor"), store.writer(actor):
            pass


def test_a_writer_that_fails_lets_the_next_one_in(store):
    with pytest.raises(RuntimeError, match="the caller failed"), store.writer("first") as writer:
        writer.write_cases([make_case(1)])
        raise RuntimeError("the caller failed")
    with store.writer("second") as writer:
        assert kinds(writer.write_cases([make_case(2)])) == [(ChangeKind.ADDED, 2)]


def test_a_source_of_cases_that_fails_leaves_whole_batches(store):
    def failing():
        for number in range(150):
            yield make_case(number)
        raise RuntimeError("the source failed")

    with store.writer("first") as writer, pytest.raises(RuntimeError, match="the source failed"):
        writer.write_cases(failing())
    assert store.sequence() == store.count() == 100


def quarantined(key, source="medpix2", place="Case_topic.json[1]"):
    return Quarantined(key, source, place, "it has no U_id", '{"a": "\ud800"}')


def test_the_quarantine_of_a_source_is_replaced_as_a_whole(store):
    with store.writer("tester") as writer:
        writer.replace_quarantine("medpix2", [quarantined("b", place="2"), quarantined("a", place="1")])
        writer.replace_quarantine("pmc", [quarantined("a", "pmc")])
        assert [(item.source, item.key) for item in store.quarantined()] == [
            ("medpix2", "a"),
            ("medpix2", "b"),
            ("pmc", "a"),
        ]
        writer.replace_quarantine("medpix2", [quarantined("c")])
        assert [(item.source, item.key) for item in store.quarantined()] == [("medpix2", "c"), ("pmc", "a")]
        writer.replace_quarantine("medpix2", [])
    (left,) = store.quarantined()
    assert left == Quarantined("a", "pmc", "Case_topic.json[1]", "it has no U_id", '{"a": "\\ud800"}')
    assert store.sequence() == 0


def test_a_quarantine_that_would_hide_a_record_is_refused(store):
    with store.writer("tester") as writer:
        writer.replace_quarantine("medpix2", [quarantined("a")])
        with pytest.raises(ValueError, match="same key"):
            writer.replace_quarantine("medpix2", [quarantined("b"), quarantined("b")])
    assert [item.key for item in store.quarantined()] == ["a"]


def test_records_are_kept_by_kind_and_key_and_replaced(store):
    hostile = {"$set": {"a.b": [1, None, 0.5, "𝔸\ud800\0"]}, "": {}}
    with store.writer("tester") as writer:
        writer.save_record("query", "b", {"text": "old"})
        writer.save_record("query", "b", hostile)
        writer.save_record("query", "a", {"text": "x"})
        writer.save_record("draft", "a", {})
        writer.delete_record("draft", "never there")
        assert store.records("query") == {"a": {"text": "x"}, "b": hostile}
        assert list(store.records("query")) == ["a", "b"]
        writer.delete_record("query", "b")
        with pytest.raises(InputError, match="plain JSON"):
            writer.save_record("query", "c", {"when": object()})
    assert store.records("query") == {"a": {"text": "x"}}
    assert store.records("nothing") == {}
    assert store.sequence() == 0


def test_several_threads_read_while_one_writes(store):
    write(store, *(make_case(number) for number in range(20)))

    def read():
        for _ in range(5):
            assert len(list(store.cases())) >= 20
            assert store.get("MPX0003").case.case_id == "medpix2:MPX0003"
            assert store.count(Contains("findings", "mass")) >= 20

    with ThreadPoolExecutor(4) as threads:
        readers = [threads.submit(read) for _ in range(4)]
        for number in range(20, 30):
            write(store, make_case(number))
        for reader in readers:
            reader.result()
    assert store.sequence() == 30


def test_an_iteration_may_be_left_half_way(open_again):
    store = open_again([SourceView("cases", "medpix2", {"id": Known.CASE_ID})])
    write(store, *(make_case(number) for number in range(5)))
    for rows in (store.cases(), store.changes_since(0), store.view("cases")):
        next(rows)
        del rows
    write(store, make_case(9))
    assert store.count() == 6


def test_a_closed_store_says_so(store):
    store.close()
    with pytest.raises(ValueError, match="closed"):
        store.count()
    store.close()


def test_entries_tell_what_is_written_down_and_digests_can_be_computed_again(store):
    cases = [make_case(number, source_values={"a.b": "$x", "Age": None}) for number in range(3)]
    with store.writer("tester") as writer:
        writer.write_cases(cases)
        writer.delete_case("medpix2:MPX0001")
    first, gone, third = store.entries()
    assert (gone.case_id, gone.sequence, gone.content_digest, gone.document) == ("medpix2:MPX0001", 4, None, None)
    for entry, case in ((first, cases[0]), (third, cases[2])):
        assert entry.document == to_document(case)
        assert sha256_of_json(entry.document) == entry.content_digest == case.content_digest


def test_every_change_is_accounted_for_whatever_was_written_over_or_deleted(store):
    with store.writer("tester") as writer:
        writer.write_cases([make_case(number) for number in range(3)])
        writer.write_cases([make_case(1, diagnosis="a"), make_case(1, diagnosis="b"), make_case(2)])
        writer.delete_case("medpix2:MPX0001")
        writer.write_cases([make_case(1, diagnosis="c")])
    assert store.sequence() == 7
    assert store.lost_changes() == []
