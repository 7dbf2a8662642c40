"""Small releases in the format of MedPix 2.0, written by hand, for tests of reading and loading."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from image_bytes import encoded


def case_document(u_id: str = "MPX9001", *, tac: Sequence[str] = (), mri: Sequence[str] = (), **texts: Any) -> Any:
    """A case-topic document; `texts` replaces values of `Case`, written with underscores for blanks."""
    case = {
        "Title": "Ring of the left frontal lobe",
        "History": "45-year-old woman with headaches for two weeks.",
        "Exam": "N/A",
        "Findings": "Ring enhancing mass in the left frontal lobe. No hydrocephalus.",
        "Differential Diagnosis": "Abscess\nGlioblastoma\nMetastasis",
        "Case Diagnosis": "Cerebral abscess",
        "Diagnosis By": "Surgery.",
        **{key.replace("_", " "): value for key, value in texts.items()},
    }
    topic = {
        "Title": "Cerebral abscess",
        "Disease Discussion": "An abscess has a capsule.",
        "ACR Code": "1.2",
        "Category": "Infection, bacteria",
        "Keywords": "abscessbrain",
    }
    return {"U_id": u_id, "TAC": list(tac), "MRI": list(mri), "Case": case, "Topic": topic}


def description(image: str, u_id: str = "MPX9001", kind: str = "CT", **values: Any) -> Any:
    """A description document; `values` replaces those of `Description`, written with underscores for blanks."""
    inner = {
        "ACR Codes": "1.-1",
        "Age": "45",
        "Caption": "Ring enhancement on the left.",
        "Figure Part": None,
        "Modality": "CT w/contrast (IV)" if kind == "CT" else "MR - T2 weighted",
        "Plane": "Axial",
        "Sex": "female",
        **{key.replace("_", " "): value for key, value in values.items()},
    }
    outer = {"Location": "Brain and Neuro", "Location Category": "Head"}
    return {"Type": kind, "U_id": u_id, "image": image, "Description": inner, **outer}


def noise_png(seed: int) -> bytes:
    """A small PNG, another one for each seed."""
    return encoded(noise_pixels(seed))


def noise_pixels(seed: int) -> np.ndarray:
    """The pixels of `noise_png`."""
    return np.random.default_rng(seed).integers(0, 256, (24, 32), dtype=np.uint8)


def write_release(
    folder: Path, cases: Sequence[Any], descriptions: Sequence[Any], images: Mapping[str, bytes] | None = None
) -> Path:
    """Write a release folder; `images` are the bytes of files in ``images/`` by file name."""
    (folder / "images").mkdir(parents=True, exist_ok=True)
    (folder / "Case_topic.json").write_text(json.dumps(cases), encoding="utf-8")
    (folder / "Descriptions.json").write_text(json.dumps(descriptions), encoding="utf-8")
    for name, data in (images or {}).items():
        (folder / "images" / name).write_bytes(data)
    return folder
