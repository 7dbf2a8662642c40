"""The search as a LangChain retriever, so that other programs can build on it.

Each document is the passage of a case that answers best, with the case, its diagnosis and the passage's place as
metadata. The same contract as LangChain's own retrievers: ``retriever.invoke("ring-enhancing mass")``.
"""

from __future__ import annotations

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from ingest.store.filters import Filter
from rag.search.explain import HitExplanation
from rag.search.fusion import Hit
from rag.search.query import Query
from rag.search.search import CaseSearch


class CaseRetriever(BaseRetriever):
    """Finds the cases most like a question in words.

    Attributes
    ----------
    finder : CaseSearch
        The search, as ``casegraph.open(folder).finder`` gives it.
    k : int
        How many cases.
    where : Filter, optional
        What may be found.
    """

    finder: Any  # CaseSearch; pydantic can make no check of a dataclass that holds protocols
    k: int = 5
    where: Any = None  # Filter or None

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        """Return a document per hit, best first. Raises InputError for a question that asks nothing."""
        del run_manager  # LangChain's own; the search has nothing to report to it
        where: Filter | None = self.where
        asked = Query(text=query, k=self.k, where=where)
        finder: CaseSearch = self.finder
        hits = finder.search(asked).hits
        explained = finder.explain(asked, [hit.case_id for hit in hits])
        return [_document(hit, explanation) for hit, explanation in zip(hits, explained, strict=True)]


def _document(hit: Hit, explanation: HitExplanation) -> Document:
    metadata: dict[str, Any] = {
        "case_id": hit.case_id,
        "score": hit.score,
        "diagnosis": explanation.diagnosis,
        "confirmation": explanation.confirmation,
        "why": [f"{part.channel}: {part.why}" for part in hit.channels],
    }
    if not explanation.passages:
        return Document(page_content="", metadata=metadata)
    best = explanation.passages[0]
    place = {"section": str(best.section), "image_id": best.image_id, "start": best.start, "end": best.end}
    return Document(page_content=best.text, metadata=metadata | place)
