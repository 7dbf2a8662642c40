"""A server's own reason for not answering: one short line, without markup, key, or anything of what was asked.

A server may echo the question, and with it a patient's text. So a word of the question is cut from the reason, unless
it is one of those in which servers give reasons.
"""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rag.chat.json_values import is_array, is_object

MAX_REASON_LENGTH = 200  # characters
_MAX_READ_LENGTH = 5_000  # characters of an error page that are looked at
_MIN_KEY_LENGTH = 6  # a shorter one may be part of any word
_RUN = 3  # words in a row that stand in the question so are an echo of it

_WORDS = """
    a access account acceptable after again all allowed an and any api are argument at available bad balance be
    been before billing body but by can cannot check code completion completions configured content context
    contact could credit credits current data default deployment deprecated details did do does enabled endpoint
    error exceed exceeded exceeds exist expected expired failed field file first for format found from generate
    given greater had has have however id if in include incorrect input insufficient internal invalid is it its
    json key kind large least length less level limit limited long made max maximum may message messages method
    mode model models most must name need needs no not null number object of on only or organization output
    parameter parameters parse per permission permitted plan please prompt property provide provided query quota
    quote rate rather reach reached reduce requested request requests required resource response result results
    retry role run schema see server service set shorter should size stream streaming string supplied support
    supported supports system temperature text than that the there this time to token tokens too try type unable
    unauthorized unavailable unexpected unknown unrecognized unsupported up url usage use used user valid value
    values verified was we were when whereas which with within you your
"""
_TECHNICAL = frozenset(_WORDS.split())
_WORD = re.compile(r"\w+")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_MARKUP = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->|<[^<>]*>", re.IGNORECASE | re.DOTALL)
_KEYS = re.compile(
    r"(?i)\bbearer\s+\S+|\b(?:sk|pk|gsk|hf|xai|key)[-_][\w*.-]{4,}|(?<![\w-])[\w-]*+\*{2,}[\w*-]*|(?<=://)[^/@\s]+@"
)


@dataclass(frozen=True)
class Hidden:
    """What an error may not show: the key, and the texts of the question."""

    key: str | None = field(default=None, repr=False)
    texts: tuple[str, ...] = field(default=(), repr=False)


def shown_reason(error: BaseException, hidden: Hidden) -> str:
    """Return a server's reason as an error may show it; empty where it gave none."""
    text = reason_of(error) or ""
    if hidden.key:
        edge = "" if len(hidden.key) >= _MIN_KEY_LENGTH else r"\b"
        text = re.sub(f"{edge}{re.escape(hidden.key)}{edge}", "[key]", text)
    text = _one_line(_KEYS.sub("[key]", text))
    text = _without_echo(text, hidden.texts).strip()
    return text if len(text) <= MAX_REASON_LENGTH else f"{text[: MAX_REASON_LENGTH - 1].rstrip()}…"


def status_of(error: BaseException) -> int | None:
    """Return the HTTP status of an error."""
    status = getattr(error, "status_code", None)
    if status is None:
        status = getattr(getattr(error, "response", None), "status_code", None)
    return status if isinstance(status, int) and status > 0 else None


def body_of(error: BaseException) -> Any:
    """Return the structured part of a server's answer, if there is one; a list of one, as Google sends, is the one."""
    body = getattr(error, "body", None) or getattr(error, "error", None)
    if isinstance(body, str):
        body = _parsed(body)
    if body is None:
        body = _parsed(_text_of(error))
    if is_array(body) and len(body) == 1:
        body = body[0]
    if is_object(body) and is_object(body.get("error")):
        body = body["error"]
    return body


def reason_of(error: BaseException) -> str | None:
    """Return what a server says for a reason, as it says it."""
    body = body_of(error)
    if is_object(body):
        return _told(body)
    raw = getattr(error, "error", None)
    text = raw if isinstance(raw, str) else _text_of(error)
    if not text and isinstance(getattr(error, "body", None), str):
        text = str(getattr(error, "body", ""))
    return text[:_MAX_READ_LENGTH] or None


def _told(body: Mapping[str, Any]) -> str | None:
    for name in ("message", "detail", "error", "msg", "error_description", "title"):
        said = body.get(name)
        if isinstance(said, str) and said.strip():
            return said[:_MAX_READ_LENGTH]
        if is_array(said) and said:
            parts = [one for one in said if is_object(one)]
            return "; ".join(filter(None, map(_placed, parts)))[:_MAX_READ_LENGTH] or None
        if is_object(said):
            return _told(said)
    return None


def _placed(detail: Mapping[str, Any]) -> str:
    place = detail.get("loc")
    where = ".".join(str(part) for part in place) if is_array(place) else ""
    return ": ".join(filter(None, (where, str(detail.get("msg") or detail.get("message") or ""))))


def _text_of(error: BaseException) -> str:
    response = getattr(error, "response", None)
    if response is None or not getattr(response, "is_closed", True):
        return ""
    text = getattr(response, "text", "")
    return text if isinstance(text, str) else ""


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _one_line(text: str) -> str:
    text = _ESCAPED.sub(lambda escape: chr(int(escape.group(1), 16)), text)
    text = re.sub(r"\\[nrt]", " ", text)
    text = html.unescape(_MARKUP.sub(" ", text[:_MAX_READ_LENGTH]))
    text = "".join(" " if sign.isspace() else sign for sign in text)
    text = "".join(sign for sign in text if unicodedata.category(sign) not in ("Cc", "Cf", "Co", "Cs", "Cn"))
    return " ".join(text.split())


def _without_echo(text: str, asked: Iterable[str]) -> str:
    """Return the text without words of the question, and without its technical words where they stand in a row so."""
    question = [word for part in asked for word in _words(_one_line_of_all(part))]
    runs = {tuple(question[start : start + _RUN]) for start in range(len(question) - _RUN + 1)}
    known = set(question)
    places = list(_WORD.finditer(text))
    words = [place.group().casefold() for place in places]
    cut = {at for at, word in enumerate(words) if word in known and word not in _TECHNICAL and not word.isdigit()}
    for start in range(len(words) - _RUN + 1):
        run = words[start : start + _RUN]
        if tuple(run) in runs and not _TECHNICAL.issuperset(run):
            cut.update(range(start, start + _RUN))
    for at in sorted(cut, reverse=True):
        text = f"{text[: places[at].start()]}…{text[places[at].end() :]}"
    return re.sub(r"…(?:[\W_]*…)+", "…", text)


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _one_line_of_all(text: str) -> str:
    return re.sub(r"\\[nrt]", " ", _ESCAPED.sub(lambda escape: chr(int(escape.group(1), 16)), text))
