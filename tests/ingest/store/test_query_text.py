"""What people may type as a filter, and what they are told when it is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import InvalidFilter
from ingest.store.checks import MAX_CONDITIONS, check_filter
from ingest.store.filters import (
    FIELDS,
    AllOf,
    Annotated,
    AnyOf,
    Between,
    Classified,
    Contains,
    Filter,
    Not,
    OneOf,
    StartsWith,
    Within,
)
from ingest.store.query_text import filter_from_fields, format_filter, parse_filter
from ingest.vocabulary import Assertion

MR = OneOf("modality", ("MR",))
HEAD = OneOf("region", ("Head",))
MALE = OneOf("sex", ("male",))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", AllOf(())),
        ("()", AllOf(())),
        ("modality=MR", MR),
        ("modality=mr", MR),
        ("region=HEAD", HEAD),
        ('region="spine and muscles"', OneOf("region", ("Spine and Muscles",))),
        ("modality=CT,MR", OneOf("modality", ("CT", "MR"))),
        ('pathology_category="Neoplasm, glial"', OneOf("pathology_category", ("Neoplasm, glial",))),
        ("acr_code=8.-1", OneOf("acr_code", ("8.-1",))),
        ("case_id=medpix2:MPX1009", OneOf("case_id", ("medpix2:MPX1009",))),
        ("age_years=30..50", Between("age_years", 30, 50)),
        ("age_years=30..", Between("age_years", 30, None)),
        ("age_years=..0.5", Between("age_years", None, 0.5)),
        ("age_years=..", Between("age_years")),
        ("age_years=45", Between("age_years", 45, 45)),
        ("age_years=1,60..", AnyOf((Between("age_years", 1, 1), Between("age_years", 60, None)))),
        ('findings~"ring enhancing"', Contains("findings", "ring enhancing")),
        ("findings~ring", Contains("findings", "ring")),
        (r'findings~"a \"quoted\" \\ word"', Contains("findings", 'a "quoted" \\ word')),
        ('findings~""', Contains("findings", "")),
        ("caption~mass,cyst", AnyOf((Contains("caption", "mass"), Contains("caption", "cyst")))),
        ("mesh^kidney", StartsWith("mesh", "kidney")),
        ('keyword^"renal c",mri', AnyOf((StartsWith("keyword", "renal c"), StartsWith("keyword", "mri")))),
        ("keyword=kidney,mri", OneOf("keyword", ("kidney", "mri"))),
        ('licence="CC BY",CC0', OneOf("licence", ("CC BY", "CC0"))),
        ("year=2015..", Between("year", 2015, None)),
        ("within:2:MPX9001", Within("MPX9001", 2)),
        ('WITHIN:1:"Renal cell carcinoma"', Within("Renal cell carcinoma", 1)),
        ("model:modality=CT,MR", Classified("modality", ("CT", "MR"))),
        ("finding:mass", Annotated("finding:mass")),
        ("absent:mass", Annotated("finding:mass", Assertion.ABSENT)),
        ("uncertain:finding:mass", Annotated("finding:mass", Assertion.UNCERTAIN)),
        ('historical:"treatment:lung surgery"', Annotated("treatment:lung surgery", Assertion.HISTORICAL)),
        ("exam:mri-head", Annotated("exam:mri-head")),
        ("exam~heart", Contains("exam", "heart")),
        ("modality=MR region=Head", AllOf((MR, HEAD))),
        ("modality=MR and region=Head", AllOf((MR, HEAD))),
        ("modality=MR or region=Head sex=male", AnyOf((MR, AllOf((HEAD, MALE))))),
        ("(modality=MR or region=Head) sex=male", AllOf((AnyOf((MR, HEAD)), MALE))),
        ("not modality=MR region=Head", AllOf((Not(MR), HEAD))),
        ("NOT (modality=MR OR region=Head)", Not(AnyOf((MR, HEAD)))),
        ("not not sex=male", Not(Not(MALE))),
        ("split=or", OneOf("split", ("or",))),
        ("title~not", Contains("title", "not")),
    ],
)
def test_a_filter_is_read_and_written(text, expected):
    assert parse_filter(text) == expected
    assert parse_filter(format_filter(expected)) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("plane=Saggital", r"^plane 'Saggital' is not in the vocabulary\. Did you mean 'sagittal'\?$"),
        ("plane=left", r"^plane 'left' is not in the vocabulary\. Values: axial, coronal, sagittal, oblique\.$"),
        ("plan=axial", r"^field 'plan' is unknown\. Did you mean 'plane'\?$"),
        ("xyz=1", r"^field 'xyz' is unknown\. Fields: case_id, source"),
        ("age_years=old", r"^age_years 'old' is not a number\. Write age_years=30, 30\.\.50"),
        ("age_years=nan", "is not a number"),
        ("age_years=1e999", "is not a number"),
        ("age_years=50..30", "ends before it begins"),
        ("age_years~3", r"cannot be asked for a text\. Write age_years=30\.\.50"),
        ("modality~MR", "Write modality=value"),
        ("modality^MR", "Write modality=value"),
        ("within:MPX9001", "Write within:2:NODE"),
        ("within:2:", "Write within:2:NODE"),
        ("within:9:MPX9001", "within 1 to 4 steps of a node, not 9"),
        ("pneumonia", "is not a condition. Write field=value"),
        ("modality", "is not a condition. Did you mean 'modality'"),
        ("modality=", "ends where"),
        ("not", "ends where"),
        ("modality=MR or", "ends where"),
        ("(modality=MR", r"'\(' at character 1 is not closed"),
        ("modality=MR)", r"'\)' at character 12 closes nothing"),
        (")", "stands where a condition is expected"),
        ('findings~"open', "quote at character 10 is not closed"),
        ("modality==MR", "stands where a value is expected"),
        ("=MR", "stands where a condition is expected"),
        ('"modality"=MR', "stands where a condition is expected"),
        ("absent:", "names no concept"),
        ("findings~\0", "no text of a case can hold"),
        ("(" * 5000, "nested deeper than 32"),
        ("not " * 5000 + "sex=male", "nested deeper than 32"),
        (" ".join(["sex=male"] * 501), f"501 conditions, at most {MAX_CONDITIONS}"),
    ],
)
def test_a_filter_that_is_wrong_says_what_is_meant(text, message):
    with pytest.raises(InvalidFilter, match=message):
        parse_filter(text)


@given(st.text(alphabet='()=~,."\\ :ormodality30findg:sex\0ß', max_size=40))
def test_any_text_is_a_filter_or_refused(text):
    try:
        where = parse_filter(text)
    except InvalidFilter:
        return
    assert parse_filter(format_filter(where)) == where


def test_every_field_can_be_asked_for():
    for name, field in FIELDS.items():
        value = str(next(iter(field.vocabulary))) if field.vocabulary else "3"
        parse_filter(f"{name}={value}")


@pytest.mark.parametrize(
    ("where", "said"),
    [
        (OneOf("nothing", ("x",)), "nothing"),
        (OneOf("plane", ("Axial",)), "plane 'Axial' is not in the vocabulary"),
        (OneOf("age_years", ("3",)), "field 'age_years' cannot be asked for"),
        (Between("plane", 1, 2), "field 'plane' cannot be asked for"),
        (Between("age_years", float("nan"), None), "'age_years' are not finite"),
        (Between("age_years", 0, float("inf")), "'age_years' are not finite"),
        (Between("age_years", 3, 2), r"age_years=3\.\.2 ends before it begins"),
        (Contains("plane", "axial"), "field 'plane' cannot be asked for a text"),
        (Contains("title", "half a pair \ud800"), "NUL or half a pair"),
        (Annotated("\0"), "NUL or half a pair"),
        (AllOf((Not(AnyOf((OneOf("sex", ("f",)),))),)), "sex 'f' is not in the vocabulary"),
    ],
)
def test_a_filter_made_in_python_is_checked_like_a_typed_one(where, said):
    with pytest.raises(InvalidFilter, match=said):
        check_filter(where)


def test_a_deep_filter_made_in_python_is_refused():
    where: Filter = MR
    for _ in range(3000):
        where = Not(where)
    with pytest.raises(InvalidFilter, match="nested deeper"):
        check_filter(where)


def test_the_fields_of_a_form_become_one_filter():
    fields = {"modality": ["mr"], "age_years": (30, None), "findings": "ring", "sex": None, "plane": [], "title": ""}
    expected = AllOf((MR, Between("age_years", 30, None), Contains("findings", "ring")))
    assert filter_from_fields(fields) == expected
    assert filter_from_fields({"age_years": 4}) == Between("age_years", 4, 4)
    assert filter_from_fields({"age_years": (None, None), "sex": "Male"}) == MALE
    assert filter_from_fields({}) == AllOf(())
    with pytest.raises(InvalidFilter, match="Did you mean 'plane'"):
        filter_from_fields({"plan": "axial"})
