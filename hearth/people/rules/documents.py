"""Documents as evidence: told by their bytes, looked at before they are unfolded, refused when they are two things.

Pictures are written anew (``hearth.kit.pictures``), so nothing but pixels is kept. A PDF is kept as it came, and only
when it holds nothing that acts: no scripts, launches, forms that send, media or files inside. Sources: ISO 32000-2,
12.6 (actions), 7.11.4 (embedded files), 12.7.8 (XFA); Albertini, "This PDF is a JPEG", PoC||GTFO 0x03.
"""

import io
import warnings
from dataclasses import dataclass

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject

from hearth.kit import pictures

MAX_BYTES = 12_000_000
MAX_PDF_PAGES = 20
MAX_PDF_OBJECTS = 20_000
MAX_PDF_DEPTH = 60
PICTURE_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"RIFF")
_ACTING = {
    *("/JS", "/JavaScript", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/Filespec", "/EF", "/RichMedia", "/XFA"),
    *("/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/Movie", "/Sound", "/Rendition", "/3D", "/AA"),
}
# What other formats begin or end with, wherever their readers look for it.
_OTHER_STARTS = (
    b"\xff\xd8\xff",
    b"\x89PNG",
    b"GIF8",
    b"<!doctype",
    b"<html",
    b"<script",
    b"<?xml",
    b"<svg",
    b"#!",
    b"MZ",
)
_ZIP_END = b"PK\x05\x06"
_ZIP_TAIL = 65_557  # the longest end of a ZIP: 22 bytes and a comment


class BadDocument(ValueError):
    """A document that is not taken; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class CleanDocument:
    """A document that may be kept."""

    media_type: str
    data: bytes


def clean(data: bytes) -> CleanDocument:
    """The document as it may be kept.

    Raises BadDocument: empty, large, unknown, pixels, broken, acting, two_things, pages, locked.
    """
    if not data:
        raise BadDocument("empty")
    if len(data) > MAX_BYTES:
        raise BadDocument("large")
    if data.startswith(_PICTURES):
        return _picture(data)
    if data.startswith(b"%PDF-"):
        return _pdf(data)
    raise BadDocument("unknown")


def _picture(data: bytes) -> CleanDocument:
    try:
        made = pictures.clean(data)
    except pictures.TooManyPixels as problem:
        raise BadDocument("pixels") from problem
    except pictures.BadPicture as problem:
        raise BadDocument("broken") from problem
    return CleanDocument(PICTURE_TYPES[made.format], made.data)


def _pdf(data: bytes) -> CleanDocument:
    _refuse_two_things(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _look_through(data)
    except BadDocument:
        raise
    except Exception as problem:  # a reader may fail in any way on hostile bytes
        raise BadDocument("broken") from problem
    return CleanDocument("application/pdf", data)


def _refuse_two_things(data: bytes) -> None:
    end = data.rfind(b"%%EOF")
    if end < 0:
        raise BadDocument("broken")
    if data[end + 5 :].strip() or _ZIP_END in data[-_ZIP_TAIL:]:
        raise BadDocument("two_things")
    lines = data[:1024].lower().splitlines()
    if any(line.lstrip().startswith(start.lower()) for line in lines for start in _OTHER_STARTS):
        raise BadDocument("two_things")


def _look_through(data: bytes) -> None:
    """Every object the catalogue leads to, each once: a bomb of references or of nesting ends at a limit."""
    reader = PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted:
        raise BadDocument("locked")
    if len(reader.pages) > MAX_PDF_PAGES:
        raise BadDocument("pages")
    seen: set[tuple[int, int]] = set()
    waiting: list[tuple[object, int]] = [(reader.trailer, 0)]
    count = 0
    while waiting:
        thing, depth = waiting.pop()
        count += 1
        if count > MAX_PDF_OBJECTS * 20 or len(seen) > MAX_PDF_OBJECTS or depth > MAX_PDF_DEPTH:
            raise BadDocument("broken")
        if isinstance(thing, IndirectObject):
            if (thing.idnum, thing.generation) not in seen:
                seen.add((thing.idnum, thing.generation))
                waiting.append((thing.get_object(), 0))
        elif isinstance(thing, DictionaryObject):
            _refuse_acting(thing)
            waiting += [(value, depth + 1) for value in thing.values()]
        elif isinstance(thing, ArrayObject):
            waiting += [(value, depth + 1) for value in thing]


def _refuse_acting(thing: DictionaryObject) -> None:
    names = {str(key) for key in thing} | {str(value) for value in thing.values() if isinstance(value, NameObject)}
    if names & _ACTING:
        raise BadDocument("acting")
