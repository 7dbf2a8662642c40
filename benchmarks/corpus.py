"""A generated corpus of any size, for benchmarks of documents and graph: made from the sample's texts by variation.

Ages, sexes, sides, sites and sizes vary from case to case as in the sample. So that the graph grows as MedPix's
does, each case gets as many images (59 for 12 cases, as the 59 000 of all 12 000 of MedPix) and about as many
annotations (50; the release has 36), and two cases share a diagnosis. The candidates of the differential are few
and common.

No image is drawn: each is a PNG of 32 x 32 grey noise of its own. So ingest is measured with everything but the
time that the decoding of large images takes; `benchmarks.time_road` measures that on real ones.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path

from ingest.annotation.annotate import annotate
from ingest.case import Case, Image
from ingest.sample.case import SampleCase, SampleImage
from ingest.sample.compose import compose_cases
from ingest.sample.conditions import conditions
from ingest.sample.release import write_release
from ingest.sources.medpix2 import read_cases, read_release

SIZES = (602, 3000, 12000)
"""The public release's train and dev, a step between, and all of MedPix."""

_SEED = 7
_WRITTEN_BY_HAND = 12  # the sample's first cases, which are no variations
_IMAGES = (5, 5, 5, 5, 5, 4, 5, 5, 5, 5, 5, 5)  # 59 for 12 cases
_TEXT_LENGTH = 2000  # characters of all sections: the release has 3 500, but names a finding half as often
_SIDE_PX = 32


def write_corpus(folder: Path, cases: int, *, images: bool = True) -> None:
    """Write so many generated cases as a release folder; the same number gives the same bytes."""
    write_release(folder, _vary(compose_cases(cases + _WRITTEN_BY_HAND, _SEED)[_WRITTEN_BY_HAND:]), _noise_png)
    if not images:
        for path in (folder / "images").iterdir():
            path.unlink()


def corpus_cases(folder: Path) -> Iterator[Case]:
    """Yield the cases of a written corpus, annotated, with images marked as stored though none is."""
    for case in read_cases(read_release(folder)):
        yield annotate(replace(case, images=tuple(_as_stored(image) for image in case.images)))


def _vary(cases: Sequence[SampleCase]) -> list[SampleCase]:
    siblings = 2 * len(conditions())  # the next case of the same wording
    for index, case in enumerate(cases):
        variant = f"variant {1 + index // siblings}"
        for texts, key in ((case.case, "Title"), (case.case, "Case Diagnosis"), (case.topic, "Title")):
            texts[key] = f"{texts[key]}, {variant}"
        images = islice(cycle(case.images), _IMAGES[index % len(_IMAGES)])
        case.images = [_numbered(image, number) for number, image in enumerate(images, 1)]
    own = [" ".join(filter(None, (case.case["History"], case.case["Exam"], case.case["Findings"]))) for case in cases]
    for index, case in enumerate(cases):
        case.case["Discussion"] = _long(str(case.case["Discussion"]), own, index, _missing(case))
    return list(cases)


def _numbered(image: SampleImage, number: int) -> SampleImage:
    caption = f"{image.description['Caption']} Image {number}."
    return replace(image, description={**image.description, "Caption": caption})


def _missing(case: SampleCase) -> int:
    texts = (text or "" for text in (*case.case.values(), case.topic["Disease Discussion"]))
    return _TEXT_LENGTH - sum(map(len, texts))


def _long(text: str, own: Sequence[str], index: int, missing: int) -> str:
    """Return the text, lengthened by what other cases say."""
    wanted = len(text) + missing
    for step in range(1, 100):
        if len(text) >= wanted:
            break
        text = f"{text} {own[(index + 7 * step) % len(own)]}"
    return text


def _noise_png(case: SampleCase, place: int) -> bytes:
    from PIL import Image as Pillow

    noise = hashlib.shake_256(f"{case.number}/{place}".encode()).digest(_SIDE_PX * _SIDE_PX)
    file = io.BytesIO()
    Pillow.frombytes("L", (_SIDE_PX, _SIDE_PX), noise).save(file, "PNG", compress_level=1)
    return file.getvalue()


def _as_stored(image: Image) -> Image:
    digest = hashlib.sha256(image.image_id.encode()).hexdigest()
    return replace(
        image,
        object_key=f"{digest[:2]}/{digest}.png",
        source_name=f"{image.image_id.partition(':')[2]}.png",
        source_sha256=digest,
        pixel_sha256=digest,
        width_px=_SIDE_PX,
        height_px=_SIDE_PX,
        problem=None,
    )
