"""How long a question to a language model and its answer may be, and how long they may take."""

from __future__ import annotations

from dataclasses import dataclass

START_S = 60.0  # to load a model, and to wait for a place in its queue
READ_PER_S = 50  # tokens of a question that a small model on two cores takes in
WRITTEN_PER_S = 10  # tokens of an answer that it writes


@dataclass(frozen=True)
class Limits:
    """How long an answer may take in all, repeats included, and how long question and answer may be.

    Where no time is set it grows with the length asked for.
    """

    time_s: float | None = None
    prompt_tokens: int = 16_000  # the evidence of thirty cases has about 12 000
    answer_tokens: int = 4_000  # 24 statements have about 3 000

    def seconds(self, prompt_tokens: int, answer_tokens: int) -> float:
        """Return how long a question and an answer of these lengths may take."""
        if self.time_s is not None:
            return self.time_s
        return START_S + prompt_tokens / READ_PER_S + answer_tokens / WRITTEN_PER_S

    @property
    def longest_s(self) -> float:
        """How long the longest question and answer may take."""
        return self.seconds(self.prompt_tokens, self.answer_tokens)
