"""How a name is shown: initials, a steady colour, what each space reveals."""

from dataclasses import dataclass
from hashlib import blake2b

COLOURS = 8
_FIRST_CJK = 0x2E80


def initials(name: str) -> str:
    """One Chinese character (the family name) or up to two Latin letters; ``?`` for a name without letters."""
    words = [word for word in name.replace("-", " ").split() if word[0].isalnum()]
    if not words:
        return "?"
    if ord(words[0][0]) >= _FIRST_CJK:
        return words[0][0]
    letters = [word[0] for word in words if ord(word[0]) < _FIRST_CJK]  # "Mei Sutanto 苏美" is MS
    return "".join(letters[:1] + letters[1:][-1:]).upper()


def colour_of(key: object) -> int:
    """A steady colour index (0 to 7) from an id."""
    return blake2b(str(key).encode("utf-8", "replace"), digest_size=2).digest()[0] % COLOURS


@dataclass(frozen=True, slots=True)
class Shown:
    """What peers may see of somebody."""

    name: str
    hospital: str = ""
    department: str = ""
    title: str = ""


def shown_in(space: str, *, display: str, real: str, hospital: str, department: str, title: str) -> Shown:
    """What a space shows: professional the name card, every other only the chosen name."""
    if space == "professional":
        return Shown(real or display, hospital, department, title)
    return Shown(display)
