"""Find prompt injection: text that addresses a language model instead of a reader, and invisible characters.

Nothing depends on it. What a model writes is checked against the evidence whether or not it was noticed here;
this tells a reader which text to look at before relying on it. A reworded injection can escape it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ingest.case import Case
from ingest.notices import Notice, NoticeCode
from ingest.vocabulary import Section
from rag.drafts.evidence import DraftRequest

MAX_TOLD = 5  # places named one by one

_NEAR = r"[^\n]{0,40}?"
_MACHINE = r"(?:AI|LLM|chat\s?bot|language model|assistant|machine|tool)"
# Each begins with a word or sign of its own and looks a bounded way ahead, so that all of them are linear.
_PATTERNS = (
    rf"\b(?:ignore|disregard|forget|override|bypass)\b{_NEAR}\b(?:instructions?|prompts?|rules?|guidelines|commands?)\b",
    rf"\b(?:ignor\w{{0,6}}|vergiss|olvida\w{{0,3}}|oublie\w{{0,2}}|dimentica)\b{_NEAR}"
    r"\b(?:instruc\w{3,8}|instruktion\w{0,3}|anweisung\w{0,3}|istruzion\w|consignes)\b",
    r"(?<![A-Za-z] )\b(?:SYSTEM|ASSISTANT|DEVELOPER)\s{0,3}:",  # not "NERVOUS SYSTEM:"
    r"<\|[a-z_]{1,30}\|>|\[/?INST\]|<</?SYS>>|</?(?:system|instructions?|prompt|tool_call|function_call)>",
    r"#{2,4} ?(?:instruction|system|response)\b",
    rf"\byou (?:are|act) (?:now|no longer|as)\b|\b(?:act|behave|respond) as an? {_MACHINE}\b",
    rf"\b(?:as|to|note to|attention|dear|hey) (?:an? |the |any |all )?{_MACHINE}s?\b(?: reading| processing|[:,])",
    r"\b(?:new|updated|hidden|secret|real|previous|system) (?:instructions?|prompts?)\b",
    r"\b(?:write|say|state|answer|reply|conclude|respond) (?:only|instead|exactly|verbatim|that (?:the|this) "
    r"(?:scan|study|image|exam|case|report))\b",
    r"\bdo not (?:mention|tell|reveal|cite|warn|disclose)\b",
    rf"\b(?:remove|drop|delete|omit|hide|suppress)\b{_NEAR}\b(?:label|disclaimer|warnings?|citations?|notices?)\b",
    rf"\b(?:sign|approve|mark|finali[sz]e)\b{_NEAR}\b(?:as reviewed|as signed|as approved|as dr\b|the report|the draft|"
    r"this draft|this report|on behalf)",
    rf"\b(?:call|invoke|execute|run)\b{_NEAR}\b(?:tools?|functions?|shell|script|commands?)\b",
    r"\buse (?:your|the|any) tools?\b",
    rf"\b(?:fetch|download|send|post|upload|e-?mail|visit|open|load|link(?: to)?)\b{_NEAR}\b(?:https?://|www\.)",
    rf"\b(?:reveal|print|repeat|leak|output|show)\b{_NEAR}\b(?:prompt|password|api key|secret|instructions?)\b",
    r"\b(?:evidence_ids?|tool_choice|system_prompt)\b|\bcite [\"']?E\d",
    r"<(?:script|iframe|img|object|embed|svg)\b|\bjavascript:|\bdata:text/html",
    r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{120,}={0,2}",  # more than a word in any language: text in base 64
)
INJECTION = re.compile("|".join(f"(?:{pattern})" for pattern in _PATTERNS), re.IGNORECASE)
# Zero width, direction and tag characters. A byte order mark at the start of a text is none of them.
UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\U000e0000-\U000e007f]|(?<!^)\ufeff")


@dataclass(frozen=True)
class Suspect:
    """A place in a text that looks like prompt injection; `case_id` is None for what the user wrote."""

    case_id: str | None
    section: Section
    image_id: str | None
    start: int
    end: int

    @property
    def place(self) -> str:
        """Name the place, without its words."""
        owner = self.image_id or self.case_id
        section = str(self.section).replace("_", " ")
        return f"{owner or 'your'}{',' if owner else ''} {section}, characters {self.start}-{self.end}"


def injection_spans(text: str) -> list[tuple[int, int]]:
    """Return where a text looks like prompt injection or holds invisible characters, in order."""
    found = [match.span() for pattern in (INJECTION, UNSEEN) for match in pattern.finditer(text)]
    return sorted(set(found))


def suspects_in_case(case: Case) -> Iterator[Suspect]:
    """Yield the places of a case that look like prompt injection."""
    texts = [(section, None, text) for section, text in case.sections.items()]
    captions = [(Section.CAPTION, image.image_id, image.caption or "") for image in case.images]
    for section, image_id, text in (*texts, *captions):
        yield from (Suspect(case.case_id, section, image_id, *span) for span in injection_spans(text))


def suspects_in_request(request: DraftRequest) -> Iterator[Suspect]:
    """Yield the places of what a user wrote that look like prompt injection."""
    written = ((Section.HISTORY, request.history), (Section.EXAM, request.exam), (Section.FINDINGS, request.findings))
    for section, text in written:
        yield from (Suspect(None, section, None, *span) for span in injection_spans(text or ""))


def prompt_injection_notices(request: DraftRequest, cases: Sequence[Case]) -> list[Notice]:
    """Return a notice for each text that looks like prompt injection, the first place of each."""
    suspects = [*suspects_in_request(request), *(place for case in cases for place in suspects_in_case(case))]
    return _notices({(place.case_id, place.section, place.image_id): place for place in reversed(suspects)}.values())


def _notices(places: Iterable[Suspect]) -> list[Notice]:
    named = list(places)[::-1]
    sentences = [
        f"Possible prompt injection or hidden characters: {place.place}. It is quoted as data and no instruction in "
        "it is followed; read it before you rely on it."
        for place in named[:MAX_TOLD]
    ]
    if len(named) > MAX_TOLD:
        sentences.append(f"{len(named) - MAX_TOLD} more texts look like prompt injection.")
    return [Notice(NoticeCode.PROMPT_INJECTION, sentence) for sentence in sentences]
