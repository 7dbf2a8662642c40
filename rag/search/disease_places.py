"""Where a question wants the disease that it names to be: "renal cell carcinoma of the right kidney"."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from ingest.annotation.annotate import annotate_text
from ingest.annotation.asked import answering_sides, only
from ingest.case import Annotation, Case
from ingest.concepts.lexicon import whole_and_parts
from ingest.vocabulary import Assertion, ConceptKind, Laterality, Section

# "infarct in the cerebellum"; in "brain infarct" the place is part of the name, told so or not.
_IN = re.compile(r"^[^,;:()]*\b(?:in|of|at|within|involving)\b[^,;:()]*$", re.IGNORECASE)
_SIDE = re.compile(r"\b(?:left|right|bilateral)\b", re.IGNORECASE)


@dataclass(frozen=True)
class AskedPlace:
    """Where a disease is asked for: the concept id of an anatomy, and a side; None is any."""

    place: str | None
    laterality: Laterality | None

    def distance(self, case: Case) -> tuple[int, int]:
        """Return how far a case of the disease is from what is asked for, (0, 0) where it fits: in place, then in side.

        The side that its diagnosis names is the side; else those of its findings at the place are. A case that names
        none is nearer than one that has another.
        """
        diagnosis = case.diagnosis or ""
        places = whole_and_parts(self.place) if self.place else None
        there = [one for one in case.annotations if _is_shown(one) and (places is None or one.place in places)]
        is_there = places is None or bool(there) or not places.isdisjoint(_anatomy_in(diagnosis))
        asked, sides = answering_sides(self.laterality), _sides_in(diagnosis) or _sides_of(there)
        return int(not is_there), 0 if not asked or asked & sides else 1 if not sides else 2


def names_place(question: str) -> bool:
    """Tell whether a question names a place of the body or a side."""
    mentions = annotate_text(question, Section.FINDINGS)
    return any(one.kind is ConceptKind.ANATOMY or one.laterality is not None for one in mentions)


def asked_place(question: str, diseases: Collection[str]) -> AskedPlace | None:
    """Return the only place and the only side that a question names beside its diseases, None where it names none.

    Parameters
    ----------
    diseases : collection of str
        The names of the diseases, as the question writes them. A place in a name or before it is a part of it, and one
        on another line is of something else.
    """
    found = [asked for line in question.splitlines() for name in diseases if (asked := _beside(line, name))]
    return found[0] if found else None


def _beside(line: str, name: str) -> AskedPlace | None:
    start = line.find(name)
    if start < 0:
        return None
    end = start + len(name)
    mentions = annotate_text(line, Section.FINDINGS)
    places = {
        one.concept_id
        for one in mentions
        if one.kind is ConceptKind.ANATOMY and one.start >= end and _IN.search(line[end : one.start])
    }
    place, side = only(places), only(_sides_of(mentions))
    return AskedPlace(place, side) if place or side else None


def _is_shown(mention: Annotation) -> bool:
    return mention.of_patient and mention.kind is ConceptKind.FINDING and mention.assertion is Assertion.PRESENT


def _sides_of(mentions: Iterable[Annotation]) -> set[Laterality]:
    return {one.laterality for one in mentions if one.laterality is not None}


def _anatomy_in(diagnosis: str) -> Collection[str]:
    mentions = annotate_text(diagnosis, Section.FINDINGS)
    return {one.concept_id for one in mentions if one.kind is ConceptKind.ANATOMY}


def _sides_in(diagnosis: str) -> set[Laterality]:
    return {Laterality(found.group().casefold()) for found in _SIDE.finditer(diagnosis)}
