"""What a question in words says of its findings, and the channels cannot tell: that one is absent, and where one is.

"Mass in the left kidney" and "mass, no edema" find masses, edema and left kidneys; of what was found, the cases come
first whose texts place the mass there, and those last that show what is denied. Of the cases of a disease, those come
first that have it at the place and on the side that the question names beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass, replace

from ingest.annotation.asked import AskedFinding, answers, asked_findings
from ingest.case import Case
from ingest.concepts.lexicon import with_broader
from ingest.notices import Notice, NoticeCode
from ingest.store.filters import Annotated, Filter
from ingest.vocabulary import Assertion
from rag.search.diagnoses import BESIDE_ANOTHER
from rag.search.disease_places import AskedPlace, asked_place, names_place
from rag.search.fusion import Channel, Hit
from rag.search.query import Query
from rag.search.understanding import MAX_WORDS

OF_REORDERED = 3  # times as many hits as are answered with
_ELSEWHERE = 2
_THERE = Notice(NoticeCode.PLACED_FIRST, "Cases that are said to have it at that place come first.")
_NOWHERE = Notice(NoticeCode.PLACE_NOT_FOUND, "No case among the nearest is said to have it at that place.")
_DENIED = Notice(NoticeCode.DENIED_LAST, "Cases that show what the question denies come last.")


@dataclass(frozen=True)
class Wishes:
    """What a question says of findings: where they or the disease are, and the cases that show what it denies."""

    placed: tuple[AskedFinding, ...] = ()
    showing_denied: Set[str] = frozenset()
    of_disease: AskedPlace | None = None

    def __bool__(self) -> bool:
        return bool(self.placed or self.showing_denied or self.of_disease)


def wishes_of(
    query: Query,
    allowed: Set[str],
    case_ids: Callable[[Filter], Iterable[str]],
    diseases_named: Callable[[], Sequence[str]],
) -> Wishes:
    """Return what a question in words says of findings.

    Parameters
    ----------
    case_ids : callable
        Returns the cases of a filter.
    diseases_named : callable
        Returns the names of the diseases that the question names and allowed cases have; asked only of a place or side.
    """
    if query.literal or not query.text:
        return Wishes()
    asked = asked_findings(query.text)
    denied = {one.concept_id for one in asked if one.assertion is Assertion.ABSENT}
    showing = {name for concept in denied for name in case_ids(Annotated(concept, Assertion.PRESENT))}
    if len(query.text.split()) > MAX_WORDS:
        return Wishes(showing_denied=allowed & showing)
    placed = _placed(asked)
    diseases = diseases_named() if placed or names_place(query.text) else ()
    if diseases:
        return Wishes((), allowed & showing, asked_place(query.text, diseases))
    return Wishes(placed, allowed & showing)


def reordered(
    hits: Sequence[Hit], wishes: Wishes, k: int, case_of: Callable[[str], Case]
) -> tuple[list[Hit], list[Notice]]:
    """Return the first `k` hits as a question wishes them, ranked anew, and what there is to say."""
    notices: list[Notice] = []
    ordered = list(hits)
    if wishes.of_disease:
        ordered, told = _by_place_of_disease(hits, wishes.of_disease, case_of)
        notices.append(told)
    if wishes.placed:
        far = {hit.case_id: _distance(case_of(hit.case_id), wishes.placed) for hit in hits}
        ordered.sort(key=lambda hit: far[hit.case_id])
        notices.append(_THERE if min(far.values(), default=_ELSEWHERE) < _ELSEWHERE else _NOWHERE)
    if wishes.showing_denied:
        ordered.sort(key=lambda hit: hit.case_id in wishes.showing_denied)  # keeps the order of places
        notices.append(_DENIED)
    return [replace(hit, rank=rank) for rank, hit in enumerate(ordered[:k], 1)], notices


def _by_place_of_disease(
    hits: Sequence[Hit], asked: AskedPlace, case_of: Callable[[str], Case]
) -> tuple[list[Hit], Notice]:
    """Return the cases of the disease by where they have it, then the others as they are."""
    far = {hit.case_id: asked.distance(case_of(hit.case_id)) for hit in hits if _has_disease(hit)}
    having = sorted((hit for hit in hits if hit.case_id in far), key=lambda hit: far[hit.case_id])
    others = [hit for hit in hits if hit.case_id not in far]
    return [*having, *others], _THERE if (0, 0) in far.values() else _NOWHERE


def _has_disease(hit: Hit) -> bool:
    return any(one.channel is Channel.DIAGNOSIS and one.score > BESIDE_ANOTHER for one in hit.channels)


def _distance(case: Case, placed: Sequence[AskedFinding]) -> int:
    """Return 0 where a case has a finding at the place asked for, 1 where it has what that is a kind of, else 2."""
    if _has(case, placed):
        return 0
    wider = [replace(asked, concept_id=kind) for asked in placed for kind in with_broader(asked.concept_id)]
    return 1 if _has(case, wider) else _ELSEWHERE


def _has(case: Case, placed: Sequence[AskedFinding]) -> bool:
    return any(answers(mention, asked) for mention in case.annotations for asked in placed)


def _placed(asked: Iterable[AskedFinding]) -> tuple[AskedFinding, ...]:
    """Return the findings that are asked for at a place or on a side."""
    return tuple(one for one in asked if one.assertion is Assertion.PRESENT and (one.places or one.lateralities))
