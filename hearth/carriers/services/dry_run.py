"""What an import would bring, without bringing it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from hearth.carriers.queries import open_archive
from hearth.carriers.services.report import ImportReport
from hearth.carriers.types import (
    ArchiveAnswer,
    ArchiveChannel,
    ArchiveMessage,
    ArchiveMove,
    ArchiveReaction,
    ImportMapping,
    Rejected,
    Sample,
)


@dataclass(slots=True)
class DryRun:
    """Counts over the whole archive, messages per channel, the first messages, and the guess for a table."""

    report: ImportReport
    channels: dict[str, int] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    first: list[ArchiveMessage] = field(default_factory=list)
    sample: Sample | None = None


def try_archive(
    path: str | Path,
    mapping: ImportMapping | None = None,
    format: str | None = None,  # noqa: A002
    *,
    tell: Callable[[float], None] | None = None,
) -> DryRun:
    """Read everything, write nothing. ``tell`` hears the progress, 0 to 1. Raises ArchiveRefused."""
    with open_archive(path, mapping, format) as archive:
        run = DryRun(ImportReport(format=archive.format, source=archive.format))
        run.sample = archive.preview(1).sample
        authors: set[str] = set()
        for count, record in enumerate(archive.read()):
            _look(run, authors, record)
            if tell is not None and count % 5000 == 0:
                tell(archive.progress)
        run.report.groups, run.report.authors = len(run.channels), len(authors)
        run.report.left_out = dict(archive.left_out)
    return run


def _look(run: DryRun, authors: set[str], record: object) -> None:
    if isinstance(record, ArchiveMessage):
        run.report.messages += 1
        run.report.saw(record.at_ms)
        run.channels[record.channel] = run.channels.get(record.channel, 0) + 1
        authors.add(record.author)
        if len(run.first) < 20:
            run.first.append(record)
    elif isinstance(record, ArchiveChannel):
        run.channels.setdefault(record.id, 0)
        run.names[record.id] = record.name
    elif isinstance(record, ArchiveReaction):
        run.report.reactions += 1
    elif isinstance(record, ArchiveAnswer):
        run.report.answers += 1
    elif isinstance(record, ArchiveMove):
        run.report.moves += 1
    elif isinstance(record, Rejected):
        run.report.reject(record)
