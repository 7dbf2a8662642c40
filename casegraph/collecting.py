"""Named collections of cases, kept in the workspace; a filter names one as ``collection=NAME``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from casegraph.cases import as_filter, format_filter
from casegraph.documents import SAVED_QUERY
from casegraph.engines import Engines
from casegraph.filters import resolved
from ingest.store.collections import (
    Collection,
    add_to_collection,
    kept_collections,
    remove_from_collection,
    rename_collection,
    renamed_in,
    require_collection,
)
from ingest.store.filters import Filter

__all__ = ["Collecting", "Collection"]


@dataclass(frozen=True)
class Collecting:
    """The collections of one workspace."""

    _engines: Engines

    def all(self) -> list[Collection]:
        """Return the collections by name, each with those of its cases that are in the documents."""
        return kept_collections(self._engines.store)

    def names(self) -> list[str]:
        """Return the names of the collections."""
        return [collection.name for collection in self.all()]

    def get(self, name: str) -> Collection:
        """Return one collection. Raises InputError where there is none of this name."""
        return require_collection(self._engines.store, name)

    def add(self, name: str, case_ids: Sequence[str] = (), *, where: str | Filter | None = None) -> Collection:
        """Put cases into a collection, by id and, where a filter is given, all that match it.

        Raises
        ------
        InputError
            If the name is none, or there would be too many cases.
        UnknownCase
            If there is no such case; then none is added.
        """
        store, condition = self._engines.store, resolved(self._engines, where)
        matching = store.case_ids(condition) if condition else []
        return add_to_collection(store, name, (*case_ids, *matching), actor=self._engines.settings.actor_name)

    def rename(self, name: str, new_name: str) -> Collection:
        """Give a collection another name, in the saved queries that name it too.

        Raises
        ------
        InputError
            If there is none of this name, or the new one is none or taken.
        """
        store = self._engines.store
        with store.writer(self._engines.settings.actor_name) as writer:
            collection = rename_collection(store, writer, name, new_name)
            for title, where in self._queries_naming(name):
                said = format_filter(renamed_in(where, name, collection.name))
                writer.save_record(SAVED_QUERY, title, {"query": said})
        return collection

    def saved_queries_of(self, name: str) -> list[str]:
        """Return the names of the saved queries that name a collection."""
        return [title for title, _ in self._queries_naming(name)]

    def _queries_naming(self, name: str) -> Iterator[tuple[str, Filter]]:
        for title, record in self._engines.store.records(SAVED_QUERY).items():
            where = as_filter(str(record["query"]))
            if where and renamed_in(where, name, "") != where:
                yield title, where

    def remove(self, name: str, case_ids: Sequence[str] | None = None) -> Collection | None:
        """Take cases out of a collection, or forget it whole; the cases themselves stay. Raises InputError."""
        return remove_from_collection(self._engines.store, name, case_ids, actor=self._engines.settings.actor_name)
