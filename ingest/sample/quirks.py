"""Give sample cases the quirks of the real release: spellings, gaps, junk and contradictions, listed in quirks.json."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from ingest.sample.case import SampleCase, SampleImage
from ingest.sample.compose import list_differential
from ingest.sample.conditions import conditions, read_texts

_DIFFERENTIAL = "Differential Diagnosis"


def add_quirks(cases: list[SampleCase]) -> None:
    """Change the cases in place, as quirks.json says; quirks of cases that are not there are passed over."""
    by_id = {case.case_id: case for case in cases}
    for quirk in read_texts("quirks.json"):
        case = by_id.get(quirk["case"])
        if case is not None:
            _add(case, quirk)


def _add(case: SampleCase, quirk: Mapping[str, Any]) -> None:
    images = case.images if "image" not in quirk else [case.images[quirk["image"]]]
    for path, value in quirk.get("set", {}).items():
        _set(case, images, path, value)
    for path, prefix in quirk.get("prefix", {}).items():
        part, key = _part(case, path)
        part[key] = prefix + (part[key] or "")
    for path, (old, new) in quirk.get("replace", {}).items():
        part, key = _part(case, path)
        part[key] = (part[key] or "").replace(old, new)
    if "differential" in quirk:
        about = next(entry for entry in conditions() if entry.diagnosis == case.case["Case Diagnosis"])
        case.case[_DIFFERENTIAL] = list_differential(about.differential, quirk["differential"])
    if "depiction" in quirk:
        for image in images:
            image.drawing = dataclasses.replace(image.drawing, depiction=quirk["depiction"])


def _part(case: SampleCase, path: str) -> tuple[dict[str, str | None], str]:
    """Return the part of the record that a path such as ``Case.Exam`` names, and the key in it."""
    part, _, key = path.partition(".")
    return {"Case": case.case, "Topic": case.topic}[part], key


def _set(case: SampleCase, images: list[SampleImage], path: str, value: str | None) -> None:
    if path == "Location":
        for image in images:
            image.location = value or ""
    elif path.startswith("Description."):
        for image in images:
            image.description[path.removeprefix("Description.")] = value
    else:
        part, key = _part(case, path)
        part[key] = value
