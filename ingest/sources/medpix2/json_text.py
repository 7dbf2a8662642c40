"""Untrusted JSON, record by record: what is wrong with one record does not stop the others.

A file that is no JSON, is cut off or nested without end is refused as a whole (`SourceError`). Within a record, a key
that occurs twice and a number of thousands of digits become `Unreadable` values, which the check of the record's form
then names; NaN and Infinity become `NotFinite`; and MongoDB's Extended JSON becomes the values that it stands for.
"""

from __future__ import annotations

import json
import math
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from sys import intern
from typing import Any

from ingest.errors import SourceError
from ingest.sources.medpix2.extended_json import MAX_DIGIT, NotFinite, plain_value
from ingest.sources.medpix2.records import RawRecord

MAX_FILE_BYTES = 512 * 1024 * 1024  # 80 times the release's largest file
_SHELL_CALL = re.compile(r"(?:new )?(ISODate|ObjectId|Number(?:Int|Long|Decimal)|UUID|BinData|Timestamp|Date)\(")
_BLANKS = re.compile(r"[ \t\r\n]*")


@dataclass(frozen=True)
class Unreadable:
    """Stands where a JSON value stood that we do not take."""

    reason: str


def read_documents(path: Path) -> Iterator[RawRecord]:
    """Yield the records of a file: of a JSON array, one record a line, one after another, or a single one.

    An object that is no record itself and has one list of objects in it ("cases": [...]) stands for that list.

    Raises
    ------
    SourceError
        If the file is missing, too large, no text in UTF-8 or UTF-16, no JSON records, cut off, or nested too deeply.
    """
    text = read_text(path)
    position = _after_blanks(text, 0)
    if text.startswith("[", position):
        return _array(path, text, position)
    if not text.startswith("{", position):
        raise SourceError(f"{path} {_looks_like(text[position:])}. Expected {_EXPECTED}.")
    read = _lines(path, text) if _one_a_line(text) else _one_after_another(path, text, position)
    records = list(read)
    return _records_inside(path, records[0]) if _is_wrapper(records) else iter(records)


_EXPECTED = "a JSON array of records, '[{...}, ...]', or one record a line, as mongoexport writes them"


def _array(path: Path, text: str, position: int) -> Iterator[RawRecord]:
    position = _after_blanks(text, position + 1)
    if text.startswith("]", position):
        return _require_end(path, text, position + 1)
    for index in range(len(text)):
        value, end = _decode_at(path, text, position)
        yield RawRecord(f"{path.name}[{index}]", text[position:end], value)
        position = _after_blanks(text, end)
        if text.startswith("]", position):
            break
        if not text.startswith(",", position):
            raise _broken(path, text, position, "expected ',' or ']' after a record")
        position = _after_blanks(text, position + 1)
    return _require_end(path, text, position + 1)


def _one_a_line(text: str) -> bool:
    """Tell whether the first or the last line is a record of its own; of indented JSON neither is."""
    lines = text.strip().split("\n")
    return any(isinstance(decode_line(line), dict) for line in (lines[0], lines[-1]))


def _one_after_another(path: Path, text: str, position: int) -> Iterator[RawRecord]:
    """Yield records of several lines each, as ``mongoexport --pretty`` writes them."""
    index = 0
    while position < len(text):
        value, end = _decode_at(path, text, position)
        yield RawRecord(f"{path.name}[{index}]", text[position:end], value)
        position, index = _after_blanks(text, end), index + 1


def _is_wrapper(records: list[RawRecord]) -> bool:
    value = records[0].value
    return len(records) == 1 and isinstance(value, dict) and "U_id" not in value


def _records_inside(path: Path, wrapper: RawRecord) -> Iterator[RawRecord]:
    """Yield the records of the one list of objects in an object."""
    lists = {key: value for key, value in wrapper.value.items() if _is_list_of_objects(value)}
    if len(lists) != 1:
        found = f"{len(lists)} lists of records" if lists else "no list of records"
        raise SourceError(f"{path} holds one object without 'U_id', and {found} in it. Expected {_EXPECTED}.")
    ((key, values),) = lists.items()
    for index, value in enumerate(values):
        text = json.dumps(value, ensure_ascii=False, default=str)
        yield RawRecord(f"{path.name}[{key[:60]!a}][{index}]", text, value)


def _is_list_of_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def read_lines(path: Path) -> Iterator[RawRecord]:
    """Yield the records of a file with one JSON value a line; a line that is none becomes `Unreadable`."""
    return _lines(path, read_text(path))


def _lines(path: Path, text: str) -> Iterator[RawRecord]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield RawRecord(f"{path.name}:{number}", line, decode_line(line))


def read_value(path: Path) -> Any:
    """Return the one JSON value of a small file such as a list of splits."""
    text = read_text(path)
    value, end = _decode_at(path, text, _after_blanks(text, 0))
    _require_end(path, text, end)
    return value


def read_text(path: Path) -> str:
    """Return the text of a file in UTF-8, or in UTF-16 with a byte order mark, as Windows writes redirected output."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            limit = MAX_FILE_BYTES // 1024**2
            raise SourceError(f"{path} is larger than {limit} MB. Divide it into several releases.")
        data = path.read_bytes()
        return data.decode("utf-16" if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"{path} is not {error.encoding.upper()} text: byte {error.start} does not fit. Save it as UTF-8."
        raise SourceError(message) from error
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}. Check its name and permissions.") from error


def _pairs(pairs: list[tuple[str, Any]]) -> Any:
    values = {intern(key): value for key, value in pairs}  # a record has the keys of all others
    if len(values) == len(pairs):
        return plain_value(values)
    seen: set[str] = set()
    twice = next(key for key, _ in pairs if key in seen or seen.add(key))
    return Unreadable(f"the key {twice[:60]!a} occurs twice")


def _whole_number(digits: str) -> int | Unreadable:
    count = len(digits.lstrip("-"))
    return int(digits) if count <= MAX_DIGIT else Unreadable(f"a number has {count} digits")


def _decimal_number(digits: str) -> float | Unreadable:
    number = float(digits)
    return number if math.isfinite(number) else Unreadable("a number is too large")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_int=_whole_number, parse_float=_decimal_number, parse_constant=NotFinite
)


def _decode_at(path: Path, text: str, position: int) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(text, position)
    except json.JSONDecodeError as error:
        raise _broken(path, text, error.pos, error.msg) from error
    except RecursionError as error:
        raise _broken(path, text, position, "the record that begins here is nested too deeply") from error


def decode_line(line: str) -> Any:
    """Return the one JSON value of a line, or `Unreadable`."""
    try:
        value, end = _DECODER.raw_decode(line, _after_blanks(line, 0))
    except json.JSONDecodeError as error:
        return Unreadable(f"not JSON: {error.msg} at column {error.colno}")
    except RecursionError:
        return Unreadable("nested too deeply")
    return value if not line[end:].strip() else Unreadable(f"more than one JSON value, from column {end + 1}")


def _broken(path: Path, text: str, position: int, reason: str) -> SourceError:
    line = text.count("\n", 0, position) + 1
    column = position - text.rfind("\n", 0, position)
    if position >= len(text):
        reason = f"the file ends too early ({reason})"
    if call := _SHELL_CALL.match(text, position):
        raise SourceError(
            f"{path} is written for MongoDB's shell, not as JSON: {call[1]}(...) at line {line}, column {column}. "
            "Write it with mongoexport, or with EJSON.stringify in the shell."
        )
    return SourceError(f"{path} is broken at line {line}, column {column}: {reason}. Fetch the file again.")


def _looks_like(text: str) -> str:
    if not text:
        return "is empty"
    return "is XML or HTML, not JSON" if text.startswith("<") else f"begins with {text[0]!a}"


def _after_blanks(text: str, position: int) -> int:
    found = _BLANKS.match(text, position)
    return found.end() if found else position


def _require_end(path: Path, text: str, position: int) -> None:
    end = _after_blanks(text, position)
    if end < len(text):
        raise _broken(path, text, end, "more text after the end of the JSON value")
