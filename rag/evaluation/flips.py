"""Plant one falsehood at a time in statements that hold, to see whether the check of a draft finds it.

Each planted statement is false by construction: a flip that the cited sentences would bear out is not planted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from ingest.case import Case
from ingest.vocabulary import Section
from rag.drafts.draft import Draft
from rag.drafts.evidence import read_sentence
from rag.drafts.statements import Citation, Evidence, EvidenceKind, Origin, Statement, Subject

_COUNT = re.compile(r"\b(\d+) of (\d+)\b")
_OF_OTHERS = re.compile(r"(?:\s?\b(?:of|in) )?\b\d{1,4} of \d{1,4}(?: similar cases?)?")
_SAYS = re.compile(r"\b(reports?) (no |possible )?")
_SIDES = {"left": "right", "right": "left", "bilateral": "left"}
_SIDE = re.compile(r"\b(?:left|right|bilateral)\b", re.IGNORECASE)
_MEASURE = re.compile(r"\b\d+(?:\.\d+)?\s?(?:mm|cm|HU|ml|cc)\b")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


class Flip(StrEnum):
    """What is made false."""

    NEGATION = "negation"
    SIDE = "side"
    NUMBER = "number"
    WRONG_CASE = "wrong case"
    MEASUREMENT = "other patient's measurement"
    WRONG_SUBJECT = "wrong subject"


@dataclass(frozen=True)
class Planted:
    """A statement made false, and how."""

    flip: Flip
    statement: Statement


def planted_in(draft: Draft, cases: Sequence[Case]) -> Iterator[Planted]:
    """Yield falsehoods for every statement of a draft, at least one of each kind that the statement allows.

    Parameters
    ----------
    cases : sequence of Case
        The similar cases that the draft stands on.
    """
    measure = _measurement(cases)
    for statement in draft.statements:
        if statement.subject is Subject.THIS_SCAN:
            found = _of_this_scan(statement, measure)
        else:
            found = _of_similar_cases(statement, draft.evidence, cases, measure)
        yield from (planted for planted in found if planted.statement != statement)


def _of_this_scan(statement: Statement, measure: str) -> Iterator[Planted]:
    text = statement.text
    yield _said(Flip.NEGATION, statement, _denied(text))
    if side := _SIDE.search(text):
        other = _SIDES[side.group().casefold()]
        yield _said(Flip.SIDE, statement, f"{text[: side.start()]}{other}{text[side.end() :]}")
    else:
        yield _said(Flip.SIDE, statement, f"{text.rstrip('.')} on the left.")
    if number := _NUMBER.search(text):
        other = f"{float(number.group()) + 1:g}"
        yield _said(Flip.NUMBER, statement, f"{text[: number.start()]}{other}{text[number.end() :]}")
    yield _said(Flip.MEASUREMENT, statement, f"{text.rstrip('.')}, {measure}.")
    yield Planted(Flip.WRONG_SUBJECT, replace(statement, subject=Subject.SIMILAR_CASES))
    claimed = f"1 of 1 similar cases report: {text}"
    yield Planted(Flip.WRONG_SUBJECT, replace(statement, subject=Subject.SIMILAR_CASES, text=claimed))


def _of_similar_cases(
    statement: Statement, evidence: Sequence[Evidence], cases: Sequence[Case], measure: str
) -> Iterator[Planted]:
    text = statement.text.rstrip(".")
    yield from _negations(statement)
    for words in (" on the left", ", left", " in the right lobe"):
        yield _said(Flip.SIDE, statement, f"{text}{words}.")
    for count in _COUNT.finditer(statement.text):
        first, total = int(count.group(1)), int(count.group(2))
        for wrong in (f"{first + 1} of {total}", f"{first} of {total + 1}", f"{first - 1} of {total}"):
            yield _said(
                Flip.NUMBER, statement, f"{statement.text[: count.start()]}{wrong}{statement.text[count.end() :]}"
            )
    yield from _wrong_cases(statement, evidence, cases)
    for words in (f", {measure}", f" of {measure}", f" ({measure})"):
        yield _said(Flip.MEASUREMENT, statement, f"{text}{words}.")
    yield Planted(Flip.WRONG_SUBJECT, replace(statement, subject=Subject.THIS_SCAN))
    quote = statement.evidence[0].citation.quote
    yield Planted(Flip.WRONG_SUBJECT, replace(statement, subject=Subject.THIS_SCAN, text=quote))
    yield _said(Flip.WRONG_SUBJECT, statement, _OF_OTHERS.sub("", statement.text).strip())


def _negations(statement: Statement) -> Iterator[Planted]:
    """Turn what each clause says of its finding or diagnosis; not where as many cases say the other."""
    text = statement.text
    for clause in re.finditer(r"[^;]+", text):
        says = _SAYS.search(clause.group())
        if says:
            turned = f"{says.group(1)} " if says.group(2) else f"{says.group(1)} no "
            new = clause.group()[: says.start()] + turned + clause.group()[says.end() :]
        elif " is the diagnosis " in clause.group():
            new = clause.group().replace(" is the diagnosis ", " is no diagnosis ")
        elif " is in the differential " in clause.group():
            new = clause.group().replace(" is in the differential ", " is not in the differential ")
        else:
            continue
        if not _holds(new, statement):
            yield _said(Flip.NEGATION, statement, text[: clause.start()] + new + text[clause.end() :])


def _holds(clause: str, statement: Statement) -> bool:
    """Tell, by the rows' own assertion, whether a clause about findings happens to be true."""
    count = _COUNT.search(clause)
    claims = read_sentence(clause)
    if not count or not claims:
        return False
    saying = [
        row.case_id
        for row in statement.evidence
        if row.kind is EvidenceKind.FINDING and (row.concept_id, row.assertion) in claims
    ]
    return len(set(saying)) == int(count.group(1))


def _wrong_cases(statement: Statement, evidence: Sequence[Evidence], cases: Sequence[Case]) -> Iterator[Planted]:
    """Cite, in place of one case, another: its own words for the same quote, or what it says of something else."""
    row = statement.evidence[0]
    cited = {item.case_id for item in statement.evidence}
    others = [other for other in evidence if other.citation.origin is Origin.CASE and other.case_id not in cited]
    silent = [case for case in cases if case.case_id not in cited and not _stands_in(case, row.citation)]
    for case in silent[:1]:
        moved = replace(row, citation=replace(row.citation, case_id=case.case_id))
        yield Planted(Flip.WRONG_CASE, replace(statement, evidence=(moved, *statement.evidence[1:])))
    strangers = [other for other in others if other.kind is row.kind and not _says_the_same(other, row)]
    for other in strangers[:1]:
        yield Planted(Flip.WRONG_CASE, replace(statement, evidence=(other, *statement.evidence[1:])))
    unknown = replace(row, citation=replace(row.citation, case_id="nowhere:C0"))
    yield Planted(Flip.WRONG_CASE, replace(statement, evidence=(unknown, *statement.evidence[1:])))


def _stands_in(case: Case, citation: Citation) -> bool:
    """Tell whether another case happens to have the same words at the same place."""
    text = case.text_of(citation.section, citation.image_id) if citation.section else None
    return (text or "")[citation.start : citation.end] == citation.quote


def _says_the_same(other: Evidence, row: Evidence) -> bool:
    if row.kind is EvidenceKind.FINDING:
        return (row.concept_id, row.assertion) in read_sentence(other.citation.quote)
    return row.name.casefold() in other.citation.quote.casefold() or other.name.casefold() in row.name.casefold()


def _denied(text: str) -> str:
    for claim in (" no ", "No ", "no "):
        if claim in text:
            return text.replace(claim, " ", 1).strip()
    return f"No {text[:1].lower()}{text[1:]}"


def _measurement(cases: Sequence[Case]) -> str:
    texts = (case.sections.get(Section.FINDINGS, "") for case in cases)
    return next((found.group() for text in texts if (found := _MEASURE.search(text))), "3.2 cm")


def _said(flip: Flip, statement: Statement, text: str) -> Planted:
    return Planted(flip, replace(statement, text=text))
