"""What the reader of an answer should know of how it came to be: a stable code, a sentence, and what mends it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ingest.errors import CaseGraphError
from ingest.remedies import Remedy, Worded


class NoticeCode(StrEnum):
    """What a notice tells; a code never changes its meaning."""

    PASSAGES_NOT_COMPARED = "N-PASSAGES"
    GRAPH_SKIPPED = "N-GRAPH"
    VECTORS_LAG = "N-LAG"
    COPIES_LEFT_OUT = "N-COPIES"
    ONE_SOURCE = "N-SOURCE"
    IMAGES_NOT_JUDGED = "N-UNJUDGED"
    INCONSISTENT = "N-INCONSISTENT"
    NO_DIAGNOSIS = "N-NO-DIAGNOSIS"
    PROMPT_INJECTION = "N-INJECTION"
    MODEL = "N-MODEL"
    GAP = "N-GAP"
    READ_AS = "N-READ-AS"
    CORRECTED = "N-CORRECTED"
    FILTER_READ = "N-FILTER-READ"
    FILTER_LEFT_OUT = "N-FILTER-LEFT-OUT"
    DENIED_LAST = "N-DENIED-LAST"
    PLACED_FIRST = "N-PLACED-FIRST"
    PLACE_NOT_FOUND = "N-PLACE-NOT-FOUND"
    UNKNOWN_WORDS = "N-UNKNOWN-WORDS"
    NO_SCAN = "N-NO-SCAN"
    REGION_READ = "N-REGION-READ"
    PUBLISHER = "N-PUBLISHER"
    TEXT_ENCODER = "N-TEXT-ENCODER"


@dataclass(frozen=True)
class Notice(Worded):
    """One thing to know of an answer, in a sentence; `remedy` is what changes it, where something does."""

    code: NoticeCode
    text: str
    remedy: Remedy | None = None


def graph_skipped(error: CaseGraphError) -> Notice:
    """Return the notice of an answer that goes without the graph."""
    return Notice(NoticeCode.GRAPH_SKIPPED, f"Graph search skipped: {error}", error.advice.remedy)
