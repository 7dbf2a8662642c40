"""What a question in words means: its terms, its spelling, and the conditions that it names.

"MRI of a broken hip in an old woman" is read as the words "hip fracture" with the filters modality = MR, age from 65 on
and sex = female; "axial CT of the head" also asks for a plane and a region. All that is read so is said;
`Query.literal` switches it off, and `Query.ignored` one condition. A condition that no case meets is dropped, and that
is said too: an answer that breaks one condition is better than none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cache, cached_property

from rapidfuzz.distance import DamerauLevenshtein

from ingest.case import Case
from ingest.concepts.diagnosis_words import read_diagnoses
from ingest.concepts.terms import in_terms
from ingest.normalise.age_words import DAYS_A_YEAR, MONTHS_A_YEAR
from ingest.notices import Notice, NoticeCode
from ingest.store.filters import AllOf, Between, Filter, OneOf
from ingest.store.query_text import format_filter
from ingest.vocabulary import Modality, Sex
from rag.search.exams_named import Span, modality_in, modality_words, plane_in, region_in_exam
from rag.search.known_words import names_in_medicine, table_names
from rag.search.query import Query

MAX_WORDS = 16  # of a question that is read so; a longer one is a text, as of a report
MIN_CORRECTED_LENGTH = 5  # letters of a word whose spelling is corrected
LONG_WORD = 8  # letters from which on two of them may be wrong
YEARS_AROUND = 10  # an age of a question means so many years less or more
ADULT, OLD = 18, 65
CHILD = 17.99  # at most: a range is closed, and who is 18 is an adult
NEWBORN = 0.25  # at most

_SEXES: Mapping[str, Sex] = {
    r"wom[ae]n|females?|girls?|lady|ladies": Sex.FEMALE,
    r"m[ae]n|males?|boys?|gentlem[ae]n": Sex.MALE,
}
_FILLERS = re.compile(
    r"\b(?:(?:an?|the|some|any)\b\s*)?\b(?:images?|imaging|scans?|pictures?|cases?|examples?|patients?)\b"
    r"(?:\s+(?:of|with|showing|in)\b)?"
    r"|\b(?:show|find|give)\s+me\b|\bplease\b|\bcases?\s+of\b",
    re.IGNORECASE,
)
_YEARS = r"(?:years?|yrs?|yo|y/o|y\.o\.|años|anni|jahre|ans)(?:[ -]olds?|\s+old)?"
_PEOPLE = r"(?=\s+(?:wom[ae]n|m[ae]n|patients?|people|persons?|lady|adults?|females?|males?|athletes?)\b)"
_OVER = rf"(?:over|above|older than|more than)\s+(?:the age of\s+)?(\d{{1,3}})\b(?:\s*{_YEARS})?"
_UNDER = rf"(?:under|below|younger than|less than)\s+(?:the age of\s+)?(\d{{1,3}})\b(?:\s*{_YEARS})?"
_YOUNG = r"(\d{1,3})[ -]*(months?|mos?|weeks?|wks?|days?)"
# "6 week old rib fracture": so old is the fracture.
_WHAT_AGES = (
    r"(?!\s+(?:(?!with|in|of|and|boy|girl|infant|baby|child|male|female)[\w-]+\s+){0,2}"
    r"(?:fractures?|infarct\w*|h(?:a)?ematomas?|h(?:a)?emorrhages?|bleeds?|injur\w+|strokes?|lesions?|clots?|wounds?|"
    r"tears?|thromb\w+|scars?|trauma)\b)"
)
_AGES: Sequence[tuple[str, Callable[[re.Match[str]], tuple[float | None, float | None]]]] = (
    (_OVER, lambda m: (float(m[1]), None)),
    (_UNDER, lambda m: (None, float(m[1]))),
    (r"(\d{1,3})\s*(?:-|to)\s*(\d{1,3})[ -]*(?:years?|yrs?|yo)(?:[ -]olds?)?", lambda m: (float(m[1]), float(m[2]))),
    (rf"{_YOUNG}[ -]*(?:olds?|of age)\b{_WHAT_AGES}", lambda m: _about(m[1], m[2])),
    (rf"{_YOUNG}(?=\s(?:boy|girl|infant|baby|child|toddler|male|female)s?\b)", lambda m: _about(m[1], m[2])),
    (rf"aged?\s+{_YOUNG}\b", lambda m: _about(m[1], m[2])),
    (rf"(?:\A|(?<=\ba\s)|(?<=\ban\s)){_YOUNG}(?=\s*(?:,|\Z|with\b))", lambda m: _about(m[1], m[2])),
    (rf"(\d{{1,3}})[ -]*{_YEARS}", lambda m: _around(m[1])),
    (r"(\d{1,3})(?=\s(?:wom[ae]n|m[ae]n)\b)", lambda m: _around(m[1])),
    (r"aged?\s+(\d{1,3})\b", lambda m: _around(m[1])),
    (r"(?:newborns?|neonat(?:e|es|al))\b", lambda _: (None, NEWBORN)),
    (r"(?:infants?|bab(?:y|ies))\b", lambda _: (None, 2.0)),
    (r"toddlers?\b", lambda _: (1.0, 4.0)),
    (r"(?:child(?:ren)?\b(?!\s+abuse)|(?:kids?|p(?:a)?ediatric)\b)", lambda _: (None, CHILD)),
    (r"(?:teenagers?|adolescents?|teens)\b", lambda _: (12.0, 20.0)),
    (rf"(?:elderly|aged|old){_PEOPLE}", lambda _: (float(OLD), None)),
    (r"(?:elderly|geriatric)\b", lambda _: (float(OLD), None)),
    (rf"young(?:er)?{_PEOPLE}", lambda _: (15.0, 40.0)),
    (r"adults?\b", lambda _: (float(ADULT), None)),
    (r"(?=(?:boys?|girls?)\b)", lambda _: (None, CHILD)),  # the word is left to tell the sex
)
_POSSESSIVE = r"(?:['’]s?(?!\w))?"  # of "children's"
_CAPITALS = re.compile(r"(?<![\w-])[A-Z][A-Z0-9]{1,7}(?![\w-])")
_LETTER_SEX = re.compile(r"(?<=\d)\s?([MF])\b")
_SMALL = r"(?:of|in|on|with|and|for|the|an?)"
_LOOSE_ENDS = re.compile(rf"^(?:\s*{_SMALL}\b)+|(?:\b{_SMALL}\s*)+$", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


def _around(age: str) -> tuple[float, float]:
    return max(0.0, float(age) - YEARS_AROUND), float(age) + YEARS_AROUND


def _about(number: str, unit: str) -> tuple[float | None, float]:
    """Return the years from half to twice an age in days, weeks or months; all newborns for one of them."""
    days = {"d": 1.0, "w": 7.0, "m": DAYS_A_YEAR / MONTHS_A_YEAR}[unit[0].casefold()]
    age = float(number) * days / DAYS_A_YEAR
    return (None, NEWBORN) if age <= NEWBORN / 2 else (round(age / 2, 2), round(2 * age, 2))


ReadCondition = OneOf | Between
"""A condition that words of a question name."""


@dataclass(frozen=True)
class Understood:
    """A question as it is read.

    Attributes
    ----------
    query : Query
        What to ask.
    said : tuple of Notice
        What was read into the words, a sentence each.
    conditions : tuple of ReadCondition
        Those of the query's filter that the words name.
    """

    query: Query
    said: tuple[Notice, ...]
    conditions: tuple[ReadCondition, ...] = ()


@dataclass(frozen=True)
class Understanding:
    """Reads questions by the words of one archive.

    Attributes
    ----------
    words : mapping
        The words of the archive's cases, casefolded, and how many cases have each.
    """

    words: Mapping[str, int]

    def read(self, query: Query, matching: Callable[[Filter | None], Set[str]]) -> Understood:
        """Return a question as it is read.

        Parameters
        ----------
        matching : callable
            Tells which cases meet a filter.
        """
        if query.literal or not query.text or len(query.text.split()) > MAX_WORDS:
            return Understood(query, ())
        translated = in_terms(query.text)
        said = [Notice(NoticeCode.READ_AS, f"'{typed}' is read as '{meant}'.") for typed, meant in translated.said]
        text, named = _conditions_of(_written_out(translated.text))
        asked = [condition for condition in named if condition.field_name not in query.ignored]
        text, corrected = self._corrected(text)
        said += [
            Notice(NoticeCode.CORRECTED, f"Showing results for '{meant}' in place of '{typed}'.")
            for typed, meant in corrected
        ]
        kept, told = _met(query.where, asked, matching)
        rest = "\n".join(line for line in map(_tidied, text.splitlines()) if line)
        where = _joined(query.where, *kept)
        return Understood(replace(query, text=rest or translated.text, where=where), (*said, *told), kept)

    def _corrected(self, text: str) -> tuple[str, list[tuple[str, str]]]:
        """Correct the words that neither the archive nor our tables know, each to the nearest that they know."""
        corrected: dict[str, str] = {}
        for match in _WORD.finditer(text):
            word = match[0].casefold()
            if len(word) >= MIN_CORRECTED_LENGTH and word not in self._known and (meant := self._nearest(word)):
                corrected[match[0]] = meant
        for typed, meant in corrected.items():
            text = re.sub(rf"(?<!\w){re.escape(typed)}(?!\w)", meant, text)
        return text, list(corrected.items())

    def _nearest(self, word: str) -> str | None:
        """Return the known word that fewest letters apart, the most frequent of several; None where all are far.

        A short word becomes only one of medicine, with the same first letter: chance words are that near to others.
        """
        long = len(word) >= LONG_WORD
        limit, candidates = (2, self._known) if long else (1, _words_of_medicine())
        near = [
            (distance, -self._known[known], known)
            for known in candidates
            if (long or known[0] == word[0])
            and abs(len(known) - len(word)) <= limit
            and (distance := DamerauLevenshtein.distance(word, known, score_cutoff=limit)) <= limit
        ]
        return min(near)[2] if near else None

    @cached_property
    def _known(self) -> Counter[str]:
        """The words that need no correction, with how often the archive has them."""
        return Counter({**dict.fromkeys(_words_of_tables(), 0), **self.words})


class SpellingCounts:
    """Counts how many cases have each word, one case after the other; none is kept."""

    def __init__(self) -> None:
        self._words: Counter[str] = Counter()

    def add(self, case: Case) -> None:
        """Count the words of one more case."""
        self._words.update({word for text in (case.title, *case.sections.values()) for word in _folded(text or "")})

    def understanding(self) -> Understanding:
        """Return what reads questions by the words of the cases counted."""
        words = self._words.items()
        return Understanding({word: count for word, count in words if count > 1 or len(word) > LONG_WORD})


@cache
def _words_of_tables() -> frozenset[str]:
    return frozenset(word for name in table_names() for word in _folded(name))


@cache
def _words_of_medicine() -> frozenset[str]:
    return frozenset(word for name in names_in_medicine() for word in _folded(name))


def _tidied(line: str) -> str:
    """Return a line without what asks for images or cases, and without small words at its ends."""
    return _LOOSE_ENDS.sub("", " ".join(_FILLERS.sub(" ", line).split())).strip()


def _folded(text: str) -> Iterator[str]:
    return (match[0].casefold() for match in _WORD.finditer(text))


def _conditions_of(text: str) -> tuple[str, list[ReadCondition]]:
    """Return the words without those that name age, modality, sex or plane, and what these and a region scanned mean.

    The words for the region stay, since the archive has them too.
    """
    text = _LETTER_SEX.sub(lambda match: " woman" if match[1] == "F" else " man", text)
    region = region_in_exam(text)
    text, plane = _taken(text, plane_in)
    text, age = _taken(text, _age_in)
    text, modality = _taken(text, modality_in)
    text, sex = _taken(text, _sex_in)
    return text, [condition for condition in (age, modality, sex, plane, region) if condition is not None]


Reading = tuple[Sequence[Span], ReadCondition]
"""Which words name a condition, from left to right, and the condition."""


def _taken(text: str, read: Callable[[str], Reading | None]) -> tuple[str, ReadCondition | None]:
    """Return a text without the words that name a condition, and the condition."""
    reading = read(text)
    if reading is None:
        return text, None
    spans, condition = reading
    for start, end in reversed(spans):
        text = f"{text[:start]} {text[end:]}"
    return text, condition


def _written_out(text: str) -> str:
    """Write out the abbreviations in capitals that our table has, which lists none with two meanings."""
    table = read_diagnoses()["abbreviations"]
    return _CAPITALS.sub(lambda match: table.get(match[0], match[0]), text)


def modalities_named(text: str) -> tuple[Modality, ...]:
    """Return the modalities that one such word of a text means, the first of our table: "MRI", "x-ray"."""
    words = modality_words(text)
    return words[0].meant if words else ()


def _age_in(text: str) -> tuple[list[Span], Between] | None:
    for pattern, age in _AGES:
        if match := re.search(rf"(?<![\w/-])(?:{pattern}){_POSSESSIVE}", text, re.IGNORECASE):
            return [match.span()], Between("age_years", *age(match))
    return None


def _sex_in(text: str) -> tuple[list[Span], OneOf] | None:
    """Return where a text names a sex, and the condition; none where it names both."""
    found = [
        (match.span(), sex)
        for pattern, sex in _SEXES.items()
        if (match := re.search(rf"(?<![\w-])(?:{pattern})(?![\w-]){_POSSESSIVE}", text, re.IGNORECASE))
    ]
    if len(found) != 1:
        return None
    [(span, sex)] = found
    return [span], OneOf("sex", (sex,))


def _met(
    where: Filter | None, conditions: Sequence[ReadCondition], matching: Callable[[Filter | None], Set[str]]
) -> tuple[tuple[ReadCondition, ...], list[Notice]]:
    """Return the conditions that some case meets together and with the filter, and what there is to say."""
    kept: list[ReadCondition] = []
    said: list[Notice] = []
    for condition in conditions:
        if matching(_joined(where, *kept, condition)):
            kept.append(condition)
        else:
            left_out = f"No case meets {format_filter(condition)} as well, so this was left out."
            said.append(Notice(NoticeCode.FILTER_LEFT_OUT, left_out))
    if kept:
        read = " and ".join(map(format_filter, kept))
        told = f"Understood as a filter: {read}. Literal search takes the words as they stand."
        said.insert(0, Notice(NoticeCode.FILTER_READ, told))
    return tuple(kept), said


def _joined(*parts: Filter | None) -> Filter | None:
    given = tuple(part for part in parts if part is not None)
    return given[0] if len(given) == 1 else AllOf(given) if given else None
