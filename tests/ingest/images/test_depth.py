import zlib

import numpy as np
import pytest
from dicom_bytes import shown
from image_bytes import colour, encoded, pixels, png_of, ramp

from ingest.images.decoding import decode_image
from ingest.images.depth import depth_of


@pytest.mark.parametrize(
    ("largest", "said", "bits"),
    [
        (4000, 12, 12),
        (900, 12, 12),
        (5000, 12, 13),
        (4000, 16, 12),
        (255, 16, 8),
        (900, 16, 10),
        (16000, 16, 14),
        (60000, 16, 16),
        (255, 8, 8),
        (1, 1, 1),
        (0, 16, 8),
        (2**31, 32, 32),
    ],
)
def test_the_depth_is_what_the_values_use(largest, said, bits):
    assert depth_of(largest, said) == bits


def palette(entries, said_bits, first=0, dtype="<u2"):
    elements = {}
    for channel, values in zip(("Red", "Green", "Blue"), entries, strict=True):
        elements[f"{channel}PaletteColorLookupTableDescriptor"] = [len(values) % 65_536, first, said_bits]
        elements[f"{channel}PaletteColorLookupTableData"] = np.asarray(values).astype(dtype).tobytes()
    return elements


INDEX = np.arange(256)
ENTRIES = (INDEX, 255 - INDEX, INDEX // 3)
COLOURS = np.stack(ENTRIES, axis=-1).astype(np.uint8)


@pytest.mark.parametrize(("said_bits", "dtype"), [(8, "u1"), (8, "<u2"), (16, "<u2")])
def test_a_palette_of_8_bits_has_its_colours_in_every_container(said_bits, dtype):
    assert np.array_equal(shown(ramp(), "PALETTE COLOR", **palette(ENTRIES, said_bits, dtype=dtype)), COLOURS[ramp()])


def test_a_palette_of_16_bits_keeps_its_high_bytes():
    wide = [np.asarray(values) * 257 for values in ENTRIES]
    for said_bits in (8, 16):
        assert np.array_equal(shown(ramp(), "PALETTE COLOR", **palette(wide, said_bits)), COLOURS[ramp()])


def test_a_dark_table_beside_bright_ones_stays_dark():
    wide = (INDEX * 257, INDEX * 0 + 200, INDEX * 257)
    levels = shown(ramp(), "PALETTE COLOR", **palette(wide, 16))
    assert not levels[..., 1].any()
    assert levels[..., 0].max() > 200


def test_a_palette_may_be_odd_start_late_and_have_more_than_256_entries():
    odd = [values[:255] for values in ENTRIES]
    padded = palette(odd, 8, first=10, dtype="u1")
    for name in list(padded):
        if name.endswith("Data"):
            padded[name] += b"\0"
    expected = COLOURS[np.clip(ramp().astype(int) - 10, 0, 254)]
    assert np.array_equal(shown(ramp(), "PALETTE COLOR", **padded), expected)
    many = [np.repeat(values, 4) for values in ENTRIES]
    deep = ramp().astype(np.uint16) * 4
    assert np.array_equal(shown(deep, "PALETTE COLOR", **palette(many, 8, dtype="u1")), COLOURS[ramp()])


def test_a_segmented_palette_is_expanded():
    elements = {}
    for channel, ends in zip(("Red", "Green", "Blue"), ((0, 65_280), (65_280, 0), (0, 0)), strict=True):
        segments = np.array([0, 1, ends[0], 1, 255, ends[1]], "<u2")
        elements[f"{channel}PaletteColorLookupTableDescriptor"] = [256, 0, 16]
        elements[f"Segmented{channel}PaletteColorLookupTableData"] = segments.tobytes()
    expected = np.dstack([ramp(), 255 - ramp(), ramp() * 0])
    assert np.array_equal(shown(ramp(), "PALETTE COLOR", **elements), expected)


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
@pytest.mark.parametrize("is_said", [True, False])
@pytest.mark.parametrize("planar", [0, 1])
def test_rgb_of_any_depth_in_16_bits_is_shown_by_its_high_bits(bits, is_said, planar):
    stored = colour().astype(np.uint16) << (bits - 8)
    said = bits if is_said else 16
    elements = {"BitsStored": said, "HighBit": said - 1, "PlanarConfiguration": planar}
    if planar:
        elements["PixelData"] = np.moveaxis(stored, -1, 0).tobytes()
    assert np.array_equal(shown(stored, "RGB", **elements), colour())


def test_a_dark_rgb_of_12_bits_stays_dark():
    stored = colour().astype(np.uint16)
    assert shown(stored, "RGB", BitsStored=12, HighBit=11).max() == 255 >> 4


# --- PNG of 16 bits


def deep_png(colour_type, *channels):
    rows = np.stack([np.asarray(channel) for channel in channels], axis=-1).astype(">u2")
    data = zlib.compress(b"".join(b"\0" + row.tobytes() for row in rows))
    return png_of(rows.shape[1], rows.shape[0], 16, colour_type, data)


SCAN = ramp().astype(np.uint16) * 16 + 100  # up to 4,180
OPAQUE = SCAN * 0 + 65_535


@pytest.mark.parametrize("top", [4095, 65_535, 900])
def test_grey_of_16_bits_is_one_image_in_every_form(top):
    scan = (ramp().astype(np.uint32) * (top - 30) // 255 + 30).astype(np.uint16)
    plain = decode_image(encoded(scan)).pixel_sha256
    forms = {
        4: (scan, OPAQUE),
        2: (scan, scan, scan),
        6: (scan, scan, scan, OPAQUE),
    }
    assert {decode_image(deep_png(form, *channels)).pixel_sha256 for form, channels in forms.items()} == {plain}


@pytest.mark.parametrize("colour_type", [2, 6])
@pytest.mark.parametrize("bits", [8, 10, 12, 16])
def test_colour_of_a_16_bit_png_is_shown_by_the_bits_that_it_uses(bits, colour_type):
    channels = [colour()[..., channel].astype(np.uint16) << (bits - 8) for channel in range(3)]
    image = decode_image(deep_png(colour_type, *channels, *([OPAQUE] if colour_type == 6 else [])))
    assert np.array_equal(pixels(image.png), colour())
    assert bool(image.notices) is (bits < 16)


def test_transparency_of_a_16_bit_png_is_composited_on_black():
    half = OPAQUE // 2
    half[:, 20:] = 65_535
    solid = pixels(decode_image(encoded(SCAN)).png)
    for form, channels in ((4, (SCAN,)), (6, (SCAN, SCAN, SCAN))):
        levels = pixels(decode_image(deep_png(form, *channels, half)).png)
        assert np.array_equal(levels[:, 20:], solid[:, 20:])
        assert np.abs(levels[:, :20] - solid[:, :20] / 2).max() <= 1
    assert not pixels(decode_image(deep_png(4, SCAN, SCAN * 0)).png).any()


def test_filters_and_interlacing_of_a_16_bit_png_are_undone():
    high = np.stack([colour()[..., channel].astype(np.uint16) * 257 for channel in range(3)], axis=-1)
    rows = high.astype(">u2").view(np.uint8).reshape(30, -1)
    left = np.zeros_like(rows)
    left[:, 6:] = rows[:, :-6]
    filtered = b"".join(b"\1" + row.tobytes() for row in rows - left)  # filter Sub, section 9.2
    assert np.array_equal(pixels(decode_image(png_of(40, 30, 16, 2, zlib.compress(filtered))).png), colour())
