"""An archive with what a data set has to get right: licences, patients and articles of several cases, like images."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from case_factory import make_annotation, make_case, make_image
from PIL import Image as Drawn

from ingest.case import Annotation, Case, Patient, Topic
from ingest.images.decoding import decode_image
from ingest.images.objects import ObjectStore
from ingest.store.filters import Filter
from ingest.store.opening import open_store
from ingest.store.query_text import parse_filter
from ingest.subsets.count import Counted, count_subset
from ingest.subsets.prompts import read_template
from ingest.subsets.recipe import parse_recipe
from ingest.subsets.report import SubsetReport
from ingest.subsets.select import Selection
from ingest.subsets.write import Archive, foresee_subset, write_subset
from ingest.vocabulary import Assertion, ConceptKind, Modality, Section

LICENCES = ("CC BY 4.0", "CC BY-NC 4.0", "CC0", None)


def drawn(seed: int, *, noise: int = 0) -> bytes:
    """Return a PNG of blobs; `noise` gives another file that looks the same."""
    chance = np.random.default_rng(seed)
    coarse = Drawn.fromarray(chance.integers(0, 256, (8, 8), dtype=np.uint8)).resize((64, 64))
    pixels = np.asarray(coarse).astype(int) + np.random.default_rng(noise).integers(0, 1 + 2 * bool(noise), (64, 64))
    stream = BytesIO()
    Drawn.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(stream, format="PNG")
    return stream.getvalue()


def article_case(number: int, key: str, *, article: int | None = None, **changes) -> Case:
    """Return a case of an article with one image of two; the licence goes by the number of the article."""
    of = number if article is None else article
    case_id = f"pmc:PMC{of}_{number:02}"
    images = (
        make_image(f"{case_id}_fig1", object_key=key, source_values={"label": "Figure 1"}),
        make_image(f"{case_id}_fig2", object_key=None, problem="its image file is missing"),
    )
    said = {
        "id": f"PMC{of}",
        "licence": LICENCES[of % 4],
        "citation": f"Roe A. Case {of} & more. J 2021",
        "year": "2021",
    }
    values = {
        "patient": Patient(f"{case_id}_patient"),
        "images": images,
        "annotations": (make_annotation("finding:mass"), _in_caption(images[0].image_id)),
        "sections": {Section.TITLE: f"Case {number}", Section.HISTORY: "Seen (Fig. 1) at night."},
        "topic": Topic(),
        "split": None,
        "source_values": {f"article.{name}": value for name, value in said.items() if value},
    }
    return make_case(case_id=case_id, **(values | changes))


def _in_caption(image_id: str) -> Annotation:
    return Annotation(
        "finding:nodule", ConceptKind.FINDING, Assertion.PRESENT, Section.CAPTION, 0, 4, "test/1", image_id=image_id
    )


class Making:
    """An archive to make data sets of."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.objects = ObjectStore(folder / "objects")
        self.store = open_store("sqlite", folder)
        self._made = 0

    def put(self, seed: int, *, noise: int = 0) -> str:
        """Store a drawn image and return its key."""
        return self.objects.put(decode_image(drawn(seed, noise=noise)))

    def write(self, *cases: Case) -> None:
        """Write cases."""
        with self.store.writer("tester") as writer:
            writer.write_cases(cases)

    def make(self, text: str, folder: Path | None = None) -> SubsetReport:
        """Make the data set of a recipe into a folder, or foresee it."""
        chosen = _selection(text)
        template = read_template(chosen.recipe.template)
        archive = Archive(self.store, self.objects, self.folder / "h.json")
        if folder is None:
            return foresee_subset(archive, chosen, template)
        return write_subset(archive, chosen, template, folder, recipe_text=text)

    def count(self, text: str) -> Counted:
        """Count what a recipe takes."""
        return count_subset(self.store, _selection(text), 1000)


def _selection(text: str) -> Selection:
    recipe = parse_recipe(text)

    def asked(where: str) -> Filter | None:
        return parse_filter(where) if where else None

    classes = {name: parse_filter(where) for name, where in recipe.classes.items()}
    return Selection(recipe, asked(recipe.where), asked(recipe.images), classes)


@pytest.fixture
def making(tmp_path: Path):
    """Yield an archive of twelve cases: two of one article, two of one topic, two with nearly the same image."""
    archive = Making(tmp_path / "archive")
    cases = [article_case(number, archive.put(number)) for number in range(1, 9)]
    cases += [
        article_case(9, archive.put(9), article=8),
        article_case(10, archive.put(1, noise=3)),
        article_case(11, archive.put(11), topic=Topic("Gout")),
        article_case(12, archive.put(12), topic=Topic("gout ")),
    ]
    modalities = [Modality.CT, Modality.MR, Modality.US]
    archive.write(*(_with_modality(case, modalities[place % 3]) for place, case in enumerate(cases)))
    yield archive
    archive.store.close()


def _with_modality(case: Case, modality: Modality) -> Case:
    images = tuple(replace(image, modality=modality) for image in case.images)
    return replace(case, images=images)
