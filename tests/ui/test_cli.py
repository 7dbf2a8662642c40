"""The program as its users meet it: help, answers, one-line errors and exit codes."""

import json
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from image_bytes import encoded

from ingest.store.opening import open_store
from ui.cli.program import app

COMMANDS = (
    "demo", "ingest", "status", "doctor", "query", "search", "graph", "classify", "draft", "export", "index", "app",
    "delete", "curate", "evaluate", "train", "ask", "verify-draft", "models",
    "originals", "subset", "backup", "restore", "collection", "compare", "fetch", "teach", "map",
)  # fmt: skip
FIRST_OF_GROUP = {
    "graph": ["show"],
    "curate": ["queue"],
    "evaluate": ["search"],
    "train": ["language"],
    "models": ["list"],
    "collection": ["add"],
    "fetch": ["pmc"],
    "teach": ["export"],
}


def first_image(release: Path) -> Path:
    return sorted((release / "images").glob("*.png"))[0]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_an_example(run, command):
    arguments = (command, *FIRST_OF_GROUP.get(command, ()))
    shown = run(*arguments, "--help")
    assert shown.code == 0
    assert "Example: casegraph " in " ".join(shown.out.split())


def test_the_program_starts_without_loading_heavy_libraries():
    loaded = subprocess.run(
        [sys.executable, "-c", "import ui.cli.program, sys; print([m for m in ('torch', 'faiss', 'sklearn', "
         "'streamlit', "
         "'transformers', 'langchain', 'pydicom') if m in sys.modules])"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert loaded.stdout.strip() == "[]"


def test_the_page_of_commands_is_what_the_program_says(tmp_path):
    written = tmp_path / "cli.md"
    subprocess.run(
        [Path(sys.executable).parent / "typer", "ui.cli.program", "utils", "docs", "--name", "casegraph", "--title",
         "The command line", "--output", written],
        check=True, capture_output=True,
    )  # fmt: skip
    page = Path(__file__).parents[2] / "docs" / "reference" / "cli.md"
    assert page.read_text() == written.read_text(), "run `make docs`"


def test_search_by_words_answers_one_json_document_with_stable_keys(run, demo_workspace):
    answer = run("search", "ring-enhancing mass", "-k", "3", "--json", "-w", demo_workspace)
    assert answer.code == 0
    assert len(answer.json["hits"]) == 3
    hit = answer.json["hits"][0]
    assert {"case_id", "score", "rank", "channels", "title", "diagnosis"} <= set(hit)
    assert {"channel", "rank", "score", "weight", "why"} <= set(hit["channels"][0])


def test_a_disease_name_finds_the_cases_that_have_it(run, demo_workspace):
    with_disease: dict[str, set[str]] = {}
    for stored in open_store("sqlite", demo_workspace).cases():
        with_disease.setdefault(str(stored.case.diagnosis), set()).add(stored.case.case_id)
    for name, case_ids in with_disease.items():
        found = run("search", name, "-k", "5", "--json", "-w", demo_workspace).json["hits"]
        assert found[0]["case_id"] in case_ids, name


def test_search_by_a_mix_explains_each_hit(run, demo_workspace, sample_release):
    image = first_image(sample_release)
    asked = ["search", "ring-enhancing mass, no hydrocephalus", "--image", image, "--image", image]
    asked += ["--box", "8,8,90,90", "--concept", "finding:mass", "--more", "MPX9002", "--less", "MPX9003"]
    asked += ["-w", demo_workspace]
    answer = run(*asked, "--json")
    assert answer.code == 0
    hits = answer.json["hits"]
    assert not {"MPX9002", "MPX9003"} & {hit["short_id"] for hit in hits}
    first = hits[0]
    assert {"image_id", "similarity", "resembles"} == set(first["nearest_images"][0])
    assert {"section", "image_id", "start", "end", "similarity", "text"} == set(first["nearest_passages"][0])
    traits = [trait for key in ("shared", "only_asked", "only_found", "contradicted") for trait in first[key]]
    assert traits and all(set(trait) == {"aspect", "name"} for trait in traits)
    assert first["words"] and "confirmation" in first
    reasons = [reason for line in ("shares", "lacks", "differs", "also_shows") for reason in first[line]]
    assert reasons and all(set(reason) == {"aspect", "name", "words", "concept_id"} for reason in reasons)
    shown = run(*asked)
    assert "      Shares: " in shown.out
    assert "      diagnosis: " in shown.out


def test_search_by_a_case_never_finds_the_case_itself(run, demo_workspace):
    hits = run("search", "--case", "MPX9001", "-k", "50", "--json", "-w", demo_workspace).json["hits"]
    assert hits
    assert "medpix2:MPX9001" not in {hit["case_id"] for hit in hits}


def test_search_by_image_finds_the_case_of_the_image(run, demo_workspace, sample_release):
    image = first_image(sample_release)
    hits = run("search", "--image", image, "--json", "-w", demo_workspace).json["hits"]
    assert hits[0]["case_id"] == "medpix2:" + image.name.partition("_")[0]


def test_a_filter_holds_for_every_hit(run, demo_workspace):
    hits = run("search", "mass", "--where", "modality=MR region=Head", "--json", "-w", demo_workspace).json["hits"]
    assert hits
    assert all("MR" in hit["modalities"] and "Head" in hit["regions"] for hit in hits)


def test_nothing_found_is_a_success(run, demo_workspace):
    answer = run("query", 'title~"no such title"', "-w", demo_workspace)
    assert answer.code == 0
    assert "0 of 0 cases" in answer.out


def test_a_query_is_saved_and_run_again(run, small_workspace):
    first = run("query", "modality=MR", "--save", "mr", "--json", "-w", small_workspace).json
    again = run("query", "--saved", "mr", "--json", "-w", small_workspace).json
    assert first == again
    assert run("query", "--saved", "other", "-w", small_workspace).code == 2


def test_a_view_of_the_paper_has_the_papers_keys(run, demo_workspace):
    row = run("query", "--view", "Image_Descriptions", "--limit", "1", "--json", "-w", demo_workspace).json["rows"][0]
    assert {"Type", "U_id", "image", "URL", "Description", "Location", "Location Category"} <= set(row)


def test_a_view_shows_only_the_cases_that_match(run, demo_workspace):
    def shown(*words):
        return {row["U_id"] for row in run("query", *words, *everything).json["rows"]}

    everything = ("--limit", "1000", "--json", "-w", demo_workspace)
    some = [case["short_id"] for case in run("query", "modality=MR", *everything).json["cases"]]
    assert shown("modality=MR", "--view", "Clinical_reports") == set(some)
    assert shown("--view", "Clinical_reports") > set(some)
    assert run("query", "modalty=MR", "--view", "Clinical_reports", "-w", demo_workspace).code == 2


@pytest.mark.parametrize(
    ("words", "refused"),
    [
        (("modality=MR", "--saved", "mr"), "a filter and --saved"),
        (("--view", "Image_Reports", "--facet", "modality"), "--view and --facet"),
        (("--view", "Image_Reports", "--after", "medpix2:MPX9001"), "--after continues a list of cases, not --view"),
        (("--facet", "modality", "--after", "medpix2:MPX9001"), "--after continues a list of cases, not --facet"),
    ],
)
def test_no_part_of_a_query_is_ignored(run, demo_workspace, words, refused):
    answer = run("query", *words, "-w", demo_workspace)
    assert answer.code == 2
    assert refused in answer.err


def test_facets_count_cases(run, demo_workspace):
    counts = run("query", "--facet", "modality", "--json", "-w", demo_workspace).json
    assert set(counts) == {"CT", "MR"}


def test_cases_are_asked_for_and_counted_by_disease(run, demo_workspace):
    everything = ("--limit", "1000", "--json", "-w", demo_workspace)
    counts = run("query", "--facet", "disease", "--json", "-w", demo_workspace).json
    found = run("query", 'disease="cerebral infarct"', *everything).json
    assert found["total"] == counts["Cerebral infarction"] > 0
    assert {case["diagnosis"] for case in found["cases"]} == {"Middle cerebral artery infarct"}
    assert counts["Stroke"] >= counts["Cerebral infarction"] >= counts["Middle cerebral artery infarct"]
    similar = run("search", "weakness", "--where", "disease=stroke", "-k", "50", "--json", "-w", demo_workspace).json
    assert len(similar["hits"]) == counts["Stroke"]


def test_a_disease_that_no_case_has_is_an_error_that_suggests_one(run, demo_workspace):
    refused = run("query", "disease=meningoma", "-w", demo_workspace)
    assert (refused.code, "Did you mean 'Meningioma'?" in refused.err) == (2, True)


def test_a_heat_map_is_written_as_an_image_and_an_unknown_task_is_refused(
    run, demo_workspace, sample_release, tmp_path
):
    image = next((sample_release / "images").glob("*.png"))
    ran = run("classify", image, "--heat-map", tmp_path / "heat.png", "--task", "modality", "-w", demo_workspace)
    assert ran.code == 0, ran.err
    assert (tmp_path / "heat.png").read_bytes().startswith(b"\x89PNG")
    refused = run("classify", image, "--heat-map", tmp_path / "no.png", "--task", "side", "-w", demo_workspace)
    assert (refused.code, (tmp_path / "no.png").exists()) == (2, False)
    assert "no task 'side'" in refused.err


def test_a_sample_image_is_classified_with_probabilities_and_reasons(run, demo_workspace, sample_release):
    image = first_image(sample_release)
    answer = run("classify", image, "--json", "-w", demo_workspace).json
    assert [p["task"] for p in answer["predictions"]] == ["modality", "plane", "depiction", "region", "location"]
    for prediction in answer["predictions"]:
        assert sum(prediction["probabilities"].values()) == pytest.approx(1.0, abs=1e-3)
    case = open_store("sqlite", demo_workspace).get(image.name.partition("_")[0]).case
    image = next(i for i in case.images if i.image_id.endswith(image.stem))
    assert answer["predictions"][0]["label"] == image.modality
    assert answer["neighbours"][0]["image_id"] == image.image_id


def test_an_image_is_named_by_words_alone_with_labels_of_the_workspace_or_of_ones_own(
    run, demo_workspace, sample_release
):
    asked = ("classify", first_image(sample_release), "-w", demo_workspace)
    answers = run(*asked, "--zero-shot", "--json").json["zero_shot"]
    assert [answer["task"] for answer in answers] == ["modality", "plane", "depiction", "region", "location"]
    assert all(answer["similarity"] == max(answer["similarities"].values()) for answer in answers)
    own = run(*asked, "--labels", "CT of the chest, MR of the brain").out
    assert "own labels" in own
    assert "Not calibrated, and no probability" in own
    refused = run(*asked, "--labels", "CT")
    assert refused.code == 2
    assert "two or more" in refused.err
    named = run(*asked, "--labels", "stroke, tumour, normal brain, cat")
    assert named.code == 2
    assert "'stroke'" in named.err and "an image is not diagnosed" in named.err.replace("\n", " ")


def test_a_draft_is_labelled_and_cites(run, demo_workspace, sample_release):
    arguments = ("--image", first_image(sample_release), "--history", "headache", "--age", "54", "-w", demo_workspace)
    draft = run("draft", *arguments, "--json").json
    assert "not reviewed" in draft["label"]
    assert "not reviewed" in run("draft", *arguments).out
    assert "not reviewed" in run("draft", *arguments, "--format", "markdown").out


def test_an_export_holds_the_subset_and_overwrites_nothing(run, demo_workspace, tmp_path):
    answer = run("export", tmp_path / "mr", "--where", "modality=MR", "--json", "-w", demo_workspace)
    lines = (tmp_path / "mr" / "cases.jsonl").read_text().splitlines()
    assert answer.json["cases"] == len(lines) > 0
    assert all(any(i["modality"] == "MR" for i in json.loads(line)["images"]) for line in lines)
    again = run("export", tmp_path / "mr", "-w", demo_workspace)
    assert again.code == 2
    assert len(again.err.splitlines()) == 1


def test_an_export_as_one_file_holds_what_one_into_a_folder_does(run, demo_workspace, tmp_path):
    for place in ("mr", "mr.zip"):
        assert run("export", tmp_path / place, "--where", "modality=MR", "-w", demo_workspace).code == 0
    folder = {f"mr/{path.relative_to(tmp_path / 'mr')}": path.read_bytes() for path in files_of(tmp_path / "mr")}
    with ZipFile(tmp_path / "mr.zip") as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == folder
    again = run("export", tmp_path / "mr.zip", "-w", demo_workspace)
    assert (again.code, "is there already" in again.err) == (2, True)


def files_of(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_scan_that_the_classifier_does_not_know_is_said_once_and_each_other_doubt_with_its_task(
    run, demo_workspace, sample_release, tmp_path
):
    noise = tmp_path / "noise.png"
    noise.write_bytes(encoded(np.random.default_rng(0).integers(0, 255, (160, 160), dtype=np.uint8)))
    strange = run("classify", noise, "-w", demo_workspace).out
    assert strange.count("This does not look like a scan that the classifier knows") == 1
    assert "not sure of" not in strange
    unsure = run("classify", sample_release / "images" / "MPX9005_synpic90014.png", "-w", demo_workspace).out
    assert "not sure of region: a probability of 0." in unsure and "This does not look like" not in unsure


def test_the_graph_answers_from_the_command_line(run, demo_workspace):
    counts = run("graph", "counts", "--json", "-w", demo_workspace).json
    assert counts
    around = run("graph", "show", "MPX9001", "--json", "-w", demo_workspace).json
    assert "Case:medpix2:MPX9001" in {node["key"] for node in around["nodes"]}
    assert {r["type"] for r in around["relationships"]} >= {"HAS_IMAGE", "HAS_DIAGNOSIS"}


def test_status_says_that_everything_is_up_to_date(run, demo_workspace):
    status = run("status", "--json", "-w", demo_workspace).json
    assert status["cases"] == 60
    assert status["graph"]["sequence"] == status["sequence"] == 60
    assert {state["sequence"] for state in status["vectors"]} == {60}


def test_doctor_is_content_with_a_clean_workspace_and_finds_a_lost_image(run, small_workspace):
    assert run("doctor", "-w", small_workspace).code == 0
    lost = next((small_workspace / "objects").rglob("*.png"))
    lost.unlink()
    found = run("doctor", "--json", "-w", small_workspace)
    assert found.code == 1
    assert {problem["check"] for problem in found.json["problems"]} == {"image-missing"}


def test_a_second_ingest_changes_nothing_and_says_so(run, small_workspace, small_release):
    again = run("ingest", small_release, "--json", "-w", small_workspace)
    assert again.code == 0
    assert (again.json["ingest"]["added"], again.json["ingest"]["changed"]) == (0, 0)
    assert again.json["index"]["vectors"] is None


def test_a_dry_run_writes_nothing(run, small_release, tmp_path):
    told = run("ingest", small_release, "--dry-run", "--json", "-w", tmp_path / "w")
    assert told.json["ingest"]["added"] > 0
    assert run("query", "--json", "-w", tmp_path / "w").json["total"] == 0


def test_a_bad_record_is_quarantined_and_the_exit_code_says_so(run, small_release, tmp_path):
    release = tmp_path / "release"
    shutil.copytree(small_release, release)
    cases = json.loads((release / "Case_topic.json").read_text())
    cases[0]["U_id"] = 17
    (release / "Case_topic.json").write_text(json.dumps(cases))
    answer = run("ingest", release, "--no-index", "--json", "-w", tmp_path / "w")
    assert answer.code == 3
    assert answer.json["ingest"]["quarantined"] == 1


def test_a_field_lost_for_most_cases_is_said_and_its_values_are_listed(run, small_release, tmp_path):
    release = tmp_path / "release"
    shutil.copytree(small_release, release)
    descriptions = json.loads((release / "Descriptions.json").read_text())
    for one in descriptions:
        one["Description"]["Age"] = "about a lifetime"
    (release / "Descriptions.json").write_text(json.dumps(descriptions))
    answer = run("ingest", release, "--no-index", "-w", tmp_path / "w")
    assert answer.code == 3
    assert re.search(r"age: (\d+) of \1 not understood: .*casegraph curate queue --field age", answer.out)
    queue = run("curate", "queue", "--field", "age", "--json", "-w", tmp_path / "w").json
    assert {item["field"] for item in queue["items"]} == {"patient.age_years"}
    assert run("curate", "queue", "--field", "plane", "--json", "-w", tmp_path / "w").json["items"] == []


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("ingest", "no-such-folder"), 2, "no-such-folder"),
        (("search",), 2, "nothing to search for"),
        (("search", "mass", "--where", "planet=Mars"), 2, "planet"),
        (("search", "mass", "--where", "plane=Saggital"), 2, "Did you mean 'sagittal'"),
        (("search", "--case", "MPX1"), 2, "MPX1"),
        (("search", "--concept", "finding:nothing"), 2, "there is no concept 'finding:nothing'"),
        (("search", "mass", "--more", "MPX9001_none"), 2, "has no image 'MPX9001_none'"),
        (("search", "mass", "--box", "1,2,30,40"), 2, "--image FILE for each --box"),
        (("classify", "no-such-file.png"), 2, "no-such-file.png"),
        (("query", "--view", "Nothing"), 2, "Nothing"),
        (("query", "((("), 2, ""),
        (("graph", "show", "Case:none"), 2, "none"),
        (("draft",), 2, "a draft needs something"),
    ],
)
def test_a_mistake_is_answered_in_one_line_that_names_it(run, demo_workspace, arguments, code, words):
    answer = run(*arguments, "-w", demo_workspace)
    assert answer.code == code
    assert answer.out == ""
    assert len(answer.err.strip().splitlines()) == 1
    assert words in answer.err


def test_a_file_that_is_no_image_is_refused_with_its_code(run, demo_workspace, tmp_path):
    disguised = tmp_path / "scan.png"
    disguised.write_bytes(b"%PDF-1.7 not an image")
    answer = run("classify", disguised, "-w", demo_workspace)
    assert answer.code == 2
    assert "E-PIC-" in answer.err


def test_a_folder_that_is_no_workspace_is_refused(run, tmp_path):
    answer = run("status", "-w", tmp_path)
    assert answer.code == 2
    assert "not a workspace" in answer.err


def test_t28_a_workspace_of_a_newer_version_is_refused_and_left_alone(run, small_workspace):
    file = small_workspace / "casegraph.json"
    newer = file.read_text().replace('"format": 1', '"format": 99')
    file.write_text(newer)
    answer = run("status", "-w", small_workspace)
    assert answer.code == 2
    assert "format 99" in answer.err
    assert file.read_text() == newer


def test_two_writers_at_once_end_the_second_with_busy(run, small_workspace, small_release):
    with open_store("sqlite", small_workspace).writer("someone else"):
        answer = run("ingest", small_release, "-w", small_workspace)
    assert answer.code == 4
    assert len(answer.err.strip().splitlines()) == 1


def test_an_unreachable_graph_is_named_and_search_goes_on_without_it(run, demo_workspace, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(demo_workspace, copy, ignore=shutil.ignore_patterns("graph"))
    file = copy / "casegraph.json"
    file.write_text(file.read_text().replace('"embedded"', '"bolt://127.0.0.1:9"'))
    assert run("graph", "counts", "-w", copy).code == 4
    answer = run("search", "mass", "--json", "-w", copy)
    assert answer.code == 0
    assert answer.json["hits"]
    assert any("graph" in notice for notice in answer.json["notices"])


def test_the_demo_runs_without_serving_and_a_second_run_duplicates_nothing(run, tmp_path):
    first = run("demo", "--headless", "-w", tmp_path / "demo")
    assert first.code == 0
    assert "60 added" in first.out
    second = run("demo", "--headless", "-w", tmp_path / "demo")
    assert "0 added, 0 changed, 60 unchanged" in second.out


def test_a_port_that_is_taken_is_named(run, demo_workspace):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        answer = run("app", "--headless", "--port", port, "-w", demo_workspace)
    assert answer.code == 2
    assert f"127.0.0.1:{port}" in answer.err


def test_every_command_of_the_program_is_tested_here():
    names = {c.name or c.callback.__name__ for c in app.registered_commands} | {g.name for g in app.registered_groups}
    assert names == set(COMMANDS)


def test_a_report_of_an_error_stands_in_the_queue_until_it_is_accepted(run, demo_documents: Path, tmp_path: Path):
    workspace = shutil.copytree(demo_documents, tmp_path / "w")
    said = run("curate", "report", "MPX9001", "not this one", "--about", "diagnosis", "--actor", "Ann", "-w", workspace)
    assert said.code == 0 and said.out.startswith("R1: reported of medpix2:MPX9001.")
    listed = ("curate", "queue", "--kind", "reported error", "-w", workspace)
    (item,) = run(*listed, "--json").json["items"]
    assert item["raw"] == "not this one" and item["settle"].startswith(f"casegraph curate accept {item['item_id']}")
    assert "casegraph curate correct medpix2:MPX9001 diagnosis VALUE" in item["settle"]
    assert run("curate", "accept", item["item_id"], "-w", workspace).code == 0
    assert run(*listed, "--json").json["items"] == []
    refused = run("curate", "report", "MPX9001", " ", "-w", workspace)
    assert refused.code == 2 and "is empty" in refused.err
