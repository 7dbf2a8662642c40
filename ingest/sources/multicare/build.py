"""From a patient of a release to a case: the same noun as a patient of an article, told apart by its source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingest.case import Case, LedgerEntry
from ingest.errors import RejectedRecord
from ingest.ids import CaseId
from ingest.normalise.normalised import Normalised
from ingest.sources.multicare.articles import article_of, case_start
from ingest.sources.multicare.folder import SOURCE
from ingest.sources.multicare.images import CaseImages, images_of
from ingest.sources.multicare.index import ReleaseIndex
from ingest.sources.multicare.tables import ReleaseRow
from ingest.sources.multicare.told import age_of, sex_of, with_release, written
from ingest.sources.pmc.article import ParsedArticle, SectionKind
from ingest.sources.pmc.diagnosis import normalised_diagnosis
from ingest.sources.pmc.facts import CONTRADICTED, PatientFacts, facts_of, normalised_age, normalised_sex
from ingest.sources.pmc.patients import ArticlePatient
from ingest.sources.pmc.publication import publication_values
from ingest.sources.source import SourceCase
from ingest.vocabulary import Section

MAX_TEXT = 2_000_000  # characters, as of an article
_CASE_ID = re.compile(r"[\w.\-]{1,100}")


def require_case_id(value: Any, place: str) -> str:
    """Return the id that the release gives a case.

    Raises
    ------
    RejectedRecord
        If it is none.
    """
    if not isinstance(value, str) or not _CASE_ID.fullmatch(value):
        raise RejectedRecord(place, "case_id is missing or not an id; expected one such as PMC10018421_01.")
    return value


def article_id_of(case_id: str) -> str:
    """Return the article of a case, by the id of the case."""
    return case_id.rpartition("_")[0] or case_id


def build_case(
    row: ReleaseRow, article_id: str, place: str, index: ReleaseIndex, folder: Path
) -> tuple[SourceCase, CaseImages]:
    """Return a case with its images, not yet read; and the images again, with what did not fit of them.

    Raises
    ------
    RejectedRecord
        If it has no id, or texts that no case can have; the message quotes none of them.
    """
    short = require_case_id(row.get("case_id"), place)
    text = _case_text(row, place)
    metadata, abstract = index.article(article_id)
    article = article_of(article_id, metadata, abstract, text, place)
    facts = _facts(article)
    age = age_of(normalised_age(article, facts.age), facts.age, row.get("age"))
    sex = sex_of(normalised_sex(article, facts), row.get("gender"))
    diagnosis = normalised_diagnosis(article.front.title)
    case_id = CaseId.of(SOURCE, short)
    images = images_of(short, text, index, folder)
    case = Case(
        case_id=case_id,
        source=SOURCE,
        patient=with_release(facts.patient(case_id, age.value, sex.value), row.get("gender")),
        sections=dict(_sections(article, text)),
        diagnosis=diagnosis.value,
        images=tuple(images.images),
        ledger=(*_entries(age, sex, diagnosis), *images.ledger),
        problems=(CONTRADICTED,) if facts.sex and facts.sex.conflict and sex.value else (),
        source_values=publication_values(article) | _values(article, facts, row),
    )
    return SourceCase(case, images.files, images.without_file, compound=True), images


def _case_text(row: ReleaseRow, place: str) -> str:
    text = row.get("case_text")
    if text is not None and not isinstance(text, str):
        raise RejectedRecord(place, "case_text is not text.")
    if text and len(text) > MAX_TEXT:
        raise RejectedRecord(place, f"case_text has {len(text)} characters: too many for a case.")
    return text or ""


def _facts(article: ParsedArticle) -> PatientFacts:
    spans = [block.span for block in article.blocks if block.kind is SectionKind.CASE]
    return facts_of(article, ArticlePatient(1, spans), alone=True)


def _sections(article: ParsedArticle, text: str) -> Iterator[tuple[Section, str]]:
    if article.front.title:
        yield Section.TITLE, article.front.title
    if text.strip():
        yield Section.HISTORY, text


def _entries(age: Normalised[Any], sex: Normalised[Any], diagnosis: Normalised[str]) -> Iterator[LedgerEntry]:
    yield age.entry("patient.age_years")
    yield sex.entry("patient.sex")
    yield diagnosis.entry("diagnosis")


def _values(article: ParsedArticle, facts: PatientFacts, row: ReleaseRow) -> dict[str, str | None]:
    """Return the words for age and sex with their places in the history, and what the release says of them."""
    values: dict[str, str | None] = {}
    start = case_start(article)
    for name, span in facts.spans.items():
        values[name] = article.at(span)
        if span.start >= start:
            values[f"{name} at"] = f"{span.start - start}-{span.end - start}"
    values |= {"release.age": written(row.get("age")), "release.gender": written(row.get("gender"))}
    return {name: value for name, value in values.items() if value is not None}
