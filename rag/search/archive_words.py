"""What search knows of the words of all documents: read in one pass, of which no document is kept.

94 000 cases would fill several gigabytes as objects; what is counted of them fills a few hundred megabytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ingest.case import Case
from rag.search.case_words import CaseWords, WordCounts
from rag.search.diagnoses import DiagnosisIndex
from rag.search.understanding import SpellingCounts, Understanding


@dataclass(frozen=True)
class ArchiveWords:
    """What the documents of an archive say in words.

    Attributes
    ----------
    words : CaseWords
        How much each word says of each case.
    diagnoses : DiagnosisIndex
        The diagnosis of every case.
    understanding : Understanding
        Reads questions by the words that cases have.
    """

    words: CaseWords
    diagnoses: DiagnosisIndex
    understanding: Understanding


def read_archive_words(cases: Iterable[Case]) -> ArchiveWords:
    """Return the words of some cases, each looked at once."""
    words, spellings = WordCounts(), SpellingCounts()
    diagnoses: list[tuple[str, str]] = []
    for case in cases:
        words.add(case)
        spellings.add(case)
        if case.diagnosis:
            diagnoses.append((case.case_id, case.diagnosis))
    return ArchiveWords(words.weighed(), DiagnosisIndex(diagnoses), spellings.understanding())
