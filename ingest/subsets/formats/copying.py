"""The process that copies the images of a data set, beside the one that makes its rows.

Threads of one process would wait for each other at each step of each file. A portion is a line of JSON, a list of
``[object, place]``; the name of an object is its digest. The process ends when its input does, or at the first image
that cannot be copied, and then says which and why. It imports the standard library alone, so that it starts at once.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import PurePath

DAMAGED, CANNOT_WRITE = "damaged", "cannot write"


def serve() -> None:
    """Copy what the parent names until it names no more."""
    for line in sys.stdin.buffer:
        for source, place in json.loads(line):
            problem = _copied(source, place)
            if problem is not None:
                sys.stdout.write(json.dumps(problem))
                return


def _copied(source: str, place: str) -> tuple[str, str, int | None] | None:
    """Copy one image; return why it could not be, and at which file."""
    try:
        with open(source, "rb", buffering=0) as file:  # noqa: PTH123  a tenth of the time of a Path each
            content = file.read()
    except OSError:
        return DAMAGED, source, None
    if hashlib.sha256(content).hexdigest() != PurePath(source).stem:
        return DAMAGED, source, None
    try:
        with open(place, "xb", buffering=0) as file:  # noqa: PTH123
            if file.write(content) == len(content):
                return None
    except OSError as error:
        return CANNOT_WRITE, place, error.errno
    return CANNOT_WRITE, place, None
