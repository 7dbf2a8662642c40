"""The sample images show what the texts say: lesions at their side, bright or dark, as large as told."""

import json
import re

import numpy as np
import pytest
from PIL import Image

from ingest.sample.compose import compose_cases
from ingest.sample.conditions import conditions
from ingest.sample.drawing import Drawing, draw_pixels
from ingest.sample.lesion_painters import PAINTERS
from ingest.sample.lesions import HYDROCEPHALUS, Lesion, position_of
from ingest.sample.tissues import CONTRASTS, tissues_of
from ingest.sample.views import VIEWS

CENTRE_PX = 128


def brightness_at(drawing: Drawing, place: tuple[float, float], seed: int = 5) -> float:
    """Return the mean brightness in a small square around body coordinates, over a few drawings."""
    values = []
    for turn in range(4):
        pixels = draw_pixels(drawing, np.random.default_rng((seed, turn)), width_px=256, height_px=256)
        x, y = (round(CENTRE_PX + value * CENTRE_PX / 1.07) for value in place)
        values.append(pixels[y - 5 : y + 6, x - 5 : x + 6].mean())
    return float(np.mean(values))


def lesion_and_mirror(drawing: Drawing) -> tuple[float, float]:
    """Return how bright the lesion is and how bright the same place of the other side."""
    x, y = position_of(drawing.lesions[0], drawing.view)
    return brightness_at(drawing, (x, y)), brightness_at(drawing, (-x, y))


@pytest.mark.parametrize(
    ("view", "contrast", "lesion", "brighter"),
    [
        ("head axial", "flair", Lesion("enhancing mass", "frontal lobe", 4.0, "left"), True),
        ("head axial", "t1_gd", Lesion("ring", "frontal lobe", 4.2, "left"), False),
        ("head axial", "ct_brain", Lesion("smooth ring", "parietal lobe", 2.6, "right"), False),
        ("chest axial", "ct_lung", Lesion("spiculated mass", "lingula", 3.4, "left"), True),
        ("chest axial", "ct_lung", Lesion("consolidation", "lower lobe", 8.0, "right"), True),
        ("abdomen axial", "t2", Lesion("hemangioma", "right hepatic lobe", 5.0), True),
        ("kidney axial", "ct_iv", Lesion("fatty mass", "renal cortex", 3.6, "left"), False),
        ("pelvis axial", "t2", Lesion("mass", "bladder wall", 3.2, "left"), False),
        ("thigh axial", "t1", Lesion("fatty mass", "vastus lateralis", 5.0), True),
    ],
)
def test_a_lesion_stands_out_at_its_place(view, contrast, lesion, brighter):
    place = position_of(lesion, view)
    with_lesion = brightness_at(Drawing(view, contrast, (lesion,)), place)
    without = brightness_at(Drawing(view, contrast), place)
    assert (with_lesion > without + 20) if brighter else (with_lesion < without - 20)


@pytest.mark.parametrize("side", ["left", "right"])
def test_acute_blood_lies_on_the_side_that_the_text_names(side):
    lesion = Lesion("crescent", "hemisphere", 1.4, side)
    drawing = Drawing("head axial", "ct_brain", (lesion,))
    pixels = draw_pixels(drawing, np.random.default_rng(3), width_px=256, height_px=256).astype(int)
    blood = (pixels > 190) & (pixels < 245)
    right_of_image, left_of_image = blood[:, 128:].sum(), blood[:, :128].sum()
    assert bool(right_of_image > left_of_image) is (side == "left")


def test_the_patients_left_is_on_the_right_of_the_image():
    lesion = Lesion("ring", "frontal lobe", 4.2, "left")
    assert position_of(lesion, "head axial")[0] > 0
    assert position_of(Lesion("ring", "frontal lobe", 4.2, "right"), "head axial")[0] < 0
    centre, mirror = lesion_and_mirror(Drawing("head axial", "t1_gd", (lesion,)))
    assert centre < mirror - 20


def test_the_rim_of_a_ring_is_brighter_than_its_centre_and_the_oedema_around_it():
    lesion = Lesion("ring", "frontal lobe", 4.2, "left")
    drawing = Drawing("head axial", "t1_gd", (lesion,))
    pixels = draw_pixels(drawing, np.random.default_rng(9), width_px=256, height_px=256).astype(float)
    x, y = (round(CENTRE_PX + value * CENTRE_PX / 1.07) for value in position_of(lesion, "head axial"))
    row = pixels[y - 2 : y + 3, x - 40 : x + 1].mean(axis=0)
    assert row.max() > 170
    assert row[-6:].mean() < 90


def test_hand_written_texts_name_the_side_that_is_drawn():
    for case in compose_cases(12, seed=7):
        for image in case.images:
            for lesion in image.drawing.lesions:
                if lesion.side and image.description["Plane"] in {"Axial", "Coronal"}:
                    said = f"{image.description['Caption']} {case.case['Findings']}".casefold()
                    assert re.search(rf"\b{lesion.side}\b", said), case.case_id


def test_composed_texts_never_name_the_other_side_of_the_lesion():
    other = {"left": "right", "right": "left"}
    for case in compose_cases(60, seed=7)[12:]:
        for image in case.images:
            for lesion in image.drawing.lesions:
                if lesion.side:
                    words = re.findall(r"\w+", (image.description["Caption"] or "").casefold())
                    assert other[lesion.side] not in words, case.case_id


def test_every_condition_draws_views_contrasts_and_sites_that_exist():
    for condition in conditions():
        for image in condition.images:
            assert image["contrast"] in CONTRASTS
            assert {image.get("kind"), *condition.kinds} <= {None, HYDROCEPHALUS, *PAINTERS}
            sites = [image["site"]] if "site" in image else condition.sites
            assert set(sites) <= set(VIEWS[image["view"]].sites), (condition.name, image["view"])


def test_a_contrast_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="'t3' is not in the table"):
        tissues_of("t3")


def test_no_two_images_of_a_view_are_alike(sample_release):
    seen = {}
    for entry in json.loads((sample_release / "Descriptions.json").read_text()):
        with Image.open(sample_release / "images" / f"{entry['image']}.png") as image:
            small = np.asarray(image.convert("L").resize((32, 32)), dtype=float)
        for image_id, other in seen.items():
            assert np.abs(small - other).mean() > 1.5, (entry["image"], image_id)
        seen[entry["image"]] = small
