"""Region and anatomical location, from `Location Category` and `Location`."""

from __future__ import annotations

from ingest.normalise.normalised import Normalised, Rule
from ingest.normalise.text import look_up, spelling_of
from ingest.vocabulary import Region

REGIONS = {region.casefold(): region for region in Region}

_LOCATIONS = (
    "Abdomen",
    "Brain and Neuro",
    "Cardiovascular",
    "Chest, Pulmonary",
    "Dental, Oral, or Tooth",
    "Endocrine",
    "Eye and Orbit",
    "Gastrointestinal",
    "Genitourinary",
    "Head and Neck",
    "Hematopoietic",
    "Musculoskeletal",
    "Nerve, central",
    "Nerve, peripheral",
    "Spine",
    "Vascular",
)
_SYNONYMS = {"breast and mammography": "Breast", "ophthalmology": "Eye and Orbit"}
LOCATIONS = {name.casefold(): name for name in _LOCATIONS} | _SYNONYMS

NOT_LOCATIONS = frozenset({"bethesda, md", "generalized", "left blank", "pathology"})
"""Values of `Location` that name no part of a body."""


def normalise_region(raw: str | None) -> Normalised[Region]:
    """Return the region of the body."""
    return look_up(raw, REGIONS)


def normalise_location(raw: str | None) -> Normalised[str]:
    """Return the part of the body; nothing where the value names none."""
    spelling = spelling_of(raw or "")
    if spelling in NOT_LOCATIONS:
        return Normalised(raw, None, Rule.NOT_A_LOCATION)
    answer = look_up(raw, LOCATIONS)
    return Normalised(raw, answer.value, Rule.SYNONYM) if spelling in _SYNONYMS else answer
