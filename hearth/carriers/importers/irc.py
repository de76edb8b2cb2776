"""IRC logs of irssi, WeeChat, ZNC, EnergyMech, mIRC, HexChat, XChat and public log bots; a file or folders of them.

Formats: see ``rules.irc_lines``. The day comes from the stamps, from ``Log opened`` and ``Day changed`` lines, or from
the file's path (``#ward/2024-03-05.log``, ``2024/03/05/#ward.txt``); where the clock jumps back at midnight, a day has
passed. The channel comes from the path, the log, or the file's name. Lines in several encodings are decoded one by one.

A quit ends a connection, not a membership, and is told apart from leaving. A nick that is changed stays the same
person. ``nick: …`` calls somebody. Notices count as a bot's. Logs of talks of two (no ``#`` in the path, where other
files have one) are left out unless asked for.
"""

import calendar
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from hearth.carriers.registry import ArchiveSource, Importer, Reading, SourceEntry, register_importer
from hearth.carriers.rules.cells import as_channel
from hearth.carriers.rules.irc_lines import Line, read_line
from hearth.carriers.rules.reasons import gettext_noop
from hearth.carriers.types import ArchiveAuthor, ArchiveMessage, ArchiveMove, ArchiveRecord
from hearth.kit.encodings import best_text

_SUFFIXES = (".log", ".txt", ".weechatlog", ".irc", ".irclog")
_PATH_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)([-_./]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)")
_PATH_ROOM = re.compile(r"[#&][^/\\]{1,100}")
_ENDING = re.compile(r"(?:\.(?:log|txt|weechatlog|irc|irclog|raw|ascii))+$", re.IGNORECASE)
_CALLED = re.compile(r"@?([^\s:,<>]{1,64})[:,](?=\s|$)")
_BOT = re.compile(r"(?:chan|nick|memo|oper|bot|host)serv|\S*[-_]bot|u?bottu|lubotu\d?|meetingology|supybot|limnoria|"
                  r"eggdrop|wikibugs|gerrit-wm|jenkins|travis-ci|github|gitlab", re.IGNORECASE)  # fmt: skip
_GUEST = re.compile(r"Guest\d+")
_TALK = frozenset(("said", "action", "notice"))
_MOVES = frozenset(("join", "leave", "quit"))
_HAPPENED = _TALK | _MOVES
_SHARE = 0.7  # of the lines that must be understood
_LONGEST = 16_384  # bytes of a line that are looked at
_LOOK_AT = 8


def recognises(source: ArchiveSource) -> float:
    """Likely when most lines are understood and some are talk; certain when a client's own marks are among them."""
    return max((_likeness(source, entry) for entry in islice(_candidates(source), _LOOK_AT)), default=0.0)


def _likeness(source: ArchiveSource, entry: SourceEntry) -> float:
    lines = _first_lines(source, entry)
    known = sum(line.kind != "" for line in lines)
    if known < _SHARE * len(lines) or not any(line.kind in _HAPPENED for line in lines):
        return 0.0
    # Time, tab, name, tab, text alone is also what a table without a header looks like.
    columns = all(line.kind == "said" for line in lines) and b"\t" in source.head(entry, 4000)
    return 0.5 if columns else 0.9


def _first_lines(source: ArchiveSource, entry: SourceEntry) -> list[Line]:
    head = source.head(entry).split(b"\n")
    whole = head[:-1] if len(head) > 1 else head  # the last may be cut
    return [read_line(line[:2000].decode("utf-8", "replace")) for line in whole[:80] if line.strip()]


def read(reading: Reading) -> Iterator[ArchiveRecord]:
    """Every line of every log, by path."""
    found = list(_candidates(reading.source))
    logs = [entry for entry in found if _likeness(reading.source, entry)] or found
    if len(reading.source.entries) > len(logs):
        reading.leave_out("other_file", len(reading.source.entries) - len(logs))
    reading.plan(logs)
    rooms = any(_PATH_ROOM.search(entry.name) for entry in logs)
    people = _People()
    for entry in logs:
        log = _Log(reading, entry, people)
        log.is_direct = rooms and not _PATH_ROOM.search(entry.name) and not reading.mapping.include_direct
        for first, block in reading.line_blocks(entry, raw=True):
            for number, raw in enumerate(block, first):
                reading.line = number
                yield from log.records(read_line(_decoded(raw, reading.mapping.encoding)))


def _decoded(raw: bytes, encoding: str) -> str:
    """A line as UTF-8, else as declared or guessed: people of one channel used several encodings."""
    raw = raw[:_LONGEST]
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return best_text(raw, encoding)


class _People:
    """Who is behind a nick."""

    def __init__(self) -> None:
        self._behind: dict[str, str] = {}

    def of(self, nick: str) -> str:
        """The person's first nick; the nick is known from now on."""
        return self._behind.setdefault(nick, nick)

    def called(self, text: str) -> tuple[str, ...]:
        """Whoever a line is addressed to, if that is somebody here."""
        found = _CALLED.match(text)
        return (self._behind[found[1]],) if found and found[1] in self._behind else ()

    def rename(self, old: str, new: str) -> None:
        """``old`` calls itself ``new``. A nick that was somebody's stays theirs; guest names belong to nobody."""
        if not _GUEST.fullmatch(new) and not _GUEST.fullmatch(old):
            self._behind.setdefault(new, self.of(old))


class _Log:
    """One file while it is read: its channel, and the day it stands at."""

    def __init__(self, reading: Reading, entry: SourceEntry, people: _People) -> None:
        self.is_direct = False
        self._reading = reading
        self._people = people
        self._zone = ZoneInfo(reading.mapping.tz)
        self._channel = reading.mapping.channel or _room_of(entry.name) or _room_in(reading.source, entry)
        self._fallback = _name_of(entry.name, reading.source.name)
        self._day = _path_day(entry.name)
        self._clock = 0
        self._has_said_no_day = False

    def records(self, line: Line) -> Iterator[ArchiveRecord]:
        """What one line gives."""
        self._go_to(line)
        if line.kind == "renamed":
            self._people.rename(line.nick, line.text)
        elif line.kind in _HAPPENED:
            yield from self._happened(line)
        elif line.kind == "":
            yield self._reading.reject("not_a_line")
        elif line.clock >= 0:
            self._reading.leave_out("service_notice")

    def _happened(self, line: Line) -> Iterator[ArchiveRecord]:
        if self.is_direct:
            self._reading.leave_out("direct_message")
            return
        if self._day is None:
            if not self._has_said_no_day:
                self._has_said_no_day = True
                yield self._reading.reject("no_day")
            return
        who, channel = self._people.of(line.nick), self._channel or self._fallback
        if line.kind in _MOVES:
            yield ArchiveMove(channel, who, self._at_ms(), line.kind, self._people.of(line.text) if line.text else "")
            return
        is_bot = line.kind == "notice" or _BOT.fullmatch(line.nick) is not None
        yield ArchiveAuthor(who, who, is_bot)
        text = f"*{line.text}*" if line.kind == "action" and line.text else line.text
        yield ArchiveMessage("", channel, who, self._at_ms(), text, "", "", self._people.called(line.text), is_bot)

    def _go_to(self, line: Line) -> None:
        """Follow the days: named ones, and the midnight that a clock tells by jumping back."""
        if line.day is not None:
            self._day = self._named(line.day) or self._day
        elif line.clock >= 0 and self._day is not None and line.clock < self._clock - 12 * 3600:
            self._day = self._day + timedelta(days=1) if self._day < date.max else self._day
        if line.clock >= 0 or line.kind == "day":
            self._clock = max(line.clock, 0)

    def _named(self, day: tuple[int, int, int]) -> date | None:
        year, month, number = day
        if not year:  # HexChat's stamps name no year: it goes on, and turns with January
            if self._day is None:
                return None
            year = self._day.year + (month == 1 and self._day.month == 12)
        if not (1 <= month <= 12 and 1 <= year <= 9998 and 1 <= number <= calendar.monthrange(year, month)[1]):
            return None
        return date(year, month, number)

    def _at_ms(self) -> int:
        assert self._day is not None
        moment = datetime(self._day.year, self._day.month, self._day.day, tzinfo=UTC) + timedelta(seconds=self._clock)
        return int(moment.replace(tzinfo=self._zone).timestamp()) * 1000


def _candidates(source: ArchiveSource) -> Iterator[SourceEntry]:
    alone = len(source.entries) == 1
    return (
        entry
        for entry in source.entries
        if alone or entry.name.lower().endswith(_SUFFIXES) or _PATH_ROOM.search(entry.name)
    )


def _name_of(path: str, archive: str) -> str:
    """The file's name without its day; where that says nothing (``03``), its folder's or the archive's."""
    folder, _, base = path.rpartition("/")
    names = (_without_day(base), folder.rsplit("/", 1)[-1], _without_day(archive))
    plain = (name.strip("-_. ") for name in names)
    return next((name for name in plain if re.search(r"[^\W\d_]", name)), as_channel(path))


def _room_in(source: ArchiveSource, entry: SourceEntry) -> str:
    return next((line.room for line in _first_lines(source, entry) if line.room), "")


def _path_day(name: str) -> date | None:
    found = list(_PATH_DAY.finditer(name))
    if not found:
        return None
    last = found[-1]
    try:
        return date(int(last[1]), int(last[3]), int(last[4]))
    except ValueError:
        return None


def _without_day(name: str) -> str:
    return _PATH_DAY.sub("", _ENDING.sub("", name)).rstrip("/._- ")


def _room_of(name: str) -> str:
    """``freenode_#ward_20240305.log`` and ``2024/03/05/#ward.txt`` are #ward."""
    found = _PATH_ROOM.search(_without_day(name))
    return found[0].strip("._- ") if found else ""


register_importer(
    Importer(
        "irc",
        gettext_noop("IRC logs"),
        recognises,
        read,
        export=gettext_noop("The log files of your client or log bot, with their folders."),
    )
)
