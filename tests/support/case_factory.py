"""Cases for tests: small, plain, every field of the model used somewhere."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from ingest.case import AgeRange, Annotation, Case, ClassLabel, Image, LedgerEntry, Patient, Topic
from ingest.vocabulary import (
    AgeUnit,
    Assertion,
    ConceptKind,
    Depiction,
    Laterality,
    Modality,
    Plane,
    Region,
    Section,
    Sex,
    View,
)

# Letters whose upper and lower case, length or order differ from what one expects
TRICKY_TEXTS = (
    "ring enhancing mass",
    "RING ENHANCING MASS",
    "Straße, STRASSE, ẞ",
    "İstanbul ıI",
    "ΣΊΣΥΦΟΣ σίσυφος",
    "ﬁne ligature, 100 % (a+b)* [x] $where .* \\ \" '",
    "𝔸 astral 🩻 x",
    "",
    "café cafe\u0301",
    "%_ like",
)
HOSTILE_KEYS = ("$where", "a.b", "Topic.Keywords", ".", "$", "", "__proto__", 'a"b', "a'b", "x y", "ключ")
CONCEPT_IDS = ("finding:mass", "finding:effusion", "anatomy:left-lung", "treatment:surgery")


class TickingClock:
    """A clock that goes on by one second each time that it is read."""

    def __init__(self, start: datetime = datetime(2031, 1, 1, tzinfo=UTC)) -> None:
        self._next = start

    def __call__(self) -> datetime:
        """Return the time."""
        self._next += timedelta(seconds=1)
        return self._next


def make_case(number: int = 1, **changes: Any) -> Case:
    """Return a plain complete case; `changes` replaces fields of `Case`."""
    case_id = changes.pop("case_id", f"medpix2:MPX{number:04}")
    values: dict[str, Any] = {
        "source": case_id.partition(":")[0],
        "patient": Patient(f"{case_id}_patient", age_years=45.0, sex=Sex.FEMALE),
        "sections": {
            Section.TITLE: "Bladder diverticulum",
            Section.HISTORY: "Blood in the urine.",
            Section.FINDINGS: "Ring enhancing mass. No effusion.",
            Section.TOPIC_TITLE: "Bladder diverticulum",
        },
        "diagnosis": "Bladder diverticulum",
        "topic": Topic("Bladder diverticulum", "8.9", "Diverticulum"),
        "images": (make_image(f"{case_id}_synpic1"),),
        "annotations": (make_annotation("finding:mass"), make_annotation("finding:effusion", Assertion.ABSENT)),
        "ledger": (LedgerEntry("patient.age_years", "45", "digits", "45"),),
        "source_values": {"Topic.Keywords": "bladderurine", "Topic.Category": "Diverticulum", "Topic.ACR Code": "8.9"},
    }
    return Case(case_id=case_id, **(values | changes))


def make_image(image_id: str, **changes: Any) -> Image:
    """Return a plain complete image; `changes` replaces fields of `Image`."""
    values: dict[str, Any] = {
        "object_key": "ab/" + "ab" * 32 + ".png",
        "source_name": "synpic1",
        "pixel_sha256": "cd" * 32,
        "width_px": 512,
        "height_px": 384,
        "modality": Modality.CT,
        "technique": ("noncontrast",),
        "plane": Plane.AXIAL,
        "depiction": Depiction.SCAN,
        "region": Region.ABDOMEN,
        "anatomical_location": "Genitourinary",
        "acr_code": "8.-1",
        "caption": "The prostate is enlarged.",
        "crop_box_px": (0, 1, 2, 3),
        "source_values": {"Type": "CT", "ACR Codes": "8.-1", "Age": "45", "Plane": "Axial", "Location": "Bladder"},
    }
    return Image(image_id=image_id, **(values | changes))


def make_annotation(concept_id: str, assertion: Assertion = Assertion.PRESENT) -> Annotation:
    """Return an annotation of the findings."""
    kind = ConceptKind(concept_id.partition(":")[0])
    return Annotation(concept_id, kind, assertion, Section.FINDINGS, 0, 4, "test/1", Laterality.LEFT)


def varied_cases(count: int, *, seed: int = 0) -> list[Case]:
    """Return cases of which any field may be missing, doubled or tricky."""
    chance = random.Random(seed)
    return [_varied_case(number, chance) for number in range(count)]


def _varied_case(number: int, chance: random.Random) -> Case:
    case_id = f"{chance.choice(['medpix2', 'pmc', 'own'])}:C{number:04}"
    annotated = [(concept, assertion) for concept in CONCEPT_IDS for assertion in Assertion if chance.random() < 0.2]
    return make_case(
        case_id=case_id,
        patient=_varied_patient(case_id, chance.choice([None, 0.0, 0.25, 30.0, 50.0, 92.0]), _any(chance, list(Sex))),
        sections={section: chance.choice(TRICKY_TEXTS) for section in _case_sections() if chance.random() < 0.6},
        diagnosis=_any(chance, TRICKY_TEXTS),
        topic=Topic(_any(chance, TRICKY_TEXTS), _any(chance, ["8.9", "8.-1"]), _any(chance, ["Neoplasm, glial", "x"])),
        images=tuple(_varied_image(f"{case_id}_{place}", chance) for place in range(chance.randrange(4))),
        annotations=tuple(make_annotation(*pair) for pair in annotated),
        split=_any(chance, ["train", "dev"]),
        source_values={key: _any(chance, TRICKY_TEXTS) for key in HOSTILE_KEYS if chance.random() < 0.5}
        | _varied_article(number, chance),
    )


def _varied_patient(case_id: str, age_years: float | None, sex: Sex | None) -> Patient:
    chance = random.Random(case_id)
    youngest = chance.choice([0.0, 20.0, 48.0])
    ranged = chance.random() < 0.3
    return Patient(
        case_id,
        youngest + 5 if ranged else age_years,
        sex,
        age_unit=_any(chance, list(AgeUnit)),
        age_range=AgeRange(youngest, youngest + 9) if ranged else None,
        gestational_age_weeks=_any(chance, [None, 30.0, 32.57]),
        transgender=chance.choice([None, None, True, False]),
    )


def _varied_article(number: int, chance: random.Random) -> dict[str, str | None]:
    if chance.random() < 0.4:
        return {}
    return {
        "article.id": f"PMC{number // 2}",
        "article.year": _any(chance, ["1999", "2020"]),
        "article.licence": _any(chance, ["CC BY 4.0", "CC BY-NC", "CC0"]),
        "article.journal": _any(chance, TRICKY_TEXTS[:4]),
        "article.keywords": _any(chance, ["kidney; ring enhancing mass", "Kidney"]),
        "article.mesh": _any(chance, ["Humans; Kidney Neoplasms", "Male"]),
    }


def _varied_image(image_id: str, chance: random.Random) -> Image:
    return make_image(
        image_id,
        modality=_any(chance, list(Modality)[:3]),
        technique=tuple(chance.sample(["T1", "T2", "w/ contrast (IV)"], chance.randrange(3))),
        plane=_any(chance, list(Plane)),
        view=_any(chance, list(View)),
        depiction=_any(chance, list(Depiction)),
        region=_any(chance, list(Region)),
        anatomical_location=_any(chance, ["Lung", "Brain"]),
        caption=_any(chance, TRICKY_TEXTS),
        problem=_any(chance, [None, None, "the file is missing"]),
        classes=_classes(random.Random(image_id)),
        source_values={key: _any(chance, TRICKY_TEXTS) for key in (*HOSTILE_KEYS, "Caption", "Plane")}
        | {"Type": _any(chance, ["CT", "MR"])},
    )


def _classes(chance: random.Random) -> tuple[ClassLabel, ...]:
    names = chance.sample(["radiology", "ct", "h&e", "4_chamber"], chance.randrange(4))
    return tuple(ClassLabel(name, ((0, 2), (4, 9)), "test/1", conflict=chance.random() < 0.3) for name in names)


def _case_sections() -> Sequence[Section]:
    return [section for section in Section if section is not Section.CAPTION]


def _any(chance: random.Random, values: Sequence[Any]) -> Any:
    """Return one of the values, or None one time in four."""
    return None if chance.random() < 0.25 else chance.choice(list(values))
