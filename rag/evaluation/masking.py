"""What a search under evaluation may know of the case that asks, with the answer taken out.

Passed on are history, exam and findings (age and sex stand in the history), and beside them the case's images.
Nothing else of the case is ever read: no caption, differential, discussion, treatment, topic or ACR code. Every word
of its diagnosis, title and topic title is blanked out, in every form that the search would take for the same word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.case import Case
from ingest.vocabulary import Section
from rag.search.words import words_of

ANSWERING_SECTIONS = (Section.TITLE, Section.DIAGNOSIS, Section.TOPIC_TITLE)
BACKGROUND_SECTIONS = (Section.HISTORY, Section.EXAM)

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class MaskedQuestion:
    """The texts of a case as a question: its findings, and as background its history and exam."""

    text: str
    background: str

    @property
    def has_words(self) -> bool:
        """Tell whether anything is left to ask with."""
        return bool(words_of(self.text) or words_of(self.background))


def masked_question(case: Case) -> MaskedQuestion:
    """Return the texts of a case that may ask, with the words of its answer blanked out."""
    answer = answer_words(case)
    texts = {section: case.sections.get(section, "") for section in (*BACKGROUND_SECTIONS, Section.FINDINGS)}
    masked = {section: without_words(text, answer) for section, text in texts.items()}
    return MaskedQuestion(
        masked[Section.FINDINGS], "\n".join(masked[section] for section in BACKGROUND_SECTIONS).strip()
    )


def answer_words(case: Case) -> frozenset[str]:
    """Return the words of diagnosis, title and topic title, as the search compares words."""
    names = (case.diagnosis, case.title, case.topic.title, *(case.sections.get(name) for name in ANSWERING_SECTIONS))
    return frozenset(word for name in names if name for word in words_of(name))


def without_words(text: str, words: frozenset[str]) -> str:
    """Return the text with each of these words blanked out, in any form that the search takes for the same."""
    return _WORD.sub(lambda found: " " if words & set(words_of(found.group())) else found.group(), text)
