"""What speaks for and against a diagnosis of the differential, each cited in the cases that say so, and its check.

The reasons are those of `casegraph ask` (`rag.ask_reasons`). Their counts over all cases with a diagnosis, and how
usual a finding is, are the graph's; what a reason says of the cases that it cites is read in them again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ingest.annotation.annotate import annotate_text
from ingest.case import Annotation, Case
from ingest.concepts.diagnosis_parents import all_broader, disease_key
from ingest.concepts.lexicon import with_narrower
from ingest.vocabulary import Assertion, Section
from rag.ask_reasons import Basis, Ground, grounds_of_patient
from rag.drafts.evidence import DraftRequest, citation_in, diagnosis_row
from rag.drafts.statements import DraftSection, Evidence, EvidenceKind, Statement, Subject
from rag.index.passages import sentence_around

MAX_REASONS = 2  # for a diagnosis, and as many against it: eight diagnoses have to fit a page
_COUNTED = (Basis.SHOWN, Basis.RULED_OUT)
_COUNT = re.compile(r"\b(\d{1,9}) of (\d{1,9}) cases with it\b")


def reason_statements(name: str, grounds: Sequence[Ground], cases: Mapping[str, Case]) -> Iterator[Statement]:
    """Yield the strongest reasons for a diagnosis, then those against it.

    How many similar cases have or consider it is told of it already. Left out is also what no sentence of its cases
    says alone, so that it cannot be cited.

    Parameters
    ----------
    name : str
        What the draft calls the diagnosis.
    cases : mapping of str to Case
        Those that the grounds name, by id.
    """
    for speaks_for in (True, False):
        wanted = (one for one in grounds if one.speaks_for is speaks_for and one.basis is not Basis.SIMILAR)
        made = (_statement(name, ground, cases) for ground in sorted(wanted, key=_order))
        yield from [statement for statement in made if statement][:MAX_REASONS]


def ground_fault(statement: Statement, request: DraftRequest, cases: Mapping[str, Case]) -> str | None:
    """Return why a reason may not stand, or None.

    Parameters
    ----------
    cases : mapping of str to Case
        All cases that may be cited, as the store has them now.
    """
    ground = statement.ground
    if ground is None or statement.subject is not Subject.WITH_DIAGNOSIS:
        return "it is no reason for or against a diagnosis"
    if statement.section is not DraftSection.DIFFERENTIAL:
        return f"{statement.section} is not for reasons"
    cited = {row.case_id for row in statement.evidence}
    if cited != set(ground.reason.case_ids):
        return "it does not cite the cases that it stands on"
    if not all(_has(cases[case_id], ground.diagnosis) for case_id in cited if case_id):
        return "it cites a case that does not have the diagnosis"
    if not _is_named(statement, ground):
        return "it does not say what its reason says"
    return _basis_fault(statement.evidence, ground, request, [cases[case_id] for case_id in ground.reason.case_ids])


def bears_out(row: Evidence, ground: Ground) -> bool:
    """Tell whether a cited sentence alone says what its case is counted for; of an age or a sex any of its words do."""
    if ground.basis in (Basis.MISSED, Basis.PATIENT):
        return row.kind is EvidenceKind.DIAGNOSIS
    section = row.citation.section or Section.FINDINGS
    return any(_says(mention, ground) for mention in annotate_text(row.citation.quote, section))


def _order(ground: Ground) -> tuple[bool, float]:
    return ground.basis is not Basis.PATIENT, -ground.weight


def _statement(name: str, ground: Ground, cases: Mapping[str, Case]) -> Statement | None:
    rows = [_row(cases[case_id], ground) if case_id in cases else None for case_id in ground.reason.case_ids]
    cited = tuple(row for row in rows if row)
    if not cited or len(cited) < len(rows):
        return None
    text = f"{_opening(ground)} {name}, {ground.reason.text}."
    return Statement(DraftSection.DIFFERENTIAL, Subject.WITH_DIAGNOSIS, text, cited, ground=ground)


def _opening(ground: Ground) -> str:
    return "For" if ground.speaks_for else "Against"


def _row(case: Case, ground: Ground) -> Evidence | None:
    """Return where a case says what it is counted for."""
    if ground.basis in (Basis.MISSED, Basis.PATIENT):
        return diagnosis_row(case)
    rows = (_sentence(case, mention) for mention in case.annotations if _says(mention, ground, of_text=True))
    return next((row for row in rows if row and bears_out(row, ground)), None)


def _sentence(case: Case, mention: Annotation) -> Evidence | None:
    text = case.text_of(mention.section, mention.image_id)
    if text is None:
        return None
    start, end = sentence_around(text, mention.start, mention.end)
    citation = citation_in(case, mention.section, start, end, mention.image_id)
    name = mention.concept_id
    return Evidence("", EvidenceKind.FINDING, name, citation, mention.concept_id, mention.assertion)


def _says(mention: Annotation, ground: Ground, *, of_text: bool = False) -> bool:
    """Tell whether a mention says what a case is counted for.

    Parameters
    ----------
    of_text : bool
        Whether it was read in its whole text, which tells whether it speaks of this patient; a sentence alone may not.
    """
    finding = ground.finding or ""
    described = ground.basis is Basis.DESCRIBED
    if of_text and mention.of_patient is described:
        return False
    if ground.basis is Basis.RULED_OUT:
        return mention.concept_id == finding and mention.assertion is Assertion.ABSENT
    if mention.concept_id not in with_narrower(finding):
        return False
    return mention.assertion is not Assertion.ABSENT if described else mention.assertion is Assertion.PRESENT


def _is_named(statement: Statement, ground: Ground) -> bool:
    """Tell whether a statement is its reason, word for word, behind the name of its diagnosis."""
    opening, ending = f"{_opening(ground)} ", f", {ground.reason.text}."
    if not (statement.text.startswith(opening) and statement.text.endswith(ending)):
        return False
    return disease_key(statement.text[len(opening) : -len(ending)]) == ground.diagnosis


def _has(case: Case, diagnosis: str) -> bool:
    if not case.diagnosis:
        return False
    own = disease_key(case.diagnosis)
    return own == diagnosis or diagnosis in all_broader(own)


def _basis_fault(
    evidence: Iterable[Evidence], ground: Ground, request: DraftRequest, cases: Sequence[Case]
) -> str | None:
    if ground.basis is Basis.PATIENT:
        said = grounds_of_patient(ground.diagnosis, cases, request.age_years, request.sex)
        return None if any(ground.reason == one.reason for one in said) else "its cases and this patient say otherwise"
    if not all(bears_out(row, ground) for row in evidence):
        return "no cited sentence says so"
    count = _COUNT.search(ground.reason.text)
    if count and ground.basis in _COUNTED and int(count[1]) != len(cases):
        return f"it counts {count[1]}, the cited cases are {len(cases)}"
    return None
