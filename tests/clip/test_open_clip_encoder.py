import json
import pickle

import numpy as np
import pytest
import torch
from drawn_images import png_of, ring, stripes
from tiny_models import TINY_CLIP, write_clip_folder, write_clip_weights

from clip.encoders import load_image_encoder, load_text_encoder
from clip.open_clip_encoder import load_open_clip
from ingest.errors import EngineUnreachable, InputError

pytestmark = pytest.mark.usefixtures("offline")

IMAGES = [png_of(draw(seed)) for seed in range(20) for draw in (ring, stripes)]
TEXTS = ["an axial CT of the brain", "mass in the left lung", "", "word " * 200]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_clip_folder(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="module")
def encoder(folder):
    return load_open_clip(f"open_clip:local-dir:{folder}")


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory):
    """The name under which open_clip knows the tiny architecture, as if it came with it."""
    import open_clip

    config = tmp_path_factory.mktemp("configs") / "tiny-for-tests.json"
    config.write_text(json.dumps(TINY_CLIP))
    open_clip.add_model_config(config)
    return config.stem


def test_one_model_encodes_images_and_words_into_one_space(folder, tmp_path):
    images = load_image_encoder(f"open_clip:local-dir:{folder}", tmp_path)
    texts = load_text_encoder(f"open_clip:local-dir:{folder}", tmp_path)
    assert images.fingerprint == texts.fingerprint
    assert images.embed_images(IMAGES).shape == (40, 16)
    assert texts.embed_texts(TEXTS).shape == (4, 16)
    assert images.dimension == texts.dimension == 16


def test_batches_agree_with_the_model_called_once_an_image(encoder, folder):
    import io

    import open_clip
    from PIL import Image

    model, preprocess = open_clip.create_model_from_pretrained(f"local-dir:{folder}")
    model.eval()
    with torch.no_grad():
        rows = [model.encode_image(preprocess(Image.open(io.BytesIO(png)))[None])[0].numpy() for png in IMAGES]  # pyright: ignore[reportCallIssue]
    expected = np.stack([row / np.linalg.norm(row) for row in rows])
    np.testing.assert_allclose(encoder.embed_images(IMAGES), expected, atol=1e-5)


def test_batches_agree_with_the_model_called_once_a_text(encoder):
    alone = np.concatenate([encoder.embed_texts([text]) for text in TEXTS])
    np.testing.assert_allclose(encoder.embed_texts(TEXTS), alone, atol=1e-5)
    assert np.abs(alone[0] - alone[1]).max() > 1e-3


def test_no_image_and_no_text_give_no_vector(encoder):
    assert encoder.embed_images([]).shape == (0, 16)
    assert encoder.embed_texts([]).shape == (0, 16)


def test_encoding_twice_gives_the_same_vectors_and_needs_no_gradients(encoder):
    np.testing.assert_array_equal(encoder.embed_images(IMAGES[:3]), encoder.embed_images(IMAGES[:3]))
    assert not encoder.model.training


def test_weights_of_ones_own_go_with_a_model_that_open_clip_knows(tiny_model, folder, tmp_path):
    paths = [write_clip_weights(tmp_path / name) for name in ("own.safetensors", "own.pt")]
    safe, archive = (load_open_clip(f"open_clip:{tiny_model}:{path}") for path in paths)
    assert safe.fingerprint == archive.fingerprint
    np.testing.assert_array_equal(safe.embed_images(IMAGES[:2]), archive.embed_images(IMAGES[:2]))


def test_t25_the_fingerprint_changes_with_a_weight_and_with_the_preprocessing(encoder, tmp_path):
    def fingerprint(name, **changes):
        return load_open_clip(f"open_clip:local-dir:{write_clip_folder(tmp_path / name, **changes)}").fingerprint

    assert fingerprint("same") == encoder.fingerprint  # the same weights in another folder
    assert fingerprint("mean", mean=0.5) != encoder.fingerprint
    assert fingerprint("seed", seed=1) != encoder.fingerprint


def test_t25_the_fingerprint_changes_with_one_number_of_one_weight(folder, encoder, tmp_path):
    from safetensors.torch import load_file, save_file

    copy = write_clip_folder(tmp_path / "copy")
    weights = load_file(copy / "open_clip_model.safetensors")
    weights["visual.proj"][0, 0] += 1e-3
    save_file(weights, copy / "open_clip_model.safetensors")
    assert load_open_clip(f"open_clip:local-dir:{copy}").fingerprint != encoder.fingerprint


@pytest.mark.filterwarnings("ignore:Detected pickle protocol")
def test_t41_weights_that_want_to_run_code_are_refused(tiny_model, trap, tmp_path):
    path = tmp_path / "weights.pt"
    torch.save({"visual.proj": trap}, path)
    with pytest.raises(InputError, match=r"want to run code.*safetensors"):
        load_open_clip(f"open_clip:{tiny_model}:{path}")
    path.write_bytes(pickle.dumps(trap))
    with pytest.raises(InputError, match=r"want to run code.*safetensors"):
        load_open_clip(f"open_clip:{tiny_model}:{path}")
    assert not trap.path.exists()


def test_t41_a_pickle_by_name_is_not_even_opened(tiny_model, trap, tmp_path):
    path = tmp_path / "weights.pkl"
    path.write_bytes(pickle.dumps(trap))
    with pytest.raises(InputError, match=r"expected one of \.safetensors"):
        load_open_clip(f"open_clip:{tiny_model}:{path}")
    assert not trap.path.exists()


def test_t41_a_folder_with_pickled_weights_only_is_refused(trap, tmp_path):
    folder = write_clip_folder(tmp_path / "pickled")
    (folder / "open_clip_model.safetensors").unlink()
    torch.save({"visual.proj": trap}, folder / "open_clip_pytorch_model.bin")
    with pytest.raises(InputError, match=r"no weights as \.safetensors"):
        load_open_clip(f"open_clip:local-dir:{folder}")
    assert not trap.path.exists()


def test_a_folder_whose_text_model_is_on_a_hub_is_refused(tmp_path):
    folder = write_clip_folder(tmp_path / "mixed")
    text = {"hf_model_name": "owner/some-bert", "hf_tokenizer_name": "owner/some-bert"}
    config = {"model_cfg": {**TINY_CLIP, "text_cfg": text}, "preprocess_cfg": {}}
    (folder / "open_clip_config.json").write_text(json.dumps(config))
    with pytest.raises(InputError, match="takes its text model 'owner/some-bert' from a hub"):
        load_open_clip(f"open_clip:local-dir:{folder}")


def test_weights_of_another_model_or_damaged_ones_are_refused(tiny_model, tmp_path):
    path = write_clip_weights(tmp_path / "weights.safetensors")
    path.write_bytes(path.read_bytes()[:-1000])
    with pytest.raises(InputError, match=r"is cut off: it has \d+ of \d+ bytes"):
        load_open_clip(f"open_clip:{tiny_model}:{path}")
    torch.save({"visual.proj": torch.zeros(3, 3)}, tmp_path / "other.pt")
    with pytest.raises(InputError, match="damaged, of another model"):
        load_open_clip(f"open_clip:{tiny_model}:{tmp_path / 'other.pt'}")


@pytest.mark.parametrize("name", ["open_clip:", "open_clip:ViT-B-32", "open_clip::openai", "open_clip:ViT-B-32:"])
def test_an_incomplete_name_is_refused_with_the_form_that_is_expected(name):
    with pytest.raises(InputError, match="open_clip:<model>:<pretrained tag or file of weights>"):
        load_open_clip(name)


def test_an_unknown_model_tag_or_folder_is_refused(tmp_path):
    with pytest.raises(InputError, match="no model 'ViT-B-33'"):
        load_open_clip("open_clip:ViT-B-33:openai")
    with pytest.raises(InputError, match=r"neither a file of weights nor a pretrained tag of ViT-B-32 \(tags: openai"):
        load_open_clip("open_clip:ViT-B-32:opanai")
    with pytest.raises(InputError, match="open_clip_config"):
        load_open_clip(f"open_clip:local-dir:{tmp_path}")


def test_a_download_that_fails_is_an_engine_that_cannot_be_reached(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    with pytest.raises(EngineUnreachable, match="could not be downloaded"):
        load_open_clip("open_clip:hf-hub:owner/model")


def test_a_file_that_is_no_png_is_refused(encoder):
    with pytest.raises(InputError, match="not a readable PNG"):
        encoder.embed_images([b"no image"])


def test_t26_a_model_that_gives_no_numbers_is_noticed(tmp_path):
    from safetensors.torch import load_file, save_file

    folder = write_clip_folder(tmp_path / "broken")
    weights = load_file(folder / "open_clip_model.safetensors")
    weights["visual.proj"][:] = torch.nan
    save_file(weights, folder / "open_clip_model.safetensors")
    with pytest.raises(InputError, match="row 0 has length nan"):
        load_open_clip(f"open_clip:local-dir:{folder}").embed_images(IMAGES[:1])
