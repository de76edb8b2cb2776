"""How the talk is written: families of lines that fit together, with slots and alternatives.

A file of ``talk/`` holds families. A family starts with ``== name kind``; its lines are

- ``$ slot = one | two`` or ``$ slot = 40..75``: chosen once for a conversation, used as ``{slot}``;
- ``Q`` an opening, ``A`` an answer, ``? ask || reply`` a clarification with the asker's reply,
  ``D objection || rejoinder``, ``F later news || response`` by the one who opened, days afterwards.

An answer or any later line that begins with ``(1)`` fits the family's first opening only, ``(13)`` the first and the
third; an ``F`` line that begins with ``#2`` needs the family's second answer to have been given.

Inside a line ``[a|b|c]`` and ``{a|b|c}`` choose one, ``{3-8}`` is a number, ``{6.5-7.5}`` a number with a decimal.
"""

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

CHOICE = re.compile(r"\[([^\[\]{}]*\|[^\[\]{}]*)\]|\{([^\[\]{}]*\|[^\[\]{}]*)\}")
NUMBER = re.compile(r"\{(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)\}")
SLOT = re.compile(r"(@?)\{([^\W\d]\w*)\}")
PLACED = re.compile(r"@<(p\d+)>")
ONLY_FOR = re.compile(r"^\((\d+)\) ")


@dataclass(slots=True)
class Family:
    """Lines that may stand in one conversation."""

    name: str
    kind: str
    language: str
    slots: dict[str, str] = field(default_factory=dict)
    openings: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    clarifications: list[tuple[str, str]] = field(default_factory=list)
    objections: list[tuple[str, str]] = field(default_factory=list)
    followups: list[tuple[str, str]] = field(default_factory=list)


def _add_line(family: Family, mark: str, rest: str) -> None:
    head, _, tail = (part.strip() for part in rest.partition("||"))
    if mark == "$":
        name, _, values = rest.partition("=")
        family.slots[name.strip()] = values.strip()
    elif mark == "Q":
        family.openings.append(rest)
    elif mark == "A":
        family.answers.append(rest)
    elif mark in "?DF":
        {"?": family.clarifications, "D": family.objections, "F": family.followups}[mark].append((head, tail))
    else:
        raise ValueError(f"unknown line in family {family.name}: {mark} {rest}")


def parse_families(text: str, language: str) -> dict[str, Family]:
    """The families of one file. Raises ValueError for a line of unknown kind."""
    families: dict[str, Family] = {}
    current: Family | None = None
    for line in text.splitlines():
        if line.startswith("== "):
            name, _, kind = line[3:].strip().partition(" ")
            current = families[name] = Family(name, kind or "pool", language)
        elif line.strip() and current is not None:
            _add_line(current, line[0], line[1:].strip())
    return families


@cache
def load_families(name: str, language: str) -> dict[str, Family]:
    """The families of ``talk/<name>.<language>.txt``; empty when nobody talks so."""
    path = files(__package__).joinpath("talk", f"{name}.{language}.txt")
    return parse_families(path.read_text(encoding="utf-8"), language) if path.is_file() else {}


def choose_slots(family: Family, rng: random.Random) -> dict[str, str]:
    """Values of the family's slots for one conversation."""
    return {name: _one_value(values, rng) for name, values in family.slots.items()}


def _one_value(values: str, rng: random.Random) -> str:
    low, dots, high = values.partition("..")
    if dots and low.strip().isdigit():
        return str(rng.randint(int(low), int(high)))
    return rng.choice([value.strip() for value in values.split("|")])


def _number(found: re.Match[str], rng: random.Random) -> str:
    low, high = found.group(1), found.group(2)
    if "." in low:
        places = len(low.partition(".")[2])
        return f"{rng.uniform(float(low), float(high)):.{places}f}"
    first, last = int(low), int(high)
    step = 10 if last >= 1000 else 1
    return str(rng.randrange(first, last + 1, step))


def _choice(found: re.Match[str], rng: random.Random) -> str:
    inner = found.group(1) if found.group(1) is not None else found.group(2)
    return rng.choice(str(inner).split("|"))


def render(line: str, slots: Mapping[str, str], rng: random.Random) -> str:
    """One line with numbers, slots and alternatives filled in. Raises KeyError for an unknown slot."""
    text = bare(line)
    for _ in range(8):
        before = text
        text = NUMBER.sub(lambda found: _number(found, rng), text)
        text = SLOT.sub(lambda found: _fill(found, slots), text)
        text = CHOICE.sub(lambda found: _choice(found, rng), text)
        if text == before:
            break
    return PLACED.sub(r"@{\1}", _tidy(text))


def mention(person: str) -> str:
    """The value of a slot that mentions the person of this key."""
    return f"@<{person}>"


def _fill(found: re.Match[str], slots: Mapping[str, str]) -> str:
    value = slots[found.group(2)]
    return value if value.startswith("@") else found.group(1) + value


def _tidy(text: str) -> str:
    text = re.sub(r"  +", " ", text).strip()
    text = re.sub(r" ([,;])", r"\1", text)
    text = re.sub(r"([，。！？]) ", r"\1", text)
    text = re.sub(r"(?<![A-Za-z])a (?=(?:8\d?|11|18)[- ](?:year|month|week))", "an ", text)
    text = re.sub(r"\bA (?=(?:8\d?|11|18)[- ](?:year|month|week))", "An ", text)
    return text if text[1:2].isupper() else text[:1].upper() + text[1:]


def fits(line: str, opening: int) -> bool:
    """Whether ``line`` may follow the family's opening of this number (from 1)."""
    found = ONLY_FOR.match(line)
    return found is None or str(opening) in found.group(1)


def bare(line: str) -> str:
    """``line`` without the mark of the openings it fits."""
    return ONLY_FOR.sub("", line)


class Bag:
    """Draws lines so that each is used once before any comes again, in an order that changes every round."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._used: dict[str, float] = {}

    def order(self, lines: list[str]) -> list[str]:
        """``lines``, the longest unused first; mark those really used with :meth:`use`."""
        return sorted(lines, key=lambda line: self._used.get(line, 0.0) + self._rng.random() * 0.9)

    def use(self, line: str, weight: float = 1.0) -> None:
        """Remember that ``line`` was said once more; a greater ``weight`` lets it rest longer."""
        self._used[line] = self._used.get(line, 0.0) + weight
