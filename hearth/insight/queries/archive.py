"""Read somebody's archive into a talk log and diagnose it. Needs no server and no database."""

from collections.abc import Callable, Iterable
from pathlib import Path

from hearth.carriers.queries import open_archive
from hearth.carriers.types import (
    ArchiveAnswer,
    ArchiveAuthor,
    ArchiveChannel,
    ArchiveMessage,
    ArchiveMove,
    ArchiveRecord,
    ImportMapping,
    Rejected,
)
from hearth.insight.rules.diagnosis import diagnose
from hearth.insight.rules.talk_log import AuthorInfo, GroupInfo, Origin, TalkLog
from hearth.insight.rules.talk_log_builder import TalkLogBuilder
from hearth.insight.types import Diagnosis, Rejection
from hearth.kit import clock

Progress = Callable[[float, int], None]
_TELL_EVERY = 5000


def read_archive(
    path: str | Path,
    mapping: ImportMapping | None = None,
    *,
    format: str | None = None,  # noqa: A002  the word operators use
    progress: Progress | None = None,
    now_ms: int | None = None,
) -> TalkLog:
    """The archive's talk as columns. ``progress`` hears the share read and the messages so far.

    Raises ``hearth.carriers.errors.ArchiveRefused`` when the file is no archive or must not be opened.
    """
    now = clock.to_ms(clock.now()) if now_ms is None else now_ms
    with open_archive(path, mapping, format, now_ms=now) as archive:
        builder = TalkLogBuilder()
        builder.format = archive.format
        fill(builder, archive.read(), (lambda count: progress(archive.progress, count)) if progress else None)
    return builder.build(now)


def fill(builder: TalkLogBuilder, records: Iterable[ArchiveRecord], tell: Callable[[int], None] | None = None) -> None:
    """Put archive records into a builder."""
    add = builder.add
    count = 0
    for record in records:
        if type(record) is ArchiveMessage:
            add(
                record.channel,
                record.author,
                record.at_ms,
                record.text,
                id=record.id,
                thread=record.thread,
                reply_to=record.reply_to,
                mentions=record.mentions,
                origin=Origin.BOT if record.is_bot else Origin.ORGANIC,
            )
            count += 1
            if tell is not None and count % _TELL_EVERY == 0:
                tell(count)
        else:
            _note(builder, record)


def _note(builder: TalkLogBuilder, record: ArchiveRecord) -> None:
    match record:
        case ArchiveChannel():
            builder.add_group(GroupInfo(record.id, record.name or record.id, record.created_ms))
            builder.add_members(record.id, record.members)
        case ArchiveAuthor():
            builder.add_author(AuthorInfo(record.id, record.name or record.id, record.is_bot))
        case ArchiveMove(kind="join" | "leave"):
            builder.add_move(record.channel, record.author, record.at_ms, joined=record.kind == "join")
        case ArchiveAnswer():
            builder.add_answer(record.channel, record.question, record.answer)
        case Rejected():
            builder.reject(Rejection(*record))
        case _:
            pass


def diagnose_archive(
    path: str | Path,
    mapping: ImportMapping | None = None,
    *,
    format: str | None = None,  # noqa: A002  the word operators use
    at: int | None = None,
    progress: Progress | None = None,
) -> Diagnosis:
    """Read and diagnose; ``at`` in ms, by default just after the last ordinary message."""
    return diagnose(read_archive(path, mapping, format=format, progress=progress), at=at)
