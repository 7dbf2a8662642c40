from __future__ import annotations

import json
import random
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from release_folder import case_document, description

from ingest.case import to_document
from ingest.errors import RejectedRecord
from ingest.normalise.acr_code import normalise_acr_code
from ingest.sources.medpix2.build import read_cases
from ingest.sources.medpix2.form import MAX_TEXT, parse_case_document, parse_description
from ingest.sources.medpix2.json_text import decode_line
from ingest.sources.medpix2.pairing import pair
from ingest.sources.medpix2.records import RawRecord, Release
from ingest.store.stored_form import stored_form


def raw(value: Any) -> RawRecord:
    """A record as the reader of a file gives it."""
    text = value if isinstance(value, str) else json.dumps(value)
    return RawRecord("here[7]", text, decode_line(text))


def test_a_case_document_keeps_texts_verbatim() -> None:
    document = parse_case_document(
        raw(case_document(tac=["MPX9001_a"], mri=["MPX9001_b"], Findings=" A\r\n\u201cB\u201d "))
    )
    assert document.u_id == "MPX9001"
    assert document.types == {"MPX9001_a": "CT", "MPX9001_b": "MR"}
    assert document.case["Findings"] == " A\r\n\u201cB\u201d "


def test_missing_and_null_parts_are_the_same() -> None:
    without = parse_case_document(raw({"U_id": "MPX1"}))
    with_null = parse_case_document(raw({"U_id": "MPX1", "TAC": None, "MRI": None, "Case": None, "Topic": None}))
    assert without == with_null


@pytest.mark.parametrize("key", ["image", "Image"])
def test_both_spellings_of_the_image_key_are_accepted(key: str) -> None:
    document = description("x")
    document[key] = document.pop("image")
    assert parse_description(raw(document)).image_name == "x"


def test_an_image_name_loses_its_ending_and_a_number_becomes_digits() -> None:
    found = parse_description(raw(description("MPX1_a.PNG", Age=45)))
    assert (found.image_name, found.values["Age"]) == ("MPX1_a", "45")


def test_t9_operators_and_prototypes_are_inert_text() -> None:
    document = case_document() | {"$where": "sleep(1000)", "__proto__": {"a": [1]}, "lc": 1}
    assert parse_case_document(raw(document)).extra == {"$where": "sleep(1000)", "__proto__": '{"a": [1]}', "lc": "1"}


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ([], "the record is a list, expected an object"),
        (None, "the record is missing or null"),
        ({}, "U_id is missing or null"),
        ({"U_id": 7}, "U_id is a number"),
        ({"U_id": "../../etc/passwd"}, "U_id is a text that is not an identifier"),
        ({"U_id": "a" * 101}, "not an identifier"),
        ({"U_id": "MPX1\n"}, "not an identifier"),
        ({"U_id": "MPX1", "TAC": "MPX1_a"}, "TAC is a text, expected a list"),
        ({"U_id": "MPX1", "TAC": ["../a"]}, r"TAC\[0\] is a text that is not an identifier"),
        ({"U_id": "MPX1", "Case": []}, "Case is a list, expected an object"),
        ({"U_id": "MPX1", "Case": {"History": {"a": 1}}}, "Case.'History' is an object, expected text"),
        ({"U_id": "MPX1", "Case": {"History": True}}, "Case.'History' is true or false"),
        (
            {"U_id": "MPX1", "Case": {"History": "x" * (MAX_TEXT + 1)}},
            "Case.History: the text has 1000001 characters",
        ),
        ({"U_id": "MPX1", "Case": {"History": "a\0b"}}, "Case.History: the text holds a NUL"),
        ({"U_id": "MPX1", "Case": {"x" * 201: ""}}, "a key is empty, longer than 200"),
        ({"U_id": "MPX1", "Case": {"": ""}}, "a key is empty"),
        ('{"U_id": "MPX1", "Case": {"History": "\\ud800"}}', "Case.History: the text holds half a surrogate pair"),
        ('{"U_id": "MPX1", "Case": {"\\udc00": "a"}}', "Case: a key"),
        ('{"U_id": "MPX1", "U_id": "MPX2"}', "the key 'U_id' occurs twice"),
        ('{"U_id": NaN}', "U_id is a number that is not finite"),
        ('{"U_id": "MPX1", "Case": {"History": ' + "9" * 5000 + "}}", "Case.History: a number has 5000 digits"),
        ('{"U_id": "MPX1", "a": ' + '{"a":' * 20 + "1" + "}" * 21, "nested more than 8 deep"),
    ],
)
def test_t9_a_document_of_another_form_is_refused_with_path_and_reason(document: Any, reason: str) -> None:
    with pytest.raises(RejectedRecord, match=reason) as caught:
        parse_case_document(raw(document))
    assert caught.value.place == "here[7]"


def test_a_record_too_large_for_every_engine_is_refused() -> None:
    document = {"U_id": "MPX1", **{f"a{index}": "x" * 900_000 for index in range(5)}}
    with pytest.raises(RejectedRecord, match="at most 4000000 are taken"):
        parse_case_document(raw(document))


def test_a_message_never_carries_a_patients_text() -> None:
    secret = "Jane Roe, 45"
    document = case_document(secret, History={"a": secret}, Findings="\0" + secret)
    with pytest.raises(RejectedRecord, match=r"here\[7\]: ") as caught:
        parse_case_document(raw(document))
    assert secret not in str(caught.value)


HOSTILE = [None, True, 7, -1.5, [], {}, [[]], {"$ne": ""}, {"__proto__": 1}, ""]
HOSTILE += ["\0", "\ud800", "\u202e", "N/A", "../..", "x" * 2000, "9" * 5000]
HOSTILE_KEYS = ["$where", "__proto__", "", "a.b", "\ud800", "k" * 300, "Image", "_id"]
HOSTILE_TEXTS = [
    "NaN",
    "Infinity",
    "-Infinity",
    "1e999",
    "9" * 5000,
    '{"a":1,"a":2}',
    '"\\udfff"',
    "[" * 1100,
    "{",
    '"',
    "]",
]


def mutate(document: Any, random_: random.Random) -> str:
    """Return the document's JSON with one to three values, keys or letters replaced by hostile ones."""
    for _ in range(random_.randint(1, 3)):
        at = document
        while isinstance(inner := at[random_.choice(list(at))], dict) and inner and random_.random() < 0.7:
            at = inner
        key = random_.choice(list(at))
        action = random_.randrange(4)
        if action == 0 and len(at) > 1:
            del at[key]
        elif action == 1:
            at[random_.choice(HOSTILE_KEYS)] = deepcopy(at[key])
        else:
            at[key] = deepcopy(random_.choice(HOSTILE))
    text = json.dumps(document)
    if random_.random() < 0.2:
        position = random_.randrange(len(text))
        text = text[:position] + random_.choice(HOSTILE_TEXTS) + text[position + 1 :]
    return text


def read_and_store(cases: list[RawRecord], descriptions: list[RawRecord]) -> tuple[int, int]:
    """Do all that an ingest does to texts; return how many cases were taken and how many refused."""
    pairs = pair(cases, descriptions)
    release = Release("here", pairs.records, pairs.rejected)
    taken = 0
    for case in read_cases(release):
        stored_form(case)
        assert json.dumps(to_document(case), allow_nan=False).isascii()
        taken += 1
    refused = sum(rejection.kind == "case" for rejection in pairs.rejected)
    assert taken + refused + pairs.repeated_cases == len(cases)
    return taken, refused


def test_t9_ten_thousand_hostile_documents_are_taken_or_refused_one_by_one() -> None:
    random_ = random.Random(9)
    cases = [raw(mutate(case_document(f"MPX{n}", tac=[f"MPX{n}_a"]), random_)) for n in range(5_000)]
    descriptions = [raw(mutate(description(f"MPX{n}_a", f"MPX{n}"), random_)) for n in range(5_000)]
    taken, refused = read_and_store(cases, descriptions)
    assert taken > 500
    assert refused > 500


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
documents = st.fixed_dictionaries(
    {"U_id": st.sampled_from(["MPX1", "MPX2"]) | json_values},
    optional=dict.fromkeys(("TAC", "MRI", "Case", "Topic", "image", "Description", "Type", "Location"), json_values),
)


@settings(max_examples=100, deadline=None)
@given(cases=st.lists(documents, max_size=4), descriptions=st.lists(documents, max_size=4))
def test_t9_whatever_json_says_each_record_is_taken_or_refused(cases: list[Any], descriptions: list[Any]) -> None:
    read_and_store([raw(case) for case in cases], [raw(one) for one in descriptions])


@pytest.mark.parametrize(
    ("age", "text"),
    [
        ({"$numberInt": "58"}, "58"),
        ({"$numberLong": "58"}, "58"),
        ({"$numberDouble": "58.0"}, "58.0"),
        ({"$numberDecimal": "58"}, "58"),
        ({"$numberDouble": "NaN"}, "NaN"),
        (float("nan"), "NaN"),
    ],
)
def test_extended_json_numbers_and_nan_are_taken(age: Any, text: str) -> None:
    assert parse_description(raw(description("a", Age=age))).values["Age"] == text


def test_nan_without_a_line_in_the_ledger_is_as_null() -> None:
    nan, null = (parse_description(raw(description("a", Figure_Part=value))) for value in (float("nan"), None))
    assert nan == null


def test_dates_and_object_ids_are_kept_as_text() -> None:
    more = {"at": {"$date": {"$numberLong": "0"}}, "by": {"$oid": "65a1b2c3d4e5f6a7b8c9d000"}}
    extra = parse_case_document(raw(case_document() | more)).extra
    assert extra == {"at": "1970-01-01T00:00:00Z", "by": "65a1b2c3d4e5f6a7b8c9d000"}


def test_an_acr_code_that_was_a_number_is_not_guessed_at() -> None:
    assert parse_description(raw(description("a", ACR_Codes=8.1))).numbers == {"ACR Codes"}
    assert normalise_acr_code("8.1", written_as_number=True).value is None
