"""Column files: which of them count, and how one is known to be what was written. Needs no engine."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import orjson

FORMAT = 2
MANIFEST = "manifest.json"
CHUNK = 1 << 20


class Damaged(Exception):
    """A column file is missing or not what was written: the columns must be built anew from the facts."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """One published state. ``through`` is the last fact that is in it and ``mark`` names its log, ``today`` the
    day of its newest readings (days since 1970). ``files``: name → (bytes, digest); names are
    ``table/part.number.parquet`` and never used twice.
    """

    number: int = 0
    through: int = 0
    mark: str = ""
    presence_through: int = 0
    today: int = 0
    files: dict[str, tuple[int, str]] = field(default_factory=dict)

    def of(self, table: str) -> dict[int, list[str]]:
        """The files of a table by part (a week; 0 for what stands in one file), in order."""
        found: dict[int, list[str]] = {}
        for name in sorted(self.files):
            folder, part = place_of(name)
            if folder == table:
                found.setdefault(part, []).append(name)
        return dict(sorted(found.items()))


def published_in(folder: Path) -> Manifest:
    """What is published in a folder; an empty manifest before the first time. Damaged when it cannot be read."""
    try:
        stored = orjson.loads((folder / MANIFEST).read_bytes())
        if stored.pop("format") != FORMAT:
            return Manifest()
        return Manifest(**{**stored, "files": {name: (size, mark) for name, (size, mark) in stored["files"].items()}})
    except FileNotFoundError:
        return Manifest()
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Damaged(f"the manifest cannot be read: {error}") from error


def proven(folder: Path, manifest: Manifest, names: Iterable[str]) -> list[str]:
    """The paths of files of a manifest, each proven to be what was written. Damaged otherwise."""
    paths = []
    for name in names:
        path = folder / name
        if not path.exists():
            raise Damaged(f"{name} is missing")
        if (path.stat().st_size, digest(path)) != manifest.files[name]:
            raise Damaged(f"{name} was changed after it was written")
        paths.append(str(path))
    return paths


def place_of(name: str) -> tuple[str, int]:
    """The table and the part of a file by its name, ``table/part.number.parquet``."""
    table, _, rest = name.partition("/")
    return table, int(rest.split(".")[0])


def digest(path: Path) -> str:
    """BLAKE2 of a file's bytes."""
    told = hashlib.blake2b(digest_size=16)
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            told.update(piece)
    return told.hexdigest()
