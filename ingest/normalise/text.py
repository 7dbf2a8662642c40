"""Texts: what counts as nothing, what is a placeholder, and cleaning for derived values.

The source's own text is never changed here: sections and captions stay verbatim. `clean_text` serves values that
are derived from them.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import TypeVar

from ingest.normalise.normalised import Normalised, Rule

Value = TypeVar("Value")

NULL_SPELLINGS = frozenset(
    {
        "",
        "-infinity",
        "<na>",
        "hx not provided",
        "infinity",
        "n/a",
        "n/c",
        "na",
        "nan",
        "nat",
        "nc",
        "no information provided",
        "no references provided",
        "none",
        "none available",
        "none provided",
        "not applicable",
        "not available",
        "not entered",
        "not known",
        "not provided",
        "not provided by author",
        "not reported by author",
        "null",
        "please see factiod",
        "please see factoid",
        "please see topic",
        "see discussion",
        "see factoid",
        "see factoid discussion",
        "see topic",
        "unavailable",
        "unknown",
    }
)
"""How MedPix 2.0 writes nothing, and pandas (NaN, NaT, <NA>), as `spelling_of` writes it.

"Noncontributory" says something: it stays.
"""

PLACEHOLDERS = frozenset({"replace this - description of the image or findings", "in progress"})
"""What the authoring form of MedPix puts where nothing was written."""

_HISTORY_PROMPT = re.compile(r"\s*History \(can include gestational age, or age in days, weeks, months\):?\s*", re.I)
_BLANKS = re.compile(r"\s+")
_BULLETS = dict.fromkeys((0xF06E, 0xF0A7, 0xF0E0, 0xF0B7), "•")  # Wingdings in the private use area
_ODD_BLANKS = {0x00A0: " ", 0x000B: "\n", 0x2028: "\n", 0x200B: ""}
_ODD_CHARACTERS = _BULLETS | _ODD_BLANKS


def spelling_of(raw: str) -> str:
    """Return a value as tables of spellings are keyed: casefolded, single blanks, none at the ends."""
    return _BLANKS.sub(" ", raw.replace("\u00a0", " ")).strip().casefold()


def null_rule(raw: str | None) -> Rule | None:
    """Return the rule by which a raw text says nothing; None where it says something."""
    if raw is None:
        return Rule.MISSING
    if not clean_text(raw).strip():
        return Rule.NULL_SPELLING
    if len(raw) > _MAX_NULL_LENGTH:
        return None
    spelling = spelling_of(raw).rstrip(". ").replace(" / ", "/")
    if spelling in NULL_SPELLINGS:
        return Rule.NULL_SPELLING
    if spelling in PLACEHOLDERS or not without_prompt(raw).strip():
        return Rule.PLACEHOLDER
    return None


_MAX_NULL_LENGTH = 200  # the longest null spelling, placeholder or prompt has 72 characters


def normalise_text(raw: str | None) -> Normalised[str]:
    """Return a text exactly as written, or nothing where it says nothing."""
    rule = null_rule(raw)
    return Normalised(raw, None, rule) if rule else Normalised(raw, raw, Rule.AS_WRITTEN)


def without_prompt(history: str) -> str:
    """Return a history without the prompt of the authoring form, where it begins with it."""
    found = _HISTORY_PROMPT.match(history)
    return history[found.end() :] if found else history


def clean_text(raw: str) -> str:
    """Return a text with HTML entities, line ends, odd blanks and private-use bullets made plain."""
    text = html.unescape(raw).replace("\r\n", "\n").replace("\r", "\n").replace("\\'", "'")
    return text.translate(_ODD_CHARACTERS)


def normalise_line(raw: str | None) -> Normalised[str]:
    """Return a short text as one clean line, without a full stop at its end."""
    rule = null_rule(raw)
    if rule is not None or raw is None:
        return Normalised(raw, None, rule or Rule.MISSING)
    line = _BLANKS.sub(" ", clean_text(raw)).strip().rstrip(".").rstrip()
    return Normalised(raw, line or None, Rule.AS_WRITTEN if line == raw else Rule.CLEANED)


def look_up(raw: str | None, table: Mapping[str, Value]) -> Normalised[Value]:
    """Return what a table of spellings says of a raw value; an unknown spelling is not guessed.

    The keys of `table` are written as `spelling_of` writes them.
    """
    rule = null_rule(raw)
    if rule is not None or raw is None:
        return Normalised(raw, None, rule or Rule.MISSING)
    spelling = spelling_of(raw)
    if spelling not in table:
        return Normalised(raw, None, Rule.UNKNOWN_VALUE)
    return Normalised(raw, table[spelling], Rule.SPELLING)
