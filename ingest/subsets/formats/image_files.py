"""The image files of a data set: copied from the archive, each checked against its digest."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import ingest
from ingest.images.objects import ObjectStore
from ingest.subsets.formats.copying import DAMAGED
from ingest.subsets.item import Item

_AT_ONCE = 32  # images that are handed over together
_START = "import sys; sys.path[:] = sys.argv[1:]; from ingest.subsets.formats.copying import serve; serve()"


class ImageFiles:
    """Has the images of each item copied to their place below a folder, by a process of its own."""

    def __init__(self, objects: ObjectStore, folder: Path) -> None:
        self._objects = objects
        self._folder = str(folder)
        self._portion: list[tuple[str, str]] = []
        self._splits: set[str] = set()
        self._process: subprocess.Popen[bytes] | None = None

    def write(self, item: Item) -> None:
        """Have the images of an item copied, before long."""
        if item.split not in self._splits:
            Path(self._folder, "images", item.split).mkdir(parents=True)
            self._splits.add(item.split)
        self._portion += [
            (str(self._objects.path(image.object_key)), f"{self._folder}/{image.file}") for image in item.images
        ]
        if len(self._portion) >= _AT_ONCE:
            self._hand_over()

    def close(self) -> None:
        """Wait for the last copies.

        Raises
        ------
        DamagedFile
            If an image of the archive is not there, or its bytes are not those that were stored.
        OSError
            If a copy cannot be written.
        """
        if self._portion:
            self._hand_over()
        self._end()

    def _hand_over(self) -> None:
        portion, self._portion = self._portion, []
        self._process = self._process or _start()
        assert self._process.stdin
        try:
            self._process.stdin.write(json.dumps(portion).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:  # it ended at an image that cannot be copied
            self._end()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        said, _ = process.communicate()
        if said:
            self._raise_problem(*json.loads(said))
        if process.returncode:
            raise OSError(errno.EIO, "the process that copies the images ended early")

    def _raise_problem(self, kind: str, path: str, number: int | None) -> None:
        if kind == DAMAGED:
            self._objects.read(f"{Path(path).parent.name}/{Path(path).name}")  # says what is wrong with it
        number = number or errno.EIO
        raise OSError(number, os.strerror(number), path)


def _start() -> subprocess.Popen[bytes]:
    folders = [str(Path(ingest.__file__).parent.parent), *(entry for entry in sys.path if Path(entry).is_absolute())]
    return subprocess.Popen(
        [sys.executable, "-I", "-S", "-B", "-c", _START, *folders],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C in the terminal is for the parent
    )
