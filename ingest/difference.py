"""What changes between a case as it is stored and as it would be written: by content, not by place in a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

from ingest.case import Annotation, Case
from ingest.vocabulary import ConceptKind

# Told of in words of their own, or following from the rest.
_TOLD_APART = frozenset(("case_id", "images", "annotations", "sections", "ledger", "source_values", "problems"))

_NAMES = {
    ConceptKind.FINDING: ("finding", "findings"),
    ConceptKind.ANATOMY: ("mention of a place", "mentions of places"),
    ConceptKind.TREATMENT: ("treatment", "treatments"),
    ConceptKind.EXAM: ("exam", "exams"),
    ConceptKind.CLINICAL: ("clinical finding", "clinical findings"),
}


@dataclass(frozen=True)
class CaseDifference:
    """What changes in one case that is stored already.

    Attributes
    ----------
    fields : tuple of str
        Names of texts and values that change, such as ``diagnosis`` or ``sections.findings``.
    locations_changed : int
        Images that are said to show another place.
    annotations_added, annotations_removed : mapping
        Mentions by the kind of their concept; a mention whose text only moved is neither.
    """

    case_id: str
    fields: tuple[str, ...]
    images_added: int
    images_removed: int
    images_changed: int
    locations_changed: int
    annotations_added: Mapping[ConceptKind, int]
    annotations_removed: Mapping[ConceptKind, int]

    def describe(self) -> str:
        """Return it in words: ``+12 findings, -3 findings, 2 locations changed``."""
        words = [
            *(f"+{count} {_NAMES[kind][count > 1]}" for kind, count in self.annotations_added.items()),
            *(f"-{count} {_NAMES[kind][count > 1]}" for kind, count in self.annotations_removed.items()),
            *_counted(self.locations_changed, "{} location{s} changed"),
            *_counted(self.images_added, "+{} image{s}"),
            *_counted(self.images_removed, "-{} image{s}"),
            *_counted(self.images_changed, "{} image{s} changed"),
            *self.fields,
        ]
        return ", ".join(words) or "only how its values came to be"


def case_difference(before: Case, after: Case) -> CaseDifference:
    """Compare two states of one case."""
    old, new = ({image.image_id: image for image in case.images} for case in (before, after))
    both = [(old[image_id], new[image_id]) for image_id in old.keys() & new.keys()]
    had, has = _mentions(before), _mentions(after)
    return CaseDifference(
        case_id=after.case_id,
        fields=tuple(_changed_fields(before, after)),
        images_added=len(new.keys() - old.keys()),
        images_removed=len(old.keys() - new.keys()),
        images_changed=sum(one != other for one, other in both),
        locations_changed=sum(
            (one.anatomical_location, one.region) != (other.anatomical_location, other.region) for one, other in both
        ),
        annotations_added=_by_kind(has - had),
        annotations_removed=_by_kind(had - has),
    )


def _changed_fields(before: Case, after: Case) -> Iterator[str]:
    for name in sorted(before.sections.keys() | after.sections.keys()):
        if before.sections.get(name) != after.sections.get(name):
            yield f"sections.{name}"
    for field in fields(Case):
        if field.name not in _TOLD_APART and getattr(before, field.name) != getattr(after, field.name):
            yield field.name


def _mentions(case: Case) -> Counter[tuple[ConceptKind, object]]:
    return Counter((annotation.kind, _said(annotation)) for annotation in case.annotations)


def _said(annotation: Annotation) -> tuple[object, ...]:
    """Return what an annotation says, wherever in its text it stands."""
    place = (annotation.section, annotation.image_id)
    said = (annotation.subject, annotation.assertion, annotation.laterality, annotation.place, annotation.attributes)
    return annotation.concept_id, *said, *place


def _by_kind(mentions: Counter[tuple[ConceptKind, object]]) -> dict[ConceptKind, int]:
    counts = Counter[ConceptKind]()
    for (kind, _), count in mentions.items():
        counts[kind] += count
    return {kind: counts[kind] for kind in ConceptKind if counts[kind]}


def _counted(count: int, words: str) -> list[str]:
    return [words.format(count, s="s" if count > 1 else "")] if count else []
