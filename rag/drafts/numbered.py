"""A draft as a page shows it: its statements and the places that they cite, under the numbers of its written forms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ingest.vocabulary import Section
from rag.drafts.render import Cited, Document, citation_numbers, not_assessed
from rag.drafts.statements import Citation, DraftSection, Origin, Subject


@dataclass(frozen=True)
class NumberedStatement:
    """A statement, its number counted from 1 through all sections, and the numbers of what it cites, in order.

    Attributes
    ----------
    organs : str
        Of a finding, the organs that it stands under.
    """

    number: int
    section: DraftSection
    text: str
    subject: Subject
    cites: tuple[int, ...]
    worded_by: str | None = None
    organs: str = ""


@dataclass(frozen=True)
class NumberedDraft:
    """The statements of a draft and, by number, what they cite.

    Attributes
    ----------
    not_assessed : str or None
        Which organs of the scan the findings do not speak of, in words.
    """

    statements: tuple[NumberedStatement, ...]
    citations: Mapping[int, Citation]
    not_assessed: str | None = None

    def of(self, section: DraftSection) -> tuple[NumberedStatement, ...]:
        """Return the statements of one section, in order."""
        return tuple(statement for statement in self.statements if statement.section is section)

    def citing(self, citation: int) -> tuple[NumberedStatement, ...]:
        """Return the statements that cite a place."""
        return tuple(statement for statement in self.statements if citation in statement.cites)


def numbered(document: Document) -> NumberedDraft:
    """Return the document of a draft with its statements and citations numbered."""
    numbers = citation_numbers(document)
    statements = tuple(_statements(document, numbers))
    citations = {number: _citation(dict(cited)) for cited, number in numbers.items()}
    left = next(filter(None, (not_assessed(section) for section in document["sections"])), None)
    return NumberedDraft(statements, citations, left)


def _statements(document: Document, numbers: Mapping[Cited, int]) -> Iterator[NumberedStatement]:
    number = 0
    for section in document["sections"]:
        for said in section["statements"]:
            number += 1
            yield NumberedStatement(
                number,
                DraftSection(section["section"]),
                said["text"],
                Subject(said["subject"]),
                tuple(sorted(numbers[tuple(cited.items())] for cited in said["citations"])),
                said.get("worded_by"),
                ", ".join(said.get("organs", ())),
            )


def _citation(cited: Mapping[str, Any]) -> Citation:
    section = cited["section"]
    return Citation(
        Origin(cited["origin"]),
        cited["quote"],
        cited["case_id"],
        Section(section) if section else None,
        cited["image_id"],
        cited["start"],
        cited["end"],
    )
