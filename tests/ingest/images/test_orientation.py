import struct
import zlib

import numpy as np
import pytest
from image_bytes import chunk, encoded, pixels, ramp, with_chunks, zeros_compressed
from PIL import Image

from ingest.images.decoding import decode_image

INVERSE = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def taken(orientation):
    """The image as a camera holds it."""
    image = Image.fromarray(ramp())
    return image.transpose(INVERSE[orientation]) if orientation in INVERSE else image


def exif(orientation):
    return struct.pack("<2sHIHHHIII", b"II", 42, 8, 1, 0x0112, 3, 1, orientation, 0)


def raw_profile(name, content):
    """As ImageMagick writes it: the name, the length, lines of 72 digits."""
    digits = content.hex()
    lines = "\n".join(digits[start : start + 72] for start in range(0, len(digits), 72))
    return f"\n{name}\n{len(content):8}\n{lines}\n".encode()


def xmp(orientation, form='tiff:Orientation="{}"'):
    written = form.format(orientation)
    inside = f" {written}/>" if "=" in written else f">{written}</rdf:Description>"
    return f"<x:xmpmeta><rdf:RDF><rdf:Description{inside}</rdf:RDF></x:xmpmeta>".encode()


ELEMENT = "<tiff:Orientation>{}</tiff:Orientation>"


def text_chunks(orientation):
    """The orientation in each chunk in which programs write it."""
    packed = zlib.compress
    profile = raw_profile("exif", b"Exif\0\0" + exif(orientation))
    app1 = raw_profile("generic profile", b"http://ns.adobe.com/xap/1.0/\0" + xmp(orientation))
    return {
        "eXIf": chunk(b"eXIf", exif(orientation)),
        "profile in zTXt": chunk(b"zTXt", b"Raw profile type exif\0\0" + packed(profile)),
        "profile in tEXt": chunk(b"tEXt", b"Raw profile type exif\0" + profile),
        "profile in iTXt": chunk(b"iTXt", b"Raw profile type exif\0\0\0\0\0" + profile),
        "profile in packed iTXt": chunk(b"iTXt", b"Raw profile type exif\0\1\0en\0\0" + packed(profile)),
        "APP1 in zTXt": chunk(b"zTXt", b"Raw profile type APP1\0\0" + packed(profile)),
        "XMP as APP1": chunk(b"zTXt", b"Raw profile type APP1\0\0" + packed(app1)),
        "XMP profile": chunk(b"zTXt", b"Raw profile type xmp\0\0" + packed(raw_profile("xmp", xmp(orientation)))),
        "XMP attribute": chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp(orientation)),
        "XMP element": chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp(orientation, ELEMENT)),
        "XMP in single quotes": chunk(
            b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp(orientation, "tiff:Orientation='{}'")
        ),
        "packed XMP": chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + packed(xmp(orientation))),
    }


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("place", text_chunks(1))
def test_the_orientation_of_a_png_is_applied_wherever_it_stands(place, orientation):
    turned = encoded(taken(orientation))
    before = with_chunks(turned, text_chunks(orientation)[place])
    after = turned[:-12] + text_chunks(orientation)[place] + turned[-12:]
    for data in (before, after):
        assert np.array_equal(pixels(decode_image(data).png), ramp())


def jpeg_with_app1(content):
    data = encoded(Image.fromarray(ramp(48, 32)), "JPEG", quality=95)
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(content) + 2) + content + data[2:]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ['tiff:Orientation="{}"', "tiff:Orientation='{}'", ELEMENT, "exif"])
def test_the_orientation_of_a_jpeg_is_applied_from_exif_and_xmp(form, orientation):
    if form == "exif":
        content = b"Exif\0\0" + exif(orientation)
    else:
        content = b"http://ns.adobe.com/xap/1.0/\0" + xmp(orientation, form)
    lying = pixels(decode_image(jpeg_with_app1(b"")).png)
    forward = {6: Image.Transpose.ROTATE_270, 8: Image.Transpose.ROTATE_90}
    turn = forward.get(orientation, INVERSE.get(orientation))
    expected = lying if turn is None else np.asarray(Image.fromarray(lying).transpose(turn))
    assert np.array_equal(pixels(decode_image(jpeg_with_app1(content)).png), expected)


def test_exif_goes_before_xmp():
    both = with_chunks(encoded(taken(6)), text_chunks(8)["XMP element"], text_chunks(6)["profile in zTXt"])
    assert np.array_equal(pixels(decode_image(both).png), ramp())


@pytest.mark.parametrize("orientation", [0, 9, 77])
def test_an_orientation_that_does_not_exist_turns_nothing(orientation):
    for part in text_chunks(orientation).values():
        assert np.array_equal(pixels(decode_image(with_chunks(encoded(ramp()), part)).png), ramp())


def test_a_16_bit_png_is_turned_too():
    deep = np.asarray(taken(6)).astype(np.uint16) * 257
    data = with_chunks(encoded(deep), text_chunks(6)["packed XMP"])
    assert decode_image(data).pixel_sha256 == decode_image(encoded(ramp().astype(np.uint16) * 257)).pixel_sha256


def test_t4_a_bomb_in_a_chunk_that_may_hold_an_orientation_is_opened_up_to_a_limit():
    bomb = zeros_compressed(256 * 1024 * 1024)
    heads = (b"Raw profile type exif\0\0", b"Raw profile type APP1\0\0")
    parts = [chunk(b"zTXt", head + bomb) for head in heads] * 20
    parts += [chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + bomb)] * 20
    assert decode_image(with_chunks(encoded(ramp()), *parts)).png == decode_image(encoded(ramp())).png


def test_t4_nothing_of_a_text_chunk_survives():
    secret = b"ZEPPELIN-4711"
    part = chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + secret + xmp(6))
    assert secret not in decode_image(with_chunks(encoded(taken(6)), part)).png
