import numpy as np
import pytest
from dicom_bytes import dataset_of, notices, shown, written
from image_bytes import encoded, ramp
from pydicom.dataset import Dataset

from ingest.images.decoding import decode_image

WINDOW = {"WindowCenter": 128, "WindowWidth": 256}


def disc(rows, columns, row_mm, column_mm):
    """A disc of 40 mm in the middle of a field of 64 mm, as sampled with this spacing."""
    down = (np.arange(rows) + 0.5) * row_mm - 32
    across = (np.arange(columns) + 0.5) * column_mm - 32
    return ((down[:, None] ** 2 + across[None, :] ** 2 < 20**2) * 255).astype(np.uint8)


@pytest.mark.parametrize("name", ["PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing"])
@pytest.mark.parametrize(("rows", "columns", "spacing"), [(32, 64, [2, 1]), (64, 32, [1, 2]), (64, 128, [1, 0.5])])
def test_a_disc_is_round_after_resampling(rows, columns, spacing, name):
    levels = shown(disc(rows, columns, *spacing), **WINDOW, **{name: spacing})
    side = max(rows, columns)
    assert levels.shape == (side, side)
    bright = np.argwhere(levels > 127)
    assert np.ptp(bright[:, 0]) == pytest.approx(np.ptp(bright[:, 1]), abs=2)


def test_an_aspect_ratio_counts_where_no_spacing_is_given():
    values = disc(32, 64, 2, 1)
    assert shown(values, **WINDOW, PixelAspectRatio=[2, 1]).shape == (64, 64)
    assert shown(values, **WINDOW, PixelAspectRatio=[2, 1], PixelSpacing=[1, 1]).shape == (32, 64)
    assert shown(values, **WINDOW, PixelAspectRatio=[2, 1], PixelSpacing=[0, 1]).shape == (64, 64)


def test_what_was_resampled_is_said():
    assert "resampled from 64 x 32 to 64 x 64 pixels" in notices(disc(32, 64, 2, 1), **WINDOW, PixelSpacing=[2, 1])
    assert not notices(disc(64, 64, 1, 1), **WINDOW, PixelSpacing=[0.7, 0.7004])


def test_the_spacing_of_an_enhanced_object_stands_in_its_functional_groups():
    measures, group = Dataset(), Dataset()
    measures.PixelSpacing = [1, 2]
    group.PixelMeasuresSequence = [measures]
    frames = np.stack([disc(64, 32, 1, 2)] * 2)
    elements = {"NumberOfFrames": 2, "SharedFunctionalGroupsSequence": [group], **WINDOW}
    assert shown(frames, **elements).shape == (64, 64)


def test_an_image_that_would_become_too_large_is_made_smaller_instead():
    image = decode_image(written(dataset_of(np.zeros((5000, 32), np.uint8), PixelSpacing=[2, 1])))
    assert (image.width_px, image.height_px) == (16, 5000)


@pytest.mark.parametrize("spacing", [[1, 500], [500, 1]])
def test_a_spacing_beyond_belief_is_said_and_not_applied(spacing):
    assert shown(ramp(), **WINDOW, PixelSpacing=spacing).shape == (30, 40)
    assert "not applied" in notices(ramp(), **WINDOW, PixelSpacing=spacing)


def test_the_resolution_of_a_png_is_ignored():
    assert decode_image(encoded(ramp(), dpi=(72, 144))).png == decode_image(encoded(ramp())).png


def side_mm(values: np.ndarray, **elements: object) -> float | None:
    size = decode_image(written(dataset_of(values, **WINDOW, **elements))).pixel_size
    return size.side_mm if size and not size.at_detector else None


def test_the_size_of_a_pixel_in_the_patient_is_that_of_the_pixels_shown():
    assert side_mm(ramp(), PixelSpacing=[0.7, 0.7]) == pytest.approx(0.7)
    assert side_mm(disc(32, 64, 2, 1), PixelSpacing=[2, 1]) == pytest.approx(1)  # resampled to 64 x 64


@pytest.mark.parametrize(
    "elements",
    [
        {},
        {"ImagerPixelSpacing": [0.2, 0.2]},
        {"PixelSpacing": [0.2, 0.2], "ImagerPixelSpacing": [0.2, 0.2]},
        {"PixelSpacing": [0, 1]},
        {"PixelSpacing": [30, 1]},
    ],
)
def test_what_is_not_known_of_the_patient_is_no_size_of_a_pixel(elements: dict):
    assert side_mm(ramp(), **elements) is None
