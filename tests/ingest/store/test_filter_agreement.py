"""Random filters are answered by each engine as a slow obvious reading of the case answers them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from case_factory import CONCEPT_IDS, TRICKY_TEXTS, varied_cases
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from ingest.case import Case
from ingest.store.filters import (
    FIELDS,
    AllOf,
    Annotated,
    AnyOf,
    Between,
    Contains,
    Filter,
    Not,
    OneOf,
    StartsWith,
    ValueKind,
    conditions_of,
)
from ingest.store.matching import image_matches
from ingest.store.query_text import format_filter, parse_filter
from ingest.vocabulary import Assertion, Section

CASES = varied_cases(60, seed=11)

EXACT = [name for name, field in FIELDS.items() if field.kind in (ValueKind.EXACT, ValueKind.FLAG)]
TEXTS = [name for name, field in FIELDS.items() if field.kind is ValueKind.TEXT]
NUMBERS = [name for name, field in FIELDS.items() if field.kind is ValueKind.NUMBER]
OTHER_VALUES = ["medpix2", "own:C0003", "train", "8.-1", "Neoplasm, glial", "T2", "Lung", "nowhere", "Train"]
OTHER_VALUES += ["pmc:C0007_1", "PMC7", "CC BY", "CC BY-NC"]

LETTERS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=4)
PIECES = st.sampled_from([text[start : start + 5] for text in TRICKY_TEXTS for start in range(0, len(text) + 1, 3)])
AGES = st.none() | st.sampled_from([0.0, 0.25, 26.0, 29.0, 30.0, 48.0, 50.0, 1999, 2020]) | st.floats(-5, 120)


def exact_values(name: str):
    vocabulary = FIELDS[name].vocabulary
    return st.sampled_from([str(value) for value in vocabulary] if vocabulary else OTHER_VALUES)


CONDITIONS: st.SearchStrategy[Filter] = st.one_of(
    st.sampled_from(EXACT).flatmap(
        lambda name: st.lists(exact_values(name), max_size=3).map(lambda values: OneOf(name, tuple(values)))
    ),
    st.builds(OneOf, st.sampled_from(TEXTS), st.lists(st.sampled_from(TRICKY_TEXTS), max_size=2).map(tuple)),
    st.tuples(st.sampled_from(NUMBERS), AGES, AGES)
    .filter(lambda asked: None in asked or asked[1] <= asked[2])
    .map(lambda asked: Between(*asked)),
    st.builds(StartsWith, st.sampled_from(TEXTS), PIECES | PIECES.map(str.upper) | LETTERS),
    st.builds(Contains, st.sampled_from(TEXTS), PIECES | PIECES.map(str.upper) | LETTERS),
    st.builds(
        Annotated,
        st.sampled_from([*CONCEPT_IDS, "finding:never", "finding:ring enhancing"]),
        st.sampled_from(Assertion),
    ),
)
FILTERS: st.SearchStrategy[Filter] = st.recursive(
    CONDITIONS,
    lambda parts: (
        st.lists(parts, max_size=3).map(lambda items: AllOf(tuple(items)))
        | st.lists(parts, max_size=3).map(lambda items: AnyOf(tuple(items)))
        | parts.map(Not)
    ),
    max_leaves=6,
)


def said(values, key: str) -> list[str]:
    return (values.get(f"article.{key}") or "").split("; ") if values.get(f"article.{key}") else []


IN_ARTICLE = {
    "article": lambda values: said(values, "id"),
    "journal": lambda values: [values["article.journal"]] if values.get("article.journal") else [],
    "keyword": lambda values: said(values, "keywords"),
    "mesh": lambda values: said(values, "mesh"),
    "year": lambda values: [int(year) for year in said(values, "year")],
    "licence": lambda values: [{"CC BY 4.0": "CC BY"}.get(name, name) for name in said(values, "licence")],
}


def values_of(case: Case, name: str) -> list:
    """The oracle's own reading: straight from the dataclasses, field by field."""
    own = {
        "case_id": case.case_id,
        "source": case.source,
        "split": case.split,
        "status": str(case.status),
        "age_years": case.patient.age_years,
        "age_unit": case.patient.age_unit,
        "gestational_age_weeks": case.patient.gestational_age_weeks,
        "sex": case.patient.sex,
        "transgender": None if case.patient.transgender is None else str(case.patient.transgender).lower(),
        "pathology_category": case.topic.pathology_category,
        "topic_acr_code": case.topic.acr_code,
        "diagnosis": case.diagnosis,
        "disease": case.diagnosis,
        "confirmation": case.confirmation,
        "topic": case.topic.title,
    }
    if name in IN_ARTICLE:
        return IN_ARTICLE[name](case.source_values)
    if name == "text":
        parts = [
            "title",
            "history",
            "exam",
            "findings",
            "differential_diagnosis",
            "diagnosis",
            "discussion",
            "treatment",
        ]
        values = [value for part in parts for value in values_of(case, part)]
    elif name in own:
        values = [own[name]]
    elif name == "technique":
        values = [technique for image in case.images for technique in image.technique]
    elif name == "image_class":
        values = [label.class_id for image in case.images for label in image.classes]
    elif FIELDS[name].of_images:
        values = [getattr(image, name) for image in case.images]
    else:
        values = [case.sections.get(Section(name))]
    return [value for value in values if value is not None]


def matches(case: Case, where: Filter) -> bool:
    match where:
        case AllOf(parts):
            return all(matches(case, part) for part in parts)
        case AnyOf(parts):
            return any(matches(case, part) for part in parts)
        case Not(part):
            return not matches(case, part)
        case OneOf(name, values) if name in TEXTS:
            return any(have.casefold() == value.casefold() for have in values_of(case, name) for value in values)
        case OneOf(name, values):
            return any(have in values for have in values_of(case, name))
        case Between("age_years", low, high) if (told := case.patient.age_range) is not None:
            return (high is None or told.youngest_years <= high) and (low is None or low <= told.oldest_years)
        case Between(name, low, high):
            return any(
                (low is None or low <= have) and (high is None or have <= high) for have in values_of(case, name)
            )
        case StartsWith(name, text):
            return any(have.casefold().startswith(text.casefold()) for have in values_of(case, name))
        case Contains(name, text):
            return any(text.casefold() in have.casefold() for have in values_of(case, name))
        case Annotated(concept_id, assertion):
            return any(
                mention.concept_id == concept_id and mention.assertion is assertion for mention in case.annotations
            )


@pytest.fixture
def filled(store):
    with store.writer("tester") as writer:
        writer.write_cases(CASES)
        writer.delete_case(CASES[-1].case_id)
    return store


# The store is only read, so that one serves every example; no deadline, as the two cores are shared.
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=FILTERS)
def test_an_engine_answers_any_filter_like_the_slow_obvious_way(filled, where):
    assert filled.case_ids(where) == sorted(case.case_id for case in CASES[:-1] if matches(case, where))


@settings(max_examples=150, deadline=None)
@given(where=FILTERS)
def test_a_filter_written_down_and_read_again_means_the_same(where):
    again = parse_filter(format_filter(where))
    assert [matches(case, again) for case in CASES] == [matches(case, where) for case in CASES]
    assert parse_filter(format_filter(again)) == again


def test_the_oracle_is_asked_about_every_field_and_finds_something_in_most():
    asked = [name for name, field in FIELDS.items() if field.kind is not ValueKind.COLLECTION]
    empty = [name for name in asked if not any(values_of(case, name) for case in CASES)]
    assert empty == ["confirmation"]


@settings(max_examples=150, deadline=None)
@given(where=FILTERS)
def test_a_filter_on_an_image_agrees_with_the_slow_way_on_a_case_that_has_only_it(where):
    for condition in conditions_of(where):
        # On an image a finding means its own caption, and whether a case is whole depends on its other images.
        assume(not isinstance(condition, Annotated) and getattr(condition, "field_name", "") != "status")
    for case in CASES:
        for image in case.images:
            assert image_matches(case, image, where) == matches(replace(case, images=(image,)), where)
