"""Ask a chat model for an answer of a given form: streamed, within limits, asked again where that may help.

Any chat model that LangChain's ``init_chat_model`` opens. It gets no tools, and what it answers is data.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import BaseModel

from ingest.errors import InputError
from rag.chat.answers import NoAnswer, Read, read_answer
from rag.chat.chat_errors import CutOff, Declined, is_cut_off, may_pass, told_in_sentences, too_long
from rag.chat.listening import listen
from rag.chat.parameters import Parameter, refused_parameter, without
from rag.chat.reasons import Hidden

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.runnables import Runnable

ATTEMPTS = 3  # an overloaded server may have room a second later; more would add to its load
CHARACTERS_PER_TOKEN = 4  # of English text; the count before a model's own tokenizer is an estimate
OVERRUN = 3  # times the characters that its tokens should have: a server that writes on is not keeping to its limit

Message = tuple[str, str]
TextCallback = Callable[[str], object]
"""Takes all that a model has written so far, again and again while it writes."""

Form = TypeVar("Form", bound=BaseModel)


@dataclass(frozen=True)
class Limits:
    """How long an answer may take in all, repeats included, and how long question and answer may be."""

    time_s: float = 60.0
    prompt_tokens: int = 16_000  # the evidence of thirty cases has about 12 000
    answer_tokens: int = 8_000


@dataclass(frozen=True)
class Answer(Generic[Form]):
    """What a model answered, and what its reader should know of how it came to be."""

    content: Form
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chat:
    """A chat model, and how an error names it."""

    called: str
    model: BaseChatModel = field(repr=False)
    limits: Limits = Limits()
    key: str | None = field(default=None, repr=False)

    def answer(self, form: type[Form], messages: Sequence[Message], on_text: TextCallback) -> Answer[Form]:
        """Return the answer in the form asked for, asking again without what a server says that it does not take.

        Raises
        ------
        InputError
            If the question is longer than the model takes.
        EngineUnreachable
            If the server does not answer in time.
        EngineRefused
            If it declines: a wrong key, an unknown model, a request it does not take.
        EngineError
            If it fails, or answers in another form than asked.
        """
        self._require_short(messages)
        deadline = time.monotonic() + self.limits.time_s
        left_out: list[Parameter] = []
        hidden = Hidden(self.key, tuple(text for role, text in messages if role != "system"))
        with told_in_sentences(self.called, hidden):
            while True:
                try:
                    read, cut = self._asked(form, messages, on_text, deadline, left_out)
                except Exception as error:
                    refused = refused_parameter(error, [one for one in Parameter if one not in left_out])
                    if refused is None:
                        raise
                    left_out.append(refused)
                else:
                    return Answer(read.answer, (*_left_out(left_out), *_unread(read, cut)))

    def _asked(
        self,
        form: type[Form],
        messages: Sequence[Message],
        on_text: TextCallback,
        deadline: float,
        left_out: list[Parameter],
    ) -> tuple[Read[Form], bool]:
        """Ask, and ask again where a server that fails may have room a second later."""
        from tenacity import (
            Retrying,
            retry_if_exception,
            stop_after_attempt,
            stop_before_delay,
            wait_exponential_jitter,
        )

        attempts = Retrying(
            retry=retry_if_exception(lambda error: may_pass(error) and not refused_parameter(error, _sent(left_out))),
            stop=stop_after_attempt(ATTEMPTS) | stop_before_delay(max(0.0, deadline - time.monotonic())),
            wait=wait_exponential_jitter(multiplier=0.5, max=4),
            reraise=True,
        )
        return attempts(self._ask, form, messages, on_text, deadline, left_out)

    def _ask(
        self,
        form: type[Form],
        messages: Sequence[Message],
        on_text: TextCallback,
        deadline: float,
        left_out: list[Parameter],
    ) -> tuple[Read[Form], bool]:
        """Return what was read, and whether its tokens cut it off."""
        model = _told_form(without(self.model, left_out), form, left_out)
        question = _messages(messages, form, left_out)
        text = arguments = ""
        cut = False
        try:
            for said in listen(lambda: _untraced(model, question), deadline):
                text += str(said.text)
                arguments += "".join(part.get("args") or "" for part in getattr(said, "tool_call_chunks", ()))
                cut = cut or self._ended_early(said, text + arguments)
                on_text(arguments or text)
        except Exception as error:
            if not is_cut_off(error):
                raise
            cut = True
        try:
            return read_answer(form, arguments or text), cut
        except NoAnswer as error:
            raise CutOff if cut else error from error

    def _require_short(self, messages: Sequence[Message]) -> None:
        tokens = sum(len(text) for _, text in messages) // CHARACTERS_PER_TOKEN
        if tokens > self.limits.prompt_tokens:
            raise InputError(
                f"the evidence has about {tokens} tokens, {self.called} may be given {self.limits.prompt_tokens}. "
                "Stand on fewer cases, or raise CASEGRAPH_LANGUAGE_MODEL_PROMPT_TOKENS."
            )

    def _ended_early(self, said: Any, written: str) -> bool:
        """Tell whether its tokens cut an answer off; refuse one of a server that does not keep to them."""
        if len(written) > OVERRUN * CHARACTERS_PER_TOKEN * self.limits.answer_tokens:
            raise too_long(self.called)
        if said.additional_kwargs.get("refusal") or said.response_metadata.get("finish_reason") == "content_filter":
            raise Declined
        reasons = (said.response_metadata.get(name) for name in ("finish_reason", "done_reason"))
        return "length" in reasons


def _sent(left_out: Sequence[Parameter]) -> list[Parameter]:
    return [one for one in Parameter if one not in left_out]


def _told_form(model: BaseChatModel, form: type[BaseModel], left_out: Sequence[Parameter]) -> Runnable[Any, Any]:
    """Return the model told to answer in a form, without LangChain's parser behind it, which waits for the end."""
    from langchain_core.runnables import RunnableSequence

    if Parameter.RESPONSE_FORMAT in left_out:
        return model
    chain = model.with_structured_output(form.model_json_schema())
    assert isinstance(chain, RunnableSequence)  # the model and its parser, in LangChain and all its providers
    return chain.first


def _messages(messages: Sequence[Message], form: type[BaseModel], left_out: Sequence[Parameter]) -> list[Message]:
    """Return the question, with the form in words and without the system role where these are not taken."""
    asked = list(messages)
    if Parameter.RESPONSE_FORMAT in left_out:
        schema = json.dumps(form.model_json_schema())
        asked.insert(-1, ("system", f"Answer with one JSON object of this JSON schema and nothing else:\n{schema}"))
    if Parameter.SYSTEM in left_out:
        asked = [("human", "\n\n".join(text for _, text in asked))]
    return asked


def _left_out(parameters: Sequence[Parameter]) -> Iterator[str]:
    if parameters:
        named = ", ".join(f"'{one}'" for one in parameters)
        yield f"The language model does not take {named}: it was asked again without."


def _unread(read: Read[Any], cut: bool) -> Iterator[str]:
    if cut:
        yield (
            "The language model's answer was cut off by its tokens: only what it had finished is used. Allow more: "
            "CASEGRAPH_LANGUAGE_MODEL_ANSWER_TOKENS."
        )
    elif not read.whole:
        yield "The language model's answer is damaged: only those of its parts are used that can be read to their end."


def _untraced(model: Runnable[Any, Any], messages: Sequence[Message]) -> Iterator[Any]:
    """Yield the pieces of an answer. No case text goes to a tracing service, whatever the environment says."""
    from langsmith.run_helpers import tracing_context  # pyright: ignore[reportUnknownVariableType]

    with tracing_context(enabled=False):
        yield from model.stream(list(messages))
