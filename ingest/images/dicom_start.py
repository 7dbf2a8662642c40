"""Tell DICOM by its first elements where a file lacks the preamble or the mark "DICM" that PS3.10 asks for.

Old scanners and ACR-NEMA wrote bare data sets. Such a file starts with an element of group 0002 or 0008; three elements
in rising order whose lengths fit are no accident, and no text or other format begins so.
"""

from __future__ import annotations

import struct

_MARK = b"DICM"
_PREAMBLE_BYTES = 128
_FIRST_GROUPS = (0x0002, 0x0008)
_ELEMENTS_ASKED = 3
_UNDEFINED = 0xFFFFFFFF
_LONG = frozenset(b"OB OD OF OL OV OW SQ SV UC UN UR UT UV".split())  # PS3.5, 7.1.2: two bytes more before the length
_SHORT = frozenset(b"AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US".split())


def dataset_offset(data: bytes) -> int | None:
    """Return where reading starts: 0 where the file is whole or bare, 128 after a preamble without mark, else None."""
    if data[_PREAMBLE_BYTES : _PREAMBLE_BYTES + 4] == _MARK:
        return 0
    return next((start for start in (0, _PREAMBLE_BYTES) if _is_dataset(data, start)), None)


def _is_dataset(data: bytes, start: int) -> bool:
    return any(_has_elements(data, start, order, explicit) for order in "<>" for explicit in (True, False))


def _has_elements(data: bytes, start: int, order: str, explicit: bool) -> bool:
    last = (-1, -1)
    for number in range(_ELEMENTS_ASKED):
        if start + 12 > len(data):
            return False
        tag = struct.unpack_from(f"{order}HH", data, start)
        if tag <= last or (number == 0 and tag[0] not in _FIRST_GROUPS):
            return False
        header_bytes, length = _length(data, start, order, explicit)
        if length == _UNDEFINED and number:  # a sequence; it is not looked into
            return True
        if length is None or start + header_bytes + length > len(data):
            return False
        start, last = start + header_bytes + length, tag
    return True


def _length(data: bytes, start: int, order: str, explicit: bool) -> tuple[int, int | None]:
    """Return the bytes before the value of an element, and those of the value; None where it is no element."""
    if not explicit:
        return 8, struct.unpack_from(f"{order}I", data, start + 4)[0]
    representation = data[start + 4 : start + 6]
    if representation in _LONG and data[start + 6 : start + 8] == b"\0\0":
        return 12, struct.unpack_from(f"{order}I", data, start + 8)[0]
    return 8, struct.unpack_from(f"{order}H", data, start + 6)[0] if representation in _SHORT else None
