"""WebDataset: tar files of samples, the files of one sample side by side under one name.

A sample has its item as ``.json``, its text or caption as ``.txt``, its class as ``.cls`` and its image as ``.png``, or
``.0.png``, ``.1.png`` ... where it has several. Equal items give equal bytes: no time and no user is written.
"""

from __future__ import annotations

import json
import re
import tarfile
from io import BytesIO
from pathlib import Path

from ingest.images.objects import ObjectStore
from ingest.subsets.formats.writer import row_of
from ingest.subsets.item import Item
from ingest.subsets.recipe import Kind

SAMPLES_IN_SHARD = 1000


class WebDataset:
    """``webdataset/<split>-000000.tar`` and on, a thousand samples each.

    Parameters
    ----------
    classes : sequence of str
        The classes, whose places are the numbers in ``.cls``.
    """

    def __init__(self, objects: ObjectStore, folder: Path, kind: Kind, classes: tuple[str, ...]) -> None:
        self._objects = objects
        self._folder = folder / "webdataset"
        self._kind = kind
        self._classes = classes
        self._shards: dict[str, tarfile.TarFile] = {}
        self._samples: dict[str, int] = {}

    def write(self, item: Item) -> None:
        """Write a sample."""
        shard = self._shard(item.split)
        name = re.sub(r"[^A-Za-z0-9_-]", "_", item.item_id)  # a point would end the name of the sample
        row = json.dumps(row_of(item, self._kind), ensure_ascii=False)
        _add(shard, f"{name}.json", row.encode())
        if words := item.text or (item.images[0].caption if self._kind.per_image else None):
            _add(shard, f"{name}.txt", words.encode())
        if item.label is not None:
            _add(shard, f"{name}.cls", str(self._classes.index(item.label)).encode())
        for place, image in enumerate(item.images):
            ending = "png" if self._kind.per_image else f"{place}.png"
            _add(shard, f"{name}.{ending}", self._objects.read(image.object_key))

    def close(self) -> None:
        """End the last shards."""
        for shard in self._shards.values():
            shard.close()

    def _shard(self, split: str) -> tarfile.TarFile:
        number, place = divmod(self._samples.get(split, 0), SAMPLES_IN_SHARD)
        self._samples[split] = self._samples.get(split, 0) + 1
        if place == 0:
            if split in self._shards:
                self._shards[split].close()
            self._folder.mkdir(exist_ok=True)
            self._shards[split] = tarfile.open(self._folder / f"{split}-{number:06}.tar", "w")  # noqa: SIM115  by close
        return self._shards[split]


def _add(shard: tarfile.TarFile, name: str, content: bytes) -> None:
    about = tarfile.TarInfo(name)
    about.size = len(content)
    shard.addfile(about, BytesIO(content))
