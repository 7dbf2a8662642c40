from __future__ import annotations

import json
from typing import Any

from release_folder import case_document, description

from ingest.sources.medpix2.pairing import Pairs, pair
from ingest.sources.medpix2.records import RawRecord
from ingest.sources.source import DocumentKind


def pair_of(cases: list[Any], descriptions: list[Any]) -> Pairs:
    def raws(values: list[Any], name: str) -> list[RawRecord]:
        return [RawRecord(f"{name}[{index}]", json.dumps(value), value) for index, value in enumerate(values)]

    return pair(raws(cases, "cases"), raws(descriptions, "descriptions"))


def test_a_case_gets_the_descriptions_of_its_images_in_source_order() -> None:
    cases = [case_document("MPX1", tac=["b", "a"]), case_document("MPX2", mri=["c"])]
    pairs = pair_of(cases, [description("c", "MPX2", "MR"), description("b", "MPX1"), description("a", "MPX1")])
    assert [[one.image_name for one in record.descriptions] for record in pairs.records] == [["b", "a"], ["c"]]
    assert (pairs.rejected, pairs.case_count, pairs.description_count) == ((), 2, 3)


def test_t14_a_document_that_comes_twice_word_for_word_counts_once() -> None:
    case, image = case_document(tac=["a"]), description("a")
    pairs = pair_of([case, case], [image, image, image])
    assert len(pairs.records) == 1
    assert (pairs.rejected, pairs.repeated_cases, pairs.repeated_descriptions) == ((), 1, 2)


def test_t14_one_id_with_two_contents_keeps_the_first_and_refuses_the_second() -> None:
    pairs = pair_of([case_document(), case_document(Findings="Other.")], [])
    assert [record.place for record in pairs.records] == ["cases[0]"]
    (rejection,) = pairs.rejected
    assert (rejection.kind, rejection.place, rejection.case_ids) == (
        DocumentKind.CASE,
        "cases[1]",
        ("medpix2:MPX9001",),
    )
    assert rejection.reason == "MPX9001 also stands at cases[0] with other content; that one was taken."


def test_a_description_without_its_case_is_refused() -> None:
    (rejection,) = pair_of([case_document("MPX1")], [description("a", "MPX2")]).rejected
    assert (rejection.kind, rejection.case_ids) == (DocumentKind.IMAGE, ())
    assert rejection.reason == "no case document of U_id MPX2 was taken."


def test_t14_an_image_that_two_cases_list_belongs_to_the_first_and_the_second_says_so() -> None:
    cases = [case_document("MPX1", tac=["a"]), case_document("MPX2", tac=["a"])]
    pairs = pair_of(cases, [description("a", "MPX2")])
    first, second = pairs.records
    assert (dict(first.document.types), dict(second.document.types)) == ({"a": "CT"}, {})
    assert second.problems == ("image a belongs to case MPX1",)
    assert [rejection.reason for rejection in pairs.rejected] == ["case MPX1 lists its image."]
