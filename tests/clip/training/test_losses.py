"""Losses against sums written out, one pair at a time."""

from __future__ import annotations

from math import exp, log

import pytest
import torch

from clip.training.labels import UNKNOWN
from clip.training.losses import contrastive_loss, label_loss


def unit(rows):
    held = torch.tensor(rows, dtype=torch.float32)
    return held / held.norm(dim=1, keepdim=True)


IMAGES = unit([[1.0, 2.0], [2.0, -1.0], [0.5, 0.1], [-1.0, 1.0]])
WORDS = unit([[1.0, 1.0], [0.0, -1.0], [1.0, 0.3], [-2.0, 1.0]])
TEXTS = ["mass", "cyst", "mass", "edema"]
PARTNERS = [2, 0, 3, 1]


def slowly(scale, kept, texts=TEXTS, partners=PARTNERS):
    n = len(texts)
    belongs = [
        [kept * (texts[i] == texts[j]) + (1 - kept) * (texts[partners[i]] == texts[j]) for j in range(n)]
        for i in range(n)
    ]
    logits = [[scale * float(IMAGES[i] @ WORDS[j]) for j in range(n)] for i in range(n)]
    by_image = by_text = 0.0
    for i in range(n):
        whole = sum(belongs[i])
        by_image -= sum(belongs[i][j] / whole * log(share(logits[i], j)) for j in range(n))
    for j in range(n):
        column, logit = [belongs[i][j] for i in range(n)], [logits[i][j] for i in range(n)]
        whole = sum(column)
        by_text -= sum(column[i] / whole * log(share(logit, i)) for i in range(n))
    return (by_image / n + by_text / n) / 2


def share(logits, place):
    return exp(logits[place]) / sum(exp(one) for one in logits)


@pytest.mark.parametrize("kept", [1.0, 0.7])
@pytest.mark.parametrize("scale", [1.0, 5.0])
def test_images_of_equal_texts_and_mixed_images_belong_to_each_others_texts_in_parts(scale, kept):
    found = contrastive_loss(IMAGES, WORDS, torch.tensor(scale), TEXTS, kept=kept, partners=torch.tensor(PARTNERS))
    assert float(found) == pytest.approx(slowly(scale, kept), abs=1e-5)


def test_images_near_their_own_texts_lose_less_than_images_near_others():
    own = contrastive_loss(IMAGES, IMAGES, torch.tensor(9.0), list("abcd"), kept=1.0, partners=torch.arange(4))
    other = contrastive_loss(
        IMAGES, IMAGES.flip(0), torch.tensor(9.0), list("abcd"), kept=1.0, partners=torch.arange(4)
    )
    assert own < other


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_label_loss_is_the_mean_over_rows_whose_answer_is_known(smoothing):
    logits = [[1.0, 2.0, 0.5], [3.0, 0.0, 1.0], [0.0, 0.0, 4.0]]
    wanted = [1, UNKNOWN, 0]
    expected = []
    for row, answer in zip(logits, wanted, strict=True):
        if answer != UNKNOWN:
            logs = [log(share(row, place)) for place in range(3)]
            expected.append(-(1 - smoothing) * logs[answer] - smoothing * sum(logs) / 3)
    found = label_loss(torch.tensor(logits), torch.tensor(wanted), smoothing)
    assert float(found) == pytest.approx(sum(expected) / 2)


def test_where_no_answer_is_known_the_loss_is_nought_and_can_be_learned_from():
    said = torch.tensor([[1.0, 2.0]], requires_grad=True)
    loss = label_loss(said, torch.tensor([UNKNOWN]), 0.1)
    loss.backward()
    assert (loss.item(), said.grad.tolist()) == (0.0, [[0.0, 0.0]])
