"""Unknown cases to learn from: sessions of them, the reader's own differential and its score, and sets as a file.

It does not diagnose: it compares what a reader names with what a case of the workspace says.
"""

from __future__ import annotations

from dataclasses import dataclass

from casegraph.cases import as_filter, format_filter
from casegraph.engines import Engines
from casegraph.filters import resolved
from casegraph.notice import NOTICE
from ingest.case import Case, Image
from ingest.errors import UnknownCase
from ingest.store.filters import Filter
from rag.teaching.likeness import Likeness
from rag.teaching.masking import HIDDEN
from rag.teaching.score import MAX_NAMED, Named, Score, parse_differential, score, unknown_names
from rag.teaching.sessions import (
    CASES,
    MAX_CASES,
    Session,
    Turn,
    answer_case,
    begin_session,
    forget_session,
    kept_sessions,
    open_case,
    require_session,
    reveal_next,
    unknown_cases,
)
from rag.teaching.set_page import set_page
from rag.teaching.unknown import UNTITLED, Answer, RevealStep, ShownImage, Unknown, choices_of, reveal

__all__ = [
    "CASES",
    "HIDDEN",
    "MAX_CASES",
    "MAX_NAMED",
    "UNTITLED",
    "Answer",
    "Likeness",
    "Named",
    "RevealStep",
    "Score",
    "Session",
    "ShownImage",
    "Summary",
    "Teaching",
    "TeachingSet",
    "Told",
    "Turn",
    "Unknown",
    "parse_differential",
    "unknown_names",
]


@dataclass(frozen=True)
class Told:
    """A finished case of a session, as its summary tells it; `title` and `score` are None where the case is gone."""

    number: int
    case_id: str
    title: str | None
    turn: Turn
    score: Score | None


@dataclass(frozen=True)
class Summary:
    """What came of a session so far.

    Attributes
    ----------
    points : float
        Of `len(told)` that could be had.
    seconds : float
        That the answers took together.
    """

    told: tuple[Told, ...]
    points: float
    seconds: float

    @property
    def missed(self) -> tuple[Told, ...]:
        """The cases whose diagnosis, or anything near it, was not named."""
        return tuple(one for one in self.told if one.score and one.score.likeness is Likeness.OTHER)


@dataclass(frozen=True)
class TeachingSet:
    """Unknown cases as one HTML file, and which they are, in its order."""

    page: str
    case_ids: tuple[str, ...]


@dataclass(frozen=True)
class Teaching:
    """The unknown cases of one workspace."""

    _engines: Engines

    def begin(self, where: str | Filter | None = None, *, cases: int = CASES, seed: int | None = None) -> Session:
        """Begin a session of unknown cases at random; see `rag.teaching.sessions.begin_session`."""
        engines, asked = self._engines, as_filter(where)
        said = format_filter(asked) if asked else ""  # as it was asked, not as the ids that graph or classifier name
        condition = resolved(engines, asked)
        return begin_session(engines.store, where=condition, said=said, cases=cases, actor=self._actor, seed=seed)

    def sessions(self) -> list[Session]:
        """Return the kept sessions, in the order in which they were begun."""
        return kept_sessions(self._engines.store)

    def session(self, session_id: str) -> Session:
        """Return one session. Raises InputError where there is none of this id."""
        return require_session(self._engines.store, session_id)

    def look(self, session_id: str, number: int) -> Unknown:
        """Return a case of a session as far as it is revealed; its clock begins with the first look.

        Raises
        ------
        InputError
            If there is no such session or number.
        UnknownCase
            If the case was deleted meanwhile.
        """
        session = open_case(self._engines.store, session_id, number, actor=self._actor)
        turn = session.turn(number)
        return reveal(self._case(turn), turn.step)

    def reveal_next(self, session_id: str, number: int) -> Session:
        """Show the next step of a case; the case's differential comes only after the reader's own."""
        return reveal_next(self._engines.store, session_id, number, actor=self._actor)

    def answer(self, session_id: str, number: int, differential: str) -> Session:
        """Take the reader's differential as typed, one disease a line; an empty text passes.

        Raises
        ------
        InputError
            If it names too many diseases, or the case is answered already.
        """
        case = self._case(self.session(session_id).turn(number))
        named = parse_differential(differential)
        return answer_case(
            self._engines.store, session_id, number, named, actor=self._actor, has_choices=bool(choices_of(case))
        )

    def forget(self, session_id: str) -> None:
        """Forget a session. Raises InputError where there is none of this id."""
        forget_session(self._engines.store, session_id, actor=self._actor)

    def score(self, turn: Turn) -> Score | None:
        """Return how an answered case was answered; None before its diagnosis is revealed."""
        return score(turn.differential or (), self._case(turn)) if turn.is_done else None

    def summary(self, session: Session) -> Summary:
        """Return what came of the finished cases of a session."""
        told = tuple(self._told(number, turn) for number, turn in enumerate(session.turns, 1) if turn.is_done)
        return Summary(
            told,
            points=sum(one.score.points for one in told if one.score),
            seconds=sum(one.turn.seconds or 0.0 for one in told),
        )

    def set_of(self, where: str | Filter | None = None, *, cases: int = CASES, seed: int | None = None) -> TeachingSet:
        """Return a teaching set as one HTML file: cases at random, or the same ones for the same seed."""
        store, objects = self._engines.store, self._engines.objects

        def png(image: Image) -> bytes | None:
            return objects.read(image.object_key) if image.object_key else None

        chosen = unknown_cases(store, where=resolved(self._engines, where), cases=cases, seed=seed)
        page = set_page((store.get(case_id).case for case_id in chosen), png, notice=NOTICE)
        return TeachingSet(page, tuple(chosen))

    def _told(self, number: int, turn: Turn) -> Told:
        try:
            case = self._case(turn)
        except UnknownCase:
            return Told(number, turn.case_id, None, turn, None)
        return Told(number, turn.case_id, case.title, turn, score(turn.differential or (), case))

    def _case(self, turn: Turn) -> Case:
        return self._engines.store.get(turn.case_id).case

    @property
    def _actor(self) -> str:
        return self._engines.settings.actor_name
