"""Annotate a case: find the concepts of the lexicon in its texts, with assertion, side and exact span.

Read are the texts in which somebody describes this patient. The others are left out: title, diagnosis and
differential diagnosis name what the case is about or might have been, which the graph has as relationships of
their own (a candidate of a differential is no finding that is present), and confirmation is a method. What the
topic says of the disease in general is of the literature, never of this patient.

Clinical findings (symptoms, signs, laboratory, risks) are read in a pass of their own, since their names hold those of
places: "hip pain" is a symptom, and speaks of the hip.
"""

from __future__ import annotations

from dataclasses import replace

from ingest.annotation.assertion import assertions
from ingest.annotation.attributes import attributes_of
from ingest.annotation.events import Mention
from ingest.annotation.image_classes import with_classes
from ingest.annotation.laterality import lateralities
from ingest.annotation.named import naming
from ingest.annotation.place import places
from ingest.annotation.subject import subjects
from ingest.case import Annotation, Case
from ingest.concepts.lexicon import LEXICON_VERSION, Concept, concepts, phrase_book
from ingest.concepts.phrases import FoldedText, Found, fold
from ingest.vocabulary import Assertion, ConceptKind, Section

__all__ = ["ANNOTATOR", "KINDS_OF_SECTION", "Concept", "annotate", "annotate_text", "concepts"]

ANNOTATOR = f"lexicon/{LEXICON_VERSION}"

_EVERYWHERE = frozenset({ConceptKind.FINDING, ConceptKind.ANATOMY})
_CLINICAL = frozenset({ConceptKind.CLINICAL})
# A discussion says of exams how such diseases are examined, a caption or the findings rarely how one was treated.
KINDS_OF_SECTION: dict[Section, frozenset[ConceptKind]] = {
    Section.HISTORY: _EVERYWHERE | _CLINICAL | {ConceptKind.TREATMENT, ConceptKind.EXAM},
    Section.EXAM: _EVERYWHERE | _CLINICAL | {ConceptKind.EXAM},
    Section.FINDINGS: _EVERYWHERE | {ConceptKind.EXAM},
    Section.DISCUSSION: _EVERYWHERE | _CLINICAL | {ConceptKind.TREATMENT},
    Section.TREATMENT: _EVERYWHERE | {ConceptKind.TREATMENT, ConceptKind.EXAM},
    Section.TOPIC_DISCUSSION: _CLINICAL | {ConceptKind.FINDING},
    Section.CAPTION: _EVERYWHERE | {ConceptKind.EXAM},
}


def annotate_text(text: str, section: Section, image_id: str | None = None) -> list[Annotation]:
    """Return the annotations of one text from left to right; those of clinical findings may overlap with the others.

    Anatomy is always present: "no mass in the liver" denies the mass, not the liver. What a sentence says of the
    disease in general is of the literature, and asserted as it is written.
    """
    kinds = KINDS_OF_SECTION.get(section, frozenset())
    passes = [kinds - _CLINICAL, kinds & _CLINICAL]
    folded = fold(text)
    made = [one for read in passes if read for one in _annotations(text, folded, section, image_id, read)]
    return sorted(made, key=lambda annotation: (annotation.start, -annotation.end))


def _annotations(
    text: str, folded: FoldedText, section: Section, image_id: str | None, kinds: frozenset[ConceptKind]
) -> list[Annotation]:
    """Return the annotations of some kinds of concepts, none overlapping."""
    found = naming(text, phrase_book(kinds).find(folded))
    if not found:
        return []
    mentions = [
        Mention(item.start, item.end, only_near=_is(item, ConceptKind.EXAM), is_place=_is(item, ConceptKind.ANATOMY))
        for item in found
    ]
    asserted = assertions(text, folded, mentions)
    readings = zip(
        found,
        asserted,
        lateralities(text, folded, mentions),
        subjects(text, section, [item.start for item in found]),
        places(text, found),
        attributes_of(text, folded, found),
        strict=True,
    )
    return [
        Annotation(
            concept_id=item.value.concept_id,
            kind=item.value.kind,
            assertion=_asserted(text, item, assertion),
            section=section,
            start=item.start,
            end=item.end,
            annotator=ANNOTATOR,
            laterality=None if item.value.kind is ConceptKind.EXAM else side,
            image_id=image_id,
            subject=subject,
            place=place,
            attributes=attributes,
        )
        for item, assertion, side, subject, place, attributes in readings
        if item.value is not None and assertion is not None
    ]


def _asserted(text: str, item: Found, said: Assertion) -> Assertion:
    """Return what a mention asserts: anatomy is there, and "afebrile" denies by its own word."""
    if item.value.kind is ConceptKind.ANATOMY:
        return Assertion.PRESENT
    return Assertion.ABSENT if item.value.is_denied_as(text[item.start : item.end]) else said


def _is(found: Found, kind: ConceptKind) -> bool:
    return found.value is not None and found.value.kind is kind


def annotate(case: Case) -> Case:
    """Return the case with the annotations of this annotator renewed; those of others stay.

    Images of an article are of any kind, and their captions say of which: they are labelled with their classes.
    """
    kept = tuple(annotation for annotation in case.annotations if not annotation.annotator.startswith("lexicon/"))
    texts = [(section, None, case.sections.get(section)) for section in KINDS_OF_SECTION]
    texts += [(Section.CAPTION, image.image_id, image.caption) for image in case.images]
    made = [
        annotation for section, image_id, text in texts if text for annotation in annotate_text(text, section, image_id)
    ]
    images = tuple(with_classes(image) for image in case.images) if case.article else case.images
    return replace(case, annotations=(*kept, *made), images=images)
