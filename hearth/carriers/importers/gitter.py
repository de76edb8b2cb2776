"""Gitter: messages of rooms as its API and its own export give them, a JSON array or one message a line.

Format: https://developer.gitter.im/docs/messages-resource and the export (``…/rooms/ID/messages.ndjson``). A file is
a room, named by its path (``FreeCodeCamp/Aarhus.json``); a ``rooms.json`` or ``rooms.ndjson`` beside the files gives
names, topics and which rooms are private. Conversations of two (``oneToOne``) are left out unless asked for. Text is
Markdown.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from hearth.carriers.registry import ArchiveSource, Importer, Reading, SourceEntry, register_importer
from hearth.carriers.rules.forum import edited_after, mapping_of, moment_of, objects_of, text_of
from hearth.carriers.rules.json_items import JsonItems, json_lines, parse_json
from hearth.carriers.rules.names import without_packing
from hearth.carriers.rules.reasons import gettext_noop
from hearth.carriers.types import ArchiveAuthor, ArchiveChannel, ArchiveMessage, ArchiveRecord, Rejected

_SUFFIXES = (".json", ".ndjson", ".jsonl")
_ROOM_LIST = re.compile(r"(?:.*/)?rooms\.(?:nd)?json")
_PLAIN = re.compile(r"(?:.*/)?messages?", re.IGNORECASE)
_UPLOAD = re.compile(r"\((https?://files\.gitter\.im/[^)\s]{1,1000})\)")
_LOOK_AT = 20


class _Room:
    def __init__(self, row: dict[str, Any]) -> None:
        self.id = text_of(row.get("id")) or text_of(row.get("_id"))
        self.uri = text_of(row.get("uri")) or text_of(row.get("url")).strip("/")
        self.name = text_of(row.get("name")) or self.uri or self.id
        self.topic = text_of(row.get("topic"))
        self.direct = row.get("oneToOne") is True
        self.private = self.direct or row.get("public") is False or row.get("security") == "PRIVATE"


def recognises(source: ArchiveSource) -> float:
    """Certain when a file begins with messages that have Gitter's fields."""
    for entry in islice(_message_files(source), _LOOK_AT):
        for row in islice(_first(source.head(entry)), 3):
            if {"id", "text", "sent"} <= row.keys() and ("fromUser" in row or "readBy" in row):
                return 0.96
    return 0.0


def _first(head: bytes) -> Iterator[dict[str, Any]]:
    if head.lstrip()[:1] == b"[":
        for piece in JsonItems(iter((head,))):
            yield from objects_of([piece.value])
        return
    for line in head.split(b"\n")[:3]:
        try:
            yield from objects_of([parse_json(line)])
        except ValueError:
            continue


def read(reading: Reading) -> Iterator[ArchiveRecord]:
    """Rooms that the list describes, then the messages of each file."""
    lists = [entry for entry in reading.source.entries if _ROOM_LIST.fullmatch(entry.name)]
    files = list(_message_files(reading.source))
    reading.plan([*lists, *files])
    rooms: dict[str, _Room] = {}
    for entry in lists:
        for row in _rows(reading, entry):
            room = _Room(mapping_of(row))
            if room.id or room.uri:
                rooms[room.id] = rooms[room.uri] = room
    rooms.pop("", None)
    for entry in files:
        yield from _file(reading, entry, rooms)


def _file(reading: Reading, entry: SourceEntry, rooms: dict[str, _Room]) -> Iterator[ArchiveRecord]:
    by_file = reading.mapping.channel or _room_of(entry, reading.source)
    told: set[str] = set()
    for row in _rows(reading, entry):
        if not isinstance(row, dict) or "sent" not in row:
            yield reading.reject("not_a_message")
            continue
        named = text_of(row.get("toTroupeId")) or text_of(row.get("roomId"))
        room = rooms.get(named) or rooms.get(by_file) or _Room({"id": named or by_file, "name": by_file})
        if room.direct and not reading.mapping.include_direct:
            reading.leave_out("direct_message")
            continue
        channel = room.id or room.uri
        if channel not in told:
            told.add(channel)
            yield ArchiveChannel(channel, room.name, room.topic, is_private=room.private)
        yield from _message(reading, row, channel)


def _message(reading: Reading, row: dict[str, Any], channel: str) -> Iterator[ArchiveRecord]:
    at_ms = moment_of(reading, row.get("sent"))
    if isinstance(at_ms, Rejected):
        yield at_ms
        return
    user = mapping_of(row.get("fromUser"))
    author = text_of(user.get("id")) or text_of(user.get("username"))
    if author:
        name = text_of(user.get("displayName")) or text_of(user.get("username")) or author
        yield ArchiveAuthor(author, name)
    ident, parent = text_of(row.get("id")), text_of(row.get("parentId"))
    text = text_of(row.get("text"))
    yield ArchiveMessage(
        ident,
        channel,
        author,
        at_ms,
        f"*{text}*" if row.get("status") is True and text else text,
        parent or (ident if row.get("threadMessageCount") else ""),
        parent,
        tuple(_mentioned(row)),
        edited_ms=edited_after(row.get("editedAt"), at_ms),
        files=tuple(_UPLOAD.findall(text)),
    )


def _mentioned(row: dict[str, Any]) -> dict[str, None]:
    """Ids of the people called. A mention without an id names nobody known; one of a group calls all of its ids."""
    mentions: dict[str, None] = {}
    for mention in objects_of(row.get("mentions")):
        several = mention.get("userIds")
        idents = [mention.get("userId"), *(several if isinstance(several, list) else ())]
        mentions.update(dict.fromkeys(text_of(ident) for ident in idents if text_of(ident)))
    return mentions


def _rows(reading: Reading, entry: SourceEntry) -> Iterator[Any]:
    if reading.source.head(entry, 64).lstrip()[:1] == b"[":
        yield from (value for key, value in reading.json_items(entry) if not key)
        return
    yield from json_lines(reading, entry, None)


def _room_of(entry: SourceEntry, source: ArchiveSource) -> str:
    """``FreeCodeCamp/Aarhus.json`` is the room FreeCodeCamp/Aarhus; ``Aarhus/messages.ndjson`` is Aarhus."""
    name = without_packing(entry.name)
    for suffix in _SUFFIXES:
        name = name.removesuffix(suffix)
    if _PLAIN.fullmatch(name):
        name = name.rpartition("/")[0] or source.name.split(".")[0]
    return name


def _message_files(source: ArchiveSource) -> Iterator[SourceEntry]:
    alone = len(source.entries) == 1
    for entry in source.entries:
        if (alone or entry.name.lower().endswith(_SUFFIXES)) and not _ROOM_LIST.fullmatch(entry.name):
            yield entry


register_importer(
    Importer(
        "gitter",
        gettext_noop("Gitter rooms (JSON)"),
        recognises,
        read,
        export=gettext_noop(
            "Rooms that were exported before Gitter moved to Matrix: a JSON file a room, beside rooms.json."
        ),
    )
)
