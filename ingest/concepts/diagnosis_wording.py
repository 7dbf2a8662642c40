"""How a name of a disease is worded: several diseases in one, and what is said beside the disease.

Side, course, stage and cause are taken off and kept as qualifiers; comparisons ("mimic of", "versus") and the words
that only introduce ("findings consistent with", "suspected") are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from ingest.concepts.diagnosis_families import COURSE
from ingest.concepts.diagnosis_kinds import is_a_kind, kinds_of, known_diseases
from ingest.concepts.diagnosis_words import Words, in_singular, names_a_disease

_SIDES = frozenset({"left", "right", "bilateral", "bilaterally", "unilateral", "lt", "rt"})
_GRADED = frozenset({"grade", "stage", "class", "category"})
# "left atrial myxoma" is no atrial myxoma on the left; a right aortic arch is a disease of its own.
_SIDED_PARTS = frozenset(
    (
        "aorta", "aortic", "atrial", "atrium", "ventricle", "ventricular", "lower", "upper", "middle", "main", "sided",
        "superior", "heart",
    )
)  # fmt: skip
_LIKELY = frozenset({"likely", "possible", "presumed", "presumptive", "probable", "suspected"})
_LEADS = frozenset(
    (
        "a", "an", "associated", "benign", "classic", "classical", "corresponding", "definite", "incidental",
        "isolated", "known", "multiple", "solitary", "typical", "underlying", *_LIKELY,
    )
)  # fmt: skip
_EITHER = frozenset({"or", "versus", "vs"})
_AND = frozenset({"and", "with"})
_CAUSES = (
    ("secondary", "to"), ("due", "to"), ("caused", "by"), ("related", "to"), ("following",), ("after",), ("from",),
    ("in", "setting", "of"), ("status", "post"), ("s", "p"), ("post", "op"),
)  # fmt: skip
_ENDS = (
    ("mimic", "of"), ("mimicking",), ("without",), ("rule", "out"), ("history", "of"), ("not",),
    ("confirmed", "by"), ("consistent", "with"), ("compatible", "with"), ("suspicious", "for"), ("unknown",),
    ("complicated", "by"), ("as", "seen"), ("seen", "on"), ("in", "proper", "clinical"),
    ("in", "appropriate", "clinical"), ("on", "ct"), ("on", "mr"), ("on", "mri"), ("on", "pet"), ("on", "ultrasound"),
)  # fmt: skip
_TOLD_BY = frozenset({"appearance", "features", "findings", "imaging", "pathology"})
MAX_NAME_WORDS = 6  # words: what is longer is a sentence


@dataclass(frozen=True)
class Qualifiers:
    """What a name says beside the disease: its side, course and stage or grade; and what caused it."""

    laterality: str | None = None
    course: str | None = None
    stage: str | None = None
    cause: str | None = None


def qualifiers_in(words: Words) -> Qualifiers:
    """Return what the words of a diagnosis say beside the disease; empty where they name several."""
    parts = diseases_in(words)
    if len(parts) != 1:
        return Qualifiers()
    return Qualifiers(
        laterality=next((word for word in parts[0] if word in _SIDES), None),
        course=next((word for word in parts[0] if word in COURSE), None),
        stage=next((second for first, second in zip(parts[0], parts[0][1:], strict=False) if first in _GRADED), None),
        cause=" ".join(_split_off(words, _CAUSES)[1]) or None,
    )


def is_undecided(words: Words) -> bool:
    """Tell whether a name leaves open which disease it is: one or another, or only something like it."""
    return not _EITHER.isdisjoint(words) or words[-1:] == ("mimic",)


def diseases_in(words: Words) -> list[Words]:
    """Divide what a name says of its own at "and" and "with"; causes and comparisons are left out."""
    own, _ = _split_off(_split_off(_unled(words), _ENDS)[0], _CAUSES)
    if is_undecided(own):
        return [_one(own)]
    runs = [_one(_without_lead(tuple(run))) for joins, run in groupby(own, key=_AND.__contains__) if not joins]
    named = [run for run in runs if names_a_disease(run[-1]) or kinds_of(run)]
    return named if len(named) == len(runs) else [_one(own)]


def _without_lead(words: Words) -> Words:
    """Leave out words like "suspected" and "associated" in front."""
    named = (
        words[place:] for place, word in enumerate(words) if words[place:] in known_diseases() or word not in _LEADS
    )
    return next(named, words)


def _unled(words: Words) -> Words:
    """Leave out "findings consistent with" and the like in front."""
    if words[0] in _TOLD_BY:
        _, told = _split_off(words, (("consistent", "with"), ("compatible", "with")))
        return told or words
    return words


def _one(words: Words) -> Words:
    """Put the last word, which names the disease, into the singular."""
    return (*words[:-1], *in_singular(words[-1:]))


def _split_off(words: Words, phrases: tuple[Words, ...]) -> tuple[Words, Words]:
    """Return the words before the first of the phrases that does not begin the name, and those after it."""
    for place in range(1, len(words)):
        for phrase in phrases:
            if words[place : place + len(phrase)] == phrase:
                return words[:place], words[place + len(phrase) :]
    return words, ()


def bare_words(words: Words) -> Words:
    """Take side, course, stage and the like off both ends, as long as a name is left."""
    first, last = 0, len(words)
    while first < last and (size := _said_in_front(words[first:last])):
        first += size
    while last > first and (size := _said_behind(words[first:last])):
        last -= size
    bare = _one(words[first:last])
    return bare if bare and len(bare) <= MAX_NAME_WORDS and _is_a_name(bare) else words


def _is_a_name(words: Words) -> bool:
    """Tell whether words alone name a disease: "stress fracture", "mastoiditis", and no "lesion"."""
    if words in known_diseases():
        return True
    *before, last = words
    return names_a_disease(last) if before else is_a_kind(last)


def _said_in_front(words: Words) -> int:
    """Return how many words in front say no disease: "stage 3b", "left", "acute on chronic"."""
    word, after = words[0], words[1:2]
    if word in _GRADED and _numbered(after):
        return 2
    if word in _SIDES:
        return int(not _SIDED_PARTS.intersection(after))
    if words[-1] == "disease" and word in COURSE:  # chronic obstructive pulmonary disease
        return 0
    return int(word in COURSE or (word in _LEADS and words not in known_diseases()) or word == "on")


def _said_behind(words: Words) -> int:
    """Return how many words at the end say no disease."""
    *before, last = words
    if before and before[-1] in _GRADED and _numbered((last,)):
        return 2
    return int(any(last in said for said in (_SIDES, COURSE, _LIKELY)))


def _numbered(words: Words) -> bool:
    return any(letter.isdigit() for word in words for letter in word)
