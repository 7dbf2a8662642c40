"""`casegraph evaluate search` as its users meet it, on a workspace and on a release folder."""

import json

METRICS = {f"{name}@{k}" for name in ("hit", "recall") for k in (1, 5, 10)} | {"ndcg@10", "mrr"}


def test_search_is_measured_with_intervals_ceilings_and_baselines(run, demo_workspace):
    answer = run("evaluate", "search", "--relevance", "same-topic", "--json", "-w", demo_workspace)
    assert answer.code == 0
    report = answer.json["reports"][0]
    assert report["relevance"] == "same-topic"
    assert set(report["ceiling"]) == METRICS
    rankers = report["rankers"]
    channels = {"image", "text", "keywords", "latent topics", "graph"}
    assert set(rankers) == {"random", "bm25", "fused", "fused-out-of-fold"} | channels
    assert set(rankers["fused"]["hit@1"]) == {"value", "low", "high"}
    assert rankers["fused"]["hit@10"]["low"] > rankers["random"]["hit@10"]["high"]
    assert set(report["differences"]) == {"fused", "fused-out-of-fold"}


def test_a_release_is_measured_on_one_split_of_a_file_and_its_workspace_kept(run, sample_release, tmp_path):
    ids = sorted(path.name.partition("_")[0] for path in (sample_release / "images").glob("*.png"))
    file = tmp_path / "splits.json"
    file.write_text(json.dumps({"mine": sorted(set(ids))[:40], "rest": []}))
    kept = tmp_path / "kept"
    arguments = ("evaluate", "search", "--release", sample_release, "--into", kept, "--split-file", file)
    answer = run(*arguments, "--split", "mine", "--relevance", "same-diagnosis", "--json")
    assert (answer.json["asking"], answer.json["candidates"]) == (40, 60)
    table = run("evaluate", "search", "--split-file", file, "--split", "mine", "--within", "-w", kept)
    assert table.code == 0
    assert "40 query cases, 40 candidate cases" in table.out
    assert "minus bm25" in table.out


def test_mistakes_are_answered_in_one_line(run, demo_workspace, tmp_path):
    broken = tmp_path / "splits.json"
    broken.write_text('{"train": "MPX9001"}')
    for arguments, words in (
        (("--split", "nowhere"), "there is no split 'nowhere'"),
        (("--within",), "--split NAME"),
        (("--into", tmp_path / "x"), "--release FOLDER"),
        (("--split-file", broken, "--split", "train"), "of another form"),
        (("--split-file", tmp_path / "none.json", "--split", "train"), "there is no split file"),
        (("--release", tmp_path / "none"), "is not a folder"),
    ):
        answer = run("evaluate", "search", *arguments, "-w", demo_workspace)
        assert answer.code == 2, arguments
        assert words in answer.err
        assert len(answer.err.strip().splitlines()) == 1


def test_drafts_are_measured_beside_copies(run, demo_workspace):
    answer = run("evaluate", "draft", "--json", "-w", demo_workspace)
    assert answer.code == 0
    report = answer.json
    assert set(report["writers"]) == {"draft", "nearest", "random"}
    assert report["uncited"] == report["wrong_subjects"] == report["dropped"] == 0
    assert report["writers"]["draft"]["cited"]["value"] == 1
    assert set(report["differences"]) == {"minus nearest", "minus random"}
    table = run("evaluate", "draft", "-w", demo_workspace)
    assert "0 of them without a valid citation, 0 with a wrong subject" in table.out


def test_ask_is_measured_beside_the_published_way_and_its_ceiling_told(run, demo_workspace):
    report = run("evaluate", "ask", "--json", "-w", demo_workspace).json
    assert set(report["answerers"]) == {"ask", "most frequent diagnosis", "nearest cases", "keyword lookup"}
    assert set(report["differences"]) == {f"minus {name}" for name in report["answerers"] if name != "ask"}
    for metric, ceiling in report["ceiling"].items():
        assert report["answerers"]["ask"][metric]["value"] <= ceiling
    assert report["answerers"]["ask"]["diagnosis_hit@10"]["value"] > 0.5


def test_ask_answers_diagnoses_with_reasons(run, demo_workspace):
    asked = ("ask", "--findings", "Ring-enhancing mass with edema.", "--region", "Head", "-w", demo_workspace)
    answer = run(*asked, "--json").json
    assert 0 < answer["cases"] < 60
    first = answer["diagnoses"][0]
    assert first["reasons"]["speaking_for"][0]["case_ids"]
    said = run(*asked)
    assert "not a diagnosis of this patient" in said.out
    assert "similar cases" in said.out
    nothing = run("ask", "-w", demo_workspace)
    assert nothing.code == 2
