"""Open an archive in any known format and read its records, with progress, from any position."""

import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from hearth.carriers.queries.reading import SourceReading
from hearth.carriers.queries.sources import Source
from hearth.carriers.registry import Importer, load_importers
from hearth.carriers.rules.headers import FIELDS
from hearth.carriers.rules.intake import Intake
from hearth.carriers.rules.reasons import refusal
from hearth.carriers.types import (
    ArchiveAuthor,
    ArchiveChannel,
    ArchiveRecord,
    ImportMapping,
    Limits,
    Position,
    Preview,
    Sample,
)
from hearth.kit.encodings import known_encoding

SURE_ENOUGH = 0.3


class Archive:
    """An opened archive. Close it, or use it in a ``with`` statement.

    ``read`` may be called again and starts afresh; ``position``, ``progress`` and ``left_out`` speak of the latest
    reading.
    """

    def __init__(self, source: Source, importer: Importer, mapping: ImportMapping, now_ms: int) -> None:
        self._source = source
        self._importer = importer
        self._fingerprint = source.fingerprint()
        self._reading = SourceReading(source, mapping, now_ms)
        self._records = 0
        self.mapping = mapping

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the files."""
        self._source.close()

    @property
    def format(self) -> str:
        """The importer's key."""
        return self._importer.key

    @property
    def label(self) -> str:
        """The format's name: an English message id, translated at the edge."""
        return self._importer.label

    @property
    def name(self) -> str:
        """The file's or folder's own name."""
        return self._source.name

    @property
    def size_bytes(self) -> int:
        """Size as packed."""
        return self._source.size_bytes

    @property
    def fingerprint(self) -> str:
        """A short name of the content."""
        return self._fingerprint

    @property
    def position(self) -> Position:
        """Where the latest reading stands; the record handed out last is counted."""
        return Position(self._records, self._reading.now_ms, self._fingerprint)

    @property
    def progress(self) -> float:
        """How much of the planned bytes was read, 0 to 1."""
        planned = self._reading.planned_bytes
        return min(1.0, self._reading.done_bytes / planned) if planned else 1.0

    @property
    def left_out(self) -> Counter[str]:
        """What was left out on purpose, by kind: ``direct_message``, ``service_notice``."""
        return self._reading.left_out

    def read(self, start: Position | None = None) -> Iterator[ArchiveRecord]:
        """Every record in a fixed order, bad ones as ``Rejected``. ``start`` goes on where an earlier reading stood.

        Going on reads again what came before and hands out its channels and authors alone: a format cannot get that
        wrong, ids seen and names told are known again. Raises ArchiveRefused (``archive_changed``) when the archive is
        not the one ``start`` came from.
        """
        if start is not None and start.fingerprint != self._fingerprint:
            raise refusal("archive_changed", name=self.name)
        now_ms = self._reading.now_ms if start is None else start.now_ms
        self._reading = SourceReading(self._source, self.mapping, now_ms)
        self._records = 0
        return self._counted(self._records_of(self._reading), 0 if start is None else start.records)

    def preview(self, count: int = 20) -> Preview:
        """The first records and the sample of a table. Moves no position."""
        reading = SourceReading(self._source, self.mapping, self._reading.now_ms)
        sample = self._importer.sample(self._source, self.mapping) if self._importer.sample else None
        return Preview(tuple(islice(self._records_of(reading), count)), sample)

    def sample(self) -> Sample | None:
        """The head of a table with the mapping a guess proposes, also where reading would ask for a mapping first."""
        return self._importer.sample(self._source, self.mapping) if self._importer.sample else None

    def _counted(self, records: Iterator[ArchiveRecord], known: int) -> Iterator[ArchiveRecord]:
        for record in records:
            self._records += 1
            if self._records > known or isinstance(record, ArchiveChannel | ArchiveAuthor):
                yield record

    def _records_of(self, reading: SourceReading) -> Iterator[ArchiveRecord]:
        yield from self._source.problems
        for record in Intake(reading).checked(self._importer.read(reading)):
            if reading.pending:
                yield from reading.drained()
            yield record
        yield from reading.drained()


def open_archive(
    path: str | Path,
    mapping: ImportMapping | None = None,
    format: str | None = None,  # noqa: A002  the word operators use
    *,
    now_ms: int | None = None,
    limits: Limits | None = None,
) -> Archive:
    """Open a file, folder, zip or tar. The format is recognised from content unless named.

    ``now_ms`` is the time against which future dates are judged (default: now). Raises ``ArchiveRefused``.
    """
    mapping = _sound(mapping or ImportMapping())
    importers = load_importers()
    if format is not None and format not in importers:
        raise refusal("no_such_format", name=format, known=", ".join(importers))
    source = Source(Path(path), limits or Limits(), mapping.encoding)
    try:
        importer = importers[format] if format else _recognised(source, importers)
        return Archive(source, importer, mapping, int(time.time() * 1000) if now_ms is None else now_ms)
    except BaseException:
        source.close()
        raise


def _recognised(source: Source, importers: dict[str, Importer]) -> Importer:
    ranked = sorted(((importer.recognises(source), key) for key, importer in importers.items()), reverse=True)
    if not ranked or ranked[0][0] < SURE_ENOUGH:
        if source.is_damaged:
            raise refusal("damaged_archive", name=source.name)
        if not source.entries and source.problems:
            why = source.problems[0]
            raise refusal(why.code, **dict(why.params))
        raise refusal("unknown_format", name=source.name, known=", ".join(importers))
    return importers[ranked[0][1]]


def _sound(mapping: ImportMapping) -> ImportMapping:
    """Refuse a mapping that can never work, before anything is read."""
    unknown = sorted(set(mapping.columns) - set(FIELDS))
    if unknown:
        raise refusal("unknown_field", value=", ".join(unknown), known=", ".join(FIELDS))
    if mapping.encoding and not known_encoding(mapping.encoding):
        raise refusal("unknown_encoding", value=mapping.encoding)
    if mapping.delimiter and len(mapping.delimiter) != 1:
        raise refusal("bad_delimiter", value=mapping.delimiter)
    try:
        ZoneInfo(mapping.tz)
    except (ValueError, OSError, KeyError):
        raise refusal("unknown_zone", value=mapping.tz) from None
    return mapping
