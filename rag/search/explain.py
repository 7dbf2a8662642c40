"""Why a case may answer a question: what of it is nearest, and what it shares, lacks and has otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from clip.vectors import Vectors
from ingest.annotation.annotate import annotate_text, concepts
from ingest.case import Case
from ingest.vocabulary import Assertion, ConceptKind, Section
from rag.index.interface import VectorIndex
from rag.search.channels import passage_place
from rag.search.facts import Asked, facts_of
from rag.search.nearest_images import AskingImages, nearest_images
from rag.search.query import Query
from rag.search.reasoning import hit_reasons
from rag.search.reasons import HitReasons
from rag.search.traits import Aspect, Explanation, Trait, Traits, compare_traits, denied_beside, names_in, traits_of

NEAREST = 3  # images and passages shown of a hit


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
    reasons : HitReasons
        What it shares, what it lacks and in what it differs, in a clinician's words.
    diagnosis, confirmation : str or None
        The final diagnosis of the case, and how it was confirmed.
    """

    case_id: str
    images: tuple[NearestImage, ...]
    passages: tuple[NearPassage, ...]
    traits: Explanation
    contradicted: tuple[Trait, ...]
    reasons: HitReasons
    diagnosis: str | None
    confirmation: str | None


def question_traits(query: Query, case: Case | None) -> dict[Trait, None]:
    """Return what a question asks for: the traits of its case, and the findings and places of its words."""
    mentions = annotate_text(query.words, Section.FINDINGS) if query.words else []
    picked = [concepts()[name] for name in query.concept_ids if name in concepts()]
    findings = [concept.name for concept in picked if concept.kind is ConceptKind.FINDING]
    places = [concept.name for concept in picked if concept.kind is ConceptKind.ANATOMY]
    named: list[tuple[Aspect, Iterable[str]]] = [
        (Aspect.FINDING, [*findings, *names_in(mentions, ConceptKind.FINDING, Assertion.PRESENT)]),
        (Aspect.ABSENT_FINDING, names_in(mentions, ConceptKind.FINDING, Assertion.ABSENT)),
        (Aspect.ANATOMY, [*places, *names_in(mentions, ConceptKind.ANATOMY, Assertion.PRESENT)]),
    ]
    asked = {Trait(aspect, name): None for aspect, names in named for name in names}
    return {**(traits_of(case) if case else {}), **asked}


def explain_hit(
    case: Case,
    traits: Traits,
    asked: Asked,
    images: tuple[NearestImage, ...] = (),
    passages: tuple[NearPassage, ...] = (),
) -> HitExplanation:
    """Compare a case with what a question asks for; `images` and `passages` of it are those nearest to the question.

    Of what the case both shows and denies, and no place tells apart, the denial is left out.
    """
    places = denied_beside(case)
    both = compare_traits(traits, {trait: None for trait in traits_of(case) if places.get(trait, "") is not None})
    contradicted = tuple(trait for trait in both.only_second if _opposite(trait) in traits)
    reasons = hit_reasons(asked, facts_of(case))
    return HitExplanation(
        case.case_id, images, passages, both, contradicted, reasons, case.diagnosis, case.confirmation
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
