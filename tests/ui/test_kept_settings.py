"""What a workspace keeps of the settings: what a building command has opened and used, and nothing else."""

from pathlib import Path

import pytest

import casegraph
from clip.tfidf import TfidfSvd
from ingest.errors import InputError

STRANGE = {
    "CASEGRAPH_TEXT_ENCODER": ("sentence-transformers:/no/such/folder", "compact", "nonsense"),
    "CASEGRAPH_IMAGE_ENCODER": ("open_clip:local-dir:/no/such/folder", "hog-pca", "nonsense"),
    "CASEGRAPH_GRAPH": ("bolt://127.0.0.1:1", "nonsense"),
    "CASEGRAPH_DOCUMENTS": ("mongodb://127.0.0.1:1/db?serverSelectionTimeoutMS=100", "nonsense", "mongodb://a:b@c@d/e"),
}
VALUES = [(name, value) for name, values in STRANGE.items() for value in values]


@pytest.fixture
def kept(small_workspace: Path) -> bytes:
    return (small_workspace / "casegraph.json").read_bytes()


def reading_commands(picture: Path, folder: Path):
    return (
        ("status",), ("doctor",), ("query", "modality=MR"), ("search", "mass"), ("classify", picture),
        ("graph", "counts"), ("ask", "--findings", "mass"), ("draft", "--findings", "mass"), ("models", "list"),
        ("curate", "queue"), ("export", folder / "subset"), ("verify-draft", folder / "none.json"),
        ("evaluate", "search"), ("train", "language", folder / "model", "--from", folder / "none"),
    )  # fmt: skip


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr("ingest.store.mongo_database.TIMEOUT_MS", 200)


@pytest.mark.parametrize(("variable", "value"), VALUES)
def test_no_reading_command_writes_a_setting(
    run, small_workspace, kept, small_release, tmp_path, monkeypatch, variable, value
):
    picture = sorted((small_release / "images").glob("*.png"))[0]
    monkeypatch.setenv(variable, value)
    for command in reading_commands(picture, tmp_path):
        run(*command, "-w", small_workspace)
        assert (small_workspace / "casegraph.json").read_bytes() == kept, command
    monkeypatch.delenv(variable)
    for command in (("search", "mass"), ("classify", picture), ("graph", "counts")):
        answer = run(*command, "-w", small_workspace)
        assert (answer.code, answer.err) == (0, ""), command


@pytest.mark.parametrize(
    "option",
    [
        ("--text-encoder", "sentence-transformers:/no/such/folder"),
        ("--text-encoder", "nonsense"),
        ("--image-encoder", "open_clip:local-dir:/no/such/folder"),
    ],
)
def test_an_encoder_that_cannot_be_opened_is_not_kept_and_the_message_names_the_way_back(
    run, small_workspace, kept, option
):
    answer = run("index", *option, "-w", small_workspace)
    assert answer.code == 2
    assert len(answer.err.strip().splitlines()) == 1
    assert f"leave out {option[0]}" in answer.err
    assert (small_workspace / "casegraph.json").read_bytes() == kept
    assert run("search", "mass", "-w", small_workspace).code == 0


def test_an_index_that_fails_half_way_keeps_no_setting(run, small_workspace, kept, monkeypatch):
    def fail(self, texts):
        raise InputError("the encoder broke down.")

    with monkeypatch.context() as patch:
        patch.setattr("clip.open_clip_encoder.OpenClipEncoder.embed_texts", fail)
        assert run("index", "--text-encoder", "compact", "-w", small_workspace).code == 2
    assert (small_workspace / "casegraph.json").read_bytes() == kept
    assert run("search", "mass", "-w", small_workspace).code == 0
    monkeypatch.setattr(TfidfSvd, "embed_texts", fail)
    assert run("index", "--rebuild", "--text-encoder", "tfidf-svd", "-w", small_workspace).code == 2


def test_an_encoder_that_made_the_vectors_is_kept(run, small_workspace):
    assert run("index", "--text-encoder", "compact", "-w", small_workspace).code == 0
    assert '"text_encoder": "compact"' in (small_workspace / "casegraph.json").read_text()
    assert run("search", "mass", "-w", small_workspace).err == ""


def test_another_encoder_of_the_environment_is_told_with_both_ways(run, small_workspace, monkeypatch):
    monkeypatch.setenv("CASEGRAPH_TEXT_ENCODER", "compact")
    answer = run("search", "mass", "-w", small_workspace)
    assert answer.code == 1
    assert "was indexed with text encoder 'tfidf-svd', CASEGRAPH_TEXT_ENCODER says 'compact'" in answer.err
    assert "Unset it, or index anew: casegraph index --text-encoder compact" in answer.err
    told = run("query", "-w", small_workspace)
    assert told.code == 0
    assert "CASEGRAPH_TEXT_ENCODER says 'compact'" in told.err


@pytest.mark.parametrize(
    ("name", "good", "wrong", "command", "mend"),
    [
        (
            "text_encoder",
            "tfidf-svd",
            "sentence-transformers:/gone",
            ("search", "mass"),
            ("--text-encoder", "tfidf-svd"),
        ),
        ("image_encoder", "compact", "open_clip:local-dir:/gone", ("search", "mass"), ("--image-encoder", "compact")),
    ],
)
def test_what_is_remembered_and_has_gone_is_mended_by_the_command_of_the_message(
    run, small_workspace, name, good, wrong, command, mend
):
    file = small_workspace / "casegraph.json"
    file.write_text(file.read_text().replace(f'"{name}": "{good}"', f'"{name}": "{wrong}"'))
    answer = run(*command, "-w", small_workspace)
    assert answer.code == 2
    assert f"casegraph index {' '.join(mend)}" in answer.err
    assert run("index", *mend, "-w", small_workspace).code == 0
    assert run(*command, "-w", small_workspace).code == 0


def test_a_graph_server_that_has_moved_is_mended_by_the_command_of_the_message(run, small_workspace, monkeypatch):
    file = small_workspace / "casegraph.json"
    file.write_text(file.read_text().replace('"embedded"', '"bolt://127.0.0.1:1"'))
    answer = run("graph", "counts", "-w", small_workspace)
    assert answer.code == 4
    assert "CASEGRAPH_GRAPH=embedded casegraph index" in answer.err
    monkeypatch.setenv("CASEGRAPH_GRAPH", "embedded")
    assert run("index", "-w", small_workspace).code == 0
    monkeypatch.delenv("CASEGRAPH_GRAPH")
    assert run("graph", "counts", "-w", small_workspace).code == 0


@pytest.mark.parametrize(
    ("option", "value"), [("--graph", "bolt://127.0.0.1:1"), ("--documents", "mongodb://[::1]:1/d")]
)
def test_an_ingest_whose_server_does_not_answer_changes_nothing(
    run, small_workspace, kept, small_release, option, value
):
    assert run("ingest", small_release, option, value, "-w", small_workspace).code == 4
    assert (small_workspace / "casegraph.json").read_bytes() == kept


def test_from_python_reading_keeps_nothing_and_indexing_keeps_what_it_used(small_workspace, kept):
    file = small_workspace / "casegraph.json"
    with casegraph.open(small_workspace, text_encoder="compact") as space:
        assert space.status().cases > 0
        assert file.read_bytes() == kept
        space.index()
    assert '"text_encoder": "compact"' in file.read_text()
