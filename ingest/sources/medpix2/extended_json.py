"""MongoDB's Extended JSON as plain values: what mongoexport, Compass and drivers write for numbers, dates and ids.

Canonical and relaxed form of version 2, and what version 1 wrote for the same types. An object that is not exactly
one of these stays as it is, and the check of the record's form decides.

MongoDB Extended JSON (v2), https://www.mongodb.com/docs/manual/reference/mongodb-extended-json/
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, DecimalException
from typing import Any

MAX_DIGIT = 19  # what fits 64 bits; the release has no number at all
_WHOLE = re.compile(rf"-?[0-9]{{1,{MAX_DIGIT}}}", re.ASCII)
_NOT_FINITE = ("NaN", "Infinity", "-Infinity")
_MAX_NUMBER_LENGTH = 400  # characters; a double written out has at most 343
_BY_LIBRARY = frozenset({"$oid", "$date", "$uuid", "$numberDecimal"})


@dataclass(frozen=True)
class NotFinite:
    """Stands where a number was NaN or infinite: how pandas and other tools write that a value is missing."""

    name: str


def plain_value(wrapped: dict[str, Any]) -> Any:
    """Return the value that an object of Extended JSON stands for, or the object itself."""
    if len(wrapped) != 1:
        return wrapped
    ((name, value),) = wrapped.items()
    if name in ("$numberInt", "$numberLong"):
        whole = isinstance(value, (str, int)) and not isinstance(value, bool) and _WHOLE.fullmatch(str(value))
        return int(value) if whole else wrapped
    if name == "$numberDouble":
        return _double(value, wrapped)
    if name == "$undefined":
        return None
    return _by_library(name, value, wrapped) if name in _BY_LIBRARY else wrapped


def _double(value: Any, wrapped: dict[str, Any]) -> Any:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)) or len(str(value)) > _MAX_NUMBER_LENGTH:
        return wrapped
    if value in _NOT_FINITE:
        return NotFinite(str(value))
    try:
        number = float(value)
    except ValueError:
        return wrapped
    return number if math.isfinite(number) else wrapped


def _by_library(name: str, value: Any, wrapped: dict[str, Any]) -> Any:
    from bson import Binary, Decimal128, ObjectId, json_util
    from bson.codec_options import DatetimeConversion
    from bson.errors import BSONError

    options = json_util.JSONOptions(tz_aware=True, datetime_conversion=DatetimeConversion.DATETIME_AUTO)
    number = name == "$numberDecimal" and isinstance(value, (int, float)) and not isinstance(value, bool)
    try:
        read = json_util.object_hook({name: str(value) if number else value}, options)
    except (BSONError, ValueError, TypeError, OverflowError, DecimalException):
        return wrapped
    if isinstance(read, Decimal128):
        return _decimal(read.to_decimal())
    if isinstance(read, datetime):
        return read.isoformat().replace("+00:00", "Z")
    if isinstance(read, Binary):
        return str(read.as_uuid())
    return str(read) if isinstance(read, ObjectId) else wrapped


def _decimal(number: Decimal) -> Decimal | NotFinite:
    if number.is_nan():
        return NotFinite("NaN")
    return number if number.is_finite() else NotFinite("Infinity" if number > 0 else "-Infinity")
