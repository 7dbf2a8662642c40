"""The nouns of a draft: evidence, citations, statements.

A statement has a subject. Only what the user gave and what the classifier saw may be said of *this scan*; what
other patients' cases show is said of *similar cases*, or of all the *cases with this diagnosis*.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ingest.vocabulary import Assertion, Section
from rag.ask_reasons import Ground


class DraftSection(StrEnum):
    """A section of a draft, in order. The last two speak of similar cases, the others of this scan alone."""

    INDICATION = "Indication"
    TECHNIQUE = "Technique"
    FINDINGS = "Findings"
    IMPRESSION = "Impression"
    DIFFERENTIAL = "Differential"
    SIMILAR_CASES = "What similar cases report"


OF_SIMILAR_CASES = frozenset({DraftSection.DIFFERENTIAL, DraftSection.SIMILAR_CASES})
"""Where statements about other patients may stand."""


class Subject(StrEnum):
    """Of whom a statement speaks."""

    THIS_SCAN = "this scan"
    SIMILAR_CASES = "similar cases"
    WITH_DIAGNOSIS = "cases with this diagnosis"
    LITERATURE = "literature"


class Origin(StrEnum):
    """Where a piece of evidence comes from."""

    CASE = "case"
    USER = "user"
    CLASSIFIER = "classifier"


class EvidenceKind(StrEnum):
    """What a piece of evidence is."""

    PREDICTION = "prediction"
    TECHNIQUE = "technique"
    WRITTEN = "written"
    INDICATION = "indication"
    FINDING = "finding"
    DIAGNOSIS = "diagnosis"
    CANDIDATE = "candidate"
    CONFIRMATION = "confirmation"


@dataclass(frozen=True)
class Citation:
    """The exact place that a statement stands on: ``case.text_of(section, image_id)[start:end] == quote``.

    Of what the user wrote there is no case id; of what the classifier saw there is no section either.
    """

    origin: Origin
    quote: str
    case_id: str | None = None
    section: Section | None = None
    image_id: str | None = None
    start: int = 0
    end: int = 0


@dataclass(frozen=True)
class Evidence:
    """One row of the evidence table: what one sentence says, and where it stands."""

    evidence_id: str
    kind: EvidenceKind
    name: str
    citation: Citation
    concept_id: str | None = None
    assertion: Assertion = Assertion.PRESENT

    @property
    def case_id(self) -> str | None:
        """The case that it stands in; None for what is known of this scan."""
        return self.citation.case_id


@dataclass(frozen=True)
class Statement:
    """One sentence of a draft and the evidence it stands on.

    Attributes
    ----------
    organs : tuple of str
        Of a finding of this scan: the organs that it speaks of (`rag.drafts.organs`).
    ground : Ground or None
        What it is a reason of, where it speaks for or against a diagnosis (`rag.drafts.reasons`).
    """

    section: DraftSection
    subject: Subject
    text: str
    evidence: tuple[Evidence, ...]
    organs: tuple[str, ...] = ()
    ground: Ground | None = None

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The places it stands on, each once."""
        return tuple(dict.fromkeys(row.citation for row in self.evidence))


@dataclass(frozen=True)
class Dropped:
    """A statement that did not pass the check, and why."""

    section: DraftSection
    subject: Subject
    text: str
    reason: str
