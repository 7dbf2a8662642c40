"""`casegraph evaluate classify` and `evaluate retrieval` on the sample cases."""

import json

import casegraph


def half_of(folder):
    with casegraph.open(folder) as space:
        return sorted(space.store.case_ids())[::2]


def test_a_split_of_a_file_is_judged_by_heads_that_did_not_learn_from_it(run, demo_workspace, tmp_path):
    judged = half_of(demo_workspace)
    (tmp_path / "splits.json").write_text(json.dumps({"mine": judged}))
    options = ("--split", "mine", "--split-file", tmp_path / "splits.json", "-w", demo_workspace)
    ran = run("evaluate", "classify", *options, "--page", tmp_path / "page.html", "--json")
    assert ran.code == 0, ran.err
    report = ran.json
    assert 0 < report["cases"] <= len(judged)
    assert report["train_images"] > 0
    assert "trained for this" in report["notices"][0]
    modality = next(task for task in report["tasks"] if task["task"] == "modality")
    assert set(modality["models"]) == {"classifier", "majority", "size, colour, border", "hog + svm"}
    assert "Confusion matrix of modality" in (tmp_path / "page.html").read_text()


def test_retrieval_is_measured_beside_hog(run, demo_workspace):
    report = run("evaluate", "retrieval", "--json", "-w", demo_workspace).json
    assert [task["task"] for task in report["tasks"]] == ["modality", "region", "plane"]
    for task in report["tasks"]:
        assert set(task["encoders"]) == {"hog-pca", "hog"}
        assert 0 < task["encoders"]["hog"]["p@1"]["value"] <= 1
    assert "leave-case-out" in run("evaluate", "retrieval", "-w", demo_workspace).out


def test_judging_every_case_leaves_nothing_to_learn_from_and_says_so(run, demo_workspace):
    ran = run("evaluate", "classify", "-w", demo_workspace)
    assert ran.code == 2
    assert "Judge fewer cases: --split NAME" in ran.err
