"""The fields that a person may correct, and the values that each takes.

Texts of the source (sections, captions) are kept verbatim and are not among them: what is corrected is what was made
of them. Splits are not either: they belong to the release.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from ingest.case import Case
from ingest.errors import InputError
from ingest.normalise.acr_code import normalise_acr_code
from ingest.normalise.modality import SPELLINGS
from ingest.normalise.place import LOCATIONS
from ingest.normalise.text import normalise_line
from ingest.normalise.written_age import OLDEST_YEARS
from ingest.spelling import did_you_mean
from ingest.store.checks import require_value
from ingest.store.filters import require_field


@dataclass(frozen=True)
class Correctable:
    """A field of a case or of an image: its name as filters have it, and its path in the case or image.

    Attributes
    ----------
    replaced : tuple of str
        Paths of what says of the value that it corrects how it was told, and holds no longer.
    """

    name: str
    path: str
    parse: Callable[[str], Any]
    of_image: bool = False
    replaced: tuple[str, ...] = ()

    def ledger_field(self, image_id: str | None) -> str:
        """Return the name that the ledger has for it."""
        return ledger_field(self.path, image_id)


def ledger_field(path: str, image_id: str | None) -> str:
    """Return the name that the ledger has for a field of a case, or of one of its images."""
    return path if image_id is None else f"images[{image_id}].{path}"


def divide_ledger_field(name: str) -> tuple[str | None, str]:
    """Return the image, if any, and the path of a field that the ledger names."""
    found = _OF_IMAGE.fullmatch(name)
    return (found[1], found[2]) if found else (None, name)


_OF_IMAGE = re.compile(r"images\[(.+)\]\.(\w+)")


def require_correctable(name: str) -> Correctable:
    """Return the field of this name, or of this path (``patient.sex`` for ``sex``).

    Raises
    ------
    InputError
        If no such field can be corrected; the message suggests the nearest one.
    """
    for field in CORRECTABLE.values():
        if name in (field.name, field.path):
            return field
    hint = did_you_mean(name, CORRECTABLE) or f"Fields: {', '.join(CORRECTABLE)}."
    raise InputError(f"field '{name}' cannot be corrected. {hint}")


def parse_value(field: Correctable, text: str) -> Any:
    """Return the value that a text means for a field; None for an empty text, which means "not known".

    Raises
    ------
    InputError
        If the field does not take it; the message suggests the nearest value.
    """
    return field.parse(text.strip()) if text.strip() else None


def corrected(case: Case, field: Correctable, value: Any, image_id: str | None) -> Case:
    """Return the case with another value of a field, the ledger left as it is."""
    if image_id is None:
        for path in field.replaced:
            case = _with(case, path, None)
        return _with(case, field.path, value)
    images = (_with(image, field.path, value) if image.image_id == image_id else image for image in case.images)
    return replace(case, images=tuple(images))


def _with(owner: Any, path: str, value: Any) -> Any:
    name, _, rest = path.partition(".")
    return replace(owner, **{name: _with(getattr(owner, name), rest, value) if rest else value})


def _age(text: str) -> float:
    try:
        years = float(text)
    except ValueError:
        years = math.nan
    if not 0 <= years <= OLDEST_YEARS:
        raise InputError(f"age_years takes a number of years from 0 to {OLDEST_YEARS:g}; write 0.5 for six months.")
    return years


def _in_vocabulary(name: str) -> Callable[[str], Any]:
    """Return the parser of a field whose values are an enum of `ingest.vocabulary`."""
    field = require_field(name)
    vocabulary = field.vocabulary
    if vocabulary is None:
        raise ValueError(f"field '{name}' has no vocabulary.")
    return lambda text: vocabulary(require_value(field, text))


def _listed(name: str, values: list[str]) -> Callable[[str], str]:
    """Return the parser of a field whose values are a list that a module of `ingest.normalise` owns."""

    def parse(text: str) -> str:
        for value in values:
            if value.casefold() == text.casefold():
                return value
        hint = did_you_mean(text, values) or f"Values: {', '.join(values)}."
        raise InputError(f"{name} '{text}' is not in the vocabulary. {hint}")

    return parse


def _several(parse: Callable[[str], str]) -> Callable[[str], Any]:
    """Return the parser of a list with semicolons between its entries; each entry counts once."""

    def parse_all(text: str) -> tuple[str, ...] | None:
        return tuple(dict.fromkeys(parse(part.strip()) for part in text.split(";") if part.strip())) or None

    return parse_all


def _line(text: str) -> str:
    line = normalise_line(text).value
    if line is None:
        raise InputError("the value is blank. Write what is right, or '' for not known.")
    return line


def _acr_code(text: str) -> str:
    code = normalise_acr_code(text).value
    if code is None:
        raise InputError(f"'{text}' is not an ACR code. Write it as anatomy.pathology, for example 8.-1.")
    return code


_TECHNIQUES = sorted({technique for spelling in SPELLINGS.values() for technique in spelling.technique})

CORRECTABLE = {
    field.name: field
    for field in (
        Correctable("age_years", "patient.age_years", _age, replaced=("patient.age_unit", "patient.age_range")),
        Correctable("sex", "patient.sex", _in_vocabulary("sex")),
        Correctable("diagnosis", "diagnosis", _line),
        Correctable("differential_diagnosis", "differential_diagnosis", _several(_line)),
        Correctable("confirmation", "confirmation", _line),
        Correctable("topic", "topic.title", _line),
        Correctable("topic_acr_code", "topic.acr_code", _acr_code),
        Correctable("pathology_category", "topic.pathology_category", _line),
        Correctable("modality", "modality", _in_vocabulary("modality"), of_image=True),
        Correctable("technique", "technique", _several(_listed("technique", _TECHNIQUES)), of_image=True),
        Correctable("plane", "plane", _in_vocabulary("plane"), of_image=True),
        Correctable("view", "view", _in_vocabulary("view"), of_image=True),
        Correctable("depiction", "depiction", _in_vocabulary("depiction"), of_image=True),
        Correctable("region", "region", _in_vocabulary("region"), of_image=True),
        Correctable(
            "anatomical_location",
            "anatomical_location",
            _listed("anatomical_location", sorted(set(LOCATIONS.values()))),
            of_image=True,
        ),
        Correctable("acr_code", "acr_code", _acr_code, of_image=True),
    )
}
"""Every field that a person may correct, by name."""
