"""A recipe of tiny encoders and examples of drawn images: every stage of training in seconds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from drawn_images import png_of, ring, stripes

from clip.training.examples import Examples

SENTENCES = (
    "Ring-enhancing mass in the left frontal lobe.",
    "Axial MR of the brain shows no midline shift.",
    "Sagittal MR of the lumbar spine with a disc herniation.",
    "The vertebral bodies are normal in height.",
    "Biopsy proven glioblastoma, treated by resection and radiation.",
    "A compression fracture of the second lumbar vertebra is seen.",
)
TINY: dict[str, Any] = {
    "name": "tiny",
    "model_cfg": {
        "embed_dim": 16,
        "vision_cfg": {
            "timm_model_name": "test_efficientnet",
            "timm_model_pretrained": False,
            "timm_pool": "avg",
            "timm_proj": "linear",
            "image_size": 40,
        },
        "text_cfg": {
            "hf_model_name": "text",
            "hf_tokenizer_name": "text",
            "hf_model_pretrained": False,
            "hf_pooler_type": "mean_pooler",
            "hf_proj_type": "linear",
            "context_length": 24,
        },
    },
    "preprocess_cfg": {"size": 40, "mean": [0.5] * 3, "std": [0.5] * 3, "interpolation": "bilinear"},
    "language": {
        "vocabulary": 120,
        "width": 16,
        "layers": 1,
        "attention_heads": 2,
        "longest": 32,
        "piece": 16,
        "batch": 4,
        "epochs": 2,
    },
    "contrastive": {"crop_px": 32, "batch": 8, "epochs": 2},
}


def write_recipe(path: Path, **changes: Any) -> Path:
    """Write the tiny recipe, with other settings of stage 2 where they are given."""
    recipe = {**TINY, "contrastive": {**TINY["contrastive"], **changes}}
    path.write_text(json.dumps(recipe))
    return path


def language_texts() -> list[str]:
    """Return texts enough for a few batches of stage 1."""
    return [f"{sentence} Series {number}." for number in range(12) for sentence in SENTENCES]


def drawn_examples(cases: int = 12) -> Examples:
    """Return two images of each case: rings are heads, stripes are spines."""
    rows = [(case, image) for case in range(cases) for image in range(2)]
    draw = {0: ring, 1: stripes}
    kinds = [case % 2 for case, _ in rows]
    return Examples(
        image_ids=tuple(f"own:C{case}_{image}" for case, image in rows),
        case_ids=tuple(f"own:C{case}" for case, _ in rows),
        pngs=tuple(png_of(draw[case % 2](10 * case + image, 64)) for case, image in rows),
        texts=tuple(
            ("axial MR of the brain",) if kind == 0 else ("sagittal MR of the lumbar spine",) for kind in kinds
        ),
        labels={
            "region": tuple(("Head", "Spine")[kind] for kind in kinds),
            "plane": tuple((None if case == 0 else ("axial", "sagittal")[case % 2]) for case, _ in rows),
            "modality": ("MR",) * len(rows),
        },
    )
