"""Images that are no scans, to measure whether a classifier notices: photographs, text, noise, charts, montages.

Photographs are those that scikit-image and scikit-learn ship; the rest is drawn here, the same for the same seed.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

COUNT = 60  # of each kind
SIDE_PX = 384
PHOTOGRAPHS = (
    "astronaut.png",
    "brick.png",
    "camera.png",
    "chelsea.png",
    "coffee.png",
    "coins.png",
    "grass.png",
    "gravel.png",
    "motorcycle_left.png",
    "rocket.jpg",
    "china.jpg",
    "flower.jpg",
)
WORDS = ("lorem", "ipsum", "dolor", "sit", "amet", "consectetur", "elit", "sed", "do", "eiusmod", "tempor", "ut")


def strange_images(scans: Sequence[bytes], *, seed: int = 0) -> Mapping[str, list[bytes]]:
    """Return `COUNT` PNGs of each kind; `scans` are what the montages are put together from."""
    kinds: Mapping[str, Callable[[np.random.Generator], Image.Image]] = {
        "text page": _text_page,
        "noise": _noise,
        "chart": _chart,
        "montage": lambda random: _montage(scans, random),
    }
    drawn = {
        kind: [_png(draw(np.random.default_rng((seed, number)))) for number in range(COUNT)]
        for kind, draw in kinds.items()
    }
    return {"photograph": list(_photographs(seed)), **drawn}


def _photographs(seed: int) -> Iterator[bytes]:
    """Yield square cuts of the photographs that the libraries ship, each cut another place and size."""
    import skimage.data
    import sklearn.datasets

    folders = (Path(skimage.data.__file__).parent, Path(sklearn.datasets.__file__).parent / "images")
    paths = [folder / name for name in PHOTOGRAPHS for folder in folders if (folder / name).is_file()]
    for number in range(COUNT):
        random = np.random.default_rng((seed, number))
        image = Image.open(paths[number % len(paths)]).convert("RGB")
        side = int(min(image.size) * random.uniform(0.6, 1.0))
        left, top = (int(random.integers(0, length - side + 1)) for length in image.size)
        yield _png(image.crop((left, top, left + side, top + side)))


def _text_page(random: np.random.Generator) -> Image.Image:
    page = Image.new("L", (SIDE_PX, int(SIDE_PX * random.uniform(1.0, 1.4))), 255)
    pen = ImageDraw.Draw(page)
    size = int(random.integers(10, 20))
    for top in range(20, page.height - 20, int(size * 1.5)):
        if random.random() < 0.9:
            line = " ".join(random.choice(WORDS, int(random.integers(3, 12))))
            pen.text((20, top), line, fill=int(random.integers(0, 80)), font=ImageFont.load_default(size))
    return page


def _noise(random: np.random.Generator) -> Image.Image:
    """Draw grey or coloured noise, fine or in blocks."""
    side = int(random.choice([12, 48, 192, SIDE_PX]))
    shape = (side, side) if random.random() < 0.5 else (side, side, 3)
    values: NDArray[np.uint8] = random.integers(0, 256, shape).astype(np.uint8)
    return Image.fromarray(values).resize((SIDE_PX, SIDE_PX), Image.Resampling.NEAREST)


def _chart(random: np.random.Generator) -> Image.Image:
    """Draw axes with bars or with lines."""
    chart = Image.new("RGB", (SIDE_PX, int(SIDE_PX * 0.75)), "white")
    pen = ImageDraw.Draw(chart)
    bottom, right = chart.height - 40, chart.width - 20
    pen.line([(40, 20), (40, bottom), (right, bottom)], fill="black", width=2)
    places = np.linspace(60, right - 10, int(random.integers(4, 12)))
    bars = random.random() < 0.5
    for _ in range(1 if bars else int(random.integers(1, 4))):
        colour = tuple(int(level) for level in random.integers(0, 200, 3))
        tops = random.uniform(30, bottom - 5, len(places))
        if bars:
            for place, top in zip(places, tops, strict=True):
                pen.rectangle((place - 8, top, place + 8, bottom), fill=colour)
        else:
            pen.line(list(zip(places, tops, strict=True)), fill=colour, width=3)
    for number, place in enumerate(places):
        pen.text((place - 4, bottom + 8), str(number), fill="black", font=ImageFont.load_default(11))
    return chart


def _montage(scans: Sequence[bytes], random: np.random.Generator) -> Image.Image:
    """Put scans of different cases side by side, two by two to four by four."""
    count = int(random.integers(2, 5))
    side = SIDE_PX // count
    montage = Image.new("L", (side * count, side * count))
    for place, number in enumerate(random.choice(len(scans), count * count, replace=False)):
        scan = Image.open(io.BytesIO(scans[number])).convert("L").resize((side, side))
        montage.paste(scan, (side * (place % count), side * (place // count)))
    return montage


def _png(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, format="PNG")
    return stream.getvalue()
