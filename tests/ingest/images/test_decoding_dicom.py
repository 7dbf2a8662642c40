import random
from io import BytesIO

import numpy as np
import pydicom
import pytest
from dicom_bytes import CANARY, dataset_of, shipped, shown, written
from image_bytes import colour, encoded, pixels, ramp
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.pixels.processing import apply_modality_lut, apply_windowing
from pydicom.uid import (
    EnhancedMRImageStorage,
    HTJ2KLossless,
    JPEGBaseline8Bit,
    RLELossless,
)

from ingest.errors import RejectedFile
from ingest.images.decoder import Decoder
from ingest.images.decoding import decode_image
from ingest.vocabulary import Modality


def code_of(data):
    with pytest.raises(RejectedFile, match=r"^E-PIC-\d+: ") as refusal:
        decode_image(data)
    return refusal.value.code


def hounsfield():
    """A ramp of signed values as a CT has them, from -1000 up."""
    return ramp().astype(np.int16) * 8 - 1000


def test_the_sample_ct_of_pydicom_is_read_through_a_child():
    with Decoder(children=1) as decoder:
        image = decoder.decode(shipped("CT_small.dcm"))
    assert (image.width_px, image.height_px) == (128, 128)
    assert (image.modality, image.frames, image.frame) == (Modality.CT, 1, None)
    assert image == decode_image(shipped("CT_small.dcm"))


def test_the_sample_mr_of_pydicom_shows_its_window():
    dataset = pydicom.dcmread(BytesIO(shipped("MR_small.dcm")))
    values = apply_windowing(apply_modality_lut(dataset.pixel_array, dataset), dataset).astype(float)
    expected = (values + 32_768) / 65_535 * 255  # pydicom gives 16 bits with a sign
    image = decode_image(shipped("MR_small.dcm"))
    assert image.modality is Modality.MR
    assert np.abs(pixels(image.png) - expected).max() <= 1


def test_equal_values_in_other_encodings_are_one_image():
    names = ["MR_small.dcm", "MR_small_implicit.dcm", "MR_small_bigendian.dcm", "MR_small_RLE.dcm"]
    assert len({decode_image(shipped(name)).pixel_sha256 for name in names}) == 1


def test_values_are_rescaled_before_the_window_of_the_header():
    stored = (hounsfield() + 1000).astype(np.uint16)
    image = shown(stored, RescaleSlope=1, RescaleIntercept=-1000, WindowCenter=40, WindowWidth=400)
    # PS3.3 C.11.2.1.2.1, written out for output from 0 to 255
    expected = ((hounsfield() - 39.5) / 399 + 0.5) * 255
    assert np.abs(image - np.clip(expected, 0, 255)).max() <= 0.51


def test_of_several_windows_the_first_is_taken():
    several = shown(hounsfield(), WindowCenter=[40, 300], WindowWidth=[400, 2000])
    assert np.array_equal(several, shown(hounsfield(), WindowCenter=40, WindowWidth=400))


@pytest.mark.parametrize("elements", [{}, {"WindowCenter": 40}, {"WindowCenter": 40, "WindowWidth": 0}])
def test_without_a_window_the_first_to_the_ninety_ninth_percentile_is_shown(elements):
    values = hounsfield()
    values[0, 0] = 30_000  # a metal clip does not darken the rest
    low, high = np.percentile(values, [1, 99])
    expected = np.clip((values - low) / (high - low) * 255, 0, 255)
    assert np.abs(shown(values, **elements) - expected).max() <= 0.51


def test_a_small_bright_spot_on_nothing_stays_visible():
    values = np.zeros((40, 40), np.uint16)
    values[7, 7] = 1
    assert shown(values)[7, 7] == 255


def test_a_blank_frame_is_black():
    assert not shown(np.full((20, 20), 700, np.uint16)).any()


def test_monochrome1_is_inverted():
    window = {"WindowCenter": 128, "WindowWidth": 256}
    assert np.array_equal(shown(ramp(), "MONOCHROME1", **window), 255 - shown(ramp(), "MONOCHROME2", **window))


def test_rgb_is_kept_and_ybr_is_converted():
    assert np.array_equal(shown(colour(), "RGB"), colour())
    neutral = np.full((20, 20, 3), 128, np.uint8)
    neutral[..., 0] = ramp(20, 20)
    assert np.array_equal(shown(neutral, "YBR_FULL"), ramp(20, 20))  # grey, stored as grey


def test_a_palette_gives_its_colours():
    table = np.arange(256, dtype=np.uint16)
    tables = {"Red": table << 8, "Green": (255 - table) << 8, "Blue": table * 0}
    elements = {}
    for name, values in tables.items():
        elements[f"{name}PaletteColorLookupTableDescriptor"] = [256, 0, 16]
        elements[f"{name}PaletteColorLookupTableData"] = values.astype("<u2").tobytes()
    expected = np.dstack([ramp(), 255 - ramp(), ramp() * 0])
    assert np.array_equal(shown(ramp(), "PALETTE COLOR", **elements), expected)


@pytest.mark.parametrize(("count", "middle"), [(2, 1), (5, 2), (6, 3)])
def test_of_several_frames_the_middle_one_is_shown(count, middle):
    frames = np.stack([np.roll(ramp(), 3 * number, axis=1) for number in range(count)])
    window = {"WindowCenter": 128, "WindowWidth": 256}
    image = decode_image(written(dataset_of(frames, NumberOfFrames=count, **window)))
    assert (image.frames, image.frame) == (count, middle)
    assert np.array_equal(pixels(image.png), shown(frames[middle], **window))


def test_a_frame_of_an_enhanced_object_has_its_own_rescale_and_window():
    frames = np.stack([ramp()] * 3)
    groups = []
    for slope in (1, 2, 3):
        rescale, window, group = Dataset(), Dataset(), Dataset()
        rescale.RescaleSlope, rescale.RescaleIntercept = slope, 0
        window.WindowCenter, window.WindowWidth = 200, 400
        group.PixelValueTransformationSequence, group.FrameVOILUTSequence = [rescale], [window]
        groups.append(group)
    elements = {"NumberOfFrames": 3, "PerFrameFunctionalGroupsSequence": groups, "SOPClassUID": EnhancedMRImageStorage}
    expected = shown(ramp(), RescaleSlope=2, RescaleIntercept=0, WindowCenter=200, WindowWidth=400)
    assert np.array_equal(shown(frames, **elements), expected)


def test_a_jpeg_inside_dicom_is_decoded():
    dataset = dataset_of(ramp(), WindowCenter=128, WindowWidth=256)
    dataset.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
    dataset.PixelData = encapsulate([encoded(ramp(), "JPEG", quality=95)])
    dataset["PixelData"].VR = "OB"
    assert np.abs(pixels(decode_image(written(dataset)).png).astype(int) - ramp()).mean() < 6


@pytest.mark.parametrize("name", [*Modality, "SR", "ZZ", "", "CT\\MR"])
def test_the_modality_of_the_header_is_kept_where_the_vocabulary_has_it(name):
    image = decode_image(written(dataset_of(ramp(), Modality=name)))
    assert image.modality == (name if name in list(Modality) else None)


def test_t4_nothing_of_the_patient_survives_in_a_stored_dicom_image():
    data = written(dataset_of(ramp(), PatientComments=CANARY, ImageComments=CANARY))
    assert CANARY.encode() in data
    assert CANARY.encode() not in decode_image(data).png


def test_t11_the_preamble_of_another_format_is_ignored():
    data = written(dataset_of(ramp()))
    for preamble in (b"II*\0", b"\x7fELF", b"%PDF-1.7", b"<html>"):
        disguised = preamble.ljust(128, b"\0") + data[128:]
        assert decode_image(disguised).png == decode_image(data).png


def test_an_unsupported_compression_is_named():
    dataset = dataset_of(ramp())
    dataset.file_meta.TransferSyntaxUID = HTJ2KLossless
    dataset.PixelData = encapsulate([b"\xff\x4f\xff\x51" + bytes(40)])
    dataset["PixelData"].VR = "OB"
    with pytest.raises(RejectedFile, match=r"E-PIC-008.*'High-Throughput JPEG 2000.*1\.2\.840\.10008\.1\.2\.4\.201\)"):
        decode_image(written(dataset))


def test_a_12_bit_jpeg_whose_frame_is_cut_short_is_called_damaged():
    dataset = pydicom.dcmread(BytesIO(shipped("JPGExtended.dcm")))
    dataset.PixelData = encapsulate([b"\xff\xd8\xff\xd9"])
    dataset["PixelData"].VR = "OB"
    with pytest.raises(RejectedFile, match=r"E-PIC-006.*'JPEG Extended.*1\.2\.840\.10008\.1\.2\.4\.51\)"):
        decode_image(written(dataset))


@pytest.mark.parametrize("name", ["reportsi.dcm", "rtplan.dcm", "test-SR.dcm", "waveform_ecg.dcm"])
def test_a_report_a_plan_and_a_waveform_hold_no_image(name):
    assert code_of(shipped(name)) == "E-PIC-007"


def test_an_unknown_pixel_form_is_refused():
    assert code_of(written(dataset_of(ramp(), PhotometricInterpretation="HSV"))) == "E-PIC-009"
    assert code_of(written(dataset_of(colour(), "RGB", PhotometricInterpretation="YBR_PARTIAL_422"))) == "E-PIC-009"


def test_sizes_are_refused_by_the_header():
    assert code_of(written(dataset_of(ramp(), Rows=9000))) == "E-PIC-004"
    assert code_of(written(dataset_of(ramp(), Rows=65_535, Columns=65_535, NumberOfFrames=999_999))) == "E-PIC-004"
    assert code_of(written(dataset_of(ramp(8, 8)))) == "E-PIC-005"


@pytest.mark.parametrize(
    "elements", [{"Rows": 31}, {"NumberOfFrames": 5}, {"BitsAllocated": 16}, {"SamplesPerPixel": 3}, {"BitsStored": 77}]
)
def test_t8_a_header_that_lies_about_its_pixels_is_refused(elements):
    assert code_of(written(dataset_of(ramp(), **elements))) == "E-PIC-006"


def test_a_file_cut_short_is_refused():
    assert code_of(shipped("MR_truncated.dcm")) == "E-PIC-006"
    data = shipped("MR_small.dcm")
    for end in range(132, len(data) - 200, 97):
        assert code_of(data[:end]) in ("E-PIC-006", "E-PIC-007")


def test_t8_rle_garbage_is_refused():
    dataset = dataset_of(ramp())
    dataset.file_meta.TransferSyntaxUID = RLELossless
    dataset.PixelData = encapsulate([b"\xff" * 200])
    dataset["PixelData"].VR = "OB"
    assert code_of(written(dataset)) == "E-PIC-006"


def test_messages_and_logs_do_not_name_the_patient(caplog, recwarn):
    syntax = b"1.2.840.10008.1.2.1\0"
    data = written(dataset_of(ramp())).replace(syntax, CANARY.encode().ljust(len(syntax), b"\0"))
    with pytest.raises(RejectedFile, match="E-PIC-008") as refusal:  # pydicom warns with the value
        decode_image(data)
    told = f"{refusal.value} {refusal.value.__cause__} {caplog.text} {[str(warning.message) for warning in recwarn]}"
    assert CANARY[:8] not in told


def test_t8_a_thousand_dicom_mutants_are_refused_or_decoded():
    small = {"WindowCenter": 128, "WindowWidth": 256, "RescaleSlope": 1, "RescaleIntercept": 0}
    seeds = [written(dataset_of(ramp(20, 20), **small)), written(dataset_of(colour(20, 20), "RGB"))]
    seeds.append(shipped("MR_small_RLE.dcm"))
    chance = random.Random(20_260_102)
    codes = []
    for number in range(1000):
        data = bytearray(seeds[number % len(seeds)])
        for _ in range(chance.randint(1, 6)):
            place = chance.randrange(132, min(len(data), 1200))  # the header
            length = chance.choice((1, 2, 4))
            data[place : place + length] = chance.choice((chance.randbytes(length), b"\xff" * length, b""))
        try:
            codes.append(decode_image(bytes(data)).png[:4])
        except RejectedFile as error:
            codes.append(error.code)
    assert codes.count("E-PIC-006") > 100
    assert codes.count(b"\x89PNG") > 100
