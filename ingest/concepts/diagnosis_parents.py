"""The broader diseases of a diagnosis: "right femoral neck stress fracture" is a stress fracture, and that a fracture.

Pure rules on the words of a concept's id, so that every case and every run make the same of it. Side, course, stage and
cause are taken off and kept as qualifiers; what is left belongs to the nearest of the diseases that we know: our
families (`ingest/concepts/families.json`), the diseases of our table, the codes of ICD-10-CM above its code, and the
kind that its head noun names. Of a diagnosis that names several diseases each is broader.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby

from ingest.concepts.diagnosis import diagnosis_table
from ingest.concepts.diagnosis_families import Family, families, is_a, is_of_family, parts_of, words_of_disease
from ingest.concepts.diagnosis_words import Words, in_singular, names_a_disease, read_diagnoses

_PREFIX = "diagnosis:"
_REMEMBERED = 20_000
_SIDES = frozenset({"left", "right", "bilateral", "bilaterally", "unilateral", "lt", "rt"})
_COURSES = frozenset(
    ("acute", "chronic", "subacute", "early", "late", "old", "recurrent", "ruptured", "severe", "mild")
)
_GRADED = frozenset({"grade", "stage", "class", "category"})
# "left atrial myxoma" is no atrial myxoma on the left; a right aortic arch is a disease of its own.
_SIDED_PARTS = frozenset(
    (
        "aorta", "aortic", "atrial", "atrium", "ventricle", "ventricular", "lower", "upper", "middle", "main", "sided",
        "superior", "heart",
    )
)  # fmt: skip
_LEADS = frozenset(
    (
        "a", "an", "associated", "benign", "classic", "classical", "corresponding", "definite", "incidental",
        "isolated", "known", "likely", "multiple", "possible", "presumed", "presumptive",
        "probable", "solitary", "suspected",
        "typical", "underlying",
    )
)  # fmt: skip
_AND = frozenset({"and", "with"})
_CAUSES = (
    ("secondary", "to"), ("due", "to"), ("caused", "by"), ("related", "to"), ("following",), ("after",), ("from",),
    ("in", "setting", "of"), ("status", "post"), ("s", "p"), ("post", "op"),
)  # fmt: skip
_ENDS = (
    ("mimic", "of"), ("mimicking",), ("without",), ("versus",), ("vs",), ("rule", "out"), ("history", "of"), ("not",),
    ("confirmed", "by"), ("consistent", "with"), ("compatible", "with"), ("suspicious", "for"), ("unknown",),
)  # fmt: skip
_TOLD_BY = frozenset({"appearance", "features", "findings", "imaging", "pathology"})
_MAX_PART = 6  # words: what is longer is a sentence


@dataclass(frozen=True)
class Disease:
    """What a diagnosis is counted as: its concept, and the name that all of its diagnoses share, where they do."""

    concept_id: str
    name: str | None


@dataclass(frozen=True)
class Qualifiers:
    """What a name says beside the disease: its side, course and stage or grade; and what caused it."""

    laterality: str | None = None
    course: str | None = None
    stage: str | None = None
    cause: str | None = None


@lru_cache(maxsize=_REMEMBERED)
def broader_diagnoses(concept_id: str) -> tuple[str, ...]:
    """Return the concept ids of the diagnoses directly above one.

    Examples
    --------
    >>> broader_diagnoses("diagnosis:right-mca-infarct")
    ('diagnosis:mca-infarct',)
    >>> broader_diagnoses("diagnosis:mca-infarct")
    ('diagnosis:cerebral-infarct',)
    >>> broader_diagnoses("diagnosis:diffuse-cerebral-edema-mimic-of-sah")
    ('diagnosis:cerebral-edema',)
    """
    words = _words(concept_id)
    parts = _diseases_in(words)
    if "or" in parts[0]:
        return ()
    if len(parts) == 1:
        found = _above(words, parts[0])
    else:
        found = [disease for part in parts for disease in ([part] if _stands_alone(part) else _nearest(part))]
    return tuple(dict.fromkeys(f"{_PREFIX}{'-'.join(disease)}" for disease in found if disease != words))


def is_known_disease(concept_id: str) -> bool:
    """Tell whether a concept is one that our tables name, or of one."""
    words = _words(concept_id)
    return words in _known() or bool(_kinds(words))


@lru_cache(maxsize=_REMEMBERED)
def disease_of(name: str) -> Disease | None:
    """Return what a diagnosis is counted as: the first disease that it names, whatever its course; None of no name.

    Examples
    --------
    >>> disease_of("Ruptured Appendicitis"), disease_of("Right MCA Infarction").name
    (Disease(concept_id='diagnosis:appendicitis', name='appendicitis'), 'cerebral infarct')
    """
    parts = parts_of(name)
    return counted_as(f"{_PREFIX}{'-'.join(parts[0])}") if parts else None


@lru_cache(maxsize=_REMEMBERED)
def counted_as(concept_id: str) -> Disease:
    """Return what a diagnosis is counted as, by its concept: the widest group that its first disease is of, or itself.

    Side, course and stage are no other disease.
    """
    first = _diseases_in(_words(concept_id))[0]
    group = next((name for name, family in families().items() if family.groups and is_of_family(first, name)), None)
    words = words_of_disease(group) if group else _bare(first)
    return Disease(f"{_PREFIX}{'-'.join(words)}", group)


@lru_cache(maxsize=_REMEMBERED)
def rolled_up(concept_id: str) -> str:
    """Return the diagnosis under which a graph counts one: what it is counted as where that is above it, else itself.

    Examples
    --------
    >>> rolled_up("diagnosis:acute-right-mca-infarct")
    'diagnosis:cerebral-infarct'
    """
    counted = counted_as(concept_id).concept_id
    return counted if counted in all_broader(concept_id) else concept_id


@lru_cache(maxsize=_REMEMBERED)
def all_broader(concept_id: str) -> frozenset[str]:
    """Return every diagnosis above one."""
    above = broader_diagnoses(concept_id)
    return frozenset(above).union(*(all_broader(other) for other in above))


@lru_cache(maxsize=_REMEMBERED)
def qualifiers_of(concept_id: str) -> Qualifiers:
    """Return what the words of a diagnosis say beside the disease; empty where it names several.

    Examples
    --------
    >>> qualifiers_of("diagnosis:acute-left-hip-fracture-secondary-to-osteoporosis")
    Qualifiers(laterality='left', course='acute', stage=None, cause='osteoporosis')
    """
    words = _words(concept_id)
    parts = _diseases_in(words)
    if len(parts) != 1:
        return Qualifiers()
    return Qualifiers(
        laterality=next((word for word in parts[0] if word in _SIDES), None),
        course=next((word for word in parts[0] if word in _COURSES), None),
        stage=next((second for first, second in zip(parts[0], parts[0][1:], strict=False) if first in _GRADED), None),
        cause=" ".join(_split_off(words, _CAUSES)[1]) or None,
    )


def _words(concept_id: str) -> Words:
    return tuple(concept_id.removeprefix(_PREFIX).split("-"))


def _diseases_in(words: Words) -> list[Words]:
    """Divide what a name says of its own at "and" and "with"; causes and comparisons are left out."""
    own, _ = _split_off(_split_off(_unled(words), _ENDS)[0], _CAUSES)
    if "or" in own:  # either, and nobody says which
        return [_one(own)]
    runs = [_one(_without_lead(tuple(run))) for joins, run in groupby(own, key=_AND.__contains__) if not joins]
    named = [run for run in runs if names_a_disease(run[-1]) or _kinds(run)]
    return named if len(named) == len(runs) else [_one(own)]


def _without_lead(words: Words) -> Words:
    """Leave out words like "suspected" and "associated" in front."""
    named = (words[place:] for place, word in enumerate(words) if words[place:] in _known() or word not in _LEADS)
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


def _stands_alone(part: Words) -> bool:
    return part in _known() or (len(part) <= _MAX_PART and names_a_disease(part[-1]) and bool(_nearest(part)))


def _above(words: Words, own: Words) -> list[Words]:
    """Return what is above a single disease: itself without what is said beside it, else the nearest kinds."""
    bare = _bare(own)
    return [bare] if bare != words else _nearest(bare)


def _bare(words: Words) -> Words:
    """Take side, course, stage and the like off both ends, as long as a name is left."""
    first, last = 0, len(words)
    while first < last and (size := _said_in_front(words[first:last])):
        first += size
    while last > first and (size := _said_behind(words[first:last])):
        last -= size
    bare = _one(words[first:last])
    return bare if bare and len(bare) <= _MAX_PART and _is_a_name(bare) else words


def _is_a_name(words: Words) -> bool:
    """Tell whether words alone name a disease: "stress fracture", "mastoiditis", and no "lesion"."""
    last = words[-1]
    return words in _known() or (names_a_disease(last) if len(words) > 1 else _is_a_kind(last))


def _said_in_front(words: Words) -> int:
    """Return how many words in front say no disease: "stage 3b", "left", "acute on chronic"."""
    word, after = words[0], words[1:2]
    if word in _GRADED and _numbered(after):
        return 2
    if word in _SIDES:
        return int(not _SIDED_PARTS.intersection(after))
    if words[-1] == "disease" and word in _COURSES:  # chronic obstructive pulmonary disease
        return 0
    return int(word in _COURSES or (word in _LEADS and words not in _known()) or word == "on")


def _said_behind(words: Words) -> int:
    """Return how many words at the end say no disease."""
    if len(words) > 1 and words[-2] in _GRADED and _numbered(words[-1:]):
        return 2
    return int(words[-1] in _SIDES or words[-1] in _COURSES)


def _numbered(words: Words) -> bool:
    return any(letter.isdigit() for word in words for letter in word)


def _nearest(words: Words) -> list[Words]:
    """Return the kinds that no other of the kinds is of."""
    found = _kinds(words)
    return [kind for kind in found if not any(kind in _kinds(other) for other in found if other != kind)]


@lru_cache(maxsize=_REMEMBERED)
def _kinds(words: Words) -> tuple[Words, ...]:
    """Return all the diseases that we know of which this one is, itself apart.

    Of two that claim each other only the family that includes the other stays.
    """
    return tuple(kind for kind in _claimed(words) if words not in _claimed(kind) or _includes(kind, words))


def _includes(kind: Words, words: Words) -> bool:
    return any(words_of_disease(name) == words for name in _included().get(kind, ()))


@cache
def _included() -> Mapping[Words, tuple[str, ...]]:
    return {words_of_disease(name): family.includes for name, family in families().items()}


@lru_cache(maxsize=_REMEMBERED)
def _claimed(words: Words) -> tuple[Words, ...]:
    found = [words_of_disease(family.name) for family in _families_near(words) if is_of_family(words, family.name)]
    found += [known for known in _known_near(words) if is_a(words, known)]
    found += [*_coded_above(words), *_head_noun(words)]
    apart = {words, *_not_above(words)}
    return tuple(dict.fromkeys(kind for kind in found if kind and kind not in apart))


def _not_above(words: Words) -> Iterator[Words]:
    """Yield what a name says and does not mean: myositis ossificans is no myositis."""
    for name, others in read_diagnoses()["not_is_a"].items():
        if is_a(words, tuple(name.split())):
            yield from (tuple(other.split()) for other in others)


@cache
def _known() -> frozenset[Words]:
    """The diseases of our families and of our table."""
    named = {words_of_disease(name) for name in families()}
    return frozenset((named | {words for words in diagnosis_table().codes if words}) - _too_general())


@cache
def _too_general() -> frozenset[Words]:
    return frozenset((word,) for word in read_diagnoses()["too_general"])


@cache
def _by_word() -> Mapping[str, tuple[Words, ...]]:
    found: dict[str, list[Words]] = {}
    for words in sorted(_known()):
        found.setdefault(words[0], []).append(words)
    return {word: tuple(known) for word, known in found.items()}


def _known_near(words: Words) -> Iterator[Words]:
    for word in dict.fromkeys(words):
        yield from _by_word().get(word, ())


@cache
def _families_by_word() -> Mapping[str, frozenset[str]]:
    """Which families a word may lead to: their own phrases, and those of the families that they include."""
    found: dict[str, set[str]] = {}
    for family in families().values():
        for word in _first_words(family):
            found.setdefault(word, set()).add(family.name)
    return {word: frozenset(names) for word, names in found.items()}


def _first_words(family: Family) -> Iterator[str]:
    for phrase in family.phrases:
        yield phrase[0][0]
    for name in family.includes:
        yield from _first_words(families()[name])


def _families_near(words: Words) -> list[Family]:
    names = frozenset[str]().union(*(_families_by_word().get(word, frozenset()) for word in words))
    return [family for name, family in families().items() if name in names]


@cache
def _by_code() -> Mapping[str, Words]:
    """The first of our diseases that has a code of ICD-10-CM, by the code without its point."""
    found: dict[str, Words] = {}
    for words, codes in diagnosis_table().codes.items():
        if code := codes.get("I10C"):
            found.setdefault(code.replace(".", ""), words)
    return found


def _coded_above(words: Words) -> Iterator[Words]:
    """Yield the diseases whose code is one above its code: a code of ICD-10-CM begins with those above it."""
    code = diagnosis_table().codes.get(words, {}).get("I10C", "").replace(".", "")
    for length in range(len(code) - 1, 2, -1):
        if above := _by_code().get(code[:length]):
            yield above


def _head_noun(words: Words) -> Iterator[Words]:
    """Yield the kind that the last word names, where it is a disease alone: an adenoma, an arthritis, a cyst."""
    if len(words) > 1 and _is_a_kind(words[-1]):
        yield words[-1:]


def _is_a_kind(word: str) -> bool:
    return word.endswith(tuple(read_diagnoses()["head_endings"])) and (word,) not in _too_general()
