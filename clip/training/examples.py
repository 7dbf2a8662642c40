"""What is learned from: images with the texts that go with them, and their labels."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from operator import getitem
from typing import overload

from ingest.annotation.sentences import sentence_ends
from ingest.case import Case, Image
from ingest.vocabulary import Section

MAX_TEXT_LENGTH = 400  # characters; about the 64 word pieces that the text encoders read

# How a label becomes words; a radiologist would write any of them.
TEMPLATES = (
    "{plane} {modality} of the {region}",
    "{technique} {modality}, {plane}, {location}",
    "{modality} {location}",
)


@dataclass(frozen=True, eq=False)
class LazyPngs(Sequence[bytes]):
    """PNGs that are read each time they are asked for, so that no archive is too large for the memory."""

    readers: tuple[Callable[[], bytes], ...]

    def __len__(self) -> int:
        return len(self.readers)

    @overload
    def __getitem__(self, row: int) -> bytes: ...
    @overload
    def __getitem__(self, row: slice) -> LazyPngs: ...
    def __getitem__(self, row: int | slice) -> bytes | LazyPngs:
        return LazyPngs(self.readers[row]) if isinstance(row, slice) else self.readers[row]()


@dataclass(frozen=True, eq=False)
class Examples:
    """m images of cases: each with its PNG, the texts that describe it, and a label per task (None: unknown)."""

    image_ids: tuple[str, ...]
    case_ids: tuple[str, ...]
    pngs: Sequence[bytes]
    texts: tuple[tuple[str, ...], ...]
    labels: Mapping[str, tuple[str | None, ...]]

    def __len__(self) -> int:
        return len(self.image_ids)

    def rows(self, numbers: Sequence[int]) -> Examples:
        """Return only the examples of these row numbers, in their order."""
        return Examples(
            tuple(self.image_ids[row] for row in numbers),
            tuple(self.case_ids[row] for row in numbers),
            LazyPngs(tuple(partial(getitem, self.pngs, row) for row in numbers)),
            tuple(self.texts[row] for row in numbers),
            {task: tuple(values[row] for row in numbers) for task, values in self.labels.items()},
        )


def concatenated(first: Examples, second: Examples) -> Examples:
    """Return the examples of both, of the same tasks."""
    return Examples(
        first.image_ids + second.image_ids,
        first.case_ids + second.case_ids,
        LazyPngs(tuple(partial(getitem, one.pngs, row) for one in (first, second) for row in range(len(one)))),
        first.texts + second.texts,
        {task: values + second.labels[task] for task, values in first.labels.items()},
    )


def texts_of_image(case: Case, image: Image) -> tuple[str, ...]:
    """Return the texts that describe an image, each once: its labels in words, caption, findings, diagnosis."""
    said = [*_label_texts(image), *_own_texts(case, image)]
    return tuple(dict.fromkeys(text.strip()[:MAX_TEXT_LENGTH] for text in said if text and text.strip()))


def _own_texts(case: Case, image: Image) -> Iterator[str]:
    if image.caption:
        yield image.caption
    findings = case.sections.get(Section.FINDINGS)
    if findings:
        yield findings[: _end_within(findings, MAX_TEXT_LENGTH)]
    if case.diagnosis:
        yield f"{_named(image.modality and image.modality.value)} showing {case.diagnosis}"


def _label_texts(image: Image) -> Iterator[str]:
    values = {
        "plane": image.plane or image.view or image.depiction,
        "modality": image.modality,
        "region": image.region,
        "location": image.anatomical_location,
        "technique": ", ".join(image.technique),
    }
    for template in TEMPLATES:
        known = {name: _named(value and str(value)) for name, value in values.items()}
        yield " ".join(template.format(**known).split()).strip(" ,")


def _named(value: str | None) -> str:
    return value or ""


def _end_within(text: str, longest: int) -> int:
    """Return where the last sentence ends that fits; the whole length where none does."""
    return max((end for end in sentence_ends(text) if end <= longest), default=longest)


def language_texts(cases: Iterable[Case]) -> list[str]:
    """Return every text of the cases, each once: what stage 1 learns the language from."""
    texts: dict[str, None] = {}
    for case in cases:
        texts |= dict.fromkeys(text for text in case.sections.values() if text.strip())
        texts |= dict.fromkeys(image.caption for image in case.images if image.caption)
    return list(texts)
