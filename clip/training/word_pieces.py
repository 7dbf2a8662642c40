"""A vocabulary of word pieces, learned from texts (Schuster and Nakajima, ICASSP 2012; as BERT uses it)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import InputError

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

LEAST_FREQUENCY = 2  # a piece that one text has once teaches nothing


def learn_word_pieces(texts: Iterable[str], size: int, longest: int, folder: Path) -> PreTrainedTokenizerBase:
    """Learn a lower-case vocabulary and save it in `folder` as a tokenizer of transformers.

    Parameters
    ----------
    size : int
        Most word pieces, letters and special ones included.
    longest : int
        Most word pieces of one text; what is beyond is cut off.

    Raises
    ------
    InputError
        If the texts are empty.
    """
    from tokenizers import BertWordPieceTokenizer
    from transformers import BertTokenizerFast

    learned = BertWordPieceTokenizer(lowercase=True)
    learned.train_from_iterator(texts, vocab_size=size, min_frequency=LEAST_FREQUENCY, show_progress=False)
    if learned.get_vocab_size() <= len("abcdefghijklmnopqrstuvwxyz"):
        raise InputError("there are no texts to learn words from. Ingest cases with texts first.")
    tokenizer = BertTokenizerFast(tokenizer_object=learned._tokenizer, model_max_length=longest, do_lower_case=True)
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save_pretrained(str(folder))
    return tokenizer
