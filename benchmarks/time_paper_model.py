"""What `rn50x16-biobert`, the best model of the MedPix 2.0 paper, asks of a machine: its encoders at full size.

Its weights are published nowhere, so they are chance here; a step of training and an encoding take as long with any
others. One row: seconds of one step of stage 2 at a batch of two, the peak of memory, images encoded a second; and
the same in the processors' seconds, which the work of others on the machine barely changes.

Usage: python -m benchmarks.time_paper_model
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.apart import load, peak_memory_mb
from benchmarks.record import append_row
from clip.open_clip_encoder import load_own_model
from clip.training.contrastive import Contrastive
from clip.training.examples import Examples
from clip.training.loop import Rates
from clip.training.recipe import open_contrastive, read_recipe, save_model
from clip.training.word_pieces import learn_word_pieces
from ingest.images.decoder import Decoder
from ingest.images.decoding import DecodedImage
from ingest.sample.release import write_sample

RECIPE = "rn50x16-biobert"
BATCH = 2
BIOBERT = {"vocab_size": 28996, "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12}
"""The size of BERT-base, which is BioBERT's."""
WORDS = ("axial CT of the chest", "sagittal MR of the spine", "mass in the left upper lobe", "no acute fracture")


def main() -> None:
    """Take one step, encode two images, and append one row."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        _write_bert(place / "language")
        recipe = read_recipe(RECIPE)
        settings = replace(recipe.contrastive, batch=BATCH)
        stage = open_contrastive(
            replace(recipe, trunk=None, contrastive=settings), place / "language", _examples(place)
        )
        step_s, step_cpu_s = _seconds(lambda: _step(stage))
        peak = peak_memory_mb()
        parameters = sum(parameter.numel() for parameter in stage.model.parameters())
        save_model(recipe, stage, place / "language", place / "model")
        encoder = load_own_model(RECIPE, place / "model")
        encoding_s, encoding_cpu_s = _seconds(lambda: encoder.embed_images(stage.train.pngs))
    append_row(
        "time_paper_model",
        device=stage.device,
        million_parameters=round(parameters / 1e6),
        batch=BATCH,
        step_s=round(step_s, 1),
        step_cpu_s=round(step_cpu_s, 1),
        peak_mb=peak,
        images_per_s=round(len(stage.train) / encoding_s, 2),
        images_per_cpu_s=round(len(stage.train) / encoding_cpu_s, 2),
        load=load(),
    )


def _write_bert(folder: Path) -> None:
    """Write a BERT of BioBERT's size with chance weights, and a vocabulary."""
    from transformers import BertConfig, BertModel

    learn_word_pieces(WORDS * 10, 200, 512, folder)
    sizes: Any = {**BIOBERT, "intermediate_size": 4 * BIOBERT["hidden_size"]}
    BertModel(BertConfig(**sizes), add_pooling_layer=False).save_pretrained(str(folder))


def _examples(folder: Path) -> Examples:
    """Return a batch of images of the sample cases."""
    write_sample(folder / "sample")
    files = sorted((folder / "sample" / "images").glob("*.png"))[: 2 * BATCH]
    with Decoder() as decoder:
        pngs = tuple(found.png for _, found in decoder.decode_files(files) if isinstance(found, DecodedImage))
    names = tuple(str(number) for number in range(len(pngs)))
    labels = {"modality": tuple("CT" if number % 2 else "MR" for number in range(len(pngs)))}
    return Examples(names, names, pngs, tuple((text,) for text in WORDS), labels)


def _step(stage: Contrastive) -> None:
    """Take one step: an epoch over no more images than a batch."""
    one = replace(stage, train=stage.train.rows(list(range(BATCH))))
    one.train_epoch(np.random.default_rng(0), Rates(0, 10))


def _seconds(run: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds that a call took, and those of the processors."""
    started, started_cpu = time.perf_counter(), time.process_time()
    run()
    return time.perf_counter() - started, time.process_time() - started_cpu


if __name__ == "__main__":
    main()
