"""Cross-encoders by folder: scores of pairs, and nothing that runs code."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from tiny_models import write_cross_encoder_folder

from clip.cross_encoder import load_cross_encoder
from ingest.errors import InputError

pytestmark = pytest.mark.usefixtures("offline")

TEXTS = ["a mass in the left lung", "cyst of the right kidney", "brain", "no scan", "mass " * 100]


def test_a_text_gets_the_score_that_the_model_gives_to_the_pair(tmp_path):
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    folder = write_cross_encoder_folder(tmp_path / "model")
    model, tokenizer = AutoModelForSequenceClassification.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    expected = []
    for text in TEXTS:
        with torch.no_grad():
            expected.append(model(**tokenizer("mass", text, return_tensors="pt", truncation=True)).logits.item())
    scores = load_cross_encoder(str(folder)).score("mass", TEXTS)
    assert scores.dtype == np.float32
    np.testing.assert_allclose(scores, 1 / (1 + np.exp(-np.array(expected))), atol=1e-4)
    assert len(set(scores.round(4).tolist())) > 2


def test_a_model_with_several_scores_for_a_pair_is_refused(tmp_path):
    encoder = load_cross_encoder(str(write_cross_encoder_folder(tmp_path / "model", labels=3)))
    with pytest.raises(InputError, match="one score for each text"):
        encoder.score("mass", TEXTS)


def test_a_folder_without_a_model_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"reranker '.*' cannot be used"):
        load_cross_encoder(str(tmp_path))
    with pytest.raises(InputError, match="there is no folder"):
        load_cross_encoder("./missing/model")
