"""The figures of coverage: sums by package, and the table of the page."""

import pytest

from benchmarks.coverage_figures import BEGIN, END, PAGE, counts_by_package, table_of, with_table


def summary(statements, lines, branches, branches_run):
    return {
        "summary": {
            "num_statements": statements,
            "covered_lines": lines,
            "num_branches": branches,
            "covered_branches": branches_run,
        }
    }


REPORT = {
    "files": {
        "casegraph/search.py": summary(4, 4, 0, 0),
        "kg/schema.py": summary(10, 5, 4, 1),
        "kg\\engine\\address.py": summary(10, 10, 4, 4),
    }
}


def test_the_files_of_a_package_are_added_up_and_all_come_last():
    packages = counts_by_package(REPORT)
    assert list(packages) == ["casegraph", "kg", "all"]
    assert dict(packages["kg"]) == {"num_statements": 20, "covered_lines": 15, "num_branches": 8, "covered_branches": 5}
    assert packages["all"]["num_statements"] == 24


def test_the_table_tells_lines_and_branches_apart():
    assert "| kg | 20 | 75.0 % | 8 | 62.5 % |" in table_of(counts_by_package(REPORT)).splitlines()
    assert "| casegraph | 4 | 100.0 % | 0 | 100.0 % |" in table_of(counts_by_package(REPORT)).splitlines()


def test_only_what_stands_between_the_marks_is_replaced():
    page = f"before\n{BEGIN}old\n{END}after\n"
    assert with_table(page, "new\n") == f"before\n{BEGIN}new\n{END}after\n"
    with pytest.raises(ValueError, match="has not one <!-- coverage -->"):
        with_table("no marks", "new\n")


def test_the_page_of_the_tests_has_a_place_for_the_table():
    assert with_table(PAGE.read_text(), "") != PAGE.read_text()
