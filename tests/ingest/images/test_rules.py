import io
import re
import tarfile
import zipfile
from pathlib import Path

import pytest
from image_bytes import encoded, ramp
from PIL import Image

from ingest.errors import RejectedFile
from ingest.images.decoding import decode_image
from ingest.images.rules import FileKind, ImageProblem, file_kind

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def saved(file_format, mode="RGB"):
    return encoded(Image.fromarray(ramp()).convert(mode), file_format)


def archive(kind):
    stream = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(stream, "w") as file:
            file.writestr("scan.png", encoded(ramp()))
    else:
        with tarfile.open(fileobj=stream, mode="w") as file:
            file.addfile(tarfile.TarInfo("scan.png"), io.BytesIO())
    return stream.getvalue()


DISGUISED = {
    "TIFF": [saved("TIFF"), b"MM\0*" + bytes(200)],
    "BigTIFF": [b"II+\0\x08\0" + bytes(200)],
    "GIF": [saved("GIF", "P")],
    "BMP": [saved("BMP")],
    "PDF": [b"%PDF-1.7\n" + bytes(200), saved("PDF")],
    "PostScript or EPS": [b"%!PS-Adobe-3.0 EPSF-3.0\n", saved("EPS"), b"\xc5\xd0\xd3\xc6" + bytes(60)],
    "SVG": [SVG, b'<?xml version="1.0"?>\n' + SVG, b"\xef\xbb\xbf  " + SVG, SVG.decode().encode("utf-16")],
    "HTML": [b"<!DOCTYPE html><html>", b"\n\n <HTML><img src=x onerror=alert(1)>", b"<script>alert(1)</script>"],
    "XML": [b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'],
    "JSON": [b'{"U_id": "MPX9001"}'],
    "a program (ELF)": [b"\x7fELF\x02\x01\x01" + bytes(200)],
    "a program (Windows)": [b"MZ\x90\0" + bytes(200)],
    "a program (macOS)": [b"\xcf\xfa\xed\xfe" + bytes(60)],
    "a program (macOS or Java)": [b"\xca\xfe\xba\xbe" + bytes(60)],
    "a program (WebAssembly)": [b"\0asm\x01\0\0\0"],
    "a script": [b"#!/bin/sh\nrm -rf /\n"],
    "a ZIP archive or an Office document": [archive("zip")],
    "a ZIP archive": [b"PK\x05\x06" + bytes(18)],
    "a gzip archive": [b"\x1f\x8b\x08\0" + bytes(60)],
    "a bzip2 archive": [b"BZh91AY&SY" + bytes(20)],
    "an xz archive": [b"\xfd7zXZ\0" + bytes(60)],
    "a zstd archive": [b"\x28\xb5\x2f\xfd" + bytes(60)],
    "a 7z archive": [b"7z\xbc\xaf\x27\x1c" + bytes(60)],
    "a RAR archive": [b"Rar!\x1a\x07\x01\0"],
    "a tar archive": [archive("tar")],
    "an old Office document": [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(60)],
    "RTF": [b"{\\rtf1 hello}"],
    "Photoshop": [b"8BPS\0\x01" + bytes(60)],
    "Windows icon": [saved("ICO")],
    "JPEG 2000": [b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(60), b"\xff\x4f\xff\x51" + bytes(60)],
    "JPEG XL": [b"\xff\x0a" + bytes(60), b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(60)],
    "HEIC, AVIF or MP4": [b"\0\0\0\x18ftypheic" + bytes(60), b"\0\0\0\x1cftypavif" + bytes(60)],
    "an SQLite database": [b"SQLite format 3\0" + bytes(100)],
    "a NumPy array": [b"\x93NUMPY\x01\0" + bytes(60)],
    "HDF5": [b"\x89HDF\r\n\x1a\n" + bytes(60)],
    "a Python pickle": [b"\x80\x04\x95" + bytes(20), b"\x80\x05\x95" + bytes(20)],
    "NIfTI": [bytes(344) + b"n+1\0", bytes(344) + b"ni1\0"],
    "PNM": [b"P5 2 2 255\n" + bytes(4), b"P6 2 2 255\n" + bytes(12)],
    "MNG": [b"\x8aMNG\r\n\x1a\n" + bytes(60)],
    "AVI video": [b"RIFF\x24\0\0\0AVI LIST"],
    "no image format known here": [
        bytes(300),
        b"PNG\r\n\x1a\n" + bytes(60),
        b"\x89png\r\n\x1a\n",
        b"DICM" + bytes(200),
    ],
}
FILES = [(name, data) for name, files in DISGUISED.items() for data in files]


def test_t3_the_corpus_has_sixty_files():
    assert len(FILES) >= 58


@pytest.mark.parametrize(("looks_like", "data"), FILES, ids=[f"{n}-{name}" for n, (name, _) in enumerate(FILES)])
def test_t3_a_disguised_file_is_refused_by_what_it_looks_like(looks_like, data):
    with pytest.raises(RejectedFile, match=re.escape(f"looks like {looks_like},")) as refusal:
        decode_image(data)
    assert refusal.value.code == "E-PIC-002"
    assert f"looks like {looks_like}," in refusal.value.reason


def test_the_three_accepted_formats_are_told_by_their_first_bytes():
    assert file_kind(encoded(ramp())) is FileKind.PNG
    assert file_kind(encoded(ramp(), "JPEG")) is FileKind.JPEG
    assert file_kind(bytes(128) + b"DICM") is FileKind.DICOM


def test_every_reason_code_is_explained_once_in_the_docs():
    table = (Path(__file__).parents[3] / "docs" / "reference" / "errors.md").read_text()
    documented = re.findall(r"^\| (E-PIC-\d{3}) \|", table, re.MULTILINE)
    assert documented == [problem.value for problem in ImageProblem]
