"""What stage 2 makes small: images far from their texts, and wrong labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clip.training.labels import UNKNOWN

if TYPE_CHECKING:
    from torch import Tensor


def contrastive_loss(
    images: Tensor, words: Tensor, scale: Tensor, texts: Sequence[str], *, kept: float, partners: Tensor
) -> Tensor:
    """Return the mean cross-entropy of images over texts and of texts over images.

    Parameters
    ----------
    images, words : Tensor of shape (n, d)
        Unit vectors; image i is the share `kept` of image i and the rest of image ``partners[i]``.
    texts : sequence of str, length n
        Images of equal texts belong to each other's texts too, in equal parts.
    """
    import torch

    numbers = torch.tensor([texts.index(text) for text in texts])
    same = (numbers[:, None] == numbers[None, :]).float()
    belongs = (kept * same + (1 - kept) * same[partners]).to(images.device)
    logits = scale * images @ words.T
    by_image = -(belongs / belongs.sum(1, keepdim=True) * logits.log_softmax(1)).sum(1).mean()
    by_text = -(belongs / belongs.sum(0, keepdim=True) * logits.log_softmax(0)).sum(0).mean()
    return (by_image + by_text) / 2


def label_loss(said: Tensor, wanted: Tensor, smoothing: float) -> Tensor:
    """Return the mean over the rows whose answer is known; 0 where there is none."""
    from torch.nn.functional import cross_entropy

    known = wanted != UNKNOWN
    if not bool(known.any()):
        return said.sum() * 0
    return cross_entropy(said[known], wanted[known], label_smoothing=smoothing)
