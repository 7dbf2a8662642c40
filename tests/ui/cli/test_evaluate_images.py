"""`casegraph evaluate classify` and `evaluate retrieval` on the sample cases."""

import json

import pytest

import casegraph


@pytest.fixture(scope="module")
def hog_workspace(sample_release, tmp_path_factory):
    """A workspace whose heads are trained on its own cases."""
    folder = tmp_path_factory.mktemp("hog") / "workspace"
    settings = {"image_encoder": "hog-pca"}
    with casegraph.open(folder, create=True, **settings) as space:
        space.documents.ingest(sample_release)
        space.indexing.run()
        yield folder


def half_of(folder):
    with casegraph.open(folder) as space:
        return sorted(space.engines.store.case_ids())[::2]


def test_a_split_of_a_file_is_judged_by_heads_that_did_not_learn_from_it(run, hog_workspace, tmp_path):
    judged = half_of(hog_workspace)
    (tmp_path / "splits.json").write_text(json.dumps({"mine": judged}))
    options = ("--split", "mine", "--split-file", tmp_path / "splits.json", "-w", hog_workspace)
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
        assert set(task["encoders"]) == {"compact", "hog"}
        assert 0 < task["encoders"]["hog"]["p@1"]["value"] <= 1
    assert "leave-case-out" in run("evaluate", "retrieval", "-w", demo_workspace).out


def test_heads_that_come_with_the_model_are_judged_as_they_are(run, demo_workspace):
    ran = run("evaluate", "classify", "--json", "-w", demo_workspace)
    assert ran.code == 0, ran.err
    assert "The heads come with 'compact'" in ran.json["notices"][0]


def test_judging_every_case_leaves_nothing_to_learn_from_and_says_so(run, hog_workspace):
    ran = run("evaluate", "classify", "-w", hog_workspace)
    assert ran.code == 2
    assert "Judge fewer cases: --split NAME" in ran.err
