"""Collections on the command line."""


def test_cases_are_gathered_and_found_again(small_workspace, run):
    first = run("collection", "add", "mine", "MPX9001", "-w", str(small_workspace), "--json")
    assert first.json == {"name": "mine", "case_ids": ["medpix2:MPX9001"]}
    more = run("collection", "add", "mine", "--where", "case_id=MPX9002", "-w", str(small_workspace))
    assert more.out == "mine: 2 cases\n"
    listed = run("collection", "list", "-w", str(small_workspace), "--json").json
    assert [(one["name"], len(one["case_ids"])) for one in listed["collections"]] == [("mine", 2)]
    assert "MPX9002" in run("collection", "show", "mine", "-w", str(small_workspace)).out
    found = run("query", "collection=mine", "-w", str(small_workspace), "--json").json
    assert [case["short_id"] for case in found["cases"]] == ["MPX9001", "MPX9002"]
    left = run("collection", "remove", "mine", "MPX9001", "-w", str(small_workspace), "--json")
    assert left.json["case_ids"] == ["medpix2:MPX9002"]
    gone = run("collection", "remove", "mine", "--all", "-w", str(small_workspace))
    assert gone.out == "mine is forgotten; its cases stay\n"


def test_nothing_to_add_or_to_take_out_is_a_mistake(small_workspace, run):
    nothing = run("collection", "add", "mine", "-w", str(small_workspace))
    assert (nothing.code, "there is nothing to add" in nothing.err) == (2, True)
    both = run("collection", "remove", "mine", "MPX9001", "--all", "-w", str(small_workspace))
    assert (both.code, "name the cases" in both.err) == (2, True)
    unknown = run("collection", "show", "none", "-w", str(small_workspace))
    assert (unknown.code, "there is no collection 'none'" in unknown.err) == (2, True)


def test_a_collection_narrows_search_and_teaching(small_workspace, run, tmp_path):
    run("collection", "add", "mine", "MPX9001", "-w", str(small_workspace))
    hits = run("search", "mass", "--where", "collection=mine", "-w", str(small_workspace), "--json").json["hits"]
    assert {hit["case_id"] for hit in hits} <= {"medpix2:MPX9001"}
    output = tmp_path / "set.html"
    made = run("teach", "export", "--where", "collection=mine", "--output", str(output), "-w", str(small_workspace))
    assert made.code == 0 and "wrote 1 unknown cases" in made.out
    assert "<section>" in output.read_text(encoding="utf-8")
