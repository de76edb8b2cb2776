"""Lines of text as people may see them: nothing in them that cannot be seen and changes what is."""

import re
import unicodedata
from collections.abc import Collection
from typing import Any

_BLANK_LETTERS = "\u115f\u1160\u2800\u3164\uffa0"  # letters and signs by their class that show nothing
_JOINERS = "\u200c\u200d"  # between letters of some scripts and within emoji; at the ends they join nothing


def one_line(text: str) -> str:
    """``text`` on one line without control characters, direction overrides and blanks that pass for letters.

    A name made of nothing else becomes ''. Source: Unicode Technical Report 36, "Unicode Security Considerations".
    """
    kept = "".join(char if _is_seen(char) else " " if char.isspace() else "" for char in text)
    return " ".join(kept.split()).strip(_JOINERS + " ")


def _is_seen(char: str) -> bool:
    return char in _JOINERS or (char not in _BLANK_LETTERS and unicodedata.category(char)[0] != "C")


def noted(sentence: str) -> str:
    """``sentence`` itself, marked for the collector of strings: what is without Django is translated at the edge."""
    return sentence


def without(value: Any, words: Collection[str]) -> Any:
    """A text, or JSON with texts in it, in which ``words`` (names, addresses) are replaced by an ellipsis.

    Words in letters of the alphabet count only where they stand alone: Bo is not in Both. Keys are replaced as well.
    """
    told = sorted({word for word in words if len(word) > 1}, key=len, reverse=True)
    if not told:
        return value
    found = "|".join(rf"(?<!\w){re.escape(word)}(?!\w)" if word.isascii() else re.escape(word) for word in told)
    return _without(value, re.compile(found, re.IGNORECASE))


def _without(value: Any, found: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        return found.sub("…", value)
    if isinstance(value, dict):
        return {found.sub("…", key): _without(item, found) for key, item in value.items()}
    return [_without(item, found) for item in value] if isinstance(value, list) else value
