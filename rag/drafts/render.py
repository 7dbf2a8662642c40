"""A draft as text, Markdown and JSON. Each form carries the label, put there by this module and nobody else.

All forms are made of one document: `draft_document` of a fresh draft, `life_cycle.document_of` one that was kept.
What a case, a user or a language model wrote is shown as plain text: no control or invisible characters, and
nothing that Markdown or HTML would act on.
"""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from ingest.normalise.age_words import age_in_words
from rag.drafts.draft import Draft
from rag.drafts.evidence import DraftRequest
from rag.drafts.organs import says_the_rest_is_normal
from rag.drafts.statements import DraftSection, Origin, Statement

LABEL = "Machine-made draft, not reviewed by a person. For research and teaching, not for diagnosis."
REVIEWED_LABEL = "Machine-made draft, reviewed by {name}, not signed. For research and teaching, not for diagnosis."
SIGNED_LABEL = (
    "Machine-made draft, signed by {name} ({signature}) at {at}. For research and teaching, not for diagnosis."
)

Document = Mapping[str, Any]
Cited = tuple[tuple[str, Any], ...]
"""The fields of one citation, as a key."""

_NOTHING_SAID = {
    "Indication": "Not stated.",
    "Technique": "Not stated.",
    "Findings": "Not assessed.",
    "Impression": "Left to the reader of the scan.",
}
_INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cs"})  # Unicode: control, format, private use, surrogate
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+!|~:/@.-])")


def to_text(document: Document) -> str:
    """Return the document of a draft as plain text."""
    numbers = citation_numbers(document)
    lines = [label_of(document), *_heads(document, inline), ""]
    for section in document["sections"]:
        lines += [section["section"].upper(), *_section_in_text(section, numbers), ""]
    lines.append("EVIDENCE")
    lines += [
        f"  [{number}] {inline(_place(dict(cited)))}: {inline(_quote(cited))}" for cited, number in numbers.items()
    ]
    if references := list(_references(document)):
        lines += ["", "PUBLISHED CASES", *(f"  {inline(case_id)}: {inline(said)}" for case_id, said in references)]
    lines += ["", *(f"Note: {inline(notice)}" for notice in document["notices"]), label_of(document)]
    return "\n".join(lines) + "\n"


def _section_in_text(section: Mapping[str, Any], numbers: Mapping[Cited, int]) -> Iterator[str]:
    for organs, items in by_organs(section["statements"]):
        if organs:
            yield f"  {inline(organs)}:"
        yield from (f"  {inline(item['text'])} [{_source(item, numbers)}]" for item in items)
    if not section["statements"]:
        yield f"  {nothing_said(section['section'])}"
    if left := not_assessed(section):
        yield f"  {inline(left)}"


def to_markdown(document: Document) -> str:
    """Return the document of a draft as Markdown in which nothing quoted is active."""
    numbers = citation_numbers(document)
    lines = [f"> **{_label_in_markdown(document)}**", ""]
    lines += [line for head in _heads(document, escaped) for line in (head, "")]
    for section in document["sections"]:
        lines += [f"## {section['section']}", "", *_section_in_markdown(section, numbers)]
    lines += ["## Evidence", ""]
    lines += [
        f"{number}. {escaped(_place(dict(cited)))}: {escaped(_quote(cited))}" for cited, number in numbers.items()
    ]
    if references := list(_references(document)):
        listed = [f"- {escaped(case_id)}: {escaped(said)}" for case_id, said in references]
        lines += ["", "## Published cases", "", *listed]
    lines += ["", *(f"- Note: {escaped(notice)}" for notice in document["notices"])]
    return "\n".join([*lines, "", f"> **{_label_in_markdown(document)}**"]) + "\n"


def _section_in_markdown(section: Mapping[str, Any], numbers: Mapping[Cited, int]) -> Iterator[str]:
    for organs, items in by_organs(section["statements"]):
        if organs:
            yield from (f"**{escaped(organs)}**", "")
        yield from (f"- {escaped(item['text'])} *({escaped(_source(item, numbers))})*" for item in items)
        yield ""
    if not section["statements"]:
        yield from (nothing_said(section["section"]), "")
    if left := not_assessed(section):
        yield from (escaped(left), "")


def to_json(document: Document) -> str:
    """Return the document of a draft as one JSON document, its own label in it: ASCII, keys in order.

    A store keeps keys in an order of its own, and the same draft is to be the same bytes.
    """
    return json.dumps({**document, "label": label_of(document)}, sort_keys=True, indent=2)


def draft_document(draft: Draft) -> dict[str, Any]:
    """Return a draft as plain JSON values."""
    return {
        "label": LABEL,
        "reviewed": False,
        "author": draft.author,
        "made_at": draft.made_at,
        "request": _request(draft.request),
        "sections": [_section(draft, section) for section in DraftSection],
        "similar_cases": [vars(case) for case in draft.similar_cases],
        "dropped": [{key: str(value) for key, value in vars(item).items()} for item in draft.dropped],
        "notices": [notice.text for notice in draft.notices],
        "standing": None,
    }


def nothing_said(section: str) -> str:
    """Return what stands in a section without statements: silence is no finding."""
    return _NOTHING_SAID.get(section, "Nothing can be said.")


def by_organs(statements: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    """Yield statements that follow one another and speak of the same organs, under the names of these."""
    for organs, items in groupby(statements, lambda item: ", ".join(item.get("organs", ()))):
        yield organs, list(items)


def not_assessed(section: Mapping[str, Any]) -> str | None:
    """Return which organs of the scan no statement speaks of, in words; None where that is none, or not known.

    A section without statements is not assessed as a whole. Drafts kept by an older version name no organs.
    """
    statements = section["statements"]
    if not statements or any(says_the_rest_is_normal(item["text"]) for item in statements):
        return None
    named = {organ for item in statements for organ in item.get("organs", ())}
    left = [organ for organ in section.get("organs", ()) if organ not in named]
    return f"Not assessed: {', '.join(_within_a_line(left))}." if left else None


def _within_a_line(names: Sequence[str]) -> list[str]:
    return [*names[:1], *(f"{name[:1].lower()}{name[1:]}" for name in names[1:])]


def label_of(document: Document) -> str:
    """Return the label that the standing of a draft asks for; without one it is what nobody has reviewed."""
    standing: Mapping[str, Any] = document.get("standing") or {}
    if standing.get("signed_by"):
        name = inline(standing["signed_by"])
        return SIGNED_LABEL.format(name=name, signature=standing["signature"], at=standing["signed_at"])
    if standing.get("reviewed_by"):
        return REVIEWED_LABEL.format(name=inline(standing["reviewed_by"]))
    return LABEL


def standing_line(document: Document) -> str | None:
    """Return which draft, version, state and digest this is; None of a draft that was not kept."""
    standing = document.get("standing")
    if not standing:
        return None
    return (
        f"Draft {standing['draft_id']}, version {standing['version']}, {standing['state']}, made at "
        f"{standing['made_at']} by {inline(standing['made_by'])}, SHA-256 {standing['digest']}"
    )


def inline(text: str) -> str:
    """Return the text on one line, without control, invisible or direction-changing characters."""
    one_line = " ".join(text.split())
    return "".join(character for character in one_line if unicodedata.category(character) not in _INVISIBLE)


def escaped(text: str) -> str:
    """Return the text so that Markdown, and HTML made of it, show it as it is."""
    return _MARKDOWN.sub(r"\\\1", html.escape(inline(text), quote=False))


def _heads(document: Document, shown: Callable[[str], str]) -> Iterator[str]:
    yield f"Written by: {shown(document['author'])}"
    yield from (shown(line) for line in request_lines(document))
    if line := standing_line(document):
        yield line


def request_lines(document: Document) -> Iterator[str]:
    """Yield of whom and of what the draft is, and when it was made; one kept by an older version does not know.

    The history is not among them: it stands under Indication.
    """
    if made_at := document.get("made_at"):
        yield f"Made at: {made_at}"
    request: Mapping[str, Any] = document.get("request") or {}
    age, sex = request.get("age_years"), request.get("sex")
    if age is not None or sex:
        yield f"Patient: {', '.join(filter(None, (age_in_words(age) if age is not None else None, sex)))}"
    if exam := request.get("exam"):
        yield f"Exam: {exam}"
    if digest := request.get("image_sha256"):
        yield f"Image: SHA-256 {digest}"


def _label_in_markdown(document: Document) -> str:
    """Return the label; a name in it is not the program's own word, so it is escaped."""
    label = label_of(document)
    return label if label == LABEL else escaped(label)


def _request(request: DraftRequest) -> dict[str, Any]:
    return {
        "history": inline(request.history or "") or None,
        "exam": inline(request.exam or "") or None,
        "age_years": request.age_years,
        "sex": str(request.sex) if request.sex else None,
        "image_sha256": request.image_sha256,
    }


def _section(draft: Draft, section: DraftSection) -> dict[str, Any]:
    written = {"section": str(section), "statements": [_statement(said) for said in draft.of(section)]}
    if section is not DraftSection.FINDINGS or draft.scanned is None:
        return written
    return {**written, "scanned": draft.scanned.name, "organs": list(draft.scanned.organ_names)}


def _statement(statement: Statement) -> dict[str, Any]:
    citations = [{key: _json_value(value) for key, value in vars(item).items()} for item in statement.citations]
    written = {"text": inline(statement.text), "subject": str(statement.subject), "citations": citations}
    return {**written, "organs": list(statement.organs)} if statement.organs else written


def _json_value(value: str | int | None) -> str | int | None:
    return str(value) if isinstance(value, str) else value


def citation_numbers(document: Document) -> dict[Cited, int]:
    """Return the number under which each place is cited, in every form of the document."""
    cited = dict.fromkeys(tuple(citation.items()) for citation in _citations(document))
    return {citation: number for number, citation in enumerate(cited, start=1)}


def _citations(document: Document) -> Iterator[Mapping[str, Any]]:
    for section in document["sections"]:
        for item in section["statements"]:
            yield from item["citations"]


def _references(document: Document) -> Iterator[tuple[str, str]]:
    """Yield the published cases that a statement cites, each with its article and licence."""
    cited = {citation["case_id"] for citation in _citations(document)}
    for case in document["similar_cases"]:
        if case["case_id"] in cited and case.get("reference"):
            yield case["case_id"], case["reference"]


def _source(item: Mapping[str, Any], numbers: Mapping[Cited, int]) -> str:
    """Say of whom a statement speaks, and on what it stands: places, or the person who worded it."""
    if name := item.get("worded_by"):
        return f"{item['subject']}: worded by {inline(name)}, not checked"
    return f"{item['subject']}: {_runs(sorted(numbers[tuple(cited.items())] for cited in item['citations']))}"


def _runs(numbers: Sequence[int]) -> str:
    """Return sorted numbers with the runs drawn together: 1-3, 5."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def _quote(cited: Cited) -> str:
    return dict(cited)["quote"]


def _place(citation: Mapping[str, Any]) -> str:
    if citation["origin"] == Origin.CLASSIFIER:
        return "classifier, on your image"
    section = str(citation["section"]).replace("_", " ")
    if citation["origin"] == Origin.USER:
        return f"your {section}, characters {citation['start']}-{citation['end']}"
    return f"{citation['image_id'] or citation['case_id']}, {section}, characters {citation['start']}-{citation['end']}"
