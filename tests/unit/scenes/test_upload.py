"""Uploaded pictures: what may come in, how it looks afterwards, and what is refused."""

import io
import struct
import time
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from anchorlab.scenes import upload
from anchorlab.scenes.upload import DISPLAY_MAX_SIDE, MAX_BYTES, ImageError, decode_image


def encode(image, file_format="PNG", **options):
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


def corners_image(width=40, height=20):
    """Red at the top left, green at the top right, blue at the bottom left, white at the bottom right."""
    pixels = np.full((height, width, 3), 255, np.uint8)
    pixels[: height // 2, : width // 2] = (255, 0, 0)
    pixels[: height // 2, width // 2 :] = (0, 255, 0)
    pixels[height // 2 :, : width // 2] = (0, 0, 255)
    return Image.fromarray(pixels)


def png(width, height, bit_depth, colour_type, rows, extra=()):
    """A PNG chunk by chunk, for what Pillow does not write."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, bit_depth, colour_type, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + r for r in rows))
    extras = b"".join(chunk(k, b) for k, b in extra)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extras + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "WEBP", "BMP", "GIF"])
def test_each_format(file_format):
    options = {"JPEG": {"quality": 95}, "WEBP": {"lossless": True}}.get(file_format, {})
    got = decode_image(encode(corners_image(), file_format, **options))
    assert got.format == file_format and (got.width, got.height, got.scale) == (40, 20, 1)
    assert got.rgb.shape == (20, 40, 3) and got.rgb.dtype == np.uint8 and not got.rgb.flags.writeable
    expected = np.asarray(corners_image()).astype(int)
    error = np.abs(got.rgb - expected)[[3, 3, 16, 16], [3, 36, 3, 36]]
    assert error.max() <= 6


def test_other_buffers_are_fine():
    data = encode(corners_image())
    for view in (bytearray(data), memoryview(data)):
        assert decode_image(view).width == 40


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
def test_exif_rotation(orientation, file_format):
    stored = corners_image()
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # the inverse transposition of each
    if orientation > 1:
        stored = stored.transpose(Image.Transpose(back[orientation]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    got = decode_image(encode(stored, file_format, exif=exif))
    assert (got.width, got.height) == (40, 20) and got.rgb.shape == (20, 40, 3)
    np.testing.assert_allclose(got.rgb[3, 3], (255, 0, 0), atol=40)
    np.testing.assert_allclose(got.rgb[16, 36], (255, 255, 255), atol=40)
    np.testing.assert_allclose(got.rgb[3, 36], (0, 255, 0), atol=40)


def test_damaged_exif_is_ignored():
    data = encode(corners_image(), "JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff\0\0")
    assert decode_image(data).rgb.shape == (20, 40, 3)


def test_transparency_is_laid_on_white():
    image = Image.new("RGBA", (4, 1), (200, 0, 0, 255))
    image.putpixel((1, 0), (0, 0, 0, 0))
    image.putpixel((2, 0), (0, 0, 0, 128))
    for file_format in ("PNG", "WEBP"):
        options = {"lossless": True, "exact": True} if file_format == "WEBP" else {}
        row = decode_image(encode(image, file_format, **options)).rgb[0]
        np.testing.assert_allclose(row, [[200, 0, 0], [255] * 3, [127] * 3, [200, 0, 0]], atol=1)


def test_palette_and_its_transparency():
    image = Image.new("P", (3, 1))
    image.putpalette([10, 20, 30, 200, 100, 50, 0, 0, 0])
    image.putdata([0, 1, 2])
    assert decode_image(encode(image)).rgb.tolist() == [[[10, 20, 30], [200, 100, 50], [0, 0, 0]]]
    for file_format in ("PNG", "GIF"):
        data = encode(image, file_format, transparency=1)
        assert decode_image(data).rgb.tolist() == [[[10, 20, 30], [255] * 3, [0, 0, 0]]]
    data = encode(image, transparency=bytes([255, 255, 0]))
    assert decode_image(data).rgb.tolist() == [[[10, 20, 30], [200, 100, 50], [255] * 3]]


def test_grey_kinds():
    assert decode_image(encode(Image.new("L", (2, 1), 77))).rgb.tolist() == [[[77] * 3] * 2]
    bits = Image.new("1", (2, 1))
    bits.putpixel((1, 0), 1)
    for file_format in ("PNG", "BMP"):
        assert decode_image(encode(bits, file_format)).rgb.tolist() == [[[0] * 3, [255] * 3]]
    both = Image.new("LA", (2, 1), (40, 255))
    both.putpixel((1, 0), (40, 0))
    assert decode_image(encode(both)).rgb.tolist() == [[[40] * 3, [255] * 3]]
    # Two bits a pixel: 0, 1, 2, 3 are 0, 85, 170, 255.
    data = png(4, 1, 2, 0, [bytes([0b00011011])])
    assert decode_image(data).rgb[0, :, 0].tolist() == [0, 85, 170, 255]


def test_grey_with_a_transparent_value():
    data = png(3, 1, 8, 0, [bytes([0, 100, 200])], [(b"tRNS", struct.pack(">H", 100))])
    assert decode_image(data).rgb[0, :, 0].tolist() == [0, 255, 200]


def test_sixteen_bits_are_scaled_not_clipped():
    deep = np.array([[0, 255, 256, 32768, 65535]], np.uint16)
    data = encode(Image.fromarray(deep))
    assert decode_image(data).rgb[0, :, 0].tolist() == [0, 1, 1, 128, 255]
    row = struct.pack(">6H", 0, 32768, 65535, 65535, 257, 514)
    assert decode_image(png(2, 1, 16, 2, [row])).rgb.tolist() == [[[0, 128, 255], [255, 1, 2]]]
    row = struct.pack(">4H", 32768, 65535, 32768, 0)
    assert decode_image(png(2, 1, 16, 4, [row])).rgb[0, :, 0].tolist() == [128, 255]


def test_cmyk():
    image = Image.new("CMYK", (16, 16), (0, 255, 255, 0))
    np.testing.assert_allclose(decode_image(encode(image, "JPEG")).rgb[8, 8], (255, 0, 0), atol=6)


def test_a_colour_profile_is_converted_to_srgb():
    image = Image.new("RGB", (4, 4), (120, 60, 200))
    plain = decode_image(encode(image)).rgb[0, 0]
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert decode_image(encode(image, icc_profile=srgb)).rgb[0, 0].tolist() == plain.tolist()
    # The same profile with red and blue exchanged: the picture's colours are exchanged too.
    swapped = srgb.replace(b"rXYZ", b"????").replace(b"bXYZ", b"rXYZ").replace(b"????", b"bXYZ")
    swapped = swapped.replace(b"s\0R\0G\0B", b"o\0t\0h\0e").replace(b"sRGB", b"othe")
    got = decode_image(encode(image, icc_profile=swapped)).rgb[0, 0]
    np.testing.assert_allclose(got, plain[::-1], atol=3)


@pytest.mark.parametrize("profile", [b"", b"junk", b"\0" * 5000, b"x" * 12 + b"mntrRGB XYZ " + b"y" * 900])
def test_a_broken_colour_profile_is_ignored(profile):
    image = Image.new("RGB", (4, 4), (120, 60, 200))
    assert decode_image(encode(image, icc_profile=profile)).rgb[0, 0].tolist() == [120, 60, 200]


def test_a_profile_of_another_colour_space_is_ignored():
    app = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    image = Image.new("RGB", (4, 4), (120, 60, 200))
    assert decode_image(encode(image, icc_profile=app)).rgb[0, 0].tolist() == [120, 60, 200]


@pytest.mark.parametrize("file_format", ["JPEG", "PNG"])
def test_large_photos_are_shown_smaller_with_true_coordinates(file_format):
    image = corners_image(4000, 3000)
    got = decode_image(encode(image, file_format))
    assert (got.width, got.height) == (4000, 3000) and got.scale == 0.4
    assert got.rgb.shape == (1200, DISPLAY_MAX_SIDE, 3)
    np.testing.assert_allclose(got.rgb[590, 790], (255, 0, 0), atol=12)
    np.testing.assert_allclose(got.rgb[610, 810], (255, 255, 255), atol=12)


def test_a_huge_jpeg_is_quick():
    data = encode(Image.new("RGB", (8900, 6700), (10, 200, 30)), "JPEG")
    start = time.perf_counter()
    got = decode_image(data)
    assert time.perf_counter() - start < 5
    assert (got.width, got.height) == (8900, 6700) and got.rgb.shape == (1204, 1600, 3)


@pytest.mark.parametrize("size", [(1, 1), (1, 7), (9, 1), (9000, 1), (1, 9000)])
def test_odd_sizes(size):
    got = decode_image(encode(Image.new("RGB", size, (1, 2, 3))))
    assert (got.width, got.height) == size
    assert got.rgb.shape[0] >= 1 and got.rgb.shape[1] >= 1 and max(got.rgb.shape) <= DISPLAY_MAX_SIDE
    assert (got.rgb == (1, 2, 3)).all()


def test_the_first_frame_of_an_animation():
    frames = [Image.new("RGB", (8, 8), c) for c in ((255, 0, 0), (0, 255, 0), (0, 0, 255))]
    for file_format in ("GIF", "WEBP", "PNG"):
        options = {"lossless": True} if file_format == "WEBP" else {}
        data = encode(frames[0], file_format, save_all=True, append_images=frames[1:], **options)
        got = decode_image(data)
        assert got.format == file_format and (got.rgb == (255, 0, 0)).all()


def test_a_long_animation_costs_one_frame():
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1000, 1000, 0) + b"\2\2\x4c\1\0"
    head = b"GIF89a" + struct.pack("<HHBBB", 1000, 1000, 0x80, 0, 0) + bytes(6)
    start = time.perf_counter()
    try:
        decode_image(head + frame * 100_000 + b";")
    except ImageError:
        pass  # this first frame has too few pixels
    assert time.perf_counter() - start < 1


def gif_header(width, height):
    return b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + bytes(6)


def webp_header(kind, width, height):
    if kind == b"VP8X":
        body = bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    elif kind == b"VP8L":
        body = b"\x2f" + ((width - 1) | (height - 1) << 14).to_bytes(4, "little") + bytes(5)
    else:
        body = b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", width, height)
    body = kind + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


@pytest.mark.parametrize(
    "data",
    [
        png(30_000, 30_000, 8, 2, [b""]),
        png(12_000, 8_000, 8, 2, [b""]),
        png(6_000, 5_000, 8, 2, [b""]),
        gif_header(60_000, 60_000)
        + b"\x2c"
        + struct.pack("<HHHHB", 0, 0, 60_000, 60_000, 0)
        + b"\2\2\x4c\1\0;",
        webp_header(b"VP8X", 16_000, 16_000),
        webp_header(b"VP8L", 16_000, 16_000),
        webp_header(b"VP8 ", 16_000, 16_000),
        b"BM" + struct.pack("<IIIIiiHHIIiiII", 90, 0, 54, 40, 20_000, 20_000, 1, 24, 0, 0, 0, 0, 0, 0),
    ],
)
def test_bombs_are_refused_from_the_header(data):
    start = time.perf_counter()
    with pytest.raises(ImageError, match="megapixels"):
        decode_image(data)
    assert time.perf_counter() - start < 0.5


def test_the_webp_header_reader_agrees_with_pillow():
    for options in ({"lossless": True}, {"quality": 80}):
        for mode in ("RGB", "RGBA"):
            data = encode(Image.new(mode, (123, 45), (9, 8, 7, 99)[: len(mode)]), "WEBP", **options)
            assert upload._webp_size(data) == (123, 45)


def test_a_jpeg_of_very_many_scans_is_refused():
    data = encode(corners_image(), "JPEG", progressive=True)
    assert decode_image(data).width == 40
    with pytest.raises(ImageError, match="layers"):
        decode_image(data[:-2] + b"\xff\xda" * 200 + data[-2:])


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "WEBP", "BMP", "GIF"])
def test_every_truncation_is_an_image_error_or_a_picture(file_format):
    data = encode(corners_image(64, 48), file_format)
    for end in [*range(60), *range(60, len(data), max(1, len(data) // 40))]:
        try:
            got = decode_image(data[:end])
        except ImageError as e:
            assert str(e)
        else:
            assert got.rgb.shape == (48, 64, 3)


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "WEBP", "BMP"])
def test_half_a_file_is_damaged(file_format):
    rng = np.random.default_rng(0)
    data = encode(Image.fromarray(rng.integers(0, 256, (64, 64, 3), np.uint8)), file_format)
    with pytest.raises(ImageError, match="damaged or incomplete"):
        decode_image(data[: len(data) // 2])


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"hello, I am a text", "not a picture that can be read here. Choose a PNG"),
        (b"%PDF-1.7", "a PDF file"),
        (b"8BPS\0\1", "a Photoshop file"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "a PostScript file"),
        (b"\0\0\0\x18ftypheic", "a HEIC photo"),
        (b"\0\0\0\x18ftypisom", "a video"),
        (b"PK\3\4", "a ZIP archive"),
        (b"<svg xmlns=", "an SVG drawing"),
        (bytes(MAX_BYTES + 1), "at most 20 MB"),
        ("text", "must come as bytes"),
        (None, "must come as bytes"),
    ],
)
def test_what_is_no_picture_is_named(data, says):
    with pytest.raises(ImageError, match=says):
        decode_image(data)


@pytest.mark.parametrize("file_format", ["TIFF", "ICO", "PPM", "TGA", "PCX", "PDF", "EPS", "SGI", "DDS"])
def test_other_formats_are_never_opened(file_format):
    with pytest.raises(ImageError, match="cannot be read here|not a picture"):
        decode_image(encode(corners_image(), file_format))


def test_nothing_is_written_to_disk(tmp_path, monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("a file was opened")

    data = [encode(corners_image(3000, 2000), f) for f in ("PNG", "JPEG", "WEBP", "BMP", "GIF")]
    monkeypatch.setattr("builtins.open", refuse)
    monkeypatch.setattr("tempfile.mkstemp", refuse)
    for d in data:
        assert decode_image(d).width == 3000


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data):
    try:
        decode_image(data)
    except ImageError as e:
        assert str(e)


@given(
    st.sampled_from(["PNG", "JPEG", "WEBP", "BMP", "GIF"]),
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=8),
)
def test_damaged_files_are_read_or_refused(file_format, changes):
    data = bytearray(encode(corners_image(), file_format))
    for at, value in changes:
        data[at % len(data)] = value
    try:
        got = decode_image(bytes(data))
    except ImageError as e:
        assert str(e)
    else:
        assert got.rgb.ndim == 3 and got.rgb.shape[2] == 3 and max(got.rgb.shape) <= DISPLAY_MAX_SIDE


@pytest.mark.parametrize(("width", "height"), [(3200, 2400), (1600, 1200), (1601, 1201)])
def test_a_picture_as_it_was_shown_is_that_of_its_file(width, height):
    shown = decode_image(encode(Image.new("RGB", (1600, 1200)), "JPEG"))
    again = upload.of_original(shown, width, height)
    whole = decode_image(encode(Image.new("RGB", (width, height)), "JPEG"))
    assert (again.width, again.height, again.scale) == (whole.width, whole.height, whole.scale)


@pytest.mark.parametrize("size", [(0, 0), (-3, -4), (1200, 1600), (3200, 2300), (10**9, 75 * 10**7)])
def test_a_file_that_would_be_shown_otherwise_is_not_its(size):
    shown = decode_image(encode(Image.new("RGB", (1600, 1200)), "JPEG"))
    assert upload.of_original(shown, *size) is shown
