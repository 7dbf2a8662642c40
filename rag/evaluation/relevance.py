"""Which cases a search should find for a case: the kinds of relevance, by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from ingest.case import Case
from ingest.concepts.diagnosis_parents import disease_of
from ingest.vocabulary import Region


class Relevance(StrEnum):
    """What counts as relevant."""

    SAME_TOPIC = "same-topic"
    SAME_DIAGNOSIS = "same-diagnosis"
    SAME_CATEGORY_AND_REGION = "same-pathology-category-and-region"
    GRADED = "graded"

    @property
    def graded(self) -> bool:
        """Tell whether gains differ, so that only nDCG says something."""
        return self is Relevance.GRADED


# Gains of the graded kind, for the strongest bond that two cases have.
GAIN_OF_SAME_DISEASE = 3.0  # the same topic or the same diagnosis
GAIN_OF_SAME_CATEGORY_AND_REGION = 2.0
GAIN_OF_SAME_CATEGORY = 1.0

Gains = Mapping[str, float]


def gains_of(case: Case, others: Sequence[Case], relevance: Relevance) -> Gains:
    """Return the gain of each other case that is relevant to a case; cases without gain are left out."""
    gains = {other.case_id: _gain(case, other, relevance) for other in others if other.case_id != case.case_id}
    return {case_id: gain for case_id, gain in gains.items() if gain > 0}


def _gain(case: Case, other: Case, relevance: Relevance) -> float:
    same_topic = _same(_name_key(case.topic.title), _name_key(other.topic.title))
    same_diagnosis = _same(_diagnosis(case), _diagnosis(other))
    same_category = _same(_name_key(case.topic.pathology_category), _name_key(other.topic.pathology_category))
    same_region = bool(regions_of(case) & regions_of(other))
    if relevance is Relevance.SAME_TOPIC:
        return float(same_topic)
    if relevance is Relevance.SAME_DIAGNOSIS:
        return float(same_diagnosis)
    if relevance is Relevance.SAME_CATEGORY_AND_REGION:
        return float(same_category and same_region)
    if same_topic or same_diagnosis:
        return GAIN_OF_SAME_DISEASE
    if same_category:
        return GAIN_OF_SAME_CATEGORY_AND_REGION if same_region else GAIN_OF_SAME_CATEGORY
    return 0.0


def regions_of(case: Case) -> frozenset[Region]:
    """Return the regions that a case's images show."""
    return frozenset(image.region for image in case.images if image.region)


def _diagnosis(case: Case) -> str | None:
    """Return what its diagnosis is counted as: a right and a left stroke are one disease."""
    disease = disease_of(case.diagnosis) if case.diagnosis else None
    return disease.concept_id if disease else None


def _name_key(name: str | None) -> str | None:
    return " ".join(name.casefold().split()) or None if name else None


def _same(first: str | None, second: str | None) -> bool:
    return first is not None and first == second
