"""`casegraph draft ...` and `casegraph verify-draft` as their users meet them."""

import pytest


@pytest.fixture
def kept(run, small_workspace, tmp_path):
    """Keep one draft; return a function that runs a command on its workspace."""
    first = run("draft", "--findings", "Mass. No edema.", "--keep", "--json", "-w", small_workspace)
    assert (first.code, first.json["standing"]["draft_id"]) == (0, "D1")

    def command(*arguments):
        return run(*arguments, "-w", small_workspace)

    return command


def test_a_draft_is_kept_reviewed_signed_verified_and_edited(kept, tmp_path):
    assert kept("draft", "sign", "D1", "--by", "Dr. Ada Example").code == 2
    assert kept("draft", "review", "D1", "--by", "Dr. Ada Example").out == "draft D1, version 1: reviewed.\n"
    assert kept("draft", "sign", "D1", "--by", "Dr. Ada Example").code == 0
    for kind in ("text", "markdown", "json", "pdf"):
        file = tmp_path / f"draft.{kind}"
        assert kept("draft", "show", "D1", "--format", kind, "--output", file).code == 0
        found = kept("verify-draft", file, "--json")
        assert (found.code, found.json["unchanged"], found.json["signed_by"]) == (0, True, "Dr. Ada Example")
        file.write_bytes(file.read_bytes() + b"x")
        assert kept("verify-draft", file).code == 1
    edited = kept("draft", "edit", "D1", "--by", "Dr. Ada Example", "--statement", "1", "--text", "Large mass.")
    assert edited.out == "draft D1, version 2: draft.\n"
    listed = kept("draft", "list", "--json").json["drafts"]
    assert [(one["draft_id"], one["version"], one["state"], one["signed_by"]) for one in listed] == [
        ("D1", 2, "draft", None)
    ]
    assert "+Findings: Large mass." in kept("draft", "show", "D1", "--difference").out
    assert "signed by Dr. Ada Example (self-declared)" in kept("draft", "show", "D1", "--version", "1").out
    assert kept("draft", "reject", "D1", "--by", "Dr. Ada Example", "--reason", "wrong case").code == 0


def test_mistakes_are_answered_in_one_line(kept, tmp_path):
    for arguments, words in (
        (("draft", "show", "D7"), "there is no draft 'D7'"),
        (("draft", "edit", "D1", "--by", "Ada", "--statement", "1"), "--remove"),
        (("draft", "review", "D1", "--by", " "), "a person is needed"),
        (("verify-draft", tmp_path / "none.pdf"), "cannot be read"),
    ):
        answer = kept(*arguments)
        assert answer.code == 2, arguments
        assert words in answer.err
        assert len(answer.err.strip().splitlines()) == 1


def test_a_draft_stands_on_as_many_similar_cases_as_asked_for(run, small_workspace):
    command = ("draft", "--findings", "Mass. No edema.", "-w", small_workspace)
    whole = run(*command, "--json").json["similar_cases"]
    assert len(whole) > 2
    assert run(*command, "--cases", "2", "--json").json["similar_cases"] == whole[:2]
    for cases in ("0", "31"):
        refused = run(*command, "--cases", cases)
        assert refused.code == 2 and f"stand on {cases} similar cases. Expected 1 to 30." in refused.err
