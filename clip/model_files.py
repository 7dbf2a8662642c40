"""Whether files of a model are what their names say, told before any library opens them.

What commonly lies in their place: a git-lfs pointer (a clone without ``git lfs pull``), a web page (a link to the page
of a file instead of the file), nothing, or the first part of a download.
"""

from __future__ import annotations

import json
import zipfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ingest.errors import UnfitModel

CONFIG = "config.json"
MODULES = "modules.json"
SETTINGS = (".json", ".txt", ".model")
WEIGHTS = ("*.safetensors", "pytorch_model*.bin")
OTHER_WEIGHTS = {"tf_model.h5": "TensorFlow", "flax_model.msgpack": "Flax", "*.ckpt*": "TensorFlow", "*.gguf": "GGUF"}
PIECES = ("sentencepiece.bpe.model", "spiece.model", "spm.model")  # XLM-RoBERTa; ALBERT and T5; DeBERTa
DUAL_ENCODERS = ("siglip", "siglip2", "align", "altclip", "blip", "chinese_clip", "vision-text-dual-encoder")
POINTER = b"version https://git-lfs.github.com/spec/v1"
PAGES = (b"<!doctype html", b"<html", b"<head", b"<?xml")
HEAD_BYTES = 512


def require_real_file(path: Path) -> Path:
    """Return the path if the file is what its name says, as far as that shows without opening it. Raises UnfitModel."""
    if problem := _problem_of(path):
        raise UnfitModel(f"'{path}' {problem}.")
    return path


def require_fetched(path: Path) -> Path:
    """Return the path if the file is not a pointer or a web page in its place. Raises UnfitModel."""
    with path.open("rb") as file:
        if problem := _problem_of_head(file.read(HEAD_BYTES), path.stat().st_size):
            raise UnfitModel(f"'{path}' {problem}.")
    return path


def require_transformers_folder(folder: Path) -> None:
    """Refuse a folder of transformers or sentence-transformers that lacks its configuration or weights.

    Raises
    ------
    UnfitModel
        If a file is missing, or is not what its name says.
    """
    for part in _parts(folder):
        require_settings(part)
        for path in _read_weights(part):
            require_real_file(path)
    for part in _parts(folder):
        _require_shards(part)
        _require_kind(part)
        _require_readable_pieces(part)
    if not (folder / MODULES).is_file():
        _require_plain_model(folder)


def require_settings(folder: Path) -> None:
    """Refuse a folder in which a file of settings or of a vocabulary is not what its name says. Raises UnfitModel."""
    if not folder.is_dir():
        raise UnfitModel(f"there is no folder '{folder}' with a model.")
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.suffix in SETTINGS:
            require_real_file(path)


def _read_weights(folder: Path) -> list[Path]:
    """Return the files of weights that are read: those of torch only where there are none of safetensors."""
    found = (sorted(path for path in folder.glob(pattern) if path.is_file()) for pattern in WEIGHTS)
    return next((paths for paths in found if paths), [])


def weights_of(folder: Path) -> list[Path]:
    """Return the files that hold the weights of a folder of transformers, shards one by one."""
    whole = folder / "model.safetensors"
    return [whole] if whole.is_file() else _read_weights(folder)


def _require_kind(folder: Path) -> None:
    kind = read_settings(folder / CONFIG).get("model_type")
    if kind in DUAL_ENCODERS:
        raise UnfitModel(
            f"'{folder}' is a model of images and texts of kind '{kind}', which is not supported. Use a CLIP (in "
            "Hugging Face's or open_clip's form), or an encoder of texts such as a BERT."
        )


def _require_readable_pieces(folder: Path) -> None:
    pieces = next((name for name in PIECES if (folder / name).is_file()), None)
    if pieces and not (folder / "tokenizer.json").is_file() and find_spec("sentencepiece") is None:
        raise UnfitModel(
            f"'{folder}' has its vocabulary as {pieces} only, which needs the package sentencepiece. Install it (pip "
            "install sentencepiece), or copy the model's tokenizer.json."
        )


def is_transformers_folder(folder: Path) -> bool:
    """Tell whether a folder looks like one of transformers or sentence-transformers, complete or not."""
    names = (CONFIG, MODULES, "tokenizer.json", "vocab.txt", "model.safetensors", "pytorch_model.bin", *OTHER_WEIGHTS)
    return any(path.is_file() for name in names for path in folder.glob(name))


def _parts(folder: Path) -> list[Path]:
    """Return the folder and those of its modules, where it is one of sentence-transformers."""
    return [folder, *(place.parent for place in sorted(folder.glob(f"*/{CONFIG}")))]


def _require_plain_model(folder: Path) -> None:
    if any(folder.glob("adapter_config.json")):
        raise UnfitModel(f"'{folder}' holds an adapter, not a model. Merge it into its model and save that.")
    if not (folder / CONFIG).is_file():
        raise UnfitModel(f"'{folder}' has no {CONFIG}. Copy all files of the model.")
    if any(path.is_file() for pattern in WEIGHTS for path in folder.glob(pattern)):
        return
    for pattern, library in OTHER_WEIGHTS.items():
        if other := sorted(folder.glob(pattern)):
            raise UnfitModel(
                f"'{folder}' has weights of {library} only ({other[0].name}), expected "
                "model.safetensors or pytorch_model.bin."
            )
    raise UnfitModel(f"'{folder}' has no weights, expected model.safetensors or pytorch_model.bin.")


def _require_shards(folder: Path) -> None:
    for index in sorted(folder.glob("*.index.json")):
        named = _json(index).get("weight_map", {})
        missing = sorted({str(name) for name in named.values() if not (folder / str(name)).is_file()})
        if missing:
            raise UnfitModel(f"'{folder}': {index.name} names '{missing[0]}', which is not there.")


def read_settings(path: Path) -> dict[str, Any]:
    """Return what a JSON file of settings says; nothing where there is no such file. Raises UnfitModel."""
    return _json(require_real_file(path)) if path.is_file() else {}


def _json(path: Path) -> dict[str, Any]:
    found = json.loads(path.read_bytes())
    return found if isinstance(found, dict) else {}


def _problem_of(path: Path) -> str | None:
    """Return what lies in the place of the file, as the end of a sentence; None where nothing is seen to be wrong."""
    size = path.stat().st_size
    if size == 0:
        return None if path.suffix == ".txt" and path.name != "vocab.txt" else "is empty (0 bytes): download it again"
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    return _problem_of_head(head, size) or _problem_of_form(path, size, head)


def _problem_of_head(head: bytes, size: int) -> str | None:
    if head.startswith(POINTER):
        return f"is a git-lfs pointer of {size} bytes, not the model: run git lfs pull"
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(PAGES):
        return "is a web page (HTML), not the model: download the file itself"
    return None


def _problem_of_form(path: Path, size: int, head: bytes) -> str | None:
    if path.suffix == ".safetensors":
        return _cut_off(path, size, head)
    if path.suffix == ".json":
        return _no_json(path)
    if head.startswith(b"PK\x03\x04") and not zipfile.is_zipfile(path):
        return "is cut off: download it again"
    return None


def _cut_off(path: Path, size: int, head: bytes) -> str | None:
    """Compare the size with what the header promises (safetensors: 8 bytes length, JSON, then the numbers)."""
    length = int.from_bytes(head[:8], "little")
    if size < 8 or length > size - 8:
        return "is cut off, or not a safetensors file: download it again"
    with path.open("rb") as file:
        file.seek(8)
        raw = file.read(length)
    try:
        parts = [part["data_offsets"][1] for name, part in json.loads(raw).items() if name != "__metadata__"]
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        return "is damaged, or not a safetensors file: download it again"
    promised = 8 + length + max(parts, default=0)
    return f"is cut off: it has {size} of {promised} bytes: download it again" if size < promised else None


def _no_json(path: Path) -> str | None:
    try:
        json.loads(path.read_bytes())
    except ValueError:
        return "is damaged: it is not JSON. Download it again"
    return None
