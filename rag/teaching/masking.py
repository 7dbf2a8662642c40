"""Texts of an unknown case with its answer hidden: what names the diagnosis, a kind of it or something wider.

What any of three ways finds is hidden: words that belong to the diagnosis, the title or the topic in any form that
the search takes for the same word, unless they only say where, how long or how bad; their initials ("MS"); and runs of
words that name, as a concept, the same disease ("GBM" for a glioblastoma) or one above or below it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

from ingest.case import Case
from ingest.concepts.diagnosis import diagnosis_table
from ingest.concepts.diagnosis_families import COURSE, families
from ingest.concepts.diagnosis_words import Words, in_singular, names_a_disease, plain_words, read_diagnoses, respelt
from ingest.concepts.lexicon import concepts
from ingest.vocabulary import ConceptKind, Section
from rag.search.words import STOP_WORDS, words_of
from rag.teaching.likeness import Likeness, likeness_to_answer

HIDDEN = "[hidden]"

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_SEVERAL = re.compile(r"\[hidden\](?:[ \t,/-]+\[hidden\])+")  # how many words there are would tell, too
_CLAUSE = re.compile(r"[^.,;:()\n]+")
_MAX_RUN = 5  # words of a name of a disease
_MAX_INITIALS = 6
_COMMON_WORDS = """
    ADC AM AP CSF CT CXR DWI ED ER IV LAT MR MRI NM PA PET PM T1 T2 US
"""
_COMMON_SHORT = frozenset(_COMMON_WORDS.split())
_SAYING_NO_DISEASE = """
    left right bilateral unilateral upper lower anterior posterior medial lateral proximal distal middle superior
    inferior left-sided right-sided large small multiple single type grade stage with without secondary due status post
    after from not mass lesion normal finding findings case imaging mri ct scan woman man male female old year
    contrast enhancing enhancement diffuse focal disease syndrome primary metastatic probable possible likely complete
    partial total
"""


def hidden(text: str, case: Case) -> str:
    """Return a text of a case with what names its answer replaced by `HIDDEN`."""
    spans = sorted((*_answer_words(text, case), *_diseases(text, case)))
    pieces: list[str] = []
    end = 0
    for start, stop in spans:
        if start > end or not pieces:
            pieces += [text[end:start], HIDDEN]
        end = max(end, stop)
    return _SEVERAL.sub(HIDDEN, "".join((*pieces, text[end:])))


def _answer_words(text: str, case: Case) -> Iterator[tuple[int, int]]:
    answer = words_of_answer(case)
    names = tuple(_content(name) for name in names_of_answer(case))
    for found in _WORD.finditer(text):
        word = found.group()
        if not answer.isdisjoint(_stems(word)) or _abbreviates_answer(word, names):
            yield found.span()


def words_of_answer(case: Case) -> frozenset[str]:
    """Return the words that give the answer of a case away, as the search compares words."""
    said = frozenset(word for name in names_of_answer(case) for word in _stems(name))
    return frozenset(word for word in said - _general() if not word.isdigit() and len(word) > 1)


def names_of_answer(case: Case) -> tuple[str, ...]:
    """Return what the case calls its answer: diagnosis, title and topic, as they are written."""
    sections = (Section.TITLE, Section.DIAGNOSIS, Section.TOPIC_TITLE)
    names = (case.diagnosis, case.title, case.topic.title, *(case.sections.get(section) for section in sections))
    return tuple(dict.fromkeys(name for name in names if name))


def _abbreviates_answer(word: str, names: tuple[Words, ...]) -> bool:
    """Tell whether capitals stand for two or more words in a row of a name: "OCD" for osteochondritis dissecans."""
    short = word.removesuffix("s")
    if not (short.isupper() and 1 < len(short) <= _MAX_INITIALS) or short in _COMMON_SHORT:
        return False
    return any(
        _abbreviates(short.casefold(), words[start:stop])
        for words in names
        for start in range(len(words) - 1)
        for stop in range(start + 2, len(words) + 1)
    )


def _abbreviates(short: str, words: Words) -> bool:
    """Tell whether letters take the first of each word, and maybe others of it, in order."""
    if not (short and words):
        return not short and not words
    heads = (end for end in range(1, len(short) + 1) if short[0] == words[0][0] and _in_order(short[:end], words[0]))
    return any(_abbreviates(short[end:], words[1:]) for end in heads)


def _in_order(letters: str, word: str) -> bool:
    rest = iter(word)
    return all(letter in rest for letter in letters)


def _content(name: str) -> Words:
    return tuple(word for word in plain_words(name) if word not in STOP_WORDS)


def _stems(text: str) -> list[str]:
    return words_of(" ".join(respelt(plain_words(text))))


@cache
def _general() -> frozenset[str]:
    """Words that tell no disease: places of the body, sides, courses, and what stands in every report."""
    anatomy = (concept for concept in concepts().values() if concept.kind is ConceptKind.ANATOMY)
    places = (form for concept in anatomy for form in concept.forms)
    table = read_diagnoses()
    general = (*table["no_diseases"], *table["too_general"], *table["headings"], *COURSE, _SAYING_NO_DISEASE)
    return frozenset(word for text in (*places, *general) for word in _stems(text))


def _diseases(text: str, case: Case) -> Iterator[tuple[int, int]]:
    """Yield the runs of words that name, as a concept, what the case has or something above or below it."""
    for clause in _CLAUSE.finditer(text):
        words = [found.span() for found in _WORD.finditer(text, *clause.span())]
        for last, (start, end) in enumerate(words):
            if _may_end_a_name(text[start:end]):
                yield from _named(
                    text, [first for first, _ in words[max(0, last - _MAX_RUN + 1) : last + 1]], end, case
                )


def _named(text: str, starts: Sequence[int], end: int, case: Case) -> Iterator[tuple[int, int]]:
    """Yield the shortest run up to here that names the answer itself, else the shortest that names something near."""
    near: int | None = None
    for start in reversed(starts):
        found = likeness_to_answer(text[start:end], case)
        if found is Likeness.EXACT:
            yield start, end
            return
        if found is not Likeness.OTHER and near is None:
            near = start
    if near is not None:
        yield near, end


@lru_cache(maxsize=20_000)
def _may_end_a_name(word: str) -> bool:
    folded = in_singular(respelt(plain_words(word)))
    return bool(folded) and (names_a_disease(folded[-1]) or folded[-1] in _last_words())


@cache
def _last_words() -> frozenset[str]:
    """The last words of all names in our tables, and the abbreviations."""
    table = diagnosis_table()
    names = {*table.synonyms, *table.synonyms.values(), *table.codes, *table.kept_apart}
    names |= {part for family in families().values() for phrase in family.phrases for part in phrase}
    short = {plain_words(word)[-1] for word in read_diagnoses()["abbreviations"]}
    return frozenset(words[-1] for words in names if words) | short
