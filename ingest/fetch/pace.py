"""How fast a host is asked, and how often again: within its rate, and after as long as it says."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter


@dataclass(frozen=True)
class PaceLimits:
    """How long to wait for what.

    Attributes
    ----------
    silence_s : float
        How long a host may say nothing.
    answer_s : float
        How long one answer may take, however it trickles.
    attempts : int
        How often something is asked for.
    longest_wait_s : float
        A host that wants us to wait longer than this is left alone until the next run.
    """

    silence_s: float = 30.0
    answer_s: float = 900.0
    attempts: int = 5
    longest_wait_s: float = 300.0


class MayPassError(Exception):
    """Something that may be better the next time; `unreachable` tells that the host is at fault, not what it gave."""

    def __init__(self, sentence: str, *, unreachable: bool, retry_after_s: float | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.unreachable = unreachable
        self.retry_after_s = retry_after_s


class Pace:
    """Lets requests to one host pass at its rate, evenly."""

    def __init__(self, per_s: float, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self._gap_s = 1 / per_s
        self._clock = clock
        self._sleep = sleep
        self._next = clock()

    def wait(self) -> None:
        """Return when the next request may go."""
        if (left := self._next - self._clock()) > 0:
            self._sleep(left)
        self._next = max(self._clock(), self._next) + self._gap_s


def retrying(limits: PaceLimits, sleep: Callable[[float], None] = time.sleep) -> Retrying:
    """Return what asks again: after as long as the host said, else after twice as long each time, never all at once."""
    backing_off = wait_exponential_jitter(initial=1, max=60, jitter=1)

    def wait(state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        said = getattr(error, "retry_after_s", None)
        return backing_off(state) if said is None else max(said, 0.0)

    def again(error: BaseException) -> bool:
        return isinstance(error, MayPassError) and (error.retry_after_s or 0) <= limits.longest_wait_s

    return Retrying(
        retry=retry_if_exception(again), stop=stop_after_attempt(limits.attempts), wait=wait, sleep=sleep, reraise=True
    )  # fmt: skip


def seconds_of(retry_after: str | None, now: datetime | None = None) -> float | None:
    """Return the seconds of a header Retry-After (RFC 9110, 10.2.3), a number or a date; None where it says none."""
    if retry_after is None:
        return None
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    date = date if date.tzinfo else date.replace(tzinfo=UTC)
    return max(0.0, (date - (now or datetime.now(UTC))).total_seconds())
