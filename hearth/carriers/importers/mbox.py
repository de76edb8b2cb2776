"""Mail of a list: mbox files (mboxo, mboxrd; pipermail's monthly ``2024-March.txt``), one or several.

Format: RFC 4155. Mails are separated by lines that begin with ``From `` after an empty one. The List-Id, else the
file's name, becomes the channel; the first subject a thread. Replies go by In-Reply-To and References, and where a
reply has neither, by the words it quotes. Quoted text and signatures are taken out of what was said. Automatic replies
count as bots.

Only the latest ``_REMEMBERED`` mails are kept in mind, so an archive of any size takes the same memory.
"""

import re
from collections.abc import Iterator
from datetime import UTC
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import Any

from hearth.carriers.registry import ArchiveSource, Importer, Reading, SourceEntry, register_importer
from hearth.carriers.rules.cells import as_channel
from hearth.carriers.rules.mail import Mail, base_subject, is_reply, read_mail
from hearth.carriers.rules.reasons import gettext_noop
from hearth.carriers.rules.times import DAY_MS, TimeProblemError, parse_time
from hearth.carriers.types import ArchiveAuthor, ArchiveChannel, ArchiveMessage, ArchiveRecord
from hearth.kit.clock import day_of_number

_FROM = re.compile(rb"From \S{1,300}(?: at \S{1,300})?\s+(.{0,20}\d{1,2}:\d{2}.{0,40})")
_ESCAPED = re.compile(rb">+From ")
_LIST_ID = re.compile(r"(?:(.{0,200}?)\s*)?<([^<>\s]{1,200})>")
_REMEMBERED = 100_000
_MAIL_BYTES = 8 * 1024 * 1024
_LOOK_AT = 8


class _Memory:
    """The latest mails: their threads by id, and who said which line. The oldest are forgotten."""

    def __init__(self) -> None:
        self.threads: dict[int, str] = {}
        self.roots: dict[tuple[str, str], int] = {}
        self.lines: dict[int, str] = {}

    def thread_of(self, mail: Mail, channel: str, at_ms: int) -> tuple[str, str]:
        """The thread, and the mail answered."""
        parents = [parent for parent in mail.parents if parent != mail.ident]
        title = base_subject(mail.subject) or "(no subject)"
        known = next((it for it in parents if hash(it) in self.threads), "")
        if not known and not parents and is_reply(mail.subject):
            known = self._who_said(mail.quoted)
        if known:
            thread = self.threads[hash(known)]
        elif parents or is_reply(mail.subject):
            thread = title  # its beginning is not here: the subject is what it was called
        else:
            thread = self._root(channel, title, at_ms)
        self._remember(mail, thread)
        return thread, known or next(iter(parents), "")

    def _root(self, channel: str, title: str, at_ms: int) -> str:
        """A new thread; a title that was used before gets its day."""
        first = self.roots.setdefault((channel, title), at_ms)
        _forget(self.roots)
        return title if first == at_ms else f"{title} ({day_of_number(at_ms // DAY_MS)})"

    def _who_said(self, quoted: tuple[str, ...]) -> str:
        found = (self.lines.get(_line_key(line)) for line in quoted)
        return next((ident for ident in found if ident and hash(ident) in self.threads), "")

    def _remember(self, mail: Mail, thread: str) -> None:
        if not mail.ident:
            return
        self.threads[hash(mail.ident)] = thread
        for line in mail.text.split("\n", 8)[:8]:
            if len(line.strip()) >= 12:
                self.lines[_line_key(line)] = mail.ident
        _forget(self.threads)
        _forget(self.lines)


def _line_key(line: str) -> int:
    return hash("".join(line.split())[:40])


def _forget(memory: dict[Any, Any]) -> None:
    """The older half at once: a dictionary that loses its first key again and again is searched from its start."""
    if len(memory) > 2 * _REMEMBERED:
        for key in list(islice(memory, _REMEMBERED)):
            del memory[key]


def recognises(source: ArchiveSource) -> float:
    """Certain when a file begins with a ``From `` line and the headers of a mail."""
    return 0.95 if any(_is_mbox(source, entry) for entry in islice(source.entries, _LOOK_AT)) else 0.0


def _is_mbox(source: ArchiveSource, entry: SourceEntry) -> bool:
    lines = source.head(entry, 16384).lstrip(b"\r\n").split(b"\n")
    if not lines[0].startswith(b"From "):
        return False
    names = {line.partition(b":")[0].lower() for line in lines[1:60]}
    return b"from" in names and bool({b"date", b"message-id", b"subject"} & names)


def read(reading: Reading) -> Iterator[ArchiveRecord]:
    """Every mail of every file, in order."""
    entries = [entry for entry in reading.source.entries if _is_mbox(reading.source, entry)]
    if len(entries) < len(reading.source.entries):
        reading.leave_out("other_file", len(reading.source.entries) - len(entries))
    reading.plan(entries)
    memory = _Memory()
    for entry in entries:
        for number, start, lines in _mails(reading, entry):
            reading.line = number
            yield from _records(reading, read_mail(lines), start, entry, memory)


def _mails(reading: Reading, entry: SourceEntry) -> Iterator[tuple[int, bytes, list[bytes]]]:
    """Number and text of the ``From `` line, and the lines of the mail. Of a very large one the end is left out."""
    begun, start, after_blank, size = 0, b"", True, 0
    lines: list[bytes] = []
    for first, block in reading.line_blocks(entry, raw=True):
        for number, line in enumerate(block, first):
            if after_blank and line.startswith(b"From ") and _FROM.match(line[:800]):
                if begun:
                    yield begun, start, lines
                begun, start, lines, size = number, line, [], 0
            elif begun and size < _MAIL_BYTES:
                size += len(line) + 1
                lines.append(line[1:] if line.startswith(b">") and _ESCAPED.match(line) else line)
            after_blank = not line or line == b"\r"
    if begun:
        yield begun, start, lines


def _records(
    reading: Reading, mail: Mail, start: bytes, entry: SourceEntry, memory: _Memory
) -> Iterator[ArchiveRecord]:
    at_ms = _moment(mail, start)
    if at_ms is None:
        yield reading.reject("bad_time" if mail.date else "no_time", **({"value": mail.date} if mail.date else {}))
        return
    channel, name = _channel(mail, entry, reading)
    yield ArchiveChannel(channel, name)
    if mail.address:
        yield ArchiveAuthor(mail.address, mail.name or mail.address, mail.is_automatic, mail.address)
    thread, reply_to = memory.thread_of(mail, channel, at_ms)
    answers = bool(reply_to) or is_reply(mail.subject)
    yield ArchiveMessage(
        mail.ident,
        channel,
        mail.address,
        at_ms,
        mail.text if answers else f"**{base_subject(mail.subject) or mail.subject}**\n\n{mail.text}".strip(),
        thread,
        reply_to,
        (),
        mail.is_automatic,
        None,
        mail.files,
    )


def _moment(mail: Mail, start: bytes) -> int | None:
    """The time of the Date header, else of the ``From `` line."""
    try:
        moment = parsedate_to_datetime(mail.date)
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
    except (ValueError, TypeError, IndexError, OverflowError, OSError):
        pass  # no RFC 5322: written by a hand or by a broken program
    found = _FROM.match(start[:800])
    for text in (mail.date, found[1].decode("ascii", "replace").strip() if found else ""):
        try:
            return parse_time(text)
        except TimeProblemError:
            continue
    return None


def _channel(mail: Mail, entry: SourceEntry, reading: Reading) -> tuple[str, str]:
    if reading.mapping.channel:
        return reading.mapping.channel, reading.mapping.channel
    found = _LIST_ID.search(mail.list_id[:600])
    if found:
        return found[2].lower(), (found[1] or "").strip().strip('"') or found[2]
    folder = entry.name.rpartition("/")[0].rsplit("/", 1)[-1]
    name = folder or as_channel(entry.name)
    return name, name


register_importer(
    Importer(
        "mbox",
        gettext_noop("Mailing list (mbox)"),
        recognises,
        read,
        export=gettext_noop("The list's mbox, or the monthly .txt.gz files of its archive."),
    )
)
