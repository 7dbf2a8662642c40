"""Which blocks of an article tell of its patients: by the type of their section, its title, or the first age.

Journals name the section "Case Presentation", "Observation" or "2.1. Case 1"; some, after the CARE guidelines, begin
with "Patient Information". What follows it up to the discussion ("Treatment", "Outcome") belongs to it. Letters have
no sections: there the text begins where a patient is introduced.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import dropwhile, takewhile

from ingest.sources.pmc.ages import AgeForm, ages_in
from ingest.sources.pmc.article import Block, ParsedArticle, SectionKind
from ingest.sources.pmc.persons import tells_of_others

_AFTER_CASE = (SectionKind.CLINICAL, SectionKind.RESULTS, SectionKind.CASE)
_NEVER = (SectionKind.FRONT, SectionKind.METHODS, SectionKind.BACK)
_NO_REPORT = frozenset(
    {
        *("research-article", "review-article", "systematic-review", "meta-analysis", "editorial", "correction"),
        *("retraction", "protocol", "methods-article", "book-review", "news", "guideline", "data-paper", "obituary"),
    }
)
_PATIENT = re.compile(
    r"\b(?:patients?|she|he|her|his|wom[ae]n|m[ae]n|boy|girl|infant|child|newborn|neonate|male|female|lady|gentleman)\b",
    re.IGNORECASE,
)
_ADMITTED = re.compile(
    r"\b(?:present|admit|refer|complain|hospitali[sz]|diagnos|examin|suffer|underwent|visited|consult|transfer|develop|brought|born)",
    re.IGNORECASE,
)
_CAME = re.compile(
    r"\b(?:(?:the|this|our|an?|\w+) patient|s?he|(?:the|an?|our|this) (?:\w+[ -]){0,4}?(?:child|infant|boy|girl"
    r"|m[ae]n|wom[ae]n|male|female))\b[^.]{0,80}?"
    r"\b(?:present|admit|refer|complain|hospitali[sz]|diagnos|suffer|underwent|transfer|discharg|\bhad\b|\bhas\b|\bwas\b)\w*",
    re.IGNORECASE,
)


def case_blocks(article: ParsedArticle) -> list[Block]:
    """Return the blocks, titles included, that tell of the article's patients; none where it reports none."""
    titled = _with_outcome([block for block in article.blocks if block.kind is not SectionKind.BACK])
    if _tells_of_patient(article, titled):
        return titled
    if (article.front.article_type or "").casefold() in _NO_REPORT:
        return []
    clinical = [block for block in article.blocks if block.kind is SectionKind.CLINICAL]
    if _introduces(article, clinical):
        return clinical
    others = (*_NEVER, SectionKind.INTRODUCTION, SectionKind.DISCUSSION)
    rest = [block for block in article.blocks if block.kind not in others]
    return _from_introduction(article, rest) or _from_introduction(article, _without_back(article))


def _without_back(article: ParsedArticle) -> list[Block]:
    return [block for block in article.blocks if block.kind not in _NEVER]


def _with_outcome(blocks: Sequence[Block]) -> list[Block]:
    """Return the case sections, and what follows the first one up to the discussion."""
    after = list(dropwhile(lambda block: block.kind is not SectionKind.CASE, blocks))
    before_discussion = takewhile(lambda block: block.kind is not SectionKind.DISCUSSION, after)
    first = [block for block in before_discussion if block.kind in _AFTER_CASE or not _is_outer(block)]
    later = [block for block in after[len(first) :] if block.kind is SectionKind.CASE and block not in first]
    return [*first, *later]


def _is_outer(block: Block) -> bool:
    return block.kind in (*_NEVER, SectionKind.INTRODUCTION, SectionKind.DISCUSSION, SectionKind.OTHER)


def _tells_of_patient(article: ParsedArticle, blocks: Sequence[Block]) -> bool:
    """Tell whether blocks speak of a person who came to a doctor: a section on "cases" may be a series or an essay."""
    return ages_of_persons(article, blocks) or any(_CAME.search(article.at(block.span)) for block in blocks)


def ages_of_persons(article: ParsedArticle, blocks: Sequence[Block]) -> bool:
    """Tell whether blocks name the age of a person whom this article reports."""
    return any(_names_age(article, block) for block in blocks)


def _names_age(article: ParsedArticle, block: Block) -> bool:
    ages = ages_in(article.text, *block.span)
    return any(age.form in (AgeForm.PERSON, AgeForm.DECADE, AgeForm.NEWBORN) for age in ages)


def _introduces(article: ParsedArticle, blocks: Sequence[Block]) -> bool:
    return any(_names_age(article, block) and not tells_of_others(article.at(block.span)) for block in blocks[:4])


def _from_introduction(article: ParsedArticle, blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks from the one that introduces a patient, as long as they speak of one, inside its section."""
    paragraphs = [block for block in blocks if not block.is_title]
    started = list(dropwhile(lambda block: not _is_introduction(article, block), paragraphs))
    if not started:
        return []
    inside = takewhile(lambda block: block.titles == started[0].titles, started)
    return list(takewhile(lambda block: bool(_PATIENT.search(article.at(block.span))), inside))


def _is_introduction(article: ParsedArticle, block: Block) -> bool:
    """Tell whether a paragraph introduces a patient with an age, and not one whom others reported."""
    text = article.at(block.span)
    if not _names_age(article, block) or not _ADMITTED.search(text) or tells_of_others(text[:300]):
        return False
    return not any(block.span.holds(cited) and cited.start < block.span.start + 120 for cited in article.citations)
