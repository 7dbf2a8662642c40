"""Tell the patients of an article apart: each with the pieces of the text that are about them.

Numbers decide where there are any: sections ("Case 2", "Patient B"), paragraphs that begin so, sentences that go on
to "the second patient". Without numbers, a paragraph that introduces another person with another age or sex begins a
patient. Relatives, and patients whom other authors reported, are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ingest.sources.pmc.ages import Age, AgeForm, ages_in
from ingest.sources.pmc.article import Block, ParsedArticle, Span
from ingest.sources.pmc.numbers import number_of_case
from ingest.sources.pmc.persons import RELATIVE, is_of_relative, tells_of_others
from ingest.sources.pmc.section_kinds import without_numbering
from ingest.sources.pmc.sentences import sentences_of
from ingest.sources.pmc.sexes import sex_of_patient

_NUMBER = r"(?P<number>\d{1,2}|[A-H]|[IVX]{1,4}|one|two|three|four|five|six|seven|eight|nine|ten)"
_NOUN = r"(?:cases?|patients?|observations?|subjects?|probands?|siblings?|twins?|individuals?|family members?)"
_NAMED = (
    rf"(?:(?:clinical |index |our )?{_NOUN}(?: (?:reports?|presentations?|descriptions?|stud(?:y|ies)"
    rf"|history|vignettes?))?)"
)
_IN_TITLE = re.compile(
    rf"^(?:{_NAMED}\s?[-–:#(]?\s?(?:no\.?\s?|number\s|nr\.?\s)?#?{_NUMBER}\b(?!\s?(?:and|&|to|[-–])\s?(?:\d|case|patient))"
    rf"|(?:the )?(?P<ordinal>first|second|third|fourth|fifth|sixth|seventh|eighth)\s(?:clinical )?{_NOUN}\b)",
    re.IGNORECASE,
)
_RUN_IN = re.compile(
    rf"^\W{{0,3}}{_NAMED}\s?(?:no\.?\s?|number\s)?#?\(?{_NUMBER}\b(?:\s?\([^()]{{0,40}}\))?"
    r"(?:\s?[.:;)–—-]|,|\s(?=(?:was|is|presented|had|has|involved|concern|An?\b|The\b|This\b|\d)))"
    rf"|^(?:In |For |Regarding )?(?:The|Our|A|An) (?P<ordinal>first|second|third|fourth|fifth|sixth|seventh"
    rf"|eighth|other)\s"
    rf"(?:\w+ )?{_NOUN}\b(?! (?:of|was followed|showed|with the))",
    re.IGNORECASE,
)
_INTRODUCED = re.compile(
    r"^\W{0,3}(?:(?:We (?:also )?(?:report|present|describe|saw|treated)\b[^.]{0,60}?|(?:Our|The"
    r"|This) (?:index |present |first )?(?:patient|case|proband) "
    r"(?:is|was|concerns)[^.]{0,20}?|(?:In|On|During) [^.,]{1,40}, )?(?:an?|another|a further)\s[^.]{0,40}?|)$",
    re.IGNORECASE,
)
_CAME = re.compile(
    r"\b(?:present|admit|refer|complain|hospital|diagnos|suffer|underwent|visit|consult|transfer|develop|brought|came|had\b"
    r"|seen|evaluat|report|treated|followed|noted|found|experienc|showed)",
    re.IGNORECASE,
)
_KIN = re.compile(
    rf"(?:(?:His|Her|Their|The (?:patient|proband|index case|child|boy|girl)['’]s) |The )(?:\w+ ){{0,2}}?{RELATIVE}\b",
    re.IGNORECASE,
)
_EXPECTED = re.compile(
    r"\b(?P<number>two|three|four|five|six|seven|eight|nine|ten|[2-9]) (?:\w+[\s-]){0,4}?"
    r"(?:cases?|patients?|siblings?|brothers?|sisters?|children|infants|twins|women|men|boys|girls|individuals)\b",
    re.IGNORECASE,
)
_WINDOW = 160  # characters after "the second patient" in which an age shows that it is introduced here
_SAME_AGE = 0.5  # years: the same patient, told of twice


@dataclass
class ArticlePatient:
    """A patient of an article: the number that it gives them, and where it tells of them, titles apart.

    One who `is_kin` is introduced as a relative of the patient before: "Her brother, a 9-year-old boy, ...".
    """

    number: int
    spans: list[Span] = field(default_factory=list)
    titles: list[Span] = field(default_factory=list)
    is_kin: bool = False


def patients_of(article: ParsedArticle, blocks: Sequence[Block]) -> list[ArticlePatient]:
    """Return the patients in the order of the text; blocks about all of them belong to none."""
    numbered = _Numbered(article)
    for block in blocks:
        numbered.take(block)
    if len(numbered.patients) > 1:
        told = [patient for patient in numbered.patients.values() if patient.spans]
        for patient in told[1:]:
            patient.is_kin = _begins_with_kin(article.at(patient.spans[0]))
        return told
    return _by_introduction(article, blocks)


def _begins_with_kin(text: str) -> bool:
    found = _RUN_IN.match(text)
    return bool(_KIN.match(text[found.end() if found else 0 :].lstrip(" .:,")))


def expected_patients(article: ParsedArticle) -> int:
    """Return how many patients the title or abstract announces; 1 where they say nothing."""
    for text in (article.front.title or "", article.front.abstract or ""):
        if found := _EXPECTED.search(text):
            return number_of_case(found["number"]) or 1
    return 1


@dataclass
class _Numbered:
    """Reads numbers of patients off titles and the beginnings of paragraphs and sentences."""

    article: ParsedArticle
    patients: dict[int, ArticlePatient] = field(default_factory=dict)
    current: int | None = None
    path: tuple[str, ...] = ()

    def take(self, block: Block) -> None:
        in_titles = [number for title in block.titles if (number := _number_in_title(title)) is not None]
        if in_titles:
            self._of(in_titles[-1], block)
            return
        if block.titles != self.path:
            self.current, self.path = None, block.titles
        if block.is_title:
            return
        for span in self._pieces(block):
            if self.current is not None:
                self._patient(self.current).spans.append(span)

    def _of(self, number: int, block: Block) -> None:
        patient = self._patient(number)
        (patient.titles if block.is_title else patient.spans).append(block.span)

    def _patient(self, number: int) -> ArticlePatient:
        return self.patients.setdefault(number, ArticlePatient(number))

    def _pieces(self, block: Block) -> Iterator[Span]:
        """Yield a paragraph in pieces of one patient each, setting the current one before each."""
        start = block.span.start
        for sentence in sentences_of(self.article.text, block.span):
            number = self._number_at(sentence, first=sentence.start == block.span.start)
            if number is not None and number != self.current:
                if sentence.start > start:
                    yield Span(start, sentence.start)
                start, self.current = sentence.start, number
        yield Span(start, block.span.end)

    def _number_at(self, sentence: Span, *, first: bool) -> int | None:
        found = _RUN_IN.match(self.article.text[sentence.start : sentence.end].lstrip())
        if not found or tells_of_others(self.article.at(sentence)):
            return None
        ordinal = (found["ordinal"] or "").lower()
        number = 2 if ordinal == "other" else number_of_case(ordinal or found["number"])
        near = Span(sentence.start, min(len(self.article.text), sentence.start + _WINDOW))
        return number if first or number in self.patients or ages_in(self.article.text, *near) else None


def _number_in_title(title: str) -> int | None:
    for words in (title, without_numbering(title)):
        if found := _IN_TITLE.match(words.strip()):
            return number_of_case(found["number"] or found["ordinal"])
    return None


def _by_introduction(article: ParsedArticle, blocks: Sequence[Block]) -> list[ArticlePatient]:
    """Divide blocks where a paragraph introduces another person; of one patient all blocks."""
    paragraphs = [block for block in blocks if not block.is_title]
    titles = [block.span for block in blocks if block.is_title]
    loose = expected_patients(article) > 1
    starts = list(_starts(article, paragraphs, loose=loose))
    if len(starts) < 2:
        return [ArticlePatient(1, [block.span for block in paragraphs], titles)] if paragraphs else []
    ends = [*(start for start, _ in starts[1:]), paragraphs[-1].span.end]
    starts[0] = paragraphs[0].span.start, False
    pieces = [(Span(start, end), is_kin) for (start, is_kin), end in zip(starts, ends, strict=True)]
    return [
        ArticlePatient(n, list(_cut(paragraphs, piece)), is_kin=is_kin)
        for n, (piece, is_kin) in enumerate(pieces, start=1)
    ]


def _cut(paragraphs: Sequence[Block], piece: Span) -> Iterator[Span]:
    for block in paragraphs:
        start, end = max(block.span.start, piece.start), min(block.span.end, piece.end)
        if start < end:
            yield Span(start, end)


def _starts(article: ParsedArticle, paragraphs: Sequence[Block], *, loose: bool) -> Iterator[tuple[int, bool]]:
    """Yield where a patient is introduced who is not the one before, and whether as a relative of that one."""
    known: tuple[Age, object] | None = None
    for block in paragraphs:
        for sentence in sentences_of(article.text, block.span):
            if sentence.start > block.span.start and not loose:
                break
            is_kin = loose and known is not None and bool(_KIN.match(article.at(sentence)))
            if known is not None and not is_kin and not _CAME.search(article.at(sentence)):
                continue
            age = _introduction(article, sentence, is_kin=is_kin)
            if age is None:
                continue
            told = sex_of_patient(article.text, [sentence], age)
            sex = told.sex if told else None
            if known is None or _differs(known, age, sex):
                yield sentence.start, is_kin
                known = (age, sex)


def _introduction(article: ParsedArticle, sentence: Span, *, is_kin: bool) -> Age | None:
    """Return the age with which a sentence introduces a patient of this article."""
    text = article.text
    if tells_of_others(article.at(sentence)) or any(sentence.holds(one) for one in article.citations):
        return None
    age = next((one for one in ages_in(text, *sentence) if one.form in (AgeForm.PERSON, AgeForm.DECADE)), None)
    if age is None or is_kin:
        return age
    if is_of_relative(text, *age.span):
        return None
    return age if _INTRODUCED.match(text[sentence.start : age.span.start].lstrip()) else None


def _differs(known: tuple[Age, object], age: Age, sex: object) -> bool:
    other_sex = None not in (known[1], sex) and known[1] is not sex
    return other_sex or abs(known[0].years - age.years) > _SAME_AGE
