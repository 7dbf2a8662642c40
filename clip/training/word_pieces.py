"""A vocabulary of word pieces, learned from texts (Schuster and Nakajima, ICASSP 2012; as BERT uses it)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.case import sha256_of_json
from ingest.errors import InputError
from ingest.files import write_file

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

SOURCE = "vocabulary.json"  # what the vocabulary was learned from
SPECIAL_WORDS = {
    "pad_token": "[PAD]",
    "unk_token": "[UNK]",
    "cls_token": "[CLS]",
    "sep_token": "[SEP]",
    "mask_token": "[MASK]",
}
MIN_FREQUENCY = 2  # a piece that one text has once teaches nothing


def learn_word_pieces(texts: Sequence[str], size: int, longest: int, folder: Path) -> PreTrainedTokenizerBase:
    """Learn a lower-case vocabulary and save it in `folder` as a tokenizer of transformers.

    A folder that holds the vocabulary of the same texts keeps it: of pieces that are equally frequent, the library
    chooses other ones each time.

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
    from transformers import AutoTokenizer, PreTrainedTokenizerFast

    source = {"texts_sha256": sha256_of_json(list(texts)), "size": size, "longest": longest}
    written = folder / SOURCE
    if written.is_file() and json.loads(written.read_bytes()) == source:
        return AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
    learned = BertWordPieceTokenizer(lowercase=True)
    learned.train_from_iterator(texts, vocab_size=size, min_frequency=MIN_FREQUENCY, show_progress=False)
    if learned.get_vocab_size() <= len("abcdefghijklmnopqrstuvwxyz"):
        raise InputError("there are no texts to learn words from. Ingest cases with texts first.")
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=learned._tokenizer, model_max_length=longest, **SPECIAL_WORDS)
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save_pretrained(str(folder))
    write_file(written, json.dumps(source))
    return tokenizer
