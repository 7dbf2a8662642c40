"""Named collections of cases, kept in the workspace; a filter names one as ``collection=NAME``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from casegraph.cases import as_filter
from casegraph.engines import Engines
from ingest.store.collections import (
    Collection,
    add_to_collection,
    kept_collections,
    remove_from_collection,
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
        store, condition = self._engines.store, as_filter(where)
        matching = store.case_ids(condition) if condition else []
        return add_to_collection(store, name, (*case_ids, *matching), actor=self._engines.settings.actor_name)

    def remove(self, name: str, case_ids: Sequence[str] | None = None) -> Collection | None:
        """Take cases out of a collection, or forget it whole; the cases themselves stay. Raises InputError."""
        return remove_from_collection(self._engines.store, name, case_ids, actor=self._engines.settings.actor_name)
