"""A handful of cases written by hand, and small deterministic encoders, for the tests of search and drafts."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from ingest.annotation.annotate import annotate
from ingest.case import Case, Image, Patient, Topic
from ingest.vocabulary import Modality, Plane, Region, Section, Sex


class WordEncoder:
    """Sums a fixed random vector per word: texts that share words are near."""

    def __init__(self, name: str = "words", dimension: int = 64) -> None:
        self.name = name
        self.dimension = dimension
        self.fingerprint = hashlib.sha256(f"{name}/{dimension}".encode()).hexdigest()
        self.embedded: list[str] = []

    def embed_texts(self, texts: Sequence[str]) -> np.ndarray:
        self.embedded += texts
        return stacked([self._vector(text) for text in texts], self.dimension)

    def _vector(self, text: str) -> np.ndarray:
        words = re.findall(r"\w+", text.casefold()) or [""]
        return unit(sum(seeded(word, self.dimension) for word in words))


class ImageEncoder:
    """Reads the bytes of an image as a histogram: images made of the same letters are near."""

    name = "histogram"
    dimension = 32
    fingerprint = hashlib.sha256(b"histogram").hexdigest()

    def __init__(self) -> None:
        self.embedded: list[bytes] = []

    def embed_images(self, pngs: Sequence[bytes]) -> np.ndarray:
        self.embedded += pngs
        return stacked([unit(sum(seeded(str(byte), self.dimension) for byte in png)) for png in pngs], self.dimension)


class SharedSpaceEncoder(ImageEncoder):
    """Puts words into the space of its images, as CLIP does."""

    name = "shared"
    fingerprint = hashlib.sha256(b"shared").hexdigest()

    def embed_texts(self, texts: Sequence[str]) -> np.ndarray:
        return self.embed_images([text.encode() for text in texts])


class Images:
    """Stands for the folder of stored images: the key is the content."""

    def read(self, object_key: str) -> bytes:
        return object_key.encode()


def seeded(word: str, dimension: int) -> np.ndarray:
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
    return np.random.default_rng(seed).standard_normal(dimension)


def stacked(vectors: list[np.ndarray], dimension: int) -> np.ndarray:
    return np.stack(vectors) if vectors else np.zeros((0, dimension), dtype=np.float32)


def unit(vector: np.ndarray) -> np.ndarray:
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def search_case(number: int, diagnosis: str, findings: str, **other: object) -> Case:
    """Return an annotated case `test:C<number>`, or of another `source`, with one image per entry of `images`."""
    case_id = f"{other.get('source', 'test')}:C{number}"
    sections = {
        Section.TITLE: diagnosis,
        Section.HISTORY: other.get("history", "Headache for two weeks."),
        Section.FINDINGS: findings,
        Section.DIFFERENTIAL_DIAGNOSIS: other.get("differential", f"{diagnosis}\nMetastasis"),
        Section.DIAGNOSIS: diagnosis,
        Section.CONFIRMATION: other.get("confirmation", "Histology"),
        Section.DISCUSSION: other.get("discussion", "Seen in adults."),
    }
    images = tuple(
        Image(
            image_id=f"{case_id}_image{place}",
            object_key=letters,
            pixel_sha256=hashlib.sha256(letters.encode()).hexdigest(),
            modality=other.get("modality", Modality.MR),
            plane=Plane.AXIAL,
            region=other.get("region", Region.HEAD),
            caption=other.get("caption", f"Axial image of {diagnosis}."),
        )
        for place, letters in enumerate(other.get("images", ("aab", "abb")))
    )
    return annotate(
        Case(
            case_id=case_id,
            source="test",
            patient=Patient(f"{case_id}-patient", other.get("age", 50.0), other.get("sex", Sex.MALE)),
            sections={section: text for section, text in sections.items() if text},
            diagnosis=diagnosis,
            differential_diagnosis=tuple(sections[Section.DIFFERENTIAL_DIAGNOSIS].split("\n")),
            confirmation=sections[Section.CONFIRMATION],
            topic=Topic(diagnosis, None, other.get("category", "Neoplasm")),
            images=images,
        )
    )


def search_cases() -> list[Case]:
    """Return ten cases: five of the brain with a ring-enhancing mass, three of the chest, two of the belly."""
    chest = {"modality": Modality.CT, "region": Region.THORAX, "images": ("ccd", "cdd"), "history": "Cough."}
    belly = {"modality": Modality.US, "region": Region.ABDOMEN, "images": ("eef",), "history": "Pain after meals."}
    ring = "Ring enhancing mass in the left frontal lobe, 3.2 cm, with mass effect and edema."
    return [
        search_case(1, "Glioblastoma multiforme", f"{ring} There is midline shift.", images=("aab", "aaab")),
        search_case(2, "Glioblastoma multiforme", f"{ring} No hydrocephalus.", age=61.0),
        search_case(3, "Cerebral abscess", "Ring enhancing lesion with edema and mass effect. No midline shift."),
        search_case(4, "Cerebral metastasis", "Several ring enhancing lesions, edema.", sex=Sex.FEMALE),
        search_case(5, "Meningioma", "Homogeneous enhancement, no edema. No mass effect.", sex=Sex.FEMALE),
        search_case(6, "Pneumothorax", "Pneumothorax on the right. No pleural effusion.", **chest),
        search_case(7, "Pneumonia", "Consolidation in the right lower lobe.", **chest),
        search_case(8, "Lung abscess", "Thick walled cavity with an air-fluid level.", **chest),
        search_case(9, "Cholecystitis", "Gallstones and wall thickening.", **belly),
        search_case(10, "Hepatic cyst", "Cyst in the liver. No mass.", **belly),
    ]
