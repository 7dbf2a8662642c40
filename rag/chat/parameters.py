"""What a request may leave out where a server does not take it, and how its refusal names that.

The server's structured error decides before its words. Seen: OpenAI's reasoning models refuse ``temperature`` 0 and may
refuse ``stream``, DeepSeek refuses ``response_format``, Mistral refuses ``max_completion_tokens``, Gemma's template
knows no system role.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from rag.chat.json_values import is_array, is_object
from rag.chat.reasons import body_of, reason_of, status_of

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel


class Parameter(StrEnum):
    """What can be left out, named as OpenAI names it."""

    TEMPERATURE = "temperature"
    RESPONSE_FORMAT = "response_format"
    MAX_TOKENS = "max_tokens"
    STREAM = "stream"
    SYSTEM = "the system role"


_STATUSES = frozenset({400, 404, 405, 415, 422, 500, 501})
_NAMES = {
    Parameter.RESPONSE_FORMAT: re.compile(
        r"\b(?:response_?format|json_schema|json[_ ]mode|structured[_ ]outputs?|guided[_ ]\w+|grammar|tool_choice|"
        r"tools|ChatRequest\.format)\b",
        re.I,
    ),
    Parameter.MAX_TOKENS: re.compile(r"\b(?:max_tokens|max_completion_tokens|max_output_tokens|num_predict)\b", re.I),
    Parameter.TEMPERATURE: re.compile(r"\btemperature\b", re.I),
    Parameter.STREAM: re.compile(r"\b(?:stream|streaming|stream_options)\b", re.I),
    Parameter.SYSTEM: re.compile(
        r"^messages?(?:\[\d+\]|\.\d+)\.role$|\b(?:system|developer)\b['\"`]? (?:role|message)|"
        r"\brole\b.*\b(?:system|developer)\b",
        re.I,
    ),
}
_REFUSED = re.compile(
    r"unsupported|not (?:\w+ )?support|n't support|unavailable|not available|unrecogni[sz]ed|unknown|unexpected|"
    r"invalid|not (?:be )?(?:permitted|allowed|implemented|accepted|valid)|\bonly\b|too (?:large|high|big)|deprecated|"
    r"cannot unmarshal|must be verified|incompatible|failed to parse|forbidden",
    re.I,
)
_CONTEXT = re.compile(
    r"context_length_exceeded|context[_ ](?:length|window|size)|maximum (?:input|prompt) length|prompt is too long|"
    r"too many (?:input )?tokens|input (?:tokens exceed|is too long)|exceed\w* .{0,40}(?:context|token limit)",
    re.I,
)
_TOO_LARGE = re.compile(r"\bmax(?:_completion|_output)?_tokens\b.{0,60}\btoo (?:large|high|big)\b", re.I)


def refused_parameter(error: BaseException, sent: Collection[Parameter]) -> Parameter | None:
    """Return which of the parameters that were sent a server does not take, if its answer says so."""
    if _nothing_came(error):
        return Parameter.STREAM if Parameter.STREAM in sent else None
    if status_of(error) not in _STATUSES:
        return None
    for named in _structured(error):
        for parameter, name in _NAMES.items():
            if parameter in sent and name.search(named):
                return parameter
    said = reason_of(error) or ""
    if Parameter.MAX_TOKENS in sent and _TOO_LARGE.search(said):
        return Parameter.MAX_TOKENS
    if is_too_long(error) or not _REFUSED.search(said):
        return None
    return next((one for one, name in _NAMES.items() if one in sent and name.search(said)), None)


def is_too_long(error: BaseException) -> bool:
    """Tell whether a server says that the question is longer than its model takes."""
    body = body_of(error)
    code = str(body.get("code") or body.get("type") or "") if is_object(body) else ""
    return bool(_CONTEXT.search(code) or _CONTEXT.search(reason_of(error) or ""))


def without(model: BaseChatModel, left_out: Collection[Parameter]) -> BaseChatModel:
    """Return a model that does not send what is left out."""
    update: dict[str, Any] = {}
    if Parameter.TEMPERATURE in left_out:
        update["temperature"] = None
    if Parameter.STREAM in left_out:
        update["disable_streaming"] = True
    if Parameter.MAX_TOKENS in left_out:
        update |= dict.fromkeys(_token_limits(model), None)
    return model.model_copy(update=update) if update else model


def answering_within(model: BaseChatModel, tokens: int) -> BaseChatModel:
    """Return a model that writes so many tokens at most."""
    return model.model_copy(update=dict.fromkeys(_token_limits(model), tokens))


def _token_limits(model: BaseChatModel) -> set[str]:
    return {"max_tokens", "num_predict"} & set(type(model).model_fields)


def _structured(error: BaseException) -> Iterator[str]:
    """Yield what a structured error names: OpenAI's ``param``, or the last word of each place of a FastAPI error."""
    body = body_of(error)
    if not is_object(body):
        return
    if isinstance(body.get("param"), str):
        yield body["param"]
    details = body.get("detail")
    for detail in details if is_array(details) else ():
        if is_object(detail) and is_array(place := detail.get("loc")) and place:
            yield str(next((part for part in place if part != "body"), ""))


def _nothing_came(error: BaseException) -> bool:
    """Tell a stream that held nothing: a server that answers at once, as if it had not been asked to stream."""
    return isinstance(error, AssertionError) or (
        type(error) is ValueError and "No generation chunks were returned" in str(error)
    )
