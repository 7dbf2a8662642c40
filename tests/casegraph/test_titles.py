"""Cases found by what people call them: an id, or words of a title."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from case_factory import make_case

import casegraph
from casegraph.documents import Documents
from casegraph.errors import CaseGraphError
from ingest.vocabulary import Section


@pytest.fixture
def documents(tmp_path: Path) -> Iterator[Documents]:
    titles = ("Cyst of the left kidney", "Renal cyst, LEFT", "Mass of the left lung", "Straße of left cysts")
    cases = [
        make_case(number, sections={Section.TITLE: title}, diagnosis="Cyst of all left cases")
        for number, title in enumerate(titles, 1)
    ]
    untitled = make_case(5, sections={}, diagnosis="Left-sided cyst")
    nameless = make_case(6, sections={}, diagnosis=None)
    named_like_an_id = make_case(7, sections={Section.TITLE: "What MPX0003 has"}, diagnosis=None)
    of_article = [
        make_case(
            case_id=f"pmc:PMC77_0{number}", sections={Section.TITLE: "Gout"}, source_values={"article.id": "PMC77"}
        )
        for number in (1, 2)
    ]
    with casegraph.open(tmp_path / "workspace", create=True) as space:
        with space.engines.store.writer("reader") as writer:
            writer.write_cases([*cases, untitled, nameless, named_like_an_id, *of_article])
        yield space.documents


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("cyst left", [1, 2, 4, 5]),
        ("  LEFT   kidney ", [1]),
        ("strasse", [4]),
        ("medpix2:MPX0006", [6]),
        ("mpx0002", [2]),
        ("MPX0003", [3, 7]),
        ("all cases", []),
        ("%", []),
        ("", []),
    ],
)
def test_a_case_is_found_by_its_id_and_by_all_words_of_its_title(documents: Documents, words: str, found: list[int]):
    ids = [f"medpix2:MPX{number:04}" for number in found]
    answer = documents.find_titles(words, 50)
    assert (list(answer.titles), answer.total) == (ids, len(ids))
    assert answer.titles == {case_id: documents.case(case_id).title for case_id in ids}


def test_the_cases_of_an_article_are_found_by_its_id(documents: Documents):
    assert list(documents.find_titles("pmc77", 50).titles) == ["pmc:PMC77_01", "pmc:PMC77_02"]


def test_of_many_the_first_are_shown_and_all_are_counted(documents: Documents):
    answer = documents.find_titles("left", 2)
    assert (list(answer.titles), answer.total) == (["medpix2:MPX0001", "medpix2:MPX0002"], 5)


def test_words_that_no_text_can_hold_are_refused_with_a_sentence(documents: Documents):
    with pytest.raises(CaseGraphError, match="character that no text of a case can hold"):
        documents.find_titles("a\0b", 50)


def test_a_long_text_is_looked_for_by_its_first_words(documents: Documents):
    assert documents.find_titles("left " * 2_000, 50).total == 5


def test_titles_of_some_cases_are_theirs_and_unknown_ids_have_none(documents: Documents):
    titles = documents.titles_of(["medpix2:MPX0001", "medpix2:none", "pmc:PMC77_02"])
    assert titles == {"medpix2:MPX0001": "Cyst of the left kidney", "pmc:PMC77_02": "Gout"}
    assert documents.titles_of([]) == {}
    assert documents.titles_of() == {case.case_id: case.title for case in documents.cases()}
