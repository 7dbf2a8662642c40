"""Compose a draft from the evidence itself, without any language model.

Of this scan it says what the classifier saw and what the user wrote, word for word. Of similar cases it says how
many report a finding, and how many have or consider a diagnosis.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ingest.concepts.diagnosis_parents import disease_of
from ingest.vocabulary import Assertion
from rag.drafts.selection import written_concepts
from rag.drafts.statements import DraftSection, Evidence, EvidenceKind, Statement, Subject

MAX_DIAGNOSES = 8  # what a reader takes in at a glance
MIN_FOR_IMPRESSION = 2  # similar cases: what one of them has is no pattern
MAX_METHOD_LENGTH = 40  # characters: "Characteristic radiographic features"


def compose_statements(evidence: Sequence[Evidence], n: int) -> list[Statement]:
    """Return the statements of a draft that stands on the evidence of `n` similar cases."""
    diagnoses = list(_diagnoses(evidence, n))
    return [
        *this_scan_statements(evidence),
        *_findings(evidence, n),
        *_impression(diagnoses),
        *diagnoses,
    ]


def this_scan_statements(evidence: Sequence[Evidence]) -> list[Statement]:
    """Return what may be said of this scan: the classifier's answers and the user's sentences, word for word."""
    return [
        *_repeated(evidence, EvidenceKind.PREDICTION, DraftSection.TECHNIQUE),
        *_repeated(evidence, EvidenceKind.WRITTEN, DraftSection.FINDINGS),
    ]


def _repeated(evidence: Iterable[Evidence], kind: EvidenceKind, section: DraftSection) -> Iterator[Statement]:
    for row in evidence:
        if row.kind is kind:
            yield Statement(section, Subject.THIS_SCAN, row.citation.quote, (row,))


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
        yield Statement(DraftSection.FINDINGS, Subject.SIMILAR_CASES, f"{text}.", tuple(rows))


def _counted_findings(rows: Sequence[Evidence], n: int) -> Iterator[str]:
    words = {Assertion.PRESENT: "", Assertion.UNCERTAIN: "possible ", Assertion.ABSENT: "no "}
    whose = " similar cases"
    for assertion, word in words.items():
        count = sum(row.assertion is assertion for row in rows)
        if count:
            yield f"{count} of {n}{whose} {'report' if count > 1 else 'reports'} {word}{rows[0].name}"
            whose = ""


def _diagnoses(evidence: Sequence[Evidence], n: int) -> Iterator[Statement]:
    """Rank the diagnoses of the similar cases as `rag.ask` does, the nearer case weighing more; then the candidates."""
    rows_of: dict[str, list[Evidence]] = {}
    for row in evidence:
        if row.kind in (EvidenceKind.DIAGNOSIS, EvidenceKind.CANDIDATE):
            rows_of.setdefault(_key(row.name), []).append(row)
    confirmations = {row.case_id: row for row in evidence if row.kind is EvidenceKind.CONFIRMATION}
    # the evidence is in the order of the hits
    cases = dict.fromkeys(row.case_id for row in evidence if row.case_id)
    weight = {case_id: 1 / rank for rank, case_id in enumerate(cases, 1)}
    groups = sorted(rows_of.values(), key=lambda rows: (-_weighed(_final(rows), weight), -len(rows)))
    for rows in groups[:MAX_DIAGNOSES]:
        yield _diagnosis(rows, confirmations, n)


def _weighed(rows: Iterable[Evidence], weight: Mapping[str, float]) -> float:
    return sum(weight.get(case_id, 0.0) for case_id in {row.case_id for row in rows} if case_id)


def _diagnosis(rows: Sequence[Evidence], confirmations: dict[str | None, Evidence], n: int) -> Statement:
    final = _final(rows)
    having = {row.case_id for row in final}
    considered = [row for row in rows if row.kind is EvidenceKind.CANDIDATE and row.case_id not in having]
    confirmed = [confirmations[row.case_id] for row in final if row.case_id in confirmations]
    confirmed = [row for row in confirmed if _names_a_method(row.name)]
    name = _sentence_case(_name(final or rows))
    clauses = [f"{name} is the diagnosis of {len(final)} of {n} similar cases"] if final else []
    if confirmed:
        ways = ", ".join(dict.fromkeys(row.name for row in confirmed))
        clauses.append(f"confirmed in {len(confirmed)} of {n}: {ways}")
    if considered:
        it, whose = ("it", "") if final else (name, " similar cases")
        clauses.append(f"{it} is in the differential of {len(considered)} of {n}{whose}")
    text = f"{'; '.join(clauses)}."
    return Statement(DraftSection.DIFFERENTIAL, Subject.SIMILAR_CASES, text, (*final, *confirmed, *considered))


def _name(rows: Sequence[Evidence]) -> str:
    """Return the one name of the rows, or what they are called together."""
    first = rows[0].name
    disease = disease_of(first)
    several = len({row.name.casefold() for row in rows}) > 1
    return disease.name if several and disease and disease.name else first


def _key(name: str) -> str:
    disease = disease_of(name)
    return disease.concept_id if disease else name


def _sentence_case(name: str) -> str:
    return name[:1].upper() + name[1:]


def _names_a_method(confirmation: str) -> bool:
    """Tell a method ("Histology") from a story of the patient, which may hold dates and measurements."""
    return len(confirmation) <= MAX_METHOD_LENGTH and not any(letter.isdigit() for letter in confirmation)


def _final(rows: Iterable[Evidence]) -> list[Evidence]:
    return [row for row in rows if row.kind is EvidenceKind.DIAGNOSIS]


def _impression(diagnoses: Sequence[Statement]) -> Iterator[Statement]:
    """Say which diagnosis is most frequent, if any is shared; an impression of this scan is for its reader to write."""
    for statement in diagnoses[:1]:
        final = tuple(_final(statement.evidence))
        if len(final) >= MIN_FOR_IMPRESSION:
            text = f"{statement.text.partition(';')[0].rstrip('.')}."
            yield Statement(DraftSection.IMPRESSION, Subject.SIMILAR_CASES, text, final)
