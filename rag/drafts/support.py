"""What may be said of similar cases: only what the same annotator reads in the cited sentences.

Each finding with its assertion must be readable there, a diagnosis must stand there, each number must be a count of
cited cases, and every other word must be one of a few reporting words: what cannot be checked is not said. Sides,
measurements and dates of another patient never pass.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from ingest.annotation.annotate import annotate_text
from ingest.annotation.sentences import sentence_ends
from ingest.concepts.diagnosis_names import common_name
from ingest.concepts.diagnosis_parents import disease_key
from ingest.vocabulary import Assertion, Section
from rag.drafts.evidence import boldest, read_sentence
from rag.drafts.statements import OF_SIMILAR_CASES, Evidence, EvidenceKind, Origin, Statement

_COUNT = re.compile(r"\b(\d+) of (?:the )?(\d+)\b")
_SIDE = re.compile(r"\b(?:left|right|bilateral|both sides|unilateral)\b", re.IGNORECASE)
_DENIAL = re.compile(r"\bno\b", re.IGNORECASE)  # the only denying word among the reporting words
_PUNCTUATION = re.compile(r"[\w\s.,;:()-]*")
_NAMED = (EvidenceKind.DIAGNOSIS, EvidenceKind.CANDIDATE, EvidenceKind.CONFIRMATION)

_WORDS = """
    a an and are case cases considered confirmed considers diagnosis differential finding findings has have in is it
    its no of or possible report reported reports show shown shows similar the their was were with
"""
REPORTING_WORDS = frozenset(_WORDS.split())

Claim = tuple[str, Assertion]


@dataclass(frozen=True)
class _Reading:
    """A statement taken apart: its text without the names of diagnoses, the rows it names, the rest of its words."""

    text: str
    named: frozenset[Evidence]
    rest: str


def similar_cases_fault(statement: Statement, n: int) -> str | None:
    """Return why a statement about `n` similar cases may not stand, or None."""
    reading = _read(statement)
    fault = _subject_fault(statement) or _words_fault(reading)
    if fault:
        return fault
    faults = (_clause_fault(clause, statement, reading, n) for clause in _clauses(reading.text))
    return next((fault for fault in faults if fault), None)


def _subject_fault(statement: Statement) -> str | None:
    if any(citation.origin is not Origin.CASE for citation in statement.citations):
        return "it says of similar cases what was said of this scan"
    if statement.section not in OF_SIMILAR_CASES:
        return f"{statement.section} is for what is said of this scan"
    if "similar case" not in statement.text.casefold():
        return "it does not say that it speaks of similar cases"
    return None


def _words_fault(reading: _Reading) -> str | None:
    if _SIDE.search(reading.rest):
        return "it names a side of another patient"
    if re.search(r"\d", _COUNT.sub(" ", reading.rest)):
        return "it has a number that is not a count of similar cases"
    diagnoses = {disease_key(row.name) for row in reading.named if row.kind is not EvidenceKind.CONFIRMATION}
    if len(diagnoses) > 1:
        return "it speaks of more than one diagnosis at once"
    foreign = any(word not in REPORTING_WORDS and not word.isdigit() for word in _words(reading.rest))
    if foreign or not _PUNCTUATION.fullmatch(reading.rest):
        return "it has words or signs that cannot be checked"
    return None


def _clause_fault(clause: str, statement: Statement, reading: _Reading, n: int) -> str | None:
    """Check one clause: what it asserts, and of how many cases."""
    claims = read_sentence(clause)
    if not claims and not reading.named:
        return "it says nothing that can be checked"
    if _DENIAL.search(clause) and not any(assertion is Assertion.ABSENT for _, assertion in claims):
        return "it denies what no cited sentence denies"
    supporting = _saying(claims, statement.evidence) if claims else _having(_kind_meant(clause), reading.named)
    if not supporting:
        return "no cited sentence says so"
    for count, total in _COUNT.findall(clause):
        if (int(count), int(total)) != (len(supporting), n):
            return f"it counts {count} of {total}, the cited cases are {len(supporting)} of {n}"
    return None


def _saying(claims: frozenset[Claim], evidence: Iterable[Evidence]) -> set[str | None]:
    """Return the cited cases whose cited sentences say all the claims; of a concept said twice the bolder counts."""
    said: dict[str | None, set[Claim]] = {}
    for row in evidence:
        if row.kind is EvidenceKind.FINDING:
            said.setdefault(row.case_id, set()).update(read_sentence(row.citation.quote))
    return {case_id for case_id, claimed in said.items() if claims <= boldest(claimed).items()}


def _having(kind: EvidenceKind, named: Collection[Evidence]) -> set[str | None]:
    """Return the cases of the named rows of a kind; a confirmation counts only in a case that has the diagnosis."""
    cases = {row.case_id for row in named if row.kind is kind}
    if kind is EvidenceKind.CONFIRMATION:
        cases &= _having(EvidenceKind.DIAGNOSIS, named)
    return cases


def _kind_meant(clause: str) -> EvidenceKind:
    words = _words(clause)
    if "confirmed" in words:
        return EvidenceKind.CONFIRMATION
    candidate = {"differential", "considered", "considers"} & set(words)
    return EvidenceKind.CANDIDATE if candidate else EvidenceKind.DIAGNOSIS


def _read(statement: Statement) -> _Reading:
    text = statement.text
    named: set[str] = set()
    rows = [row for row in statement.evidence if row.kind in _NAMED and _stands_in_its_quote(row)]
    diseases = (row.name for row in rows if row.kind is not EvidenceKind.CONFIRMATION)
    names = {row.name for row in rows} | {name for disease in diseases if (name := common_name(disease))}
    for name in sorted(names, key=lambda name: (-len(name), name)):
        pattern = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)
        if pattern.search(text):
            named.add(disease_key(name))
            text = pattern.sub(" ", text)
    rest = text
    for mention in annotate_text(text, Section.FINDINGS):
        rest = rest[: mention.start] + " " * (mention.end - mention.start) + rest[mention.end :]
    return _Reading(text, frozenset(row for row in rows if disease_key(row.name) in named), rest)


def _stands_in_its_quote(row: Evidence) -> bool:
    return " ".join(_words(row.name)) in " ".join(_words(row.citation.quote))


def _clauses(text: str) -> list[str]:
    ends = sentence_ends(text)
    sentences = (text[start:end] for start, end in zip([0, *ends], ends, strict=False))
    return [clause for sentence in sentences for clause in sentence.split(";") if _words(clause)]


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
