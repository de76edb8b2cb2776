"""What an import did, or would do: counts, and every rejection kept in a file as it happens."""

from collections import Counter
from dataclasses import dataclass, field, fields
from os import SEEK_END
from pathlib import Path
from typing import Any

import orjson

from hearth.carriers.types import Rejected

SHOWN = 200  # rejections shown in the report itself; all of them are in the file


@dataclass(slots=True)
class ImportReport:
    """Counts of one import. ``known`` messages were there already; nothing of the good is lost to the bad."""

    format: str = ""
    source: str = ""
    messages: int = 0
    known: int = 0
    groups: int = 0
    authors: int = 0
    reactions: int = 0
    moves: int = 0
    answers: int = 0
    rejected: int = 0
    first_ms: int | None = None
    last_ms: int | None = None
    codes: Counter[str] = field(default_factory=Counter)
    left_out: dict[str, int] = field(default_factory=dict)
    shown: list[dict[str, Any]] = field(default_factory=list)

    def saw(self, at_ms: int) -> None:
        """Widen the span of time."""
        self.first_ms = at_ms if self.first_ms is None else min(self.first_ms, at_ms)
        self.last_ms = at_ms if self.last_ms is None else max(self.last_ms, at_ms)

    def reject(self, rejected: Rejected) -> None:
        """Count a rejection and keep the first ones."""
        self.rejected += 1
        self.codes[rejected.code] += 1
        if len(self.shown) < SHOWN:
            self.shown.append(rejected._asdict())

    def as_json(self) -> dict[str, Any]:
        """Plain values, to store and to print at once: with every checkpoint, so nothing is copied deeply."""
        return {one.name: getattr(self, one.name) for one in fields(self)} | {"codes": dict(self.codes)}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "ImportReport":
        """What ``as_json`` gave."""
        return cls(**(stored | {"codes": Counter(stored.get("codes", {}))}))


class RejectionFile:
    """Every rejection as one JSON line. Its length is part of the checkpoint, so that a resumed import repeats none."""

    def __init__(self, path: Path | None, length: int = 0) -> None:
        self.path = path
        self._out = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            self._out = path.open("r+b")
            self._out.truncate(min(length, path.stat().st_size))  # a power cut may have taken its end
            self._out.seek(0, SEEK_END)

    def add(self, rejected: Rejected) -> None:
        """Append one."""
        if self._out is not None:
            self._out.write(orjson.dumps(rejected._asdict()) + b"\n")

    def length(self) -> int:
        """Bytes that are safely in the file."""
        if self._out is None:
            return 0
        self._out.flush()
        return self._out.tell()

    def close(self) -> None:
        """Let go of the file."""
        if self._out is not None:
            self._out.close()
