"""The words of a text, as the search compares them: casefolded, without stop words, cut down to their stem.

The stem is crude on purpose: a list of endings, the longest first, of which one is cut off where four letters remain.
"enhances", "enhanced" and "enhancement" meet; a wrong meeting costs little, since no single word decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.concepts.diagnosis_words import american

# Words without meaning of their own in a report; short on purpose, since rare words weigh more by themselves.
_STOP_WORDS = """
    a an and are as at be been by for from had has have he her his in is it its of on or she that the their there
    this to was were which with
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())

# Words that ask for nothing where no other word stands beside them. "No", "without" and "all" do not ask either.
_EMPTY_WORDS = """
    about again all also always am any anything back but can cannot come could did do does don else even ever
    every everything forth get give go going hello here hey hi him hers how however i if into just know let like look
    looking make many may me might more most much must my need never no not nothing now often oh ok okay only other
    our ours out own perhaps please quite rather really say see seem seems should show so some something somehow still
    such take tell than thank thanks them then these they thing things think those though thus today together too try
    until up us use very want we well what whatever when where whether while who whom whose why will within without
    would yes yet you your yours
"""
EMPTY_WORDS = STOP_WORDS | frozenset(_EMPTY_WORDS.split())

_ENDINGS = """
    ations ation ically ings edly ely ing ies ment ement ity ous ed es ly al ic a y e s
"""
ENDINGS = tuple(sorted(_ENDINGS.split(), key=lambda ending: (-len(ending), ending)))
MIN_STEM_LENGTH = 4

_WORD = re.compile(r"[^\W_]+")


def spelled_words(text: str) -> Iterator[tuple[str, str]]:
    """Yield each word of a text as it is compared and as it is spelled, without stop words."""
    for match in _WORD.finditer(text):
        spelled = match.group()
        word = spelled.casefold()
        if word not in STOP_WORDS:
            yield stem(word), spelled


def words_of(text: str) -> list[str]:
    """Return the words of a text as they are compared."""
    return [word for word, _ in spelled_words(text)]


def asking_words(text: str) -> list[str]:
    """Return the words of a text that have content, casefolded: none that is empty, a number or a single letter.

    Examples
    --------
    >>> asking_words("so, how are you?"), asking_words("x 1 2"), asking_words("any Edema?")
    ([], [], ['edema'])
    """
    words = (match.group().casefold() for match in _WORD.finditer(text))
    return [
        word
        for word in words
        if word not in EMPTY_WORDS and not word.isdigit() and (len(word) > 1 or not word.isascii())
    ]


def stem(word: str) -> str:
    """Return a casefolded word without its ending, spelled the American way: "tumours" and "tumor" meet.

    Examples
    --------
    >>> [stem(word) for word in ("masses", "mass", "enhances", "enhancement", "cysts", "tumours")]
    ['mass', 'mass', 'enhanc', 'enhanc', 'cyst', 'tumor']
    """
    word = american(word)
    for ending in () if word.endswith("ss") else ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= MIN_STEM_LENGTH:
            return word[: -len(ending)]
    return word
