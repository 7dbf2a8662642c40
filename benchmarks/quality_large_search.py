"""Search at the size of all MedPix: 59 000 images of 12 000 cases. The image channel beside bare FAISS, and recall.

The vectors are those of the real images of a workspace, each with a little noise of its own, so that they lie as real
ones do: the mean cosine of a copy with its original is in the row. VectorRow by row:

- `image channel` and `bare FAISS`: the same questions with the same filter (a random half of the cases), one after
  the other in turn, the 95th percentile in milliseconds and their ratio;
- `neighbour graph`: what `rag.index.faiss_index` uses above `EXACT_UP_TO` vectors: its recall at ten against comparing
  all.

Usage: python -m benchmarks.quality_large_search WORKSPACE [IMAGE_COUNT] [CASES]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

import casegraph
import rag.index.faiss_index
from benchmarks.apart import load
from benchmarks.record import append_row
from clip.vectors import Vectors
from rag.index.faiss_index import FIRST_LOOK, FaissIndex
from rag.index.interface import IMAGES, StoredVectors, VectorIndex, VectorRow

Times = NDArray[np.float64]
"""Median and 95th percentile in milliseconds."""

IMAGE_COUNT, CASES = 59_000, 12_000
K = 10
QUESTIONS = 300
NOISE = 0.25  # length of the noise beside a unit vector: copies stay nearer to each other than to other images


def main() -> None:
    """Measure and append the rows."""
    images, cases = (int(sys.argv[n]) if len(sys.argv) > n else size for n, size in ((2, IMAGE_COUNT), (3, CASES)))
    with casegraph.open(sys.argv[1] if len(sys.argv) > 1 else "workspace") as space:
        real = space.engines.vectors[IMAGES].read()
    if real is None:
        sys.exit("the workspace has no vectors of images. Make them: casegraph index.")
    random = np.random.default_rng(7)
    copies = random.integers(0, len(real.rows), images)
    vectors = noisy(real.vectors[copies], random)
    likeness = round(float((vectors * real.vectors[copies]).sum(axis=1).mean()), 3)
    rows = tuple(VectorRow(f"big:C{n % cases}_{n}", f"big:C{n % cases}", str(n)) for n in range(images))
    stored = replace(real, rows=rows, vectors=vectors)
    questions = noisy(real.vectors[random.integers(0, len(real.rows), QUESTIONS)], random)
    allowed = frozenset(f"big:C{n}" for n in random.permutation(cases)[: cases // 2].tolist())
    told = {"images": images, "cases": cases, "encoder": real.state.encoder, "likeness": likeness}
    exact = FaissIndex(stored)
    ours, bare = _in_turn(
        lambda n: exact.similar_cases(questions[n : n + 1], K, allowed), _bare(stored, questions, allowed)
    )
    _append(told, "image channel", ours, bare, 1.0)
    _append(told, "bare FAISS", bare, bare, 1.0)
    everyone = frozenset(row.case_id for row in rows)
    start = time.perf_counter()
    with patch.object(rag.index.faiss_index, "EXACT_UP_TO", images // 2):
        walked = FaissIndex(stored)
        built = time.perf_counter() - start
        graph, compared = _in_turn(
            lambda n: walked.similar_cases(questions[n : n + 1], K, everyone),
            lambda n: exact.similar_cases(questions[n : n + 1], K, everyone),
        )
        recall = np.mean([_recall(walked, exact, questions[n : n + 1], everyone) for n in range(QUESTIONS)])
    print(f"the neighbour graph was built in {built:.0f} s")
    _append(told, "neighbour graph", graph, compared, round(float(recall), 4))


def _append(told: dict[str, object], name: str, taken: Times, beside: Times, recall: float) -> None:
    """Append one row; the ratios are to what was asked in turn with it."""
    append_row(
        "quality_large_search",
        **told,
        search=name,
        median_ms=round(taken[0], 2),
        median_ratio=round(taken[0] / beside[0], 2),
        p95_ms=round(taken[1], 2),
        p95_ratio=round(taken[1] / beside[1], 2),
        recall_at_10=recall,
        load=load(),
    )


def noisy(vectors: Vectors, random: np.random.Generator) -> Vectors:
    """Return the unit vectors with noise of length `NOISE`, as unit vectors."""
    noise = random.standard_normal(vectors.shape).astype(np.float32)
    rows = vectors + NOISE * noise / np.linalg.norm(noise, axis=1, keepdims=True)
    return np.ascontiguousarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def _in_turn(first: Callable[[int], object], second: Callable[[int], object]) -> tuple[Times, Times]:
    """Return median and 95th percentile of both in milliseconds, asked in turn so that both meet the same load."""
    times: list[list[float]] = [[], []]
    for number in range(QUESTIONS):
        for place, question in enumerate((first, second)):
            start = time.perf_counter()
            question(number)
            times[place].append((time.perf_counter() - start) * 1000)
    first_times, second_times = (np.percentile(one, (50, 95)) for one in times)
    return first_times, second_times


def _bare(stored: StoredVectors, questions: Vectors, allowed: frozenset[str]) -> Callable[[int], object]:
    """Return FAISS alone on the same vectors with the same filter and number of neighbours, on one thread."""
    import faiss

    faiss.omp_set_num_threads(1)
    index = faiss.IndexFlatIP(stored.vectors.shape[1])
    index.add(stored.vectors)
    chosen = np.array([row.case_id in allowed for row in stored.rows])
    selector = faiss.IDSelectorBitmap(np.packbits(chosen, bitorder="little"))  # pyright: ignore[reportCallIssue]
    parameters = faiss.SearchParameters(sel=selector)  # pyright: ignore[reportCallIssue]
    return lambda n: index.search(questions[n : n + 1], FIRST_LOOK * K, params=parameters)


def _recall(walked: VectorIndex, exact: VectorIndex, question: Vectors, allowed: frozenset[str]) -> float:
    found, expected = (
        {near.case_id for near in index.similar_cases(question, K, allowed)} for index in (walked, exact)
    )
    return len(found & expected) / len(expected)


if __name__ == "__main__":
    main()
