"""Write the sample cases as a release folder, in the very format of MedPix 2.0."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ingest.sample.case import FIRST_IMAGE, SampleCase, SampleImage
from ingest.sample.compose import compose_cases
from ingest.sample.drawing import draw_png
from ingest.sample.quirks import add_quirks

_CASE_KEYS = (
    "Title",
    "History",
    "Exam",
    "Findings",
    "Differential Diagnosis",
    "Case Diagnosis",
    "Diagnosis By",
    "Discussion",
    "Treatment & Follow Up",
    "Media",
)
_TOPIC_KEYS = ("Title", "Disease Discussion", "ACR Code", "Category", "Keywords", "Reference", "External Links")
_LINKS = "https://example.org"  # a name reserved for examples (RFC 2606): the sample has no originals


def write_sample(folder: Path, *, seed: int = 7, cases: int = 60) -> None:
    """Write a release folder with sample cases; the same seed gives the same bytes.

    Parameters
    ----------
    folder : Path
        Where to write; made if it is not there.
    seed : int
        Seed of everything left to chance. The texts of the first 12 cases do not depend on it.
    cases : int
        How many cases, from MPX9001 upward. Fewer cases are the beginning of more.
    """
    import numpy as np

    def draw(case: SampleCase, place: int) -> bytes:
        return draw_png(case.images[place].drawing, np.random.default_rng((seed, case.number, place)))

    sample = compose_cases(cases, seed)
    add_quirks(sample)
    write_release(folder, sample, draw)


def write_release(folder: Path, sample: Sequence[SampleCase], draw: Callable[[SampleCase, int], bytes]) -> None:
    """Write cases as a release folder; `draw` gives the PNG of a case's image by its place."""
    named = _name_images(sample)
    images = folder / "images"
    splits = folder / "splitted_dataset"
    images.mkdir(parents=True, exist_ok=True)
    splits.mkdir(exist_ok=True)
    _write_images(images, named, draw)
    own = _by_case(named)
    records = [_case_record(case, own[case.number]) for case in sample]
    descriptions = [_description(image_id, case, image) for image_id, case, image in named]
    _write_json(folder / "Case_topic.json", [_without_nulls(record) for record in records])
    _write_json(folder / "Descriptions.json", descriptions)
    _write_overview(folder / "images_overview.csv", named)
    _write_splits(splits, records, descriptions)


type_of = {"CT": "TAC", "MR": "MRI"}
"""The release's words: TAC is Italian for CT."""

NamedImage = tuple[str, SampleCase, SampleImage]


def _name_images(cases: Sequence[SampleCase]) -> list[NamedImage]:
    """Return each image with its id, numbered through the whole release."""
    images = [(case, image) for case in cases for image in case.images]
    return [(f"{case.case_id}_synpic{FIRST_IMAGE + i}", case, image) for i, (case, image) in enumerate(images)]


def _by_case(named: Sequence[NamedImage]) -> Mapping[int, list[tuple[str, SampleImage]]]:
    own: defaultdict[int, list[tuple[str, SampleImage]]] = defaultdict(list)
    for image_id, case, image in named:
        own[case.number].append((image_id, image))
    return own


def _write_images(folder: Path, named: Sequence[NamedImage], draw: Callable[[SampleCase, int], bytes]) -> None:
    places: Counter[int] = Counter()
    for image_id, case, _ in named:
        (folder / f"{image_id}.png").write_bytes(draw(case, places[case.number]))
        places[case.number] += 1


def _case_record(case: SampleCase, own: Sequence[tuple[str, SampleImage]]) -> dict[str, Any]:
    return {
        "U_id": case.case_id,
        "TAC": [image_id for image_id, image in own if image.modality == "CT"],
        "MRI": [image_id for image_id, image in own if image.modality == "MR"],
        "Case": {key: case.case.get(key) for key in _CASE_KEYS},
        "Topic": {key: case.topic.get(key) for key in _TOPIC_KEYS},
    }


def _description(image_id: str, case: SampleCase, image: SampleImage) -> dict[str, Any]:
    return {
        "Type": image.modality,
        "U_id": case.case_id,
        "image": image_id,
        "Description": image.description,
        "Location": image.location,
        "Location Category": image.region,
    }


def _without_nulls(record: dict[str, Any]) -> dict[str, Any]:
    """Return the record as Case_topic.json has it: a key without a value is left out."""
    return {
        key: {name: text for name, text in value.items() if text is not None} if isinstance(value, dict) else value
        for key, value in record.items()
    }


def _write_json(path: Path, records: Sequence[dict[str, Any]]) -> None:
    path.write_text(json.dumps(records, indent=1), encoding="utf-8", newline="\n")


def _write_jsonl(path: Path, records: Sequence[dict[str, Any]]) -> None:
    """Write one record a line, keys sorted below the first level and slashes escaped as the release does it."""
    lines = []
    for record in records:
        ordered = {
            key: dict(sorted(value.items())) if isinstance(value, dict) else value for key, value in record.items()
        }
        lines.append(json.dumps(ordered, separators=(",", ":")).replace("/", "\\/") + "\n")
    path.write_text("".join(lines), encoding="utf-8", newline="\n")


def _write_overview(path: Path, named: Sequence[NamedImage]) -> None:
    """Write the list of originals; as in the release, one image in eight and one whole case in twenty have no row."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["Type", "U_id", "ID_Image", "Img_Large", "URL_Article_image"])
    for place, (image_id, case, image) in enumerate(named):
        if place % 8 == 5 or case.number % 20 == 11:
            continue
        original = f"{_LINKS}/imgs/512/{case.number}/{image_id}.png"
        table.writerow([type_of[image.modality], case.case_id, image_id, original, f"{_LINKS}/case?id={place:08x}"])
    path.write_text(text.getvalue(), encoding="utf-8", newline="\n")


def _write_splits(folder: Path, records: Sequence[dict[str, Any]], descriptions: Sequence[dict[str, Any]]) -> None:
    """Write train, dev and test: of every ten cases the fourth is dev and the eighth is test."""
    members: dict[str, list[str]] = {"train": [], "train_1": [], "train_2": [], "dev": [], "test": []}
    for record in records:
        last = int(record["U_id"][-1])
        split = {4: "dev", 8: "test"}.get(last, "train")
        members[split].append(record["U_id"])
        if split == "train":
            members["train_1" if last % 2 else "train_2"].append(record["U_id"])
    for split in ("train", "dev", "test"):
        ids = set(members[split])
        _write_jsonl(folder / f"data_{split}.jsonl", [record for record in records if record["U_id"] in ids])
        _write_jsonl(folder / f"descriptions_{split}.jsonl", [entry for entry in descriptions if entry["U_id"] in ids])
    (folder / "uid_list.json").write_text(json.dumps(members), encoding="utf-8", newline="\n")
