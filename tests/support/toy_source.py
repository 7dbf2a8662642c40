"""A source in one file, to show what a source needs: a line an article, with patients who have cases with images.

It is streamed: a line is read when the cases before it were taken. Images lie in the folder ``images`` beside the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from release_folder import noise_png

from ingest.case import Case, Image, Patient
from ingest.errors import SourceError
from ingest.ids import CaseId, ImageId, PatientId
from ingest.sources.source import DocumentKind, Found, OrphanFile, Reading, Rejection, Repetition, SourceCase
from ingest.vocabulary import Section, Sex

TWO_PATIENTS = {
    "id": "A1",
    "patients": [
        {
            "sex": "female",
            "cases": [
                {"id": "1", "age": 30.0, "findings": "Mass in the left frontal lobe.", "images": ["a.png", "b.png"]},
                {"id": "2", "age": 31.0, "findings": "No mass after surgery.", "images": []},
            ],
        },
        {"sex": "male", "cases": [{"id": "3", "age": 64.0, "findings": "Pleural effusion.", "images": ["c.png"]}]},
    ],
}
NO_PATIENTS = {"id": "A2", "patients": "two of them"}


class ToySource:
    """Articles in a file whose name ends in ``.articles``."""

    name = "toy"
    expects = "a file of articles, named .articles"
    views = ()

    def recognises(self, address: str) -> bool:
        """Tell by the ending."""
        return address.endswith(".articles")

    def read(self, address: str, images: Path | None = None) -> Reading:
        """Read the file; the lines come with the stream."""
        path = Path(address)
        if not path.is_file():
            raise SourceError(f"there is no file '{path}'.")
        folder = images or path.parent / "images"
        files = {file.name: file for file in sorted(folder.iterdir())}
        return Reading(address, _found(path, files), 3, folder, len(files))


def _found(path: Path, files: Mapping[str, Path]) -> Iterator[Found]:
    seen: set[str] = set()
    used: set[Path] = set()
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            article = _article(path, number, line)
            if line in seen:
                yield Repetition(DocumentKind.CASE)
            elif not isinstance(article["patients"], list):
                ids = (CaseId.of(ToySource.name, f"{article['id']}_1"),)
                yield Rejection(DocumentKind.CASE, f"{path.name}[{number}]", "patients is no list.", line, ids)
            else:
                for case in _cases(article, files):
                    used.update(case.files.values())
                    yield case
            seen.add(line)
    yield from (OrphanFile(name) for name, file in files.items() if file not in used)


def _article(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        return json.loads(line)
    except json.JSONDecodeError:
        raise SourceError(f"{path.name} is cut off at line {number + 1}. Fetch it again.") from None


def _cases(article: Mapping[str, Any], files: Mapping[str, Path]) -> Iterator[SourceCase]:
    for number, person in enumerate(article["patients"], start=1):
        patient_id = PatientId.of(ToySource.name, f"{article['id']}_p{number}")
        for told in person["cases"]:
            case_id = CaseId.of(ToySource.name, f"{article['id']}_{told['id']}")
            names = {ImageId.of(ToySource.name, f"{case_id.short}_{Path(name).stem}"): name for name in told["images"]}
            case = Case(
                case_id=case_id,
                source=ToySource.name,
                patient=Patient(patient_id, told["age"], Sex(person["sex"])),
                sections={Section.FINDINGS: told["findings"]},
                images=tuple(Image(image_id) for image_id in names),
            )
            yield SourceCase(case, {image_id: files[name] for image_id, name in names.items() if name in files})


def write_articles(folder: Path) -> Path:
    """Write an article of two patients and three cases, again, one that does not fit, and an image too many."""
    (folder / "images").mkdir(parents=True)
    for seed, name in enumerate(("a.png", "b.png", "c.png", "left-over.png")):
        (folder / "images" / name).write_bytes(noise_png(seed))
    path = folder / "toy.articles"
    path.write_text("".join(json.dumps(article) + "\n" for article in (TWO_PATIENTS, TWO_PATIENTS, NO_PATIENTS)))
    return path
