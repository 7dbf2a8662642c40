"""Who a piece of text speaks of: the patient, or a relative, a donor, the patient of another article."""

from __future__ import annotations

import re

RELATIVE = (
    r"(?:(?:half|step|grand|great[- ]grand|foster|twin|elder|older|younger|maternal|paternal|biological"
    r"|adoptive)[- ]?)*"
    r"(?:mothers?|fathers?|parents?|brothers?|sisters?|siblings?|sons?|daughters?|uncles?|aunts?|cousins?|nephews?|nieces?"
    r"|wife|wives|husbands?|spouses?|partners?|fianc[eé]e?s?|donors?|twins?|grandparents?|relatives?|roommates?|caregivers?)"
)
_POSSESSIVE = (
    r"(?:his|her|their|whose|the (?:patient|child|boy|girl|infant|baby|proband|donor)['’]s|(?:patient|child)['’]s)"
)
_WORD = r"[\w'’\-\u2010\u2011]{1,25}"
_AFTER = re.compile(rf"\W{{0,3}}(?:{_WORD}[\s-]+){{0,3}}{RELATIVE}\b", re.IGNORECASE)
_DONOR = re.compile(rf"\W{{0,3}}(?:{_WORD}[\s-]+){{0,3}}donors?\b", re.IGNORECASE)
_POSSESSED = re.compile(rf"\b{_POSSESSIVE}\s+(?:{_WORD}\s+){{0,2}}$", re.IGNORECASE)
_BEFORE = re.compile(
    rf"(?:\b{RELATIVE}\b(?:['’]s age)?(?:\s*\([^()]{{0,30}}\))?"
    r"(?:,? (?:was|were|is|who (?:was|is)|had been|aged|of|at|died)|,| \()?(?: (?:also|then|now|currently"
    r"|diagnosed|affected))*"
    r"(?: (?:an?|the|his|her|aged?|at|age of))*\s*"
    r"|\b(?:born|delivered|given birth) (?:[\w.+/]+ ){0,8}?(?:to|by|of|from) (?:an? |the )?(?:\w+[\s-]){0,2}"
    r"|\b(?:infant|neonate|newborn|child|baby|son|daughter|product|offspring) (?:\w+ ){0,2}?(?:of|to"
    r"|by) (?:an? )?(?:\w+[\s-]){0,2})$",
    re.IGNORECASE,
)
_REPORTED = re.compile(
    r"\bet al\b|\b(?:reported|described|published|documented|presented) (?:by|in the literature|previously"
    r"|an?(?: similar| case|nother))\b"
    r"|\bprevious(?:ly)? (?:reported|described|published|cases?)\b|\bin the literature\b",
    re.IGNORECASE,
)
_WINDOW = 80  # characters


def is_of_relative(text: str, start: int, end: int) -> bool:
    """Tell whether an age, ``text[start:end]``, is a relative's: "his 34-year-old brother", "her son, aged 5"."""
    before = _same_sentence(text[max(0, start - _WINDOW) : start])
    if _BEFORE.search(before):
        return True
    return bool(_DONOR.match(text, end)) or bool(_AFTER.match(text, end) and _POSSESSED.search(before))


def tells_of_others(sentence: str) -> bool:
    """Tell whether a sentence speaks of patients whom other authors reported."""
    return bool(_REPORTED.search(sentence))


def _same_sentence(before: str) -> str:
    return re.split(r"[.;]\s", before)[-1]
