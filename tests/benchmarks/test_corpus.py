"""The generated corpus: as many cases and images as are said, the same every time, and nothing is lost on the way."""

from pathlib import Path

import pytest

from benchmarks.corpus import corpus_cases, write_corpus
from ingest.sources.medpix2 import read_release


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = tmp_path_factory.mktemp("corpus")
    write_corpus(written, 36)
    return written


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_number_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    write_corpus(tmp_path, 36)
    assert contents(tmp_path) == contents(folder)


def test_twelve_cases_have_fifty_nine_images_none_alike(folder: Path) -> None:
    images = list((folder / "images").iterdir())
    assert len(images) == 3 * 59
    assert len({path.read_bytes() for path in images}) == len(images)


def test_every_case_fits_and_is_annotated(folder: Path) -> None:
    assert read_release(folder).rejected == ()
    cases = list(corpus_cases(folder))
    assert len({case.case_id for case in cases}) == 36
    assert sum(len(case.images) for case in cases) == 3 * 59
    assert all(case.diagnosis and case.annotations and not case.problems for case in cases)
    assert all(image.object_key and image.problem is None for case in cases for image in case.images)
    assert 20 < sum(len(case.annotations) for case in cases) / 36 < 80


def test_images_can_be_left_out(tmp_path: Path) -> None:
    write_corpus(tmp_path, 2, images=False)
    assert list((tmp_path / "images").iterdir()) == []
    assert len(list(corpus_cases(tmp_path))) == 2
