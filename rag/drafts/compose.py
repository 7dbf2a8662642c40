"""Compose a draft from the evidence itself, without any language model.

Of this scan it says what the user wrote, word for word, and what the classifier is sure of. Of similar cases it
says, in sections of their own, how many have or consider a diagnosis and how many report a finding. An impression of
this scan is left to its reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ingest.concepts.diagnosis_names import common_name
from ingest.concepts.diagnosis_parents import disease_key
from ingest.vocabulary import Assertion
from rag.drafts.selection import written_concepts
from rag.drafts.statements import DraftSection, Evidence, EvidenceKind, Statement, Subject
from rag.drafts.support import REPORTING_WORDS
from rag.drafts.technique import classifier_sentence

MAX_DIAGNOSES = 8  # what a reader takes in at a glance
MAX_METHOD_LENGTH = 40  # characters: "Characteristic radiographic features"
_NAMING = (EvidenceKind.DIAGNOSIS, EvidenceKind.CANDIDATE)
_NOT_CONFIRMED = re.compile(r"\b(?:un(?:able|known|confirmed)|not|no|none|never|pending|n/?a)\b", re.IGNORECASE)


def compose_statements(evidence: Sequence[Evidence], n: int, ranked: Sequence[str] = ()) -> list[Statement]:
    """Return the statements of a draft that stands on the evidence of `n` similar cases.

    Parameters
    ----------
    ranked : sequence of str
        Diagnoses as concepts, in the order of the differential (`rag.ask.rank_diagnoses`); others come after them, by
        how many cases name them.
    """
    return [*this_scan_statements(evidence), *_diagnoses(evidence, n, ranked), *_findings(evidence, n)]


def this_scan_statements(evidence: Sequence[Evidence]) -> list[Statement]:
    """Return what may be said of this scan: the user's sentences, word for word, and what the classifier is sure of."""
    return [
        *_repeated(evidence, EvidenceKind.INDICATION, DraftSection.INDICATION),
        *_repeated(evidence, EvidenceKind.TECHNIQUE, DraftSection.TECHNIQUE),
        *_classified(evidence),
        *_repeated(evidence, EvidenceKind.WRITTEN, DraftSection.FINDINGS),
    ]


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


def _diagnoses(evidence: Sequence[Evidence], n: int, ranked: Sequence[str]) -> Iterator[Statement]:
    """Say of the diagnoses that the similar cases have or consider how many do."""
    rows_of: dict[str, list[Evidence]] = {}
    for row in evidence:
        if row.case_id and row.kind in _NAMING:
            rows_of.setdefault(disease_key(row.name), []).append(row)
    confirmations = {row.case_id: row for row in evidence if row.kind is EvidenceKind.CONFIRMATION}
    order = {concept_id: place for place, concept_id in enumerate(ranked)}
    groups = sorted(rows_of.items(), key=lambda group: (order.get(group[0], len(order)), -len(group[1])))
    for _, rows in groups[:MAX_DIAGNOSES]:
        yield _diagnosis(rows, confirmations, n)


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
