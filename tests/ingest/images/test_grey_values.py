"""The grey values of a DICOM file and its windows: as the file has them, on every way to the store, and gone from what
a person redacted."""

from __future__ import annotations

from contextlib import closing
from io import BytesIO
from zipfile import ZipFile

import numpy as np
import pytest
from dicom_bytes import dataset_of, written
from image_bytes import pixels, ramp
from PIL import Image
from release_folder import noise_png

from casegraph.checks.images import check_images
from ingest.backup.write import Kept, write_backup
from ingest.case import to_document
from ingest.curation.curator import Curator
from ingest.deletion import delete_case
from ingest.grey_scale import GreyScale, VoiFunction, Window
from ingest.images.burned_in import without_text
from ingest.images.decoder import Decoder
from ingest.images.decoding import DecodedImage, decode_image
from ingest.images.grey_values import MAX_AREA_PX, USUAL_CT_WINDOWS
from ingest.images.objects import ObjectStore
from ingest.images.window import MAX_WINDOWS, windowed
from ingest.load import ingest
from ingest.store.opening import open_store

HU = {"RescaleSlope": 1, "RescaleIntercept": -1024, "RescaleType": "HU"}
BRAIN = {"WindowCenter": 40, "WindowWidth": 80}


def stored():
    """Return values of a scanner, from air to metal, without a sign."""
    return np.random.default_rng(0).integers(0, 4096, (40, 56)).astype(np.uint16)


def decoded(array: np.ndarray, photometric: str = "MONOCHROME2", **elements) -> DecodedImage:
    return decode_image(written(dataset_of(array, photometric, **elements)))


def read(image: DecodedImage) -> tuple[np.ndarray, np.ndarray]:
    """Return the values of the codes, and which are padding."""
    assert image.grey is not None
    assert image.grey_png is not None
    red, green, absent = np.moveaxis(np.asarray(Image.open(BytesIO(image.grey_png))).astype(np.int64), 2, 0)
    return (256 * red + green) * image.grey.slope + image.grey.intercept, absent > 0


def names(image: DecodedImage) -> list[str]:
    assert image.grey is not None
    return [window.name for window in image.grey.windows]


@pytest.mark.parametrize(
    "elements", [HU, {}, {"RescaleSlope": 0.5, "RescaleIntercept": 3}, {"RescaleSlope": -2, "RescaleIntercept": 7}]
)
def test_the_codes_are_the_rescaled_values(elements):
    values, absent = read(decoded(stored(), **elements))
    expected = stored() * float(elements.get("RescaleSlope", 1)) + float(elements.get("RescaleIntercept", 0))
    assert np.array_equal(values, expected)
    assert not absent.any()


@pytest.mark.parametrize("array", [stored().astype(np.int16) - 2000, stored().astype(np.uint8)])
def test_signs_and_eight_bits_are_kept(array):
    assert np.array_equal(read(decoded(array))[0], array)


def test_values_of_more_than_sixteen_bits_are_told_apart_to_a_part_of_their_range():
    array = np.random.default_rng(1).integers(0, 2**31, (32, 32)).astype(np.uint32)
    values, _ = read(decoded(array))
    assert np.abs(values - array).max() <= (int(array.max()) - int(array.min())) / 65_535


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
@pytest.mark.parametrize("function", list(VoiFunction))
def test_through_the_first_window_they_look_as_the_stored_image_does(function, photometric):
    image = decoded(stored(), photometric, **HU, **BRAIN, VOILUTFunction=str(function))
    assert image.grey is not None
    window = image.grey.windows[0]
    assert window == Window(40, 80, function, "Window 1")
    levels = windowed(read(image)[0], window)
    assert image.grey.inverted is (photometric == "MONOCHROME1")
    assert np.array_equal(255 - levels if image.grey.inverted else levels, pixels(image.png))


def test_another_window_shows_what_the_stored_image_does_not():
    image = decoded(stored(), **HU, WindowCenter=-600, WindowWidth=10)
    shown = windowed(read(image)[0], USUAL_CT_WINDOWS[2])
    expected = ((stored() - 1024.0 - 499.5) / 1999 + 0.5) * 255  # PS3.3 C.11.2.1.2.1, from 0 to 255
    assert np.abs(shown - np.clip(expected, 0, 255)).max() <= 0.51
    assert len(np.unique(pixels(image.png))) < 20 < len(np.unique(shown))


def test_padding_is_told_and_does_not_count_for_the_range():
    array = stored()
    array[:5] = 65_000
    values, absent = read(decoded(array, PixelPaddingValue=65_000))
    assert absent[:5].all()
    assert not absent[5:].any()
    assert np.array_equal(values[5:], array[5:])


def test_pixels_that_are_not_square_have_values_between():
    image = decoded(np.array([[0, 1000]] * 24, np.uint16).repeat(12, axis=1), PixelSpacing=[2, 1])
    values, _ = read(image)
    assert values.shape == (image.height_px, image.width_px) == (48, 24)
    assert np.array_equal(np.unique(values), [0, 1000])


def test_windows_are_called_as_the_file_explains_them_and_numbered_else():
    told = ["BRAIN", "John Smith, born on the first of May 1950", "", "bone/ear (R)"]
    image = decoded(
        stored(),
        WindowCenter=[40, 1, 2, 500],
        WindowWidth=[80, 2, 0, 4000],
        WindowCenterWidthExplanation=told,
    )
    assert names(image) == ["BRAIN", "Window 2", "bone/ear (R)"]
    assert names(decoded(stored())) == ["Automatic"]
    many = [str(number) for number in range(1, 40)]
    assert len(names(decoded(stored(), WindowCenter=many, WindowWidth=many))) == MAX_WINDOWS


@pytest.mark.parametrize(
    ("elements", "known"),
    [
        (HU, True),
        ({"RescaleSlope": 1, "RescaleIntercept": -1024}, True),
        ({"RescaleSlope": 1}, False),
        (HU | {"RescaleType": "US"}, False),
        (HU | {"Modality": "MR"}, False),
        (HU | {"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]}, False),
        (HU | {"ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"]}, True),
    ],
)
def test_the_usual_windows_of_ct_are_offered_where_values_are_hounsfield_units(elements, known):
    image = decoded(stored(), **elements)
    assert image.grey is not None
    assert image.grey.hounsfield is known
    usual = [window.name for window in USUAL_CT_WINDOWS] if known else []
    assert names(image) == ["Automatic", *usual]


def test_a_usual_window_that_the_file_has_itself_stands_once():
    assert names(decoded(stored(), **HU, **BRAIN)).count("brain") == 0
    assert names(decoded(stored(), **HU, **BRAIN))[:2] == ["Window 1", "subdural"]


def test_what_has_no_grey_values_has_no_windows():
    for image in (
        decode_image(noise_png(1)),
        decoded(np.zeros((24, 24, 3), np.uint8), "RGB"),
        decoded(np.full((24, 24), 7, np.uint16)),
    ):
        assert (image.grey, image.grey_png) == (None, None)


def test_of_an_image_beyond_all_measure_the_window_cannot_be_changed_and_it_is_said():
    image = decoded(np.zeros((3200, MAX_AREA_PX // 3200 + 1), np.uint8))
    assert image.grey is None
    assert "its window cannot be changed" in image.notices[-1]


def test_the_child_process_answers_as_this_one_does():
    data = written(dataset_of(stored(), **HU, **BRAIN))
    with Decoder(children=1) as decoder:
        assert decoder.decode(data) == decode_image(data)
        assert decoder.decode(noise_png(3)).grey is None


def test_an_image_that_was_redacted_has_no_values_that_show_the_letters():
    image = decoded(stored(), **HU, **BRAIN)
    assert without_text(image).grey_png is None
    assert without_text(image).grey is None


@pytest.fixture
def own_cases(tmp_path):
    """Yield documents and objects of two own cases, one with a DICOM file, and the folder that they were read from."""
    folder = tmp_path / "own"
    (folder / "images").mkdir(parents=True)
    (folder / "cases.csv").write_text("case,images\n1,a.dcm\n2,b.png\n")
    (folder / "images" / "a.dcm").write_bytes(written(dataset_of(stored(), **HU, **BRAIN, PixelSpacing=[0.5, 0.5])))
    (folder / "images" / "b.png").write_bytes(noise_png(1))
    objects = ObjectStore(tmp_path / "objects")
    with closing(open_store("sqlite", tmp_path / "workspace")) as store:
        ingest(folder, store, objects, actor="curator")
        yield store, objects, folder


def image_in(store):
    return store.get("own:1").case.images[0]


def test_a_case_keeps_the_values_and_the_size_of_a_pixel(own_cases):
    store, objects, _ = own_cases
    image = image_in(store)
    assert image.pixel_size is not None
    assert (image.pixel_size.side_mm, image.pixel_size.at_detector) == (0.5, False)
    assert isinstance(image.grey_values.scale, GreyScale)
    red, green, _ = np.moveaxis(pixels(objects.read(image.grey_values.object_key)).astype(int), 2, 0)
    scale = image.grey_values.scale
    assert np.array_equal((256 * red + green) * scale.slope + scale.intercept, stored() - 1024.0)
    png = store.get("own:2").case.images[0]
    assert (png.grey_values, png.pixel_size) == (None, None)
    assert not {"grey_values", "pixel_size"} & set(to_document(store.get("own:2").case)["images"][0])


def test_a_file_that_did_not_change_keeps_them_and_lost_values_are_read_again(own_cases):
    store, objects, folder = own_cases
    before = image_in(store)
    assert ingest(folder, store, objects, actor="curator").unchanged == 2
    objects.remove(before.grey_values.object_key)
    ingest(folder, store, objects, actor="curator")
    assert image_in(store) == before
    assert objects.path(before.grey_values.object_key).is_file()


@pytest.mark.parametrize("act", ["crop", "mark_text", "reject"])
def test_what_a_person_cropped_redacted_or_rejected_has_no_values_to_see_it_by(own_cases, act):
    store, objects, _ = own_cases
    before = image_in(store)
    curator = Curator(store, objects, actor="curator")
    if act == "crop":
        curator.crop(before.image_id, (0, 0, 30, 30))
    elif act == "mark_text":
        curator.mark_text(before.image_id, [(0, 0, 9, 9)])
    else:
        curator.reject_image(before.image_id, reason="shows a name")
    after = image_in(store)
    assert after.grey_values is None
    assert objects.path(before.grey_values.object_key).is_file()  # as the original: taking it back brings them back


def test_a_backup_has_them_and_no_check_complains(own_cases, tmp_path):
    store, objects, _ = own_cases
    assert list(check_images([found.case for found in store.cases()], objects, frozenset())) == []
    write_backup(Kept(store, objects, tmp_path / "workspace", {}), tmp_path / "backup.zip")
    with ZipFile(tmp_path / "backup.zip") as backup:
        assert f"objects/{image_in(store).grey_values.object_key}" in backup.namelist()


def test_a_deleted_case_takes_its_values_with_it(own_cases):
    store, objects, _ = own_cases
    key = image_in(store).grey_values.object_key
    delete_case(store, objects, "own:1", actor="curator")
    assert not objects.path(key).exists()


def test_a_size_at_the_detector_is_said_to_be_one():
    for elements in (
        {"ImagerPixelSpacing": [0.2, 0.2]},
        {"PixelSpacing": [0.2, 0.2], "ImagerPixelSpacing": [0.2, 0.2]},
    ):
        size = decoded(ramp(), **elements).pixel_size
        assert size is not None
        assert (round(size.side_mm, 3), size.at_detector) == (0.2, True)
