"""Layman's words, abbreviations and words of other languages, said in the terms of the archive (English).

Our own table, `ingest/concepts/terms.json`: what people type on the left, the term on the right, by language. A word
is found without its accents too ("higado"), or with "ae" for "ä". What ends in a hyphen begins German compounds, what
begins with one ends them: "nieren-" and "-tumor" make "Nierentumor".
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise, product, zip_longest
from types import MappingProxyType

from ingest.concepts.abbreviations import in_context, without_explained_abbreviations
from ingest.concepts.lexicon import plural, written_forms
from ingest.concepts.phrases import Found, PhraseBook, fold

ENGLISH = "en"

# What words without a meaning of their own are read as.
SMALL_WORDS = frozenset({"", "after", "and", "from", "in", "no", "of", "on", "or", "with", "without"})

# These mean something else in English, or are an abbreviation there: alone they tell no language.
_ALSO_ENGLISH = """
    alt anca anche ano costa cranio cute dia dx hepatica ileo kind linker links mains manner mdc os pie pies pulmonale
    rate rein rm rx sacro sagital sang scanner sigma sn tc uber utero vena
"""
ALSO_ENGLISH = frozenset(_ALSO_ENGLISH.split())

# English has these before the noun, where Spanish, Italian and French mostly have them behind: "riñón izquierdo".
_ADJECTIVES = """
    left right bilateral upper lower superior inferior anterior posterior axial sagittal coronal
    acute chronic subacute multiple solitary single cystic solid calcified fatty necrotic hemorrhagic heterogeneous
    homogeneous well-defined ill-defined spiculated lobulated cavitary epidural subcutaneous congenital metastatic
    normal cerebral renal hepatic pulmonary cardiac pleural pancreatic splenic gastric ovarian uterine mediastinal
    abdominal thoracic lumbar vertebral muscular orbital spinal intracranial biliary intestinal mesenteric prostatic
    testicular mammary aortic arterial venous femoral nasal osseous cutaneous pelvic axillary
"""
_BEFORE_THE_NOUN = frozenset(_ADJECTIVES.split())
_HAVE_THEM_BEHIND = frozenset({"es", "it", "fr"})
_WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "œ": "oe"})


@dataclass(frozen=True)
class Translated:
    """A question in the terms of the archive, and what was said otherwise: as it was typed, and as it is read."""

    text: str
    said: tuple[tuple[str, str], ...]


@cache
def terms() -> Mapping[str, Mapping[str, str]]:
    """Return the table: for each language, its words and what they mean."""
    text = (files("ingest") / "concepts" / "terms.json").read_text(encoding="utf-8")
    return MappingProxyType({language: MappingProxyType(words) for language, words in json.loads(text).items()})


@cache
def spelled_terms(language: str) -> Mapping[str, str]:
    """Return the words of a language in every spelling that is read, compounds among them, and what they mean."""
    table = terms()[language]
    whole = {term: means for term, means in table.items() if not _is_part(term)}
    written = {**_compounds(table), **whole}
    respelled = {other: means for term, means in written.items() for other in _respelled(term)}
    return MappingProxyType({**respelled, **written})


def _is_part(term: str) -> bool:
    return term.startswith("-") or term.endswith("-")


def _compounds(table: Mapping[str, str]) -> dict[str, str]:
    firsts = {term[:-1]: means for term, means in table.items() if term.endswith("-")}
    lasts = {term[1:]: means for term, means in table.items() if term.startswith("-")}
    return {first + last: f"{firsts[first]} {lasts[last]}" for first, last in product(firsts, lasts)}


def _respelled(term: str) -> Iterator[str]:
    """Yield a term that has accents without them, and with its umlauts written out."""
    if not term.isascii():
        apart = unicodedata.normalize("NFD", term)
        yield "".join(letter for letter in apart if not unicodedata.combining(letter)).translate(_WRITTEN_OUT)
        yield term.translate(_WRITTEN_OUT)


def in_terms(text: str) -> Translated:
    """Return a question with what the table knows said in its terms; longest phrases first.

    A language counts where the question has one of its words that is neither a small one nor English too: "de" alone
    translates nothing, and neither does "rate" (French for a spleen). An abbreviation with two meanings is read by the
    words around it, else by the table.

    Examples
    --------
    >>> in_terms("fractura de cadera").text
    'hip fracture'
    >>> in_terms("masa en el riñón izquierdo").text
    'mass in left kidney'
    >>> in_terms("broken hip in a woman").said
    (('broken hip', 'hip fracture'),)
    """
    text = without_explained_abbreviations(unicodedata.normalize("NFC", text))
    text, read = in_context(text, terms()[ENGLISH])
    language = language_of(text)
    found = _found(text, language)
    if not found:
        return Translated(text, tuple(read))
    typed = [(text[one.start : one.end].casefold(), one.value) for one in found]
    said = dict.fromkeys((words, means) for words, means in typed if means not in SMALL_WORDS and means != words)
    return Translated(_retold(text, found, language), (*read, *said))


def language_of(text: str) -> str:
    """Return the language of whose own words a text has the most; English where it has none of another."""
    found = {language: _found(text, language) for language in terms() if language != ENGLISH}
    own = {language: _own_words(text, ones) for language, ones in found.items()}
    spoken = [language for language, count in own.items() if count]
    return max(spoken, key=lambda language: (own[language], len(found[language])), default=ENGLISH)


def _own_words(text: str, found: Sequence[Found]) -> int:
    """Count the words that are not English too; small ones, which have no meaning of their own, are none."""
    typed = ((fold(text[one.start : one.end]).text, one.value) for one in found)
    return sum(
        len(words.split()) for words, means in typed if means not in SMALL_WORDS and not is_english(words, means)
    )


def is_english(words: str, means: str) -> bool:
    """Tell whether casefolded words that mean something in another language stand in English texts as well."""
    return words in (means, plural(means)) or words in ALSO_ENGLISH or words in _english_forms()


@cache
def _english_forms() -> frozenset[str]:
    return frozenset(form for form, _ in written_forms())


def _found(text: str, language: str) -> list[Found]:
    """Return the words of a language in a text; in English none beside a hyphen, as in "MS-like"."""
    found = _book(language).find(fold(text))
    if language != ENGLISH:
        return found
    return [one for one in found if "-" not in (text[max(0, one.start - 1) : one.start], text[one.end : one.end + 1])]


@cache
def _book(language: str) -> PhraseBook:
    return PhraseBook(spelled_terms(language))


def _retold(text: str, found: Sequence[Found], language: str) -> str:
    """Return a text with what was found in it said in English."""
    told: list[str] = []
    end = 0
    for run in _runs(text, found):
        ordered = _in_english_order([one.value for one in run], language)
        elided = text[run[-1].end - 1] in "'’"  # "l'epatite"
        told += [text[end : run[0].start], " ".join(filter(None, ordered)), " " * elided]
        end = run[-1].end
    lines = "".join([*told, text[end:]]).splitlines()
    return "\n".join(" ".join(line.split()) for line in lines)


def _runs(text: str, found: Sequence[Found]) -> Iterator[list[Found]]:
    """Yield what was found in runs between which other words stand, or more than a blank or a hyphen."""
    run = [found[0]]
    for before, one in pairwise(found):
        if text[before.end : one.start].strip(" -"):
            yield run
            run = []
        run.append(one)
    yield run


def _in_english_order(meant: Sequence[str], language: str) -> list[str]:
    """Put what English has before a noun there: "kidney left" is "left kidney".

    In German it is there, save at the end: "Erguss rechts".
    """
    ordered: list[str] = []
    begins, has_noun = 0, False  # where the last noun begins, with what belongs to it
    for means, following in zip_longest(meant, meant[1:], fillvalue=""):
        behind = language in _HAVE_THEM_BEHIND or following in SMALL_WORDS
        if means in _BEFORE_THE_NOUN and has_noun and behind:
            ordered.insert(begins, means)
            continue
        if has_noun or means in SMALL_WORDS:
            begins = len(ordered) + (means in SMALL_WORDS)
        has_noun = means not in SMALL_WORDS and means not in _BEFORE_THE_NOUN
        ordered.append(means)
    return ordered
