"""What a dry run foresees for documents, graph and vectors: "+12 findings, -3 findings, 2 locations changed"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.case import Case
from ingest.difference import CaseDifference, case_difference
from ingest.errors import DamagedFile
from kg.projection.rows import RelationshipRow, project_case
from kg.schema import RelationshipType
from rag.index.indexing import image_rows, text_rows
from rag.index.interface import IMAGES, TEXTS, VectorRow, VectorStore
from rag.index.opening import VectorStores

_CASES_NAMED = 10  # in words; the JSON names all


@dataclass(frozen=True)
class DocumentsDifference:
    """What an ingest would change in the documents.

    Attributes
    ----------
    added : tuple of str
        Cases that come.
    changed : tuple of CaseDifference
        What changes in those that stay.
    deleted : tuple of str
        Cases that go.
    vanished : tuple of str
        Cases that the source no longer names, which stay.
    """

    added: tuple[str, ...]
    changed: tuple[CaseDifference, ...]
    deleted: tuple[str, ...]
    vanished: tuple[str, ...]


@dataclass(frozen=True)
class GraphDifference:
    """How many relationships of these cases come and go, by type."""

    relationships_added: dict[RelationshipType, int]
    relationships_removed: dict[RelationshipType, int]


@dataclass(frozen=True)
class VectorsDifference:
    """How many images and passages of text come and go, and how many contents have to be embedded."""

    images_added: int
    images_removed: int
    images_to_embed: int
    passages_added: int
    passages_removed: int
    passages_to_embed: int


@dataclass(frozen=True)
class Difference:
    """What an ingest would change."""

    documents: DocumentsDifference
    graph: GraphDifference
    vectors: VectorsDifference

    def describe(self) -> str:
        """Return it in words, a line for each part and one for each of the first cases that change."""
        documents, graph, vectors = self.documents, self.graph, self.vectors
        lines = [
            f"documents: {len(documents.added)} cases added, {len(documents.changed)} changed, "
            f"{len(documents.deleted)} deleted, {len(documents.vanished)} no longer in the source and kept"
        ]
        lines += [f"  {one.case_id}: {one.describe()}" for one in documents.changed[:_CASES_NAMED]]
        if len(documents.changed) > _CASES_NAMED:
            lines.append(f"  and {len(documents.changed) - _CASES_NAMED} more: --json names them")
        more, less = (_in_words(counts) for counts in (graph.relationships_added, graph.relationships_removed))
        lines.append(f"graph: +{more}; -{less}")
        lines.append(
            f"vectors: {vectors.images_to_embed} images and {vectors.passages_to_embed} passages to embed; "
            f"+{vectors.images_added} -{vectors.images_removed} images, "
            f"+{vectors.passages_added} -{vectors.passages_removed} passages"
        )
        return "\n".join(lines)


@dataclass
class Foresight:
    """Gathers what a dry run shows of each case; give `see` to `ingest.load.ingest`, then ask for the difference."""

    _documents: dict[str, list[str]] = field(default_factory=lambda: {"added": [], "deleted": []})
    _changed: list[CaseDifference] = field(default_factory=list)
    _relationships: tuple[Counter[RelationshipType], Counter[RelationshipType]] = field(
        default_factory=lambda: (Counter(), Counter())
    )
    _rows: dict[str, tuple[set[VectorRow], set[VectorRow]]] = field(
        default_factory=lambda: {kind: (set(), set()) for kind in (IMAGES, TEXTS)}
    )

    def see(self, before: Case | None, after: Case | None) -> None:
        """Take note of one case that would change."""
        if before is not None and after is not None:
            self._changed.append(case_difference(before, after))
        elif after is not None:
            self._documents["added"].append(after.case_id)
        elif before is not None:
            self._documents["deleted"].append(before.case_id)
        old, new = _relationships_of(before), _relationships_of(after)
        for counter, gone in zip(self._relationships, (new - old, old - new), strict=True):
            counter.update(RelationshipType(name) for name, *_ in gone)
        for kind, rows_of in ((IMAGES, image_rows), (TEXTS, text_rows)):
            had, has = (set(rows_of(_listed(case))[0]) for case in (before, after))
            self._rows[kind][0].update(has - had)
            self._rows[kind][1].update(had - has)

    def difference(self, vanished: Sequence[str], vectors: VectorStores) -> Difference:
        """Return what all of it comes to; what `vectors` has is not embedded again."""
        added, removed = self._relationships
        (images, images_gone), (passages, passages_gone) = self._rows[IMAGES], self._rows[TEXTS]
        return Difference(
            DocumentsDifference(
                tuple(self._documents["added"]),
                tuple(self._changed),
                tuple(self._documents["deleted"]),
                tuple(vanished),
            ),
            GraphDifference(dict(sorted(added.items())), dict(sorted(removed.items()))),
            VectorsDifference(
                len(images),
                len(images_gone),
                len(_contents(images) - _known_contents(vectors[IMAGES])),
                len(passages),
                len(passages_gone),
                len(_contents(passages) - _known_contents(vectors[TEXTS])),
            ),
        )


def _listed(case: Case | None) -> list[Case]:
    return [] if case is None else [case]


def _relationships_of(case: Case | None) -> set[tuple[str, ...]]:
    """Return the relationships that a case makes, with what they say."""
    rows = project_case(case).relationships if case else ()
    return {(row.type, str(row.source), str(row.target), *_said(row)) for row in rows}


def _said(row: RelationshipRow) -> tuple[str, ...]:
    return tuple(f"{name}={value}" for name, value in sorted(row.properties.items()))


def _contents(rows: set[VectorRow]) -> set[str]:
    return {row.content_key for row in rows}


def _known_contents(vectors: VectorStore) -> set[str]:
    try:
        held = vectors.read()
    except DamagedFile:  # nothing of it is used: all vectors are rebuilt
        return set()
    return set() if held is None else _contents(set(held.rows))


def _in_words(counts: dict[RelationshipType, int]) -> str:
    by_type = ", ".join(f"{name} {count}" for name, count in counts.items())
    return f"{sum(counts.values())} relationships" + (f" ({by_type})" if by_type else "")
