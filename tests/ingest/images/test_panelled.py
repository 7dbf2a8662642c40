"""Panels in the place of compound figures, and figures that stay whole."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from PIL import Image as Made

from ingest.case import Case, Image, Patient
from ingest.images.decoding import DecodedImage, decode_image
from ingest.images.panelled import KEPT_WHOLE, Panelling
from ingest.normalise.panel_captions import OWN_PANELS
from ingest.vocabulary import Modality, Plane, Region

CAPTION = "Brain of the patient. (A) Axial CT. (B) Sagittal T2-weighted MRI."


def scan(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(30, 220, (120, 140), dtype=np.uint8)


def png_of(pixels: np.ndarray) -> bytes:
    stream = BytesIO()
    Made.fromarray(pixels).save(stream, format="PNG")
    return stream.getvalue()


def figure_png(*panels: np.ndarray) -> bytes:
    gutter = np.full((120, 10), 255, dtype=np.uint8)
    pieces = [piece for panel in panels for piece in (gutter, panel)][1:]
    return png_of(np.hstack(pieces))


@pytest.fixture
def kept() -> dict[str, DecodedImage]:
    return {}


def panelled(png: bytes, caption: str, kept: dict[str, DecodedImage], **values: str) -> Case:
    def keep(image: DecodedImage) -> str:
        kept[image.pixel_sha256] = image
        return image.pixel_sha256

    figure = Image("own:1_f1", object_key="figure", caption=caption, source_values={"label": "Figure 1", **values})
    other = Image("own:1_f2", object_key="other", caption="Chest radiograph.")
    case = Case("own:1", "own", Patient("own:1"), images=(figure, other))
    return Panelling(lambda key: png, keep).of_case(case)


def test_each_panel_is_an_image_with_its_own_part_of_the_caption(kept: dict[str, DecodedImage]) -> None:
    first, second, other = panelled(figure_png(scan(1), scan(2)), CAPTION, kept).images
    assert (first.image_id, second.image_id, other.image_id) == ("own:1_f1_a", "own:1_f1_b", "own:1_f2")
    assert (first.modality, first.plane, second.modality, second.plane) == (
        Modality.CT,
        Plane.AXIAL,
        Modality.MR,
        Plane.SAGITTAL,
    )
    assert "Axial CT" in str(first.caption) and "Sagittal" not in str(first.caption)
    assert (first.derived_from, first.crop_box_px, second.crop_box_px) == (
        "figure",
        (0, 0, 140, 120),
        (150, 0, 290, 120),
    )
    assert kept[str(second.object_key)].png == decode_image(png_of(scan(2))).png
    assert (second.width_px, second.height_px) == (140, 120)


def test_a_panel_has_the_region_of_its_own_caption_and_the_sentences_that_mention_it(
    kept: dict[str, DecodedImage],
) -> None:
    caption = "(a) CT of the brain. (b) CT of the lung."
    mentions = "history:0-9; history:10-19 a; history:20-29 a, b"
    first, second, _ = panelled(figure_png(scan(1), scan(2)), caption, kept, mentions=mentions).images
    assert (first.region, second.region) == (Region.HEAD, Region.THORAX)
    assert first.source_values["mentions"] == "history:0-9; history:10-19; history:20-29"
    assert second.source_values["mentions"] == "history:0-9; history:20-29"


def test_of_a_figure_of_two_patients_a_case_has_the_panels_of_its_own(kept: dict[str, DecodedImage]) -> None:
    caption = "(a) Axial CT of case 1. (b) MRI of case 2."
    own, other = panelled(figure_png(scan(1), scan(2)), caption, kept, **{OWN_PANELS: "b"}).images
    assert (own.image_id, own.modality, other.image_id) == ("own:1_f1_b", Modality.MR, "own:1_f2")
    assert kept[str(own.object_key)].png == decode_image(png_of(scan(2))).png
    assert OWN_PANELS not in own.source_values
    assert len(kept) == 1


def test_of_a_figure_that_stays_whole_it_stays_told_which_panels_are_the_patients(
    kept: dict[str, DecodedImage],
) -> None:
    caption = "(a) Axial CT of case 1. (b) MRI of case 2."
    whole, _ = panelled(png_of(scan(1)), caption, kept, **{OWN_PANELS: "b"}).images
    assert (whole.image_id, whole.source_values[OWN_PANELS]) == ("own:1_f1", "b")


def test_a_figure_with_another_number_of_panels_stays_whole_and_says_why(kept: dict[str, DecodedImage]) -> None:
    whole, _ = panelled(png_of(scan(1)), CAPTION, kept).images
    assert whole.image_id == "own:1_f1"
    assert "2 panels" in str(whole.source_values[KEPT_WHOLE])
    assert kept == {}


def test_a_figure_whose_caption_names_no_panels_or_that_has_no_file_is_left_alone(
    kept: dict[str, DecodedImage],
) -> None:
    [figure, _] = panelled(figure_png(scan(1), scan(2)), "Two views of a brain.", kept).images
    assert (figure.image_id, KEPT_WHOLE in figure.source_values) == ("own:1_f1", False)
    case = Case("own:1", "own", Patient("own:1"), images=(replace(figure, object_key=None, caption=CAPTION),))
    assert Panelling(lambda key: b"", str).of_case(case) == case
