"""What may be plugged in here: importers, one file each in ``hearth/carriers/importers/``.

An importer registers itself when its module is imported. ``load_importers`` imports them all by name: queries may not
import the importers (they are an edge, queries lie below), yet reading an archive must work from the command line with
no application started. Importing by name at the registry is the one place where that is right: whoever asks for
importers gets all of them, and adding a format changes no other file.
"""

import importlib
import pkgutil
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from hearth.carriers.types import ArchiveRecord, ImportMapping, Rejected, Sample


class SourceEntry(Protocol):
    """One ordinary file of an archive. ``name`` uses ``/``; ``stored`` is its size as packed, in bytes."""

    @property
    def name(self) -> str:
        """Where it stands in the archive."""

    @property
    def stored(self) -> int:
        """Packed bytes."""


class ArchiveSource(Protocol):
    """An opened file, folder, zip or tar: its entries in a fixed order, nothing unpacked to disk without bound."""

    @property
    def name(self) -> str:
        """The name of the file or folder."""

    @property
    def entries(self) -> tuple[SourceEntry, ...]:
        """What it holds, by name."""

    def find(self, name: str) -> SourceEntry | None:
        """The shallowest entry called ``name``, whatever folder it lies in."""

    def head(self, entry: SourceEntry, size: int = 65536) -> bytes:
        """The first bytes of an entry, unpacked, as UTF-8. Shorter when the entry is; never raises on bad data."""


class Reading(Protocol):
    """What an importer is handed: the archive, what the operator declared, and pieces of files as clean UTF-8.

    Set ``file`` and ``line`` before yielding a record: they say where a later check (future time, duplicate) points.
    """

    file: str
    line: int

    @property
    def source(self) -> ArchiveSource:
        """The archive."""

    @property
    def mapping(self) -> ImportMapping:
        """What the operator declared."""

    @property
    def now_ms(self) -> int:
        """The time against which future dates are judged."""

    def plan(self, entries: list[SourceEntry]) -> None:
        """Say which entries will be read, so that progress reaches 100 %."""

    def line_blocks(self, entry: SourceEntry, *, raw: bool = False) -> Iterator[tuple[int, list[bytes]]]:
        """Lines in blocks with the number of the first (from 1). Quick: one step per quarter megabyte.

        ``raw`` leaves the bytes as they are, for files whose parts each have an encoding of their own.
        """

    def first_look(self, entry: SourceEntry) -> Generator[tuple[int, list[bytes]], None, None]:
        """The lines once before they are read, to learn what only the whole file tells. Damage is told at the reading
        alone. Close it (``contextlib.closing``) when the rest does not matter.
        """

    def json_items(self, entry: SourceEntry, into: frozenset[str] = frozenset()) -> Iterator[tuple[str, Any]]:
        """Elements of a top-level array (key ""), or of an object's arrays (key: theirs; other members: key "=" +
        theirs). ``into``: paths of large objects to go into, see ``rules.json_items.JsonItems``.

        Broken elements become rejections; the sound ones around them are kept.
        """

    def document(self, entry: SourceEntry) -> Any:
        """A whole JSON file, or None with a rejection when it is broken or too large."""

    def reject(self, code: str, **params: object) -> Rejected:
        """A rejection at ``file`` and ``line``, to be yielded."""

    def leave_out(self, kind: str, count: int = 1) -> None:
        """Count what is left out on purpose (direct messages, notices of the platform): not an error."""


@dataclass(frozen=True, slots=True)
class Importer:
    """One format. ``label`` and ``export`` (how to get such a file) are English message ids. ``recognises`` answers 0
    (no) to 1 (certain) from content, not names alone.
    """

    key: str
    label: str
    recognises: Callable[[ArchiveSource], float]
    read: Callable[[Reading], Iterator[ArchiveRecord]]
    sample: Callable[[ArchiveSource, ImportMapping], Sample | None] | None = None
    export: str = ""


def clock_alone(source: ArchiveSource, mapping: ImportMapping) -> Sample:
    """The ``sample`` of formats that have no columns to map, but times without a zone: it, the order of day and month
    and the group's name may be declared.
    """
    return Sample(source.name, (), (), mapping)


_IMPORTERS: dict[str, Importer] = {}


def register_importer(importer: Importer) -> Importer:
    """Add a format. ValueError when another one has its key."""
    if _IMPORTERS.get(importer.key, importer) != importer:
        raise ValueError(f"an importer with the key {importer.key!r} is already registered")
    _IMPORTERS[importer.key] = importer
    return importer


def load_importers(package: str = "hearth.carriers.importers") -> dict[str, Importer]:
    """Import every module of the importers package and return what registered, ordered by key."""
    for module in pkgutil.iter_modules(importlib.import_module(package).__path__):
        if not module.name.startswith("_"):
            importlib.import_module(f"{package}.{module.name}")
    return dict(sorted(_IMPORTERS.items()))
