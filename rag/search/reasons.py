"""Why a case may answer a question, in three lines: what it shares, what it lacks, and in what it differs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from rag.search.traits import Aspect

TOLD = 8  # reasons in one sentence


class Line(StrEnum):
    """One of the three lines; what stands on one stands on none after it."""

    SHARES = "shares"
    DIFFERS = "differs"
    LACKS = "lacks"


@dataclass(frozen=True)
class HitReason:
    """One thing of which a line speaks.

    Attributes
    ----------
    name : str
        What it is called.
    words : str
        The same with what there is to say of it: "mass (right; asked: left)".
    concept_id : str or None
        Of a finding, its concept, to search by.
    """

    aspect: Aspect
    name: str
    words: str
    concept_id: str | None = None


@dataclass(frozen=True)
class HitReasons:
    """What a case shares with a question, what of the question it lacks, and in what it differs.

    Nothing stands on two lines.

    Attributes
    ----------
    shares : tuple of HitReason
        What both have: the disease or what is above both, findings, places, region, modality, plane, age group, sex.
    lacks : tuple of HitReason
        What the question asks for and the case does not say, or rules out.
    differs : tuple of HitReason
        What the case has otherwise: a finding at another place or asked to be absent, region, modality, plane, age.
    also_shows : tuple of HitReason
        The findings that only the case has.
    """

    shares: tuple[HitReason, ...] = ()
    lacks: tuple[HitReason, ...] = ()
    differs: tuple[HitReason, ...] = ()
    also_shows: tuple[HitReason, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """The lines, without those that would be empty."""
        lines = (
            ("Shares", self.shares),
            ("Lacks", self.lacks),
            ("Differs", self.differs),
            ("Also shows", self.also_shows),
        )
        return tuple(f"{name}: {_listed(reasons)}." for name, reasons in lines if reasons)


def on_lines(told: Iterable[tuple[Line, HitReason]], also_shows: Iterable[HitReason]) -> HitReasons:
    """Put each reason on its line; of those of one name, the first line alone has it."""
    ordered = sorted(told, key=lambda one: list(Line).index(one[0]))
    lines: dict[Line, list[HitReason]] = {line: [] for line in Line}
    names: set[str] = set()
    for line, reason in ordered:
        if reason.name.casefold() not in names:
            names.add(reason.name.casefold())
            lines[line].append(reason)
    more = tuple(reason for reason in also_shows if reason.name.casefold() not in names)
    return HitReasons(tuple(lines[Line.SHARES]), tuple(lines[Line.LACKS]), tuple(lines[Line.DIFFERS]), more)


def _listed(reasons: tuple[HitReason, ...]) -> str:
    left = len(reasons) - TOLD
    return ", ".join(reason.words for reason in reasons[:TOLD]) + (f" and {left} more" if left > 0 else "")
