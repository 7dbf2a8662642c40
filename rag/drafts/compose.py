"""Compose a draft from the evidence itself, without any language model.

Of this scan it says what the user wrote, word for word, and what the classifier is sure of. Of similar cases it
says, in sections of their own, how many have or consider a diagnosis, what speaks for and against it, and how many
report a finding. An impression of this scan is left to its reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ingest.case import Case
from ingest.concepts.diagnosis_names import common_name
from ingest.concepts.diagnosis_parents import disease_key
from ingest.vocabulary import Assertion
from rag.ask_reasons import Ground
from rag.drafts.organs import organs_of_each
from rag.drafts.reasons import reason_statements
from rag.drafts.scanned_fields import ScannedField
from rag.drafts.selection import written_concepts
from rag.drafts.statements import DraftSection, Evidence, EvidenceKind, Statement, Subject
from rag.drafts.support import REPORTING_WORDS
from rag.drafts.technique import classifier_sentence

MAX_DIAGNOSES = 8  # what a reader takes in at a glance
MAX_METHOD_LENGTH = 40  # characters: "Characteristic radiographic features"
_NAMING = (EvidenceKind.DIAGNOSIS, EvidenceKind.CANDIDATE)
_NOT_CONFIRMED = re.compile(r"\b(?:un(?:able|known|confirmed)|not|no|none|never|pending|n/?a)\b", re.IGNORECASE)


@dataclass(frozen=True)
class RankedDifferential:
    """What is known of the diagnoses besides the evidence.

    Attributes
    ----------
    ranked : sequence of str
        Diagnoses as concepts, in order (`rag.ask.rank_diagnoses`); others come after them, by how many cases name them.
    grounds : mapping of str to sequence of Ground
        What speaks for and against each.
    cases : mapping of str to Case
        The cases that the grounds name, by id.
    """

    ranked: Sequence[str] = ()
    grounds: Mapping[str, Sequence[Ground]] = field(default_factory=dict[str, Sequence[Ground]])
    cases: Mapping[str, Case] = field(default_factory=dict[str, Case])


def compose_statements(
    evidence: Sequence[Evidence],
    n: int,
    differential: RankedDifferential = RankedDifferential(),
    scanned: ScannedField | None = None,
) -> list[Statement]:
    """Return the statements of a draft that stands on the evidence of `n` similar cases.

    Parameters
    ----------
    scanned : ScannedField or None
        What was scanned, where it is known; by its organs the findings of this scan are in order.
    """
    entries = [
        statement for entry in _entries(evidence, n, differential) for statement in (entry.statement, *entry.reasons)
    ]
    return [*this_scan_statements(evidence, scanned), *entries, *_findings(evidence, n)]


def reasons_of(evidence: Sequence[Evidence], n: int, differential: RankedDifferential) -> list[Statement]:
    """Return what speaks for and against the diagnoses that the similar cases name, without their own statements."""
    return [reason for entry in _entries(evidence, n, differential) for reason in entry.reasons]


def this_scan_statements(evidence: Sequence[Evidence], scanned: ScannedField | None = None) -> list[Statement]:
    """Return what may be said of this scan: the user's sentences, word for word, and what the classifier is sure of.

    What the user wrote of the scan is put in the order of its organs.
    """
    written = list(_repeated(evidence, EvidenceKind.WRITTEN, DraftSection.FINDINGS))
    return [
        *_repeated(evidence, EvidenceKind.INDICATION, DraftSection.INDICATION),
        *_repeated(evidence, EvidenceKind.TECHNIQUE, DraftSection.TECHNIQUE),
        *_classified(evidence),
        *(_by_organ(written, scanned) if scanned else written),
    ]


def _by_organ(written: Sequence[Statement], scanned: ScannedField) -> list[Statement]:
    """Return statements with their organs, in the order of these; what names no organ comes first."""
    order = {name: place for place, name in enumerate(scanned.organ_names, start=1)}
    organs = organs_of_each([statement.text for statement in written], scanned)
    named = [replace(statement, organs=names) for statement, names in zip(written, organs, strict=True)]
    return sorted(named, key=lambda one: order.get(one.organs[0], len(order) + 1) if one.organs else 0)


def _repeated(evidence: Iterable[Evidence], kind: EvidenceKind, section: DraftSection) -> Iterator[Statement]:
    for row in evidence:
        if row.kind is kind:
            yield Statement(section, Subject.THIS_SCAN, row.citation.quote, (row,))


def _classified(evidence: Iterable[Evidence]) -> Iterator[Statement]:
    rows = tuple(row for row in evidence if row.kind is EvidenceKind.PREDICTION)
    if rows:
        text = classifier_sentence(row.citation.quote for row in rows)
        yield Statement(DraftSection.TECHNIQUE, Subject.THIS_SCAN, text, rows)


def _findings(evidence: Sequence[Evidence], n: int) -> Iterator[Statement]:
    """Say of each finding how many cases report it: first those that the user wrote of, then the most frequent."""
    rows_of: dict[str, list[Evidence]] = {}
    for row in evidence:
        if row.kind is EvidenceKind.FINDING and row.concept_id:
            rows_of.setdefault(row.concept_id, []).append(row)
    written = written_concepts(evidence)
    order = sorted(rows_of, key=lambda concept_id: (concept_id not in written, -len(rows_of[concept_id]), concept_id))
    for concept_id in order:
        rows = rows_of[concept_id]
        text = "; ".join(_counted_findings(rows, n))
        yield Statement(DraftSection.SIMILAR_CASES, Subject.SIMILAR_CASES, f"{text}.", tuple(rows))


def _counted_findings(rows: Sequence[Evidence], n: int) -> Iterator[str]:
    words = {Assertion.PRESENT: "", Assertion.UNCERTAIN: "possible ", Assertion.ABSENT: "no "}
    whose = " similar cases"
    for assertion, word in words.items():
        count = sum(row.assertion is assertion for row in rows)
        if count:
            yield f"{count} of {n}{whose} {'report' if count > 1 else 'reports'} {word}{rows[0].name}"
            whose = ""


@dataclass(frozen=True)
class _Entry:
    """A diagnosis of the differential, and what speaks for and against it."""

    statement: Statement
    reasons: tuple[Statement, ...]


def _entries(evidence: Sequence[Evidence], n: int, differential: RankedDifferential) -> Iterator[_Entry]:
    """Say of the diagnoses that the similar cases have or consider how many do, and what speaks for them."""
    rows_of: dict[str, list[Evidence]] = {}
    for row in evidence:
        if row.case_id and row.kind in _NAMING:
            rows_of.setdefault(disease_key(row.name), []).append(row)
    confirmations = {row.case_id: row for row in evidence if row.kind is EvidenceKind.CONFIRMATION}
    order = {concept_id: place for place, concept_id in enumerate(differential.ranked)}
    groups = sorted(rows_of.items(), key=lambda group: (order.get(group[0], len(order)), -len(group[1])))
    for concept_id, rows in groups[:MAX_DIAGNOSES]:
        grounds = differential.grounds.get(concept_id, ())
        reasons = reason_statements(_name(_final(rows) or rows), grounds, differential.cases)
        yield _Entry(_diagnosis(rows, confirmations, n), tuple(reasons))


def _diagnosis(rows: Sequence[Evidence], confirmations: dict[str | None, Evidence], n: int) -> Statement:
    final = _final(rows)
    having = {row.case_id for row in final}
    considered = [row for row in rows if row.kind is EvidenceKind.CANDIDATE and row.case_id not in having]
    confirmed = [confirmations[row.case_id] for row in final if row.case_id in confirmations]
    confirmed = [row for row in confirmed if _names_a_method(row.name)]
    name = _sentence_case(_name(final or rows))
    clauses = [f"{name} is the diagnosis of {_cases(final)} of {n} similar cases"] if final else []
    if confirmed:
        ways = ", ".join(dict.fromkeys(row.name for row in confirmed))
        clauses.append(f"confirmed in {_cases(confirmed)} of {n}: {ways}")
    if considered:
        it, whose = ("it", "") if final else (name, " similar cases")
        clauses.append(f"{it} is in the differential of {_cases(considered)} of {n}{whose}")
    text = f"{'; '.join(clauses)}."
    return Statement(DraftSection.DIFFERENTIAL, Subject.SIMILAR_CASES, text, (*final, *confirmed, *considered))


def _cases(rows: Iterable[Evidence]) -> int:
    """Count the cases of some rows: one case may consider a disease under two names."""
    return len({row.case_id for row in rows})


def _name(rows: Sequence[Evidence]) -> str:
    """Return the one name of the rows, or what they are called together."""
    first = rows[0].name
    several = len({row.name.casefold() for row in rows}) > 1
    return (common_name(first) if several else None) or first


def _sentence_case(name: str) -> str:
    return name[:1].upper() + name[1:]


def _names_a_method(confirmation: str) -> bool:
    """Tell a method ("Histology") from "unable to confirm", and from a story with dates and measurements."""
    if len(confirmation) > MAX_METHOD_LENGTH or any(letter.isdigit() for letter in confirmation):
        return False
    says_how = not REPORTING_WORDS.issuperset(re.findall(r"\w+", confirmation.casefold()))  # more than "Confirmed"
    return says_how and not _NOT_CONFIRMED.search(confirmation)


def _final(rows: Iterable[Evidence]) -> list[Evidence]:
    return [row for row in rows if row.kind is EvidenceKind.DIAGNOSIS]
