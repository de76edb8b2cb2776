"""Writing the immutable files and the manifest that says which of them count."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

import orjson

from hearth.insight.rules.columnfile import FORMAT, MANIFEST, Damaged, Manifest, digest, proven, published_in


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
        return published_in(self.folder)

    def checked(self, manifest: Manifest, names: list[str]) -> list[str]:
        """The paths of files, each proven to be what was written. Damaged otherwise."""
        return proven(self.folder, manifest, names)

    def draft(self, name: str) -> Path:
        """Where a new file is written."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def publish(self, manifest: Manifest) -> None:
        """Make ``manifest`` what readers see, once all it names is on the disk; then clear what it leaves out."""
        for name in manifest.files.keys() - self._published():
            _sync(self.folder / name)
        for folder in {(self.folder / name).parent for name in manifest.files}:
            _sync(folder)
        part = self.folder / f"{MANIFEST}.part"
        part.write_bytes(orjson.dumps({"format": FORMAT, **asdict(manifest)}))
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

    def _published(self) -> set[str]:
        try:
            return set(self.manifest().files)
        except Damaged:
            return set()


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
