"""The form that the documents of MedPix 2.0 must have; what has another form is refused with its path and reason.

A key that we do not know is kept as plain text and means nothing, whatever its name (``$where``, ``__proto__``).
Messages name paths and never values: values are patients' texts.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Set
from typing import Any

from ingest.errors import RejectedRecord
from ingest.medpix2.json_text import Unreadable
from ingest.medpix2.records import CaseDocument, Description, RawRecord
from ingest.normalise.modality import LISTS

TEXT_LIMIT = 1_000_000  # characters of one text; the longest of the release has 22 000
RECORD_LIMIT = 4_000_000  # characters of one record; with its derived values it must fit MongoDB's 16 MB
KEY_LIMIT = 200  # characters of a key; the longest of the release has 22
_DEPTH_LIMIT = 8  # objects and lists inside each other; the release has 3
_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)
_PICTURE_ENDING = re.compile(r"\.(?:png|jpe?g)$", re.IGNORECASE)
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
    key = next((key for key in _IMAGE_KEYS if document.get(key) is not None), _IMAGE_KEYS[0])
    outer = _written(document, besides=_DESCRIPTION_FORM)
    values = {**_texts(raw, document, "Description"), **outer}
    url = next((value for value in (*outer.values(), document.get(key)) if _is_file_url(value)), None)
    return Description(_identifier(raw, document, "U_id"), _image_name(raw, document, key), values, url)


def _require_document(raw: RawRecord) -> dict[str, Any]:
    if len(raw.text) > RECORD_LIMIT:
        reason = f"the record has {len(raw.text)} characters, at most {RECORD_LIMIT} are taken."
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
        if depth >= _DEPTH_LIMIT:
            yield f"{where}: nested more than {_DEPTH_LIMIT} deep."
            return
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in items:
            if isinstance(key, str):
                yield from _key_problems(key, where)
            yield from _problems(item, f"{path}.{key}", depth + 1)
    elif value is not None and not isinstance(value, (bool, int, float)):
        yield f"{where}: is {_kind(value)}, expected text."


def _text_problems(text: str, where: str) -> Iterator[str]:
    if len(text) > TEXT_LIMIT:
        yield f"{where}: the text has {len(text)} characters, at most {TEXT_LIMIT} are taken."
    elif "\0" in text:
        yield f"{where}: the text holds a NUL character."
    elif not _is_unicode(text):
        yield f"{where}: the text holds half a surrogate pair, which is no character."


def _key_problems(key: str, where: str) -> Iterator[str]:
    if not key or len(key) > KEY_LIMIT or "\0" in key or not _is_unicode(key):
        yield f"{where}: a key is empty, longer than {KEY_LIMIT} characters, or holds what is no character."


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
        raise RejectedRecord(raw.place, f"{key} is {_kind(value)} that is no identifier, {expected}.")
    return value


def _image_name(raw: RawRecord, document: Mapping[str, Any], key: str) -> str:
    value = document.get(key)
    name = str(value).rpartition("/")[2] if _is_file_url(value) else value
    bare = _PICTURE_ENDING.sub("", name) if isinstance(name, str) else name
    return _identifier(raw, {key: bare}, key)


def _image_names(raw: RawRecord, document: Mapping[str, Any], key: str) -> list[str]:
    listed = document.get(key)
    if listed is None:
        return []
    if not isinstance(listed, list):
        raise RejectedRecord(raw.place, f"{key} is {_kind(listed)}, expected a list of image names.")
    return [_image_name(raw, {f"{key}[{index}]": name}, f"{key}[{index}]") for index, name in enumerate(listed)]


def _texts(raw: RawRecord, document: Mapping[str, Any], key: str) -> dict[str, str]:
    """Return the texts of an inner object; a known key must hold text, and a number counts as its digits."""
    inner = document.get(key)
    if inner is None:
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


def _written(values: Mapping[str, Any], besides: Set[str] = frozenset()) -> dict[str, str]:
    """Return what is written, as texts; null is the same as a missing key."""
    return {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in values.items()
        if value is not None and name not in besides
    }


def _is_file_url(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("file://")


def _kind(value: Any) -> str:
    kinds = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "missing or null"}
    return kinds.get(type(value), "a number" if isinstance(value, (int, float)) else "of an unknown type")
