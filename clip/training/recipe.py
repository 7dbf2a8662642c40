"""A recipe says in one JSON file how a model is built and trained; `train_recipe` follows it from texts to folder."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from clip.model_folder import build_model, open_tokenizer, save_model_folder, takes_text_folder
from clip.registry import described_models
from clip.training.contrastive import Contrastive, ContrastiveSettings, open_stage
from clip.training.examples import Examples
from clip.training.loop import EpochProgress, Schedule, run_stage, tell_nobody
from clip.training.masked_language import LanguageSettings
from clip.training.trunk import load_start
from clip.weights import device_name
from ingest.case import sha256_of_json
from ingest.errors import InputError
from ingest.remedies import Remedy, RemedyAction


@dataclass(frozen=True)
class TrainingRecipe:
    """How a model is built and trained; `trunk` names the file that it starts from, None: from chance.

    A recipe says ``model_cfg`` and ``preprocess_cfg`` itself, or by ``model`` names one that CaseGraph describes.
    """

    name: str
    model_cfg: Mapping[str, Any]
    preprocess_cfg: Mapping[str, Any]
    language: LanguageSettings
    contrastive: ContrastiveSettings
    trunk: Mapping[str, str] | None = None

    @property
    def takes_language(self) -> bool:
        """Tell whether the text encoder is one of transformers, which stage 1 trains, and not CLIP's own."""
        return takes_text_folder(self.model_cfg)

    @property
    def config(self) -> dict[str, Any]:
        """What open_clip needs to know of the model."""
        return {"model_cfg": self.model_cfg, "preprocess_cfg": self.preprocess_cfg}


def read_recipe(named: str | Path) -> TrainingRecipe:
    """Read a recipe: a file of the user's, or the name of one that comes with CaseGraph.

    Raises
    ------
    InputError
        If there is none, or a setting is unknown.
    """
    path = Path(named)
    place = path if path.suffix == ".json" else _recipes() / f"{named}.json"
    try:
        said = json.loads(place.read_text(encoding="utf-8"))
        built = described_models()[said["model"]].config if "model" in said else said
        return _sound(
            TrainingRecipe(
                name=said["name"],
                model_cfg=built["model_cfg"],
                preprocess_cfg=built["preprocess_cfg"],
                language=LanguageSettings(**said.get("language", {})),
                contrastive=ContrastiveSettings(side_px=built["preprocess_cfg"]["size"], **said.get("contrastive", {})),
                trunk=said.get("trunk"),
            )
        )
    except OSError as error:
        known = ", ".join(sorted(place.name.removesuffix(".json") for place in _recipes().iterdir()))
        raise InputError(f"there is no recipe '{named}'. Name a file, or one of: {known}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"recipe '{named}' cannot be followed: {error}. See the recipe 'compact' for its form."
        ) from error


def _sound(recipe: TrainingRecipe) -> TrainingRecipe:
    """Return a recipe that its own image encoder can follow. Raises ValueError."""
    shown, own_encoder = recipe.contrastive, "timm_model_name" not in recipe.model_cfg["vision_cfg"]
    if own_encoder and shown.crop_px != shown.side_px:
        raise ValueError(f"an image encoder of open_clip sees {shown.side_px} px only, so crop_px has to be that too")
    return recipe


def _recipes() -> Any:
    return files("clip.training") / "recipes"


def open_contrastive(
    recipe: TrainingRecipe,
    language_folder: Path | None,
    train: Examples,
    *,
    held_out: Examples | None = None,
    classes: Mapping[str, Sequence[str]] | None = None,
    trunk_file: Path | None = None,
) -> Contrastive:
    """Return stage 2 before its first step: the text encoder as stage 1 left it, the rest as in the weights.

    Parameters
    ----------
    language_folder : Path or None
        What stage 1 trained; None where the text encoder is CLIP's own.
    trunk_file : Path, optional
        The file of weights that the recipe names, where it lies elsewhere.

    Raises
    ------
    InputError
        If stage 1 is needed and was not trained, or the file of weights is missing, not asked for, or another one.
    """
    _require_language(recipe, language_folder)
    model = _new_model(recipe, language_folder)
    if recipe.trunk:
        path, digest = trunk_file or Path(recipe.trunk["file"]), recipe.trunk["sha256"]
        load_start(model, path, digest, own_text=not recipe.takes_language)
    elif trunk_file is not None:
        raise InputError(
            f"recipe '{recipe.name}' starts from random weights. Name the file and its SHA-256 under 'trunk' there."
        )
    shown = recipe.preprocess_cfg
    return open_stage(
        model,
        open_tokenizer(recipe.model_cfg, language_folder),
        train,
        recipe.contrastive,
        normalise=(shown["mean"], shown["std"]),
        held_out=held_out,
        classes=classes,
        device=device_name(),
    )


def _require_language(recipe: TrainingRecipe, language_folder: Path | None) -> None:
    if not recipe.takes_language:
        if language_folder is not None:
            raise InputError(f"recipe '{recipe.name}' has CLIP's own text encoder. Name no language model.")
    elif language_folder is None or not (language_folder / "config.json").is_file():
        raise InputError(
            f"'{language_folder}' holds no language model. Train it first.", remedy=Remedy(RemedyAction.TRAIN_LANGUAGE)
        )


def _new_model(recipe: TrainingRecipe, language_folder: Path | None) -> Any:
    """Return the model with chance weights from the seed, and the text encoder that stage 1 trained, where it did."""
    import torch
    from transformers import AutoModel

    torch.manual_seed(recipe.contrastive.seed)
    model = build_model(recipe.model_cfg, language_folder)
    if not recipe.takes_language:
        return model
    learned = AutoModel.from_pretrained(str(language_folder), local_files_only=True, add_pooling_layer=False)
    model.text.transformer.load_state_dict(learned.state_dict())
    return model


def run_contrastive(
    recipe: TrainingRecipe, stage: Contrastive, folder: Path, *, on_progress: EpochProgress = tell_nobody
) -> list[dict[str, float]]:
    """Train stage 2 to its end, from the checkpoint in `folder` where there is one; return a row per epoch."""
    settings = recipe.contrastive
    schedule = Schedule(settings.epochs, len(stage.train) // settings.batch, settings.seed, patience=settings.patience)
    said = run_settings(recipe, stage.train, stage.held_out, stage.classes)
    return run_stage(stage, folder, schedule, said, on_progress=on_progress)


def run_settings(
    recipe: TrainingRecipe, train: Examples, held_out: Examples | None, classes: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """Return everything that the result of a run of stage 2 depends on."""
    return {
        "recipe": asdict(recipe),
        "train": _named(train),
        "held_out": _named(held_out) if held_out else None,
        "classes": dict(classes),
    }


def save_model(recipe: TrainingRecipe, stage: Contrastive, language_folder: Path | None, folder: Path) -> None:
    """Write the trained model as a folder that ``open_clip:local-dir:<folder>`` names."""
    save_model_folder(folder, stage.kept_model, recipe.config, language_folder, views=recipe.contrastive.views)


def _named(examples: Examples) -> str:
    """Return the SHA-256 of what is learned from, images and texts and labels."""
    import hashlib

    images: Sequence[str] = [hashlib.sha256(png).hexdigest() for png in examples.pngs]
    return sha256_of_json([examples.image_ids, images, examples.texts, dict(examples.labels)])
