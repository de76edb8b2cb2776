"""What counts as a sound record, whatever the format: applied to every importer's stream alike.

Times must lie between 1990 and a day after now; a channel keeps the first message of an id; channels and authors are
announced before they are first named; a message without an id of its own gets one from its content, so that importing
twice stays the same.
"""

import hashlib
from array import array
from collections.abc import Iterator
from datetime import UTC, datetime

from hearth.carriers.registry import Reading
from hearth.carriers.rules.times import DAY_MS, EARLIEST_MS
from hearth.carriers.types import (
    ArchiveAnswer,
    ArchiveAuthor,
    ArchiveChannel,
    ArchiveMessage,
    ArchiveMove,
    ArchiveReaction,
    ArchiveRecord,
    Rejected,
)

QUICK = 1 << 19  # about 50 MB as a set


class IdSet:
    """A set of hashes in 12-24 bytes each (a Python set of ints takes about 100), for archives of many millions of
    messages.

    The first ``QUICK`` are kept in a Python set, which is quicker; then open addressing in one array of 64-bit hashes.
    With ten million keys the chance that two differ but share a hash is 3 in a million.
    """

    def __init__(self, quick: int = QUICK) -> None:
        self._quick: set[int] = set()
        self._most = quick
        self._mask = (1 << 12) - 1
        self._slots = array("Q", bytes(8 << 12))
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, key: object) -> bool:
        """Add a hashable key; False when it was there."""
        mark = hash(key) & 0xFFFFFFFFFFFFFFFF or 1
        if self._most:
            if mark in self._quick:
                return False
            self._quick.add(mark)
            self._count += 1
            if self._count >= self._most:
                self._most = 0
                self._pack()
            return True
        if not _place(self._slots, self._mask, mark):
            return False
        self._count += 1
        if self._count * 3 > self._mask * 2:
            self._grow()
        return True

    def _pack(self) -> None:
        """From the set into the array, with room to go on."""
        self._mask = (1 << max(12, (2 * self._count).bit_length())) - 1
        self._slots = array("Q", bytes(8 * (self._mask + 1)))
        for mark in self._quick:
            _place(self._slots, self._mask, mark)
        self._quick = set()

    def _grow(self) -> None:
        mask = self._mask * 2 + 1
        slots = array("Q", bytes(8 * (mask + 1)))
        for mark in self._slots:
            if mark:
                _place(slots, mask, mark)
        self._slots, self._mask = slots, mask


def _place(slots: "array[int]", mask: int, mark: int) -> bool:
    at = (mark ^ (mark >> 32)) & mask
    while slots[at]:
        if slots[at] == mark:
            return False
        at = (at + 1) & mask
    slots[at] = mark
    return True


class Intake:
    """Checks one stream of records. One per reading: it remembers ids, channels and authors."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._latest_ms = reading.now_ms + DAY_MS
        self._ids = IdSet()
        self._channels: set[str] = set()
        self._authors: set[str] = set()
        self._again: dict[str, int] = {}

    def checked(self, records: Iterator[ArchiveRecord]) -> Iterator[ArchiveRecord]:
        """The sound records, with a ``Rejected`` in place of every other."""
        ids, channels, authors, latest_ms = self._ids, self._channels, self._authors, self._latest_ms
        for record in records:
            if type(record) is ArchiveMessage:
                ident, channel = record.id, record.channel
                if (
                    ident
                    and channel in channels
                    and record.author in authors
                    and EARLIEST_MS <= record.at_ms <= latest_ms
                    and "\x00" not in record.text
                    and ids.add((channel, ident))
                ):
                    yield record  # the ordinary case, without detours
                else:
                    yield from self._message(record)
            elif isinstance(record, ArchiveChannel):
                if record.id and record.id not in self._channels:
                    self._channels.add(record.id)
                    yield record._replace(name=record.name.replace("\x00", ""))
            elif isinstance(record, ArchiveAuthor):
                if record.id and record.id not in self._authors:
                    self._authors.add(record.id)
                    yield record._replace(name=record.name.replace("\x00", ""))
            elif isinstance(record, ArchiveMove | ArchiveReaction):
                yield from self._lesser(record)
            elif isinstance(record, ArchiveAnswer):
                yield from self._answer(record)
            else:
                yield record

    def _message(self, message: ArchiveMessage) -> Iterator[ArchiveRecord]:
        refused = self._unsound(message.channel, message.author, message.at_ms)
        if refused is not None:
            yield refused
            return
        if not message.id:
            message = message._replace(id=self._made_id(message))
        if not self._ids.add((message.channel, message.id)):
            yield self._reading.reject("duplicate", value=message.id)
            return
        yield from self._announced(message.channel, message.author, message.is_bot)
        # No database of ours stores a zero character in text.
        yield message._replace(text=message.text.replace("\x00", "")) if "\x00" in message.text else message

    def _unsound(self, channel: str, author: str, at_ms: int) -> Rejected | None:
        if not author or author.isspace():
            return self._reading.reject("no_author")
        if not channel or channel.isspace():
            return self._reading.reject("no_channel")
        if EARLIEST_MS <= at_ms <= self._latest_ms:
            return None
        code = "future_time" if at_ms > self._latest_ms else "implausible_time"
        return self._reading.reject(code, value=_shown(at_ms))

    def _announced(self, channel: str, author: str, is_bot: bool = False) -> Iterator[ArchiveRecord]:
        if channel not in self._channels:
            self._channels.add(channel)
            yield ArchiveChannel(channel, channel)
        if author not in self._authors:
            self._authors.add(author)
            yield ArchiveAuthor(author, author, is_bot)

    def _lesser(self, record: ArchiveMove | ArchiveReaction) -> Iterator[ArchiveRecord]:
        at_ms = self._reading.now_ms if record.at_ms is None else record.at_ms
        refused = self._unsound(record.channel, record.author, at_ms)
        if refused is not None:
            yield refused
            return
        yield from self._announced(record.channel, record.author)
        yield record

    def _answer(self, record: ArchiveAnswer) -> Iterator[ArchiveRecord]:
        """An accepted answer whose time makes no sense keeps everything but the time."""
        if record.channel not in self._channels or not record.question or not record.answer:
            return
        if record.by:
            yield from self._announced(record.channel, record.by)
        sound = record.at_ms is None or EARLIEST_MS <= record.at_ms <= self._latest_ms
        yield record if sound else record._replace(at_ms=None)

    def _made_id(self, message: ArchiveMessage) -> str:
        """An id from the content. The same line twice is a duplicate when times are exact; where they are to the
        minute it is said twice, and pictures without a word come several in one second.
        """
        said = "\0".join((message.channel, message.author, str(message.at_ms), message.text, *message.files))
        content = said.encode("utf-8", "replace")
        base = "h-" + hashlib.blake2b(content, digest_size=10).hexdigest()
        if message.at_ms % 60_000 and message.text:
            return base
        if self._ids.add((base, 1)):
            return base
        # Counted, not searched for: a forged file says the same thing a million times.
        number = self._again[base] = self._again.get(base, 1) + 1
        return f"{base}-{number}"


def _shown(at_ms: int) -> str:
    try:
        return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (ValueError, OverflowError, OSError):
        return str(at_ms)
