"""Ids of cases, patients and images: where they are from, a colon, and the id that the source itself gives.

They are texts, and are stored and written as such. The source's own id may hold any character, underscores and
colons too: the text of an image's id alone does not say where the id of its case ends.
"""

from __future__ import annotations

from typing import Self

from ingest.errors import InputError


class SourceId(str):
    """An id with the name of its source before the first colon, such as ``medpix2:MPX1009``."""

    __slots__ = ()

    @property
    def source(self) -> str:
        """The source's name; empty in a short id."""
        return self.partition(":")[0] if ":" in self else ""

    @property
    def short(self) -> str:
        """The id at the source, for display and for typing."""
        return self.partition(":")[2] if ":" in self else str(self)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the id that a text is.

        Raises
        ------
        InputError
            If it lacks the source or the source's own id.
        """
        if not cls(text).source or not cls(text).short:
            raise InputError(
                f"{text!r} is not an id: expected a source, a colon and an id, for example medpix2:MPX1009."
            )
        return cls(text)

    @classmethod
    def of(cls, source: str, short: str) -> Self:
        """Return the id of what `source` calls `short`.

        Raises
        ------
        InputError
            If one of them is empty, or the source's name has a colon.
        """
        if ":" in source:
            raise InputError(f"the source's name {source!r} has a colon, which would end it. Name it without.")
        return cls.parse(f"{source}:{short}")


class CaseId(SourceId):
    """The id of a case."""

    __slots__ = ()


class PatientId(SourceId):
    """The id of a patient: one for all cases of one person, as far as the source tells."""

    __slots__ = ()

    @classmethod
    def of_case(cls, case_id: str) -> Self:
        """Return the id for the patient of a source that says nothing of patients: each case has one of its own."""
        return cls(case_id)


class ImageId(SourceId):
    """The id of an image: that of its case, an underscore, and what tells it from the case's other images."""

    __slots__ = ()

    @property
    def possible_case_ids(self) -> tuple[CaseId, ...]:
        """Each id that the image's case can have, the longest first; `find_image` says which of them it is."""
        short, before = self.short, self.removesuffix(self.short)
        ends = [place for place, letter in enumerate(short) if letter == "_" and place]
        return tuple(CaseId(before + short[:end]) for end in reversed(ends))
