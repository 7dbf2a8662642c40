"""The generated release: the same every time, a smaller one the beginning of a larger, and all of it is read."""

from pathlib import Path

import pytest

from benchmarks import generated_release
from benchmarks.generated_release import write_generated
from ingest.annotation.annotate import annotate
from ingest.sources.multicare import MultiCaRe
from ingest.sources.source import SourceCase


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generated_release, "_POOL", 40)
    monkeypatch.setattr(generated_release, "VARIANTS", 4)
    monkeypatch.setattr(generated_release, "_ROWS_PER_WRITE", 10)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def found(folder: Path) -> list[SourceCase]:
    stream = list(MultiCaRe().read(str(folder)).found)
    assert all(isinstance(one, SourceCase) for one in stream)
    return [one for one in stream if isinstance(one, SourceCase)]


def test_the_same_number_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "other"):
        write_generated(tmp_path / name, 30)
    assert contents(tmp_path / "one") == contents(tmp_path / "other")


def test_everything_is_read_with_its_images_and_the_age_of_the_release(tmp_path: Path) -> None:
    write_generated(tmp_path, 50)
    cases = found(tmp_path)
    assert len(cases) == 50
    assert sum(len(one.files) for one in cases) == 50 * generated_release.IMAGES_PER_100 // 100
    assert not any(one.ambiguous for one in cases)
    for one in cases:
        assert one.case.patient.age_years == float(one.case.source_values["release.age"] or "nan")
        assert one.case.article is not None
    assert any("radiology" in {label.class_id for label in image.classes} for image in annotate(cases[1].case).images)


def test_a_smaller_release_is_the_beginning_of_a_larger_one(tmp_path: Path) -> None:
    write_generated(tmp_path / "small", 12)
    write_generated(tmp_path / "large", 30)
    few, many = ([one.case for one in found(tmp_path / name)] for name in ("small", "large"))
    assert few[:11] == many[:11]
