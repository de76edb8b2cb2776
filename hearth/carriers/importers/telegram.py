"""Telegram Desktop's JSON export (``result.json``): one chat, or a whole account.

Format: https://telegram.org/blog/export-and-more; as written by ``export_output_json.cpp`` of
https://github.com/telegramdesktop/tdesktop. Chats between two people, with bots and with oneself are left out unless
the mapping includes them. Notices name people without an id, so who was added or removed is told at the end of a chat,
once the names of all who spoke are known. The export does not say who is a bot.
"""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from hearth.carriers.registry import ArchiveSource, Importer, Reading, SourceEntry, register_importer
from hearth.carriers.rules.by_name import ByName
from hearth.carriers.rules.reasons import gettext_noop
from hearth.carriers.rules.runs import markdown
from hearth.carriers.rules.times import TimeProblemError, parse_time
from hearth.carriers.types import (
    ArchiveAuthor,
    ArchiveChannel,
    ArchiveMessage,
    ArchiveMove,
    ArchiveReaction,
    ArchiveRecord,
)

_INTO = frozenset(("chats", "chats.list", "left_chats", "left_chats.list", "contacts", "sessions", "other_data"))
_LISTS = ("chats.list", "left_chats.list")
_DIRECT = frozenset(("personal_chat", "bot_chat", "saved_messages", "replies", "verification_codes"))
_JOINS = ("invite_members", "create_group", "join_group_by_link", "join_group_by_request")
_MOST = 1_000_000  # messages in topics kept in mind
_LOOK_AT = 20  # files


class _Chat:
    """One chat while it is read: what is known of it, of its people and of its topics."""

    def __init__(self) -> None:
        self.about: dict[str, Any] = {}
        self.announced = False
        self.told: set[str] = set()
        self.people = ByName()
        self.topics: dict[int, str] = {}
        self.within: dict[int, int] = {}  # message → topic

    @property
    def id(self) -> str:
        """The chat's id with its kind before it, as ``from_id`` writes it: each kind counts on its own."""
        kind, ident = _text(self.about.get("type")), self.about.get("id")
        if not isinstance(ident, int) or isinstance(ident, bool):
            return kind
        word = "user" if kind in _DIRECT else "chat" if kind == "private_group" else "channel"
        return f"{word}{ident}"

    @property
    def is_direct(self) -> bool:
        """Whether it is talk between people alone."""
        return self.about.get("type") in _DIRECT

    def channel(self) -> ArchiveChannel:
        """The chat as a place."""
        private = self.is_direct or _text(self.about.get("type")).startswith("private")
        return ArchiveChannel(self.id, _text(self.about.get("name")) or self.id, is_private=private)

    def author(self, row: dict[str, Any], key: str) -> Iterator[ArchiveAuthor]:
        """Whoever ``from`` or ``actor`` names, the first time."""
        ident, name = _ident(row, key), _text(row.get(key))
        if ident and ident not in self.told:
            self.told.add(ident)
            self.people.learn(name, ident)
            yield ArchiveAuthor(ident, name or ident)

    def placed(self, row: dict[str, Any]) -> tuple[str, str]:
        """Thread and answered message. In a forum the first message of a topic is its notice, which is no answer."""
        answered = row.get("reply_to_message_id")
        if not isinstance(answered, int) or "reply_to_peer_id" in row:
            return "", ""
        topic = answered if answered in self.topics else self.within.get(answered)
        if topic is None:
            return "", str(answered)
        if isinstance(row.get("id"), int) and len(self.within) < _MOST:
            self.within[row["id"]] = topic
        return self.topics[topic], "" if answered == topic else str(answered)


def recognises(source: ArchiveSource) -> float:
    """Certain when a file begins as a chat or as an account does."""
    alone = len(source.entries) == 1
    for entry in source.entries[:_LOOK_AT]:
        if (alone or entry.name.lower().endswith(".json")) and _is_ours(source, entry):
            return 0.95
    return 0.0


def read(reading: Reading) -> Iterator[ArchiveRecord]:
    """Chat after chat, each with who came and went at its end."""
    alone = len(reading.source.entries) == 1
    named = (entry for entry in reading.source.entries if alone or entry.name.lower().endswith(".json"))
    entries = [entry for entry in named if _is_ours(reading.source, entry)]
    reading.plan(entries)
    for entry in entries:
        yield from _file(reading, entry)


def _file(reading: Reading, entry: SourceEntry) -> Iterator[ArchiveRecord]:
    chat = _Chat()
    for key, value in reading.json_items(entry, _INTO):
        if key.startswith("{"):
            if key[1:] in _LISTS:
                yield from _moved(reading, chat)
                chat = _Chat()
            continue
        path, _, member = key.rpartition(".")
        if path.lstrip("=") not in ("", *_LISTS):
            continue
        if member.lstrip("=") != "messages":
            chat.about[member.lstrip("=")] = value if isinstance(value, str | int) else ""
        elif chat.is_direct and not reading.mapping.include_direct:
            reading.leave_out("direct_message")
        else:
            if not chat.announced:
                chat.announced = True
                yield chat.channel()
            yield from _event(reading, value, chat)
    yield from _moved(reading, chat)


def _event(reading: Reading, row: Any, chat: _Chat) -> Iterator[ArchiveRecord]:
    if not isinstance(row, dict) or not isinstance(row.get("id"), int):
        yield reading.reject("no_id" if isinstance(row, dict) else "not_a_message")
        return
    if row.get("type") not in ("message", "service"):
        reading.leave_out("service_notice")  # "unsupported": the export says no more than that it was there
        return
    try:
        at_ms = _when(row, "date", reading) or 0
        edited = _when(row, "edited", reading)
    except TimeProblemError as problem:
        yield reading.reject(problem.code, **({} if problem.code == "no_time" else {"value": row.get("date")}))
        return
    if row["type"] == "service":
        yield from _service(reading, row, chat, at_ms)
    else:
        yield from chat.author(row, "from")
        mentions: dict[str, None] = {}
        text = _said(row, mentions)
        thread, answered = chat.placed(row)
        author = _ident(row, "from") or _text(row.get("from"))
        files = tuple(_files(row))
        yield ArchiveMessage(
            str(row["id"]),
            chat.id,
            author,
            at_ms,
            text,
            thread,
            answered,
            tuple(mentions),
            edited_ms=edited,
            files=files,
        )
    yield from _reactions(reading, row, chat)


def _when(row: dict[str, Any], key: str, reading: Reading) -> int | None:
    """Seconds since 1970 where the export has them, else the time of the clock that exported."""
    exact = row.get(key + "_unixtime")
    if key == "edited" and exact is None and row.get(key) is None:
        return None
    return parse_time(exact if exact is not None else row.get(key), ZoneInfo(reading.mapping.tz))


def _service(reading: Reading, row: dict[str, Any], chat: _Chat, at_ms: int) -> Iterator[ArchiveRecord]:
    action, actor = _text(row.get("action")), _ident(row, "actor") or _text(row.get("actor"))
    if action in _JOINS or action in ("remove_members", "topic_created"):
        yield from chat.author(row, "actor")
    if action == "topic_created" and len(chat.topics) < _MOST:
        chat.topics[row["id"]] = _text(row.get("title")) or str(row["id"])
    if action.startswith("join_group"):
        yield ArchiveMove(chat.id, actor, at_ms, "join")
    elif action in _JOINS or action == "remove_members":
        members = row.get("members")
        kind = "join" if action in _JOINS else "leave"
        for name in members if isinstance(members, list) else ():
            if not isinstance(name, str) or not name or not chat.people.keep(name, at_ms, kind, actor):
                reading.leave_out("service_notice")  # a deleted account has no name
    else:
        reading.leave_out("service_notice")


def _moved(reading: Reading, chat: _Chat) -> Iterator[ArchiveRecord]:
    """Who was added and removed, by the ids of those who spoke under that name."""
    for move in chat.people.moves(chat.id):
        if move is not None:
            yield move
        else:
            reading.leave_out("service_notice")


def _said(row: dict[str, Any], mentions: dict[str, None]) -> str:
    runs = row.get("text_entities")
    text = markdown(runs if isinstance(runs, list) and runs else row.get("text"), mentions)
    if isinstance(row.get("forwarded_from"), str) and text:
        text = "\n".join(f"> {line}" for line in text.split("\n"))
    poll = row.get("poll")
    if isinstance(poll, dict) and not text:
        answers = poll.get("answers")
        options = [one.get("text") for one in answers if isinstance(one, dict)] if isinstance(answers, list) else []
        text = "\n".join([_text(poll.get("question")), *(f"- {_text(option)}" for option in options)])
    return text or _text(row.get("place_name")) or _text(row.get("sticker_emoji"))


def _files(row: dict[str, Any]) -> Iterator[str]:
    """Paths within the export; a name or a kind where the file itself was not exported."""
    for key in ("photo", "file", "contact_vcard"):
        path = _text(row.get(key))
        if path.startswith("("):
            path = _text(row.get("file_name")) or _text(row.get("media_type")) or key
        if path:
            yield path


def _reactions(reading: Reading, row: dict[str, Any], chat: _Chat) -> Iterator[ArchiveRecord]:
    reactions = row.get("reactions")
    for reaction in reactions if isinstance(reactions, list) else ():
        if not isinstance(reaction, dict):
            continue
        shown = _text(reaction.get("emoji")) or {"paid": "⭐"}.get(_text(reaction.get("type")), "custom_emoji")
        recent, named = reaction.get("recent"), 0
        for one in recent if isinstance(recent, list) else ():
            if isinstance(one, dict) and _ident(one, "from"):
                named += 1
                yield from chat.author(one, "from")
                yield ArchiveReaction(chat.id, str(row["id"]), _ident(one, "from"), shown, _reacted(one, reading))
        count = reaction.get("count")
        if isinstance(count, int) and named < count < 1 << 31:
            reading.leave_out("unnamed_reaction", count - named)


def _reacted(one: dict[str, Any], reading: Reading) -> int | None:
    try:
        return _when(one, "date", reading)
    except TimeProblemError:
        return None


def _is_ours(source: ArchiveSource, entry: SourceEntry) -> bool:
    head = source.head(entry)[:8192]
    start = head[:2000].lstrip()
    if start.startswith(b"{") and b'"about"' in start and (b"Telegram" in head or b'"personal_information"' in head):
        return True
    chat = all(key in start for key in (b'"type"', b'"id"', b'"messages"'))
    known = (b'"date_unixtime"', b'"text_entities"', b'"from_id"', b'"actor_id"')
    return start.startswith(b"{") and chat and any(key in head for key in known)


def _ident(row: dict[str, Any], key: str) -> str:
    """``user17``; exports before 2021 wrote the number alone."""
    value = row.get(key + "_id")
    return f"user{value}" if isinstance(value, int) and not isinstance(value, bool) else _text(value)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


register_importer(
    Importer(
        "telegram",
        gettext_noop("Telegram (Desktop, JSON)"),
        recognises,
        read,
        export=gettext_noop("In Telegram Desktop, in the group: ⋮ → Export chat history → Format: JSON."),
    )
)
