"""Ask a chat model for an answer of a given form: streamed, within limits, asked again where that may help.

Any chat model that LangChain's ``init_chat_model`` opens. It gets no tools, and what it answers is data.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel

from ingest.errors import InputError, MissingExtra
from rag.chat.chat_errors import CLIENT_ERRORS, loaded, may_pass, told_in_sentences, too_long
from rag.chat.listening import listen

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.runnables import Runnable

EXTRAS = ("openai", "ollama")
ATTEMPTS = 3  # an overloaded server may have room a second later; more would add to its load
CONNECT_S = 5.0  # a server that does not take the call in this time is not there
CHARACTERS_PER_TOKEN = 4  # of English text; the count before a model's own tokenizer is an estimate
OVERRUN = 3  # times the characters that its tokens should have: a server that writes on is not keeping to its limit

Message = tuple[str, str]
Heard = Callable[[str], object]
"""Takes all that a model has written so far, again and again while it writes."""

Form = TypeVar("Form", bound=BaseModel)


@dataclass(frozen=True)
class Limits:
    """How long an answer may take in all, repeats included, and how long question and answer may be."""

    time_s: float = 60.0
    prompt_tokens: int = 16_000  # the evidence of thirty cases has about 12 000
    answer_tokens: int = 8_000


@dataclass(frozen=True)
class Chat:
    """A chat model, and how an error names it."""

    called: str
    model: BaseChatModel = field(repr=False)
    limits: Limits = Limits()

    def answer(self, form: type[Form], messages: Sequence[Message], heard: Heard) -> Form:
        """Return the answer in the form asked for.

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
        from tenacity import (
            Retrying,
            retry_if_exception,
            stop_after_attempt,
            stop_before_delay,
            wait_exponential_jitter,
        )

        self._require_short(messages)
        deadline = time.monotonic() + self.limits.time_s
        attempts = Retrying(
            retry=retry_if_exception(may_pass),
            stop=stop_after_attempt(ATTEMPTS) | stop_before_delay(self.limits.time_s),
            wait=wait_exponential_jitter(multiplier=0.5, max=4),
            reraise=True,
        )
        with told_in_sentences(self.called):
            return attempts(self._ask, form, messages, heard, deadline)

    def _ask(self, form: type[Form], messages: Sequence[Message], heard: Heard, deadline: float) -> Form:
        model = _bound(self.model, form)
        text = arguments = ""
        for said in listen(lambda: _untraced(model, messages), deadline):
            text += str(said.text)
            arguments += "".join(part.get("args") or "" for part in getattr(said, "tool_call_chunks", ()))
            self._require_end(said, text + arguments)
            heard(arguments or text)
        return form.model_validate_json(arguments or text)

    def _require_short(self, messages: Sequence[Message]) -> None:
        tokens = sum(len(text) for _, text in messages) // CHARACTERS_PER_TOKEN
        if tokens > self.limits.prompt_tokens:
            raise InputError(
                f"the evidence has about {tokens} tokens, {self.called} may be given {self.limits.prompt_tokens}. "
                "Stand on fewer cases (--where), or raise CASEGRAPH_LANGUAGE_MODEL_PROMPT_TOKENS."
            )

    def _require_end(self, said: Any, written: str) -> None:
        """Refuse an answer that its tokens cut off, and one of a server that does not keep to them."""
        reasons = (said.response_metadata.get(name) for name in ("finish_reason", "done_reason"))
        if "length" in reasons or len(written) > OVERRUN * CHARACTERS_PER_TOKEN * self.limits.answer_tokens:
            raise too_long(self.called)


def open_chat(name: str, *, url: str | None = None, key: str | None = None, limits: Limits | None = None) -> Chat:
    """Open a chat model by the name that ``init_chat_model`` takes, for example ``openai:gpt-4o-mini``.

    Parameters
    ----------
    name : str
        ``provider:model``.
    url : str or None
        Address of the server; None is the provider's own.
    key : str or None
        Its key; None leaves it to the provider's environment variable.

    Raises
    ------
    MissingExtra
        If the provider's library is not installed.
    InputError
        If the name or the settings are not accepted.
    """
    provider, separator, model = name.partition(":")
    if not (provider and separator and model):
        raise InputError(f"language model '{name}' has no provider. Expected 'provider:model', as 'ollama:llama3.2'.")
    from langchain.chat_models import init_chat_model

    limits = limits or Limits()
    try:
        chat = init_chat_model(model, model_provider=provider, **_settings(provider, url, key, limits))
    except ImportError as error:
        if provider in EXTRAS:
            raise MissingExtra(f"drafting with '{provider}'", provider) from error
        raise InputError(
            f"provider '{provider}' needs its LangChain package. Install it, or use one of: {', '.join(EXTRAS)}."
        ) from error
    except (ValueError, TypeError, *loaded(CLIENT_ERRORS)) as error:
        raise InputError(
            f"language model '{name}' cannot be opened: check its name, and that its key is set."
        ) from error
    return Chat(f"language model '{name}' at {url or f'the address of {provider}'}", chat, limits)


def _settings(provider: str, url: str | None, key: str | None, limits: Limits) -> dict[str, Any]:
    settings: dict[str, Any] = {"temperature": 0}
    if provider == "ollama":
        import httpx

        # Ollama silently cuts a question that is longer than its context, which is 4 096 tokens unless told otherwise.
        settings["num_ctx"] = limits.prompt_tokens + limits.answer_tokens
        settings["num_predict"] = limits.answer_tokens
        settings["client_kwargs"] = {"timeout": httpx.Timeout(limits.time_s, connect=min(CONNECT_S, limits.time_s))}
    else:
        settings |= {"timeout": limits.time_s, "max_retries": 0, "max_tokens": limits.answer_tokens}
    if url:
        settings["base_url"] = url
    if key:
        settings["api_key"] = key
    return settings


def _bound(model: BaseChatModel, form: type[BaseModel]) -> Runnable[Any, Any]:
    """Return the model told to answer in a form, without LangChain's parser behind it, which waits for the end."""
    from langchain_core.runnables import RunnableSequence

    chain = model.with_structured_output(form.model_json_schema())
    assert isinstance(chain, RunnableSequence)  # the model and its parser, in LangChain and all its providers
    return chain.first


def _untraced(model: Runnable[Any, Any], messages: Sequence[Message]) -> Iterator[Any]:
    """Yield the pieces of an answer. No case text goes to a tracing service, whatever the environment says."""
    from langsmith.run_helpers import tracing_context

    with tracing_context(enabled=False):
        yield from model.stream(list(messages))
