"""What goes wrong at a language model, as one of our errors: LangChain's own, and those of its providers' clients."""

from __future__ import annotations

import socket
import ssl
import sys
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum

from ingest.errors import EngineError, EngineRefused, EngineUnreachable
from rag.chat.answers import NoAnswer
from rag.chat.json_values import is_object
from rag.chat.parameters import is_too_long
from rag.chat.reasons import Hidden, body_of, reason_of, shown_reason, status_of

ErrorNames = Sequence[tuple[str, str]]
"""Errors by module and name: of a client that is not in use none can come."""

# What LangChain does not translate for its provider.
CLIENT_ERRORS = (("openai", "OpenAIError"), ("httpx", "HTTPError"), ("httpx2", "HTTPError"))
_TRANSPORT_ERRORS = (("httpx", "TransportError"), ("httpx2", "TransportError"))
_HEADER_ERRORS = (("httpx", "LocalProtocolError"), ("httpx2", "LocalProtocolError"))
_BROKEN_OFF = (("httpx", "RemoteProtocolError"), ("httpx2", "RemoteProtocolError"))
_TIMED_OUT = (("httpx", "TimeoutException"), ("httpx2", "TimeoutException"))
_CUT_OFF = (("openai", "LengthFinishReasonError"),)
_FILTERED = (("openai", "ContentFilterFinishReasonError"),)
_OLLAMA = (("ollama", "ResponseError"),)

_URL = "CASEGRAPH_LANGUAGE_MODEL_URL"
_NO_CREDIT = ("insufficient_quota", "billing_hard_limit_reached", "insufficient_balance", "insufficient_credits")
_DO_WITHOUT = "Try again, or draft without a language model."


class Cut(StrEnum):
    """What cut an answer off."""

    TOKENS = "its tokens"
    TIME = "its time"
    CONNECTION = "a broken connection"


class CutOff(ValueError):
    """Its tokens cut an answer off before any part of it was finished."""


class Declined(ValueError):
    """A model, or a filter before it, does not want to answer."""


def may_pass(error: BaseException) -> bool:
    """Tell whether the same question may be answered later: too many questions at once, or a server that failed."""
    if _no_credit(error):
        return False
    if isinstance(error, loaded(_OLLAMA)):
        status = status_of(error) or 0
        return status == 429 or status >= 500
    return bool(getattr(error, "is_retryable", False))


def cut_by(error: BaseException) -> Cut | None:
    """Return what an error cut an answer off by; None is an error of another kind."""
    from langchain_core.exceptions import ModelConnectionError, ModelTimeoutError

    if isinstance(error, loaded(_CUT_OFF)):
        return Cut.TOKENS
    if isinstance(error, (TimeoutError, ModelTimeoutError, *loaded(_TIMED_OUT))):
        return Cut.TIME
    broken = (OSError, ModelConnectionError, *loaded(_TRANSPORT_ERRORS))
    return Cut.CONNECTION if isinstance(error, broken) else None


@contextmanager
def told_in_sentences(called: str, hidden: Hidden | None = None) -> Generator[None]:
    """Tell each error of LangChain and of its providers as one of ours, without a word of what was asked."""
    from langchain_core.exceptions import LangChainException, ModelConnectionError, ModelTimeoutError

    try:
        yield
    except (ModelConnectionError, ModelTimeoutError, OSError, *loaded(_TRANSPORT_ERRORS)) as error:
        raise _unreachable(called, error) from error
    except (CutOff, *loaded(_CUT_OFF)) as error:
        raise too_long(called) from error
    except (Declined, *loaded(_FILTERED)) as error:
        raise EngineRefused(
            f"{called} declined to answer: the model or a filter before it refuses the content. Draft with another "
            "model, or without a language model."
        ) from error
    except NoAnswer as error:
        raise EngineError(f"{called} answered in another form than asked: {error}. {_DO_WITHOUT}") from error
    except (LangChainException, ValueError, TypeError, KeyError, *loaded(CLIENT_ERRORS), *loaded(_OLLAMA)) as error:
        raise _told(called, error, hidden or Hidden()) from error
    except (AssertionError, AttributeError, NotImplementedError) as error:
        # OpenAI's client asserts that an answer says something, and LangChain takes it for JSON; a model may take no
        # form at all
        raise _failure(called, error) from error


def too_long(called: str) -> EngineError:
    """Return the error of an answer that its tokens cut off."""
    return EngineError(
        f"{called} did not come to an end within its tokens. Allow more (CASEGRAPH_LANGUAGE_MODEL_ANSWER_TOKENS), or "
        "draft without a language model."
    )


def loaded(names: ErrorNames) -> tuple[type[Exception], ...]:
    """Return those of the named errors whose library is in use."""
    return tuple(getattr(sys.modules[module], name) for module, name in names if module in sys.modules)


def _told(called: str, error: BaseException, hidden: Hidden) -> EngineError:
    """Return the error of a server that answered, with its own reason."""
    status = status_of(error)
    reason = shown_reason(error, hidden)
    if status is None and not reason:
        return _failure(called, error)
    said = ": ".join(filter(None, (f"HTTP {status}" if status else "", reason)))
    if status == 429 and not _no_credit(error):
        return EngineError(f"{called} is asked too often ({said}). Try again later, or draft without a language model.")
    if not is_too_long(error) and (status is None or status >= 500):
        return EngineError(f"{called} failed ({said}). {_DO_WITHOUT}")
    return EngineRefused(f"{called} refused the request ({said}). {_remedy(error, status)}")


def _remedy(error: BaseException, status: int | None) -> str:
    """Return what to do where a server declines."""
    if is_too_long(error):
        return (
            "It takes no question or answer of this length: use fewer cases, and set "
            "CASEGRAPH_LANGUAGE_MODEL_PROMPT_TOKENS and CASEGRAPH_LANGUAGE_MODEL_ANSWER_TOKENS to what it takes."
        )
    if status == 402 or _no_credit(error):
        return "Its account has no credit or quota left: top it up, or use another model."
    if status in (404, 405):
        return _NO_MODEL if _names_the_model(error) else _NO_ADDRESS
    return _REMEDIES.get(status or 0, "Set the server up for it, or use another model: CASEGRAPH_LANGUAGE_MODEL.")


_REMEDIES = {
    401: "Check its key: CASEGRAPH_LANGUAGE_MODEL_KEY.",
    403: "Check that its key (CASEGRAPH_LANGUAGE_MODEL_KEY) may use this model.",
    413: "The question is too long for it: use fewer cases.",
}
_NO_MODEL = "Check the name of the model: CASEGRAPH_LANGUAGE_MODEL."
_NO_ADDRESS = (
    f"Check its address ({_URL}): is /v1 missing at its end, as OpenAI-compatible servers have it, or, for Ollama, too "
    "much?"
)


def _names_the_model(error: BaseException) -> bool:
    body = body_of(error)
    code = str(body.get("code") or "") if is_object(body) else ""
    return "model" in code or "model" in (reason_of(error) or "").casefold()


def _no_credit(error: BaseException) -> bool:
    body = body_of(error)
    said = (str(body.get(name) or "") for name in ("code", "type")) if is_object(body) else ()
    return any(word in _NO_CREDIT for word in said)


def _unreachable(called: str, error: BaseException) -> EngineUnreachable | EngineRefused:
    """Return why a server was not reached, as the system below its client tells it."""
    causes = tuple(_causes(error))
    if any(isinstance(cause, loaded(_HEADER_ERRORS)) for cause in causes):
        return EngineRefused(
            f"{called} was not called: its key or address has a character that HTTP does not take. Set "
            f"CASEGRAPH_LANGUAGE_MODEL_KEY and {_URL} again."
        )
    for kind, sentence in _CAUSES:
        if any(isinstance(cause, kind) for cause in causes):
            return EngineUnreachable(f"{called} {sentence}")
    if any(isinstance(cause, loaded(_BROKEN_OFF)) for cause in causes):
        return EngineUnreachable(f"{called} {_CLOSED}")
    return EngineUnreachable(
        f"{called} did not answer in time. Start it, check its address, or give it longer: "
        "CASEGRAPH_LANGUAGE_MODEL_TIMEOUT_S."
    )


_CLOSED = f"broke off the connection, or does not speak HTTP. Check its address ({_URL}), or try again."
_CAUSES: tuple[tuple[type[BaseException], str], ...] = (
    (socket.gaierror, f"was not found: no such host. Check its address: {_URL}."),
    (
        ssl.SSLCertVerificationError,
        "has a certificate that this machine does not trust. Have it trusted (SSL_CERT_FILE), or check its address: "
        f"{_URL}.",
    ),
    (ssl.SSLError, f"does not speak TLS here. Check its address ({_URL}): http:// instead of https://?"),
    (ConnectionRefusedError, f"does not listen there. Start it, or check its address: {_URL}."),
    (ConnectionResetError, _CLOSED),
    (BrokenPipeError, _CLOSED),
)


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or cause.__context__


def _failure(called: str, error: BaseException) -> EngineError:
    return EngineError(
        f"{called} failed or answered in another form than asked ({type(error).__name__}). {_DO_WITHOUT}"
    )
