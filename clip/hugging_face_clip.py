"""A CLIP in the form of transformers (PubMedCLIP, openai/clip-vit-base-patch32) as a model of open_clip.

Both have the same layers under other names: queries, keys and values apart or in one matrix, projections as a layer or
as a matrix. ``config.json`` says the sizes, ``preprocessor_config.json`` how images come.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clip.checkpoint_names import named_as
from clip.model_files import read_settings, require_transformers_folder, weights_of
from clip.weights import read_tensors
from ingest.errors import UnfitModel

if TYPE_CHECKING:
    from torch import Tensor

OWN_WORDS = 49408  # size of the vocabulary that OpenAI made for CLIP, which open_clip has
OLD_END = 2  # what early configurations say of the end of a text; the end then is the largest number
INTERPOLATIONS = {2: "bilinear", 3: "bicubic"}  # PIL's numbers
PIXEL_MEAN = (0.48145466, 0.4578275, 0.40821073)  # Radford et al. 2021, as CLIPImageProcessor has them by default
PIXEL_STD = (0.26862954, 0.26130258, 0.27577711)


def read_hugging_face_clip(folder: Path) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Return configuration and weights as open_clip has them.

    Raises
    ------
    UnfitModel
        If the folder is not complete, or the model has a part that open_clip has no word for.
    """
    from safetensors import SafetensorError
    from transformers import CLIPModel

    require_transformers_folder(folder)
    kind: Any = CLIPModel
    try:
        model, info = kind.from_pretrained(
            str(folder), local_files_only=True, output_loading_info=True, dtype="float32"
        )
    except (OSError, ValueError, RuntimeError, KeyError, TypeError, pickle.UnpicklingError, SafetensorError) as error:
        raise UnfitModel(
            f"'{folder}' cannot be used ({type(error).__name__}): it is not a complete CLIP, or wants to run code. "
            "Give its weights as .safetensors."
        ) from error
    missing = sorted(info["missing_keys"])
    if missing:  # perhaps under names with a prefix of training
        missing = _load_by_suffix(model, folder)
    if missing:
        raise UnfitModel(f"'{folder}' lacks {len(missing)} weights of its CLIP, '{missing[0]}' is one. Copy it again.")
    config = {"model_cfg": _architecture(model.config, folder), "preprocess_cfg": _preprocessing(folder, model.config)}
    return config, open_clip_weights(model.state_dict())


def _load_by_suffix(model: Any, folder: Path) -> list[str]:
    """Load weights whose names have prefixes, or that lie in a container; return the names of those that lack."""
    found: dict[str, Tensor] = {}
    for path in weights_of(folder):
        found |= read_tensors(path, None)
    wanted = model.state_dict()
    named = named_as(wanted, found)
    model.load_state_dict(named, strict=False)
    return sorted(set(wanted) - set(named))


def _architecture(config: Any, folder: Path) -> dict[str, Any]:
    vision, text = config.vision_config, config.text_config
    activations = {vision.hidden_act, text.hidden_act}
    if len(activations) != 1 or not activations <= {"gelu", "quick_gelu"}:
        raise UnfitModel(f"'{folder}' has the activations {sorted(activations)}, expected gelu or quick_gelu for both.")
    end = {} if text.eos_token_id in (None, OLD_END) else {"pool_type": "eos", "eos_id": text.eos_token_id}
    return {
        "embed_dim": config.projection_dim,
        "quick_gelu": activations == {"quick_gelu"},
        "vision_cfg": {
            **_encoder_config(vision),
            "image_size": vision.image_size,
            "patch_size": vision.patch_size,
            "head_width": vision.hidden_size // vision.num_attention_heads,
        },
        "text_cfg": {
            **_encoder_config(text),
            **end,
            "context_length": text.max_position_embeddings,
            "vocab_size": text.vocab_size,
            "heads": text.num_attention_heads,
        },
    }


def _encoder_config(config: Any) -> dict[str, Any]:
    return {
        "layers": config.num_hidden_layers,
        "width": config.hidden_size,
        "mlp_ratio": (config.intermediate_size + 0.5) / config.hidden_size,  # open_clip rounds their product down
        "norm_kwargs": {"eps": config.layer_norm_eps},
    }


def _preprocessing(folder: Path, config: Any) -> dict[str, Any]:
    """Return how images come, as open_clip says it. Raises UnfitModel where it has no word for it."""
    said = read_settings(folder / "preprocessor_config.json")
    said = said or read_settings(folder / "processor_config.json").get("image_processor", {})
    size, crop = _side(said.get("size")), _side(said.get("crop_size"))
    expected = config.vision_config.image_size
    squash = said.get("do_center_crop") is False
    sides = {side for side in (size, None if squash else crop) if side is not None}
    interpolation = INTERPOLATIONS.get(said.get("resample", 3))
    if sides - {expected} or interpolation is None or said.get("do_resize") is False:
        raise UnfitModel(
            f"'{folder}' prepares images in a way that is not supported (size {said.get('size')}, crop "
            f"{said.get('crop_size')}, resample {said.get('resample', 3)}); expected {expected}, bilinear or bicubic."
        )
    plain = said.get("do_normalize") is False
    return {
        "size": expected,
        "mean": [0.0] * 3 if plain else list(said.get("image_mean") or PIXEL_MEAN),
        "std": [1.0] * 3 if plain else list(said.get("image_std") or PIXEL_STD),
        "interpolation": interpolation,
        "resize_mode": "squash" if squash else "shortest",
    }


def _side(size: Any) -> int | None:
    """Return the side of a square; -1 where it is none."""
    if isinstance(size, Mapping):
        sides = set(size.values())
        return int(sides.pop()) if len(sides) == 1 else -1
    return size


def open_clip_weights(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the weights of a CLIPModel under the names of open_clip."""
    vision, text = "vision_model", "text_model"
    renamed = {
        "logit_scale": weights["logit_scale"],
        "visual.class_embedding": weights[f"{vision}.embeddings.class_embedding"],
        "visual.conv1.weight": weights[f"{vision}.embeddings.patch_embedding.weight"],
        "visual.positional_embedding": weights[f"{vision}.embeddings.position_embedding.weight"],
        "visual.proj": weights["visual_projection.weight"].T,
        "token_embedding.weight": weights[f"{text}.embeddings.token_embedding.weight"],
        "positional_embedding": weights[f"{text}.embeddings.position_embedding.weight"],
        "text_projection": weights["text_projection.weight"].T,
    }
    for part in ("weight", "bias"):
        renamed[f"visual.ln_pre.{part}"] = weights[f"{vision}.pre_layrnorm.{part}"]
        renamed[f"visual.ln_post.{part}"] = weights[f"{vision}.post_layernorm.{part}"]
        renamed[f"ln_final.{part}"] = weights[f"{text}.final_layer_norm.{part}"]
    return renamed | _blocks(weights, vision, "visual.transformer") | _blocks(weights, text, "transformer")


def _blocks(weights: Mapping[str, Tensor], source: str, target: str) -> dict[str, Tensor]:
    import torch

    renamed: dict[str, Tensor] = {}
    number = 0
    while f"{source}.encoder.layers.{number}.mlp.fc1.weight" in weights:
        old, new = f"{source}.encoder.layers.{number}", f"{target}.resblocks.{number}"
        for part in ("weight", "bias"):
            three = [weights[f"{old}.self_attn.{one}_proj.{part}"] for one in "qkv"]
            renamed[f"{new}.attn.in_proj_{part}"] = torch.cat(three)
            renamed[f"{new}.attn.out_proj.{part}"] = weights[f"{old}.self_attn.out_proj.{part}"]
            renamed[f"{new}.mlp.c_fc.{part}"] = weights[f"{old}.mlp.fc1.{part}"]
            renamed[f"{new}.mlp.c_proj.{part}"] = weights[f"{old}.mlp.fc2.{part}"]
            for one in (1, 2):
                renamed[f"{new}.ln_{one}.{part}"] = weights[f"{old}.layer_norm{one}.{part}"]
        number += 1
    return renamed
