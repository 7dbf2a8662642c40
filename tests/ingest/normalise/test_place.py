from __future__ import annotations

import pytest

from ingest.normalise.normalised import Normalised, Rule
from ingest.normalise.place import LOCATIONS, NOT_LOCATIONS, normalise_location, normalise_region
from ingest.normalise.text import spelling_of
from ingest.vocabulary import Region


@pytest.mark.parametrize("raw", ["Bethesda, MD", "Left Blank", "Pathology", "Generalized"])
def test_a_value_that_names_no_part_of_a_body_is_not_a_location(raw: str) -> None:
    assert normalise_location(raw) == Normalised(raw, None, Rule.NOT_A_LOCATION)


@pytest.mark.parametrize(
    ("raw", "location", "rule"),
    [
        ("Brain and Neuro", "Brain and Neuro", Rule.SPELLING),
        (" brain and  neuro", "Brain and Neuro", Rule.SPELLING),
        ("Ophthalmology", "Eye and Orbit", Rule.SYNONYM),
        ("Breast and Mammography", "Breast", Rule.SYNONYM),
        ("Knee joint of a horse", None, Rule.UNKNOWN_VALUE),
        (None, None, Rule.MISSING),
        ("N/A", None, Rule.NULL_SPELLING),
    ],
)
def test_a_location_has_one_spelling(raw: str | None, location: str | None, rule: Rule) -> None:
    assert normalise_location(raw) == Normalised(raw, location, rule)


@pytest.mark.parametrize("region", Region)
def test_every_region_is_found_by_its_own_name(region: Region) -> None:
    assert normalise_region(region.value) == Normalised(region.value, region, Rule.SPELLING)


def test_tables_are_keyed_as_they_are_looked_up() -> None:
    assert {spelling_of(key) for key in (*LOCATIONS, *NOT_LOCATIONS)} == {*LOCATIONS, *NOT_LOCATIONS}
