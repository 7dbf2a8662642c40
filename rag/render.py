"""A draft as text, Markdown and JSON. Each form carries the label, put there by this module and nobody else.

What a case, a user or a language model wrote is shown as plain text: no control or invisible characters, and
nothing that Markdown or HTML would act on.
"""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from rag.draft import Draft
from rag.statements import Citation, DraftSection, Origin, Statement

LABEL = "Machine-made draft, not reviewed by a person. For research and teaching, not for diagnosis."

_INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cs"})  # Unicode: control, format, private use, surrogate
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+!|~:/@.-])")


def to_text(draft: Draft) -> str:
    """Return the draft as plain text."""
    numbers = _numbers(draft)
    lines = [LABEL, f"Written by: {plain(draft.author)}", ""]
    for section in DraftSection:
        lines.append(section.upper())
        said = [f"  {plain(item.text)} [{item.subject}{_marks(item, numbers)}]" for item in draft.of(section)]
        lines += [*(said or ["  Nothing can be said."]), ""]
    lines.append("EVIDENCE")
    lines += [f"  [{number}] {_place(citation)}: {plain(citation.quote)}" for citation, number in numbers.items()]
    lines += ["", *(f"Note: {plain(notice)}" for notice in draft.notices), LABEL]
    return "\n".join(lines) + "\n"


def to_markdown(draft: Draft) -> str:
    """Return the draft as Markdown in which nothing quoted is active."""
    numbers = _numbers(draft)
    lines = [f"> **{LABEL}**", "", f"Written by: {escaped(draft.author)}", ""]
    for section in DraftSection:
        lines += [f"## {section}", ""]
        said = [f"- {escaped(item.text)} *({item.subject}{_marks(item, numbers)})*" for item in draft.of(section)]
        lines += [*(said or ["Nothing can be said."]), ""]
    lines += ["## Evidence", ""]
    lines += [f"{number}. {escaped(_place(cited))}: {escaped(cited.quote)}" for cited, number in numbers.items()]
    lines += ["", *(f"- Note: {escaped(notice)}" for notice in draft.notices), "", f"> **{LABEL}**"]
    return "\n".join(lines) + "\n"


def to_json(draft: Draft) -> str:
    """Return the draft as one JSON document."""
    return json.dumps(draft_document(draft), ensure_ascii=False, indent=2)


def draft_document(draft: Draft) -> dict[str, Any]:
    """Return the draft as plain JSON values."""
    return {
        "label": LABEL,
        "reviewed": False,
        "author": draft.author,
        "sections": [
            {"section": str(section), "statements": [_statement(said) for said in draft.of(section)]}
            for section in DraftSection
        ],
        "similar_cases": [vars(case) for case in draft.similar_cases],
        "dropped": [{key: str(value) for key, value in vars(item).items()} for item in draft.dropped],
        "notices": list(draft.notices),
    }


def _statement(statement: Statement) -> dict[str, Any]:
    citations = [{key: _json_value(value) for key, value in vars(item).items()} for item in statement.citations]
    return {"text": plain(statement.text), "subject": str(statement.subject), "citations": citations}


def _json_value(value: str | int | None) -> str | int | None:
    return str(value) if isinstance(value, str) else value


def _numbers(draft: Draft) -> dict[Citation, int]:
    citations = dict.fromkeys(citation for statement in draft.statements for citation in statement.citations)
    return {citation: number for number, citation in enumerate(citations, start=1)}


def _marks(statement: Statement, numbers: dict[Citation, int]) -> str:
    return f": {_runs(sorted(numbers[citation] for citation in statement.citations))}"


def _runs(numbers: Sequence[int]) -> str:
    """Return sorted numbers with the runs drawn together: 1-3, 5."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def _place(citation: Citation) -> str:
    if citation.origin is Origin.CLASSIFIER:
        return "classifier, on your picture"
    section = str(citation.section).replace("_", " ")
    if citation.origin is Origin.USER:
        return f"your {section}, characters {citation.start}-{citation.end}"
    return f"{citation.image_id or citation.case_id}, {section}, characters {citation.start}-{citation.end}"


def plain(text: str) -> str:
    """Return the text on one line, without control, invisible or direction-changing characters."""
    one_line = " ".join(text.split())
    return "".join(character for character in one_line if unicodedata.category(character) not in _INVISIBLE)


def escaped(text: str) -> str:
    """Return the text so that Markdown, and HTML made of it, show it as it is."""
    return _MARKDOWN.sub(r"\\\1", html.escape(plain(text), quote=False))
