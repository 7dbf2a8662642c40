"""`casegraph graph explain`: from a name to its diagnosis, in words and as JSON."""

from __future__ import annotations


def test_a_name_is_explained_with_the_names_seen_in_the_workspace(run, demo_workspace):
    answer = run("graph", "explain", "GBM", "--json", "-w", demo_workspace).json
    assert answer["concept_id"] == "diagnosis:glioblastoma"
    assert answer["steps"] == [{"rule": "abbreviation written out", "before": "GBM", "after": "glioblastoma"}]
    assert answer["codes"] == {"SCT": "1163375002"}
    assert "glioblastoma" in " ".join(answer["names"]).casefold()


def test_a_name_that_no_case_has_is_explained_too(run, demo_workspace):
    shown = run("graph", "explain", "Carcinoma, renal cell", "-w", demo_workspace)
    assert shown.code == 0
    assert "natural order" in shown.out
    assert "diagnosis:renal-cell-carcinoma" in shown.out


def test_what_is_no_name_is_refused_with_a_sentence(run, demo_workspace):
    refused = run("graph", "explain", "...", "-w", demo_workspace)
    assert refused.code == 2
    assert "is not a diagnosis" in refused.err
