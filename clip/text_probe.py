"""Whether a text encoder can tell the texts that it is to embed apart, tried on some of them before it embeds all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from clip.encoders import TextEncoder
from ingest.errors import UnfitModel

# A vocabulary of word pieces spells what it does not know: BERTs on English reports have under 1 % unknown.
NOTABLE_UNKNOWN = 0.05
# From here on most of a text's vector is the vector of the unknown word.
MAX_UNKNOWN = 0.5
TEXTS_READ = 300  # read by the tokenizer: milliseconds
TEXTS_COMPARED = 16  # embedded: a second with a BERT
EQUAL = 1 - 1e-6  # cosine of float32 vectors that differ by rounding only
MAX_EQUAL_SHARE = 0.5  # of the pairs of different texts

RADIOLOGY_TEXTS = (
    "MRI of the brain shows a ring-enhancing mass in the left parietal lobe with surrounding edema.",
    "Axial contrast-enhanced CT of the abdomen: hypodense lesion in the liver, no calcification.",
    "Chest radiograph, frontal view, with a nodule in the right upper lobe and a small pleural effusion.",
    "Ultrasound demonstrates a cyst of the right kidney without hydronephrosis.",
    "Fracture of the distal radius with dorsal angulation; soft tissue swelling of the wrist.",
    "Hodgkin lymphoma with mediastinal lymphadenopathy; the spleen is normal.",
    "Acute infarction in the territory of the middle cerebral artery, T2 hyperintense.",
    "Biopsy confirmed metastatic adenocarcinoma of the colon in a 60-year-old woman with pain.",
)
"""Words that reports of radiology commonly have, to try an encoder on without any cases."""


def probe_text_encoder(encoder: TextEncoder, texts: Sequence[str]) -> tuple[str, ...]:
    """Return what is notable of the encoder and these texts, a sentence each.

    Parameters
    ----------
    texts : sequence of str
        What it is to embed; some of them are tried, spread evenly.

    Raises
    ------
    UnfitModel
        If most of the texts' words are unknown to it, or different texts get the same vector.
    """
    notices = [*getattr(encoder, "notices", ()), *_unknown(encoder, _spread(texts, TEXTS_READ))]
    _require_different_vectors(encoder, _spread(sorted(set(texts)), TEXTS_COMPARED))
    return tuple(notices)


def _spread(texts: Sequence[str], most: int) -> list[str]:
    return [str(texts[place]) for place in np.linspace(0, len(texts) - 1, min(most, len(texts))).astype(int)]


def _unknown(encoder: TextEncoder, texts: Sequence[str]) -> list[str]:
    share = unknown_share(_tokenizer_of(encoder), texts)
    if share > MAX_UNKNOWN:
        raise UnfitModel(
            f"text encoder '{encoder.name}' does not know {share:.0%} of the words of these texts, expected under "
            f"{NOTABLE_UNKNOWN:.0%}: its vocabulary is another model's, or of another language. Copy its own "
            "vocabulary, or choose another encoder."
        )
    if share > NOTABLE_UNKNOWN:
        return [f"Text encoder '{encoder.name}' does not know {share:.0%} of the words of these texts."]
    return []


def unknown_share(tokenizer: Any, texts: Sequence[str]) -> float:
    """Return the share of word pieces that are the unknown one; 0 where the tokenizer has none."""
    unknown = getattr(tokenizer, "unk_token_id", None)
    if unknown is None or not texts:
        return 0.0
    rows = tokenizer(list(texts), add_special_tokens=False, verbose=False)["input_ids"]
    pieces = [piece for row in rows for piece in row]
    return pieces.count(unknown) / max(len(pieces), 1)


def _tokenizer_of(encoder: TextEncoder) -> Any:
    """Return the tokenizer of transformers that an encoder has; None for the others, which have no unknown word."""
    model = getattr(encoder, "model", None)
    return getattr(getattr(encoder, "tokenizer", None), "tokenizer", None) or getattr(model, "tokenizer", None)


def _require_different_vectors(encoder: TextEncoder, texts: Sequence[str]) -> None:
    different = _read_differently(encoder, texts)
    if len(different) < 2:
        return
    vectors = encoder.embed_texts(different)
    cosines = (vectors @ vectors.T)[np.triu_indices(len(different), k=1)]
    share = float(np.mean(cosines > EQUAL))
    if share > MAX_EQUAL_SHARE:
        raise UnfitModel(
            f"text encoder '{encoder.name}' gives different texts the same vector ({share:.0%} of the pairs tried). "
            "Its weights are not those of a trained model: copy them again, or choose another encoder."
        )


def _read_differently(encoder: TextEncoder, texts: Sequence[str]) -> list[str]:
    """Leave out texts that the tokenizer reads as an earlier one: its own words in capitals, or cut off alike."""
    tokenizer = _tokenizer_of(encoder)
    if tokenizer is None:
        return list(texts)
    rows = tokenizer(list(texts), truncation=True, verbose=False)["input_ids"]
    return list({tuple(row): text for row, text in zip(rows, texts, strict=True)}.values())
