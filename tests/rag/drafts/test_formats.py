"""T36: whatever a case, a user or a model wrote, no format of a draft does anything but show it."""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from dataclasses import replace

import pytest
from active_texts import ACTIVE_TEXTS
from markdown_it import MarkdownIt

from ingest.export import export_cases
from ingest.notices import Notice, NoticeCode
from ingest.vocabulary import Section
from rag.drafts.draft import Draft, SimilarCase
from rag.drafts.formats import DraftFormat, written_as
from rag.drafts.render import LABEL, draft_document, escaped, to_json, to_markdown, to_text
from rag.drafts.statements import Citation, DraftSection, Dropped, Evidence, EvidenceKind, Origin, Statement, Subject

UNSEEN = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
ACTIVE_TOKENS = {"link_open", "image", "html_inline", "html_block", "fence", "code_block", "code_inline", "strong_open"}


def quoting(text):
    """Return a draft in which every text that comes from outside is this one."""
    citation = Citation(Origin.CASE, text, text, Section.FINDINGS, None, 0, len(text))
    written = Citation(Origin.USER, text, section=Section.FINDINGS, end=len(text))
    rows = [Evidence(f"E{n}", EvidenceKind.FINDING, text, place) for n, place in enumerate((citation, written))]
    said = Statement(DraftSection.SIMILAR_CASES, Subject.SIMILAR_CASES, text, tuple(rows))
    dropped = Dropped(DraftSection.FINDINGS, Subject.THIS_SCAN, text, text)
    notice = Notice(NoticeCode.GAP, text)
    return draft_document(Draft((said,), (dropped,), (SimilarCase(text, text, 1.0),), tuple(rows), (notice,), text))


def tokens(markdown):
    return [inner for token in MarkdownIt().parse(markdown) for inner in (token, *(token.children or ()))]


@pytest.fixture(scope="module")
def plain_tokens():
    """Count the tokens of a draft that quotes an ordinary word: those that the format itself brings."""
    return [token.type for token in tokens(to_markdown(quoting("mass")))]


def test_t36_the_corpus_has_three_hundred_texts():
    assert len(set(ACTIVE_TEXTS)) >= 300


def test_t36_markdown_shows_every_text_and_acts_on_none(plain_tokens):
    for text in ACTIVE_TEXTS:
        markdown = to_markdown(quoting(text))
        assert [token.type for token in tokens(markdown)] == plain_tokens, text
        assert not {token.type for token in tokens(escaped(text))} & ACTIVE_TOKENS, text
        assert markdown.count(LABEL) == 2


def test_t36_text_has_no_terminal_code_and_no_letter_that_nobody_sees():
    for text in ACTIVE_TEXTS:
        shown = to_text(quoting(text))
        assert not {letter for letter in shown if letter != "\n" and unicodedata.category(letter) in UNSEEN}, text
        assert shown.count("\n") == to_text(quoting("mass")).count("\n"), text  # and no line of its own
        assert shown.startswith(LABEL) and shown.rstrip().endswith(LABEL)


def test_t36_json_is_ascii_and_holds_every_text_as_a_value():
    for text in ACTIVE_TEXTS:
        written = to_json(quoting(text))
        assert written.isascii() and written.isprintable() is False and "\x1b" not in written
        assert json.loads(written)["label"] == LABEL
        assert json.loads(written)["reviewed"] is False


def test_t36_a_pdf_has_no_link_no_script_and_no_form():
    for text in ACTIVE_TEXTS[::5]:  # once in plain surroundings; each makes a document of its own
        pdf = written_as(quoting(text), DraftFormat.PDF)
        assert not re.search(rb"/(?:URI|JavaScript|JS|Launch|OpenAction|AA|Annots|AcroForm|EmbeddedFile)\b", pdf), text


def test_t36_no_cell_of_an_exported_table_is_a_formula(store, tmp_path):
    case = store.get("test:C1").case
    texts = [text for text in ACTIVE_TEXTS if "\0" not in text]  # no store takes a NUL: see its contract
    images = [replace(case.images[0], image_id=f"test:C1_{n}", caption=text) for n, text in enumerate(texts)]
    with store.writer("a test") as writer:
        writer.write_cases([replace(case, images=tuple(images), annotations=(), diagnosis='=HYPERLINK("x")')])
    export_cases(store, None, tmp_path / "out", images=False)  # type: ignore[arg-type]  # no image is copied
    with (tmp_path / "out" / "images.csv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    assert len([row for row in rows if row["case_id"] == "test:C1"]) == len(images)
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
