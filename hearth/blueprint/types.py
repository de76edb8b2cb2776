"""What blueprint hands to others. All immutable but the document that grows while it is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hearth.kit.described import Change, Objects

FORMAT = 1  # the version of the format that this house reads and writes

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Position:
    """Where something stands: file, line and column, both counted from one."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a description cannot be used. ``sentence`` is a message id with %(named)s ``values``.

    ``about`` is the field that is wrong, where a line holds many.
    """

    sentence: str
    at: Position | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    about: str = ""

    def told(self, sentence: str) -> str:
        """``sentence``, in whatever language, with its values behind its place."""
        return ": ".join(
            [*([str(self.at)] if self.at else []), *([f"`{self.about}`"] if self.about else []), sentence % self.values]
        )

    def __str__(self) -> str:
        return self.told(self.sentence)


@dataclass(slots=True)
class Document:
    """A description as it was read: plain values, where each stands, and what was wrong with it."""

    data: dict[str, Any] = field(default_factory=dict)
    places: dict[Path, Position] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def at(self, path: Path) -> Position | None:
        """Where ``path`` stands, or the nearest thing around it."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.places:
                return self.places[path[:end]]
        return None


@dataclass(frozen=True, slots=True)
class WantedPart:
    """What a description wants of one part: its objects, whether others stay, and which have to go anyhow."""

    objects: Objects
    keep_others: bool = False
    gone: frozenset[str] = frozenset()


Wanted = dict[str, WantedPart]


@dataclass(frozen=True, slots=True)
class Description:
    """A description that was read without problems: for which community, and what it wants of each part."""

    community: str
    wanted: Wanted
    document: Document


@dataclass(frozen=True, slots=True)
class Planned:
    """One change of a plan with what follows from it, in words, and why it will be left out, if it will."""

    change: Change
    consequences: tuple[str, ...] = ()
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What would change, in the order in which it would be done, and what cannot be done at all."""

    changes: tuple[Planned, ...] = ()
    notes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.changes)

    def count(self, kind: str) -> int:
        """How many changes of a kind will be done."""
        return sum(1 for one in self.changes if one.change.kind == kind and not one.refused)


@dataclass(frozen=True, slots=True)
class Target:
    """One copy that is to be made: its key, the values of its line, and which line that was."""

    line: int
    key: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """The copies that are to be made, as somebody wrote them down, and what is wrong with it."""

    source: str = ""
    columns: tuple[str, ...] = ()
    targets: tuple[Target, ...] = ()
    problems: tuple[Problem, ...] = ()

    def at(self, line: int) -> Position:
        """Where a line stands."""
        return Position(self.source, line, 1)


@dataclass(frozen=True, slots=True)
class Original:
    """What is copied: the object ``key`` of ``part``, and all that stood of it, by part and key.

    ``sets`` are fields that copies say otherwise, as ``field`` or ``field:language``; ``{placeholders}`` are filled.
    ``braces``: what stands in braces in its own texts and is like no column stays as it is, and is no mistake.
    """

    part: str
    key: str
    stood: Mapping[str, Objects]
    sets: Mapping[str, str] = field(default_factory=dict)
    braces: bool = False

    @property
    def called(self) -> str:
        """The key by which it is known; a whole community says its own."""
        return self.key or str(self.stood[self.part][""]["key"])
