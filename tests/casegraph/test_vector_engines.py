"""A workspace searches by the engine of vectors that was named, and remembers it once it has indexed by it."""

from __future__ import annotations

import json
import shutil

import pytest
from toy_vectors import ToyVectors

import casegraph
from ingest.errors import InputError
from ingest.remedies import Remedy, RemedyAction
from rag.index.opening import ENGINES


@pytest.fixture
def folder(indexed_workspace, tmp_path):
    return shutil.copytree(indexed_workspace, tmp_path / "workspace")


def likeness(space):
    """Return how alike each case is to each question by each channel; engines differ in the last digits only.

    The order is not compared: what shares nothing with the question has a cosine of nought, give or take such a digit.
    """
    images = [image.object_key for stored in space.engines.store.cases() for image in stored.case.images[:1]]
    found = [space.search.by_text("mass"), *(space.search.by_image(space.engines.objects.read(key)) for key in images)]
    return {
        (number, hit.case_id, part.channel): part.score
        for number, answer in enumerate(found)
        for hit in answer.hits
        for part in hit.channels
    }


def nearest(space):
    """Return the case that is nearest to the first image of each case, and the cases themselves."""
    cases = [stored.case for stored in space.engines.store.cases()]
    pngs = [space.engines.objects.read(case.images[0].object_key) for case in cases]
    return [space.search.by_image(png, k=1).hits[0].case_id for png in pngs], [case.case_id for case in cases]


def test_an_engine_that_was_added_takes_the_whole_road_and_answers_as_faiss_does(folder, monkeypatch):
    monkeypatch.setitem(ENGINES, "toy", ToyVectors.opened)
    with casegraph.open(folder) as space:
        expected = likeness(space)
    with casegraph.open(folder, vectors="toy://somewhere") as space:
        assert space.indexing.status().vectors == ()
        space.indexing.run()
        states = space.indexing.status().vectors
        assert {(state.kind, state.sequence) for state in states} == {
            (kind, space.engines.store.sequence()) for kind in ("images", "texts")
        }
        assert likeness(space) == pytest.approx(expected, abs=1e-5)
        first, own = nearest(space)
        assert first == own
        case_id = next(space.engines.store.cases()).case.case_id
        space.documents.delete(case_id)
        assert {problem.check for problem in space.indexing.doctor().problems if "vectors" in problem.check} == {
            "vectors-stale"
        }
        space.indexing.run()
        assert case_id not in {row.case_id for kept in space.engines.vectors.values() for row in kept.read().rows}
        assert space.indexing.doctor().problems == ()
    assert json.loads((folder / "casegraph.json").read_text())["vectors"] == "toy://somewhere"


def test_brute_force_reads_the_snapshots_of_faiss_and_answers_alike(folder, monkeypatch):
    with casegraph.open(folder) as space:
        expected = likeness(space)
    monkeypatch.setenv("CASEGRAPH_VECTORS", "exact-numpy")
    kept = (folder / "casegraph.json").read_bytes()
    with casegraph.open(folder) as space:
        assert type(space.engines.finder.images).__name__ == "BruteForceIndex"
        assert likeness(space) == pytest.approx(expected, abs=1e-5)
        first, own = nearest(space)
        assert first == own
        assert "CASEGRAPH_VECTORS says 'exact-numpy'" in " ".join(one.text for one in space.differences())
    assert (folder / "casegraph.json").read_bytes() == kept


def test_an_engine_that_there_is_not_is_refused_with_the_way_back(folder):
    way_back = r"names no engine\..* keeps its vectors 'faiss': leave out CASEGRAPH_VECTORS to use it"
    with casegraph.open(folder, vectors="nonsense") as space, pytest.raises(InputError, match=way_back):
        _ = space.engines.vectors
    file = folder / "casegraph.json"
    file.write_text(file.read_text().replace('"faiss"', '"gone"'))
    with casegraph.open(folder) as space, pytest.raises(InputError, match=r"Set another\.$") as refused:
        _ = space.engines.vectors
    assert refused.value.advice.remedy == Remedy(RemedyAction.USE_SETTINGS, settings=(("vectors", "faiss"),))
