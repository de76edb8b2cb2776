"""Names of files inside an archive: decoded, put into one form, and refused where they point outside. And ids."""

import hashlib
import re
import unicodedata

_DRIVE = re.compile(r"[A-Za-z]:")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_JUNK = re.compile(r"(^|/)(__MACOSX/|\.DS_Store$|\._[^/]*$|Thumbs\.db$|desktop\.ini$|\.git/)")
_NESTED = re.compile(r"\.(zip|tar|tgz|tbz2?|txz|7z|rar|tar\.\w+)$", re.IGNORECASE)
_PACKED = re.compile(r"\.(gz|xz|bz2)$", re.IGNORECASE)


def safe_name(name: str) -> str | None:
    """The name with ``/`` between parts, or None when it is absolute, climbs out of its folder or holds control
    characters.
    """
    plain = name.replace("\\", "/")
    if plain.startswith("/") or _DRIVE.match(plain) or _CONTROL.search(plain) or len(plain) > 2048:
        return None
    parts = [part for part in plain.split("/") if part not in ("", ".")]
    if not parts or ".." in parts:
        return None
    return unicodedata.normalize("NFC", "/".join(parts))


def is_junk(name: str) -> bool:
    """Whether an operating system left the file there: not worth a word."""
    return _JUNK.search(name) is not None


def is_nested_archive(name: str, *, packed_too: bool) -> bool:
    """Whether the name is that of an archive; with ``packed_too`` a single packed file (.gz) counts as well."""
    return _NESTED.search(name) is not None or (packed_too and _PACKED.search(name) is not None)


def without_packing(name: str) -> str:
    """``messages.ndjson.xz`` -> ``messages.ndjson``."""
    return _PACKED.sub("", name)


def decoded_name(raw: bytes) -> str:
    """A file name whose archive does not say its encoding: UTF-8 where valid, else GB18030, else code page 437."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("cp437")


def short_id(name: str, length: int) -> str:
    """An archive's own id as it is kept: cut where it is longer than ``length``, and told apart by its digest."""
    if len(name) <= length:
        return name
    digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return f"{name[: length - 17]}~{digest}"
