from io import BytesIO

import numpy as np
import pydicom
import pytest
from dicom_bytes import dataset_of, notices, shown, written
from image_bytes import pixels, ramp
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_modality_lut, apply_voi_lut

from ingest.images.decoding import decode_image


def scan():
    """12-bit values as a detector gives them."""
    return ramp().astype(np.uint16) * 16


def table(entries, first=0, bits=16, representation="OW"):
    item = Dataset()
    item.add_new("LUTDescriptor", "SS" if first < 0 else "US", [len(entries) % 65_536, first, bits])
    values = np.asarray(entries, "<u2")
    item.add_new("LUTData", representation, values.tobytes() if representation == "OW" else values.tolist())
    return [item]


def reference(array, y_max, **elements):
    """The levels of pydicom's own functions, scaled from the range of their output."""
    dataset = dataset_of(array, **elements)
    dataset = pydicom.dcmread(BytesIO(written(dataset)))
    return apply_voi_lut(apply_modality_lut(dataset.pixel_array, dataset), dataset).astype(float) / y_max * 255


def differs(levels, expected):
    return np.abs(levels.astype(float) - expected).max()


@pytest.mark.filterwarnings("ignore:Invalid value for VR CS", "ignore:overflow encountered in exp")
@pytest.mark.parametrize("function", ["LINEAR", "LINEAR_EXACT", "SIGMOID", " sigmoid "])
@pytest.mark.parametrize(("centre", "width"), [(2000, 1000), (100.5, 30.25), (2000, 1)])
def test_each_voi_function_is_that_of_pydicom(function, centre, width):
    window = {"WindowCenter": centre, "WindowWidth": width, "BitsStored": 12, "HighBit": 11}
    expected = reference(scan(), 4095, VOILUTFunction=function.strip().upper(), **window)
    assert differs(shown(scan(), VOILUTFunction=function, **window), expected) <= 0.51


def test_a_window_narrower_than_one_is_used_on_values_as_small():
    window = {"RescaleSlope": 0.0005, "RescaleIntercept": 0, "WindowCenter": 0.4, "WindowWidth": 0.8}
    expected = np.clip((scan() * 0.0005 - 0.4) / 0.8 + 0.5, 0, 1) * 255
    assert differs(shown(scan(), VOILUTFunction="LINEAR_EXACT", **window), expected) <= 0.51
    assert differs(shown(scan(), **window), expected) <= 0.51
    assert "below 1, which LINEAR forbids" in notices(scan(), **window)
    assert not notices(scan(), VOILUTFunction="LINEAR_EXACT", **window)


@pytest.mark.parametrize("function", ["LINEAR", "LINEAR_EXACT", "SIGMOID"])
@pytest.mark.parametrize("width", [0, -5])
def test_a_width_of_zero_or_less_is_said_and_the_window_is_automatic(width, function):
    window = {"WindowCenter": 40, "WindowWidth": width, "VOILUTFunction": function}
    assert np.array_equal(shown(scan(), **window), shown(scan()))
    assert f"window width of the DICOM header is {width}, expected more than 0" in notices(scan(), **window)


def test_a_window_that_is_no_number_is_said_and_the_window_is_automatic():
    data = written(dataset_of(scan(), WindowCenter=1111, WindowWidth=400)).replace(b"1111", b"wide")
    image = decode_image(data)
    assert "not a pair of numbers" in image.notices[0]
    assert np.array_equal(pixels(image.png), shown(scan()))


def test_blanks_around_the_numbers_of_a_window_do_not_count():
    data = written(dataset_of(scan(), WindowCenter="1024", WindowWidth="2048"))
    blank = data.replace(b"\x04\x001024", b"\x08\x00  1024  ").replace(b"\x04\x002048", b"\x06\x00 2048 ")
    assert len(blank) > len(data)
    assert decode_image(blank).png == decode_image(data).png


def test_which_of_several_windows_is_shown_is_said():
    window = {"WindowCenter": [40, 300], "WindowWidth": [400, 2000]}
    assert "2 windows; the first is shown" in notices(scan(), **window)


def test_an_unknown_function_is_said_and_read_as_linear():
    window = {"WindowCenter": 1000, "WindowWidth": 500}
    assert np.array_equal(shown(scan(), VOILUTFunction="CUBIC", **window), shown(scan(), **window))
    assert "read as LINEAR" in notices(scan(), VOILUTFunction="CUBIC", **window)


CURVE = (np.linspace(0, 1, 4096) ** 2 * 4095).astype(np.uint16)


@pytest.mark.parametrize("representation", ["OW", "US"])
@pytest.mark.parametrize("said_bits", [12, 16])
def test_a_voi_lut_of_12_bits_is_shown_whatever_its_descriptor_says(said_bits, representation):
    voi = table(CURVE, bits=said_bits, representation=representation)
    expected = CURVE[scan()] / 4095 * 255
    assert differs(shown(scan(), VOILUTSequence=voi), expected) <= 0.51


def test_the_voi_lut_goes_before_the_window_as_in_pydicom():
    elements = {"VOILUTSequence": table(CURVE, bits=12), "WindowCenter": 40, "WindowWidth": 80}
    assert differs(shown(scan(), **elements), reference(scan(), 4095, **elements)) <= 0.51


@pytest.mark.parametrize("first", [-1000, 64_536])
def test_the_first_value_of_a_table_is_read_with_the_sign_that_fits(first):
    values = scan().astype(np.int16) - 1000
    voi = table(CURVE, first=first, bits=12)
    assert differs(shown(values, VOILUTSequence=voi), CURVE[scan()] / 4095 * 255) <= 0.51


def test_a_table_of_bytes_may_be_packed_or_have_a_word_each():
    falling = np.arange(255, -1, -1)
    packed = Dataset()
    packed.LUTDescriptor = [256, 0, 8]
    packed.add_new("LUTData", "OW", falling.astype(np.uint8).tobytes())
    for item in ([packed], table(falling, bits=8)):
        assert np.array_equal(shown(ramp(), VOILUTSequence=item), 255 - ramp())


def test_values_beyond_a_table_have_its_ends():
    voi = table([10, 200], first=100, bits=8)
    assert set(np.unique(shown(ramp(), VOILUTSequence=voi))) == {10, 200}


def test_a_modality_lut_goes_before_the_voi_lut():
    modality = table(np.arange(4095, -1, -1), bits=12)
    elements = {"ModalityLUTSequence": modality, "VOILUTSequence": table(CURVE, bits=12)}
    assert differs(shown(scan(), **elements), CURVE[4095 - scan()] / 4095 * 255) <= 0.51


def test_a_table_that_cannot_be_read_is_said():
    broken = table([1, 2, 3])
    broken[0].LUTDescriptor = [4096, 0, 16]
    assert "VOI LUT of the DICOM header cannot be read" in notices(scan(), VOILUTSequence=broken)
    assert "Modality LUT of the DICOM header cannot be read" in notices(scan(), ModalityLUTSequence=broken)
    assert np.array_equal(shown(scan(), VOILUTSequence=broken), shown(scan()))


def padded(value, dtype):
    """Values with a quarter of padding at the left, and which of them are padding."""
    values = ramp(80, 40).astype(dtype) * 4
    mask = np.zeros(values.shape, bool)
    mask[:, :20] = True
    return np.where(mask, np.array(value).astype(dtype), values), mask


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
@pytest.mark.parametrize(
    ("value", "dtype"), [(-2000, np.int16), (-32_768, np.int16), (63_536, np.uint16), (65_535, np.uint16)]
)
def test_padding_does_not_count_for_the_automatic_window_and_is_black(photometric, value, dtype):
    values, mask = padded(value, dtype)
    levels = shown(values, photometric, PixelPaddingValue=value)
    alone = shown(values[:, 20:], photometric)
    assert np.array_equal(levels[:, 20:], alone)
    assert not levels[mask].any()


def test_a_range_of_padding_is_left_out():
    values, _ = padded(-2000, np.int16)
    values[:, :5] = -1990
    levels = shown(values, PixelPaddingValue=-2000, PixelPaddingRangeLimit=-1985)
    assert np.array_equal(levels[:, 20:], shown(values[:, 20:]))


def test_padding_whose_sign_is_written_wrongly_is_found():
    values, mask = padded(-2000, np.int16)
    data = written(dataset_of(values, PixelPaddingValue=-2000))
    wrong = data.replace(b"\x28\x00\x20\x01SS", b"\x28\x00\x20\x01US")
    assert wrong != data
    assert decode_image(wrong).png == decode_image(data).png
    assert not pixels(decode_image(wrong).png)[mask].any()


def test_an_image_of_padding_only_is_shown_as_it_is():
    assert np.array_equal(shown(scan() * 0 + 7, PixelPaddingValue=7), scan() * 0)


def test_presentation_lut_shape_inverse_inverts_once():
    window = {"WindowCenter": 2048, "WindowWidth": 4096}
    plain = shown(scan(), **window)
    assert np.array_equal(shown(scan(), PresentationLUTShape="INVERSE", **window), 255 - plain)
    assert np.array_equal(shown(scan(), "MONOCHROME1", PresentationLUTShape="INVERSE", **window), 255 - plain)


def test_a_slope_or_an_intercept_alone_is_applied():
    window = {"WindowCenter": 4000, "WindowWidth": 4000}
    assert (
        differs(shown(scan(), RescaleSlope=2, **window), np.clip((scan() * 2 - 3999.5) / 3999 + 0.5, 0, 1) * 255) <= 1
    )
    lifted = np.clip((scan() + 1000.0 - 3999.5) / 3999 + 0.5, 0, 1) * 255
    assert differs(shown(scan(), RescaleIntercept=1000, **window), lifted) <= 1


def test_window_and_rescale_may_stand_in_the_shared_functional_groups():
    rescale, window, group = Dataset(), Dataset(), Dataset()
    rescale.RescaleSlope, rescale.RescaleIntercept = 2, -1000
    window.WindowCenter, window.WindowWidth, window.VOILUTFunction = 1000, 3000, "SIGMOID"
    group.PixelValueTransformationSequence, group.FrameVOILUTSequence = [rescale], [window]
    flat = {"RescaleSlope": 2, "RescaleIntercept": -1000, "WindowCenter": 1000, "WindowWidth": 3000}
    frames = np.stack([scan()] * 3)
    shared = shown(frames, NumberOfFrames=3, SharedFunctionalGroupsSequence=[group])
    assert np.array_equal(shared, shown(scan(), VOILUTFunction="SIGMOID", **flat))


def test_float_pixels_are_shown_and_what_is_no_number_is_black():
    values = ramp().astype(np.float32) / 100
    values[0, :9] = np.nan, np.inf, *[-9.0] * 7
    dataset = dataset_of(ramp(), BitsAllocated=32)
    for name in ("PixelData", "BitsStored", "HighBit", "PixelRepresentation"):
        delattr(dataset, name)
    dataset.FloatPixelData = values.tobytes()
    dataset.FloatPixelPaddingValue = -9.0
    levels = pixels(decode_image(written(dataset)).png)
    low, high = np.percentile(values[1:], [1, 99])
    assert differs(levels[1:], np.clip((values[1:] - low) / (high - low), 0, 1) * 255) <= 2
    assert not levels[0, :9].any()


def test_bits_above_the_stored_ones_do_not_count():
    overlaid = scan() | 0xA000
    window = {"WindowCenter": 2048, "WindowWidth": 4096, "BitsStored": 12, "HighBit": 11}
    assert np.array_equal(shown(overlaid, **window), shown(scan(), **window))


def test_values_in_the_high_bits_of_old_files_are_read():
    window = {"WindowCenter": 2048, "WindowWidth": 4096, "BitsStored": 12}
    assert np.array_equal(shown(scan() << 4 | 5, HighBit=15, **window), shown(scan(), HighBit=11, **window))


def test_one_bit_a_pixel_is_black_and_white():
    bits = (ramp() > 120).astype(np.uint8)
    data = np.packbits(bits, bitorder="little").tobytes()
    levels = shown(bits, BitsAllocated=1, BitsStored=1, HighBit=0, PixelData=data)
    assert np.array_equal(levels, bits * 255)
