"""BERTScore: how near two texts come word by word, as a language model sees the words in their place.

Any model of sentence-transformers by name or folder, a plain BERT too. No scaling by a baseline, no weights by rarity.

References
----------
Zhang, Kishore, Wu, Weinberger, Artzi, BERTScore: Evaluating Text Generation with BERT, ICLR 2020, section 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clip.sentence_encoder import BATCH, SentenceEncoder
from clip.vectors import Vectors

NOTHING = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class BertScorer:
    """A model that compares texts; words beyond its length are cut off."""

    encoder: SentenceEncoder

    @property
    def name(self) -> str:
        """The name of the model."""
        return self.encoder.name

    def scores(self, said: Sequence[str], real: Sequence[str]) -> list[tuple[float, float, float]]:
        """Return precision, recall and F1 of each said text beside the real one; 0 where one of them is empty."""
        said_words, real_words = self._words_of(said), self._words_of(real)
        return [_score(first, second) for first, second in zip(said_words, real_words, strict=True)]

    def _words_of(self, texts: Sequence[str]) -> list[Vectors]:
        """Return the unit vectors of the word pieces of each text, without the marks that a model puts around it."""
        model = self.encoder.model
        found = model.encode(
            list(texts),
            batch_size=BATCH,
            output_value="token_embeddings",
            convert_to_numpy=False,
            show_progress_bar=False,
        )
        words = []
        for text, rows in zip(texts, found, strict=True):
            vectors = rows.detach().cpu().numpy().astype(np.float32)
            marks = model.tokenizer(
                text, truncation=True, max_length=model.max_seq_length, return_special_tokens_mask=True
            )["special_tokens_mask"]
            kept = vectors[: len(marks)][~np.asarray(marks, dtype=bool)]
            words.append(kept / np.linalg.norm(kept, axis=1, keepdims=True))
        return words


def _score(said: Vectors, real: Vectors) -> tuple[float, float, float]:
    if not len(said) or not len(real):
        return NOTHING
    near = said @ real.T
    precision, recall = float(near.max(axis=1).mean()), float(near.max(axis=0).mean())
    total = precision + recall
    return precision, recall, 2 * precision * recall / total if total > 0 else 0.0
