"""What a case or a question says, so far as the two compare: findings with their places, images, diseases, patient."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ingest.annotation.annotate import annotate_text, concepts
from ingest.annotation.apart import Spot, spot_of
from ingest.annotation.asked import asked_findings
from ingest.case import Annotation, Case, Image
from ingest.vocabulary import Assertion, AttributeKind, ConceptKind, Modality, Plane, Region, Section, Setting
from rag.search.diagnoses import NamedDisease
from rag.search.query import Query
from rag.search.traits import Aspect, own_mentions

_NORMAL = AttributeKind.NORMALITY
_THERE = (Assertion.PRESENT, Assertion.UNCERTAIN)
Spots = Mapping[str, frozenset[Spot]]
"""Where the findings are, by their concept ids; what is of the images stands before what a patient tells."""


@dataclass(frozen=True)
class ImageLabels:
    """What an image shows, so far as it is known."""

    modality: Modality | None = None
    plane: Plane | None = None
    region: Region | None = None

    @property
    def by_aspect(self) -> Mapping[Aspect, str | None]:
        """The labels by the respect in which they are compared, in the order in which one tells them."""
        return {Aspect.REGION: self.region, Aspect.MODALITY: self.modality, Aspect.PLANE: self.plane}


def labels_of(image: Image) -> ImageLabels:
    """Return what an image of a case shows, as its source says it."""
    return ImageLabels(image.modality, image.plane, image.region)


@dataclass(frozen=True)
class Facts:
    """What a case or a question says.

    Attributes
    ----------
    shown, denied, uncertain : mapping
        The findings that are there, also by the name of the diagnosis; that are not; that may be. None is in two of
        them: what is shown at one place and denied at another is shown.
    places : frozenset of str
        The anatomy that is spoken of, but what is said to be normal.
    diagnosis, considered : str or None, tuple of str
        The final diagnosis and the differential diagnosis, as they are written.
    """

    shown: Spots = field(default_factory=dict[str, frozenset[Spot]])
    denied: Spots = field(default_factory=dict[str, frozenset[Spot]])
    uncertain: Spots = field(default_factory=dict[str, frozenset[Spot]])
    places: frozenset[str] = frozenset()
    images: frozenset[ImageLabels] = frozenset()
    diagnosis: str | None = None
    considered: tuple[str, ...] = ()
    age_years: float | None = None
    sex: str | None = None


@dataclass(frozen=True)
class Asked:
    """What a question asks for.

    Attributes
    ----------
    facts : Facts
        What its words and its case say, the words before the case.
    places : tuple of str
        The anatomy that is asked for by name.
    diseases : tuple of NamedDisease
        The diseases that are asked for by name.
    """

    facts: Facts
    places: tuple[str, ...] = ()
    diseases: tuple[NamedDisease, ...] = ()


def facts_of(case: Case) -> Facts:
    """Return what a case says of its own images and patient; a discussion speaks of others too."""
    own = own_mentions(case)
    named = "\n".join(filter(None, (case.title, case.diagnosis, *(i.anatomical_location for i in case.images))))
    anatomy = [m for m in (*own, *annotate_text(named, Section.FINDINGS)) if m.kind is ConceptKind.ANATOMY]
    of_images = sorted(own, key=lambda m: m.setting is not Setting.IMAGING)
    of_diagnosis = annotate_text(case.diagnosis or "", Section.FINDINGS)
    findings = [m for m in (*of_images, *of_diagnosis) if m.kind is ConceptKind.FINDING and m.concept_id in concepts()]
    return Facts(
        *_by_assertion([(m.concept_id, spot_of(m), m.assertion) for m in findings]),
        places=frozenset(m.concept_id for m in anatomy if not _is_normal(m)),
        images=frozenset(map(labels_of, case.images)),
        diagnosis=case.diagnosis,
        considered=tuple(case.differential_diagnosis),
        age_years=case.patient.age_years,
        sex=case.patient.sex,
    )


def asked_of(
    query: Query, cases: Sequence[Case], diseases: Iterable[NamedDisease] = (), images: Iterable[ImageLabels] = ()
) -> Asked:
    """Return what a question asks for.

    Parameters
    ----------
    query : Query
        The words and the concepts picked.
    cases : sequence of Case
        The case that it names, or those that were liked.
    diseases : iterable of NamedDisease
        Those that its words name.
    images : iterable of ImageLabels
        What its own images show.
    """
    picked = [concepts()[name] for name in query.concept_ids if name in concepts()]
    typed = annotate_text(query.words, Section.FINDINGS) if query.words else []
    said = [(c.concept_id, Spot(), Assertion.PRESENT) for c in picked if c.kind is ConceptKind.FINDING]
    said += [
        (asked.concept_id, Spot(asked.place or "", str(asked.laterality or "")), asked.assertion)
        for asked in (asked_findings(query.words) if typed else ())
    ]
    by_words = _by_assertion(
        [(name, spot, Assertion.PRESENT if assertion in _THERE else assertion) for name, spot, assertion in said]
    )
    places = [c.concept_id for c in picked if c.kind is ConceptKind.ANATOMY]
    places += [mention.concept_id for mention in typed if mention.kind is ConceptKind.ANATOMY]
    facts = Facts(*by_words, images=frozenset(images))
    for case in cases:
        facts = _joined(facts, facts_of(case))
    return Asked(facts, tuple(dict.fromkeys(places)), tuple(diseases))


def _joined(first: Facts, second: Facts) -> Facts:
    """Return what either says; where they disagree, what the first says."""
    said = [
        (name, spot, assertion)
        for facts, known in ((first, ()), (second, {*first.shown, *first.denied}))
        for assertion, found in (
            (Assertion.PRESENT, facts.shown),
            (Assertion.ABSENT, facts.denied),
            (Assertion.UNCERTAIN, facts.uncertain),
        )
        for name, spots in found.items()
        if name not in known
        for spot in spots
    ]
    return Facts(
        *_by_assertion(said),
        places=first.places | second.places,
        images=first.images | second.images,
        diagnosis=first.diagnosis or second.diagnosis,
        considered=(*first.considered, *second.considered),
        age_years=second.age_years if first.age_years is None else first.age_years,
        sex=first.sex or second.sex,
    )


def _by_assertion(said: Sequence[tuple[str, Spot, Assertion]]) -> tuple[Spots, Spots, Spots]:
    """Return the findings that are shown, denied and uncertain, each in the first of these that holds it."""
    found: list[Spots] = []
    for assertion in (Assertion.PRESENT, Assertion.ABSENT, Assertion.UNCERTAIN):
        spots: dict[str, set[Spot]] = {}
        for concept_id, spot, asserted in said:
            if asserted is assertion and not any(concept_id in before for before in found):
                spots.setdefault(concept_id, set()).add(spot)
        found.append({concept_id: frozenset(at) for concept_id, at in spots.items()})
    shown, denied, uncertain = found
    return shown, denied, uncertain


def _is_normal(mention: Annotation) -> bool:
    return any(attribute.kind is _NORMAL and attribute.value == "normal" for attribute in mention.attributes)
