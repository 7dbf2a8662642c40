"""Whether a tokenizer belongs to its model and reads capitals as its vocabulary has them; and how much fits in a text.

A folder without a tokenizer is opened by transformers all the same: with a vocabulary of special words only, and in
small letters. BioBERT is published so: a cased ``vocab.txt`` and no ``tokenizer_config.json``
(https://github.com/dmis-lab/biobert/issues/163).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from clip.model_files import CONFIG, MODULES, read_settings
from ingest.errors import UnfitModel

# Of the pieces of two letters or more, a third has capitals in a cased vocabulary (BERT, RoBERTa), none in an uncased.
CASED_SHARE = 0.01
_CAPITALS = re.compile(r"[A-Z]")
_LETTERS = re.compile(r"[A-Za-z]{2}")
NO_LENGTH = 10**9  # transformers writes 1e30 where a tokenizer has no length
SAMPLE = 200  # pieces on which the tokenizer is tried


def fit_tokenizer(what: str, tokenizer: Any, network: Any, *, folder: Path | None = None) -> tuple[str, ...]:
    """Check the tokenizer against its model, and correct its reading of capitals and its length.

    Parameters
    ----------
    what : str
        What the messages call the model: "encoder 'sentence-transformers:biobert'".
    tokenizer : PreTrainedTokenizerBase
        Changed where it reads capitals otherwise than its vocabulary has them, or more than the model has places for.
    network : PreTrainedModel
        The model that reads its word pieces.
    folder : Path, optional
        Where its files lie: what they say of capitals is kept.

    Returns
    -------
    tuple of str
        What was corrected or is notable, a sentence each.

    Raises
    ------
    UnfitModel
        If there is no vocabulary, it is that of another model, or texts cannot be read together.
    """
    if tokenizer is None or not hasattr(tokenizer, "get_vocab"):
        raise UnfitModel(f"{what} has no tokenizer, so it cannot read texts. Use a model of texts.")
    _require_network_vocabulary(what, tokenizer, network)
    if tokenizer.pad_token_id is None:
        raise UnfitModel(
            f"{what} has no padding token (it is of kind '{network.config.model_type}'), so it cannot read texts side "
            "by side. Use an encoder such as a BERT."
        )
    notices = [*fit_capitals(what, tokenizer, folder), *_correct_length(what, tokenizer, network)]
    return tuple(notices)


def _require_words(what: str, tokenizer: Any) -> None:
    vocabulary = tokenizer.get_vocab()
    if not set(vocabulary) - set(tokenizer.all_special_tokens):
        raise UnfitModel(
            f"{what} has no vocabulary: every word would be unknown. Copy the files of its tokenizer beside the "
            "weights (vocab.txt, tokenizer.json, or vocab.json with merges.txt)."
        )


def _require_network_vocabulary(what: str, tokenizer: Any, network: Any) -> None:
    _require_words(what, tokenizer)
    rows = network.get_input_embeddings().num_embeddings
    needed = max(tokenizer.get_vocab().values()) + 1
    if needed > rows:
        raise UnfitModel(
            f"{what} has a vocabulary of {needed} word pieces and a model that knows {rows}: they belong to different "
            "models. Copy the vocabulary of this model."
        )


def fit_capitals(what: str, tokenizer: Any, folder: Path | None = None) -> list[str]:
    """Let a tokenizer read capitals as its vocabulary has them; return what is to be told, a sentence each.

    Where the files in the folder say that texts are read in small letters, the model was tuned so and it stays so.

    Raises
    ------
    UnfitModel
        If there is no vocabulary.
    """
    _require_words(what, tokenizer)
    pieces = [piece for piece in tokenizer.get_vocab() if _LETTERS.search(piece) and not _special(piece, tokenizer)]
    capitals = [piece for piece in pieces if _CAPITALS.search(piece)]
    if not hasattr(tokenizer, "backend_tokenizer") or not pieces:
        return []
    lowers = _lowers(tokenizer, capitals or pieces)
    if lowers and len(capitals) >= CASED_SHARE * len(pieces):
        if folder is not None and says_small_letters(folder):
            return [f"{what} reads texts in lower case, as its own settings say, although its vocabulary has capitals."]
        _keep_capitals(tokenizer)
        return [f"{what} read texts in lower case although its vocabulary has capitals: it now keeps them."]
    if not lowers and not capitals:
        _lower(tokenizer)
        return [f"{what} kept capitals although its vocabulary has none: it now reads texts in lower case."]
    return []


def says_small_letters(folder: Path) -> bool:
    """Tell whether the files of a model say that it reads texts in small letters.

    It is ``do_lower_case`` of the tokenizer or of sentence-transformers, whose folders say it by tokenizer.json too.
    """
    for part in (folder, *folder.glob("*_Transformer")):
        names = ("tokenizer_config.json", "sentence_bert_config.json")
        if any(read_settings(part / name).get("do_lower_case") for name in names):
            return True
        if (folder / MODULES).is_file() and (part / "tokenizer.json").is_file():
            return True
    return False


def _special(piece: str, tokenizer: Any) -> bool:
    return piece in tokenizer.all_special_tokens or (piece[0] in "[<" and piece[-1] in "]>")


def _lowers(tokenizer: Any, pieces: Sequence[str]) -> bool:
    """Tell whether words are read as if they had no capitals, by what comes before the vocabulary."""
    words = [re.sub(r"[^A-Za-z]", "", piece).capitalize() for piece in pieces[:SAMPLE]]
    normalizer = tokenizer.backend_tokenizer.normalizer
    seen = [normalizer.normalize_str(word) if normalizer else word for word in words]
    return not any(_CAPITALS.search(word) for word in seen)


def _keep_capitals(tokenizer: Any) -> None:
    from tokenizers import Tokenizer

    said = json.loads(tokenizer.backend_tokenizer.to_str())
    said["normalizer"] = _with_capitals(said["normalizer"])
    tokenizer.backend_tokenizer.normalizer = Tokenizer.from_str(json.dumps(said)).normalizer
    _remember(tokenizer, lower=False)


def _with_capitals(normalizer: dict[str, Any]) -> dict[str, Any] | None:
    if normalizer["type"] == "Sequence":
        kept = [_with_capitals(part) for part in normalizer["normalizers"]]
        return {**normalizer, "normalizers": [part for part in kept if part]}
    if normalizer["type"] == "Lowercase":
        return None
    return {**normalizer, "lowercase": False} if "lowercase" in normalizer else normalizer


def _lower(tokenizer: Any) -> None:
    from tokenizers import normalizers

    backend = tokenizer.backend_tokenizer
    if isinstance(backend.normalizer, normalizers.BertNormalizer):
        backend.normalizer.lowercase = True
    else:
        parts = [normalizers.Lowercase(), *([backend.normalizer] if backend.normalizer else [])]
        backend.normalizer = normalizers.Sequence(parts)
    _remember(tokenizer, lower=True)


def _remember(tokenizer: Any, *, lower: bool) -> None:
    """Let the tokenizer write down how it reads capitals when it is saved."""
    tokenizer.init_kwargs["do_lower_case"] = lower
    tokenizer.do_lower_case = lower


def _correct_length(what: str, tokenizer: Any, network: Any) -> list[str]:
    places = usable_length(network)
    if places is None or tokenizer.model_max_length <= places:
        return []
    said, tokenizer.model_max_length = tokenizer.model_max_length, places
    if said > NO_LENGTH or said == getattr(network.config, "max_position_embeddings", None):
        return []  # no length of its own, or the number that sentence-transformers takes then
    return [f"{what} says that it reads {said} word pieces and has places for {places}: longer texts are cut there."]


def usable_length(network: Any) -> int | None:
    """Return how many word pieces the model has places for; None where that is not limited.

    RoBERTa and its kin count places from the padding's number on: of 514 they use 512.
    """
    for name, module in network.named_modules():
        if name.rpartition(".")[2] in ("position_embeddings", "wpe") and hasattr(module, "num_embeddings"):
            before = 0 if module.padding_idx is None else module.padding_idx + 1
            return module.num_embeddings - before
    limit = getattr(network.config, "max_position_embeddings", None)
    return limit if limit and limit > 0 else None


def describes_clip(folder: Path) -> bool:
    """Tell whether a folder holds a CLIP in the form of transformers, with an image encoder."""
    return read_settings(folder / CONFIG).get("model_type") == "clip"
