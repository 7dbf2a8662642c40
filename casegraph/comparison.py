"""Two to four cases side by side, or an image of one's own beside cases: what is common to all, what only one has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from casegraph.classification import labels_seen
from casegraph.documents import CaseSummary, summary_of
from casegraph.engines import Engines
from ingest.case import Case
from ingest.concepts.diagnosis_parents import disease_key
from ingest.errors import InputError
from ingest.images.decoding import DecodedImage
from ingest.normalise.age_words import age_in_words
from kg.questions.neighbourhood import HUBS
from kg.questions.paths import shortest_paths
from kg.schema import Label, NodeKey
from rag.search.facts import ImageLabels, labels_of
from rag.search.traits import Aspect, denied_beside, traits_of

__all__ = [
    "MAX_COMPARED",
    "MIN_COMPARED",
    "Aspect",
    "CaseComparison",
    "ComparedRow",
    "Comparing",
    "Had",
    "ImageLabels",
    "PathBetween",
]

MIN_COMPARED, MAX_COMPARED = 2, 4
Match = Callable[[ImageLabels], ImageLabels | None]
# How two images match, the best way first; what is unknown matches nothing.
_MATCHES: tuple[Match, ...] = (
    lambda seen: ImageLabels(seen.modality, seen.plane) if seen.modality and seen.plane else None,
    lambda seen: ImageLabels(seen.modality) if seen.modality else None,
    lambda seen: ImageLabels(plane=seen.plane) if seen.plane else None,
)


@dataclass(frozen=True)
class Had:
    """Something that one of those compared has, and not all; `only_here` where no other has it."""

    name: str
    only_here: bool


@dataclass(frozen=True)
class ComparedRow:
    """One respect in which cases are compared.

    Attributes
    ----------
    common : tuple of str
        What all have that speak of it.
    others : tuple of tuple of Had, or None
        What else each has, in the order of those compared; None for one that does not speak of it.
    """

    aspect: Aspect
    common: tuple[str, ...]
    others: tuple[tuple[Had, ...] | None, ...]


@dataclass(frozen=True)
class CaseComparison:
    """Cases side by side.

    Attributes
    ----------
    cases : tuple of CaseSummary
        Those compared, in the order asked for; before them stands the image of one's own, if any.
    own_image : ImageLabels or None
        What the image of one's own shows, so far as the classifier is sure.
    rows : tuple of ComparedRow
        In what respects, without those of which nobody speaks.
    images : tuple of str or None
        The image of each to begin with: of one modality and plane where there are such, else of one of these.
    """

    cases: tuple[CaseSummary, ...]
    own_image: ImageLabels | None
    rows: tuple[ComparedRow, ...]
    images: tuple[str | None, ...]


@dataclass(frozen=True)
class PathBetween:
    """The shortest way between two cases in the graph, over rare things first; empty words where there is none."""

    first: str
    second: str
    words: str


@dataclass(frozen=True)
class Comparing:
    """The comparison of cases of one workspace."""

    _engines: Engines

    def cases(self, case_ids: Sequence[str], own_image: DecodedImage | None = None) -> CaseComparison:
        """Compare two to four cases; an image of one's own counts as one.

        Raises
        ------
        InputError
            If there are too few or too many, or one is named twice.
        UnknownCase
            If there is no such case.
        """
        stored = [self._engines.store.get(case_id) for case_id in case_ids]
        cases = [one.case for one in stored]
        _require_several(cases, own=own_image is not None)
        seen = labels_seen(self._engines.models, own_image.png) if own_image else None
        images = [*([[(None, seen)]] if seen else []), *map(_labelled, cases)]
        return CaseComparison(tuple(map(summary_of, stored)), seen, compared_rows(cases, seen), matched_images(images))

    def paths(self, case_ids: Sequence[str]) -> list[PathBetween]:
        """Return the shortest way between each two cases in the graph.

        Raises
        ------
        EngineError
            If there is no graph.
        """
        named = [self._engines.store.get(case_id).case for case_id in case_ids]
        return [self._between(one, other) for one, other in combinations(named, 2)]

    def _between(self, one: Case, other: Case) -> PathBetween:
        ends = (str(NodeKey(Label.CASE, case.case_id)) for case in (one, other))
        found = shortest_paths(self._engines.graph, *ends, limit=1, without=HUBS)
        return PathBetween(one.case_id, other.case_id, found[0].words if found else "")


def _require_several(cases: Sequence[Case], *, own: bool) -> None:
    counted = Counter(case.short_id for case in cases)
    twice = [name for name, times in counted.items() if times > 1]
    if twice:
        raise InputError(f"{', '.join(twice)} is named twice. Name each case once.")
    number = len(cases) + own
    if not MIN_COMPARED <= number <= MAX_COMPARED:
        raise InputError(
            f"cannot compare {number}. Name {MIN_COMPARED} to {MAX_COMPARED} cases; an image counts as one."
        )


ComparedColumn = Mapping[Aspect, Mapping[str, str]]
"""What one of those compared has, by what tells it from others, in words."""
_OF_DISEASES = (Aspect.DIAGNOSIS, Aspect.CONSIDERED)


def _traits_of_case(case: Case) -> ComparedColumn:
    """Return what is said of a case; a finding that it shows here and denies there is told with its places."""
    places = denied_beside(case)
    told: dict[Aspect, dict[str, str]] = {aspect: {} for aspect in Aspect}
    for trait in traits_of(case):
        where = places.get(trait, "")
        if where is None:
            continue
        name = age_in_words(case.patient.age_years) if trait.aspect is Aspect.AGE else trait.name
        key = disease_key(name) if trait.aspect in _OF_DISEASES else name
        told[trait.aspect].setdefault(key, f"{name} ({where})" if where else name)
    return told


def _traits_of_image(seen: ImageLabels) -> ComparedColumn:
    return {aspect: {str(label): str(label)} for aspect, label in seen.by_aspect.items() if label}


def compared_rows(cases: Sequence[Case], own_image: ImageLabels | None = None) -> tuple[ComparedRow, ...]:
    """Compare cases, and before them an image of one's own, respect by respect."""
    columns = [*([_traits_of_image(own_image)] if own_image else []), *map(_traits_of_case, cases)]
    return tuple(_rows(columns))


def _rows(columns: Sequence[ComparedColumn]) -> Iterator[ComparedRow]:
    for aspect in Aspect:
        having = [column.get(aspect) for column in columns]
        speaking = [names for names in having if names is not None]
        counted = Counter(key for names in speaking for key in names)
        common = [key for key, times in counted.items() if times == len(speaking) > 1]
        if counted:
            named = tuple(_name_of(key, speaking) for key in common)
            yield ComparedRow(aspect, named, tuple(_others(names, counted, common) for names in having))


def _name_of(key: str, speaking: Sequence[Mapping[str, str]]) -> str:
    """Return what is common to all, as the first says it; without a place where they do not agree on it."""
    names = {names[key] for names in speaking}
    return speaking[0][key] if len(names) == 1 or key.startswith("diagnosis:") else key


def _others(
    names: Mapping[str, str] | None, counted: Mapping[str, int], common: Sequence[str]
) -> tuple[Had, ...] | None:
    if names is None:
        return None
    return tuple(Had(name, only_here=counted[key] == 1) for key, name in names.items() if key not in common)


Labelled = Sequence[tuple[str | None, ImageLabels]]
"""The images of one of those compared, each by its id: None for an image of one's own."""


def _labelled(case: Case) -> Labelled:
    """Return the images of a case that there are pixels of."""
    return [(image.image_id, labels_of(image)) for image in case.stored_images]


def matched_images(columns: Sequence[Labelled]) -> tuple[str | None, ...]:
    """Return the image of each to begin with: those of one modality and plane, else of one modality, else of one plane.

    What most have is taken; who has none of it begins with its nearest to that.
    """
    wanted = next((labels for match in _MATCHES if (labels := _had_by_most(columns, match))), ImageLabels())
    return tuple(_nearest(images, wanted) for images in columns)


def _had_by_most(columns: Sequence[Labelled], match: Match) -> ImageLabels | None:
    """Return what of an image most have, where two have it at least."""
    counted = Counter(
        labels
        for images in columns
        for labels in dict.fromkeys(match(seen) for _, seen in images)
        if labels is not None
    )
    [(labels, times)] = counted.most_common(1) or [(None, 0)]
    return labels if times > 1 else None


def _nearest(images: Labelled, wanted: ImageLabels) -> str | None:
    def likeness(labels: ImageLabels) -> tuple[bool, bool]:
        same_modality = wanted.modality is not None and labels.modality is wanted.modality
        return same_modality, wanted.plane is not None and labels.plane is wanted.plane

    return max(images, key=lambda image: likeness(image[1]))[0] if images else None
