"""Small releases in the format of MultiCaRe, written by hand, for tests of reading and loading."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
from image_bytes import encoded
from pyarrow import parquet
from release_folder import noise_pixels

LABEL_COLUMNS = (
    *("file_id", "file", "main_image", "image_component", "patient_id", "license", "file_size", "caption"),
    *("case_substring", "image_type", "image_subtype", "radiology_region", "radiology_region_granular"),
    *("radiology_view", "ml_labels_for_supervised_classification", "gt_labels_for_semisupervised_classification"),
)


def noise_webp(seed: int) -> bytes:
    """A small WebP, another one for each seed."""
    return encoded(noise_pixels(seed), "WEBP", lossless=True)


def patient(case_id: str = "PMC9000001_01", text: str = "A 45-year-old man had gout.", **values: Any) -> dict[str, Any]:
    """A patient of `cases`."""
    return {"case_id": case_id, "case_text": text, "age": 45, "gender": "Male", **values}


def article(article_id: str = "PMC9000001", *patients: Mapping[str, Any]) -> dict[str, Any]:
    """A row of cases.parquet."""
    return {"article_id": article_id, "cases": list(patients or [patient(f"{article_id}_01")])}


def described(article_id: str = "PMC9000001", **values: Any) -> dict[str, Any]:
    """A row of metadata.parquet."""
    metadata = {
        "title": "Renal cell carcinoma of the hand: a case report",
        "authors": ["Ada Roe", "Bo Poe"],
        "journal": "Journal of Invented Cases",
        "journal_detail": "J Inv Cases. 2021;1:1",
        "year": "2021",
        "doi": f"10.5555/{article_id}",
        "pmid": "123",
        "pmcid": article_id,
        "mesh_terms": ["Gout", "Hand"],
        "major_mesh_terms": ["Gout"],
        "keywords": ["tophus"],
        "license": "CC BY",
        "link": f"https://example.org/{article_id}",
        **values,
    }
    return {"article_id": article_id, "article_metadata": metadata}


def labelled(file: str, patient_id: str = "PMC9000001_01", **values: Any) -> dict[str, Any]:
    """A row of captions_and_labels.csv."""
    return {
        "file_id": f"file_{file}",
        "file": file,
        "main_image": "_".join(file.split("_")[:2]),
        "image_component": "undivided",
        "patient_id": patient_id,
        "license": "CC BY",
        "file_size": "1000",
        "caption": "Axial CT of the hand shows a mass.",
        "case_substring": "['had gout']",
        "image_type": "radiology",
        "image_subtype": "ct",
        "radiology_region": "upper_limb",
        "radiology_region_granular": "hand",
        "radiology_view": "axial",
        "ml_labels_for_supervised_classification": "['ct', 'axial']",
        "gt_labels_for_semisupervised_classification": "['ct', 'upper_limb']",
        **values,
    }


def figure(file: str, **values: Any) -> dict[str, Any]:
    """An image of case_images.parquet."""
    return {
        "image_id": file,
        "file": file,
        "caption": "Axial CT.",
        "text_references": ["had gout"],
        "tag": "fig1",
        **values,
    }


def figures(article_id: str, case_id: str, *listed: Mapping[str, Any]) -> dict[str, Any]:
    """A row of case_images.parquet."""
    return {"article_id": article_id, "case_images": [{"case_id": case_id, "case_image_list": list(listed)}]}


def write_tables(
    folder: Path,
    *,
    cases: Sequence[Mapping[str, Any]] | None = None,
    metadata: Sequence[Mapping[str, Any]] | None = None,
    abstracts: Mapping[str, str] | None = None,
    labels: Sequence[Mapping[str, Any]] | None = None,
    case_images: Sequence[Mapping[str, Any]] | None = None,
    images: Mapping[str, bytes] | None = None,
) -> Path:
    """Write the tables that are given and no other; `images` by file name, each in its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = [{"article_id": name, "abstract": text} for name, text in (abstracts or {}).items()]
    tables = {"cases": cases, "metadata": metadata, "abstracts": texts or None, "case_images": case_images}
    for name, rows in tables.items():
        if rows is not None:
            parquet.write_table(pa.Table.from_pylist([dict(row) for row in rows]), folder / f"{name}.parquet")
    if labels is not None:
        columns = list(dict.fromkeys(name for row in labels for name in row)) or list(LABEL_COLUMNS)
        with (folder / "captions_and_labels.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, columns)
            writer.writeheader()
            writer.writerows(labels)
    for name, content in (images or {}).items():
        place = folder / name[:4] / name[:5]
        place.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content)
    return folder


FILES = ("PMC9000001_f1_undivided_1_1.webp", "PMC9000001_f2_a_1_2.webp", "PMC9000002_f1_undivided_1_1.webp")


def write_whole(folder: Path) -> Path:
    """Write a release of two articles with a patient each, and three images."""
    return write_tables(
        folder,
        cases=[
            article("PMC9000001"),
            article("PMC9000002", patient("PMC9000002_01", "A 3-month-old girl cried.", age=0, gender="Female")),
        ],
        metadata=[described("PMC9000002", license="CC BY-NC"), described("PMC9000001")],
        abstracts={"PMC9000001": "We report a hand."},
        labels=[
            labelled(FILES[0]),
            labelled(FILES[1], image_component="a"),
            labelled(FILES[2], "PMC9000002_01"),
        ],
        images={name: noise_webp(seed) for seed, name in enumerate(FILES)},
    )
