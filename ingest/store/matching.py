"""The typed filter read on one image of a case, where engines answer for whole cases.

A condition on images holds for this image; one on annotations for what the caption of this image says; all others
for the case. So a filter says the same of a case with one image as the engines do, but for annotations.
"""

from __future__ import annotations

from typing import Any

from ingest.case import Case, Image
from ingest.errors import InvalidFilter
from ingest.store.checks import check_filter, unanswered
from ingest.store.filters import (
    AllOf,
    Annotated,
    AnyOf,
    Between,
    Classified,
    Condition,
    Contains,
    Field,
    Filter,
    Not,
    OneOf,
    StartsWith,
    ValueKind,
    Within,
    conditions_of,
    over_parts,
    require_field,
)
from ingest.store.stored_form import flag_text, fold
from ingest.vocabulary import Section

_OF_CASES = (ValueKind.DISEASE, ValueKind.COLLECTION)


def check_image_filter(where: Filter) -> None:
    """Refuse a filter that cannot be read on one image. Raises InvalidFilter."""
    check_filter(where)
    for condition in conditions_of(where):
        kind = require_field(condition.field_name).kind if isinstance(condition, OneOf) else None
        if kind is not None and kind in _OF_CASES:
            raise InvalidFilter(
                f"a {kind.value} is asked of cases, not of single images. Put it into the filter of cases."
            )


def image_matches(case: Case, image: Image, where: Filter) -> bool:
    """Tell whether a filter holds for one image of a case."""
    match where:
        case AllOf(parts):
            return all(image_matches(case, image, part) for part in parts)
        case AnyOf(parts):
            return any(image_matches(case, image, part) for part in parts)
        case Not(part):
            return not image_matches(case, image, part)
        case _:
            spread = over_parts(where)
            return _holds(case, image, where) if spread is None else image_matches(case, image, spread)


def _holds(case: Case, image: Image, condition: Condition) -> bool:
    match condition:
        case OneOf("case_id", values):
            return case.case_id in values or case.short_id in values
        case Between():
            return _range_holds(case, image, condition)
        case OneOf(name, values) if require_field(name).kind is not ValueKind.TEXT:
            return any(value in values for value in _values(case, image, require_field(name)))
        case OneOf() | Contains() | StartsWith():
            return _text_holds(
                condition, [fold(text) for text in _values(case, image, require_field(condition.field_name))]
            )
        case Annotated(concept_id, assertion):
            said = (
                one for one in case.annotations if one.section is Section.CAPTION and one.image_id == image.image_id
            )
            return any(one.concept_id == concept_id and one.assertion is assertion and one.of_patient for one in said)
        case Within() | Classified():
            raise unanswered(condition)


def _text_holds(condition: OneOf | Contains | StartsWith, texts: list[str]) -> bool:
    match condition:
        case OneOf(_, values):
            return bool({fold(value) for value in values}.intersection(texts))
        case Contains(_, text):
            return any(fold(text) in have for have in texts)
        case StartsWith(_, text):
            return any(have.startswith(fold(text)) for have in texts)


def _range_holds(case: Case, image: Image, condition: Between) -> bool:
    field, minimum, maximum = require_field(condition.field_name), condition.minimum, condition.maximum
    if any(_in_range(number, minimum, maximum) for number in _values(case, image, field)):
        return True
    ends = [number for end in field.ends for number in _values(case, image, end)]
    return bool(ends) and (maximum is None or ends[0] <= maximum) and (minimum is None or minimum <= ends[-1])


def _in_range(number: float, minimum: float | None, maximum: float | None) -> bool:
    return (minimum is None or minimum <= number) and (maximum is None or number <= maximum)


def _values(case: Case, image: Image, field: Field) -> list[Any]:
    if field.read is not None:
        said = case.source_values.get(field.path)
        return list(field.read(said)) if said else []
    found: list[Any] = [image if field.of_images else case]
    for step in field.path.split("."):
        inside = (one.get(Section(step)) if isinstance(one, dict) else getattr(one, step) for one in found)
        found = [part for one in inside for part in (one if isinstance(one, tuple) else (one,)) if part is not None]
    return [flag_text(value) for value in found] if field.kind is ValueKind.FLAG else found
