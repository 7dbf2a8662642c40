"""Which exams a question names: their modalities, their planes, and the region of the body that was scanned.

A place is read as scanned only where the question says so: "MRI of the knee", "head CT". The place of a finding is
none ("mass in the left kidney"), nor is a place that only begins a longer name ("MRI of the head of the femur").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from ingest.concepts.lexicon import Concept, phrase_book
from ingest.concepts.phrases import fold
from ingest.store.filters import OneOf
from ingest.vocabulary import ConceptKind, Modality, Plane, Region

Span = tuple[int, int]

_MODALITIES: Mapping[str, tuple[Modality, ...]] = {
    r"mri|mr|magnetic resonance(?: imaging)?|mrt|irm": (Modality.MR,),
    r"(?<!pet[ /])(?:ct|cat scan|computed tomography)": (Modality.CT,),
    r"x[ -]?rays?|radiographs?|plain films?": (Modality.DX, Modality.CR),
    r"ultrasound|sonograph\w*|sonogram": (Modality.US,),
    r"mammogra\w+": (Modality.MG,),
    r"(?<!ct )(?<!mri )(?<!mr )(?<!tomography )(?<!resonance )angiogra(?:m|phy)": (Modality.XA,),
    r"pet(?:[ /-]ct)?": (Modality.PT,),
}
_SCANS = r"(?:scans?|images?|imaging|stud(?:y|ies))(?![\w-])"


def _as_word(pattern: str) -> str:
    return rf"(?<![\w-])(?:{pattern})(?![\w-])(?!\s*guided)(?:\s+{_SCANS})?"


_MODALITY = _as_word("|".join(_MODALITIES))
_JOINED = (
    r"\s{0,3}(?:[,/&+]\s{0,3}(?:(?:and|or)\s)?|\b(?:and|or)\b)\s{0,3}"  # "CT and MRI", "chest, abdomen and pelvis"
)
_ONLY_JOINED = re.compile(_JOINED, re.IGNORECASE)

# Anatomy of the lexicon is blotted out before these are looked for, letter by letter.
_BLOT = "\0"
_OF_WHOM = r"(?:(?:the|an?|his|her|this|left|right|both|bilateral)\s+)*"
_PLACES = rf"{_BLOT}+(?:(?:{_JOINED}|\s+){_OF_WHOM}{_BLOT}+)*"
_GOES_ON = rf"(?!\s*{_OF_WHOM}{_BLOT})"
_PLACE_ENDS = (
    rf"(?=\s*$|\s*[.;:()?!]|\s*,{_GOES_ON}|\s+(?:and|or)\b{_GOES_ON}"
    r"|\s+(?:with|without|showing|shows?|in|on|for|after|before|from|at|during)\b|\s+\d)"
)
_CONTRAST = r"(?:\s+with(?:out)?\s+(?:iv\s+|intravenous\s+)?contrast)?"
_SCAN_OF = re.compile(
    rf"(?:{_MODALITY}|(?<![\w-]){_SCANS}){_CONTRAST}\s+of\s+{_OF_WHOM}(?P<places>{_PLACES}){_PLACE_ENDS}",
    re.IGNORECASE,
)
_SCANNED = re.compile(rf"(?P<places>{_PLACES})\s+(?:{_MODALITY}|scans?(?![\w-]))", re.IGNORECASE)
# "mass in the kidney CT", "mass left kidney CT": where the finding is.
_OF_A_FINDING = re.compile(
    r"\b(?:in|of|within|involving|at|to|into|from|near|behind|along|around|throughout|beside|over|under|inside)\s+"
    rf"(?:[\w'/{_BLOT}-]+\s+){{0,4}}$|[\w{_BLOT}]\s+(?<!\bon\s)(?:left|right)\s+$",
    re.IGNORECASE,
)

_PLANE = "axial|coronal|sagittal"
_MADE = (
    r"(?:t[12]\S*|flair|stir|dwi|gre|swi|pd|proton|density|\S*weighted|\S*contrast|\S*enhanced|fat\S*|saturated|"
    r"suppressed|high|resolution|thin|post|pre|non)"
)
_OF_SLICES = (
    r"(?:(?:mri?|ct|magnetic resonance|computed tomography|images?|imaging|scans?|slices?|sections?|cuts?|"
    r"flair|stir|dwi)(?![\w-])|t[12])"
)
_PLANES = re.compile(
    rf"(?<![\w-])(?:{_PLANE})(?:{_JOINED}(?:{_PLANE}))*(?=\s+(?:(?:{_MADE}|{_BLOT}+)\s+){{0,4}}{_OF_SLICES})"
    rf"|\b(?:in|on)\s+(?:the\s+|an?\s+)?(?:{_PLANE})\s+planes?(?![\w-])",
    re.IGNORECASE,
)
# MedPix files a kidney or a bladder under either, and a scan of the abdomen shows both.
_BELLY = (Region.ABDOMEN, Region.REPRODUCTIVE_AND_URINARY)


class ModalityWord(NamedTuple):
    """A word for a modality, where it stands, and what it means."""

    span: Span
    meant: tuple[Modality, ...]


def modality_words(text: str) -> list[ModalityWord]:
    """Return the words of a text that name a modality, in the order of our table of them."""
    return [
        ModalityWord(match.span(), meant)
        for pattern, meant in _MODALITIES.items()
        for match in re.finditer(_as_word(pattern), text, re.IGNORECASE)
    ]


def modality_in(text: str) -> tuple[list[Span], OneOf] | None:
    """Return where a text names modalities, and the condition that they mean: any of them."""
    words = sorted(modality_words(text))
    if not words:
        return None
    meant = dict.fromkeys(chain.from_iterable(word.meant for word in words))
    return _with_what_joins(text, [word.span for word in words]), OneOf("modality", tuple(meant))


def _with_what_joins(text: str, spans: Sequence[Span]) -> list[Span]:
    """Join the spans between which nothing but "and", "or" or a comma stands."""
    joined = [spans[0]]
    for start, end in spans[1:]:
        before = joined[-1]
        if _ONLY_JOINED.fullmatch(text, before[1], start):
            joined[-1] = (before[0], end)
        else:
            joined.append((start, end))
    return joined


def plane_in(text: str) -> tuple[list[Span], OneOf] | None:
    """Return where a text says in which planes slices lie, and the condition; an axial skeleton is no plane."""
    found = [match for line, start in _lines(text) for match in _shifted(_PLANES.finditer(_blotted(line)[0]), start)]
    planes = {Plane(name.casefold()): None for _, said in found for name in re.findall(_PLANE, said, re.IGNORECASE)}
    return ([span for span, _ in found], OneOf("plane", tuple(planes))) if found else None


def region_in_exam(text: str) -> OneOf | None:
    """Return the condition on the region of the body that a text says was scanned.

    None where it does not say, or one of the places that it names belongs to no one region, as a pelvis.
    """
    scanned = [concept.region for line, _ in _lines(text) for concept in _scanned(line)]
    regions = [region for region in scanned if region is not None]
    if not regions or len(regions) < len(scanned):
        return None
    meant = chain.from_iterable(_BELLY if region in _BELLY else (region,) for region in regions)
    return OneOf("region", tuple(dict.fromkeys(meant)))


def _scanned(line: str) -> Iterator[Concept]:
    """Yield the anatomy that a line says was scanned."""
    blotted, anatomy = _blotted(line)
    said = [match.span("places") for match in _SCAN_OF.finditer(blotted)]
    said += [
        match.span("places")
        for match in _SCANNED.finditer(blotted)
        if not _OF_A_FINDING.search(blotted[: match.start()])
    ]
    for start, end in said:
        yield from (concept for at, concept in anatomy.items() if start <= at < end)


def _blotted(line: str) -> tuple[str, Mapping[int, Concept]]:
    """Return a line with the anatomy that it names blotted out, and what stood at which place."""
    line = line.replace(_BLOT, " ")
    found = [item for item in phrase_book(frozenset({ConceptKind.ANATOMY})).find(fold(line)) if item.value]
    for item in found:
        line = line[: item.start] + _BLOT * (item.end - item.start) + line[item.end :]
    return line, {item.start: item.value for item in found}


def _lines(text: str) -> Iterator[tuple[str, int]]:
    """Yield the lines of a text, and where each begins."""
    start = 0
    for line in text.splitlines(keepends=True):
        yield line, start
        start += len(line)


def _shifted(matches: Iterable[re.Match[str]], by: int) -> Iterator[tuple[Span, str]]:
    """Yield spans and words of matches that were found so far from the beginning of a text."""
    for match in matches:
        yield (match.start() + by, match.end() + by), match[0]
