"""The form that the documents of MedPix 2.0 must have; what has another form is refused with its path and reason.

A key that we do not know is kept as plain text and means nothing, whatever its name (``$where``, ``__proto__``).
NaN and Infinity say nothing, as null does; where the value has a line in the ledger, it shows them as the raw value.
Messages name paths and never values: values are patients' texts.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Set
from decimal import Decimal
from typing import Any

from ingest.errors import RejectedRecord
from ingest.normalise.modality import LISTS
from ingest.sources.medpix2.extended_json import MAX_DIGIT, NotFinite
from ingest.sources.medpix2.json_text import Unreadable
from ingest.sources.medpix2.records import CaseDocument, Description, RawRecord

MAX_TEXT = 1_000_000  # characters of one text; the longest of the release has 22 000
MAX_RECORD = 4_000_000  # characters of one record; with its derived values it must fit MongoDB's 16 MB
MAX_KEY = 200  # characters of a key; the longest of the release has 22
_MAX_DEPTH = 8  # objects and lists inside each other; the release has 3
_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)
_IMAGE_ENDING = re.compile(r"\.(?:png|jpe?g|dcm|dicom)$", re.IGNORECASE)
_IMAGE_KEYS = ("image", "Image")  # the release, and the figure in the paper
_CASE_FORM = {"U_id", *LISTS, "Case", "Topic", "_id"}
_DESCRIPTION_FORM = {"U_id", *_IMAGE_KEYS, "Description", "_id"}


def parse_case_document(raw: RawRecord) -> CaseDocument:
    """Return the case-topic document of a record.

    Raises
    ------
    RejectedRecord
        If it has another form.
    """
    document = _require_document(raw)
    return CaseDocument(
        u_id=_identifier(raw, document, "U_id"),
        types={name: kind for key, kind in LISTS.items() for name in _image_names(raw, document, key)},
        case=_texts(raw, document, "Case"),
        topic=_texts(raw, document, "Topic"),
        topic_numbers=_numbers(document.get("Topic")),
        extra=_written(document, besides=_CASE_FORM),
    )


def parse_description(raw: RawRecord) -> Description:
    """Return the description document of a record, flattened under the source's own keys.

    Raises
    ------
    RejectedRecord
        If it has another form.
    """
    document = _require_document(raw)
    key = next((key for key in _IMAGE_KEYS if not _says_nothing(document.get(key))), _IMAGE_KEYS[0])
    outer = _written(document, besides=_DESCRIPTION_FORM)
    values = {**_texts(raw, document, "Description"), **outer}
    url = next((value for value in (*outer.values(), document.get(key)) if _is_file_url(value)), None)
    return Description(
        u_id=_identifier(raw, document, "U_id"),
        image_name=_image_name(raw, document, key),
        values=values,
        url=url,
        numbers=_numbers(document.get("Description")),
    )


def _require_document(raw: RawRecord) -> dict[str, Any]:
    if len(raw.text) > MAX_RECORD:
        reason = f"the record has {len(raw.text)} characters, at most {MAX_RECORD} are taken."
        raise RejectedRecord(raw.place, reason)
    for problem in _problems(raw.value, "", 0):
        raise RejectedRecord(raw.place, problem)
    if not isinstance(raw.value, dict):
        raise RejectedRecord(raw.place, f"the record is {_kind(raw.value)}, expected an object.")
    return raw.value


def _problems(value: Any, path: str, depth: int) -> Iterator[str]:
    """Yield what no text, number, key or nesting of a record may be."""
    where = path.lstrip(".") or "the record"
    if isinstance(value, Unreadable):
        yield f"{where}: {value.reason}."
    elif isinstance(value, str):
        yield from _text_problems(value, where)
    elif isinstance(value, float) and not math.isfinite(value):
        yield f"{where}: the number is not finite."
    elif isinstance(value, (dict, list)):
        if depth >= _MAX_DEPTH:
            yield f"{where}: nested more than {_MAX_DEPTH} deep."
            return
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in items:
            if isinstance(key, str):
                yield from _key_problems(key, where)
            yield from _problems(item, f"{path}.{key}", depth + 1)
    elif value is not None and not isinstance(value, (bool, int, float, Decimal, NotFinite)):
        yield f"{where}: is {_kind(value)}, expected text."


def _text_problems(text: str, where: str) -> Iterator[str]:
    if len(text) > MAX_TEXT:
        yield f"{where}: the text has {len(text)} characters, at most {MAX_TEXT} are taken."
    elif "\0" in text:
        yield f"{where}: the text holds a NUL character."
    elif not _is_unicode(text):
        yield f"{where}: the text holds half a surrogate pair, which is not a character."


def _key_problems(key: str, where: str) -> Iterator[str]:
    if not key or len(key) > MAX_KEY or "\0" in key or not _is_unicode(key):
        yield f"{where}: a key is empty, longer than {MAX_KEY} characters, or holds something that is not a character."


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _identifier(raw: RawRecord, document: Mapping[str, Any], key: str) -> str:
    value = document.get(key)
    if not isinstance(value, str) or not _IDENTIFIER.fullmatch(value):
        expected = "expected letters, digits, '.', '_' and '-', at most 100"
        raise RejectedRecord(raw.place, f"{key} is {_kind(value)} that is not an identifier, {expected}.")
    return value


def _image_name(raw: RawRecord, document: Mapping[str, Any], key: str) -> str:
    value = document.get(key)
    name = str(value).rpartition("/")[2] if _is_file_url(value) else value
    bare = _IMAGE_ENDING.sub("", name) if isinstance(name, str) else name
    return _identifier(raw, {key: bare}, key)


def _image_names(raw: RawRecord, document: Mapping[str, Any], key: str) -> list[str]:
    """Return the names in a list of images; null and NaN in it name none."""
    listed = document.get(key)
    if _says_nothing(listed):
        return []
    if not isinstance(listed, list):
        raise RejectedRecord(raw.place, f"{key} is {_kind(listed)}, expected a list of image names.")
    named = {f"{key}[{index}]": name for index, name in enumerate(listed) if not _says_nothing(name)}
    return [_image_name(raw, named, place) for place in named]


def _texts(raw: RawRecord, document: Mapping[str, Any], key: str) -> dict[str, str]:
    """Return the texts of an inner object; a known key must hold text, and a number counts as its digits."""
    inner = document.get(key)
    if _says_nothing(inner):
        return {}
    if not isinstance(inner, dict):
        raise RejectedRecord(raw.place, f"{key} is {_kind(inner)}, expected an object.")
    for name, value in inner.items():
        if isinstance(value, bool) or (name in KNOWN_TEXTS and isinstance(value, (dict, list))):
            raise RejectedRecord(raw.place, f"{key}.{name[:60]!a} is {_kind(value)}, expected text.")
    return _written(inner)


KNOWN_TEXTS = frozenset(
    {"Title", "History", "Exam", "Findings", "Differential Diagnosis", "Case Diagnosis", "Diagnosis By", "Discussion"}
    | {"Treatment & Follow Up", "Disease Discussion", "ACR Code", "Category", "Keywords", "Reference"}
    | {"ACR Codes", "Age", "Caption", "Figure Part", "Modality", "Plane", "Sex"}
)
"""Keys under `Case`, `Topic` and `Description` whose value must be a text; the rest may have any form."""


_IN_LEDGER = KNOWN_TEXTS - {"Figure Part", "Keywords", "Reference"} | {"Location", "Location Category"}


def _numbers(inner: Any) -> frozenset[str]:
    """Return the keys of an inner object whose value is a number."""
    pairs = inner.items() if isinstance(inner, dict) else ()
    return frozenset(name for name, value in pairs if isinstance(value, (int, float, Decimal)))


def _written(values: Mapping[str, Any], besides: Set[str] = frozenset()) -> dict[str, str]:
    """Return what is written, as texts; null is the same as a missing key."""
    return {
        name: value if isinstance(value, str) else _as_text(value)
        for name, value in values.items()
        if name not in besides and not (_says_nothing(value) and (value is None or name not in _IN_LEDGER))
    }


def _as_text(value: Any) -> str:
    if isinstance(value, NotFinite):
        return value.name
    return _decimal_text(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False, default=_inner)


def _inner(value: Any) -> str | None:
    """Return what stands for a value that JSON does not have, inside an object that is kept as text."""
    return _decimal_text(value) if isinstance(value, Decimal) else None


def _decimal_text(number: Decimal) -> str:
    return f"{number:f}" if abs(number.adjusted()) < MAX_DIGIT else str(number)


def _says_nothing(value: Any) -> bool:
    return value is None or isinstance(value, NotFinite)


def _is_file_url(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("file://")


def _kind(value: Any) -> str:
    kinds = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "missing or null"}
    if isinstance(value, NotFinite):
        return "a number that is not finite"
    return kinds.get(type(value), "a number" if isinstance(value, (int, float, Decimal)) else "of an unknown type")
