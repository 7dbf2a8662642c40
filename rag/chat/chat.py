"""Ask a chat model for an answer of a given form: streamed, within limits, asked again where that may help.

Any chat model that LangChain's ``init_chat_model`` opens. It gets no tools, and what it answers is data.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import BaseModel

from rag.chat.answers import NoAnswer, Read, read_answer
from rag.chat.chat_errors import Cut, CutOff, Declined, cut_by, may_pass, told_in_sentences, too_long
from rag.chat.fitting import FittedQuestion, Message, fit_question
from rag.chat.limits import Limits
from rag.chat.listening import listen
from rag.chat.parameters import Parameter, answering_within, refused_parameter, without
from rag.chat.reasons import Hidden
from rag.chat.serving import Server

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.runnables import Runnable

ATTEMPTS = 3  # an overloaded server may have room a second later; more would add to its load
MAX_CHARACTERS_PER_TOKEN = 12  # of an answer; English has 4: a server that writes on is not keeping to its limit

TextCallback = Callable[[str], object]
"""Takes all that a model has written so far, again and again while it writes."""

Form = TypeVar("Form", bound=BaseModel)


@dataclass(frozen=True)
class ChatAnswer(Generic[Form]):
    """What a model answered, and what its reader should know of how it came to be."""

    content: Form
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chat:
    """A chat model, and how an error names it."""

    called: str
    model: BaseChatModel = field(repr=False)
    limits: Limits
    key: str | None = field(default=None, repr=False)
    server: Server | None = None

    def fit(self, offered: Iterable[Sequence[Message]]) -> FittedQuestion:
        """Return the first question that the model takes of those offered, the longest first; see `fit_question`."""
        return fit_question(offered, self.limits, self.server, self.called)

    def answer(self, form: type[Form], question: FittedQuestion, on_text: TextCallback) -> ChatAnswer[Form]:
        """Return the answer in the form asked for, asking again without what a server says that it does not take.

        Raises
        ------
        EngineUnreachable
            If the server does not answer in time.
        EngineRefused
            If it declines: a wrong key, an unknown model, a request it does not take.
        EngineError
            If it fails, or answers in another form than asked.
        """
        deadline = time.monotonic() + self.limits.seconds(question.length.tokens, question.answer_tokens)
        left_out: list[Parameter] = []
        hidden = Hidden(self.key, tuple(text for role, text in question.messages if role != "system"))
        with told_in_sentences(self.called, hidden):
            while True:
                try:
                    read, cut = self._asked(form, question, on_text, deadline, left_out)
                except Exception as error:
                    refused = refused_parameter(error, _sent(left_out))
                    if refused is None:
                        raise
                    left_out.append(refused)
                else:
                    return ChatAnswer(read.answer, (*_left_out(left_out), *_unread(read, cut)))

    def _asked(
        self,
        form: type[Form],
        question: FittedQuestion,
        on_text: TextCallback,
        deadline: float,
        left_out: Sequence[Parameter],
    ) -> tuple[Read[Form], Cut | None]:
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
        return attempts(self._ask, form, question, on_text, deadline, left_out)

    def _ask(
        self,
        form: type[Form],
        question: FittedQuestion,
        on_text: TextCallback,
        deadline: float,
        left_out: Sequence[Parameter],
    ) -> tuple[Read[Form], Cut | None]:
        """Return what was read, and what cut it off; what a model had finished before that is its answer."""
        sending = without(answering_within(self.model, question.answer_tokens), left_out)
        model = _told_form(sending, form, left_out)
        messages = _messages(question.messages, form, left_out)
        text = arguments = ""
        cut = None
        try:
            for said in listen(lambda: _untraced(model, messages), deadline):
                text += str(said.text)
                arguments += "".join(part.get("args") or "" for part in getattr(said, "tool_call_chunks", ()))
                cut = self._ended_early(said, text + arguments, question) or cut
                on_text(arguments or text)
            return read_answer(form, arguments or text), cut
        except NoAnswer as error:
            if cut:
                raise CutOff from error
            raise
        except Exception as error:
            cut = cut_by(error)
            finished = _finished(form, arguments or text) if cut else None
            if finished is None:
                raise
            return finished, cut

    def _ended_early(self, said: Any, written: str, question: FittedQuestion) -> Cut | None:
        """Tell whether its tokens cut an answer off; refuse one of a server that does not keep to them."""
        if len(written) > MAX_CHARACTERS_PER_TOKEN * question.answer_tokens:
            raise too_long(self.called)
        if said.additional_kwargs.get("refusal") or said.response_metadata.get("finish_reason") == "content_filter":
            raise Declined
        reasons = (said.response_metadata.get(name) for name in ("finish_reason", "done_reason"))
        return Cut.TOKENS if "length" in reasons else None


def _finished(form: type[Form], text: str) -> Read[Form] | None:
    try:
        return read_answer(form, text)
    except NoAnswer:
        return None


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


def _unread(read: Read[Any], cut: Cut | None) -> Iterator[str]:
    if cut:
        yield (
            f"The language model's answer was cut off by {cut}: only what it had finished is used. {_CUT_REMEDIES[cut]}"
        )
    elif not read.whole:
        yield "The language model's answer is damaged: only those of its parts are used that can be read to their end."
    if read.unfit:
        yield f"{read.unfit} parts of the language model's answer are longer or of another form than asked: left out."


_CUT_REMEDIES = {
    Cut.TOKENS: "Allow more: CASEGRAPH_LANGUAGE_MODEL_ANSWER_TOKENS, or a longer context of its server.",
    Cut.TIME: "Give it longer: CASEGRAPH_LANGUAGE_MODEL_TIMEOUT_S.",
    Cut.CONNECTION: "Look what its server reports, or try again.",
}


def _untraced(model: Runnable[Any, Any], messages: Sequence[Message]) -> Iterator[Any]:
    """Yield the pieces of an answer. No case text goes to a tracing service, whatever the environment says."""
    from langsmith.run_helpers import tracing_context  # pyright: ignore[reportUnknownVariableType]

    with tracing_context(enabled=False):
        yield from model.stream(list(messages))
