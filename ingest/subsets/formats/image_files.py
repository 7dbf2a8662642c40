"""The image files of a data set: copied from the archive, each checked against its digest."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from ingest.images.objects import ObjectStore
from ingest.subsets.item import Item

_THREADS = 2  # reading, hashing and writing let go of the interpreter
_AT_ONCE = 16  # images that a thread is given, as handing over takes time too
_WAITING = 8  # portions that wait for a thread, so that memory stays flat


class ImageFiles:
    """Copies the images of each item to their place below a folder."""

    def __init__(self, objects: ObjectStore, folder: Path) -> None:
        self._objects = objects
        self._folder = str(folder)
        self._pool = ThreadPoolExecutor(_THREADS)
        self._portion: list[tuple[str, str]] = []
        self._pending: deque[Future[None]] = deque()
        self._splits: set[str] = set()

    def write(self, item: Item) -> None:
        """Have the images of an item copied, before long."""
        if item.split not in self._splits:
            Path(self._folder, "images", item.split).mkdir(parents=True)
            self._splits.add(item.split)
        self._portion += [(image.object_key, f"{self._folder}/{image.file}") for image in item.images]
        if len(self._portion) >= _AT_ONCE:
            self._hand_over()
        while len(self._pending) > _WAITING:
            self._pending.popleft().result()

    def close(self) -> None:
        """Wait for the last copies. Raises what one of them raised."""
        try:
            self._hand_over()
            while self._pending:
                self._pending.popleft().result()
        finally:
            self._pool.shutdown(cancel_futures=True)

    def _hand_over(self) -> None:
        self._pending.append(self._pool.submit(self._copy, self._portion))
        self._portion = []

    def _copy(self, portion: Sequence[tuple[str, str]]) -> None:
        for object_key, place in portion:
            with open(place, "xb", buffering=0) as file:  # noqa: PTH123  a tenth of the time of a Path each
                file.write(self._objects.read(object_key))
