"""Which file belongs to which image of own cases: by its path below the folder, by its name, or by the case's folder.

Files are found by listing, never by making a path of what stands in a table.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from ingest.images.finding import entries_below, is_image

_ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".dcm", ".dicom")
_DIRECTORY_FILE = "DICOMDIR"  # what a CD holds is listed in it; it is no image


@dataclass(frozen=True)
class ListedFiles:
    """What lies in a folder of images: each file by its path below it, and the paths by name and by case folder."""

    folder: Path
    paths: Mapping[str, Path]
    by_name: Mapping[str, Sequence[str]] = field(default_factory=dict)
    by_case: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def named(self, reference: str) -> Sequence[str]:
        """Return the files that a table may mean: the one at this path, else those of this name or this stem."""
        path = reference.strip().replace("\\", "/").removeprefix("./")
        return [path] if path in self.paths else self.by_name.get(PurePosixPath(path).name, ())

    def of_case(self, case: str) -> Sequence[str]:
        """Return the images in the folder that is named like a case."""
        return self.by_case.get(case, ())


def image_files(folder: Path, besides: Iterable[Path]) -> ListedFiles:
    """List a folder of images and its subfolders, besides some files that are none."""
    left_out = set(besides)
    paths = {path.relative_to(folder).as_posix(): path for path in entries_below(folder) if path not in left_out}
    by_name: defaultdict[str, list[str]] = defaultdict(list)
    by_case: defaultdict[str, list[str]] = defaultdict(list)
    for name, path in paths.items():
        for called in dict.fromkeys((path.name, stem_of(name))):
            by_name[called].append(name)
        parts = PurePosixPath(name).parts
        if len(parts) > 1 and path.name != _DIRECTORY_FILE and is_image(path):
            by_case[parts[0]].append(name)
    return ListedFiles(folder, paths, dict(by_name), dict(by_case))


def stem_of(name: str) -> str:
    """Return the name of a file without folder and ending; of DICOM's ``1.2.840`` the last number is no ending."""
    path = PurePosixPath(name)
    return path.stem if path.suffix.casefold() in _ENDINGS else path.name


def short_names(references: Sequence[str]) -> list[str]:
    """Return what to call the images of a case: the file's name, or its path where two have one name."""
    stems = [stem_of(reference) for reference in references]
    counts = Counter(stems)
    return [stem if counts[stem] == 1 else name for stem, name in zip(stems, references, strict=True)]
