"""A generated release of MultiCaRe of any size: the tables and images of invented case reports, for measuring size.

Texts are composed by the sample generator, with its quirks, and lengthened by what other cases say to the length of
case reports; each patient has an age, a number and measures of its own. Images are drawn in some hundred variants and
written as WebP files, one a row of the table of labels, in the folders of a release. 94 000 patients with 130 000
images take some minutes and 2 GB. The same seed gives the same tables; the images are those of the installed libraries.

Usage: python -m benchmarks.generated_release FOLDER [PATIENTS]
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from PIL import Image
from pyarrow import parquet

from ingest.sample.case import SampleCase, SampleImage
from ingest.sample.compose import compose_cases
from ingest.sample.drawing import draw_png
from ingest.sample.quirks import add_quirks

PATIENTS = 94_000
IMAGES_PER_100 = 138  # 130 000 of 94 000 patients
SEED = 14
VARIANTS = 300
_POOL = 1500  # composed cases, which patients take in turn
_TEXT_LENGTH = 2500  # characters of a case text, about as in the release
_PER_ARTICLE = (1, 1, 1, 1, 1, 1, 1, 2, 1, 3)  # patients, in turn
_LICENCES = ("CC BY", "CC BY", "CC BY-NC", "CC BY-NC-SA", "CC BY-NC-ND", "NO-CC CODE")
_ROWS_PER_WRITE = 2000
_FIRST_ARTICLE, _ARTICLES, _STEP = 1_000_000, 9_000_000, 7919  # spread over the folders of a release
_COLUMNS = (
    *("file_id", "file", "main_image", "image_component", "patient_id", "license", "file_size", "caption"),
    *("case_substring", "image_type", "image_subtype", "radiology_region", "radiology_view"),
    *("ml_labels_for_supervised_classification", "gt_labels_for_semisupervised_classification"),
)
_CASES = pa.schema(
    [
        ("article_id", pa.string()),
        (
            "cases",
            pa.list_(
                pa.struct(
                    [("case_id", pa.string()), ("case_text", pa.string()), ("age", pa.int64()), ("gender", pa.string())]
                )
            ),
        ),
    ]
)


@dataclass(frozen=True)
class Invented:
    """A patient of an article: the case that the text is of, and what is its own."""

    number: int
    article_id: str
    case_id: str
    about: SampleCase
    text: str
    age: int
    sex: str


def main() -> None:
    """Write a release."""
    if len(sys.argv) < 2:
        sys.exit("name the folder to write: python -m benchmarks.generated_release FOLDER [PATIENTS]")
    write_generated(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else PATIENTS)


def write_generated(folder: Path, patients: int, seed: int = SEED) -> None:
    """Write the tables and images of so many patients; a smaller release is the beginning of a larger one."""
    folder.mkdir(parents=True, exist_ok=True)
    pool = compose_cases(_POOL, seed)
    add_quirks(pool)
    files = _drawn([image for case in pool for image in case.images], seed)
    tables = _Tables(folder)
    for invented in _patients(pool, patients, seed):
        tables.add(invented, files)
    tables.close()


def _patients(pool: Sequence[SampleCase], count: int, seed: int) -> Iterator[Invented]:
    texts = [_own_text(case) for case in pool]
    number = article = 0
    while number < count:
        article_id = f"PMC{_FIRST_ARTICLE + article * _STEP % _ARTICLES}"
        for place in range(min(_PER_ARTICLE[article % len(_PER_ARTICLE)], count - number)):
            about = pool[number % len(pool)]
            random = np.random.default_rng((seed, number))
            sex = "female" if "woman" in texts[number % len(pool)] or "girl" in texts[number % len(pool)] else "male"
            age = int(random.integers(18, 91))
            noun = "woman" if sex == "female" else "man"
            text = _long(f"A {age}-year-old {noun} was seen at visit {number}. ", texts, number, random)
            yield Invented(number, article_id, f"{article_id}_{place + 1:02d}", about, text, age, sex.capitalize())
            number += 1
        article += 1


def _own_text(case: SampleCase) -> str:
    parts = (case.case[key] for key in ("History", "Exam", "Findings", "Treatment & Follow Up", "Discussion"))
    return " ".join(part for part in parts if part)


def _long(first: str, texts: Sequence[str], number: int, random: np.random.Generator) -> str:
    text = first + texts[number % len(texts)]
    while len(text) < _TEXT_LENGTH:
        text += f" {texts[int(random.integers(len(texts)))]} It measured {random.uniform(0.3, 9):.2f} cm."
    return text


def _drawn(images: Sequence[SampleImage], seed: int) -> list[bytes]:
    """Return the variants of images as WebP files."""
    step = max(1, len(images) // VARIANTS)
    files: list[bytes] = []
    for place, image in enumerate(images[::step][:VARIANTS]):
        png = draw_png(image.drawing, np.random.default_rng((seed, place)))
        stream = BytesIO()
        Image.open(BytesIO(png)).save(stream, "WEBP", quality=80, method=2)
        files.append(stream.getvalue())
    return files


class _Tables:
    """The tables of a release while they are written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._articles: list[dict[str, Any]] = []
        self._cases = parquet.ParquetWriter(folder / "cases.parquet", _CASES)
        self._metadata: parquet.ParquetWriter | None = None
        self._abstracts: parquet.ParquetWriter | None = None
        self._stream = (folder / "captions_and_labels.csv").open("w", encoding="utf-8", newline="")
        self._labels = csv.DictWriter(self._stream, _COLUMNS)
        self._labels.writeheader()
        self._images = 0

    def add(self, one: Invented, files: Sequence[bytes]) -> None:
        """Write a patient with its images."""
        case = {"case_id": one.case_id, "case_text": one.text, "age": one.age, "gender": one.sex}
        if self._articles and self._articles[-1]["article_id"] == one.article_id:
            self._articles[-1]["cases"].append(case)
        else:
            if len(self._articles) >= _ROWS_PER_WRITE:
                self._flush()
            self._articles.append({"article_id": one.article_id, "cases": [case], "about": one.about})
        wanted = (one.number + 1) * IMAGES_PER_100 // 100 - one.number * IMAGES_PER_100 // 100
        for place in range(wanted):
            self._add_image(one, place, files)

    def _add_image(self, one: Invented, place: int, files: Sequence[bytes]) -> None:
        image = one.about.images[place % len(one.about.images)]
        name = f"{one.article_id}_p{one.case_id[-2:]}-g{place + 1:03d}_undivided_1_1.webp"
        content = files[self._images % len(files)]
        path = self._folder / name[:4] / name[:5] / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        kind = "ct" if image.modality == "CT" else "mri"
        self._labels.writerow(
            {
                "file_id": f"file{self._images:07d}",
                "file": name,
                "main_image": name.partition("_undivided")[0],
                "image_component": "undivided",
                "patient_id": one.case_id,
                "license": _LICENCES[one.number % len(_LICENCES)],
                "file_size": len(content),
                "caption": f"{kind.upper()}. {image.description['Caption']} Image {self._images}.",
                "case_substring": repr([one.text[:60]]),
                "image_type": "radiology",
                "image_subtype": kind,
                "radiology_region": image.region.lower(),
                "radiology_view": str(image.description["Plane"]).lower(),
                "ml_labels_for_supervised_classification": repr(["radiology", kind]),
                "gt_labels_for_semisupervised_classification": repr(["radiology", kind]),
            }
        )
        self._images += 1

    def _flush(self) -> None:
        rows = [{"article_id": row["article_id"], "cases": row["cases"]} for row in self._articles]
        self._cases.write_table(pa.Table.from_pylist(rows, schema=_CASES))
        described = pa.Table.from_pylist([_described(row) for row in self._articles])
        abstracts = pa.Table.from_pylist(
            [
                {"article_id": row["article_id"], "abstract": row["cases"][0]["case_text"][:400]}
                for row in self._articles
            ]
        )
        self._metadata = self._metadata or parquet.ParquetWriter(self._folder / "metadata.parquet", described.schema)
        self._abstracts = self._abstracts or parquet.ParquetWriter(self._folder / "abstracts.parquet", abstracts.schema)
        self._metadata.write_table(described)
        self._abstracts.write_table(abstracts)
        self._articles = []

    def close(self) -> None:
        """Write what is left."""
        if self._articles:
            self._flush()
        self._stream.close()
        for writer in (self._cases, self._metadata, self._abstracts):
            if writer is not None:
                writer.close()


def _described(row: dict[str, Any]) -> dict[str, Any]:
    number = int(row["article_id"][3:])
    diagnosis = str(row["about"].case["Case Diagnosis"])
    metadata = {
        "title": f"{diagnosis}: a case report",
        "authors": ["Ada Roe", f"Bo Poe {number % 997}"],
        "journal": f"Journal of Invented Cases {number % 41}",
        "journal_detail": "",
        "year": str(1990 + number % 34),
        "doi": f"10.5555/{number}",
        "pmid": str(number),
        "pmcid": row["article_id"],
        "mesh_terms": ["Humans", diagnosis],
        "major_mesh_terms": [diagnosis],
        "keywords": [diagnosis.lower()],
        "license": _LICENCES[number % len(_LICENCES)],
        "link": f"https://example.org/{number}",
    }
    return {"article_id": row["article_id"], "article_metadata": metadata}


if __name__ == "__main__":
    main()
