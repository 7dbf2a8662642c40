import json

import numpy as np
import pytest
import torch
from tiny_models import write_bert_folder, write_sentence_folder

from clip.encoders import load_text_encoder
from clip.sentence_encoder import load_sentence_transformer
from ingest.errors import EngineUnreachable, InputError

pytestmark = pytest.mark.usefixtures("offline")

TEXTS = ["a mass in the left lung", "cyst of the right kidney", "brain", "", "mass " * 100] * 8


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_sentence_folder(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def encoder(folder):
    return load_sentence_transformer(f"sentence-transformers:{folder}")


def test_a_model_is_loaded_by_its_folder(folder, tmp_path):
    encoder = load_text_encoder(f"sentence-transformers:{folder}", tmp_path)
    vectors = encoder.embed_texts(TEXTS)
    assert vectors.dtype == np.float32
    assert vectors.shape == (40, 24)
    assert encoder.dimension == 24
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert encoder.embed_texts([]).shape == (0, 24)


def test_plain_bert_becomes_the_mean_of_its_word_vectors(tmp_path):
    from transformers import AutoModel, AutoTokenizer

    folder = write_bert_folder(tmp_path / "bert")
    model, tokenizer = AutoModel.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    expected = []
    for text in TEXTS[:3]:
        with torch.no_grad():
            words = model(**tokenizer(text, return_tensors="pt")).last_hidden_state[0]
        mean = words.mean(dim=0).numpy()
        expected.append(mean / np.linalg.norm(mean))
    encoder = load_sentence_transformer(f"sentence-transformers:{folder}")
    np.testing.assert_allclose(encoder.embed_texts(TEXTS[:3]), np.stack(expected), atol=1e-5)


def test_a_vector_does_not_depend_on_the_texts_beside_it(encoder):
    alone = np.concatenate([encoder.embed_texts([text]) for text in TEXTS[:5]])
    np.testing.assert_allclose(encoder.embed_texts(TEXTS)[:5], alone, atol=1e-5)


def test_t25_the_fingerprint_is_that_of_the_model_and_changes_with_a_weight(encoder, tmp_path):
    same = write_sentence_folder(tmp_path / "same")
    other = write_sentence_folder(tmp_path / "other", seed=1)
    assert load_sentence_transformer(f"sentence-transformers:{same}").fingerprint == encoder.fingerprint
    assert load_sentence_transformer(f"sentence-transformers:{other}").fingerprint != encoder.fingerprint


def test_t25_the_fingerprint_changes_with_the_way_words_are_pooled(encoder, tmp_path):
    folder = write_sentence_folder(tmp_path)
    config = next(folder.glob("*Pooling/config.json"))
    settings = json.loads(config.read_text())
    settings.update({"pooling_mode": "cls"} if "pooling_mode" in settings else {"pooling_mode_cls_token": True})
    config.write_text(json.dumps(settings))
    assert load_sentence_transformer(f"sentence-transformers:{folder}").fingerprint != encoder.fingerprint


def test_t41_pickled_weights_that_want_to_run_code_are_refused(trap, tmp_path):
    folder = write_bert_folder(tmp_path / "bert")
    (folder / "model.safetensors").unlink()
    torch.save({"embeddings.word_embeddings.weight": trap}, folder / "pytorch_model.bin")
    with pytest.raises(InputError, match="cannot be used"):
        load_sentence_transformer(f"sentence-transformers:{folder}")
    assert not trap.path.exists()


def test_t41_code_that_comes_with_a_model_is_not_run(tmp_path):
    folder = write_sentence_folder(tmp_path)
    marker = tmp_path / "code-was-run"
    (folder / "own_code.py").write_text(f"import pathlib\npathlib.Path({str(marker)!r}).touch()\nclass Own: pass\n")
    modules = json.loads((folder / "modules.json").read_text())
    modules[-1]["type"] = "own_code.Own"
    (folder / "modules.json").write_text(json.dumps(modules))
    with pytest.raises(InputError, match="needs code of its own"):
        load_sentence_transformer(f"sentence-transformers:{folder}")
    assert not marker.exists()


@pytest.mark.parametrize("source", ["", "./nowhere", "/nowhere/model", "~/nowhere", "a/b/c"])
def test_a_folder_that_is_not_there_is_refused_and_not_looked_for_on_a_hub(source):
    with pytest.raises(InputError, match="there is no folder"):
        load_sentence_transformer(f"sentence-transformers:{source}")


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(InputError, match="cannot be used"):
        load_sentence_transformer(f"sentence-transformers:{tmp_path}")


def test_a_download_that_fails_is_an_engine_that_cannot_be_reached():
    with pytest.raises(EngineUnreachable, match="could not be downloaded"):
        load_sentence_transformer("sentence-transformers:owner/model-that-is-nowhere")
