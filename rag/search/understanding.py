"""What a question in words means: its terms, its spelling, and the conditions that it names.

"MRI of a broken hip in an old woman" is read as the words "hip fracture" with the filters modality = MR, age from 65 on
and sex = female. All that is read so is said, and `Query.literal` switches it off. A condition that no case meets is
dropped, and that is said too: an answer that breaks one condition is better than none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cache, cached_property

from rapidfuzz.distance import DamerauLevenshtein

from ingest.case import Case
from ingest.concepts.diagnosis_words import read_diagnoses
from ingest.concepts.terms import in_terms
from ingest.notices import Notice, NoticeCode
from ingest.store.filters import AllOf, Between, Filter, OneOf
from ingest.store.query_text import format_filter
from ingest.vocabulary import Modality, Sex
from rag.search.known_words import table_names
from rag.search.query import Query

MAX_WORDS = 16  # of a question that is read so; a longer one is a text, as of a report
MIN_CORRECTED_LENGTH = 5  # letters of a word whose spelling is corrected
LONG_WORD = 8  # letters from which on two of them may be wrong
YEARS_AROUND = 10  # an age of a question means so many years less or more
ADULT, OLD = 18, 65

_MODALITIES: Mapping[str, tuple[Modality, ...]] = {
    r"mri|mr|magnetic resonance(?: imaging)?|mrt|irm": (Modality.MR,),
    r"ct|cat scan|computed tomography|ct scan": (Modality.CT,),
    r"x-?rays?|radiographs?|plain films?": (Modality.DX, Modality.CR),
    r"ultrasound|sonograph\w*|sonogram": (Modality.US,),
    r"mammogra\w+": (Modality.MG,),
    r"angiogra(?:m|phy)": (Modality.XA,),
    r"pet(?:[ -]ct)?": (Modality.PT,),
}
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
_AGES: Sequence[tuple[str, Callable[[re.Match[str]], tuple[float | None, float | None]]]] = (
    (_OVER, lambda m: (float(m[1]), None)),
    (_UNDER, lambda m: (None, float(m[1]))),
    (r"(\d{1,3})\s*(?:-|to)\s*(\d{1,3})[ -]*(?:years?|yrs?|yo)(?:[ -]olds?)?", lambda m: (float(m[1]), float(m[2]))),
    (rf"(\d{{1,3}})[ -]*{_YEARS}", lambda m: _around(m[1])),
    (r"(\d{1,3})(?=\s(?:wom[ae]n|m[ae]n)\b)", lambda m: _around(m[1])),
    (r"aged?\s+(\d{1,3})\b", lambda m: _around(m[1])),
    (r"(?:newborns?|neonat(?:e|es|al))\b", lambda _: (None, 0.25)),
    (r"(?:infants?|bab(?:y|ies))\b", lambda _: (None, 2.0)),
    (r"toddlers?\b", lambda _: (1.0, 4.0)),
    (r"(?:child(?:ren)?|kids?|p(?:a)?ediatric)\b", lambda _: (None, float(ADULT))),
    (r"(?:teenagers?|adolescents?|teens)\b", lambda _: (12.0, 20.0)),
    (rf"(?:elderly|aged|old){_PEOPLE}", lambda _: (float(OLD), None)),
    (r"(?:elderly|geriatric)\b", lambda _: (float(OLD), None)),
    (rf"young(?:er)?{_PEOPLE}", lambda _: (15.0, 40.0)),
    (r"adults?\b", lambda _: (float(ADULT), None)),
)
_CAPITALS = re.compile(r"(?<![\w-])[A-Z][A-Z0-9]{1,7}(?![\w-])")
_LETTER_SEX = re.compile(r"(?<=\d)\s?([MF])\b")
_SMALL = r"(?:of|in|on|with|and|for|the|an?)"
_LOOSE_ENDS = re.compile(rf"^(?:\s*{_SMALL}\b)+|(?:\b{_SMALL}\s*)+$", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


def _around(age: str) -> tuple[float, float]:
    return max(0.0, float(age) - YEARS_AROUND), float(age) + YEARS_AROUND


@dataclass(frozen=True)
class Understood:
    """A question as it is read: the query to ask, and what was read into it, a sentence each."""

    query: Query
    said: tuple[Notice, ...]


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
        translated = in_terms(_written_out(query.text))
        said = [Notice(NoticeCode.READ_AS, f"'{typed}' is read as '{meant}'.") for typed, meant in translated.said]
        text, conditions = _conditions_of(translated.text)
        text, corrected = self._corrected(text)
        said += [
            Notice(NoticeCode.CORRECTED, f"Showing results for '{meant}' in place of '{typed}'.")
            for typed, meant in corrected
        ]
        where, told = _narrowed(query.where, conditions, matching)
        rest = "\n".join(line for line in map(_tidied, text.splitlines()) if line)
        return Understood(replace(query, text=rest or translated.text, where=where), (*said, *told))

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

        A short word becomes only one of our tables, with the same first letter: chance words are that near to others.
        """
        long = len(word) >= LONG_WORD
        limit, candidates = (2, self._known) if long else (1, _words_of_tables())
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


def open_understanding(cases: Iterable[Case]) -> Understanding:
    """Return what reads questions by the words of these cases."""
    words: Counter[str] = Counter()
    for case in cases:
        words.update({word for text in (case.title, *case.sections.values()) for word in _folded(text or "")})
    return Understanding({word: count for word, count in words.items() if count > 1 or len(word) > LONG_WORD})


@cache
def _words_of_tables() -> frozenset[str]:
    return frozenset(word for name in table_names() for word in _folded(name))


def _tidied(line: str) -> str:
    """Return a line without what asks for images or cases, and without small words at its ends."""
    return _LOOSE_ENDS.sub("", " ".join(_FILLERS.sub(" ", line).split())).strip()


def _folded(text: str) -> Iterator[str]:
    return (match[0].casefold() for match in _WORD.finditer(text))


def _conditions_of(text: str) -> tuple[str, list[Filter]]:
    """Return the words without those that name a modality, a sex or an age, and what these mean."""
    found: list[Filter] = []
    text = _LETTER_SEX.sub(lambda match: " woman" if match[1] == "F" else " man", text)
    for read in (_age_in, _modality_in, _sex_in):
        if (condition := read(text)) is not None:
            match, meant = condition
            text = f"{text[: match.start()]} {text[match.end() :]}"
            found.append(meant)
    return text, found


def _written_out(text: str) -> str:
    """Write out the abbreviations in capitals that our table has, which lists none with two meanings."""
    table = read_diagnoses()["abbreviations"]
    return _CAPITALS.sub(lambda match: table.get(match[0], match[0]), text)


def modalities_named(text: str) -> tuple[Modality, ...]:
    """Return the modalities that the first such word of a text means: "MRI", "x-ray"."""
    condition = _modality_in(text)
    return tuple(Modality(value) for value in condition[1].values) if condition else ()


ReadCondition = tuple[re.Match[str], Filter]


def _age_in(text: str) -> ReadCondition | None:
    for pattern, age in _AGES:
        if match := re.search(rf"(?<![\w/-])(?:{pattern})", text, re.IGNORECASE):
            return match, Between("age_years", *age(match))
    return None


def _modality_in(text: str) -> tuple[re.Match[str], OneOf] | None:
    for pattern, modalities in _MODALITIES.items():
        if match := re.search(rf"(?<![\w-])(?:{pattern})(?![\w-])(?!\s*guided)", text, re.IGNORECASE):
            return match, OneOf("modality", modalities)
    return None


def _sex_in(text: str) -> ReadCondition | None:
    for pattern, sex in _SEXES.items():
        if match := re.search(rf"(?<![\w-])(?:{pattern})(?![\w-])", text, re.IGNORECASE):
            return match, OneOf("sex", (sex,))
    return None


def _narrowed(
    where: Filter | None, conditions: Sequence[Filter], matching: Callable[[Filter | None], Set[str]]
) -> tuple[Filter | None, list[Notice]]:
    """Return the filter with the conditions that some case meets together, and what there is to say."""
    kept: list[Filter] = []
    said: list[Notice] = []
    for condition in conditions:
        parts = tuple(part for part in (where, *kept, condition) if part is not None)
        if matching(_joined(parts)):
            kept.append(condition)
        else:
            left_out = f"No case meets {format_filter(condition)} as well, so this was left out."
            said.append(Notice(NoticeCode.FILTER_LEFT_OUT, left_out))
    if kept:
        read = " and ".join(map(format_filter, kept))
        told = f"Understood as a filter: {read}. Literal search takes the words as they stand."
        said.insert(0, Notice(NoticeCode.FILTER_READ, told))
    parts = tuple(part for part in (where, *kept) if part is not None)
    return _joined(parts), said


def _joined(parts: Sequence[Filter]) -> Filter | None:
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))
