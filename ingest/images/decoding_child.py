"""The child process in which untrusted images are decoded: its limits, and how it talks to its parent.

Each message is eight bytes of length and the content. The parent sends the bytes of a file; the child answers with
a JSON header and two PNGs: of the image, empty where it is refused, and of its grey values, empty where it has none.
The child ends when its input does, so it never outlives the parent.
"""

from __future__ import annotations

import contextlib
import json
import os
import struct
import sys
from dataclasses import asdict
from typing import IO

from PIL import Image

from ingest.errors import RejectedFile
from ingest.images.decoding import decode_image
from ingest.images.rules import MAX_AREA_PX, MAX_FILE_BYTES

MAX_MEMORY_BYTES = 1024**3  # a 40-megapixel RGBA image takes 780 MB with its working copies
MAX_CPU_S = 5  # of computing, an image; the largest accepted ones take 1 to 4 s
MAX_OPEN_FILES = 32  # the libraries that are imported late open one at a time
_LENGTH = struct.Struct(">Q")


def write_message(stream: IO[bytes], content: bytes) -> None:
    """Send one message."""
    stream.write(_LENGTH.pack(len(content)))
    stream.write(content)
    stream.flush()


def read_message(stream: IO[bytes], limit_bytes: int) -> bytes | None:
    """Return the next message; None where the stream ends, or the message is longer than allowed."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    length = _LENGTH.unpack(head)[0]
    if length > limit_bytes:
        return None
    content = stream.read(length)
    return content if len(content) == length else None


def serve() -> None:
    """Decode what the parent sends until it stops sending."""
    requests = sys.stdin.buffer
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing that a library prints may get between the messages
    _limit_this_process()
    Image.MAX_IMAGE_PIXELS = MAX_AREA_PX // 2  # Pillow refuses above twice this, also a JPEG inside a DICOM file
    write_message(answers, b"ready")
    while (data := read_message(requests, MAX_FILE_BYTES)) is not None:
        _renew_cpu_limit()
        header, *pngs = _answer(data)
        write_message(answers, json.dumps(header).encode())
        for png in pngs:
            write_message(answers, png)


def _answer(data: bytes) -> tuple[dict[str, object], bytes, bytes]:
    try:
        image = decode_image(data)
    except RejectedFile as error:
        return {"code": error.code, "reason": error.reason}, b"", b""
    header = {name: value for name, value in asdict(image).items() if name not in ("png", "grey_png")}
    return header, image.png, image.grey_png or b""


def _limit_this_process() -> None:
    """Take away memory, files and core dumps, where the system knows such limits (not on Windows)."""
    try:
        import resource
    except ImportError:
        return
    for limit, value in (
        (resource.RLIMIT_AS, MAX_MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, 0),  # it may write to no file
        (resource.RLIMIT_NOFILE, MAX_OPEN_FILES),
        (resource.RLIMIT_CORE, 0),  # a core dump would hold a patient's image
    ):
        with contextlib.suppress(ValueError, OSError):  # macOS refuses some
            resource.setrlimit(limit, (value, value))


def _renew_cpu_limit() -> None:
    try:
        import resource
    except ImportError:
        return
    usage = resource.getrusage(resource.RUSAGE_SELF)
    allowed_s = int(usage.ru_utime + usage.ru_stime) + 1 + MAX_CPU_S
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (allowed_s, hard))
