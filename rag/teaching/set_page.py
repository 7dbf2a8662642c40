"""A teaching set as one HTML file: images in it, each step behind a fold, nothing loaded and no script.

What names the answer of a case stands in its last fold only, closed until a reader opens it; the head, the headings,
the names and alternative texts of images say nothing of it. The source of the page holds the whole case.
"""

from __future__ import annotations

import base64
import html
from collections.abc import Callable, Iterable, Iterator

from ingest.case import Case, Image
from ingest.normalise.age_words import age_in_words
from rag.teaching.unknown import UNTITLED, Answer, RevealStep, Unknown, reveal

ReadPixels = Callable[[Image], bytes | None]

_STYLE = """
:root { color-scheme: light dark; --edge: light-dark(#d5dee4, #33424c); --muted: light-dark(#4a5b68, #a9b8c2); }
body { font: 16px/1.55 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem;
  color: light-dark(#1b2733, #dde6ec); background: light-dark(#fff, #0f1519); }
h1 { font-size: 1.6rem; } h2 { font-size: 1.25rem; border-top: 1px solid var(--edge); padding-top: 1.5rem; }
h3 { font-size: .8rem; text-transform: uppercase; letter-spacing: .04em; color: var(--muted); margin: 1rem 0 .2rem; }
figure { margin: 0 0 1rem; } .images { display: flex; flex-wrap: wrap; gap: 1rem; }
.images figure { flex: 1 1 20rem; } img { width: 100%; max-height: 80vh; object-fit: contain; background: #000; }
figcaption, .muted { color: var(--muted); font-size: .9rem; }
p { white-space: pre-wrap; overflow-wrap: anywhere; margin: .2rem 0 .6rem; }
details { border-left: 3px solid var(--edge); padding-left: 1rem; margin: .6rem 0; }
summary { cursor: pointer; font-weight: 600; padding: .25rem 0; }
summary:focus-visible { outline: 3px solid #2a93aa; }
"""
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
_HEADING = "Unknown cases"
_ABOUT = (
    "Write your differential down before you open that of the case; what would name its diagnosis is hidden until that "
    "is open."
)


def set_page(cases: Iterable[Case], read_pixels: ReadPixels, *, notice: str) -> str:
    """Return the page of some cases, in their order; `notice` is what it says of itself."""
    body = "\n".join(_case(number, case, read_pixels) for number, case in enumerate(cases, 1))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{html.escape(_POLICY)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_HEADING} · CaseGraph</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{_HEADING}</h1>\n<p class='muted'>{html.escape(notice)} {_ABOUT}</p>\n{body}\n</body>\n</html>\n"
    )


def _case(number: int, case: Case, read_pixels: ReadPixels) -> str:
    """Return one case; each step in the fold of the one before, so that they open in order."""
    asked, told = reveal(case, RevealStep.DIFFERENTIAL), reveal(case, RevealStep.DIAGNOSIS)
    inner = _fold("Diagnosis", _diagnosis(told))
    if asked.choices:
        considered = "".join(f"<li>{html.escape(name)}</li>" for name in asked.choices)
        inner = _fold("Differential of the case", f"<ul>{considered}</ul>{inner}")
    inner = _fold("Findings", f"{_text('Findings', asked.findings)}{_captions(asked)}{inner}")
    inner = _fold("History", f"{_history(asked)}{inner}")
    images = "".join(_figures(number, asked, read_pixels))
    return f"<section>\n<h2>{UNTITLED} {number}</h2>\n<div class='images'>{images}</div>\n{inner}\n</section>"


def _figures(number: int, shown: Unknown, read_pixels: ReadPixels) -> Iterator[str]:
    for place, one in enumerate(shown.images, 1):
        png = read_pixels(one.image)
        if png is None:
            continue
        said = html.escape(one.says or "image")
        data = base64.b64encode(png).decode()
        alt = f"Case {number}, image {place}: {said}"
        yield f"<figure><img alt='{alt}' src='data:image/png;base64,{data}'><figcaption>{said}</figcaption></figure>"


def _history(shown: Unknown) -> str:
    patient = f"{age_in_words(shown.age_years)}, {shown.sex or 'sex unknown'}"
    return f"<p>{html.escape(patient)}</p>{_text('History', shown.history)}{_text('Exam', shown.exam)}"


def _captions(shown: Unknown) -> str:
    return "".join(_text(f"Image {at}", one.caption) for at, one in enumerate(shown.images, 1) if one.caption)


def _diagnosis(shown: Unknown) -> str:
    answer = shown.answer
    if answer is None:
        raise ValueError("a case is written down whole: its diagnosis was not revealed.")
    return "".join(
        (
            _text("Diagnosis", answer.diagnosis),
            _text("Confirmed by", answer.confirmation),
            _text("Differential, as the case has it", "\n".join(answer.differential_diagnosis)),
            _text("History, as it is written", shown.history),
            _text("Findings, as they are written", shown.findings),
            _text("Discussion", answer.discussion),
            _source(answer),
        )
    )


def _source(answer: Answer) -> str:
    return f"<p class='muted'>{html.escape('. '.join(filter(None, (answer.case_id, answer.citation))))}</p>"


def _text(name: str, text: str | None) -> str:
    return f"<h3>{html.escape(name)}</h3><p>{html.escape(text.strip())}</p>" if text and text.strip() else ""


def _fold(name: str, content: str) -> str:
    return f"<details><summary>{html.escape(name)}</summary>\n{content}\n</details>"
