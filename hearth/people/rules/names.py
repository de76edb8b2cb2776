"""How a name is shown: initials, a steady colour, what each space reveals."""

import re
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


NAME_PARTS = ("name", "hospital", "department", "title")
_PART = re.compile(r"\{([^{}]*)\}")


def parts_of(pattern: str) -> tuple[str, ...]:
    """The parts that a group's name rule asks for: ``{name}-{hospital}-{department}`` asks for three.

    Raises ValueError for unknown parts, stray braces, and for a rule without a name.
    """
    parts = tuple(_PART.findall(pattern))
    if set(parts) - set(NAME_PARTS) or set("{}") & set(_PART.sub("", pattern)) or "name" not in parts:
        raise ValueError(pattern)
    return parts


def rule_fits(pattern: str, space: str) -> bool:
    """Whether a name rule may stand in a space: outside the professional one it never asks who somebody really is."""
    try:
        parts = parts_of(pattern)
    except ValueError:
        return False
    return space == "professional" or set(parts) == {"name"}


def card_lacks(pattern: str, space: str, *, display: str, real: str, places: dict[str, str]) -> tuple[str, ...]:
    """What must be mended before somebody may enter a group with this rule: real, other, hospital, department, title.

    *real*: a professional group shows the real name, and there is none. *other*: the chosen name of a patient group is
    the real name, or holds it.
    """
    lacks = [part for part in parts_of(pattern) if part != "name" and not places.get(part)]
    if space == "professional" and not real:
        lacks.insert(0, "real")
    if space == "patient" and real and _plain(real) in _plain(display):
        lacks.insert(0, "other")
    return tuple(lacks)


# What a card lacks → the fields of a profile by which it came to lack it.
LACKED_BY = {
    "real": frozenset({"real_name"}),
    "other": frozenset({"real_name", "display_name"}),
    "hospital": frozenset({"hospital"}),
    "department": frozenset({"department"}),
    "title": frozenset({"title"}),
}


def _plain(name: str) -> str:
    return "".join(name.casefold().split())
