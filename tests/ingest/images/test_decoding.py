import random
import struct
import zlib
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from image_bytes import chunk, chunks, colour, encoded, pixels, png_of, ramp, with_chunks, zeros_compressed
from PIL import Image

from ingest.errors import RejectedFile
from ingest.images.decoding import decode_image
from ingest.images.rules import MAX_FILE_BYTES

CANARY = b"ZEPPELIN-4711"


def code_of(data):
    with pytest.raises(RejectedFile, match=r"^E-PIC-\d+: ") as refusal:
        decode_image(data)
    return refusal.value.code


def test_a_grey_png_keeps_its_pixels():
    image = decode_image(encoded(ramp()))
    assert (image.width_px, image.height_px) == (40, 30)
    assert np.array_equal(pixels(image.png), ramp())


def test_a_colour_png_keeps_its_pixels():
    assert np.array_equal(pixels(decode_image(encoded(colour())).png), colour())


def test_a_jpeg_gives_the_pixels_that_pillow_reads():
    data = encoded(colour(), "JPEG", quality=90)
    assert np.array_equal(pixels(decode_image(data).png), np.asarray(Image.open(BytesIO(data))))


@pytest.mark.parametrize("options", [{"lossless": True}, {"quality": 80}, {"quality": 80, "exif": Image.Exif()}])
def test_a_webp_gives_the_pixels_that_pillow_reads(options):
    data = encoded(colour(), "WEBP", **options)
    assert np.array_equal(pixels(decode_image(data).png), np.asarray(Image.open(BytesIO(data)).convert("RGB")))


def test_an_animated_webp_gives_its_first_frame():
    frames = [Image.fromarray(colour()), Image.fromarray(255 - colour())]
    data = encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    assert np.array_equal(pixels(decode_image(data).png), colour())


@pytest.mark.parametrize("options", [{"lossless": True}, {"quality": 80}, {"quality": 80, "alpha": True}])
def test_t1_no_cut_of_a_webp_is_taken_for_an_image(options):
    alpha = options.pop("alpha", False)
    image = Image.fromarray(colour())
    if alpha:
        image.putalpha(128)
    data = encoded(image, "WEBP", **options)
    assert {code_of(data[:size]) for size in range(16, len(data) - 1, 7)} == {"E-PIC-006"}


@pytest.mark.parametrize(
    "header", [b"VP8X\n\0\0\0" + bytes(4) + b"\xff\x3f\0" * 2, b"VP8L\n\0\0\0\x2f\xff\xff\xff\x0f"]
)
def test_too_many_pixels_of_a_webp_are_refused_by_the_header(header):
    assert code_of(b"RIFF\x40\0\0\0WEBP" + header + bytes(60)) == "E-PIC-004"


def test_copies_of_a_grey_image_in_other_modes_are_one_image():
    image = Image.fromarray(ramp())
    copies = [decode_image(encoded(image.convert(mode))) for mode in ("L", "LA", "RGB", "RGBA")]
    copies.append(decode_image(encoded(image, compress_level=9)))
    assert len({copy.pixel_sha256 for copy in copies}) == 1
    assert len({copy.png for copy in copies}) == 1
    assert len({copy.source_sha256 for copy in copies}) == 5


def test_other_pixels_or_another_shape_are_another_image():
    changed = ramp()
    changed[3, 4] += 1
    digests = {decode_image(encoded(p)).pixel_sha256 for p in (ramp(), changed, ramp().reshape(40, 30))}
    assert len(digests) == 3


def test_colour_is_kept_when_one_pixel_only_has_it():
    nearly_grey = np.stack([ramp()] * 3, axis=-1)
    nearly_grey[5, 5, 2] ^= 1
    assert np.array_equal(pixels(decode_image(encoded(nearly_grey)).png), nearly_grey)


def test_transparency_is_composited_on_black():
    alpha = np.full_like(ramp(), 255)
    alpha[:10], alpha[10:20] = 0, 128
    stored = pixels(decode_image(encoded(np.dstack([colour(), alpha]))).png)
    assert not stored[:10].any()
    assert np.abs(stored[10:20].astype(int) - colour()[10:20] * (128 / 255)).max() <= 1
    assert np.array_equal(stored[20:], colour()[20:])


def test_a_transparent_colour_of_a_grey_or_palette_png_becomes_black():
    grey = ramp()
    stored = pixels(decode_image(encoded(grey, transparency=int(grey[2, 2]))).png)
    assert stored[2, 2] == 0
    assert np.array_equal(stored[grey != grey[2, 2]], grey[grey != grey[2, 2]])
    palette = Image.fromarray(colour()).quantize(8)
    index = palette.getpixel((0, 0))
    assert not pixels(decode_image(encoded(palette, transparency=index)).png)[0, 0].any()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_turns_the_image_upright(orientation):
    upright = Image.fromarray(ramp())
    inverse = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    taken = upright if orientation == 1 else upright.transpose(inverse[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert np.array_equal(pixels(decode_image(encoded(taken, exif=exif)).png), ramp())


def test_unreadable_exif_does_not_cost_the_image():
    data = with_chunks(encoded(ramp()), chunk(b"eXIf", b"MM\0*\xff\xff\xff\xff garbage"))
    assert np.array_equal(pixels(decode_image(data).png), ramp())


# --- T4: metadata and odd modes


def hostile_metadata():
    exif = Image.Exif()
    exif[0x010E] = CANARY.decode() + "<script>alert(1)</script>"
    png, jpeg = encoded(ramp(), exif=exif), encoded(ramp(), "JPEG", exif=exif, comment=CANARY)
    text = zlib.compress(CANARY * 9)
    xmp = b"XML:com.adobe.xmp\0\0\0\0\0<x:xmpmeta>" + CANARY + b"</x:xmpmeta>"
    app1 = b"http://ns.adobe.com/xap/1.0/\0" + CANARY
    return {
        "tEXt": with_chunks(png, chunk(b"tEXt", b"PatientName\0" + CANARY)),
        "zTXt": with_chunks(png, chunk(b"zTXt", b"PatientName\0\0" + text)),
        "iTXt": with_chunks(png, chunk(b"iTXt", xmp)),
        "iCCP": with_chunks(png, chunk(b"iCCP", b"profile\0\0" + text)),
        "private": with_chunks(png, chunk(b"prVt", CANARY)),
        "EXIF of PNG": png,
        "after the end of PNG": png + CANARY,
        "EXIF and comment of JPEG": jpeg,
        "XMP of JPEG": jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(app1) + 2) + app1 + jpeg[2:],
        "after the end of JPEG": jpeg + CANARY,
        "a palette with a canary": encoded(Image.fromarray(colour()).quantize(8), exif=exif),
    }


@pytest.mark.parametrize("place", hostile_metadata())
def test_t4_metadata_does_not_survive_in_a_stored_image(place):
    image = decode_image(hostile_metadata()[place])
    names = [name for name, _ in chunks(image.png)]
    assert CANARY not in image.png
    assert set(names) == {b"IHDR", b"IDAT", b"IEND"}
    header = dict(chunks(image.png))[b"IHDR"]
    assert header[8] == 8
    assert header[9] in (0, 2)


def test_t4_text_bombs_are_dropped_unopened():
    packed = zeros_compressed(256 * 1024 * 1024)
    heads = {b"zTXt": b"bomb\0\0", b"iTXt": b"bomb\0\1\0\0\0", b"iCCP": b"bomb\0\0"}
    bombs = [chunk(name, head + packed) for name, head in heads.items()] * 20
    assert decode_image(with_chunks(encoded(ramp()), *bombs)).png == decode_image(encoded(ramp())).png


def test_t4_an_animated_png_gives_its_first_frame():
    frames = [Image.fromarray(np.roll(ramp(), 7 * turn, axis=1)) for turn in range(3)]
    animated = encoded(frames[0], save_all=True, append_images=frames[1:])
    assert b"acTL" in animated
    image = decode_image(animated)
    assert image.frames == 1
    assert image.pixel_sha256 == decode_image(encoded(ramp())).pixel_sha256


def test_t4_sixteen_bit_grey_is_stretched_from_smallest_to_largest():
    twelve_bits = (ramp().astype(np.uint16) << 4) + 100
    stored = pixels(decode_image(encoded(twelve_bits)).png)
    expected = (twelve_bits - 100.0) / (twelve_bits.max() - 100) * 255
    assert stored.dtype == np.uint8
    assert np.abs(stored - expected).max() <= 0.51


def test_t4_sixteen_bit_grey_of_one_value_is_black():
    assert not pixels(decode_image(encoded(np.full((20, 20), 3000, np.uint16))).png).any()


@pytest.mark.parametrize("mode", ["1", "P", "LA", "PA"])
def test_t4_odd_modes_become_grey_or_rgb(mode):
    source = Image.fromarray(colour()).convert("P" if mode == "PA" else mode)
    image = decode_image(encoded(source))
    assert np.array_equal(pixels(image.png), np.asarray(source.convert("L" if mode in ("1", "LA") else "RGB")))


def test_t4_sixteen_bit_rgb_keeps_its_high_bytes():
    rows = b"".join(b"\0" + b"".join(bytes([v, 77]) for v in row.tobytes()) for row in colour())
    image = decode_image(png_of(40, 30, 16, 2, zlib.compress(rows)))
    assert np.array_equal(pixels(image.png), colour())


def test_t4_a_cmyk_jpeg_looks_as_it_did():
    data = encoded(Image.fromarray(colour()).convert("CMYK"), "JPEG", quality=95)
    stored = pixels(decode_image(data).png)
    assert stored.shape == (30, 40, 3)
    assert np.abs(stored.astype(int) - colour()).mean() < 6


@pytest.mark.parametrize("size", [(0, 0), (0, 20), (1, 1), (15, 100), (100, 15)])
def test_t4_an_image_of_hardly_any_pixels_is_refused(size):
    data = png_of(*size, 8, 0, zlib.compress(bytes((size[0] + 1) * size[1])))
    assert code_of(data) == "E-PIC-005"


def test_sixteen_pixels_a_side_are_enough():
    assert decode_image(encoded(ramp(16, 16))).width_px == 16


# --- T2 without a child: sizes are refused before pixels are decoded


@pytest.mark.parametrize("size", [(8193, 20), (20, 8193), (50_000, 50_000), (13_000, 13_000), (6400, 6400)])
def test_too_many_pixels_are_refused_by_the_header(size):
    assert code_of(png_of(*size, 1, 0, zlib.compress(b""))) == "E-PIC-004"


@pytest.mark.parametrize("side", [8193, 65_500])
def test_too_many_pixels_of_a_jpeg_are_refused_by_the_header(side):
    data = bytearray(encoded(ramp(), "JPEG"))
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", side, side)
    assert code_of(bytes(data)) == "E-PIC-004"


# --- T1: damage


def test_t1_no_cut_of_a_png_is_taken_for_an_image():
    data = encoded(colour())
    assert {code_of(data[:end]) for end in range(8, len(data))} == {"E-PIC-006"}


def test_t1_no_cut_of_a_jpeg_is_taken_for_an_image():
    data = encoded(colour(), "JPEG")
    assert {code_of(data[:end]) for end in range(3, len(data))} == {"E-PIC-006"}


def test_t1_pixels_that_end_early_inside_a_whole_png_are_refused():
    short = zlib.compress(b"".join(b"\0" + row.tobytes() for row in ramp()[:20]))
    assert code_of(png_of(40, 30, 8, 0, short)) == "E-PIC-006"


@pytest.mark.parametrize("size", [(16, 16), (17, 33), (40, 30), (61, 19)])
@pytest.mark.parametrize("mode", ["1", "L", "RGB"])
def test_an_interlaced_png_is_whole_with_all_its_rows_and_refused_without_the_last_byte(size, mode):
    rows = interlaced_rows(np.asarray(Image.fromarray(colour(*size)).convert(mode)), mode)
    depth, colour_type = {"1": (1, 0), "L": (8, 0), "RGB": (8, 2)}[mode]
    header = struct.pack(">IIBBBBB", *size, depth, colour_type, 0, 0, 1)

    def png(data):
        content = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")
        return b"\x89PNG\r\n\x1a\n" + content

    stored = pixels(decode_image(png(rows)).png)
    expected = Image.fromarray(colour(*size)).convert(mode).convert("RGB" if mode == "RGB" else "L")
    assert np.array_equal(stored, np.asarray(expected))
    assert code_of(png(rows[:-1])) == "E-PIC-006"


def interlaced_rows(image, mode):
    """The seven passes of Adam7 as PNG rows without filter, written from the table in the specification."""
    passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
    rows = b""
    for top, left, down, across in passes:
        part = image[top::down, left::across]
        for row in part if part.size else ():
            rows += b"\0" + (np.packbits(row).tobytes() if mode == "1" else row.tobytes())
    return rows


def test_an_empty_file_is_refused():
    assert code_of(b"") == "E-PIC-001"


def test_a_file_over_the_limit_is_refused():
    assert code_of(encoded(ramp()) + bytes(MAX_FILE_BYTES)) == "E-PIC-003"


def mutant(data, chance):
    """Flip, cut, repeat, overwrite or insert a few bytes; of a PNG repair the checksums half of the time."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(changed))
        length = chance.choice((1, 1, 2, 4, 16))
        match chance.randrange(6):
            case 0 | 1:
                changed[place] ^= 1 << chance.randrange(8)
            case 2:
                changed[place : place + length] = chance.randbytes(length)
            case 3:
                changed[place : place + length] = chance.choice((b"\xff", b"\0", b"\x7f")) * length
            case 4:
                changed[place:place] = changed[place : place + length]
            case _ if chance.random() < 0.2:
                del changed[max(place, 8) :]
    return bytes(changed)


def repaired(data):
    """Give each chunk of a damaged PNG the right checksum, so that the damage reaches the decoder."""
    fixed, start = bytearray(data), 8
    while start + 12 <= len(fixed):
        end = start + 12 + struct.unpack_from(">I", fixed, start)[0]
        if end > len(fixed):
            break
        fixed[end - 4 : end] = struct.pack(">I", zlib.crc32(fixed[start + 4 : end - 4]))
        start = end
    return bytes(fixed)


def png_seeds():
    deep = zlib.compress(b"".join(b"\0" + row.astype(">u2").tobytes() for row in colour(24, 18).astype(np.uint16) * 16))
    turned = chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<x tiff:Orientation='6'/>")
    profile = chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(b"\nexif\n 4\n45786966"))
    palette = Image.fromarray(colour(24, 18)).quantize(8)
    exif = Image.Exif()
    exif[0x0112] = 6
    animated = Image.fromarray(ramp(24, 18))
    return [
        encoded(ramp(24, 18), exif=exif),
        encoded(colour(24, 18)),
        encoded(palette, transparency=1),
        encoded(ramp(24, 18).astype(np.uint16) * 99),
        encoded(Image.fromarray(ramp(24, 18)).convert("1")),
        encoded(Image.fromarray(colour(24, 18)).convert("RGBA")),
        encoded(animated, save_all=True, append_images=[animated.rotate(90)]),
        png_of(24, 18, 16, 2, deep),
        png_of(18, 18, 16, 6, deep),
        png_of(36, 18, 16, 4, deep, profile),
        with_chunks(encoded(ramp(24, 18)), turned, profile),
    ]


def jpeg_seeds():
    exif = Image.Exif()
    exif[0x0112] = 8
    return [
        encoded(ramp(24, 18), "JPEG"),
        encoded(colour(24, 18), "JPEG", exif=exif, dpi=(72, 72)),
        encoded(colour(24, 18), "JPEG", progressive=True, comment=b"words"),
        encoded(Image.fromarray(colour(24, 18)).convert("CMYK"), "JPEG"),
    ]


def outcomes_of_mutants(seeds, count, mend=lambda data: data):
    chance = random.Random(20_260_101)
    refused = accepted = 0
    for number in range(count):
        data = mutant(seeds[number % len(seeds)], chance)
        try:
            image = decode_image(mend(data) if number % 2 else data)
        except RejectedFile:
            refused += 1
        else:
            accepted += 1
            again = decode_image(image.png)
            assert replace(image, source_sha256="", notices=()) == replace(again, source_sha256="")
    return refused, accepted


def test_t1_ten_thousand_png_mutants_are_refused_or_decoded():
    refused, accepted = outcomes_of_mutants(png_seeds(), 10_000, repaired)
    assert refused > 3000
    assert accepted > 100  # else the mutants never got as far as the pixels


def test_t1_ten_thousand_jpeg_mutants_are_refused_or_decoded():
    refused, accepted = outcomes_of_mutants(jpeg_seeds(), 10_000)
    assert refused > 3000
    assert accepted > 100


def test_t1_three_thousand_webp_mutants_are_refused_or_decoded():
    seeds = [encoded(colour(24, 18), "WEBP", lossless=True), encoded(colour(24, 18), "WEBP", quality=60)]
    refused, accepted = outcomes_of_mutants(seeds, 3000)
    assert refused > 500
    assert accepted > 100
