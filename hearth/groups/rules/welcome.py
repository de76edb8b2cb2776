"""A word of welcome with names put in."""

import re
from collections.abc import Mapping

_PLACE = re.compile(r"\{(name|group|keeper)\}")


def filled(text: str, words: Mapping[str, str]) -> str:
    """The text with ``{name}``, ``{group}`` and ``{keeper}`` put in, once; whatever else stands in braces stays.

    A sentence that names a keeper where there is none would be odd: its line is left out.
    """
    lines = [line for line in text.split("\n") if words.get("keeper") or "{keeper}" not in line]
    return _PLACE.sub(lambda found: words.get(found[1], ""), "\n".join(lines)).strip()
