"""Open a chat model by its name, address and key."""

from __future__ import annotations

import os
import unicodedata
from typing import TYPE_CHECKING, Any, cast

from ingest.errors import InputError, MissingExtra
from rag.chat.chat import Chat
from rag.chat.chat_errors import CLIENT_ERRORS, loaded
from rag.chat.limits import Limits
from rag.chat.serving import Server

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

EXTRAS = ("openai", "ollama")
CONNECT_S = 5.0  # a server that does not take the call in this time is not there

_NAME = "CASEGRAPH_LANGUAGE_MODEL"
_URL = "CASEGRAPH_LANGUAGE_MODEL_URL"
_KEY = "CASEGRAPH_LANGUAGE_MODEL_KEY"
_OWN_KEYS = {"openai": "OPENAI_API_KEY"}  # read by the provider's client, which takes a line break into its header
_CONTROL = ("Cc", "Cf", "Zl", "Zp")  # Unicode: control, format, line and paragraph separators


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
    name = trimmed(name, "the name of the language model", _NAME)
    provider, separator, model = name.partition(":")
    if not (provider and separator and model):
        raise InputError(f"language model '{name}' has no provider. Expected 'provider:model', as 'ollama:llama3.2'.")
    url = _address(url)
    key = _key(key, provider)
    from langchain.chat_models import init_chat_model

    limits = limits or Limits()
    try:
        asked_for = _settings(provider, url, key, limits)
        chat = cast("BaseChatModel", init_chat_model(model, model_provider=provider, **asked_for))
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
    called = f"language model '{name}' at {_shown(url) or f'the address of {provider}'}"
    # Ollama has no tokenizer to ask, and the context that it is told to
    server = Server(url, model, key) if url and provider != "ollama" else None
    return Chat(called, chat, limits, key, server)


def trimmed(value: str, what: str, setting: str) -> str:
    """Return a setting without space, line breaks and unseen characters at its ends.

    Raises
    ------
    InputError
        If such a character stands inside; the message does not show the value.
    """
    ends = {sign for sign in value if sign.isspace() or unicodedata.category(sign) in _CONTROL}
    inner = value.strip("".join(ends))
    if any(unicodedata.category(sign) in _CONTROL for sign in inner):
        raise InputError(f"{what} has a line break or another unseen character inside. Set {setting} again, without.")
    return inner


def _address(url: str | None) -> str | None:
    url = trimmed(url, "the address of the language model", _URL) if url else None
    if url and not url.casefold().startswith(("http://", "https://")):
        raise InputError(f"address '{_shown(url)}' is not a URL. Expected 'http://...' or 'https://...': set {_URL}.")
    return url or None


def _key(key: str | None, provider: str) -> str | None:
    setting = _KEY
    if not (key and key.strip()):
        setting = _OWN_KEYS.get(provider, _KEY)
        key = os.environ.get(setting) if provider in _OWN_KEYS else None
    key = trimmed(key, "the key of the language model", setting) if key else None
    if key and not key.isascii():
        raise InputError(f"the key of the language model has a letter that no HTTP header takes. Set {setting} again.")
    return key or None


def _shown(url: str | None) -> str | None:
    """Return an address without the name and password that may stand in it."""
    if not url or "@" not in url:
        return url
    scheme, mark, rest = url.partition("://")
    return f"{scheme}{mark}{rest.rpartition('@')[2]}" if mark else rest.rpartition("@")[2]


def _settings(provider: str, url: str | None, key: str | None, limits: Limits) -> dict[str, Any]:
    settings: dict[str, Any] = {"temperature": 0}
    if provider == "ollama":
        import httpx

        # Ollama silently cuts a question that is longer than its context, which is 4 096 tokens unless told otherwise.
        settings["num_ctx"] = limits.prompt_tokens + limits.answer_tokens
        settings["num_predict"] = limits.answer_tokens
        longest_s = limits.longest_s
        settings["client_kwargs"] = {"timeout": httpx.Timeout(longest_s, connect=min(CONNECT_S, longest_s))}
    else:
        settings |= {"timeout": limits.longest_s, "max_retries": 0, "max_tokens": limits.answer_tokens}
    if provider == "openai":
        settings["stream_usage"] = False  # nobody reads it, and not every server takes 'stream_options'
    if url:
        settings["base_url"] = url
    if key:
        settings["api_key"] = key
    return settings
