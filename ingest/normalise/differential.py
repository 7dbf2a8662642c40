"""The differential diagnosis: a list of lines, a list between commas, or prose, as an ordered tuple of names.

What is no list is not guessed at: prose gives only the list inside it ("considerations include A, B and C"), or
nothing. The text itself stays verbatim in its section.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from ingest.normalise.lines import sentences, without_marks
from ingest.normalise.normalised import Normalised, Rule
from ingest.normalise.text import clean_text, null_rule

MAX_NAME_WORDS = 12  # the longest names of diagnoses in MedPix have 11 words; longer pieces are sentences
MAX_NAMES = 100  # the longest list of the release has 41
_MAX_LINE_LENGTH = 500  # characters; a bracket that is open for longer was never closed
_MAX_TEXT_LENGTH = 20_000  # characters; the longest differential of the release has 1 121

_LEAD = re.compile(
    r"(?:[\w-]{1,20} ){0,3}?(?:ddx|dx|diff|differential)(?: diagnos[ei]s)?(?: considerations?)?\b ?"
    r"(?:(?:for|from|with|of) [^:\n]{1,80}?(?=:|$| is | are | includes? ) ?)?"
    r"(?:(?:is|are|was|includes?|included) ?)?[:–-]? ?",
    re.IGNORECASE,
)
_COMMENT = re.compile(
    r"\s+[-–—]+\s*(?=(?:\S+\s+){3}|(?:un)?likely|usually|most|almost|wrong|not|no|less|more|rare)", re.IGNORECASE
)
_PROSE_LEAD = re.compile(r"\b(?:includ(?:es?|ed|ing)|consists? of|considered(?: are)?)\b:?", re.IGNORECASE)
_CONJUNCTION = re.compile(r"^(?:and|or|and/or|versus|vs\.?)\s+", re.IGNORECASE)
_AND = re.compile(r"\s+(?:and|or|versus|vs\.?)\s+")
_VERSUS = re.compile(r"\s+(?:vs\.?|versus)\s+", re.IGNORECASE)
_NO_NAME = frozenset({"", "none", "vs", "versus", "and", "or", "etc", "other", "others", "n/a"})


def normalise_differential(raw: str | None) -> Normalised[tuple[str, ...]]:
    """Return the candidates in the order of the text, each once."""
    rule = null_rule(raw)
    if rule is not None or raw is None:
        return Normalised(raw, None, rule or Rule.MISSING)
    lines = [line for line in clean_text(raw)[:_MAX_TEXT_LENGTH].split("\n") if line.strip()] or [""]
    rule, pieces = _list_of_lines(lines) if len(lines) > 1 else _one_line(lines[0].strip())
    names = tuple(islice(_names(pieces), MAX_NAMES))
    return Normalised(raw, names or None, rule if names else Rule.PROSE)


def _list_of_lines(lines: list[str]) -> tuple[Rule, list[str]]:
    return Rule.NEWLINE_LIST, [_unled(line) for line in _whole_lines(lines) if not _is_heading(line)]


def _is_heading(line: str) -> bool:
    return line.rstrip().endswith((":", "–", " -"))


def _whole_lines(lines: Iterable[str]) -> Iterator[str]:
    """Join a line with the next ones while a bracket is open."""
    joined = ""
    for line in lines:
        joined = f"{joined} {line.strip()}" if joined else line
        if joined.count("(") <= joined.count(")") or len(joined) > _MAX_LINE_LENGTH:
            yield joined
            joined = ""
    if joined:
        yield joined


def _one_line(line: str) -> tuple[Rule, list[str]]:
    line = _unled(line)
    parts = sentences(line)
    for separator in (";", ","):
        pieces = _divided(line.rstrip(". "), separator)
        if 1 < len(pieces) <= MAX_NAMES and all(_is_name(piece) for piece in pieces):
            return Rule.COMMA_LIST, pieces
    if len(parts) == 1 and _is_name(parts[0]):
        return Rule.SINGLE, _VERSUS.split(parts[0])
    return Rule.PROSE_LIST, _list_in_prose(parts)


def _unled(line: str) -> str:
    """Return a line without "DDX is", "Differential diagnosis for such a mass:" and the like at its start."""
    found = _LEAD.match(line)
    return line[found.end() :] if found else line


def _list_in_prose(parts: Iterable[str]) -> list[str]:
    """Return what follows "include" or the like in the first sentence that has it."""
    for sentence in parts:
        found = _PROSE_LEAD.search(sentence)
        if found:
            pieces = _divided(sentence[found.end() :], ",")
            return [piece for piece in pieces if _is_name(piece)]
    return []


def _divided(text: str, separator: str) -> list[str]:
    """Divide at a separator that stands outside brackets; "A, B and C" gives three."""
    pieces, depth, start = [], 0, 0
    for position, character in enumerate(text):
        depth = max(0, depth + (character in "([") - (character in ")]"))
        if character == separator and not depth:
            pieces.append(text[start:position])
            start = position + 1
    pieces.append(text[start:])
    if len(pieces) > 1:
        pieces[-1:] = _AND.split(_CONJUNCTION.sub("", pieces[-1].strip()), maxsplit=1)
    return [piece.strip() for piece in pieces if piece.strip()]


def _is_name(piece: str) -> bool:
    return 0 < len(piece.split()) <= MAX_NAME_WORDS and len(sentences(piece)) == 1


def _names(pieces: Iterable[str]) -> Iterator[str]:
    """Yield each piece as a name: without marks, numbering, comments and full stops, and only once."""
    seen: set[str] = set()
    for piece in pieces:
        name = _name(piece)
        if name.casefold() in seen or name.casefold() in _NO_NAME or not _is_name(name):
            continue
        if name.startswith("(") and name.endswith(")"):
            continue
        seen.add(name.casefold())
        yield name


def _name(piece: str) -> str:
    unled = _CONJUNCTION.sub("", " ".join(without_marks(piece).split()))
    return _COMMENT.split(unled, maxsplit=1)[0].strip(" .;,:–-")
