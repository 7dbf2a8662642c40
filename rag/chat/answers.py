"""Find the answer in what a model wrote: whole JSON, wherever it stands, and nothing mended.

Models put their answer in a code fence, after their thoughts, after a preamble, before a remark. Each JSON value in the
text is read strictly; the one that fits the form is the answer. Two that fit and differ are none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from rag.chat.json_values import is_array, is_object

Form = TypeVar("Form", bound=BaseModel)

# How models mark their thoughts: DeepSeek and Qwen, Kimi, Magistral, gpt-oss, Seed, Gemma.
_NAMES = r"(?:seed:)?(?:think(?:ing)?|reasoning|reflection|thoughts?|analysis|scratchpad)"
_THOUGHT = (
    rf"<{_NAMES}(?:\s[^<>]*)?>|◁think▷|\[THINK\]|<\|channel\|>analysis|<\|begin_of_thought\|>|<\|START_THINKING\|>"
)
_THOUGHT_END = rf"</{_NAMES}\s*>|◁/think▷|\[/THINK\]|<\|channel\|>final|<\|end_of_thought\|>|<\|END_THINKING\|>"
_PLACE = re.compile(rf"(?P<thought>{_THOUGHT})|(?P<end>{_THOUGHT_END})|(?P<value>\{{\s*[\"}}]|\[\s*\{{)", re.IGNORECASE)
_END = re.compile(_THOUGHT_END, re.IGNORECASE)
# A string of JSON, or a sign that nobody sees and that JSON does not take between its own.
_UNSEEN = re.compile('("(?:[^"\\\\]|\\\\.)*")|[\u00a0\u200b-\u200f\u2060-\u2064\ufeff]', re.DOTALL)


_MAX_TRIED = 2_000  # places where no value could be read; text that is all braces would take minutes


class NoAnswer(ValueError):
    """What a model wrote holds no answer of the form, or several that differ."""


@dataclass(frozen=True)
class Read(Generic[Form]):
    """An answer; `whole` tells whether all of it could be read, or only its finished parts.

    `unfit` counts the items of its list that are of another form than asked, or more than asked: they are left out.
    """

    answer: Form
    whole: bool
    unfit: int = 0


@dataclass(frozen=True)
class _Found:
    values: tuple[Any, ...]
    broken: bool  # a value begins that cannot be read to its end
    thinking: bool  # the last thought has no end


def read_answer(form: type[Form], text: str) -> Read[Form]:
    """Return the one answer of the form in a text; of one whose end is missing or damaged, its finished parts.

    Raises
    ------
    NoAnswer
        If there is none, or if there are several that differ.
    """
    for written in dict.fromkeys((text, _UNSEEN.sub(lambda sign: sign.group(1) or " ", text))):
        found = _found(written)
        fitting = [answer for value in found.values if (answer := _fitted(form, value)) is not None]
        if any(answer != fitting[0] for answer in fitting):
            raise NoAnswer("it gave several answers that differ")
        if fitting:
            return Read(fitting[0], whole=True)
        if not found.thinking and (items := _items(form, found.values)):
            fit = [item for item in items if _fitted(form, [item]) is not None][: _most_items(form)]
            if fit and (parts := _fitted(form, fit)) is not None:
                return Read(parts, whole=not found.broken, unfit=len(items) - len(fit))
    raise NoAnswer("it is empty" if not text.strip() else "it holds no JSON of the form asked for")


def _found(text: str) -> _Found:
    """Return the JSON values outside of thoughts. A thought that ends without having begun is all that stood before."""
    values: list[Any] = []
    thinking = False
    at = tried = 0
    while tried < _MAX_TRIED and (place := _PLACE.search(text, at)):
        at = place.end()
        if place["thought"]:
            end = _END.search(text, at)
            at, thinking = (end.end(), False) if end else (at, True)
        elif place["end"]:
            values.clear()
        else:
            read = _value(text, place.start())
            if read is None:
                at = place.start() + 1
                tried += 1
            else:
                values.append(read[0])
                at = read[1]
    return _Found(tuple(values), tried > 0, thinking)


def _value(text: str, start: int) -> tuple[Any, int] | None:
    try:
        return _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None


def _each_key_once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise ValueError("a key stands there twice")  # one of the two would be lost
    return value


_DECODER = json.JSONDecoder(object_pairs_hook=_each_key_once)


def _fitted(form: type[Form], value: Any) -> Form | None:
    """Return a value as the form: as it is, as the bare list of the form's one list, or under one key more."""
    for meant in _meant(form, value):
        try:
            return form.model_validate(meant)
        except ValidationError:
            continue
    return None


def _meant(form: type[BaseModel], value: Any) -> Iterator[Any]:
    yield value
    if is_array(value) and (name := _list_of(form)):
        yield {name: value}
    if is_object(value) and len(value) == 1:
        (inner,) = value.values()
        if is_object(inner):
            yield inner


def _items(form: type[BaseModel], values: Sequence[Any]) -> list[Mapping[str, Any]]:
    """Return the objects that may be items of the form's one list: those of a list alone, or each value by itself."""
    name = _list_of(form)
    if name is None:
        return []
    if len(values) == 1:
        (value,) = values
        inner = value.get(name) if is_object(value) else value
        values = inner if is_array(inner) else values
    return [value for value in values if is_object(value)]


def _most_items(form: type[BaseModel]) -> int | None:
    """Return how many items the form's one list may have."""
    (field,) = form.model_fields.values()
    return next((limit for rule in field.metadata if (limit := getattr(rule, "max_length", None))), None)


def _list_of(form: type[BaseModel]) -> str | None:
    """Return the name of the form's only field, where that is a list."""
    names = list(form.model_fields)
    only = len(names) == 1 and getattr(form.model_fields[names[0]].annotation, "__origin__", None) is list
    return names[0] if only else None
