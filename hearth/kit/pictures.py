"""Pictures made harmless: looked at before they are decoded, turned upright, and written anew without anything else.

Only the pixels survive: no EXIF (where the picture was taken, with which device), no comments, no colour profiles, no
second file hidden behind the first. Animations become their first frame.
"""

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps

MAX_PIXELS = 40_000_000  # 40 megapixels: the largest ordinary phone pictures; about 160 MB while decoding
MAX_SIDE = 2560  # pixels of the longer side that is kept
THUMB_SIDE = 640
_SOURCES = ("JPEG", "PNG", "WEBP", "GIF")
_LOSSLESS_LIMIT = 1_500_000  # bytes; larger lossless pictures are photographs and become JPEG


class BadPicture(ValueError):
    """The bytes are no picture that can be read."""


class TooManyPixels(BadPicture):
    """The picture unfolds to more than MAX_PIXELS."""


@dataclass(frozen=True, slots=True)
class CleanPicture:
    """A re-encoded picture with its thumbnail; sizes in pixels, as shown (upright)."""

    format: str
    data: bytes
    width: int
    height: int
    thumb: bytes


def clean(data: bytes) -> CleanPicture:
    """Re-encode a picture. Raises TooManyPixels before anything is unfolded, BadPicture for what cannot be read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture, source = _read(data)
    except BadPicture:
        raise
    except Image.DecompressionBombError as bomb:
        raise TooManyPixels(str(bomb)[:200]) from bomb
    except Exception as problem:  # a decoder may fail in any way on hostile bytes
        raise BadPicture(str(problem)[:200]) from problem
    format_, written = _written(picture, source)
    thumb = picture.copy()
    thumb.thumbnail((THUMB_SIDE, THUMB_SIDE))
    small = io.BytesIO()
    thumb.save(small, "WEBP", quality=78, method=3)
    return CleanPicture(format_, written, picture.width, picture.height, small.getvalue())


def _read(data: bytes) -> tuple[Image.Image, str]:
    with Image.open(io.BytesIO(data), formats=_SOURCES) as opened:
        if opened.width * opened.height > MAX_PIXELS or min(opened.size) < 1:
            raise TooManyPixels(f"{opened.width} x {opened.height}")
        source = opened.format or ""
        if source == "JPEG":
            opened.draft(None, (MAX_SIDE, MAX_SIDE))  # decode no larger than needed
        opened.seek(0)
        opened.load()
        upright = ImageOps.exif_transpose(opened)
        see_through = upright.mode in {"RGBA", "LA", "PA"} or "transparency" in upright.info
        picture = upright.convert("RGBA" if see_through else "RGB")
    picture.thumbnail((MAX_SIDE, MAX_SIDE))
    fresh = Image.new(picture.mode, picture.size)  # pixels only: whatever else the file carried stays behind
    fresh.paste(picture)
    return fresh, source


def _written(picture: Image.Image, source: str) -> tuple[str, bytes]:
    if source in {"PNG", "GIF"}:
        out = io.BytesIO()
        picture.save(out, "PNG", optimize=False)
        if out.tell() <= _LOSSLESS_LIMIT:
            return "PNG", out.getvalue()
    out = io.BytesIO()
    if picture.mode == "RGBA":
        picture.save(out, "WEBP", quality=85, method=3)
        return "WEBP", out.getvalue()
    if source == "WEBP":
        picture.save(out, "WEBP", quality=85, method=3)
        return "WEBP", out.getvalue()
    picture.save(out, "JPEG", quality=85, progressive=True)
    return "JPEG", out.getvalue()
