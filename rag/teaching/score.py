"""A reader's differential against that of a case, disease by disease, as concepts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingest.case import Case
from ingest.concepts.diagnosis import diagnosis_concept_id
from ingest.concepts.diagnosis_names import shown_name
from ingest.concepts.diseases import names_of_known_diseases
from ingest.errors import InputError
from ingest.spelling import did_you_mean
from rag.teaching.likeness import POINTS, Likeness, best, is_a_disease, likeness, likeness_to_answer
from rag.teaching.unknown import considered_in

MAX_NAMED = 8  # diseases of one differential: more is a list of everything
MAX_NAME_LENGTH = 200
_APART = re.compile(r"[\n,;]+")
_NUMBERED = re.compile(r"^\s*(?:\d+\s*[.)]|[-\u2022*])\s*")


@dataclass(frozen=True)
class Named:
    """A disease that a reader named, and what it is to the answer of the case."""

    name: str
    likeness: Likeness


@dataclass(frozen=True)
class Score:
    """How a differential stands to a case.

    Attributes
    ----------
    points : float
        1 where the diagnosis was named, half where a kind of it or something wider was, else 0.
    likeness : Likeness
        The nearest that was named to the diagnosis.
    place : int or None
        At which place of the differential, from 1, that stands.
    named : tuple of Named
        What the reader named, in their order.
    also_considered : tuple of str
        Other diseases of the case's differential that the reader named, or named a kind of or something wider.
    not_considered : tuple of str
        Those that the reader did not.
    """

    points: float
    likeness: Likeness
    place: int | None
    named: tuple[Named, ...]
    also_considered: tuple[str, ...]
    not_considered: tuple[str, ...]


def parse_differential(text: str) -> tuple[str, ...]:
    r"""Return the diseases that a reader typed, one a line or with commas between; each once.

    Examples
    --------
    >>> parse_differential("1. Glioblastoma\n2. abscess, lymphoma; Abscesses")
    ('Glioblastoma', 'abscess', 'lymphoma')

    Raises
    ------
    InputError
        If there are more than `MAX_NAMED`, or a name is longer than one is.
    """
    names = (" ".join(_NUMBERED.sub("", part).split()) for part in _APART.split(text))
    found: dict[str, str] = {}
    for name in names:
        if len(name) > MAX_NAME_LENGTH:
            raise InputError(f"a disease with {len(name)} characters is too long. Write one disease per line.")
        if name:
            found.setdefault(diagnosis_concept_id(name) or name.casefold(), name)
    if len(found) > MAX_NAMED:
        raise InputError(f"{len(found)} diseases are named, at most {MAX_NAMED} are taken. Leave the least likely out.")
    return tuple(found.values())


def score(differential: Sequence[str], case: Case) -> Score:
    """Return how the diseases that a reader named stand to a case."""
    named = tuple(Named(name, likeness_to_answer(name, case)) for name in differential)
    nearest = best(one.likeness for one in named)
    place = next((at for at, one in enumerate(named, 1) if one.likeness is nearest), None)
    others = [name for name in considered_in(case) if likeness_to_answer(name, case) is Likeness.OTHER]
    met = [name for name in others if _is_met(name, differential)]
    return Score(
        points=POINTS[nearest],
        likeness=nearest,
        place=None if nearest is Likeness.OTHER else place,
        named=named,
        also_considered=tuple(map(shown_name, met)),
        not_considered=tuple(shown_name(name) for name in others if name not in met),
    )


def _is_met(name: str, differential: Iterable[str]) -> bool:
    return best(likeness(said, name) for said in differential) is not Likeness.OTHER


def unknown_names(differential: Iterable[str]) -> dict[str, str | None]:
    """Return the names that our tables do not know, each with what may be meant ("Did you mean ...?")."""
    known = names_of_known_diseases()
    return {name: did_you_mean(name, known) for name in differential if not is_a_disease(name)}
