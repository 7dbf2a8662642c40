"""A folder of files as they come to a program: good ones, odd ones, and workspaces in every state."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from image_bytes import encoded, ramp
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian
from tiny_recipe import TINY

from casegraph.file import FILE_NAME, WorkspaceFile, write_workspace_file

IMAGES = ["scan.png", "scan.jpg", "scan.dcm", "cut.png", "cut.dcm", "scan-1.dcm", "scan-2.dcm", "scan-3.dcm"]
FILES = [
    *IMAGES,
    *("missing", "empty", "noise", "folder", "list.json", "splits.json", "deep.json", "tiny.json", "text.csv"),
    *("a file/below", "link", "loop", "fifo", "locked", "n" * 300, "release", "bare release", "full", "language", "."),
]
NEW_FILES = ["new", "new.json", "new.png", "new.cypher", "new.graphml", "new folder", "no/such/folder/new.json", "nëu"]
DAMAGED = {
    "damaged": "{",
    "newer": '{"format": 99}',
    "a list": "[1]",
    "other kinds": '{"format": 1, "graph": [1], "documents": null}',
    "deep": "[" * 100_000,
    "beyond numbers": '{"format": 1e999}',
}
WORKSPACES = ["bare", "closed graph", "closed documents", "missing", "folder", "empty", "n" * 300, "loop", *DAMAGED]


def write_files(folder: Path, release: Path) -> None:
    """Write the files, those of an earlier run away first."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "folder").mkdir(parents=True)
    _write_images(folder)
    (folder / "empty").write_bytes(b"")
    (folder / "noise").write_bytes(bytes(range(256)) * 4)
    (folder / "list.json").write_text('[{"U_id": 1}, null, [[]]]')
    (folder / "deep.json").write_text("[" * 100_000)
    (folder / "splits.json").write_text(json.dumps({"mine": ["MPX9001", "MPX9002", "MPX9003"]}))
    (folder / "text.csv").write_text("a,b\n1\n")
    (folder / "a file").write_text("")
    (folder / "locked").write_text("{}")
    (folder / "locked").chmod(0)
    (folder / "link").symlink_to("scan.png")
    (folder / "loop").symlink_to("loop")
    os.mkfifo(folder / "fifo")
    os.open(folder / "fifo", os.O_RDWR | os.O_NONBLOCK)  # stays open: who writes into it need not wait for a reader
    recipe = {
        **TINY,
        "language": {**TINY["language"], "epochs": 1},
        "contrastive": {**TINY["contrastive"], "epochs": 1},
    }
    (folder / "tiny.json").write_text(json.dumps(recipe))
    (folder / "release").symlink_to(release)
    shutil.copytree(release, folder / "bare release", ignore=shutil.ignore_patterns("images"))


def write_workspaces(folder: Path, full: Path) -> None:
    """Write the workspaces that no command can fill; `full` lies elsewhere and is linked to."""
    (folder / "full").symlink_to(full)
    for name, content in DAMAGED.items():
        (folder / name).mkdir()
        (folder / name / FILE_NAME).write_text(content)
    write_workspace_file(folder / "bare", WorkspaceFile(graph="bolt://127.0.0.1:9"))
    for name, changed in (
        ("closed graph", {"graph": "bolt://127.0.0.1:9"}),
        ("closed documents", {"documents": "mongodb://127.0.0.1:9/d"}),
    ):
        shutil.copytree(full, folder / name, ignore=shutil.ignore_patterns("graph"))
        write_workspace_file(folder / name, WorkspaceFile(**changed))


def _write_images(folder: Path) -> None:
    png, dicom = encoded(ramp()), _dicom()
    (folder / "scan.png").write_bytes(png)
    (folder / "scan.jpg").write_bytes(encoded(ramp(), "JPEG"))
    (folder / "cut.png").write_bytes(png[: len(png) // 2])
    (folder / "scan.dcm").write_bytes(dicom)
    (folder / "cut.dcm").write_bytes(dicom[: len(dicom) // 2])
    for number, place in enumerate((140, 300, 420), start=1):  # in the meta header, in the header, near the pixels
        (folder / f"scan-{number}.dcm").write_bytes(dicom[:place] + b"\xff\x00\xff" + dicom[place + 3 :])


def _dicom() -> bytes:
    from io import BytesIO

    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID = CTImageStorage
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID = UID("1.2.3")
    dataset.Modality, dataset.PhotometricInterpretation, dataset.SamplesPerPixel = "CT", "MONOCHROME2", 1
    dataset.Rows, dataset.Columns = ramp().shape
    dataset.BitsAllocated = dataset.BitsStored = 8
    dataset.HighBit, dataset.PixelRepresentation = 7, 0
    dataset.PixelData = ramp().tobytes()
    stream = BytesIO()
    dataset.save_as(stream, enforce_file_format=True)
    return stream.getvalue()
