"""Lines of lists and sentences: bullets and numbering off, and where a sentence ends."""

from __future__ import annotations

import re

_MARKS = re.compile(r"(?:[\s•»*·>\-–—]+|\(?\d{1,2}[.):]{1,2}(?!\d)|\(?[A-Za-z]\)(?=\s)|[A-Z]\.(?=\s+[A-Z]))+")
_BRACKETS = re.compile(r"\([^()]*\)")
_SENTENCE_END = re.compile(r"(?<!\bvs)(?<!\be\.g)(?<!\bi\.e)(?<!\betc)(?<!\b[A-Za-z])\.(?=\s|$)")


def without_marks(line: str) -> str:
    """Return a line without bullets and numbering at its start; "M. tuberculosis" keeps its M."""
    marks = _MARKS.match(line)
    return (line[marks.end() :] if marks else line).strip()


def sentences(text: str) -> list[str]:
    """Divide at full stops that stand outside brackets and after no abbreviation; the stops are left out."""
    masked = _BRACKETS.sub(lambda found: "x" * len(found[0]), text)
    parts, start = [], 0
    for end in _SENTENCE_END.finditer(masked):
        parts.append(text[start : end.start()].strip())
        start = end.end()
    return [part for part in [*parts, text[start:].strip()] if part]
