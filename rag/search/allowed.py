"""Which cases a filter lets be found: asked of the documents, and again whenever they have changed."""

from __future__ import annotations

import threading

from ingest.store.filters import Filter
from ingest.store.interface import DocumentStore

FILTERS_KEPT = 32  # that readers of one archive use at a time; about a megabyte each for 12 000 cases


class AllowedCases:
    """The last filters asked for and their cases, as of one sequence of the documents.

    Asking the documents for 12 000 ids takes a third of a search, for their sequence nearly nothing. A case
    that is deleted or rejected changes the sequence, so it is gone from the next answer.
    """

    def __init__(self, store: DocumentStore) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._sequence = -1
        self._known: dict[Filter | None, frozenset[str]] = {}

    def matching(self, where: Filter | None) -> frozenset[str]:
        """Return the ids of the live cases that match."""
        sequence = self._store.sequence()
        with self._lock:
            if sequence != self._sequence or len(self._known) >= FILTERS_KEPT:
                self._known, self._sequence = {}, sequence
            known = self._known.get(where)
        if known is None:
            known = frozenset(self._store.case_ids(where))
            with self._lock:
                if self._sequence == sequence:
                    self._known[where] = known
        return known
