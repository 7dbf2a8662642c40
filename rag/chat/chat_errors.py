"""What goes wrong at a language model, as one of our errors: LangChain's own, and those of its providers' clients."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from ingest.errors import EngineError, EngineRefused, EngineUnreachable

Named = Sequence[tuple[str, str]]
"""Errors by module and name: of a client that is not in use none can come."""

# What LangChain does not translate for its provider.
CLIENT_ERRORS = (("openai", "OpenAIError"), ("httpx", "HTTPError"), ("httpx2", "HTTPError"))
_TRANSPORT_ERRORS = (("httpx", "TransportError"), ("httpx2", "TransportError"))
_CUT_OFF = (("openai", "LengthFinishReasonError"),)
_OLLAMA = (("ollama", "ResponseError"),)


def may_pass(error: BaseException) -> bool:
    """Tell whether the same question may be answered later: too many questions at once, or a server that failed."""
    if isinstance(error, loaded(_OLLAMA)):
        status: int = error.status_code  # pyright: ignore[reportAttributeAccessIssue]
        return status == 429 or status >= 500
    return bool(getattr(error, "is_retryable", False))


@contextmanager
def told_in_sentences(called: str) -> Iterator[None]:
    """Tell each error of LangChain and of its providers as one of ours, without a word of what was asked."""
    from langchain_core.exceptions import LangChainException, ModelConnectionError, ModelTimeoutError

    try:
        yield
    except (ModelConnectionError, ModelTimeoutError, OSError, *loaded(_TRANSPORT_ERRORS)) as error:
        raise EngineUnreachable(
            f"{called} did not answer in time. Start it, check its address, or give it longer: "
            "CASEGRAPH_LANGUAGE_MODEL_TIMEOUT_S."
        ) from error
    except loaded(_CUT_OFF) as error:
        raise too_long(called) from error
    except _refusals() as error:
        raise _refusal(called, error) from error
    except (LangChainException, ValueError, TypeError, KeyError, *loaded(CLIENT_ERRORS)) as error:
        raise _failure(called, error) from error
    except (AssertionError, NotImplementedError) as error:
        # OpenAI's client asserts that an answer says something; a model may take no form at all
        raise _failure(called, error) from error
    except loaded(_OLLAMA) as error:
        raise (_failure if may_pass(error) else _refusal)(called, error) from error


def too_long(called: str) -> EngineError:
    """Return the error of an answer that its tokens cut off."""
    return EngineError(
        f"{called} did not come to an end within its tokens. Allow more (CASEGRAPH_LANGUAGE_MODEL_ANSWER_TOKENS), or "
        "draft without a language model."
    )


def loaded(names: Named) -> tuple[type[Exception], ...]:
    """Return those of the named errors whose library is in use."""
    return tuple(getattr(sys.modules[module], name) for module, name in names if module in sys.modules)


def _refusals() -> tuple[type[Exception], ...]:
    from langchain_core import exceptions

    return (
        exceptions.ModelAuthenticationError,
        exceptions.ModelPermissionDeniedError,
        exceptions.ModelNotFoundError,
        exceptions.ModelInvalidRequestError,
    )


def _refusal(called: str, error: BaseException) -> EngineRefused:
    return EngineRefused(f"{called} refused the request ({type(error).__name__}). Check its name and key.")


def _failure(called: str, error: BaseException) -> EngineError:
    return EngineError(
        f"{called} failed or answered in another form than asked ({type(error).__name__}). Try again, or draft without "
        "a language model."
    )
