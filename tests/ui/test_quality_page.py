"""The page of the quality tells what the rows of results say: no more, no less, and what is bad of it in words."""

import re

import pytest
from quality_figures import Figure, figure_of, hundred
from quality_lines import BARS, LINES, Line, Told, subjects
from quality_page import quality_page, rows_of, usage

DRAFT = """\
date,commit,cases,writer,metric,value,low,high
2026-01-01,aaa,9,draft,finding_recall,0.9,0.8,1.0
2026-01-02,bbb,10,draft,finding_recall,0.285,0.2,0.4
2026-01-02,bbb,10,nearest,finding_recall,0.3,0.2,0.5
2026-01-02,bbb,10,draft minus nearest,finding_recall,-0.015,-0.1,0.05
"""
RECALL = """\
[[subject]]
title = "Drafts"

[[subject.line]]
file = "quality_draft"
what = "findings said"
row = { writer = "draft", metric = "finding_recall" }
value = "value"
on = "{cases} cases"
means = "{hundred} of 100 are said"
"""
BESIDE = """\
beside = [{ name = "a copy", row = { writer = "nearest" } }, { name = "a ghost", row = { writer = "ghost" } }]
"""
MINUS = """\
minus = { name = "a copy", row = { writer = "draft minus nearest" } }
"""


@pytest.fixture
def page(tmp_path):
    """Return a maker of the page, of the lines and the rows of drafts that it is given."""

    def made(lines: str, rows: str = DRAFT) -> str:
        (tmp_path / "quality_draft.csv").write_text(rows)
        (tmp_path / "lines.toml").write_text(lines)
        return quality_page(tmp_path, tmp_path / "lines.toml")

    return made


def table_of(page: str) -> list[str]:
    return [line for line in page.splitlines() if line.startswith("| ")][1:]


def badly(page: str) -> list[str]:
    return [line for line in page.partition("## What it does badly")[2].splitlines() if line.startswith("- ")]


def test_a_line_tells_its_newest_row_with_interval_command_and_date(page):
    (line,) = table_of(page(RECALL + BESIDE))
    command = "`python -m benchmarks.quality_draft WORKSPACE [LANGUAGE MODEL]` (2026-01-02, bbb)"
    told = "| findings said | 10 cases | 0.285 (0.2 to 0.4) | a copy 0.3 (0.2 to 0.5) | 29 of 100 are said |"
    assert line == f"{told} {command} |"


def test_a_figure_under_its_bar_is_told_in_words_with_what_does_better(page):
    assert badly(page(RECALL)) == ["- 29 of 100 are said. Findings said: 0.285 (0.2 to 0.4)."]
    (line,) = badly(page(RECALL + BESIDE))
    assert line.endswith(": 0.285 (0.2 to 0.4). Better is a copy: 0.3 (0.2 to 0.5).")
    (line,) = badly(page(RECALL + "bar = 0.3\n"))
    assert line.endswith(": 0.285 (0.2 to 0.4); its bar is 0.3.")
    assert badly(page(RECALL + "bar = 0.2\n")) == []
    assert "\nNothing.\n" in page(RECALL + "bar = 0.2\n")


@pytest.mark.parametrize(
    ("ends", "told"),
    [
        ("-0.1,-0.01", ["Worse than a copy: the difference is -0.015 (-0.1 to -0.01)."]),
        ("-0.1,0.05", ["Not surely better than a copy: the difference is -0.015 (-0.1 to 0.05)."]),
        ("0.01,0.05", []),
    ],
)
def test_what_was_compared_case_by_case_is_judged_by_its_interval(page, ends, told):
    rows = DRAFT.replace("-0.1,0.05", ends)
    found = badly(page(RECALL + BESIDE + MINUS + "bar = 0.0\n", rows))
    assert [line.partition(": 0.285 (0.2 to 0.4). ")[2] for line in found] == told


def test_a_second_reader_is_no_rival(page):
    beside = BESIDE.replace('row = { writer = "nearest" }', 'row = { writer = "nearest" }, rival = false')
    found = page(RECALL + beside + "bar = 0.0\n")
    assert "a copy 0.3" in table_of(found)[0]
    assert badly(found) == []


def test_what_should_be_low_is_bad_over_its_bar(page):
    low = RECALL + 'best = "low"\n'
    assert len(badly(page(low))) == 1
    assert badly(page(low + "bar = 0.285\n")) == []
    (line,) = badly(page(low + BESIDE + "bar = 0.3\n", DRAFT.replace("0.3,0.2,0.5", "0.1,0.0,0.2")))
    assert line.endswith("Better is a copy: 0.1 (0.0 to 0.2).")


def test_a_line_without_its_row_or_its_file_is_left_out(page, tmp_path):
    assert table_of(page(RECALL.replace('"draft"', '"nobody"'))) == []
    assert "## Drafts" not in page(RECALL.replace('"draft"', '"nobody"'))
    assert table_of(page(RECALL.replace("quality_draft", "quality_search"))) == []


def test_one_line_for_each_value_of_a_column(page):
    each = RECALL.replace('row = { writer = "draft", metric = "finding_recall" }', 'each = "writer"')
    lines = table_of(page(each.replace("findings said", "by {writer}") + 'without = ["draft minus nearest"]\n'))
    assert [line.split(" | ")[0] for line in lines] == ["| by draft", "| by nearest"]
    missed = table_of(page(each + "only_missed = true\nbar = 0.29\n"))
    assert [line.split(" | ")[2] for line in missed] == ["0.285 (0.2 to 0.4)", "-0.015 (-0.1 to 0.05)"]


def test_a_line_of_one_figure_that_finds_several_rows_is_refused(page):
    with pytest.raises(ValueError, match=r"'findings said' finds 3 rows of quality_draft\.csv"):
        page(RECALL.replace('row = { writer = "draft", metric = "finding_recall" }', ""))


def test_a_total_adds_up_the_rows(tmp_path):
    head = "date,commit,machine,module,mutants,killed,timeout,survived,accepted,score\n"
    rows = "2026-01-02,a,m,x,4,2,1,1,0,.75\n2026-01-01,b,m,y,6,6,0,0,0,1.0\n"
    (tmp_path / "quality_mutants.csv").write_text(head + rows)
    line = Line(file="quality_mutants", what="", on="", means="", total=True, share=["killed", "timeout"], of="mutants")
    (row,) = rows_of(line, tmp_path)
    assert row == {"killed": "8", "timeout": "1", "mutants": "10", "rows": "2", "date": "2026-01-02", "commit": ""}
    assert figure_of(line, row).value == 9 / 10


def test_a_count_has_the_interval_of_wilson():
    row = {"right": "98", "judged": "100", "hit": "0.98", "none": "", "n": "100", "zero": "0"}
    counted = figure_of(Told(share=["right"], of="judged"), row)
    assert str(counted) == "0.98 (0.93 to 0.994)"
    assert figure_of(Told(value="hit", n="n"), row) == counted
    assert figure_of(Told(value="hit"), row) == Figure(0.98)
    assert figure_of(Told(value="none"), row) is None
    assert figure_of(Told(share=["right"], of="zero"), row) is None


def test_the_interval_is_that_of_the_figure_and_of_no_other():
    row = {"accuracy": ".9", "low": ".8", "high": ".95", "svm": ".7", "gain": ".2", "gain_low": ".1", "gain_high": ".3"}
    assert figure_of(Told(value="accuracy"), row) == Figure(0.9, (0.8, 0.95))
    assert figure_of(Told(value="svm"), row) == Figure(0.7)
    assert figure_of(Told(value="gain"), row) == Figure(0.2, (0.1, 0.3))


@pytest.mark.parametrize(
    ("value", "told"),
    [(0, "0"), (0.004, "fewer than 1"), (0.285, "29"), (0.994, "99"), (0.996, "more than 99"), (1, "100")],
)
def test_none_and_all_of_a_hundred_are_said_only_where_it_is_so(value, told):
    assert hundred(value) == told


def test_every_line_of_the_page_finds_its_row_and_says_no_figure_of_its_own():
    for subject in subjects():
        for line in subject.line:
            assert rows_of(line), line.what
            words = [line.what, line.on, line.means, *(other.name for other in line.beside)]
            typed = [re.sub(r"\{[^}]*\}( of 100)?|BM25|F1|from 0 to 1", "", text) for text in words]
            assert not re.search(r"\d", "".join(typed)), line.what
    assert set(BARS) == {"high", "low"}
    assert LINES.is_file()


def test_a_benchmark_says_how_it_is_run():
    assert usage("mutants") == "make mutants"
    with pytest.raises(ValueError, match=r"benchmarks/record\.py does not say how it is run"):
        usage("record")
