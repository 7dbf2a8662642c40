"""From the sample release to hits and drafts, with the built-in encoders and the embedded graph."""

from __future__ import annotations

from dataclasses import replace

import pytest
from built_index import build_index

from clip.hog import fit_hog_pca
from clip.tfidf import fit_tfidf_svd
from ingest.concepts.diagnosis import diagnosis_concept_id
from ingest.images.objects import ObjectStore
from ingest.load import ingest
from ingest.store.filters import OneOf
from ingest.store.opening import open_store
from ingest.vocabulary import Section
from kg.engine.server import embedded_graph
from kg.projection.project import project
from rag.drafts.draft import write_draft
from rag.drafts.evidence import DraftRequest
from rag.drafts.statements import DraftSection
from rag.index.opening import open_vectors
from rag.index.passages import passages_of
from rag.search.fusion import Channel
from rag.search.graph_channel import sharing_in
from rag.search.query import Query
from rag.search.search import open_search


@pytest.fixture(scope="module")
def workspace(tmp_path_factory, sample_release):
    folder = tmp_path_factory.mktemp("workspace")
    store, objects = open_store("sqlite", folder), ObjectStore(folder / "objects")
    ingest(sample_release, store, objects, actor="a test")
    cases = [stored.case for stored in store.cases()]
    images = fit_hog_pca([objects.read(image.object_key) for case in cases for image in case.images], folder / "m")
    words = fit_tfidf_svd([passage.text for case in cases for passage in passages_of(case)], folder / "m")
    vectors = open_vectors("faiss", folder / "vectors")
    build_index(store, objects, images, words, vectors)
    with embedded_graph(folder / "graph") as graph:
        project(graph, store)
        search = open_search(store, vectors, images, words, sharing_in(graph))
        yield store, objects, search, cases
    store.close()


def test_the_name_of_a_disease_finds_the_sample_cases_that_have_it(workspace):
    _, _, search, cases = workspace
    missed = []
    for name in sorted({case.diagnosis for case in cases}):
        having = {case.case_id for case in cases if diagnosis_concept_id(case.diagnosis) == diagnosis_concept_id(name)}
        answer = search.similar_to_text(name, k=len(having))
        assert answer.notices == ()
        assert all(hit.channels[0].channel is Channel.DIAGNOSIS for hit in answer.hits)
        if {hit.case_id for hit in answer.hits} != having:
            missed.append(name)
    assert missed == []


def test_every_channel_answers_for_a_sample_case_and_names_its_reasons(workspace):
    _, _, search, cases = workspace
    for case in cases[:10]:
        hits = search.similar_to_case(case.case_id, k=5).hits
        assert case.case_id not in {hit.case_id for hit in hits}
        assert {part.channel for hit in hits for part in hit.channels} == set(Channel) - {
            Channel.DIAGNOSIS,
            Channel.RERANKER,
        }
        assert all(part.why for hit in hits for part in hit.channels)


def test_a_sample_image_finds_its_case_and_a_filter_holds(workspace):
    store, objects, search, cases = workspace
    case = cases[0]
    png = objects.read(case.images[0].object_key)
    assert search.similar_to_image(png, k=1).hits[0].case_id == case.case_id
    where = OneOf("sex", ("female",))
    hits = search.search(Query(text="mass", images=(png,), case_id=case.case_id, where=where, k=100)).hits
    assert {hit.case_id for hit in hits} <= set(store.case_ids(where)) - {case.case_id}


def test_drafts_of_sample_cases_have_all_that_can_be_said_and_drop_nothing(workspace):
    store, _, search, cases = workspace
    for case in cases[:10]:
        request = DraftRequest(history=case.sections.get(Section.HISTORY), findings=case.sections.get(Section.FINDINGS))
        query = replace(request.query(), where=OneOf("region", (str(case.images[0].region),)))
        draft = write_draft(request, search.search(query).hits, store)
        assert draft.dropped == ()
        assert draft.of(DraftSection.DIFFERENTIAL)
        assert draft.of(DraftSection.FINDINGS)
