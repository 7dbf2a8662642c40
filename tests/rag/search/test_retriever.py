"""The search behind LangChain's contract for retrievers."""

from __future__ import annotations

import pytest
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnableLambda

from ingest.errors import InputError
from ingest.store.filters import OneOf
from rag.search.retriever import CaseRetriever


def test_a_document_per_hit_holds_the_passage_that_stands_at_its_place(search, store):
    retriever = CaseRetriever(finder=search, k=3)
    assert isinstance(retriever, BaseRetriever)
    documents = retriever.invoke("ring enhancing mass")
    hits = search.similar_to_text("ring enhancing mass", k=3).hits
    assert [document.metadata["case_id"] for document in documents] == [hit.case_id for hit in hits]
    for document, hit in zip(documents, hits, strict=True):
        told = document.metadata
        case = store.get(hit.case_id).case
        assert (case.text_of(told["section"], told["image_id"]) or "")[
            told["start"] : told["end"]
        ] == document.page_content
        assert (told["score"], told["diagnosis"]) == (hit.score, case.diagnosis)
        assert told["why"]


def test_a_filter_holds_and_the_retriever_is_a_link_of_a_chain(search, store):
    female = OneOf("sex", ("female",))
    chain = CaseRetriever(finder=search, k=50, where=female) | RunnableLambda(len)
    assert chain.invoke("edema") == len(store.case_ids(female))


def test_an_empty_question_is_refused(search):
    with pytest.raises(InputError, match="empty"):
        CaseRetriever(finder=search).invoke(" ")
