"""Cross-encoders of sentence-transformers: models that read a question and a text together and say how well they fit.

Any by name or folder, for example ``cross-encoder/ms-marco-MiniLM-L6-v2``. A folder never makes anything be downloaded;
a hub name does, because it asks for it. Code that comes with a model is never run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clip.quiet import quiet_libraries
from clip.sentence_encoder import certain_weights, folder_of, opening, require_all_weights
from clip.vocabulary import fit_tokenizer
from clip.weights import device_name
from ingest.errors import InputError

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder as Model

BATCH = 16  # pairs at once: under 1 GB with BERT-sized models


@dataclass(frozen=True, eq=False)
class CrossEncoder:
    """A cross-encoder, ready to score."""

    name: str
    model: Model

    def score(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return how well each text fits the question, higher is better; words beyond the model's length are cut off.

        Raises
        ------
        InputError
            If the model has more than one score for a pair, or one that is no number.
        """
        pairs = [(question, text) for text in texts]
        scores = np.asarray(self.model.predict(pairs, batch_size=BATCH, show_progress_bar=False), dtype=np.float32)
        if scores.shape != (len(texts),) or not np.all(np.isfinite(scores)):
            raise InputError(f"reranker '{self.name}' does not give one score for each text. Use another model.")
        return scores


def load_cross_encoder(name: str) -> CrossEncoder:
    """Load a cross-encoder by the name or folder of its model.

    Raises
    ------
    InputError
        If the folder is missing, or what is in it cannot be used without running its code.
    UnfitModel
        If the folder is not complete, or its vocabulary is not that of the model.
    EngineUnreachable
        If the name asks for a download that fails.
    """
    from sentence_transformers import CrossEncoder as Model

    what = f"reranker '{name}'"
    with opening("reranker", name, name) as (place, local), certain_weights(), quiet_libraries():
        model = Model(place, device=device_name(), trust_remote_code=False, local_files_only=local)
        model.float()
        fit_tokenizer(what, model.tokenizer, model.model, folder=folder_of(place, local))
        if local:
            require_all_weights(what, Path(place), model.model)
    return CrossEncoder(name, model)
