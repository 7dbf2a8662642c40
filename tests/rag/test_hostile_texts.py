"""T34: no text makes a pattern, a question or a check of search and drafts take more than linear time."""

from __future__ import annotations

import importlib
import pkgutil
import re
import time

import pytest

import rag
from ingest.errors import InputError
from rag.drafts.render import escaped, inline
from rag.drafts.statements import DraftSection, Statement, Subject
from rag.drafts.support import similar_cases_fault
from rag.drafts.verify import verify_file
from rag.index.passages import passage_spans
from rag.search.case_words import case_words
from rag.search.diagnoses import diagnoses_named_in
from rag.search.query import MAX_QUESTION_LENGTH, Query, require_question
from rag.search.words import spelled_words

LENGTH = 50_000
PROCESSOR_S = 0.5  # the slowest takes .06; one that goes back takes minutes
SIGNS = (
    "a",
    " ",
    "\n",
    "(",
    ")",
    ";",
    ".",
    ":",
    "_",
    "-",
    "*",
    "\\",
    "1",
    "`",
    "ä",
    "[",
    "<",
    "</",
    "\u200b",
    "\ufeff",
)
WORDS = (
    *("a ", "1 ", "no ", "left ", "1 of ", "1 of the ", "1 of 2 ", "no mass ", "similar cases report no mass; "),
    *("# ", "### ", "<|a", "ignore ", "ignore the rules", "system", "a SYSTEM : ", "you are ", "do not ", "sign "),
    *("open http", "print ", "as an ", "aA0+/", "&amp;", "Draft D1, version ", '"draft_id": "D1" ', '"draft_id": '),
)
UNITS = (*SIGNS, *WORDS)


def patterns_of_rag():
    """Return every compiled pattern of the package by the name that it has there."""
    modules = [importlib.import_module(found.name) for found in pkgutil.walk_packages(rag.__path__, "rag.")]
    return {
        f"{module.__name__}.{name}": value
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, re.Pattern)
    }


PATTERNS = patterns_of_rag()
READERS = {
    "words": lambda text: list(spelled_words(text)),
    "passages": passage_spans,
    "diagnoses": diagnoses_named_in,
    "inline": inline,
    "escaped": escaped,
    "case words": lambda text: case_words([]).question(text),
}


def test_t34_every_pattern_of_the_package_is_looked_at():
    assert {
        "rag.drafts.prompt_injection.INJECTION",
        "rag.drafts.support._COUNT",
        "rag.drafts.verify._NAMED",
        "rag.search.words._WORD",
    } <= PATTERNS.keys()


@pytest.mark.parametrize("unit", UNITS)
def test_t34_every_pattern_is_linear_on_long_hostile_text(unit):
    text = unit * (LENGTH // len(unit))
    for name, pattern in PATTERNS.items():
        subject = text.encode() if isinstance(pattern.pattern, bytes) else text
        begun = time.process_time()
        pattern.sub(type(subject)(), subject)
        pattern.fullmatch(subject)
        assert time.process_time() - begun < PROCESSOR_S, name


@pytest.mark.parametrize("unit", UNITS)
def test_t34_every_reader_of_a_question_is_linear_on_long_hostile_text(unit):
    text = unit * (LENGTH // len(unit))
    for name, read in READERS.items():
        begun = time.process_time()
        read(text)
        assert time.process_time() - begun < 2 * PROCESSOR_S, name  # it looks words up too


@pytest.mark.parametrize("unit", UNITS)
def test_t34_the_check_of_a_statement_is_linear(unit):
    said = Statement(
        DraftSection.SIMILAR_CASES, Subject.SIMILAR_CASES, f"similar cases {unit * (LENGTH // len(unit))}", ()
    )
    begun = time.process_time()
    assert similar_cases_fault(said, 5)
    assert time.process_time() - begun < 4 * PROCESSOR_S  # it reads the concepts of the text too
    with pytest.raises(InputError, match="names no kept draft"):
        verify_file(said.text.encode(), None)  # type: ignore[arg-type]  # refused before any store is asked


def test_t34_a_question_has_a_longest_length_and_no_pattern_of_a_user_is_run(search):
    with pytest.raises(InputError, match="at most"):
        require_question(Query(text="a" * (MAX_QUESTION_LENGTH + 1)))
    for hostile in ("(a+)+$", "a" * 40 + "!", "(?:x", "[", "\\", ".*", "^(([a-z])+.)+[A-Z]([a-z])+$"):
        letters = re.sub("[^a-zA-Z]+", " ", hostile)
        found, expected = (search.similar_to_text(f"{words} ring enhancing mass").hits for words in (hostile, letters))
        assert [hit.case_id for hit in found] == [hit.case_id for hit in expected]
