"""Planted faults: which kinds there are, what counts as noticed, and that the table names what there is."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import libcst as cst
import pytest

from benchmarks.mutant_operators import number_lost, second_term_lost
from benchmarks.mutants import ROOT, Accepted, read_table, score_of

OUTCOME = {"mutant": "m", "status": "survived", "before": "a = 1", "after": "a = 2"}


def written(operator, text):
    return [cst.Module([]).code_for_node(node) for node in operator(cst.parse_expression(text))]


@pytest.mark.parametrize(
    ("text", "planted"),
    [("(1 - CONFIDENCE) / 2", "(1 - CONFIDENCE)"), ("a - b", "a"), ("a * b", "a"), ("a + b", None), ("a % b", None)],
)
def test_a_quotient_a_product_and_a_difference_lose_their_second_term(text, planted):
    assert written(second_term_lost, text) == ([planted] if planted else [])


@pytest.mark.parametrize(
    ("text", "planted"), [("int(asking[i])", "int()"), ("max(a, b)", "int()"), ("str(a)", None), ("a.int(b)", None)]
)
def test_a_number_made_of_something_becomes_nought(text, planted):
    assert written(number_lost, text) == ([planted] if planted else [])


def test_what_is_killed_or_ran_out_of_time_is_noticed_and_what_no_test_reaches_is_not():
    statuses = ["killed", "killed", "timeout", "segfault", "survived", "no tests", "suspicious", "not checked"]
    score = score_of("x.py", [{**OUTCOME, "status": status} for status in statuses], [])
    assert (score.mutants, score.killed, score.timeout, score.survived, score.accepted) == (8, 3, 1, 4, 0)
    assert score.value == 4 / 8


def test_an_accepted_survivor_leaves_the_count_and_a_killed_one_stays():
    accepted = [Accepted("x.py", "a = 1", "a = 2", "why")]
    score = score_of("x.py", [OUTCOME, {**OUTCOME, "status": "killed"}, {**OUTCOME, "after": "a = 3"}], accepted)
    assert (score.mutants, score.killed, score.survived, score.accepted) == (2, 1, 1, 1)
    assert score_of("x.py", [OUTCOME], accepted).value == 1.0


def test_a_kind_of_survivors_covers_only_what_fits_in_module_before_and_after():
    for module, before, after in product(["x.py", "y.py"], ["a = 1", "b = 1"], ["a = 2", "a = 3"]):
        kind = Accepted("x.py", "a = 1", "a = 2", "why")
        fits = (module, before, after) == ("x.py", "a = 1", "a = 2")
        assert kind.covers(module, {**OUTCOME, "before": before, "after": after}) is fits


def test_survivors_are_shown_with_the_line_before_and_after(capsys):
    score_of("x.py", [OUTCOME], [])
    assert capsys.readouterr().out == "  m (survived)\n    - a = 1\n    + a = 2\n"


def test_the_table_names_modules_and_tests_that_there_are_and_every_acceptance_has_a_reason():
    modules, accepted = read_table()
    for module in modules.values():
        assert (ROOT / module.name).is_file(), module.name
        for tests in module.tests:
            assert (ROOT / tests).exists(), tests
    assert all(kind.reason and (kind.before or kind.after) for kind in accepted)


def test_every_module_of_normalisation_is_in_the_table():
    normalising = {f"ingest/normalise/{path.name}" for path in Path(ROOT / "ingest/normalise").glob("[a-z]*.py")}
    assert normalising <= set(read_table()[0])
