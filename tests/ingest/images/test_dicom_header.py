import random
import warnings
from io import BytesIO

import numpy as np
import pydicom
import pytest
from dicom_bytes import dataset_of, shipped, shown, written
from image_bytes import colour, encoded, pixels, ramp
from pydicom.encaps import encapsulate
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGBaseline8Bit,
)

from ingest.errors import RejectedFile
from ingest.images.decoder import Decoder
from ingest.images.decoding import decode_image
from ingest.images.dicom_start import dataset_offset

WINDOW = {"WindowCenter": 2048, "WindowWidth": 4096}
SYNTAXES = (ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian)


def scan():
    return ramp().astype(np.uint16) * 16


def refusal(data):
    with pytest.raises(RejectedFile, match=r"^E-PIC-\d+: ") as refused:
        decode_image(data)
    return refused.value


def bare(dataset, syntax):
    """The data set alone, without preamble, mark and file meta information."""
    stream = BytesIO()
    implicit, little = syntax.is_implicit_VR, syntax.is_little_endian
    if not little:
        dataset.PixelData = np.frombuffer(dataset.PixelData, "<u2").astype(">u2").tobytes()
    meta = dataset.file_meta
    del dataset.file_meta
    pydicom.dcmwrite(stream, dataset, implicit_vr=implicit, little_endian=little, force_encoding=True)
    dataset.file_meta = meta
    return stream.getvalue()


@pytest.mark.parametrize("before", [b"", bytes(128), bytes(128) + b"DICM"])
@pytest.mark.parametrize("syntax", SYNTAXES)
def test_a_bare_data_set_is_read_in_each_encoding(syntax, before):
    image = decode_image(before + bare(dataset_of(scan(), **WINDOW), syntax))
    assert np.array_equal(pixels(image.png), shown(scan(), **WINDOW))
    assert "does not name its transfer syntax" in image.notices[0]


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRLittleEndian, DeflatedExplicitVRLittleEndian])
def test_a_file_that_lacks_only_preamble_and_mark_is_read(syntax):
    dataset = dataset_of(scan(), **WINDOW)
    dataset.file_meta.TransferSyntaxUID = syntax
    image = decode_image(written(dataset)[132:])
    assert np.array_equal(pixels(image.png), shown(scan(), **WINDOW))
    assert not image.notices


def test_an_acr_nema_file_starts_with_the_length_of_its_first_group():
    group = b"\x08\x00\x00\x00\x04\x00\x00\x00\x0c\x00\x00\x00"
    image = decode_image(group + bare(dataset_of(scan(), **WINDOW), ImplicitVRLittleEndian))
    assert np.array_equal(pixels(image.png), shown(scan(), **WINDOW))


def test_text_and_noise_are_not_taken_for_dicom():
    chance = random.Random(20_260_103)
    starts = [b"", b"\x08\x00", b"\x08\x00\x05\x00CS", b"\x02\x00\x00\x00UL\x04\x00", b"\x00\x08"]
    noise = [start + chance.randbytes(400) for start in starts for _ in range(400)]
    words = [b"A report of the year 2001. " * 20, b"\x08\x00" * 300, bytes(600), b"\xff" * 600]
    assert not [data for data in (*noise, *words) if dataset_offset(data) is not None]
    assert refusal(words[0]).code == "E-PIC-002"


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("Rows", "(0028,0010)"),
        ("Columns", "(0028,0011)"),
        ("PhotometricInterpretation", "(0028,0004)"),
        ("BitsAllocated", "(0028,0100)"),
        ("PixelData", "(7FE0,0010)"),
    ],
)
def test_a_missing_element_is_named_and_not_called_damage(name, tag):
    dataset = dataset_of(scan())
    dataset["PixelData"].VR = "OW"
    delattr(dataset, name)
    error = refusal(written(dataset))
    assert error.code == ("E-PIC-007" if name == "PixelData" else "E-PIC-016")
    assert f"lacks the element {name} {tag}" in error.reason


@pytest.mark.parametrize("name", ["BitsStored", "SamplesPerPixel", "PixelRepresentation", "HighBit"])
def test_an_element_with_a_usual_value_is_assumed_and_said(name):
    dataset = dataset_of(scan(), **WINDOW)
    delattr(dataset, name)
    image = decode_image(written(dataset))
    assert np.array_equal(pixels(image.png), shown(scan(), **WINDOW))
    assert name == "HighBit" or f"lacks the element {name}" in image.notices[0]


def test_colour_without_samples_and_planar_configuration_is_read():
    dataset = dataset_of(colour(), "RGB")
    del dataset.SamplesPerPixel, dataset.PlanarConfiguration
    assert np.array_equal(pixels(decode_image(written(dataset)).png), colour())


@pytest.mark.parametrize("offset", [-1000, 0, 40_000])
def test_without_pixel_representation_the_sign_is_that_which_fits(offset):
    values = scan().astype(np.int32) + offset
    stored = values.astype(np.int16 if offset < 0 else np.uint16)
    window = {"WindowCenter": 2000 + offset, "WindowWidth": 4000}
    dataset = dataset_of(stored, **window)
    del dataset.PixelRepresentation
    assert np.array_equal(pixels(decode_image(written(dataset)).png), shown(stored, **window))


@pytest.mark.parametrize("name", ["Monochrome2", " MONOCHROME2 ", "MONOCHROME 2", "monochrome1"])
def test_the_photometric_interpretation_may_be_written_in_any_case_and_with_blanks(name):
    expected = shown(scan(), "MONOCHROME1" if "1" in name else "MONOCHROME2", **WINDOW)
    dataset = dataset_of(scan(), **WINDOW)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom warns of lower case when it writes
        dataset.PhotometricInterpretation = name
        data = written(dataset)
    assert np.array_equal(pixels(decode_image(data).png), expected)


def test_compressed_pixels_without_a_transfer_syntax_are_told_by_their_content():
    dataset = dataset_of(ramp(), WindowCenter=128, WindowWidth=256)
    dataset.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
    dataset.PixelData = encapsulate([encoded(ramp(), "JPEG", quality=95)])
    dataset["PixelData"].VR = "OB"
    whole = decode_image(written(dataset))
    data = written(dataset)
    start = data.index(b"\x08\x00\x16\x00UI")
    assert decode_image(data[start:]).png == whole.png


# --- compressions


@pytest.fixture(scope="module")
def decoder():
    with Decoder(children=1) as one:
        yield one


@pytest.mark.parametrize(
    ("name", "twin"),
    [
        ("MR_small_jpeg_ls_lossless.dcm", "MR_small.dcm"),
        ("MR_small_jp2klossless.dcm", "MR_small.dcm"),
        ("SC_rgb_jpeg_gdcm.dcm", "SC_rgb_rle.dcm"),
    ],
)
def test_a_lossless_compression_gives_the_pixels_of_its_uncompressed_twin(decoder, name, twin):
    assert decoder.decode(shipped(name)).pixel_sha256 == decode_image(shipped(twin)).pixel_sha256


def test_jpeg_2000_that_pillow_does_not_know_is_decoded(decoder):
    assert decoder.decode(shipped("GDCMJ2K_TextGBR.dcm")).width_px == 400


def test_pixels_that_no_decoder_can_read_are_named_by_their_transfer_syntax(decoder):
    with pytest.raises(RejectedFile, match=r"E-PIC-006.*'JPEG 2000 Image .*' \(1\.2\.840\.10008\.1\.2\.4\.91\)"):
        decoder.decode(shipped("JPEG2000-embedded-sequence-delimiter.dcm"))


def test_t8_mutants_of_compressed_dicom_are_refused_or_decoded_in_the_child(decoder):
    names = (
        "MR_small_jpeg_ls_lossless.dcm",
        "SC_rgb_jpeg_gdcm.dcm",
        "MR_small_jp2klossless.dcm",
        "JPGExtended.dcm",
    )
    chance = random.Random(20_260_104)
    codes = []
    for number in range(1200):
        data = bytearray(shipped(names[number % 4]))
        for _ in range(chance.randint(1, 6)):
            place = chance.randrange(132, len(data))
            length = chance.choice((1, 2, 4, 16))
            data[place : place + length] = chance.choice((chance.randbytes(length), b"\xff" * length, b""))
        try:
            codes.append(decoder.decode(bytes(data)).png[:4])
        except RejectedFile as error:
            codes.append(error.code)
    assert codes.count("E-PIC-006") > 50
    assert codes.count(b"\x89PNG") > 50
    assert decoder.decode(encoded(ramp())) == decode_image(encoded(ramp()))


def test_t8_mutants_of_windows_tables_and_bare_headers_are_refused_or_decoded():
    table = pydicom.Dataset()
    table.LUTDescriptor = [256, 0, 8]
    table.add_new("LUTData", "OW", np.arange(256, dtype="<u2").tobytes())
    voi = dataset_of(ramp(20, 20), VOILUTSequence=[table], ModalityLUTSequence=[table], PixelPaddingValue=7)
    shape = {"PixelSpacing": [2, 1], "VOILUTFunction": "SIGMOID", "WindowCenter": 128, "WindowWidth": 99}
    seeds = [written(voi), written(dataset_of(ramp(20, 20), **shape))]
    seeds += [bare(dataset_of(scan(), **shape), syntax) for syntax in SYNTAXES]
    seeds.append(written(dataset_of(ramp(20, 20), "PALETTE COLOR", **palette())))
    chance = random.Random(20_260_105)
    outcomes = []
    for number in range(3000):
        data = bytearray(seeds[number % len(seeds)])
        for _ in range(chance.randint(1, 4)):
            place = chance.randrange(min(len(data), 1400))
            length = chance.choice((1, 2, 4))
            data[place : place + length] = chance.choice((chance.randbytes(length), b"\xff" * length, b""))
        try:
            outcomes.append(decode_image(bytes(data)).png[:4])
        except RejectedFile as error:
            outcomes.append(error.code)
    assert outcomes.count(b"\x89PNG") > 500
    assert len({*outcomes}) > 3


def palette():
    elements = {}
    for name in ("Red", "Green", "Blue"):
        elements[f"{name}PaletteColorLookupTableDescriptor"] = [256, 0, 16]
        elements[f"{name}PaletteColorLookupTableData"] = np.arange(256, dtype="<u2").tobytes()
    return elements
