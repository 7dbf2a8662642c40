"""Add a model to a workspace: a file of weights or a folder becomes a folder of safetensors and JSON, digests recorded.

What can be added: a file of weights of an architecture that CaseGraph or open_clip knows; a folder in open_clip's
form, or a CLIP in that of transformers; a model that ``casegraph train`` made, with its heads; a folder of
transformers or sentence-transformers for texts. Weights are read as safetensors, or by torch's reader of tensors
only. A TorchScript archive holds code: it is read only where its SHA-256 is the publisher's own.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from clip.model_files import is_transformers_folder
from clip.model_folder import (
    CONFIG,
    NO_VOCABULARY,
    OPEN_CLIP,
    OWN_VOCABULARY,
    TEXT,
    WEIGHTS,
    build_model,
    image_form,
    is_own_folder,
    save_model_folder,
    takes_text_folder,
)
from clip.quiet import quiet_libraries
from clip.registry import (
    ADDED,
    IMAGES_AND_TEXTS,
    RECORD,
    TEXTS,
    AddedModel,
    described_models,
    files_below,
    read_added,
    require_free_name,
)
from clip.vocabulary import describes_clip, fit_capitals
from clip.weights import WEIGHT_FILES, read_tensors, sha256_of_file
from ingest.errors import InputError, StorageError
from ingest.files import unfinished_path
from ingest.remedies import Remedy, RemedyAction

TRAINED_FILES = (CONFIG, WEIGHTS, f"{TEXT}/*.json", "heads.json", "heads-*.safetensors")


def add_model(
    name: str,
    source: Path,
    folder: Path,
    *,
    architecture: str | None = None,
    text_folder: Path | None = None,
    tell: Callable[[str], None] = lambda notice: None,
) -> AddedModel:
    """Add a model under a name of one's own, in place of an earlier one of that name.

    Parameters
    ----------
    source : Path
        The file of weights or the folder; it is read, never changed.
    folder : Path
        The workspace's folder of models.
    architecture : str, optional
        What a file of weights belongs to: a model that CaseGraph describes, or one of open_clip; by default `name`.
    text_folder : Path, optional
        Folder of transformers with configuration and vocabulary of the text encoder, where that is not CLIP's own.
    tell : callable
        Told, a sentence each, what was corrected and what is notable of a model of texts.

    Raises
    ------
    InputError
        If the name is taken, the source is no model, its weights do not fit, or it could run code.
    StorageError
        If it cannot be written; nothing is left behind then.
    """
    require_free_name(name)
    with _staged(folder / ADDED, name) as place, quiet_libraries():
        kind = _write(place, source, architecture or name, text_folder, tell)
        record = {
            "kind": kind,
            "source_name": source.resolve().name,
            "source_sha256": sha256_of_file(source) if source.is_file() else None,
            "files": {path: sha256_of_file(place / path) for path in files_below(place)},
        }
        (place / RECORD).write_text(json.dumps(record, indent=1), encoding="utf-8")
    return read_added(folder / ADDED / name)


@contextmanager
def _staged(folder: Path, name: str) -> Iterator[Path]:
    """Give an empty folder that takes the place of ``folder/name`` when all went well."""
    place, target, older = (unfinished_path(folder), folder / name, folder / f".{name}.older")
    try:
        place.mkdir(parents=True)
        yield place
        shutil.rmtree(older, ignore_errors=True)
        if target.exists():
            target.replace(older)
        place.replace(target)
        shutil.rmtree(older, ignore_errors=True)
    except OSError as error:
        raise StorageError(f"model '{name}' could not be written to {folder}: {error.strerror}.") from error
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _write(place: Path, source: Path, architecture: str, text_folder: Path | None, tell: Callable[[str], None]) -> str:
    """Write the model into `place` and return its kind."""
    if source.is_file():
        _write_model(place, source, _architecture(architecture), text_folder, _published_sha256(architecture))
    elif is_own_folder(source):
        _copy_trained(place, source)
    elif (source / CONFIG).is_file():
        _write_model(place, _weights_in(source), _read_config(source), text_folder, None)
    elif describes_clip(source):
        _write_hugging_face_clip(place, source)
    elif is_transformers_folder(source):
        _write_text_encoder(place, source, tell)
        return TEXTS
    else:
        raise InputError(
            f"'{source}' is not a model: expected a file of weights, or a folder with {CONFIG}, config.json or "
            "modules.json."
        )
    return IMAGES_AND_TEXTS


def _architecture(name: str) -> Mapping[str, Any]:
    """Return ``model_cfg`` and ``preprocess_cfg`` of a model that CaseGraph or open_clip knows."""
    import open_clip

    described = described_models().get(name)
    if described and "model_cfg" in described.config:
        return described.config
    if name not in open_clip.list_models():
        known = ", ".join(each.name for each in described_models().values() if "model_cfg" in each.config)
        raise InputError(
            f"'{name}' is not an architecture that a file of weights could belong to. Name one of {known}, or one of "
            "open_clip.list_models().",
            remedy=Remedy(RemedyAction.NAME_ARCHITECTURE),
        )
    return {"model_cfg": dict(open_clip.get_model_config(name) or {}), "preprocess_cfg": {}}


def _published_sha256(name: str) -> str | None:
    described = described_models().get(name)
    return described.weights.sha256 if described else None


def _read_config(folder: Path) -> Mapping[str, Any]:
    try:
        said = json.loads((folder / CONFIG).read_bytes())
        return {"model_cfg": dict(said["model_cfg"]), "preprocess_cfg": dict(said.get("preprocess_cfg", {}))}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{folder / CONFIG} is not a configuration of open_clip: it needs a model_cfg.") from error


def _weights_in(folder: Path) -> Path:
    found = sorted(folder.glob("*.safetensors")) or [path for path in sorted(folder.iterdir()) if _is_weights(path)]
    if len(found) != 1:
        raise InputError(f"'{folder}' holds {len(found)} files of weights, expected one. Name the file instead.")
    return found[0]


def _is_weights(path: Path) -> bool:
    return path.suffix in WEIGHT_FILES


def _write_model(
    place: Path, weights: Path, config: Mapping[str, Any], text_folder: Path | None, published: str | None
) -> None:
    """Write a model of open_clip, its weights checked against its architecture number by number."""
    from clip.open_clip_encoder import load_checked

    if not _is_weights(weights):
        raise InputError(f"weights '{weights}' are not read: expected one of {', '.join(WEIGHT_FILES)}.")
    described = place / "described"
    if takes_text_folder(config["model_cfg"]):
        _write_text_folder(_text_folder(config["model_cfg"], text_folder), described)
    tensors = read_tensors(weights, published)
    _refuse_other_names(weights, tensors)
    try:
        model = build_model(config["model_cfg"], described)
        load_checked(model, tensors)
    except (RuntimeError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"the weights '{weights}' cannot be used ({type(error).__name__}): they are damaged, or of another "
            "architecture. Name the right one.",
            remedy=Remedy(RemedyAction.NAME_ARCHITECTURE),
        ) from error
    kept = {"model_cfg": config["model_cfg"], "preprocess_cfg": _preprocessing(config)}
    save_model_folder(place, model, kept, described, images=_images(config), small=False)
    shutil.rmtree(described, ignore_errors=True)


def _refuse_other_names(weights: Path, tensors: Mapping[str, Any]) -> None:
    if any(name.startswith("vision_model.") for name in tensors):
        raise InputError(
            f"the weights '{weights}' are those of a CLIP in Hugging Face's form. Give the folder that has them beside "
            "their config.json."
        )


def _write_hugging_face_clip(place: Path, source: Path) -> None:
    """Write a CLIP of transformers as one of open_clip, with its vocabulary."""
    from clip.hugging_face_clip import OWN_WORDS, read_hugging_face_clip

    config, tensors = read_hugging_face_clip(source)
    described, vocabulary = place / "described", None
    if any((source / name).is_file() for name in ("tokenizer.json", "vocab.json")):
        vocabulary = OWN_VOCABULARY
        _write_text_folder(source, described)
    elif config["model_cfg"]["text_cfg"]["vocab_size"] != OWN_WORDS:
        vocabulary = NO_VOCABULARY
    model = build_model(config["model_cfg"], None)
    model.load_state_dict(tensors)
    kept = {"model_cfg": config["model_cfg"], "preprocess_cfg": _preprocessing(config)}
    save_model_folder(place, model, kept, described, images=OPEN_CLIP, small=False, vocabulary=vocabulary)
    shutil.rmtree(described, ignore_errors=True)


def _write_text_encoder(place: Path, source: Path, tell: Callable[[str], None]) -> None:
    """Write a model of texts after a trial on words of radiology; what was corrected is told."""
    from clip.sentence_encoder import PREFIX, load_sentence_transformer
    from clip.text_probe import RADIOLOGY_TEXTS, probe_text_encoder

    encoder = load_sentence_transformer(f"{PREFIX}{source.resolve()}")
    for notice in probe_text_encoder(encoder, RADIOLOGY_TEXTS):
        tell(notice)
    encoder.model.save(str(place), create_model_card=False)


def _images(config: Mapping[str, Any]) -> str:
    return image_form(config) or OPEN_CLIP


def _preprocessing(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return every setting of preprocessing, those that open_clip leaves to its defaults too."""
    from dataclasses import asdict

    from open_clip.transform import PreprocessCfg

    size = config["model_cfg"]["vision_cfg"].get("image_size", 224)
    return asdict(PreprocessCfg(**{"size": size, **config["preprocess_cfg"]}))


def _text_folder(model_cfg: Mapping[str, Any], given: Path | None) -> Path:
    named = str(model_cfg["text_cfg"]["hf_model_name"])
    folder = given or Path(named)
    if not (folder / "config.json").is_file():
        raise InputError(
            f"the text encoder is '{named}', and nothing is fetched. Give a folder with its config.json and tokenizer.",
            remedy=Remedy(RemedyAction.NAME_TEXT_FOLDER),
        )
    return folder


def _write_text_folder(source: Path, folder: Path) -> None:
    """Write configuration and vocabulary of a text encoder as the tokenizers library reads them."""
    from transformers import AutoConfig, AutoTokenizer

    try:
        AutoConfig.from_pretrained(str(source), local_files_only=True, trust_remote_code=False).save_pretrained(folder)
        tokenizer = AutoTokenizer.from_pretrained(str(source), local_files_only=True, trust_remote_code=False)
        fit_capitals(f"'{source}'", tokenizer, source)
        tokenizer.save_pretrained(str(folder))
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"'{source}' has no text encoder that can be read without running its code.") from error


def _copy_trained(place: Path, source: Path) -> None:
    """Copy a model that CaseGraph trained, its heads too, and nothing else that lies there."""
    for pattern in TRAINED_FILES:
        for path in source.glob(pattern):
            target = place / path.relative_to(source)
            target.parent.mkdir(exist_ok=True)
            shutil.copyfile(path, target)
