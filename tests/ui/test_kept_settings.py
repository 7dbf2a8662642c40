"""What a workspace keeps of the settings: what a building command has opened and used, and nothing else."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import casegraph
from ingest.errors import InputError, StaleProjection

STRANGE = {
    "CASEGRAPH_TEXT_ENCODER": ("sentence-transformers:/no/such/folder", "compact"),
    "CASEGRAPH_IMAGE_ENCODER": ("open_clip:local-dir:/no/such/folder", "hog-pca"),
    "CASEGRAPH_GRAPH": ("bolt://127.0.0.1:1",),
    "CASEGRAPH_DOCUMENTS": ("mongodb://127.0.0.1:1/db?serverSelectionTimeoutMS=100", "mongodb://a:b@c@d/e"),
}
VALUES = [(name, value) for name, values in STRANGE.items() for value in values]


@pytest.fixture
def kept(small_workspace: Path) -> bytes:
    return (small_workspace / "casegraph.json").read_bytes()


@pytest.fixture(scope="module")
def read_workspace(indexed_workspace: Path, tmp_path_factory) -> Iterator[Path]:
    """Yield a workspace that tests only read. It stays open, so that every command joins its graph server."""
    folder = Path(shutil.copytree(indexed_workspace, tmp_path_factory.mktemp("read") / "workspace"))
    with casegraph.open(folder) as space:
        _ = space.engines.graph
        yield folder


def reading_commands(image: Path, folder: Path):
    return (
        ("status",), ("doctor",), ("query", "modality=MR"), ("search", "mass"), ("classify", image),
        ("graph", "counts"), ("ask", "--findings", "mass"), ("draft", "--findings", "mass"),
        ("curate", "queue"), ("export", folder / "subset"), ("verify-draft", folder / "none.json"),
        ("train", "language", folder / "model", "--from", folder / "none"),
    )  # fmt: skip


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr("ingest.store.mongo_database.TIMEOUT_MS", 200)


@pytest.mark.parametrize(("variable", "value"), VALUES)
def test_no_reading_command_writes_a_setting(
    run, read_workspace, small_release, tmp_path, monkeypatch, variable, value
):
    file = read_workspace / "casegraph.json"
    before = file.read_bytes()
    image = sorted((small_release / "images").glob("*.png"))[0]
    monkeypatch.setenv(variable, value)
    for command in reading_commands(image, tmp_path):
        run(*command, "-w", read_workspace)
        assert file.read_bytes() == before, command
    monkeypatch.delenv(variable)
    answer = run("search", "mass", "-w", read_workspace)
    assert (answer.code, answer.err) == (0, "")


@pytest.mark.parametrize(
    "option",
    [
        ("--text-encoder", "sentence-transformers:/no/such/folder"),
        ("--text-encoder", "nonsense"),
        ("--image-encoder", "open_clip:local-dir:/no/such/folder"),
    ],
)
def test_an_encoder_that_cannot_be_opened_is_not_kept_and_the_message_names_the_way_back(run, read_workspace, option):
    file = read_workspace / "casegraph.json"
    kept = file.read_bytes()
    answer = run("index", *option, "-w", read_workspace)
    assert answer.code == 2
    assert len(answer.err.strip().splitlines()) == 1
    assert f"leave out {option[0]}" in answer.err
    assert file.read_bytes() == kept
    assert run("search", "mass", "-w", read_workspace).code == 0


BREAKING = {
    "new texts": ("clip.open_clip_encoder.OpenClipEncoder.embed_texts", ("--text-encoder", "compact")),
    "texts of an encoder fitted again": ("clip.tfidf.TfidfSvd.embed_texts", ("--rebuild",)),
    "new images": ("clip.hog.HogPca.embed_images", ("--image-encoder", "hog-pca")),
    "heads": ("clip.classification.head_training.train_heads", ("--image-encoder", "hog-pca")),
    "both encoders, then the heads": (
        "clip.classification.head_training.train_heads",
        ("--rebuild", "--image-encoder", "hog-pca", "--text-encoder", "compact"),
    ),
}


@pytest.mark.parametrize(("function", "options"), BREAKING.values(), ids=BREAKING.keys())
def test_after_an_index_that_fails_half_way_search_goes_by_what_was_there_before(
    run, read_workspace, small_release, monkeypatch, function, options
):
    def fail(*_, **__):
        raise InputError("it broke down.")

    def answers():
        image = sorted((small_release / "images").glob("*.png"))[0]
        found = [run(*words, "--json", "-w", read_workspace) for words in (("search", "mass"), ("classify", image))]
        return [(answer.code, answer.err, answer.json) for answer in found]

    file, before = read_workspace / "casegraph.json", answers()
    kept = file.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(function, fail)
        answer = run("index", *options, "-w", read_workspace)
    assert (answer.code, answer.err.count("it broke down.")) == (2, 1)
    assert file.read_bytes() == kept
    assert [code for code, *_ in before] == [0, 0]
    assert answers() == before
    assert not list((read_workspace / "models").glob(".*"))


def test_an_open_workspace_goes_by_the_encoder_that_another_process_indexed_with(run, small_workspace):
    with casegraph.open(small_workspace) as space:
        before = space.search.by_text("mass")
        assert run("index", "--text-encoder", "compact", "-w", small_workspace).code == 0
        after = space.search.by_text("mass")
        with casegraph.open(small_workspace) as opened_later:
            assert after == opened_later.search.by_text("mass")
        assert after != before
        assert space.differences() == []
        space.indexing.run()  # with the new one, though it was opened with the other
    assert '"text_encoder": "compact"' in (small_workspace / "casegraph.json").read_text()


def test_an_open_workspace_whose_setting_names_the_old_encoder_says_so(run, small_workspace):
    with casegraph.open(small_workspace, text_encoder="tfidf-svd") as space:
        space.search.by_text("mass")
        assert run("index", "--text-encoder", "compact", "-w", small_workspace).code == 0
        with pytest.raises(StaleProjection, match="was indexed with text encoder 'compact'"):
            space.search.by_text("mass")


def test_another_encoder_of_the_environment_is_told_with_both_ways(run, read_workspace, monkeypatch):
    monkeypatch.setenv("CASEGRAPH_TEXT_ENCODER", "compact")
    answer = run("search", "mass", "-w", read_workspace)
    assert answer.code == 1
    assert "was indexed with text encoder 'tfidf-svd', but CASEGRAPH_TEXT_ENCODER says 'compact'" in answer.err
    assert "Unset it, or index again: casegraph index --text-encoder compact" in answer.err
    told = run("query", "-w", read_workspace)
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
        assert space.indexing.status().cases > 0
        assert file.read_bytes() == kept
        space.indexing.run()
    assert '"text_encoder": "compact"' in file.read_text()
