"""Of which region of the body a draft's request speaks: cases of another one are no evidence for it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from ingest.annotation.annotate import annotate_text, concepts
from ingest.concepts.lexicon import with_broader
from ingest.vocabulary import Assertion, ConceptKind, Region, Section
from rag.drafts.evidence import DraftRequest

_KNOWN_CANCER = "clinical:known-cancer"
CLEAR_SHARE = 2 / 3  # of the places that the words name, all in one region


@dataclass(frozen=True)
class SpokenOf:
    """A region, and who says so, in words."""

    region: Region
    by: str


def region_scanned(request: DraftRequest) -> SpokenOf | None:
    """Return the region that the findings name, else the one that the classifier is sure of.

    None where the findings name places of several regions, or neither says.
    """
    if region := _region_in(request.findings):
        return SpokenOf(region, "your findings name it")
    predicted = (request.predictions or {}).get("region")
    if predicted is not None and predicted.sure and predicted.label in set(Region):
        return SpokenOf(Region(predicted.label), "the classifier is sure of it")
    return None


def region_spoken_of(request: DraftRequest) -> SpokenOf | None:
    """Return the region that was scanned, else the one that history and exam name."""
    if scanned := region_scanned(request):
        return scanned
    if region := _region_in("\n".join(filter(None, (request.history, request.exam)))):
        return SpokenOf(region, "the history names it")
    return None


def _region_in(text: str | None) -> Region | None:
    known = concepts()
    elsewhere = _of_known_cancer(text or "")
    places = Counter(
        region
        for mention in annotate_text(text or "", Section.FINDINGS)
        if mention.kind is ConceptKind.ANATOMY
        and mention.assertion is Assertion.PRESENT
        and not any(start <= mention.start < end for start, end in elsewhere)
        and (region := known[mention.concept_id].region)
    )
    if not places:
        return None
    region, count = places.most_common(1)[0]
    return Region(region) if count >= CLEAR_SHARE * places.total() else None


def _of_known_cancer(text: str) -> list[tuple[int, int]]:
    """Return where a text names the cancer that a patient has or had: it says nothing of what was scanned."""
    clinical = (one for one in annotate_text(text, Section.HISTORY) if one.kind is ConceptKind.CLINICAL)
    return [(one.start, one.end) for one in clinical if _KNOWN_CANCER in with_broader(one.concept_id)]
