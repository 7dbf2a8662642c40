"""What two cases share and where they differ, in words: for a hit beside its question, and for the compare page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from clip.vectors import Vectors
from ingest.annotation.annotate import annotate_text, concepts
from ingest.annotation.apart import spot_of, told_apart
from ingest.case import Annotation, Case
from ingest.vocabulary import Assertion, ConceptKind, Section
from rag.index.interface import VectorIndex
from rag.search.channels import passage_place
from rag.search.nearest_images import AskingImages, nearest_images
from rag.search.query import Query

NEAREST = 3  # images and passages shown of a hit
TOLD = 8  # traits in one sentence


class Aspect(StrEnum):
    """In what respect two cases are compared, in the order in which one tells it."""

    DIAGNOSIS = "diagnosis"
    CONSIDERED = "considered diagnosis"
    FINDING = "finding"
    ABSENT_FINDING = "absent finding"
    ANATOMY = "anatomy"
    REGION = "region"
    MODALITY = "modality"
    PLANE = "plane"
    CATEGORY = "pathology category"
    SEX = "sex"
    AGE = "age"


@dataclass(frozen=True)
class Trait:
    """One thing that can be said of a case."""

    aspect: Aspect
    name: str


@dataclass(frozen=True)
class Explanation:
    """The traits that both cases have, and those that only one of them has."""

    shared: tuple[Trait, ...]
    only_first: tuple[Trait, ...]
    only_second: tuple[Trait, ...]


@dataclass(frozen=True)
class NearestImage:
    """One image of a hit and what of the question it resembles."""

    image_id: str
    similarity: float
    resembles: str


@dataclass(frozen=True)
class NearPassage:
    """One passage of a hit: ``text`` is ``case.text_of(section, image_id)[start:end]``."""

    section: Section
    image_id: str | None
    start: int
    end: int
    similarity: float
    text: str


@dataclass(frozen=True)
class HitExplanation:
    """Why a case may answer a question.

    Attributes
    ----------
    images, passages : tuple
        Those nearest to the question, nearest first.
    traits : Explanation
        What the question and the case share, what only the question asks for, and what only the case has.
    contradicted : tuple of Trait
        What the question says is there and the case denies, or the other way round, as the case has it.
    words : tuple of str
        The same in sentences.
    diagnosis, confirmation : str or None
        The final diagnosis of the case, and how it was confirmed.
    """

    case_id: str
    images: tuple[NearestImage, ...]
    passages: tuple[NearPassage, ...]
    traits: Explanation
    contradicted: tuple[Trait, ...]
    words: tuple[str, ...]
    diagnosis: str | None
    confirmation: str | None


Traits = Mapping[Trait, None]


def question_traits(query: Query, case: Case | None) -> dict[Trait, None]:
    """Return what a question asks for: the traits of its case, and the findings and places of its words."""
    mentions = annotate_text(query.words, Section.FINDINGS) if query.words else []
    picked = [concepts()[name] for name in query.concept_ids if name in concepts()]
    findings = [concept.name for concept in picked if concept.kind is ConceptKind.FINDING]
    places = [concept.name for concept in picked if concept.kind is ConceptKind.ANATOMY]
    named: list[tuple[Aspect, Iterable[str]]] = [
        (Aspect.FINDING, [*findings, *_names(mentions, ConceptKind.FINDING, Assertion.PRESENT)]),
        (Aspect.ABSENT_FINDING, _names(mentions, ConceptKind.FINDING, Assertion.ABSENT)),
        (Aspect.ANATOMY, [*places, *_names(mentions, ConceptKind.ANATOMY, Assertion.PRESENT)]),
    ]
    asked = {Trait(aspect, name): None for aspect, names in named for name in names}
    return {**(traits_of(case) if case else {}), **asked}


def explain_hit(
    case: Case, asked: Traits, images: tuple[NearestImage, ...], passages: tuple[NearPassage, ...]
) -> HitExplanation:
    """Compare a case with what a question asks for; `images` and `passages` of it are those nearest to the question.

    What the case shows at one place and denies at another is told with its places; without them, it is not denied.
    """
    places = denied_beside(case)
    traits = _compared(asked, {trait: None for trait in traits_of(case) if places.get(trait, "") is not None})
    contradicted = tuple(trait for trait in traits.only_second if _opposite(trait) in asked)
    words = _in_words(traits, contradicted, places)
    return HitExplanation(
        case.case_id, images, passages, traits, contradicted, words, case.diagnosis, case.confirmation
    )


def near_images(index: VectorIndex, asking: AskingImages, case_id: str) -> tuple[NearestImage, ...]:
    """Return the images of a case nearest to those of a question, each with what of the question it resembles."""
    return tuple(
        NearestImage(near.row.vector_id.partition("#")[0], near.similarity, asking.names[near.query_number])
        for near in nearest_images(index, asking, case_id, NEAREST)
    )


def near_passages(index: VectorIndex, passages: Vectors, case: Case) -> tuple[NearPassage, ...]:
    """Return the passages of a case that are nearest to a question, without those that it has no more."""
    found = (
        _passage(case, near.row.vector_id, near.similarity)
        for near in index.nearest_rows(passages, case.case_id, NEAREST)
    )
    return tuple(passage for passage in found if passage.text)


def _passage(case: Case, vector_id: str, similarity: float) -> NearPassage:
    section, image_id, start, end = passage_place(vector_id)
    text = (case.text_of(section, image_id) or "")[start:end]
    return NearPassage(section, image_id, start, end, similarity, text)


_OPPOSITES = {Aspect.FINDING: Aspect.ABSENT_FINDING, Aspect.ABSENT_FINDING: Aspect.FINDING}


def _opposite(trait: Trait) -> Trait | None:
    aspect = _OPPOSITES.get(trait.aspect)
    return Trait(aspect, trait.name) if aspect else None


def denied_beside(case: Case) -> dict[Trait, str | None]:
    """Return where the findings are that a case both shows and denies, in words.

    None stands for a denial that no place tells from what is shown, "" for the finding then shown.
    """
    own = [m for m in _own_mentions(case) if m.kind is ConceptKind.FINDING and m.concept_id in concepts()]
    shown, denied = (
        {name: {spot_of(m) for m in own if m.concept_id == name and m.assertion is assertion} for name in _ids(own)}
        for assertion in (Assertion.PRESENT, Assertion.ABSENT)
    )
    told: dict[Trait, str | None] = {}
    for concept_id in (name for name in shown if shown[name] and denied[name]):
        name, apart = concepts()[concept_id].name, told_apart(shown[concept_id], denied[concept_id])
        told[Trait(Aspect.FINDING, name)] = ", ".join(apart.shown) if apart else ""
        told[Trait(Aspect.ABSENT_FINDING, name)] = ", ".join(apart.denied) if apart else None
    return told


def _ids(mentions: Iterable[Annotation]) -> set[str]:
    return {mention.concept_id for mention in mentions}


def _in_words(
    traits: Explanation, contradicted: Sequence[Trait], places: Mapping[Trait, str | None]
) -> tuple[str, ...]:
    """Say what is shared and what differs, a sentence each, without the sentences that would be empty."""
    denied = [trait for trait in contradicted if trait.aspect is Aspect.ABSENT_FINDING]
    shown = [trait for trait in contradicted if trait.aspect is Aspect.FINDING]
    lacking = [trait for trait in traits.only_first if _opposite(trait) not in contradicted]
    more = [trait for trait in traits.only_second if trait.aspect is Aspect.FINDING and trait not in contradicted]
    parts = (
        ("Shared: ", traits.shared),
        ("Query findings that this case rules out: ", denied),
        ("Asked to be absent, and shown by this case: ", shown),
        ("Query findings that this case does not mention: ", lacking),
        ("Only this case shows: ", more),
    )
    return tuple(f"{start}{_listed(told, places)}." for start, told in parts if told)


def _listed(traits: Sequence[Trait], places: Mapping[Trait, str | None]) -> str:
    named = (f"no {trait.name}" if trait.aspect is Aspect.ABSENT_FINDING else trait.name for trait in traits)
    where = (f" ({places[trait]})" if places.get(trait) else "" for trait in traits)
    names = list(dict.fromkeys(map("".join, zip(named, where, strict=True))))
    left = len(names) - TOLD
    return ", ".join(names[:TOLD]) + (f" and {left} more" if left > 0 else "")


def explain_cases(first: Case, second: Case) -> Explanation:
    """Compare two cases trait by trait.

    A finding that one case reports and the other denies stands on both sides, as a finding and as an absent one.
    """
    return _compared(traits_of(first), traits_of(second))


def _compared(of_first: Traits, of_second: Traits) -> Explanation:
    return Explanation(
        shared=tuple(trait for trait in of_first if trait in of_second),
        only_first=tuple(trait for trait in of_first if trait not in of_second),
        only_second=tuple(trait for trait in of_second if trait not in of_first),
    )


def traits_of(case: Case) -> dict[Trait, None]:
    """Return what can be said of a case, each once, in order of aspect and name."""
    patient = case.patient
    named: list[tuple[Aspect, Iterable[object]]] = [
        (Aspect.DIAGNOSIS, [case.diagnosis]),
        (Aspect.CONSIDERED, case.differential_diagnosis),
        (Aspect.FINDING, _concept_names(case, ConceptKind.FINDING, Assertion.PRESENT)),
        (Aspect.ABSENT_FINDING, _concept_names(case, ConceptKind.FINDING, Assertion.ABSENT)),
        (Aspect.ANATOMY, _concept_names(case, ConceptKind.ANATOMY, Assertion.PRESENT)),
        (Aspect.REGION, [image.region for image in case.images]),
        (Aspect.MODALITY, [image.modality for image in case.images]),
        (Aspect.PLANE, [image.plane for image in case.images]),
        (Aspect.CATEGORY, [case.topic.pathology_category]),
        (Aspect.SEX, [patient.sex]),
        (Aspect.AGE, [None if patient.age_years is None else f"{int(patient.age_years) // 10 * 10}s"]),
    ]
    return {Trait(aspect, name): None for aspect, names in named for name in sorted({str(n) for n in names if n})}


def _concept_names(case: Case, kind: ConceptKind, assertion: Assertion) -> list[str]:
    """Return the names of what the case says of its own images and patient; a discussion speaks of others too."""
    return _names(_own_mentions(case), kind, assertion)


def _own_mentions(case: Case) -> Iterator[Annotation]:
    return (m for m in case.annotations if m.of_patient and m.section is not Section.DISCUSSION)


def _names(mentions: Iterable[Annotation], kind: ConceptKind, assertion: Assertion) -> list[str]:
    known = concepts()
    return [
        known[mention.concept_id].name
        for mention in mentions
        if mention.kind is kind and mention.assertion is assertion and mention.concept_id in known
    ]
