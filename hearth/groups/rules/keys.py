"""Keys of groups and communities as they stand in addresses."""

import re
import unicodedata

_NOT_PLAIN = re.compile(r"[^a-z0-9]+")
_KEY = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")


def key_from(name: str, most: int = 50) -> str:
    """A key from a name; '' when nothing Latin is left (a Chinese name), so that the caller makes one."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return _NOT_PLAIN.sub("-", plain).strip("-")[:most].strip("-")


def is_key(text: str, most: int) -> bool:
    """Small Latin letters, digits and hyphens, beginning and ending with a letter or digit."""
    return len(text) <= most and _KEY.fullmatch(text) is not None
