"""A schema says of each field what the docstring of its class says."""

from dataclasses import dataclass

import pytest
from pydantic import TypeAdapter

from casegraph.described import with_field_descriptions


@dataclass
class Wheel:
    """One wheel.

    It turns.

    Attributes
    ----------
    spokes, rims : int
        How many it has; None, or a number
        that is True.

    Notes
    -----
    size : int
        Not a field's text.
    """

    spokes: int | None
    rims: int
    size: int


@dataclass
class Cart:
    """A cart of Nonesuch."""

    wheels: tuple[Wheel, ...]


@dataclass
class Broken:
    """Text.

    Attributes
    ----------
    gone : int
        Of a field that is no more.
    """

    here: int


def schema_of(kind):
    return with_field_descriptions(TypeAdapter(kind).json_schema())


def test_a_field_is_described_and_the_class_by_what_stands_before():
    schema = schema_of(Wheel)
    assert schema["description"] == "One wheel.\n\nIt turns."
    assert schema["properties"]["spokes"]["description"] == "How many it has; null, or a number that is true."
    assert schema["properties"]["rims"]["description"] == schema["properties"]["spokes"]["description"]
    assert "description" not in schema["properties"]["size"]


def test_classes_inside_are_described_too():
    schema = schema_of(Cart)
    assert schema["description"] == "A cart of Nonesuch."
    assert schema["$defs"]["Wheel"] == {name: part for name, part in schema_of(Wheel).items() if name != "$defs"}


def test_nothing_is_added_to_a_schema_without_text():
    assert with_field_descriptions({"type": "object"}) == {"type": "object"}


def test_a_docstring_about_a_field_that_is_gone_is_refused():
    with pytest.raises(KeyError, match="gone"):
        schema_of(Broken)
