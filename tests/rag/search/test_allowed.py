"""Which cases may be found: asked once, and again as soon as the documents have changed."""

from __future__ import annotations

from search_cases import search_case

from ingest.store.collections import add_to_collection
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

    def records(self, kind):
        return self.store.records(kind)

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


def test_a_collection_counts_by_the_cases_that_it_has_now(store):
    counting = Counting(store)
    allowed = AllowedCases(counting)
    add_to_collection(store, "mine", ["test:C1", "test:C2"], actor="a test")
    assert allowed.matching(OneOf("collection", ("mine",))) == {"test:C1", "test:C2"}
    add_to_collection(store, "mine", ["test:C3"], actor="a test")
    assert allowed.matching(OneOf("collection", ("mine",))) == {"test:C1", "test:C2", "test:C3"}


def test_the_last_filters_are_kept_and_no_more(store):
    counting = Counting(store)
    allowed = AllowedCases(counting)
    filters = [OneOf("source", (f"s{number}",)) for number in range(FILTERS_KEPT + 1)]
    for where in filters[:FILTERS_KEPT] * 2:
        allowed.matching(where)
    assert counting.asked == filters[:FILTERS_KEPT]
    allowed.matching(filters[-1])
    assert allowed.matching(None) == set(store.case_ids())
    counting.asked.clear()
    for where in (filters[-1], None, filters[0]):
        allowed.matching(where)
    assert counting.asked == filters[:1]


def test_ids_read_before_a_change_are_not_given_after_it(store):
    class Changing(Counting):
        """A store in which a case is deleted right after its ids were read."""

        def case_ids(self, where=None):
            before = list(super().case_ids(where))
            if len(self.asked) == 1:
                with self.store.writer("a test") as writer:
                    writer.delete_case("test:C1")
            return before

    allowed = AllowedCases(Changing(store))
    assert "test:C1" in allowed.matching(HEAD)
    assert allowed.matching(HEAD) == {f"test:C{n}" for n in range(2, 6)}
