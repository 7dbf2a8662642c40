"""The sex of a patient, with the words that tell it, and whether other words contradict them.

The noun that stands with the age counts first, then the first noun for the patient, then most of the pronouns, then
what only one sex has. Words for relatives and for other patients tell nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.sources.pmc.ages import Age
from ingest.sources.pmc.article import Span
from ingest.sources.pmc.persons import RELATIVE, tells_of_others
from ingest.sources.pmc.sentences import sentences_of
from ingest.vocabulary import Sex


@dataclass(frozen=True)
class ToldSex:
    """A sex and the words that tell it; `conflict` where other words tell another."""

    sex: Sex
    span: Span
    conflict: bool = False


_FEMALE = (
    r"females?|wom[ae]n|girls?|lady|ladies|schoolgirl|housewife|businesswoman|nun|primigravida|multigravida|primipara|multipara"
    r"|gravida|parturient|nullipara"
)
_MALE = r"males?|m[ae]n|boys?|gentlem[ae]n|schoolboy|businessman|fisherman|policeman|fireman"
_NOUN = re.compile(rf"(?<![\w-])(?:(?P<female>{_FEMALE})|(?P<male>{_MALE}))(?![\w-])(?!['’]s\b)", re.IGNORECASE)
_LETTER = re.compile(r"(?<=\d)(?:\s?(?:y\.?o\.?|y/o)\s?|\s?/?\s?)(?P<letter>[MF])\b|\b(?P<before>[MF])/(?=\d)")
_PRONOUN = re.compile(
    r"\b(?:(?P<female>she|hers?|herself|Mrs\.?|Ms\.?)|(?P<male>he|his|him|himself|Mr\.?))\b", re.IGNORECASE
)
_ONLY_FEMALE = re.compile(
    r"\b(?:pregnan(?:t|cy)|gravida|G\d\s?P\d|postmenopausal|menopaus\w+|hysterectomy|uter(?:us|ine)|ovar(?:y|ian|ies)|vagina\w*"
    r"|menstrua\w+|menarche|cesarean|caesarean)\b",
    re.IGNORECASE,
)
_PREGNANT = re.compile(
    r"\b(?:pregnant|gravida|G\d\s?P\d|primigravid|multigravid|primiparous|multiparous|postpartum)\b", re.IGNORECASE
)
_ONLY_MALE = re.compile(r"\b(?:prostat\w+|testic\w+|testis|scrot\w+|penis|penile|epididym\w+)\b", re.IGNORECASE)
_TRANSGENDER = re.compile(
    r"\b(?:transgender(?:ed)?(?: (?:wo)?man| (?:fe)?male)?|trans[- ]?(?:wo)?man|transsexual"
    r"|male[- ]to[- ]female|female[- ]to[- ]male)\b",
    re.IGNORECASE,
)
_ANY_RELATIVE = re.compile(rf"\b{RELATIVE}\b", re.IGNORECASE)
_THEIRS = re.compile(rf"\b(?:(?P<female>her)|(?P<male>his))(?= (?:\w+ )?{RELATIVE}\b)", re.IGNORECASE)
_CHILD_FOLLOWS = re.compile(r"\W{0,2}(?:\w+ )?(?:newborn|neonate|infant|baby|babies|fetus|foetus)\b", re.IGNORECASE)
_AROUND_AGE = (40, 80)  # characters before and after an age in which its noun stands
_MAX_SENTENCES = 400


def transgender_words(text: str, spans: Sequence[Span]) -> Span | None:
    """Return the words that state that the patient is transgender, if any do."""
    found = (_TRANSGENDER.search(text, *span) for span in spans)
    return next((Span(*one.span()) for one in found if one), None)


def sex_of_patient(text: str, spans: Sequence[Span], age: Age | None) -> ToldSex | None:
    """Return the sex of the patient whom these pieces of a text tell of."""
    sentences = [one for span in spans for one in sentences_of(text, span)][:_MAX_SENTENCES]
    own = [one for one in sentences if not tells_of_others(text[one.start : one.end])]
    pronouns = _pronouns(text, own)
    told = _with_age(text, age) or _first_noun(text, own)
    if told is None:
        return _most(pronouns) or _by_organ(text, own)
    against = sum(1 for one in pronouns if one.sex is not told.sex)
    return ToldSex(told.sex, told.span, conflict=against >= 2 and against > len(pronouns) - against)


def _with_age(text: str, age: Age | None) -> ToldSex | None:
    """Return what the noun or letter beside the age tells, inside its sentence."""
    if age is None:
        return None
    if letter := _LETTER.search(text, age.span.start, min(len(text), age.span.end + 3)):
        sex = Sex.FEMALE if (letter["letter"] or letter["before"]) == "F" else Sex.MALE
        return ToldSex(sex, Span(*letter.span()))
    start, end = max(0, age.span.start - _AROUND_AGE[0]), min(len(text), age.span.end + _AROUND_AGE[1])
    after = _clause(text[age.span.start : end])
    clause = Span(age.span.start, age.span.start + len(after))
    found = _noun(text, *clause) or _pregnant(text, clause)
    return found or _noun(text, start + _sentence_start(text[start : age.span.start]), age.span.start)


def _pregnant(text: str, clause: Span) -> ToldSex | None:
    found = _PREGNANT.search(text, *clause)
    return ToldSex(Sex.FEMALE, Span(*found.span())) if found else None


def _clause(text: str) -> str:
    """Return a text up to where something else begins: the next sentence, a relative, whom the patient met."""
    return re.split(
        rf"[.;]\s|\n|\b(?:with|who|whose|presented|was|and|had|of|to|by)\b|\b{RELATIVE}\b", text, maxsplit=1
    )[0]


def _sentence_start(text: str) -> int:
    ends = [found.end() for found in re.finditer(r"[.;:\n]\s*", text)]
    return ends[-1] if ends else 0


def _noun(text: str, start: int, end: int) -> ToldSex | None:
    found = _NOUN.search(text, start, end)
    return ToldSex(_sex(found), Span(*found.span())) if found else None


def _sex(found: re.Match[str]) -> Sex:
    return Sex.FEMALE if found["female"] else Sex.MALE


def _first_noun(text: str, sentences: Sequence[Span]) -> ToldSex | None:
    """Return the first noun in the sentences that introduce the patient, where no relative is named."""
    for sentence in sentences[:3]:
        found = None if _ANY_RELATIVE.search(text, *sentence) else _noun(text, *sentence)
        if found and not _CHILD_FOLLOWS.match(text, found.span.end):
            return found
    return None


def _pronouns(text: str, sentences: Sequence[Span]) -> list[ToldSex]:
    of_relatives = [one for one in sentences if _ANY_RELATIVE.search(text, *one)]
    told = [one for one in sentences if one not in of_relatives]
    theirs = [found for one in of_relatives for found in _THEIRS.finditer(text, *one)] * 2
    own = [found for one in told for found in _PRONOUN.finditer(text, *one)]
    if not own and not theirs:
        own = [found for one in of_relatives for found in _PRONOUN.finditer(text, *one)]
    return [ToldSex(_sex(found), Span(*found.span())) for found in (*own, *theirs)]


def _most(pronouns: Sequence[ToldSex]) -> ToldSex | None:
    female = sum(1 for one in pronouns if one.sex is Sex.FEMALE)
    male = len(pronouns) - female
    if female == male:
        return None
    sex = Sex.FEMALE if female > male else Sex.MALE
    first = next(one for one in pronouns if one.sex is sex)
    return ToldSex(sex, first.span, conflict=min(female, male) * 3 > max(female, male))


def _by_organ(text: str, sentences: Sequence[Span]) -> ToldSex | None:
    """Return what words tell that fit one sex only, where they do not contradict each other."""
    found = {
        sex: _first(pattern, text, sentences) for pattern, sex in ((_ONLY_FEMALE, Sex.FEMALE), (_ONLY_MALE, Sex.MALE))
    }
    told = [ToldSex(sex, span) for sex, span in found.items() if span]
    return told[0] if len(told) == 1 else None


def _first(pattern: re.Pattern[str], text: str, sentences: Sequence[Span]) -> Span | None:
    found = (pattern.search(text, *one) for one in sentences)
    return next((Span(*one.span()) for one in found if one), None)
