"""Data sets out of a store of the size of all case reports: 94,000 patients with 130,000 images, made up.

Rows are generated straight into the document store; the images are a few hundred files that many rows share, so that
disk and cache are the same for both sides. `filter_s` is a filter to the list of its cases (median of three),
`export_s` a data set of images in Parquet and JSON Lines with the image files, `copy_s` the plain copying of the very
same files by `shutil.copyfile` into a folder, one before and one after, the mean taken; `ratio` is copying divided by
export. `memory_mb` is the peak of the exporting process.

Usage: python -m benchmarks.time_subset [PATIENTS [SHARE]]     SHARE: the percentage of patients that is exported
"""

from __future__ import annotations

import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image as Drawn

from benchmarks.apart import load, peak_memory_mb, run_apart
from benchmarks.record import append_row
from ingest.case import Case, Image, Patient
from ingest.images.decoding import decode_image
from ingest.images.objects import ObjectStore
from ingest.store.filters import OneOf
from ingest.store.interface import DocumentStore
from ingest.store.opening import SQLITE, open_store
from ingest.store.query_text import parse_filter
from ingest.subsets.prompts import read_template
from ingest.subsets.recipe import parse_recipe
from ingest.subsets.select import Selection
from ingest.subsets.write import Archive, write_subset
from ingest.vocabulary import Modality, Plane, Region, Section, Sex

PATIENTS, IMAGES_PER_PATIENT = 94_000, 1.39  # of MultiCaRe v2: 93,816 patients, 130,791 images
VARIANTS, SIDE_PX = 300, 320  # noise of 320 x 320: 100 kB as PNG, the mean of MedPix 2.0
SEED = 5
WORDS = tuple(
    "patient presented pain swelling fever cough mass lesion nodule kidney lung liver brain contrast enhancing history "  # noqa: SIM905  a list of 26 lines says no more
    "months showed no evidence biopsy confirmed resection normal blood pressure examination".split()
)
FILTERS: Mapping[str, str] = {
    "year and licence": 'source=pmc year=2015..2019 licence="CC BY"',
    "age, sex, modality": "age_years=18..60 sex=female modality=MR",
    "keyword": "keyword=kidney,lung not mesh=humans",
    "words of a text": 'history~"kidney lung"',
    "words of a caption": "caption~nodule modality=CT",
}
RECIPE = """
name = "benchmark"
kind = "image"
where = "year=..{year}"
licences = ["CC BY", "CC BY-NC"]
[splits]
seed = 1
train = 0.8
dev = 0.1
test = 0.1
"""


FIRST_YEAR, YEARS = 2000, 25  # as many patients in each


def main(patients: int = PATIENTS, share: int = 100) -> None:
    """Fill a store, ask it, export from it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run_apart(fill, folder, patients)
        for label, where in FILTERS.items():
            found, _ = run_apart(ask, folder, where)
            row = {"patients": patients, "measure": f"filter: {label}", "cases": found.cases, "seconds": found.seconds}
            append_row("time_subset", **row, images="", mb="", copy_s="", ratio="", memory_mb="", load=load())
        for years in (max(1, YEARS * share // 400), YEARS * share // 100):
            run, _ = run_apart(export, folder, FIRST_YEAR + years - 1)
            row = {"patients": patients, "measure": f"export of {100 * years // YEARS} %", "cases": run.cases}
            more = {"images": run.images, "mb": run.mb, "copy_s": run.copy_s, "ratio": run.ratio}
            append_row("time_subset", **row, seconds=run.seconds, **more, memory_mb=run.memory_mb, load=load())


@dataclass(frozen=True)
class Found:
    """How many cases a filter found, and how long it took."""

    cases: int
    seconds: float


@dataclass(frozen=True)
class Run:
    """An export, and the copying beside it."""

    cases: int
    images: int
    mb: int
    seconds: float
    copy_s: float
    memory_mb: int

    @property
    def ratio(self) -> float:
        """How quick the export is beside plain copying."""
        return round(self.copy_s / self.seconds, 3)


def fill(folder: Path, patients: int) -> None:
    """Write the images, and the rows that share them."""
    chance = np.random.default_rng(SEED)
    objects = ObjectStore(folder / "objects")
    keys = [objects.put(decode_image(_noise(chance))) for _ in range(VARIANTS)]
    store = open_store(SQLITE, folder)
    with store.writer("benchmark") as writer:
        for start in range(0, patients, 1000):
            writer.write_cases(_case(number, keys, patients) for number in range(start, min(start + 1000, patients)))
    store.close()


def ask(folder: Path, where: str) -> Found:
    """Ask for the ids of the cases that match."""
    store = open_store(SQLITE, folder)
    seconds: list[float] = []
    for _ in range(3):
        start = time.perf_counter()
        found = store.case_ids(parse_filter(where))
        seconds.append(time.perf_counter() - start)
    store.close()
    return Found(len(found), round(statistics.median(seconds), 3))


def export(folder: Path, last_year: int) -> Run:
    """Export the patients up to a year; copy the same files before and after."""
    store, objects = open_store(SQLITE, folder), ObjectStore(folder / "objects")
    recipe = parse_recipe(RECIPE.format(year=last_year))
    where = parse_filter(recipe.where)
    _load_libraries(store, objects, folder)
    keys = [str(image.object_key) for stored in store.cases(where) for image in stored.case.images]
    before = _copy(objects, keys, folder / "copy")
    start = time.perf_counter()
    archive = Archive(store, objects, folder / "hashes.json")
    report = write_subset(
        archive, Selection(recipe, where, None), read_template("caption"), folder / "out", recipe_text=""
    )
    seconds = time.perf_counter() - start
    memory_mb = peak_memory_mb()
    shutil.rmtree(folder / "out")
    copied = (before + _copy(objects, keys, folder / "copy")) / 2
    size = sum(objects.path(key).stat().st_size for key in keys)
    store.close()
    return Run(report.cases, report.images, size // 1_000_000, round(seconds, 2), round(copied, 2), memory_mb)


def _load_libraries(store: DocumentStore, objects: ObjectStore, folder: Path) -> None:
    """Export one case first: what libraries take to load is no time of an export."""
    recipe, one = parse_recipe(RECIPE.format(year=FIRST_YEAR)), store.case_ids()[:1]
    chosen, archive = (
        Selection(recipe, OneOf("case_id", tuple(one)), None),
        Archive(store, objects, folder / "hashes.json"),
    )
    write_subset(archive, chosen, read_template("caption"), folder / "first", recipe_text="")
    shutil.rmtree(folder / "first")


def _copy(objects: ObjectStore, keys: Sequence[str], folder: Path) -> float:
    folder.mkdir()
    start = time.perf_counter()
    for number, key in enumerate(keys):
        shutil.copyfile(objects.path(key), folder / f"{number}.png")
    seconds = time.perf_counter() - start
    shutil.rmtree(folder)
    return seconds


def _noise(chance: np.random.Generator) -> bytes:
    stream = BytesIO()
    Drawn.fromarray(chance.integers(0, 256, (SIDE_PX, SIDE_PX), dtype=np.uint8)).save(stream, format="PNG")
    return stream.getvalue()


def _case(number: int, keys: Sequence[str], patients: int) -> Case:
    """Return a made-up case with an article of its own; every third patient has two images, every twentieth more."""
    chance = random.Random(f"{SEED} {number}")
    case_id = f"pmc:PMC{number:07}_01"
    images = 1 + (number % 3 == 0) + (number % 20 == 0)
    return Case(
        case_id=case_id,
        source="pmc",
        patient=Patient(case_id, float(chance.randrange(90)), chance.choice(list(Sex))),
        sections={Section.TITLE: _words(chance, 8), Section.HISTORY: _words(chance, 350)},
        images=tuple(_image(f"{case_id}_{place}", chance, keys) for place in range(images)),
        source_values={
            "article.id": f"PMC{number:07}",
            "article.year": str(FIRST_YEAR + number * YEARS // patients),
            "article.licence": chance.choice(("CC BY 4.0", "CC BY-NC 4.0")),
            "article.citation": _words(chance, 20),
            "article.keywords": "; ".join(chance.sample(WORDS, 4)),
            "article.mesh": "Humans" if number % 2 else "Adult",
            "article.journal": _words(chance, 4),
        },
    )


def _image(image_id: str, chance: random.Random, keys: Sequence[str]) -> Image:
    return Image(
        image_id,
        object_key=chance.choice(keys),
        width_px=SIDE_PX,
        height_px=SIDE_PX,
        modality=chance.choice((Modality.CT, Modality.MR, Modality.US)),
        plane=chance.choice(list(Plane)),
        region=chance.choice(list(Region)),
        caption=_words(chance, 30),
    )


def _words(chance: random.Random, count: int) -> str:
    return " ".join(chance.choices(WORDS, k=count))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
