"""How fast the built-in model is: loading, encoding against a bare loop over the same batches, one upload classified.

In a new process: `import_s` to import torch, torchvision, open_clip and transformers, then `load_s` for the model.

Usage: python -m benchmarks.time_clip
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.record import append_row
from clip.builtin import FOLDER, load_compact
from clip.classification.classify import load_classifier
from clip.open_clip_encoder import BATCH
from clip.pixels import open_png
from ingest.images.decoder import Decoder
from ingest.images.decoding import DecodedImage
from ingest.sample.release import write_sample

ROUNDS = 5
LOADING = """
import time
started = time.perf_counter()
import open_clip, torchvision, transformers.models.bert
from clip.builtin import load_compact
imported = time.perf_counter()
load_compact()
print(imported - started, time.perf_counter() - imported)
"""


def main() -> None:
    """Measure on the sample cases' images and append one row."""
    with tempfile.TemporaryDirectory() as folder:
        write_sample(Path(folder))
        files = sorted((Path(folder) / "images").glob("*.png"))
        with Decoder() as decoder:
            pngs = [found.png for _, found in decoder.decode_files(files) if isinstance(found, DecodedImage)]
            upload = files[0].read_bytes()
            ours, bare = _rates(pngs)
            upload_s = _upload_s(decoder, upload)
    loading = subprocess.run([sys.executable, "-c", LOADING], capture_output=True, text=True, check=True)
    import_s, load_s = (float(word) for word in loading.stdout.split()[-2:])
    append_row(
        "time_clip",
        images=len(pngs),
        images_per_s=round(ours, 1),
        bare_images_per_s=round(bare, 1),
        ratio=round(ours / bare, 3),
        upload_ms=round(1000 * upload_s),
        import_s=round(import_s, 2),
        load_s=round(load_s, 2),
    )


def _rates(pngs: list[bytes]) -> tuple[float, float]:
    """Return images a second of the encoder and of a bare loop over the same batches: the best of taking turns."""
    import torch

    encoder = load_compact()

    def bare() -> None:
        with torch.no_grad():
            for start in range(0, len(pngs), BATCH):
                batch = [encoder.preprocess(open_png(png, "RGB")) for png in pngs[start : start + BATCH]]
                encoder.model.encode_image(torch.stack(batch), normalize=True)

    times: dict[str, list[float]] = {"ours": [], "bare": []}
    for _ in range(ROUNDS):
        for name, run in (("ours", lambda: encoder.embed_images(pngs)), ("bare", bare)):
            started = time.perf_counter()
            run()
            times[name].append(time.perf_counter() - started)
    return len(pngs) / min(times["ours"]), len(pngs) / min(times["bare"])


def _upload_s(decoder: Decoder, upload: bytes) -> float:
    """Return the median seconds from the bytes of an upload to its answers, after a warm-up."""
    classifier = load_classifier(FOLDER, load_compact())
    taken = []
    for _ in range(2 * ROUNDS + 1):
        started = time.perf_counter()
        classifier.classify(decoder.decode(upload).png)
        taken.append(time.perf_counter() - started)
    return float(np.median(taken[1:]))


if __name__ == "__main__":
    main()
