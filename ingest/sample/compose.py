"""Compose sample cases: the first ones as they were written, the others by filling the gaps of a condition's texts."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ingest.sample.case import FIRST_CASE, MODALITIES, SampleCase, SampleImage, describe
from ingest.sample.conditions import Condition, condition, conditions, read_texts
from ingest.sample.drawing import Drawing
from ingest.sample.lesions import Lesion
from ingest.sample.views import VIEWS

if TYPE_CHECKING:
    import numpy as np

_IMAGES_PER_CASE = (2, 3, 1, 4, 2, 3)  # in turn; with the 12 cases written by hand, 60 cases have 150 images
_MARKS = {"lines": "", "bullets": "•  ", "private bullets f06e": "\uf06e ", "private bullets f0a7": "\uf0a7\t"}
_STYLES = ("lines", "lines", "commas", "lines", "bullets", "prose", "lines", "numbers")


def compose_cases(count: int, seed: int) -> list[SampleCase]:
    """Return the first `count` sample cases; a longer list begins with the same cases."""
    import numpy as np

    cases = [_first_case(FIRST_CASE + index, entry) for index, entry in enumerate(read_texts("first_cases.json"))]
    written = len(cases)
    for index in range(count - written):
        number = FIRST_CASE + written + index
        chosen = conditions()[index % len(conditions())]
        images = _IMAGES_PER_CASE[index % len(_IMAGES_PER_CASE)]
        cases.append(_composed_case(number, chosen, images, np.random.default_rng((seed, number))))
    return cases[:count]


def list_differential(names: Sequence[str], style: str) -> str:
    """Return a differential diagnosis as one of the ways in which people type it."""
    if style in _MARKS:
        return "\n".join(_MARKS[style] + name for name in names)
    if style == "numbers":
        return "\n".join(f"{place}.\t{name}" for place, name in enumerate(names, 1))
    lower = [name[0].lower() + name[1:] if name[1:2].islower() else name for name in names]
    if style == "prose":
        return f"The most likely diagnosis is {lower[0]}. Less likely are {' and '.join(lower[1:3])}."
    return {"commas": "", "ddx": "DDX is "}[style] + ", ".join(lower)


def _first_case(number: int, entry: Mapping[str, Any]) -> SampleCase:
    """Return a case written by hand; only its topic comes from the condition."""
    about = condition(entry["condition"])
    case = SampleCase(number, dict(entry["case"]), dict(about.topic))
    for image in entry["images"]:
        lesions = tuple(Lesion(**lesion) for lesion in image["lesions"])
        drawing = Drawing(image["view"], image["contrast"], lesions, image.get("depiction", "scan"))
        description = describe(
            acr=entry["image_acr"],
            age=entry["age"],
            sex=entry["sex"],
            caption=image["caption"],
            modality=image.get("modality", MODALITIES[image["contrast"]][0]),
            plane=image.get("plane", VIEWS[image["view"]].plane),
        )
        case.images.append(SampleImage(drawing, description, entry["location"], about.region))
    return case


def _composed_case(number: int, about: Condition, images: int, random: np.random.Generator) -> SampleCase:
    sex = str(random.choice(about.sexes))
    age = int(random.integers(about.ages[0], about.ages[1] + 1))
    side = about.sides[int(random.integers(len(about.sides)))]
    site = str(random.choice(about.sites))
    size = round(float(random.uniform(*about.sizes_cm)), 1)
    gaps = _gaps(age, sex, side, site, size)

    def choose(texts: Sequence[str]) -> str:
        """Return the next wording; siblings are 31 cases apart, so where there are 2 or 3 wordings theirs differ."""
        return fill(texts[number % len(texts)], gaps)

    case: dict[str, str | None] = {
        "Title": about.diagnosis,
        "History": choose(about.histories),
        "Exam": choose(about.exams),
        "Findings": choose(about.findings),
        "Differential Diagnosis": list_differential(about.differential, _STYLES[number % len(_STYLES)]),
        "Case Diagnosis": about.diagnosis,
        "Diagnosis By": choose(about.confirmations),
        "Discussion": choose(about.discussions),
        "Treatment & Follow Up": choose(about.treatments),
    }
    sample = SampleCase(number, case, dict(about.topic))
    for index in range(images):
        image = about.images[index % len(about.images)]
        kind = image.get("kind", about.kinds[0])
        lesion = Lesion(kind, image.get("site", site), image.get("size_cm", size), side)
        description = describe(
            acr=about.image_acr,
            age=str(age),
            sex=sex,
            caption=choose(image["captions"]),
            modality=str(random.choice(MODALITIES[image["contrast"]])),
            plane=VIEWS[image["view"]].plane,
        )
        drawing = Drawing(image["view"], image["contrast"], (lesion,))
        sample.images.append(SampleImage(drawing, description, about.location, about.region))
    return sample


def _gaps(age: int, sex: str, side: str | None, site: str, size: float) -> dict[str, str]:
    """Return what stands in the gaps of a text for one patient."""
    grown, young = ("woman", "girl") if sex == "female" else ("man", "boy")
    gaps = {
        "age_text": f"{age}-year-old",
        "person": grown if age >= 18 else young,
        "he": "she" if sex == "female" else "he",
        "site": site,
        "size": f"{size:.1f}",
    }
    if side is not None:
        gaps["side"] = side
    return gaps | {name.capitalize(): value[0].upper() + value[1:] for name, value in gaps.items()}


def fill(text: str, gaps: Mapping[str, str]) -> str:
    """Return the text with its gaps filled; a gap without a value is an error of the texts.

    Raises
    ------
    KeyError
        If the text has a gap that `gaps` does not fill.
    """
    return string.Formatter().vformat(text, (), gaps)
