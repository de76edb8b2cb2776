"""What a file is, judged by its bytes and never by what its sender calls it. Pure; no meaning is read."""

import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath

PICTURE_TYPES = {"JPEG": ("image/jpeg", ".jpg"), "PNG": ("image/png", ".png"), "WEBP": ("image/webp", ".webp")}
_UNSPEAKABLE = re.compile(r"[\x00-\x1f\x7f<>:\"/\\|?*\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_OFFICE = {
    "word/": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"),
    "xl/": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"),
    "ppt/": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", ".pptx"),
}
_OPEN_DOCUMENT = {
    b"application/vnd.oasis.opendocument.text": ".odt",
    b"application/vnd.oasis.opendocument.spreadsheet": ".ods",
    b"application/vnd.oasis.opendocument.presentation": ".odp",
}
_TEXT = {
    ".csv": "text/csv",
    ".md": "text/markdown",
    ".ris": "application/x-research-info-systems",
    ".bib": "text/x-bibtex",
}
_ZIP_ENTRIES = 5000


@dataclass(frozen=True, slots=True)
class FileType:
    """A type that may be shared: ``picture`` is re-encoded, everything else stored as it came."""

    media_type: str
    ending: str
    picture: bool = False


def type_of(data: bytes, name: str = "") -> FileType | None:
    """The type of ``data``, None when it is none of those that may be shared."""
    if _looks_like_picture(data):
        return FileType("image/*", "", picture=True)
    if data.startswith(b"%PDF-"):
        return FileType("application/pdf", ".pdf")
    if data.startswith(b"PK\x03\x04"):
        return _office_type(data)
    return _text_type(data, name)


def _looks_like_picture(data: bytes) -> bool:
    return (
        data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a"))
        or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")
    )  # fmt: skip


def _office_type(data: bytes) -> FileType | None:
    """Word, Excel, PowerPoint and OpenDocument without macros; any other archive is refused unopened."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            if len(names) > _ZIP_ENTRIES or any("vbaproject" in name.lower() for name in names):
                return None
            if "[Content_Types].xml" in names:
                found = (kind for start, kind in _OFFICE.items() if any(name.startswith(start) for name in names))
                kind = next(found, None)
                return FileType(*kind) if kind else None
            if names and names[0] == "mimetype" and archive.getinfo("mimetype").file_size < 100:
                media = archive.read("mimetype").strip()
                ending = _OPEN_DOCUMENT.get(media)
                return FileType(media.decode(), ending) if ending else None
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, EOFError):
        return None
    return None


def _text_type(data: bytes, name: str) -> FileType | None:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    if any(ch < " " and ch not in "\t\r\n\f" for ch in text):
        return None
    ending = PurePosixPath(name.lower()).suffix
    return FileType(_TEXT.get(ending, "text/plain"), ending if ending in _TEXT else ".txt")


def safe_name(name: str, ending: str) -> str:
    """A file name that is safe to show and to save, with the ending that its content has."""
    name = _UNSPEAKABLE.sub(" ", unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1]))
    stem = " ".join(name.split()).strip(". ")
    old = PurePosixPath(stem).suffix
    if old and (len(old) <= 6) and stem != old:
        stem = stem[: -len(old)].rstrip(". ")
    return f"{stem[:110] or 'file'}{ending}"
