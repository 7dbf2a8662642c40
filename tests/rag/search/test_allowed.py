"""Which cases may be found: asked once, and again as soon as the documents have changed."""

from __future__ import annotations

from search_cases import search_case

from ingest.store.filters import OneOf
from rag.search.allowed import FILTERS_KEPT, AllowedCases

HEAD = OneOf("region", ("Head",))


class Counting:
    """Passes questions on to a store and counts those for ids."""

    def __init__(self, store):
        self.store = store
        self.asked = []

    def sequence(self):
        return self.store.sequence()

    def case_ids(self, where=None):
        self.asked.append(where)
        return self.store.case_ids(where)


def test_the_documents_are_asked_once_for_a_filter_until_they_change(store):
    counting = Counting(store)
    allowed = AllowedCases(counting)
    assert allowed.matching(HEAD) == allowed.matching(HEAD) == {f"test:C{n}" for n in range(1, 6)}
    assert len(allowed.matching(None)) == 10
    assert counting.asked == [HEAD, None]
    with store.writer("a test") as writer:
        writer.delete_case("test:C1")
    assert allowed.matching(HEAD) == {f"test:C{n}" for n in range(2, 6)}
    with store.writer("a test") as writer:
        writer.write_cases([search_case(11, "Glioma", "Mass.")])
    assert "test:C11" in allowed.matching(HEAD)
    assert counting.asked == [HEAD, None, HEAD, HEAD]


def test_no_more_than_the_last_filters_are_kept(store):
    counting = Counting(store)
    allowed = AllowedCases(counting)
    for number in range(2 * FILTERS_KEPT):
        allowed.matching(OneOf("source", (f"s{number}",)))
    assert len(allowed._known) <= FILTERS_KEPT
    assert allowed.matching(None) == set(store.case_ids())
