"""Fit a question into what a model takes, counted by its server where that counts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingest.errors import InputError
from rag.chat.limits import Limits
from rag.chat.serving import Server

BYTES_PER_TOKEN = 2  # of JSON in English; tokenizers make 2.2 to 3 of it, so the estimate is rather too high
MESSAGE_TOKENS = 16  # that a chat template adds to a message
MIN_ANSWER_SHARE = 0.25  # of a context that is too short for both

Message = tuple[str, str]


@dataclass(frozen=True)
class Length:
    """How many tokens a question has: counted by the server, or estimated."""

    tokens: int
    estimated: bool

    def __str__(self) -> str:
        if self.estimated:
            return (
                f"about {self.tokens} tokens (estimated at {BYTES_PER_TOKEN} bytes each, as its server does not count)"
            )
        return f"{self.tokens} tokens"


@dataclass(frozen=True)
class FittedQuestion:
    """A question that fits: its messages, their length, and how long the answer may be."""

    messages: tuple[Message, ...]
    length: Length
    answer_tokens: int
    place: int
    """Which of the questions offered it is, from 0."""


def fit_question(
    offered: Iterable[Sequence[Message]], limits: Limits, server: Server | None, called: str
) -> FittedQuestion:
    """Return the first of the questions that the model takes; they are offered the longest first.

    Raises
    ------
    InputError
        If none fits.
    """
    context = server.context_tokens() if server else None
    answer = limits.answer_tokens
    if context is not None:
        answer = min(answer, int(context * MIN_ANSWER_SHARE))
    most = min(limits.prompt_tokens, context - answer) if context else limits.prompt_tokens
    length = Length(0, estimated=True)
    for place, messages in enumerate(offered):
        length = _length(messages, most, server, exact=context is not None)
        if length.tokens <= most:
            if context is not None:
                answer = min(limits.answer_tokens, context - length.tokens)
            return FittedQuestion(tuple(messages), length, answer, place)
    own = f" in its context of {context}" if context is not None and most < limits.prompt_tokens else ""
    raise InputError(
        f"the evidence has {length} even at its shortest, {called} may be given {most}{own}. Use fewer cases, "
        f"{'start it with a longer context' if own else 'or raise CASEGRAPH_LANGUAGE_MODEL_PROMPT_TOKENS'}."
    )


def _length(messages: Sequence[Message], most: int, server: Server | None, *, exact: bool) -> Length:
    """Count where it matters: where all must fit into a context, or where the estimate is too long."""
    added = MESSAGE_TOKENS * len(messages)
    text = "\n".join(said for _, said in messages)
    estimate = Length(added + math.ceil(len(text.encode(errors="replace")) / BYTES_PER_TOKEN), estimated=True)
    if server is None or (estimate.tokens <= most and not exact):
        return estimate
    counted = server.count(text)
    return estimate if counted is None else Length(added + counted, estimated=False)
