"""Decodes a picture that somebody uploads, within budgets and without touching the disk.

The file is not trusted. Only five formats are ever handed to a decoder, whatever the file is called;
its size in pixels is read from the header and held against a budget before anything is decoded; and
whatever a decoder objects to becomes an `ImageError` whose text is meant for the person who uploaded.
"""

import io
from dataclasses import dataclass, replace

import numpy as np

# The five plugins register themselves here, so that Pillow never loads its forty others to look for one.
from PIL import (
    BmpImagePlugin,  # noqa: F401
    GifImagePlugin,  # noqa: F401
    Image,
    ImageCms,
    JpegImagePlugin,  # noqa: F401
    PngImagePlugin,  # noqa: F401
    WebPImagePlugin,  # noqa: F401
)

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF")

# A photo of a 50-megapixel telephone is 10 to 20 MB as JPEG.
MAX_BYTES = 20_000_000
# JPEG is decoded at a fraction of its size (see `_open`), so a 60-megapixel photo costs little memory.
MAX_PIXELS = 60_000_000
# The other formats must be decoded whole, at 4 bytes a pixel: 100 MB at most. 6000 x 4000 fits.
MAX_PIXELS_WHOLE = 25_000_000
# Longest side of the picture that is shown; larger ones gain nothing on a screen.
DISPLAY_MAX_SIDE = 1600

# A progressive JPEG has about ten scans. Each is a pass over the whole picture, so a file of a few
# megabytes with thousands of empty scans would decode for minutes.
_MAX_JPEG_SCANS = 100
_MAX_PROFILE_BYTES = 4_000_000

_CHOOSE = "Choose a PNG, JPEG, WebP, BMP or GIF picture."

# First bytes of what people upload by mistake: (offset, bytes, name).
_KNOWN_OTHERS = (
    (0, b"II*\0", "a TIFF file"),
    (0, b"MM\0*", "a TIFF file"),
    (0, b"8BPS", "a Photoshop file"),
    (0, b"%PDF", "a PDF file"),
    (0, b"%!PS", "a PostScript file"),
    (0, b"PK\3\4", "a ZIP archive"),
    (4, b"ftypheic", "a HEIC photo"),
    (4, b"ftypheix", "a HEIC photo"),
    (4, b"ftypmif1", "a HEIC photo"),
    (4, b"ftypavif", "an AVIF picture"),
    (4, b"ftyp", "a video or a HEIC photo"),
    (0, b"<svg", "an SVG drawing"),
    (0, b"<?xml", "an XML or SVG file"),
    (0, b"\0\0\1\0", "an icon file"),
)


class ImageError(ValueError):
    """The upload cannot be shown; the text says what is wrong and what to do."""


@dataclass(frozen=True, eq=False)
class Picture:
    """A decoded upload.

    Attributes:
      rgb: (H, W, 3) uint8, read-only, sRGB, turned upright; longest side at most `DISPLAY_MAX_SIDE`.
      width, height: of the file's picture after turning it upright, in pixels.
      scale: display pixels for each pixel of the file, at most 1. A box of the file times `scale` is a
        box of `rgb`, to the rounding of `rgb`'s sides to whole pixels.
      format: one of `FORMATS`.
    """

    rgb: np.ndarray
    width: int
    height: int
    scale: float
    format: str


def _megapixels(pixels: int) -> str:
    return f"{pixels / 1e6:,.0f} megapixels"


def _check_pixels(width: int, height: int, file_format: str) -> None:
    budget = MAX_PIXELS if file_format == "JPEG" else MAX_PIXELS_WHOLE
    if width < 1 or height < 1:
        raise ImageError(f"The picture has no pixels ({width} x {height}). {_CHOOSE}")
    if width * height > budget:
        hint = "" if file_format == "JPEG" else f" (as JPEG up to {_megapixels(MAX_PIXELS)})"
        raise ImageError(
            f"The picture is {width:,} x {height:,} = {_megapixels(width * height)}; at most "
            f"{_megapixels(budget)} can be read{hint}. Make it smaller and try again."
        )


def _webp_size(data: bytes) -> tuple[int, int] | None:
    """(width, height) in a WebP header. Pillow allocates the canvas when it opens one: too late."""
    kind, at = data[12:16], data[20:30]
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or len(at) < 10:
        return None
    if kind == b"VP8X":
        return 1 + int.from_bytes(at[4:7], "little"), 1 + int.from_bytes(at[7:10], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(at[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        return int.from_bytes(at[6:8], "little") & 0x3FFF, int.from_bytes(at[8:10], "little") & 0x3FFF
    return None


def _open(data: bytes) -> tuple[Image.Image, int, int, str]:
    """Opens the file, checks the budget, decodes: (image, width and height in the header, format)."""
    if size := _webp_size(data):
        _check_pixels(*size, "WEBP")
    image = Image.open(io.BytesIO(data), formats=FORMATS)
    # A JPEG with several pictures in it (MPO) opens as its first one.
    file_format = "JPEG" if image.format == "MPO" else str(image.format)
    width, height = image.size
    _check_pixels(width, height, file_format)
    if file_format == "JPEG":
        # 0xFF inside coded data is always followed by a zero, so this counts markers.
        if data.count(b"\xff\xda") > _MAX_JPEG_SCANS:
            raise ImageError("This JPEG is built of too many layers to be read. Save it again and try that.")
        # Decodes at 1/2, 1/4 or 1/8 of the size, never below what is shown.
        image.draft(None, _display_size(width, height))
    image.load()
    return image, width, height, file_format


def _scale(width: int, height: int) -> float:
    return min(1.0, DISPLAY_MAX_SIDE / max(width, height))


def _display_size(width: int, height: int) -> tuple[int, int]:
    scale = _scale(width, height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def _flatten(image: Image.Image) -> Image.Image:
    """Any mode to L, RGB or CMYK; what is transparent becomes white."""
    if image.mode.startswith("I"):
        # 16-bit grey: the whole range 0..65535 becomes 0..255. `convert` would clip at 255 instead.
        deep = np.clip(np.asarray(image), 0, 65535).astype(np.uint32)
        return Image.fromarray(((deep * 255 + 32767) // 65535).astype(np.uint8))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        paper = Image.new("RGB", image.size, "white")
        paper.paste(image, mask=image.getchannel("A"))
        return paper
    if image.mode == "1":
        return image.convert("L")
    return image if image.mode in ("L", "RGB", "CMYK") else image.convert("RGB")


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """L, RGB or CMYK to sRGB; by the embedded profile if it is a plain one, else as if it were sRGB."""
    space = {"L": "GRAY", "RGB": "RGB", "CMYK": "CMYK"}[image.mode]
    if not profile or len(profile) > _MAX_PROFILE_BYTES or profile[16:20].strip() != space.encode():
        return image.convert("RGB")
    # Monitors, cameras, printers and colour spaces; not device links, named colours or abstract ones.
    if profile[12:16] not in (b"mntr", b"scnr", b"prtr", b"spac"):
        return image.convert("RGB")
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if (source.profile.profile_description or "").startswith("sRGB"):
            return image.convert("RGB")
        target = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(image, source, target, outputMode="RGB") or image.convert("RGB")
    except Exception:  # noqa: BLE001
        # The profile may be anything; one that cannot be used costs some colour, not the picture.
        return image.convert("RGB")


# EXIF orientation to what makes the picture upright.
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(0x0112, 1))
    except Exception:  # noqa: BLE001
        return 1  # metadata may be anything; unreadable: show the picture as it is stored


def _decode(data: bytes) -> Picture:
    image, width, height, file_format = _open(data)
    orientation, profile = _orientation(image), image.info.get("icc_profile")
    flat = _flatten(image)
    size = _display_size(width, height)
    if flat.size != size:
        flat = flat.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    rgb = _to_srgb(flat, profile if isinstance(profile, bytes) else None)
    if orientation in _UPRIGHT:
        rgb = rgb.transpose(_UPRIGHT[orientation])
        if orientation >= 5:
            width, height = height, width
    pixels = np.array(rgb)
    pixels.flags.writeable = False
    return Picture(pixels, width, height, _scale(width, height), file_format)


def of_original(picture: Picture, width: int, height: int) -> Picture:
    """The picture as that of a file of `width` x `height` pixels, if such a file would be shown at its size; else
    `picture` itself. For pictures that come back as they were shown: boxes speak of the file's pixels."""
    rows, columns = picture.rgb.shape[:2]
    if not 0 < width * height <= MAX_PIXELS or _display_size(width, height) != (columns, rows):
        return picture
    return replace(picture, width=width, height=height, scale=_scale(width, height))


def _what_it_is(data: bytes) -> str:
    for offset, magic, name in _KNOWN_OTHERS:
        if data[offset : offset + len(magic)] == magic:
            return f"This is {name}, which cannot be read here. Save it as PNG or JPEG and try again."
    return f"This is not a picture that can be read here. {_CHOOSE}"


def decode_image(data: bytes) -> Picture:
    """Decodes an uploaded picture to sRGB, upright and small enough to show.

    PNG, JPEG, WebP, BMP and GIF are read, recognised by their content; of an animation, the first frame.
    EXIF rotation is applied, transparency becomes white, embedded colour profiles are converted,
    16-bit grey is scaled to 8 bits. Nothing is written to disk.

    Args:
      data: the whole file; at most `MAX_BYTES`.

    Returns:
      The picture. One of 1 x 1 pixel is fine; nothing is enlarged.

    Raises:
      ImageError: empty, too large in bytes or pixels, another format, or damaged.
    """
    if not isinstance(data, bytes | bytearray | memoryview):
        raise ImageError(f"The picture must come as bytes, not as {type(data).__name__}.")
    data = bytes(data)
    if not data:
        raise ImageError(f"The file is empty. {_CHOOSE}")
    if len(data) > MAX_BYTES:
        raise ImageError(
            f"The file has {len(data) / 1e6:,.1f} MB; at most {MAX_BYTES / 1e6:,.0f} MB can be read. "
            "Make the picture smaller, or save it as JPEG."
        )
    try:
        return _decode(data)
    except ImageError:
        raise
    except Image.UnidentifiedImageError:
        raise ImageError(_what_it_is(data)) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ImageError(
            f"The picture has far more than {_megapixels(MAX_PIXELS)}. Make it smaller and try again."
        ) from None
    except Exception as error:
        # Decoders of damaged files raise nearly anything; none of it may reach the page.
        raise ImageError(
            "The picture is damaged or incomplete. Open it in an image viewer and save it again."
        ) from error
