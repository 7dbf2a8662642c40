"""Which cases a filter lets be found: asked of the documents, and again whenever they have changed."""

from __future__ import annotations

import threading

from ingest.store.collections import KIND as COLLECTION
from ingest.store.collections import without_collections
from ingest.store.filters import Filter
from ingest.store.interface import DocumentStore

FILTERS_KEPT = 32  # that readers of one archive use at a time; about a megabyte each for 12 000 cases


class AllowedCases:
    """The last filters asked for and their cases, each as of one sequence of the documents.

    Asking the documents for 12 000 ids takes a third of a search, for their sequence nearly nothing. A case
    that is deleted or rejected changes the sequence, so it is gone from the next answer. A collection, whose changes do
    not, counts by the cases that it has now.
    """

    def __init__(self, store: DocumentStore) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._known: dict[tuple[int, Filter | None], frozenset[str]] = {}

    def matching(self, where: Filter | None) -> frozenset[str]:
        """Return the ids of the live cases that match."""
        where = without_collections(where, lambda: self._store.records(COLLECTION))
        asked = self._store.sequence(), where
        with self._lock:
            known = self._known.get(asked)
        if known is None:
            known = frozenset(self._store.case_ids(where))
            with self._lock:
                if len(self._known) >= FILTERS_KEPT:
                    self._known = {}
                self._known[asked] = known
        return known
