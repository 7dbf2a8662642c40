"""Models by name: the descriptions, adding one's own, and refusing whatever is not what was added."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from drawn_images import png_of, ring, stripes
from tiny_models import TINY_CLIP, write_bert_folder, write_clip_folder, write_clip_weights, write_published_bert_folder

import clip.adding
from clip.adding import add_model
from clip.encoders import load_image_encoder, load_text_encoder
from clip.open_clip_encoder import OpenClipEncoder, load_open_clip
from clip.registry import (
    ModelDescription,
    ModelSource,
    added_models,
    described_models,
    problems_of,
    problems_of_builtin,
)
from clip.weights import read_tensors
from ingest.errors import DamagedFile, InputError, StorageError
from ingest.remedies import Remedy, RemedyAction

pytestmark = pytest.mark.usefixtures("offline")

IMAGES = [png_of(draw(seed)) for seed in range(3) for draw in (ring, stripes)]
TEXTS = ["an axial CT of the brain", "mass in the left lung"]
TINY_BERT_CLIP = {
    "embed_dim": 16,
    "vision_cfg": TINY_CLIP["vision_cfg"],
    "text_cfg": {
        "hf_model_name": "owner/bert",
        "hf_tokenizer_name": "owner/bert",
        "hf_pooler_type": "mean_pooler",
        "hf_proj_type": "linear",
        "context_length": 24,
    },
}


@pytest.fixture
def described(monkeypatch: pytest.MonkeyPatch):
    """Describe tiny models beside the real ones."""

    def describe(name: str, model_cfg: object, sha256: str | None = None) -> None:
        config = {"model_cfg": model_cfg, "preprocess_cfg": {"size": 32, "mean": [0.48] * 3, "std": [0.27] * 3}}
        known = {
            **described_models(),
            name: ModelDescription(name, "tiny", "MIT", ModelSource("nowhere", sha256), None, config),
        }
        monkeypatch.setattr(clip.adding, "described_models", lambda: known)

    return describe


@pytest.mark.parametrize(
    ("name", "architecture"), [("rn50x16-clip", "RN50x16-quickgelu"), ("vit-l-14-clip", "ViT-L-14-quickgelu")]
)
def test_the_models_of_openai_are_described_as_open_clip_knows_them_with_the_digest_in_their_address(
    name: str, architecture: str
):
    import open_clip

    described = described_models()[name]
    assert described.config["model_cfg"] == open_clip.get_model_config(architecture)
    known = open_clip.get_pretrained_cfg(architecture, "openai")
    assert described.weights.source == known["url"]
    assert described.weights.sha256 in known["url"]


def test_five_models_are_described_and_a_digest_that_is_not_known_is_none():
    found = described_models()
    assert set(found) == {"biomedclip", "compact", "rn50x16-biobert", "rn50x16-clip", "vit-l-14-clip"}
    assert found["biomedclip"].weights.sha256 is None
    assert found["rn50x16-biobert"].text is not None


def test_the_built_in_model_has_the_digest_that_its_description_says():
    assert problems_of_builtin() == []


@pytest.mark.parametrize("suffix", [".safetensors", ".pt"])
def test_a_file_of_weights_becomes_an_encoder_under_its_name(suffix: str, described, tmp_path: Path):
    described("tiny-clip", TINY_CLIP)
    weights = write_clip_weights(tmp_path / f"weights{suffix}")
    added = add_model("my-model", weights, tmp_path / "models", architecture="tiny-clip")
    assert added.source_sha256 == hashlib.sha256(weights.read_bytes()).hexdigest()
    assert not [name for name in added.files if not name.endswith((".json", ".safetensors"))]
    encoder = load_image_encoder("my-model", tmp_path / "models")
    published = load_open_clip(f"open_clip:local-dir:{write_clip_folder(tmp_path / 'published')}")
    np.testing.assert_allclose(encoder.embed_images(IMAGES), published.embed_images(IMAGES), atol=1e-6)
    texts = load_text_encoder("my-model", tmp_path / "models")
    assert texts.fingerprint == encoder.fingerprint
    np.testing.assert_allclose(texts.embed_texts(TEXTS), published.embed_texts(TEXTS), atol=1e-6)


def test_a_folder_of_open_clip_is_added_with_its_own_preprocessing(tmp_path: Path):
    folder = write_clip_folder(tmp_path / "published", mean=0.3)
    add_model("published", folder, tmp_path / "models")
    ours = load_image_encoder("published", tmp_path / "models").embed_images(IMAGES)
    theirs = load_open_clip(f"open_clip:local-dir:{folder}").embed_images(IMAGES)
    np.testing.assert_allclose(ours, theirs, atol=1e-6)


def test_a_folder_of_models_with_too_long_a_name_is_refused_with_a_sentence(tmp_path):
    with pytest.raises(StorageError, match=r"cannot read the models in .*: File name too long\."):
        added_models(tmp_path / ("n" * 300))


def test_a_model_with_a_text_encoder_of_transformers_takes_it_from_the_folder_that_is_named(described, tmp_path: Path):
    from open_clip.model import CustomTextCLIP
    from safetensors.torch import save_file

    bert = write_bert_folder(tmp_path / "bert")
    text = {**TINY_BERT_CLIP["text_cfg"], "hf_model_name": str(bert), "hf_model_pretrained": True}
    torch.manual_seed(4)
    model = CustomTextCLIP(**{**TINY_BERT_CLIP, "text_cfg": text}).eval()
    save_file({key: value.contiguous() for key, value in model.state_dict().items()}, tmp_path / "own.safetensors")
    described("tiny-bert-clip", TINY_BERT_CLIP)
    with pytest.raises(InputError, match=r"'owner/bert', and nothing is fetched"):
        add_model("own", tmp_path / "own.safetensors", tmp_path / "models", architecture="tiny-bert-clip")
    assert added_models(tmp_path / "models") == {}
    add_model("own", tmp_path / "own.safetensors", tmp_path / "models", architecture="tiny-bert-clip", text_folder=bert)
    encoder = load_text_encoder("own", tmp_path / "models")
    assert isinstance(encoder, OpenClipEncoder)
    with torch.no_grad():
        expected = model.encode_text(encoder.tokenizer(TEXTS), normalize=True).numpy()
    np.testing.assert_allclose(encoder.embed_texts(TEXTS), expected, atol=1e-5)


def test_a_bert_is_added_for_texts_only(tmp_path: Path):
    added = add_model("biobert", write_bert_folder(tmp_path / "bert"), tmp_path / "models")
    assert added.kind == "texts"
    encoder = load_text_encoder("biobert", tmp_path / "models")
    direct = load_text_encoder(f"sentence-transformers:{tmp_path / 'bert'}", tmp_path)
    np.testing.assert_allclose(encoder.embed_texts(TEXTS), direct.embed_texts(TEXTS), atol=1e-6)
    assert encoder.name == "biobert"
    with pytest.raises(InputError, match="is for texts"):
        load_image_encoder("biobert", tmp_path / "models")


def test_a_bert_with_weights_of_torch_and_a_plain_vocabulary_becomes_safetensors_with_the_same_vectors(tmp_path: Path):
    added = add_model("biobert", write_published_bert_folder(tmp_path / "published"), tmp_path / "models")
    assert all(name.endswith((".json", ".safetensors")) for name in added.files)
    direct = load_text_encoder(f"sentence-transformers:{write_bert_folder(tmp_path / 'bert')}", tmp_path)
    ours = load_text_encoder("biobert", tmp_path / "models").embed_texts(TEXTS)
    np.testing.assert_allclose(ours, direct.embed_texts(TEXTS), atol=1e-6)


def test_adding_again_takes_the_place_of_the_earlier_model(tmp_path: Path):
    for seed in (0, 1):
        add_model("mine", write_clip_folder(tmp_path / f"s{seed}", seed=seed), tmp_path / "models")
    expected = load_open_clip(f"open_clip:local-dir:{tmp_path / 's1'}").embed_images(IMAGES)
    np.testing.assert_allclose(
        load_image_encoder("mine", tmp_path / "models").embed_images(IMAGES), expected, atol=1e-6
    )
    assert [path.name for path in (tmp_path / "models" / "added").iterdir()] == ["mine"]


@pytest.mark.parametrize("name", ["compact", "hog-pca", "../up", "Big", "a:b", "", "x" * 65])
def test_a_name_that_is_taken_or_could_be_a_path_is_refused(name: str, tmp_path: Path):
    with pytest.raises(InputError, match="cannot name a model"):
        add_model(name, write_clip_folder(tmp_path / "model"), tmp_path / "models")


def test_a_described_model_without_weights_says_where_they_are_and_what_to_run(tmp_path: Path):
    with pytest.raises(InputError, match=r"openaipublic.*then add them\.$") as refused:
        load_image_encoder("rn50x16-clip", tmp_path)
    assert refused.value.remedy == Remedy(RemedyAction.ADD_MODEL, "rn50x16-clip")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda folder: folder / "missing", "is not a model"),
        (lambda folder: folder, "is not a model"),
        (lambda folder: write_clip_weights(folder / "w.safetensors"), "Name one of biomedclip"),
    ],
)
def test_what_is_no_model_is_refused_and_leaves_nothing(make, message: str, tmp_path: Path):
    (tmp_path / "source").mkdir()
    with pytest.raises(InputError, match=message):
        add_model("mine", make(tmp_path / "source"), tmp_path / "models")
    assert not list((tmp_path / "models").rglob("*.*"))


def test_weights_of_another_architecture_are_refused(described, tmp_path: Path):
    wider = {**TINY_CLIP, "embed_dim": 24}
    described("wider", wider)
    with pytest.raises(InputError, match="of another architecture"):
        add_model("wider", write_clip_weights(tmp_path / "w.safetensors"), tmp_path / "models")


@pytest.mark.filterwarnings("ignore:Detected pickle protocol")
@pytest.mark.parametrize("in_folder", [False, True])
def test_t41_a_pickle_that_would_run_code_is_not_added(in_folder: bool, described, trap, tmp_path: Path):
    described("tiny-clip", TINY_CLIP)
    folder = write_clip_folder(tmp_path / "model")
    (folder / "open_clip_model.safetensors").unlink()
    torch.save({"visual.proj": trap}, folder / "open_clip_pytorch_model.bin")
    source = folder if in_folder else folder / "open_clip_pytorch_model.bin"
    with pytest.raises(InputError, match=r"wants to run code.*as \.safetensors"):
        add_model("mine", source, tmp_path / "models", architecture="tiny-clip")
    assert not trap.path.exists()
    assert added_models(tmp_path / "models") == {}


@pytest.mark.filterwarnings("ignore:.torch.jit:FutureWarning", "ignore:.torch.load. received:UserWarning")
def test_t41_a_torchscript_archive_is_read_only_with_the_digest_of_its_publisher(described, tmp_path: Path):
    class Holder(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x

    import open_clip

    torch.manual_seed(0)
    holder = Holder()
    for name, module in open_clip.CLIP(**TINY_CLIP).named_children():
        if name in ("token_embedding", "ln_final"):
            holder.add_module(name, module)
    archive = io.BytesIO()
    torch.jit.save(torch.jit.script(holder), archive)
    path = tmp_path / "model.pt"
    path.write_bytes(archive.getvalue())
    digest = hashlib.sha256(archive.getvalue()).hexdigest()
    described("tiny-clip", TINY_CLIP, sha256="0" * 64)
    with pytest.raises(InputError, match="is not the file that its publisher gives a digest for"):
        add_model("mine", path, tmp_path / "models", architecture="tiny-clip")
    assert torch.equal(read_tensors(path, digest)["ln_final.weight"], holder.state_dict()["ln_final.weight"])


@pytest.fixture
def added(tmp_path: Path):
    """A model that was added, in ``tmp_path/models``."""
    return add_model("mine", write_clip_folder(tmp_path / "source"), tmp_path / "models")


@pytest.mark.parametrize("name", ["open_clip_model.safetensors", "open_clip_config.json"])
def test_t41_a_file_that_changed_since_it_was_added_stops_the_model(name: str, added, tmp_path: Path):
    data = bytearray((added.folder / name).read_bytes())
    data[-2] ^= 1
    (added.folder / name).write_bytes(data)
    assert problems_of(added) == [f"'{name}' is not what was added (SHA-256 differs)"]
    with pytest.raises(DamagedFile, match=r"Add it again\.$") as refused:
        load_image_encoder("mine", tmp_path / "models")
    assert refused.value.remedy == Remedy(RemedyAction.ADD_MODEL, "mine")


@pytest.mark.parametrize("name", ["open_clip_pytorch_model.bin", "modeling.py", "text/extra.pkl"])
def test_t41_a_file_that_was_put_beside_an_added_model_stops_it_unopened(name: str, added, trap, tmp_path: Path):
    path = added.folder / name
    path.parent.mkdir(exist_ok=True)
    torch.save(trap, path)
    with pytest.raises(DamagedFile, match="was not added, and a file of its kind can carry code"):
        load_image_encoder("mine", tmp_path / "models")
    assert not trap.path.exists()


def test_t41_a_missing_file_or_a_damaged_record_stops_the_model(added, tmp_path: Path):
    (added.folder / "open_clip_config.json").unlink()
    with pytest.raises(DamagedFile, match=r"'open_clip_config\.json' is missing"):
        load_image_encoder("mine", tmp_path / "models")
    (added.folder / "model.json").write_text(json.dumps({"files": []}))
    with pytest.raises(DamagedFile, match="is damaged"):
        load_image_encoder("mine", tmp_path / "models")


def test_an_added_model_may_move_with_its_workspace(added, tmp_path: Path):
    before = load_image_encoder("mine", tmp_path / "models").embed_images(IMAGES)
    shutil.move(tmp_path / "models", tmp_path / "elsewhere")
    np.testing.assert_array_equal(load_image_encoder("mine", tmp_path / "elsewhere").embed_images(IMAGES), before)
    assert str(tmp_path) not in (tmp_path / "elsewhere" / "added" / "mine" / "model.json").read_text()
