"""The whole fused search at the size of all MedPix: 12 000 cases, 59 000 images, by kind of question and by part.

The cases are those of a workspace, each many times over under ids of their own, three words in ten of each copy another
word of the workspace, so that copies are no near copies; their images' vectors are those of the real ones with noise.
Documents are in SQLite, texts are embedded by the workspace's own encoder. The graph is not asked here: what its
question takes at this size is in `results/time_questions.csv`. The columns of shares are of the whole time.

Usage: python -m benchmarks.time_fused_search WORKSPACE [CASES]
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

import casegraph
import rag.search.search
from benchmarks.apart import load
from benchmarks.quality_large_search import noisy
from benchmarks.record import append_row
from casegraph.workspace import Workspace
from ingest.case import Case
from ingest.store.interface import DocumentStore
from ingest.store.opening import SQLITE, open_store
from ingest.store.query_text import parse_filter
from ingest.vocabulary import Section
from rag.index.interface import IMAGES as OF_IMAGES
from rag.index.interface import VectorRow
from rag.index.opening import index_in_memory
from rag.index.passages import passages_of
from rag.search.archive_words import read_archive_words
from rag.search.keywords import KeywordIndex
from rag.search.latent_topics import LatentTopicIndex
from rag.search.query import Query
from rag.search.search import CaseSearch

CASES = 12_000
IMAGES = (5, 5, 5, 5, 5, 4, 5, 5, 5, 5, 5, 5)  # 59 for 12 cases, as the 59 000 of all of MedPix
CHANGED = 0.3
QUESTIONS = 60
SEED = 12
PARTS: Mapping[str, tuple[Any, str]] = {
    "images": (CaseSearch, "_by_image"),
    "keywords": (rag.search.search, "rank_by_keywords"),
    "latent topics": (rag.search.search, "rank_by_latent_topics"),
    "embedding": (rag.search.search, "passage_vectors"),
    "passages": (rag.search.search, "rank_by_text"),
    "fusion": (rag.search.search, "fuse_rankings"),
    "copies": (rag.search.search, "without_copies"),
}


def main() -> None:
    """Measure and append the rows."""
    wanted = int(sys.argv[2]) if len(sys.argv) > 2 else CASES
    with (
        casegraph.open(sys.argv[1] if len(sys.argv) > 1 else "workspace") as space,
        tempfile.TemporaryDirectory() as folder,
    ):
        real = [stored.case for stored in space.engines.store.cases()]
        store = open_store(SQLITE, Path(folder))
        search = large_search(space, real, store, wanted)
        for name, queries in _queries(space, real).items():
            _measure(search, name, queries, wanted)
        store.close()


def large_search(space: Workspace, real: Sequence[Case], store: DocumentStore, wanted: int) -> CaseSearch:
    """Return a search over so many cases made of the real ones."""
    cases = list(_copies(real, wanted))
    with store.writer("benchmark") as writer:
        writer.write_cases(cases)
    chance = np.random.default_rng(SEED)
    images = space.engines.vectors[OF_IMAGES].read()
    if images is None:
        sys.exit("the workspace has no vectors of images. Make them: casegraph index.")
    owners = [case.case_id for n, case in enumerate(cases) for _ in range(IMAGES[n % len(IMAGES)])]
    vectors = noisy(images.vectors[chance.integers(0, len(images.rows), len(owners))], chance)
    image_rows = tuple(VectorRow(f"{case_id}_{n}", case_id, str(n)) for n, case_id in enumerate(owners))
    passages = [passage for case in cases for passage in passages_of(case)]
    encoder = space.engines.models.text_encoder
    text_rows = tuple(VectorRow(passage.vector_id, passage.case_id, passage.vector_id) for passage in passages)
    text_vectors = encoder.embed_texts([passage.text for passage in passages])
    sequence = store.sequence()
    print(f"{len(cases)} cases, {len(image_rows)} images, {len(text_rows)} passages")
    known = read_archive_words(cases)
    return CaseSearch(
        store,
        index_in_memory(image_rows, vectors, space.engines.models.image_encoder, sequence=sequence),
        index_in_memory(text_rows, text_vectors, encoder, sequence=sequence),
        known.diagnoses,
        KeywordIndex(known.words),
        LatentTopicIndex(known.words),
        known.understanding,
        space.engines.models.image_encoder,
        encoder,
    )


def _copies(real: Sequence[Case], wanted: int) -> Iterator[Case]:
    chance = random.Random(SEED)
    words = [word for case in real for text in case.sections.values() for word in text.split(" ")]
    for number in range(wanted):
        case = real[number % len(real)]
        sections = {
            section: " ".join(chance.choice(words) if chance.random() < CHANGED else word for word in text.split(" "))
            for section, text in case.sections.items()
        }
        images = tuple(replace(image, image_id=f"big:C{number}_{n}") for n, image in enumerate(case.images))
        yield replace(case, case_id=f"big:C{number}", sections=sections, images=images, annotations=(), ledger=())


def _queries(space: Workspace, real: Sequence[Case]) -> Mapping[str, Sequence[Query]]:
    asking = real[:: max(1, len(real) // QUESTIONS)][:QUESTIONS]
    findings = [case.sections.get(Section.FINDINGS, case.title).split(". ")[0] for case in asking]
    pngs = [space.engines.objects.read(i.object_key) for case in asking for i in case.images[:1] if i.object_key]
    some = parse_filter("modality=MR")
    return {
        "words": [Query(text) for text in findings],
        "words, filtered": [Query(text, where=some) for text in findings],
        "image": [Query(images=(png,)) for png in pngs],
        "words and image": [Query(text, (png,)) for text, png in zip(findings, pngs, strict=False)],
    }


def _measure(search: CaseSearch, name: str, queries: Sequence[Query], cases: int) -> None:
    search.search(queries[0])
    taken: list[float] = []
    parts = dict.fromkeys(("filter", *PARTS), 0.0)
    with _timed(parts, search.store):
        for query in queries:
            start = time.perf_counter()
            search.search(query)
            taken.append((time.perf_counter() - start) * 1000)
    median, p95 = np.percentile(taken, (50, 95))
    passages = sum(len(passages_of(stored.case)) for stored in search.store.cases())
    told = {"cases": cases, "passages": passages, "question": name}
    shares = {f"share_{part}": round(spent * 1000 / sum(taken), 2) for part, spent in parts.items()}
    append_row("time_fused_search", **told, median_ms=round(median), p95_ms=round(p95), **shares, load=load())


@contextmanager
def _timed(parts: dict[str, float], store: DocumentStore) -> Iterator[None]:
    """Add up the seconds that the parts of a search take while the block runs."""
    with ExitStack() as stack:
        for part, (owner, name) in {**PARTS, "filter": (type(store), "case_ids")}.items():
            stack.enter_context(patch.object(owner, name, _timing(getattr(owner, name), parts, part)))
        yield


def _timing(function: Callable[..., Any], parts: dict[str, float], part: str) -> Callable[..., Any]:
    def timed(*arguments: Any, **named: Any) -> Any:
        start = time.perf_counter()
        try:
            return function(*arguments, **named)
        finally:
            parts[part] = parts.get(part, 0.0) + time.perf_counter() - start

    return timed


if __name__ == "__main__":
    main()
