"""Immutable files and the manifest that says which of them count."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson

from hearth.insight.rules.columnfile import digest

FORMAT = 1
MANIFEST = "manifest.json"


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
    metrics: dict[str, int] = field(default_factory=dict)
    files: dict[str, tuple[int, str]] = field(default_factory=dict)

    def of(self, table: str) -> dict[int, list[str]]:
        """The files of a table by part (a week, or a day for readings), in order."""
        found: dict[int, list[str]] = {}
        for name in sorted(self.files):
            folder, _, rest = name.partition("/")
            if folder == table:
                found.setdefault(int(rest.split(".")[0]), []).append(name)
        return dict(sorted(found.items()))


class ColumnStore:
    """A folder of column files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One writer at a time, over all processes."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def manifest(self) -> Manifest:
        """What is published; an empty manifest before the first time. Damaged when it cannot be read."""
        try:
            stored = orjson.loads((self.folder / MANIFEST).read_bytes())
            if stored.pop("format") != FORMAT:
                return Manifest()
            return Manifest(
                **{**stored, "files": {name: (size, mark) for name, (size, mark) in stored["files"].items()}}
            )
        except FileNotFoundError:
            return Manifest()
        except (ValueError, KeyError, TypeError) as error:
            raise Damaged(f"the manifest cannot be read: {error}") from error

    def checked(self, manifest: Manifest, names: list[str]) -> list[str]:
        """The paths of files, each proven to be what was written. Damaged otherwise."""
        paths = []
        for name in names:
            path = self.folder / name
            if not path.exists():
                raise Damaged(f"{name} is missing")
            if (path.stat().st_size, digest(path)) != manifest.files[name]:
                raise Damaged(f"{name} was changed after it was written")
            paths.append(str(path))
        return paths

    def draft(self, name: str) -> Path:
        """Where a new file is written."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def publish(self, manifest: Manifest) -> None:
        """Make ``manifest`` what readers see, once all it names is on the disk; then clear what it leaves out."""
        for name in manifest.files:
            if name not in self._published():
                _sync(self.folder / name)
        for folder in {(self.folder / name).parent for name in manifest.files}:
            _sync(folder)
        body = {name: getattr(manifest, name) for name in Manifest.__slots__} | {"format": FORMAT}
        part = self.folder / f"{MANIFEST}.part"
        part.write_bytes(orjson.dumps(body))
        _sync(part)
        part.rename(self.folder / MANIFEST)
        _sync(self.folder)
        self.clear(manifest)

    def clear(self, manifest: Manifest) -> None:
        """Remove files that are not published: what a killed refresh left, and what the newest one replaced."""
        for path in self.folder.glob("*/*.parquet"):
            if f"{path.parent.name}/{path.name}" not in manifest.files:
                path.unlink()
        shutil.rmtree(self.folder / "spill", ignore_errors=True)

    def discard(self) -> None:
        """Forget everything, the manifest first."""
        (self.folder / MANIFEST).unlink(missing_ok=True)
        self.clear(Manifest())

    def _published(self) -> dict[str, Any]:
        try:
            return self.manifest().files
        except Damaged:
            return {}


def recorded(manifest: Manifest, folder: Path, names: list[str]) -> Manifest:
    """The manifest with new files, measured."""
    fresh = {name: ((folder / name).stat().st_size, digest(folder / name)) for name in names}
    return replace(manifest, files={**manifest.files, **fresh})


def _sync(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
