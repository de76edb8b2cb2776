"""An archive in portions of one transaction each: read, checked and looked through before anybody waits for them.

Reading and looking through take as long as writing. A large archive is therefore read by a process of its own, one
portion ahead of the writer; a small one is read on the spot.
"""

import contextlib
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, NamedTuple

from hearth.carriers.errors import ArchiveRefused
from hearth.carriers.queries.archives import Archive, open_archive
from hearth.carriers.rules.reasons import refusal
from hearth.carriers.types import (
    ArchiveAnswer,
    ArchiveAuthor,
    ArchiveChannel,
    ArchiveMessage,
    ArchiveMove,
    ArchiveReaction,
    ArchiveRecord,
    ImportMapping,
    Position,
    Rejected,
)
from hearth.conversation.rules.posting import cleaned
from hearth.conversation.rules.rendering import need_markdown
from hearth.kit.bulk_language import are_questions

BATCH = 100
MAX_TEXT = 60_000  # characters of one imported message; more is cut and said
WIDE = 8  # batches that make one transaction where nobody waits
LARGE = 2 << 20  # bytes as packed: from here on a second process pays for its start


class ReadyMessage(NamedTuple):
    """A message with its text as it is kept, whether it asks, and whether it may hold markup."""

    message: ArchiveMessage
    text: str
    asks: bool
    markup: bool


@dataclass(slots=True)
class Batch:
    """What one transaction writes, and where the reading stands after it."""

    channels: list[ArchiveChannel] = field(default_factory=list)
    authors: list[ArchiveAuthor] = field(default_factory=list)
    messages: list[ReadyMessage] = field(default_factory=list)
    reactions: list[ArchiveReaction] = field(default_factory=list)
    answers: list[ArchiveAnswer] = field(default_factory=list)
    joined: dict[tuple[str, str], int] = field(default_factory=dict)  # (channel, author) → first seen
    moved: list[ArchiveMove] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    position: str = ""
    progress: float = 0.0
    left_out: dict[str, int] = field(default_factory=dict)


def batches_of(archive: Archive, start: Position | None = None) -> Generator[Batch, None, None]:
    """The archive from ``start`` to its end. The last batch may be empty: it carries the end's position."""
    records = archive.read(start)
    more = True
    while more:
        more, batch = _gathered(records)
        batch.position, batch.progress = archive.position.as_text(), archive.progress
        batch.left_out = dict(archive.left_out)
        yield batch


def gathered(batches: Iterator[Batch], wide: Callable[[], bool]) -> Iterator[Batch]:
    """Batches as they come, or several in one while ``wide`` says that there is room."""
    for batch in batches:
        for _ in range(WIDE - 1):
            following = next(batches, None) if wide() else None
            if following is None:
                break
            _join(batch, following)
        yield batch


def _join(batch: Batch, following: Batch) -> None:
    for name in ("channels", "authors", "messages", "reactions", "answers", "moved", "rejected"):
        getattr(batch, name).extend(getattr(following, name))
    batch.joined = {**following.joined, **batch.joined}
    batch.position, batch.progress, batch.left_out = following.position, following.progress, following.left_out


def read_ahead(
    path: Path,
    mapping: ImportMapping,
    format: str,  # noqa: A002
    start: Position | None = None,
) -> Generator[Batch, None, None]:
    """``batches_of``, read by another process. Raises ArchiveRefused as reading here would.

    Closing the iterator ends the process; a process whose reader is gone ends at its next portion.
    """
    with subprocess.Popen(  # noqa: S603  our own command
        [sys.executable, "-c", _READER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, pipesize=1 << 20
    ) as reader:
        assert reader.stdin is not None
        assert reader.stdout is not None
        try:
            with reader.stdin as asking:
                pickle.dump((path, mapping, format, start), asking)
            while (told := _heard(reader.stdout)) is not None:
                yield told
        finally:
            reader.terminate()


def _heard(told: IO[bytes]) -> Batch | None:
    """The next portion; None after the last."""
    try:
        heard = pickle.load(told)  # noqa: S301  from our own process
    except (EOFError, pickle.UnpicklingError):  # nothing more, or a portion cut off
        raise RuntimeError("the process that reads the archive ended early") from None
    if isinstance(heard, _Refused):
        raise refusal(heard.code, **heard.params)
    return heard


_READER = "from hearth.carriers.queries.batches import tell; tell()"  # without Django: it would take longer to start


class _Refused(NamedTuple):
    code: str
    params: dict[str, str]


def tell() -> None:
    """The other end of ``read_ahead``: reads what standard input names, writes portions to standard output."""
    with os.fdopen(os.dup(1), "wb") as out, contextlib.suppress(BrokenPipeError):
        os.dup2(2, 1)  # what libraries print must not come between
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the writer, which ends us
        os.nice(10)  # reading ahead can wait; the live room and whoever writes cannot
        path, mapping, format_, start = pickle.load(sys.stdin.buffer)  # noqa: S301  from our own process
        last: _Refused | None = None
        try:
            with open_archive(path, mapping, format_) as archive:
                for batch in batches_of(archive, start):
                    pickle.dump(batch, out, protocol=5)
                    out.flush()
        except ArchiveRefused as refused:
            last = _Refused(refused.code, refused.params)
        pickle.dump(last, out)


def _gathered(records: Iterator[ArchiveRecord]) -> tuple[bool, Batch]:
    """The next portion, and whether there may be more."""
    batch, messages, weight = Batch(), [], 0
    for record in records:
        if isinstance(record, ArchiveMessage):
            messages.append(record)
            batch.joined.setdefault((record.channel, record.author), record.at_ms)
            weight += 1
        else:
            weight += _sorted_in(batch, record)
        if weight >= BATCH:
            break
    batch.messages = _looked_through(messages)
    return weight >= BATCH, batch


def _sorted_in(batch: Batch, record: ArchiveRecord) -> int:
    """Put what is no message where it belongs; how much it weighs in a transaction."""
    if isinstance(record, ArchiveReaction):
        batch.reactions.append(record)
    elif isinstance(record, ArchiveAnswer):
        batch.answers.append(record)
    elif isinstance(record, ArchiveAuthor):
        batch.authors.append(record)
        return 0
    elif isinstance(record, ArchiveChannel):
        batch.channels.append(record)
        return 0
    elif isinstance(record, ArchiveMove):
        batch.moved.append(record)
        if record.kind == "join":
            batch.joined.setdefault((record.channel, record.author), record.at_ms)
    elif isinstance(record, Rejected):
        batch.rejected.append(record)
    return 1


def _looked_through(messages: Sequence[ArchiveMessage]) -> list[ReadyMessage]:
    texts = [_text_of(message) for message in messages]
    rows = zip(messages, texts, are_questions(texts), need_markdown(texts), strict=True)
    return [ReadyMessage(*row) for row in rows]


def _text_of(message: ArchiveMessage) -> str:
    text = cleaned(message.text)[:MAX_TEXT]
    if not message.files:
        return text
    return "\n".join([*([text] if text else []), *(f"📎 {name}" for name in message.files)])
