"""Which findings a question asks for, where, and on which side: "mass in the left kidney"."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TypeVar

from ingest.annotation.annotate import annotate_text
from ingest.case import Annotation
from ingest.concepts.lexicon import whole_and_parts, with_narrower
from ingest.vocabulary import Assertion, ConceptKind, Laterality, Section

_T = TypeVar("_T")
_ANSWERING = {
    Laterality.LEFT: frozenset({Laterality.LEFT, Laterality.BILATERAL}),
    Laterality.RIGHT: frozenset({Laterality.RIGHT, Laterality.BILATERAL}),
    Laterality.BILATERAL: frozenset({Laterality.BILATERAL}),
}


@dataclass(frozen=True)
class AskedFinding:
    """One finding that is asked for; `place` is the concept id of an anatomy, `assertion` whether it is there."""

    concept_id: str
    place: str | None = None
    laterality: Laterality | None = None
    assertion: Assertion = Assertion.PRESENT

    @property
    def concept_ids(self) -> frozenset[str]:
        """What answers it: the finding, and what is a kind of it; of what is denied only the finding itself.

        That a case has no subdural hematoma does not say that it has no hemorrhage.
        """
        return frozenset({self.concept_id}) if self.assertion is Assertion.ABSENT else with_narrower(self.concept_id)

    @property
    def places(self) -> frozenset[str]:
        """Where it may be: the place and its parts; empty is anywhere."""
        return whole_and_parts(self.place) if self.place is not None else frozenset()

    @property
    def lateralities(self) -> frozenset[Laterality]:
        """On which sides it may be; empty is any side."""
        return answering_sides(self.laterality)


def answering_sides(asked: Laterality | None) -> frozenset[Laterality]:
    """Return the sides that answer a question for one: what is bilateral is on the left too. Empty is any side."""
    return _ANSWERING[asked] if asked is not None else frozenset()


def asked_findings(question: str) -> tuple[AskedFinding, ...]:
    """Return the findings that a question names, each once, in its order.

    A question for one finding means it to be at the only place that it names, and on the only side.

    Examples
    --------
    >>> [asked] = asked_findings("Which cases show a mass in the left kidney?")
    >>> asked.concept_id, asked.place, str(asked.laterality), str(asked.assertion)
    ('finding:mass', 'anatomy:kidney', 'left', 'present')
    """
    mentions = annotate_text(question, Section.FINDINGS)
    findings = [mention for mention in mentions if mention.kind is ConceptKind.FINDING]
    own = {AskedFinding(m.concept_id, m.place, m.laterality, m.assertion): None for m in findings}
    if len(own) != 1:
        return tuple(own)
    [asked] = own
    place = only({mention.concept_id for mention in mentions if mention.kind is ConceptKind.ANATOMY})
    side = only({mention.laterality for mention in mentions} - {None})
    return (replace(asked, place=asked.place or place, laterality=asked.laterality or side),)


def only(values: Collection[_T]) -> _T | None:
    """Return the one value that there is; None where there is none, or more than one."""
    return next(iter(values)) if len(values) == 1 else None


def answers(mention: Annotation, asked: AskedFinding) -> bool:
    """Tell whether a mention of a case is what is asked for; where it names no place or side, it is not."""
    return (
        mention.of_patient
        and mention.concept_id in asked.concept_ids
        and mention.assertion is asked.assertion
        and (not asked.places or mention.place in asked.places)
        and (not asked.lateralities or mention.laterality in asked.lateralities)
    )
