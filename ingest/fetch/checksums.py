"""Digests that come with a file: in the headers of an answer (RFC 9530, RFC 3230, RFC 1864) or in its address."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

_NAMES = {"md5": "md5", "sha": "sha1", "sha-256": "sha256", "sha-512": "sha512"}
_PART = re.compile(r"([a-z0-9-]+)=:?([A-Za-z0-9+/]+=*):?")


@dataclass(frozen=True)
class Checksum:
    """A digest, as hexadecimal digits, of one of hashlib's algorithms."""

    algorithm: str
    digits: str


def checksums_in(headers: Mapping[str, str]) -> Iterator[Checksum]:
    """Yield the digests that an answer states of its content."""
    parts = [("md5", headers["content-md5"])] if "content-md5" in headers else []
    for header in ("content-digest", "repr-digest", "digest"):
        parts += [(name.lower(), value) for name, value in _PART.findall(headers.get(header, ""))]
    for name, value in parts:
        if name in _NAMES and (digits := _digits(value)):
            yield Checksum(_NAMES[name], digits)


def _digits(value: str) -> str | None:
    try:
        return base64.b64decode(value, validate=True).hex()
    except (binascii.Error, ValueError):
        return None


def fits(stream: BinaryIO, checksum: Checksum) -> bool:
    """Tell whether a stream, read from its begin, has a digest."""
    return _digest_of(stream, checksum.algorithm) == checksum.digits.lower()


def sha256_of(stream: BinaryIO) -> str:
    """Return the SHA-256 of a stream, read from its begin."""
    return _digest_of(stream, "sha256")


def _digest_of(stream: BinaryIO, algorithm: str) -> str:
    stream.seek(0)
    digest = hashlib.new(algorithm, usedforsecurity=False)
    while block := stream.read(1 << 20):
        digest.update(block)
    return digest.hexdigest()
