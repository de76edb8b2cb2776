"""Discord, as DiscordChatExporter writes it: a JSON or CSV file per channel or thread, also in parts.

Format: https://github.com/Tyrrrz/DiscordChatExporter, ``DiscordChatExporter.Core/Exporting/JsonMessageWriter.cs`` and
``CsvMessageWriter.cs``. A thread is part of the channel it hangs on; a private one is a group of its own. The CSV has
no ids, replies, edits and bots, and reactions as mere counts: where a channel lies beside it as JSON it is left out.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from hearth.carriers.registry import ArchiveSource, Importer, Reading, SourceEntry, register_importer
from hearth.carriers.rules.json_items import JsonItems
from hearth.carriers.rules.reasons import gettext_noop
from hearth.carriers.rules.times import TimeProblemError, day_comes_first, parse_time
from hearth.carriers.types import (
    ArchiveAuthor,
    ArchiveChannel,
    ArchiveMessage,
    ArchiveMove,
    ArchiveReaction,
    ArchiveRecord,
)
from hearth.kit.tables import Rows

_COLUMNS = "AuthorID,Author,Date,Content,Attachments,Reactions"
_LOOK_AT = 50  # files
_TALK = frozenset(("Default", "Reply", "20", "23"))  # 20 and 23: what an application answers to a command
_NAMED = re.compile(r"(?:.* - )?(.+?) \[(\d{1,20})\](?: \[part \d+\])?\.\w+$", re.IGNORECASE)
_MENTION = re.compile(r"<@!?(\d{1,20})>")
_EMOJI = re.compile(r"<a?(:\w{1,32}:)\d{1,20}>")
_SIGNED = re.compile(r"(https://(?:cdn|media)\.discordapp\.(?:com|net)/[^?\s]+)\?\S*")
_COUNTED = re.compile(r"\((\d{1,9})\)(?:,|$)")
_OLD_DATE = re.compile(r"(\d{1,2})-([A-Za-z]{3})-(\d{2,4}) (\d{1,2}:\d{2}(?: [AP]M)?)")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_CSV_MOVES = {"Joined the server.": "join", "Left the group.": "leave"}
_CSV_NOTICES = ("Pinned a message.", "Started a thread.", "Changed the channel icon.")


class _Channel:
    """The channel of one file: its place here, and whether it is talk between people alone."""

    def __init__(self, about: dict[str, Any]) -> None:
        kind = _text(about.get("type"))
        parent = _text(about.get("categoryId"))
        self.own = self.id = _text(about.get("id"))
        self.name = _text(about.get("name")) or self.id
        self.topic = _text(about.get("topic"))
        self.is_direct = "Direct" in kind
        self.is_private = self.is_direct or "Private" in kind
        self.thread = ""
        if "Thread" in kind and parent and not self.is_private:
            self.thread, self.id = self.name, parent
            self.name, self.topic = _text(about.get("category")) or parent, ""


class _Export:
    """What is known across the files: people told, and which thread has which name in its channel."""

    def __init__(self) -> None:
        self.told: set[str] = set()
        self._threads: dict[tuple[str, str], str] = {}

    def thread(self, channel: _Channel) -> str:
        """The thread's name, told apart from another of the same name."""
        if not channel.thread:
            return ""
        first = self._threads.setdefault((channel.id, channel.thread), channel.own)
        return channel.thread if first == channel.own else f"{channel.thread} ({channel.own})"

    def author(self, user: Any) -> Iterator[ArchiveAuthor]:
        """A person, the first time."""
        ident = _text(user.get("id")) if isinstance(user, dict) else ""
        if ident and ident not in self.told:
            self.told.add(ident)
            yield ArchiveAuthor(ident, _named(user) or ident, user.get("isBot") is True)


def recognises(source: ArchiveSource) -> float:
    """Certain when a file begins with a guild and a channel, or with the columns of the CSV."""
    found = (_is_json(source, entry) or _is_csv(source, entry) for entry in source.entries[:_LOOK_AT])
    return 0.95 if any(found) else 0.0


def read(reading: Reading) -> Iterator[ArchiveRecord]:
    """Files by name, messages in the order of the file."""
    source = reading.source
    files = [entry for entry in source.entries if _is_json(source, entry)]
    tables = [entry for entry in source.entries if _is_csv(source, entry)]
    if files and tables:
        reading.leave_out("other_file", len(tables))
        tables = []
    reading.plan([*files, *tables])
    export = _Export()
    for entry in files:
        yield from _from_json(reading, entry, export)
    for entry in tables:
        yield from _from_csv(reading, entry)


def _from_json(reading: Reading, entry: SourceEntry, export: _Export) -> Iterator[ArchiveRecord]:
    channel = _Channel({})
    for key, value in reading.json_items(entry):
        if key == "=channel" and isinstance(value, dict):
            channel = _Channel(value)
            if not channel.is_direct or reading.mapping.include_direct:
                yield ArchiveChannel(channel.id, channel.name, channel.topic, is_private=channel.is_private)
        elif key != "messages":
            continue
        elif channel.is_direct and not reading.mapping.include_direct:
            reading.leave_out("direct_message")
        elif isinstance(value, dict):
            yield from _event(reading, value, channel, export)
        else:
            yield reading.reject("not_a_message")


def _event(reading: Reading, event: dict[str, Any], channel: _Channel, export: _Export) -> Iterator[ArchiveRecord]:
    if not _text(event.get("id")):
        yield reading.reject("no_id")
        return
    try:
        at_ms = parse_time(event.get("timestamp"), ZoneInfo(reading.mapping.tz))
        changed = event.get("timestampEdited")
        edited = parse_time(changed, ZoneInfo(reading.mapping.tz)) if changed else None
    except TimeProblemError as problem:
        yield reading.reject(problem.code, **({} if problem.code == "no_time" else {"value": event.get("timestamp")}))
        return
    kind = _text(event.get("type"))
    if kind in ("GuildMemberJoin", "RecipientAdd", "RecipientRemove"):
        yield from _move(event, kind, channel.id, at_ms, export)
    elif kind in _TALK:
        yield from _message(event, channel, at_ms, edited, export)
    else:
        reading.leave_out("service_notice")
        return
    yield from _reactions(reading, event, channel.id, export)


def _move(event: dict[str, Any], kind: str, channel: str, at_ms: int, export: _Export) -> Iterator[ArchiveRecord]:
    user = event.get("author")
    yield from export.author(user)
    actor = _text(user.get("id")) if isinstance(user, dict) else ""
    if kind == "GuildMemberJoin":
        yield ArchiveMove(channel, actor, at_ms, "join")
        return
    for moved in _dicts(event.get("mentions")):
        yield from export.author(moved)
        who = _text(moved.get("id"))
        yield ArchiveMove(
            channel, who, at_ms, "join" if kind.endswith("Add") else "leave", actor if actor != who else ""
        )


def _message(
    event: dict[str, Any], channel: _Channel, at_ms: int, edited: int | None, export: _Export
) -> Iterator[ArchiveRecord]:
    told = event.get("author")
    user = told if isinstance(told, dict) else {}
    yield from export.author(user)
    mentioned = {_text(one.get("id")): _named(one) for one in _dicts(event.get("mentions"))}
    mentioned.pop("", None)
    yield ArchiveMessage(
        _text(event.get("id")),
        channel.id,
        _text(user.get("id")),
        at_ms,
        _said(event, mentioned),
        export.thread(channel),
        _answered(event, channel),
        tuple(mentioned),
        user.get("isBot") is True,
        edited,
        tuple(_files(event)),
    )


def _answered(event: dict[str, Any], channel: _Channel) -> str:
    """The message this one answers, where it lies in the same channel."""
    told = event.get("reference")
    if not isinstance(told, dict) or told.get("type") == "Forward":
        return ""
    place = _text(told.get("channelId"))
    return _text(told.get("messageId")) if place in ("", channel.own) else ""


def _said(event: dict[str, Any], mentioned: dict[str, str]) -> str:
    """The text: with what is forwarded as a quote, and with what applications put into embeds when there is none."""
    text = _text(event.get("content"))
    forwarded = event.get("forwardedMessage")
    if isinstance(forwarded, dict) and _text(forwarded.get("content")):
        quoted = "\n".join(f"> {line}" for line in _text(forwarded.get("content")).split("\n"))
        text = f"{text}\n{quoted}".lstrip("\n")
    if not text:
        parts = (
            part for embed in _dicts(event.get("embeds")) for part in (embed.get("title"), embed.get("description"))
        )
        text = "\n".join(filter(None, map(_text, parts)))
    if "<" in text:
        text = _MENTION.sub(lambda found: "@" + (mentioned.get(found[1]) or found[1]), text)
        text = _EMOJI.sub(r"\1", text)
    return text


def _files(event: dict[str, Any]) -> Iterator[str]:
    forwarded = event.get("forwardedMessage")
    for place in (event, forwarded if isinstance(forwarded, dict) else {}):
        for file in _dicts(place.get("attachments")):
            shown = _text(file.get("url")) or _text(file.get("fileName"))
            if shown:
                yield _SIGNED.sub(r"\1", shown)
        yield from filter(None, (_text(sticker.get("name")) for sticker in _dicts(place.get("stickers"))))


def _reactions(reading: Reading, event: dict[str, Any], channel: str, export: _Export) -> Iterator[ArchiveRecord]:
    for reaction in _dicts(event.get("reactions")):
        emoji = reaction.get("emoji")
        shown = _text(emoji.get("name")) if isinstance(emoji, dict) else ""
        named = 0
        for user in _dicts(reaction.get("users")):
            if _text(user.get("id")):
                named += 1
                yield from export.author(user)
                yield ArchiveReaction(channel, _text(event.get("id")), _text(user.get("id")), shown)
        count = reaction.get("count")
        if isinstance(count, int) and named < count < 1 << 31:
            reading.leave_out("unnamed_reaction", count - named)


def _from_csv(reading: Reading, entry: SourceEntry) -> Iterator[ArchiveRecord]:
    base = entry.name.rsplit("/", 1)[-1]
    found = _NAMED.fullmatch(base)
    name = reading.mapping.channel or (found[1] if found else base.rsplit(".", 1)[0])
    channel = found[2] if found and not reading.mapping.channel else name
    yield ArchiveChannel(channel, name)
    day_first = reading.mapping.day_first
    if day_first is None:
        day_first = day_comes_first(_dates(reading.source.head(entry)))
    zone = ZoneInfo(reading.mapping.tz)
    lines = (line.decode() + "\n" for _, block in reading.line_blocks(entry) for line in block)
    for row in Rows(lines, ",", _COLUMNS.count(",") + 1):
        reading.line = row.line
        if row.problem:
            yield reading.reject(row.problem, **dict(row.params))
        elif row.line > 1:
            try:
                at_ms = parse_time(_plain_date(row.cells[2]), zone, day_first)
            except TimeProblemError as problem:
                yield reading.reject(problem.code, **({} if problem.code == "no_time" else {"value": row.cells[2]}))
                continue
            yield from _row(reading, row.cells, channel, at_ms)


def _row(reading: Reading, cells: list[str], channel: str, at_ms: int) -> Iterator[ArchiveRecord]:
    author, name, _, text, files, reactions = cells
    author = author or name
    if author:
        yield ArchiveAuthor(author, name or author)
    if text in _CSV_MOVES:
        yield ArchiveMove(channel, author, at_ms, _CSV_MOVES[text])
    elif text in _CSV_NOTICES:
        reading.leave_out("service_notice")
    else:
        named = tuple(_SIGNED.sub(r"\1", file) for file in files.split(",") if file)
        yield ArchiveMessage("", channel, author, at_ms, _EMOJI.sub(r"\1", text), files=named)
    for count in _COUNTED.findall(reactions):
        reading.leave_out("unnamed_reaction", int(count))


def _dates(head: bytes) -> list[str]:
    rows = Rows((line + "\n" for line in head.decode("utf-8", "replace").split("\n")[:-1]), ",", 6)
    return [row.cells[2] for row in islice(rows, 1, 200) if not row.problem]


def _plain_date(text: str) -> str:
    """``14-Jun-21 09:12 PM``, as older versions wrote it, with the year first; any other form as it is."""
    found = _OLD_DATE.fullmatch(text)
    if not found or found[2].lower() not in _MONTHS:
        return text
    year = found[3] if len(found[3]) == 4 else "20" + found[3][-2:]
    return f"{year}/{_MONTHS.index(found[2].lower()) + 1}/{found[1]} {found[4]}"


def _is_json(source: ArchiveSource, entry: SourceEntry) -> bool:
    if len(source.entries) > 1 and not entry.name.lower().endswith(".json"):
        return False
    head = source.head(entry)
    if b'"guild"' not in head[:400] or not head.lstrip().startswith(b"{"):
        return False
    keys = [piece.key for piece in islice(JsonItems(iter((head,))), 3)]
    return keys[:2] == ["=guild", "=channel"]


def _is_csv(source: ArchiveSource, entry: SourceEntry) -> bool:
    return source.head(entry, 200).startswith(_COLUMNS.encode())


def _named(user: dict[str, Any]) -> str:
    return _text(user.get("nickname")) or _text(user.get("name"))


def _dicts(value: Any) -> Iterator[dict[str, Any]]:
    return (item for item in value if isinstance(item, dict)) if isinstance(value, list) else iter(())


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


register_importer(
    Importer(
        "discord",
        gettext_noop("Discord (DiscordChatExporter)"),
        recognises,
        read,
        export=gettext_noop("With the program DiscordChatExporter: the server's channels as JSON. CSV keeps less."),
    )
)
