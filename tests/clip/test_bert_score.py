"""BERTScore against the definition of the paper, written out slowly."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from tiny_models import write_bert_folder

from clip.bert_score import BertScorer
from clip.sentence_encoder import load_sentence_transformer

pytestmark = pytest.mark.usefixtures("offline")

SAID = ["a mass in the left lung", "cyst of the kidney", "brain", "", "no mass"]
REAL = ["mass in the right lung", "a cyst of the right kidney with mass", "brain", "mass", ""]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_bert_folder(tmp_path_factory.mktemp("models") / "bert")


@pytest.fixture(scope="module")
def scorer(folder):
    return BertScorer(load_sentence_transformer(str(folder)))


def test_scores_are_those_of_the_paper(folder, scorer):
    from transformers import AutoModel, AutoTokenizer

    model, tokenizer = AutoModel.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)

    def words(text):
        with torch.no_grad():
            rows = model(**tokenizer(text, return_tensors="pt")).last_hidden_state[0, 1:-1].numpy()
        return [row / np.linalg.norm(row) for row in rows]

    for said, real, (precision, recall, f1) in zip(SAID[:3], REAL[:3], scorer.scores(SAID, REAL), strict=False):
        first, second = words(said), words(real)
        assert precision == pytest.approx(np.mean([max(a @ b for b in second) for a in first]), abs=1e-4)
        assert recall == pytest.approx(np.mean([max(a @ b for a in first) for b in second]), abs=1e-4)
        assert f1 == pytest.approx(2 * precision * recall / (precision + recall))


def test_equal_texts_score_one_and_silence_scores_nothing(scorer):
    scores = scorer.scores(SAID, REAL)
    assert scores[2] == pytest.approx((1, 1, 1), abs=1e-4)
    assert scores[3] == scores[4] == (0, 0, 0)
    assert scorer.scores([], []) == []


def test_a_text_that_is_longer_than_the_model_reads_is_cut_off(scorer):
    precision, recall, _ = scorer.scores(["mass " * 500], ["mass"])[0]
    assert 0 < precision <= 1.0001 and 0 < recall <= 1.0001
