"""Lines of text as people may see them: nothing in them that cannot be seen and changes what is."""

import unicodedata

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
