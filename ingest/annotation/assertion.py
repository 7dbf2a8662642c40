"""Whether a text says that a finding is there, is not, may be or was.

ConText in one sweep per direction: a cue governs the mentions after it (or before it) until the sentence ends,
a scope breaker comes or a nearer cue takes over, so lists ("no mass, hemorrhage or midline shift") need no rule
of their own. Each sweep is linear in the number of cues and mentions.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from ingest.annotation.cues import Cue, Role, assertion_cues
from ingest.annotation.events import SENTENCE_END, Event, Mention, in_order, outside
from ingest.concepts.phrases import FoldedText, Found
from ingest.vocabulary import Assertion

_NEAR = 15  # characters between a cue and an exam: "no prior chest CT"
_NEGATED_HISTORY = 25  # characters: "no significant past medical history of" is one negation
# "no enhancement of the mass", "may arise from this lesion": what has an article is there.
_DEFINITE = re.compile(
    r"[^,;:.]\s+(?:the|this|these|those|his|her|its)\s+(?:(?!n?or\b)[\w-]{1,20}\s+){0,2}$", re.IGNORECASE
)
_NOUN_PHRASE = 60  # characters that may stand between such an article and the end of its noun phrase
# "CT without contrast", "w/o gadolinium": how an exam was made; but "without contrast enhancement" is of the finding.
_TECHNIQUE = re.compile(
    r"[\s-]*(?:(?:the |any )?(?:use |administration )?(?:of )?(?:iv|i\.v\.|intravenous|oral|po|and with|or with)\s+)*"
    r"(?:contrast(?!\s*-?(?:enhanc|extravas|uptake|filling|accumul|leak|opacif))|gadolinium|gad|fat[\s-]?sat|"
    r"fat[\s-]?suppress)",
    re.IGNORECASE,
)
# "the lesion is likely a cyst" doubts the cyst, "a cyst is likely" too.
_LIKELY_WHAT = re.compile(
    r"\s+(?!(?:in|on|at|as|given|with|and|but|or|for|because|based|to|when|if)\b)[a-z]", re.IGNORECASE
)
_LIKELY = Cue(Role.BEFORE, Assertion.UNCERTAIN)
# "a cyst that was not appreciated on CT", "foci not present on previous exams": seen here, and not elsewhere.
_ELSEWHERE = re.compile(
    r"\s+(?:on|in|at|during)\s+(?:the\s+|his\s+|her\s+)?(?:previous|prior|earlier|initial)\b", re.IGNORECASE
)
_RELATIVE = re.compile(r"\bthat\s+$", re.IGNORECASE)
# "Prior CT showed a mass": past is what it showed; "compared with the prior CT, a mass" is not.
_EARLIER_EXAM = re.compile(
    r"\s+(?:(?:outside|chest|head|brain|abdominal|pelvic|spine|knee|renal|contrast[\s-]enhanced|non-?contrast)\s+){0,2}"
    r"(?:cta?|cat|mri?|mra|pet|x[\s-]?rays?|cxr|radiographs?|films?|ultrasounds?|sonograms?|mammograms?|angiograms?|"
    r"scans?)(?:\s+(?:scans?|exams?|examinations?|stud(?:y|ies)|images?))?(?:\s+of\s+the\s+\w+(?:\s+and\s+\w+)?)?\s+"
    r"(?:had\s+)?(?:showed|shown|demonstrated|revealed)\b",
    re.IGNORECASE,
)
_WHAT_IT_SHOWED = Cue(Role.BEFORE, Assertion.HISTORICAL)
_NOTHING = Cue(Role.PSEUDO)
_OF_TECHNIQUE = Cue(Role.BEFORE, Assertion.ABSENT, reach=5)
_JOINED = 2  # characters between a cue and its own colon: "PMH: stroke"
_VERB_BETWEEN = re.compile(r"\b(?:is|are|was|were|has|have|had|with|shows?|demonstrates?|reveals?)\b", re.IGNORECASE)


def assertions(text: str, folded: FoldedText, mentions: Sequence[Mention]) -> list[Assertion | None]:
    """Return what the text asserts of each mention; None where it asserts nothing of this patient.

    Parameters
    ----------
    text, folded
        The text and its `ingest.concepts.phrases.fold`.
    mentions : sequence of Mention
        From left to right, not overlapping.
    """
    found = outside(assertion_cues().find(folded), mentions)
    cues = [Event(cue.start, cue.end, _meant(text, cue)) for cue in found]
    events = in_order(text, mentions, cues)
    before = [
        None if governed and _is_definite(text, governed, mention) else governed
        for governed, mention in zip(_governed_forwards(events, mentions), mentions, strict=True)
    ]
    after = _governed_backwards(text, events, len(mentions))
    return [_nearer(*both) for both in zip(mentions, before, after, strict=True)]


def _meant(text: str, found: Found) -> Cue:
    cue: Cue = found.value
    if cue.role is Role.AFTER and text[found.start : found.end].casefold().endswith("likely"):
        return _LIKELY if _LIKELY_WHAT.match(text, found.end) else cue
    if cue.role is Role.AFTER and cue.assertion is Assertion.ABSENT:
        elsewhere = _ELSEWHERE.match(text, found.end) or _RELATIVE.search(text[max(0, found.start - 8) : found.start])
        return _NOTHING if elsewhere else cue
    if cue.role is Role.BEFORE and cue.assertion is Assertion.HISTORICAL and _EARLIER_EXAM.match(text, found.end):
        return _WHAT_IT_SHOWED
    denies = cue.role is Role.BEFORE and cue.assertion is Assertion.ABSENT
    return _OF_TECHNIQUE if denies and _TECHNIQUE.match(text, found.end) else cue


def _is_definite(text: str, governed: tuple[int, Cue], mention: Mention) -> bool:
    distance, cue = governed
    if cue.assertion not in (Assertion.ABSENT, Assertion.UNCERTAIN):
        return False
    return _DEFINITE.search(text[mention.start - min(distance, _NOUN_PHRASE) : mention.start]) is not None


_Governed = tuple[int, Cue] | None  # distance in characters, and the cue


def _governed_forwards(events: Sequence[Event], mentions: Sequence[Mention]) -> list[_Governed]:
    governed: list[_Governed] = [None] * len(mentions)
    active: Event | None = None
    outer: list[Event | None] = []  # what was active when each bracket opened
    comma = -1
    for event in events:
        what = event.what
        if isinstance(what, int):
            governed[what] = _reached(active, event)
            active = None if mentions[what].only_near and _is_adjective(active) else active
        elif isinstance(what, Cue):
            active = _after_cue(active, event, what, comma)
        elif what == SENTENCE_END:
            active, outer = None, []
        elif what in "([":
            outer.append(active)
        elif what in ")]" and outer:
            active = outer.pop()
        elif active is not None and _ends_scope(active, event):
            active = None
        comma = event.start if what == "," else comma
    return governed


def _is_adjective(cue: Event | None) -> bool:
    """Tell whether a cue is used up by the exam after it: "prior CT" makes the CT historical, not what it showed."""
    return cue is not None and cue.what.reach is not None and cue.what.assertion is Assertion.HISTORICAL


def _ends_scope(active: Event, mark: Event) -> bool:
    if mark.what == ":":
        return mark.start - active.end > _JOINED
    return mark.what == ";" or (active.what.of_one and mark.what in ("and", "with", ","))


def _after_cue(active: Event | None, event: Event, cue: Cue, comma: int) -> Event | None:
    negates = active is not None and isinstance(active.what, Cue) and active.what.assertion is Assertion.ABSENT
    if cue.yields and negates:
        return active
    if cue.role in (Role.BEFORE, Role.BOTH):
        near = active is not None and comma < active.end and event.start - active.end <= _NEGATED_HISTORY
        if active is not None and negates and near and cue.assertion is Assertion.HISTORICAL:
            return active._replace(end=event.end)
        return event
    if cue.role is Role.BREAK:
        return None
    return None if cue.role is Role.SOFT_BREAK and not negates else active


def _reached(active: Event | None, mention: Event) -> _Governed:
    if active is None or not isinstance(active.what, Cue):
        return None
    distance = max(mention.start - active.end, 0)
    return None if active.what.reach is not None and distance > active.what.reach else (distance, active.what)


def _governed_backwards(text: str, events: Sequence[Event], n: int) -> list[_Governed]:
    """Let "is absent" govern the mentions before it, up to another verb or cue: the subject of its clause."""
    governed: list[_Governed] = [None] * n
    active: Event | None = None
    checked_to = 0
    for event in reversed(events):
        what = event.what
        if isinstance(what, Cue):
            active = event if what.role in (Role.AFTER, Role.BOTH) else None
            checked_to = event.start
        elif what in (SENTENCE_END, ";", "(", ")"):
            active = None
        elif isinstance(what, int) and active is not None and isinstance(active.what, Cue):
            if _VERB_BETWEEN.search(text, event.end, checked_to):
                active = None
            else:
                governed[what] = (active.start - event.end, active.what)
                checked_to = event.start
    return governed


def _nearer(mention: Mention, before: _Governed, after: _Governed) -> Assertion | None:
    reach = _NEAR if mention.only_near else math.inf
    both = [governed for governed in (before, after) if governed is not None and governed[0] <= reach]
    if not both:
        return Assertion.PRESENT
    return min(both, key=lambda governed: governed[0])[1].assertion
