"""Archives, crafted DICOM files and DICOM directories: each is refused with its reason, in a child with limits."""

import gzip
import io
import struct
import tarfile
import zipfile
import zlib

import pytest
from image_bytes import encoded, ramp
from pydicom.data import get_testdata_file

from ingest.errors import RejectedFile
from ingest.images.decoder import Decoder

EXPLICIT = "1.2.840.10008.1.2.1"
DEFLATED = "1.2.840.10008.1.2.1.99"


@pytest.fixture(scope="module")
def decoder():
    with Decoder(children=1) as opened:
        yield opened


def zipped():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../outside.png", encoded(ramp()))
        archive.writestr("zeros.png", bytes(10_000_000))
    return stream.getvalue()


def tarred():
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        link = tarfile.TarInfo("scan.png")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return stream.getvalue()


@pytest.mark.parametrize("archive", [zipped(), tarred(), gzip.compress(encoded(ramp()))], ids=["zip", "tar", "gzip"])
def test_t7_an_archive_is_no_image_and_is_never_opened(decoder, archive):
    with pytest.raises(RejectedFile, match="E-PIC-002"):
        decoder.decode(archive)


def dicom(syntax, body):
    """Part 10 of DICOM by hand: preamble, a meta header of one element, and whatever follows."""
    padded = syntax.encode() + b"\0" * (len(syntax) % 2)
    element = struct.pack("<HH2sH", 2, 0x10, b"UI", len(padded)) + padded
    group = struct.pack("<HH2sHI", 2, 0, b"UL", 4, len(element))
    return bytes(128) + b"DICM" + group + element + body


def nested(depth):
    """A sequence in a sequence in a sequence, each of undefined length, none of them ended."""
    item = struct.pack("<HH2sHI", 0x0008, 0x1140, b"SQ", 0, 0xFFFFFFFF) + struct.pack(
        "<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF
    )
    return item * depth


def deflated(size_bytes):
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    head = struct.pack("<HH2sHI", 0x7FE0, 0x0010, b"OB", 0, size_bytes)
    blocks = [packer.compress(head)] + [packer.compress(bytes(2**20)) for _ in range(size_bytes // 2**20)]
    return b"".join([*blocks, packer.flush()])


CRAFTED = {
    "sequences 240 deep": dicom(EXPLICIT, nested(240)),
    "sequences 100,000 deep": dicom(EXPLICIT, nested(100_000)),
    "undefined length to the end": dicom(
        EXPLICIT, struct.pack("<HH2sHI", 0x7FE0, 0x10, b"OB", 0, 0xFFFFFFFF) + bytes(999)
    ),
    "a deflated bomb": dicom(DEFLATED, deflated(2**31 - 2**20)),
    "no element at all": dicom(EXPLICIT, b""),
    "pixels and nothing that describes them": dicom(
        EXPLICIT, struct.pack("<HH2sHI", 0x7FE0, 0x10, b"OW", 0, 512) + bytes(512)
    ),
    "a transfer syntax of nonsense": dicom("1.2.3.4.5.6.7", bytes(64)),
}


@pytest.mark.parametrize("name", CRAFTED)
def test_t8_crafted_dicom_is_refused_and_the_next_file_is_read(decoder, name):
    with pytest.raises(RejectedFile, match=r"E-PIC-\d{3}: "):
        decoder.decode(CRAFTED[name])
    assert decoder.decode(encoded(ramp())).frames == 1


def test_t11_a_dicom_directory_is_refused_and_what_it_names_is_not_read(decoder):
    from pathlib import Path

    directory = Path(str(get_testdata_file("DICOMDIR", download=False))).read_bytes()
    with pytest.raises(RejectedFile, match="E-PIC-007"):
        decoder.decode(directory)
