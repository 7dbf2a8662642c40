"""Models small enough to be made in a test, in the formats of open_clip and sentence-transformers, never trained."""

from __future__ import annotations

import json
import string
from collections.abc import Sequence
from pathlib import Path
from typing import Any

TINY_CLIP: dict[str, Any] = {
    "embed_dim": 16,
    "vision_cfg": {"image_size": 32, "layers": 1, "width": 32, "head_width": 16, "patch_size": 16},
    "text_cfg": {"context_length": 24, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 1},
}
RESNET = {"image_size": 32, "layers": [1, 1, 1, 1], "width": 8, "patch_size": None}
BERT_TEXT = {
    "hf_model_name": "owner/biobert",
    "hf_tokenizer_name": "owner/biobert",
    "hf_pooler_type": "mean_pooler",
    "hf_proj_type": "linear",
    "context_length": 24,
}
SMALL_ENCODER: dict[str, Any] = {
    "hidden_size": 24,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 32,
}
SPECIAL_WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
WORDS = [
    *SPECIAL_WORDS,
    "a",
    "the",
    "of",
    "in",
    "brain",
    "lung",
    "kidney",
    "mass",
    "cyst",
    "left",
    "right",
    "lobe",
    "no",
    "with",
    "scan",
    *string.ascii_lowercase[1:],
    *(f"##{letter}" for letter in string.ascii_lowercase),
    *string.digits,
    *(f"##{digit}" for digit in string.digits),
    *string.punctuation,
]


def write_clip_folder(folder: Path, *, seed: int = 0, mean: float = 0.48) -> Path:
    """Write a folder as `open_clip` publishes them: open_clip_config.json and weights as safetensors."""
    folder.mkdir(parents=True, exist_ok=True)
    config = {"model_cfg": TINY_CLIP, "preprocess_cfg": {"mean": [mean] * 3, "std": [0.27] * 3}}
    (folder / "open_clip_config.json").write_text(json.dumps(config))
    write_clip_weights(folder / "open_clip_model.safetensors", seed=seed)
    return folder


def write_clip_weights(path: Path, *, seed: int = 0) -> Path:
    """Write the weights of a tiny model, as safetensors or, by suffix, as a torch archive."""
    import open_clip
    import torch
    from safetensors.torch import save_file

    torch.manual_seed(seed)
    weights = open_clip.CLIP(**TINY_CLIP).state_dict()
    if path.suffix == ".safetensors":
        save_file({name: tensor.contiguous() for name, tensor in weights.items()}, path)
    else:
        torch.save(weights, path)
    return path


def write_bert_folder(folder: Path, *, seed: int = 0, words: Sequence[str] = WORDS) -> Path:
    """Write a plain BERT, as BioBERT is published: no word on how to make a sentence of its words."""
    from transformers import BertModel

    return _write_bert(folder, BertModel, seed, words)


def write_published_bert_folder(folder: Path, *, words: Sequence[str] = WORDS) -> Path:
    """Write the tiny BERT with the very files that BioBERT's folder has: weights of torch and a plain vocabulary."""
    import torch
    from safetensors.torch import load_file

    write_bert_folder(folder, words=words)
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    for path in folder.iterdir():
        if path.name not in ("config.json", "pytorch_model.bin", "vocab.txt"):
            path.unlink()
    return folder


def write_sentence_folder(folder: Path, *, seed: int = 0) -> Path:
    """Write a model of sentence-transformers: the tiny BERT and the mean of its word vectors."""
    from sentence_transformers import SentenceTransformer

    SentenceTransformer(str(write_bert_folder(folder / "bert", seed=seed))).save(str(folder / "sentences"))
    return folder / "sentences"


def write_cross_encoder_folder(folder: Path, *, seed: int = 0, labels: int = 1) -> Path:
    """Write a cross-encoder: the tiny BERT with a head that scores a pair of texts."""
    from transformers import BertForSequenceClassification

    # large numbers to begin with, so that texts get scores that differ
    return _write_bert(folder, BertForSequenceClassification, seed, num_labels=labels, initializer_range=1.0)


def _write_bert(folder: Path, kind: Any, seed: int, words: Sequence[str] = WORDS, **settings: Any) -> Path:
    import torch
    from transformers import BertConfig, BertTokenizerFast  # pyright: ignore[reportAttributeAccessIssue]

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.txt").write_text("\n".join(words))
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=24,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=40,
        **settings,
    )
    kind(config).save_pretrained(folder)
    BertTokenizerFast(str(folder / "vocab.txt"), model_max_length=40).save_pretrained(folder)
    return folder


def write_hugging_face_clip_folder(folder: Path, *, activation: str = "quick_gelu", mean: float = 0.48) -> Path:
    """Write a CLIP in the form of transformers, with a vocabulary of its own and how images come."""
    import torch
    from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel

    tokenizer = _byte_tokenizer("<|startoftext|>", "<|endoftext|>")
    encoder = {"hidden_size": 32, "intermediate_size": 50, "num_hidden_layers": 1, "num_attention_heads": 2}
    text = {"vocab_size": len(tokenizer), "max_position_embeddings": 24, "eos_token_id": tokenizer.eos_token_id}
    config = CLIPConfig(
        text_config={**encoder, **text, "hidden_act": activation},
        vision_config={**encoder, "image_size": 32, "patch_size": 16, "hidden_act": activation},
        projection_dim=16,
    )
    torch.manual_seed(0)
    CLIPModel(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    size = {"height": 32, "width": 32}
    images = CLIPImageProcessor(size={"shortest_edge": 32}, crop_size=size, image_mean=[mean] * 3, image_std=[0.27] * 3)
    images.save_pretrained(folder)
    return folder


def write_roberta_folder(folder: Path, *, places: int = 514, pooler: bool = True) -> Path:
    """Write a RoBERTa without a word on its length: of its places for word pieces it uses two less."""
    import torch
    from transformers import RobertaConfig, RobertaModel

    tokenizer = _byte_tokenizer("<s>", "</s>")
    folder.mkdir(parents=True)
    tokenizer.backend_tokenizer.model.save(str(folder))
    torch.manual_seed(0)
    config = RobertaConfig(
        vocab_size=len(tokenizer) + 8,
        hidden_size=24,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=places,
        pad_token_id=1,
    )
    RobertaModel(config, add_pooling_layer=pooler).save_pretrained(folder)
    return folder


def _byte_tokenizer(start: str, end: str) -> Any:
    """Return a tokenizer that knows every text, byte by byte."""
    from tokenizers import ByteLevelBPETokenizer
    from tokenizers.processors import RobertaProcessing
    from transformers import PreTrainedTokenizerFast

    learned = ByteLevelBPETokenizer()
    special = [start, "<pad>", end, "<unk>", "<mask>"]
    learned.train_from_iterator(["a Mass in the left lung", "CT of the brain"] * 4, 300, 2, False, special)
    learned._tokenizer.post_processor = RobertaProcessing((end, 2), (start, 0))
    names = {"bos_token": start, "eos_token": end, "pad_token": "<pad>", "unk_token": "<unk>"}
    return PreTrainedTokenizerFast(tokenizer_object=learned._tokenizer, model_max_length=24, **names)


def convert_weights(folder: Path, dtype: Any = None, *, prefix: str = "") -> Path:
    """Write the weights of a folder again as another type of number, or with a prefix before their names."""
    from safetensors.torch import load_file, save_file

    for path in folder.glob("*.safetensors"):
        weights = load_file(path)
        kept = {f"{prefix}{name}": value.to(dtype) if dtype else value for name, value in weights.items()}
        save_file(kept, path, metadata={"format": "pt"})
    config = folder / "config.json"
    if dtype and config.is_file():
        config.write_text(json.dumps({**json.loads(config.read_bytes()), "dtype": str(dtype).removeprefix("torch.")}))
    return folder


def write_mpnet_folder(folder: Path) -> Path:
    """Write an MPNet, which like RoBERTa has two places less than it says, with a vocabulary of word pieces."""
    from transformers import BertTokenizerFast, MPNetConfig, MPNetModel  # pyright: ignore[reportAttributeAccessIssue]

    words = ["<s>", "<pad>", "</s>", "<mask>", *WORDS]
    config = MPNetConfig(vocab_size=len(words), max_position_embeddings=42, **SMALL_ENCODER)
    MPNetModel(config).save_pretrained(folder)
    (folder / "vocab.txt").write_text("\n".join(words))
    names = {"bos_token": "<s>", "cls_token": "<s>", "eos_token": "</s>", "sep_token": "</s>", "pad_token": "<pad>"}
    BertTokenizerFast(str(folder / "vocab.txt"), mask_token="<mask>", **names).save_pretrained(folder)
    return folder


def write_xlm_roberta_folder(folder: Path) -> Path:
    """Write an XLM-R with a vocabulary of whole words and letters, as tokenizer.json."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast, XLMRobertaConfig, XLMRobertaModel

    words = [f"▁{word}" for word in [*WORDS, "The", "Brain", "MRI"] if word.isalpha()]
    scores = {"<s>": 0.0, "<pad>": 0.0, "</s>": 0.0, "<unk>": 0.0, "▁": -4.0} | dict.fromkeys(words, -2.0)
    scores |= dict.fromkeys([*string.ascii_letters, *string.digits, *string.punctuation], -6.0) | {"<mask>": 0.0}
    pieces = Tokenizer(models.Unigram(list(scores.items()), unk_id=3))
    pieces.pre_tokenizer = pre_tokenizers.Metaspace()
    names = {"bos_token": "<s>", "eos_token": "</s>", "cls_token": "<s>", "sep_token": "</s>", "pad_token": "<pad>"}
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=pieces, unk_token="<unk>", mask_token="<mask>", **names)
    config = XLMRobertaConfig(vocab_size=len(scores), max_position_embeddings=42, pad_token_id=1, **SMALL_ENCODER)
    XLMRobertaModel(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def write_distilbert_folder(folder: Path) -> Path:
    """Write a DistilBERT, with a tokenizer that says no length."""
    from transformers import BertTokenizerFast, DistilBertConfig, DistilBertModel  # pyright: ignore[reportAttributeAccessIssue]

    sizes = {"dim": 24, "n_layers": 1, "n_heads": 2, "hidden_dim": 32, "max_position_embeddings": 40}
    DistilBertModel(DistilBertConfig(vocab_size=len(WORDS), **sizes)).save_pretrained(folder)
    (folder / "vocab.txt").write_text("\n".join(WORDS))
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    return folder
