"""How the disease that a reader names stands to the one that a case has: by concepts, never by letters.

Side, course and stage are no other disease: "infarct of the left MCA" is answered by "MCA infarction".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache

from ingest.case import Case
from ingest.concepts.diagnosis import diagnosis_concept_id
from ingest.concepts.diagnosis_parents import all_broader, broader_diagnoses, is_known_disease, is_plain_disease

_REMEMBERED = 20_000
_BRACKET = re.compile(r"\([^()]*\)?|\[[^\[\]]*\]?")

_FURTHER = re.compile(r"[,;\n]|\b(?:in|of|within|involving|with|and|secondary|due|from)\b", re.IGNORECASE)


class Likeness(StrEnum):
    """What a named disease is to the one that is looked for."""

    EXACT = "exact"
    KIND = "a kind of it"
    WIDER = "wider"
    OTHER = "other"


POINTS = {Likeness.EXACT: 1.0, Likeness.KIND: 0.5, Likeness.WIDER: 0.5, Likeness.OTHER: 0.0}
_BEST_FIRST = tuple(Likeness)


def likeness(named: str, diagnosis: str) -> Likeness:
    """Return what a disease as somebody names it is to a diagnosis.

    Examples
    --------
    >>> [str(likeness(named, "Right MCA infarction")) for named in ("MCA infarct", "Stroke", "Abscess")]
    ['exact', 'wider', 'other']
    >>> str(likeness("Glioblastoma", "Glioma"))
    'a kind of it'
    """
    return best(_between(own, other) for own in _concepts(named) for other in _concepts(diagnosis))


@lru_cache(maxsize=_REMEMBERED)
def _concepts(name: str) -> tuple[str, ...]:
    """Return the concepts of a name as it is written and without what stands in brackets: "(biopsy proven)"."""
    found = map(diagnosis_concept_id, dict.fromkeys((name, _BRACKET.sub(" ", name))))
    return tuple(dict.fromkeys(concept_id for concept_id in found if concept_id))


@lru_cache(maxsize=_REMEMBERED)
def _between(named: str, diagnosis: str) -> Likeness:
    own, looked_for = _plain(named), _plain(diagnosis)
    if not own.isdisjoint(looked_for):
        return Likeness.EXACT
    if any(not looked_for.isdisjoint(all_broader(disease)) for disease in own):
        return Likeness.KIND
    if any(not own.isdisjoint(all_broader(disease)) for disease in looked_for):
        return Likeness.WIDER
    return Likeness.OTHER


@lru_cache(maxsize=_REMEMBERED)
def _plain(concept_id: str) -> frozenset[str]:
    """Return a diagnosis and the diseases that it names without side, course, stage and the like."""
    if is_plain_disease(concept_id):
        return frozenset({concept_id})
    return frozenset({concept_id}).union(*(_plain(other) for other in broader_diagnoses(concept_id)))


def likeness_to_answer(named: str, case: Case) -> Likeness:
    """Return what a disease is to the answer of a case: to its diagnosis or title.

    What is named first in these, before a comma or a place, and the topic of the case are at best wider than it.
    """
    names = [name for name in (case.diagnosis, case.title) if name]
    found = [likeness(named, name) for name in names]
    above = [_FURTHER.split(name, maxsplit=1)[0].strip() for name in names if _FURTHER.search(name)]
    if case.topic.title and is_a_disease(case.topic.title):
        above.append(case.topic.title)
    if any(likeness(named, name) is Likeness.EXACT for name in above):
        found.append(Likeness.WIDER)
    return best(found)


def best(found: Iterable[Likeness]) -> Likeness:
    """Return the nearest of some; `OTHER` of none."""
    return min(found, key=_BEST_FIRST.index, default=Likeness.OTHER)


def is_a_disease(name: str) -> bool:
    """Tell whether our tables know a name as that of a disease, or of a kind of one."""
    concept_id = diagnosis_concept_id(name)
    return concept_id is not None and is_known_disease(concept_id)
