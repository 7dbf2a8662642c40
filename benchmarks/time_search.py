"""Warm search in process: median and 95th percentile in milliseconds, by kind of question.

Beside it, in the same run, what FAISS alone takes for the same nearest vectors.

Usage: python -m benchmarks.time_search WORKSPACE
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

import casegraph
from benchmarks.apart import load
from benchmarks.record import append_row
from casegraph.workspace import Workspace

REPEATS = 100
WARM_UP = 5


def milliseconds(question: Callable[[int], object]) -> tuple[float, float]:
    """Return median and 95th percentile over the repeats, the warm-up left out."""
    times = []
    for number in range(REPEATS + WARM_UP):
        start = time.perf_counter()
        question(number)
        times.append((time.perf_counter() - start) * 1000)
    measured = np.array(times[WARM_UP:])
    return float(np.median(measured)), float(np.percentile(measured, 95))


def main() -> None:
    """Measure words, images and cases on one workspace."""
    with casegraph.open(sys.argv[1] if len(sys.argv) > 1 else "workspace-demo") as space:
        cases = [stored.case for stored in space.engines.store.cases()]
        words = [case.diagnosis or case.title for case in cases]
        images = [
            space.engines.objects.read(i.object_key) for case in cases[:100] for i in case.images[:1] if i.object_key
        ]
        questions: dict[str, Callable[[int], object]] = {
            "words": lambda n: space.search.by_text(words[n % len(words)]),
            "words, filtered": lambda n: space.search.by_text(words[n % len(words)], where="modality=MR"),
            "image": lambda n: space.search.by_image(images[n % len(images)]),
            "case": lambda n: space.search.by_case(cases[n % len(cases)].case_id),
            "bare FAISS": bare_faiss(space),
        }
        for name, question in questions.items():
            median, p95 = milliseconds(question)
            append_row(
                "time_search",
                question=name,
                cases=len(cases),
                median_ms=round(median, 2),
                p95_ms=round(p95, 2),
                load=load(),
            )


def bare_faiss(space: Workspace) -> Callable[[int], object]:
    """Return the physical limit: the nearest ten image vectors by FAISS, nothing else."""
    import faiss

    vectors = np.load(next(Path(space.folder, "vectors", "images").rglob("vectors.npy")), allow_pickle=False)
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    return lambda n: index.search(vectors[n % len(vectors)][None], min(10, len(vectors)))


if __name__ == "__main__":
    main()
