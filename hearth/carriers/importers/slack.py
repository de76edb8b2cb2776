"""Slack export: ``users.json``, ``channels.json`` and a folder per channel with a JSON file per day.

Format: https://slack.com/help/articles/220556107 and https://api.slack.com/events/message (subtypes). Private
channels (``groups.json``) are read as private; direct messages are left out unless the mapping includes them. Text is
mrkdwn and becomes Markdown.
"""

import html
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from hearth.carriers.registry import ArchiveSource, Importer, Reading, SourceEntry, register_importer
from hearth.carriers.rules.chat_marks import CODE, fenced, marked
from hearth.carriers.rules.emojis import emoji_of
from hearth.carriers.rules.json_items import JsonItems
from hearth.carriers.rules.reasons import gettext_noop
from hearth.carriers.types import (
    ArchiveAuthor,
    ArchiveChannel,
    ArchiveMessage,
    ArchiveMove,
    ArchiveReaction,
    ArchiveRecord,
)

_DAY = re.compile(r"(.+)/\d{4}-\d{2}-\d{2}\.json")
_STAMP = re.compile(r"(\d{1,12})(?:\.(\d{1,9}))?")
_TOKEN = re.compile(r"<([^<>]{1,4000})>")
_SECRET = re.compile(r"([?&])t=xox[^&]*&?")
_MOVES = {"channel_join": "join", "group_join": "join", "channel_leave": "leave", "group_leave": "leave"}
_TALK = frozenset(
    (
        "",
        "bot_message",
        "me_message",
        "thread_broadcast",
        "file_share",
        "file_comment",
        "file_mention",
        "reply_broadcast",
    )
)
_LISTS = (
    ("channels.json", False, False),
    ("groups.json", True, False),
    ("mpims.json", True, True),
    ("dms.json", True, True),
)


class _Workspace:
    """Names of users and channels, by id; which folders hold which channel; which are direct messages."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.users: dict[str, str] = {}
        self.bots: set[str] = set()
        self.channels: dict[str, str] = {}
        self.folders: dict[str, str] = {}
        self.direct: set[str] = set()


def recognises(source: ArchiveSource) -> float:
    """Certain with the two lists and day files; likely with day files alone that hold Slack messages."""
    days = [entry for entry in source.entries if _DAY.fullmatch(entry.name)]
    if days and source.find("users.json") and any(source.find(name) for name, *_ in _LISTS):
        return 0.95
    for entry in days[:3]:
        for piece in islice(JsonItems(iter((source.head(entry),))), 5):
            if isinstance(piece.value, dict) and {"type", "ts"} <= piece.value.keys():
                return 0.8
    return 0.0


def read(reading: Reading) -> Iterator[ArchiveRecord]:
    """Users, channels, then the days of each channel in order."""
    lists = {name: reading.source.find(name) for name in ("users.json", *(name for name, *_ in _LISTS))}
    described = next((entry.name for entry in lists.values() if entry is not None), "")
    workspace = _Workspace(described.rpartition("/")[0])
    prefix = workspace.root + "/" if workspace.root else ""
    days = [entry for entry in reading.source.entries if entry.name.startswith(prefix) and _DAY.fullmatch(entry.name)]
    reading.plan([*(entry for entry in lists.values() if entry is not None), *days])
    users = lists["users.json"]
    if users is not None:
        yield from _users(reading, users, workspace)
    for name, private, direct in _LISTS:
        entry = lists[name]
        if entry is not None:
            yield from _channels(reading, entry, workspace, private=private, direct=direct)
    for entry in days:
        yield from _day(reading, entry, workspace)


def _users(reading: Reading, entry: SourceEntry, workspace: _Workspace) -> Iterator[ArchiveRecord]:
    for _, user in reading.json_items(entry):
        ident = _text(user.get("id")) if isinstance(user, dict) else ""
        if not ident:
            yield reading.reject("not_a_message")
            continue
        profile = user.get("profile") if isinstance(user.get("profile"), dict) else {}
        names = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"), user.get("name"))
        name = next((_text(name) for name in names if _text(name)), ident)
        workspace.users[ident] = name
        is_bot = bool(user.get("is_bot")) or ident == "USLACKBOT"
        if is_bot:
            workspace.bots.add(ident)
        yield ArchiveAuthor(ident, name, is_bot, _text(profile.get("email")))


def _channels(
    reading: Reading, entry: SourceEntry, workspace: _Workspace, *, private: bool, direct: bool
) -> Iterator[ArchiveRecord]:
    for _, channel in reading.json_items(entry):
        ident = _text(channel.get("id")) if isinstance(channel, dict) else ""
        if not ident:
            yield reading.reject("not_a_message")
            continue
        name = _text(channel.get("name")) or ident
        workspace.channels[ident] = name
        workspace.folders.setdefault(name, ident)
        workspace.folders.setdefault(ident, ident)
        if direct:
            workspace.direct.add(ident)
            if not reading.mapping.include_direct:
                continue
        members = channel.get("members")
        yield ArchiveChannel(
            ident,
            name,
            _described(channel),
            _stamp_ms(_text(channel.get("created"))),
            tuple(_text(member) for member in members) if isinstance(members, list) else (),
            private,
        )


def _described(channel: dict[str, Any]) -> str:
    for part in ("purpose", "topic"):
        about = channel.get(part)
        if isinstance(about, dict) and _text(about.get("value")):
            return html.unescape(_text(about.get("value")))
    return ""


def _day(reading: Reading, entry: SourceEntry, workspace: _Workspace) -> Iterator[ArchiveRecord]:
    found = _DAY.fullmatch(entry.name)
    folder = found[1] if found else ""
    if workspace.root:
        folder = folder.removeprefix(workspace.root + "/")
    channel = workspace.folders.get(folder, folder)
    left_out = channel in workspace.direct and not reading.mapping.include_direct
    for key, event in reading.json_items(entry):
        if key:
            continue
        if left_out:
            reading.leave_out("direct_message")
        elif isinstance(event, dict):
            yield from _event(reading, event, channel, workspace)
        else:
            yield reading.reject("not_a_message")


def _event(reading: Reading, event: dict[str, Any], channel: str, workspace: _Workspace) -> Iterator[ArchiveRecord]:
    stamp = _text(event.get("ts"))
    if not stamp:
        yield reading.reject("no_time")
        return
    at_ms = _stamp_ms(stamp)
    if at_ms is None:
        yield reading.reject("bad_time", value=stamp)
        return
    subtype = _text(event.get("subtype"))
    if subtype in _MOVES:
        yield ArchiveMove(channel, _text(event.get("user")), at_ms, _MOVES[subtype])
    elif subtype not in _TALK or event.get("hidden"):
        reading.leave_out("service_notice")
        return
    elif "text" in event or "files" in event or "file" in event or "attachments" in event:
        yield from _message(event, channel, stamp, at_ms, workspace)
    else:
        yield reading.reject("not_a_message")
        return
    yield from _reactions(event, channel, stamp)


def _message(
    event: dict[str, Any], channel: str, stamp: str, at_ms: int, workspace: _Workspace
) -> Iterator[ArchiveRecord]:
    author, name = _author(event, workspace)
    is_bot = (
        author in workspace.bots or event.get("subtype") == "bot_message" or ("bot_id" in event and "user" not in event)
    )
    if author and author not in workspace.users:
        yield ArchiveAuthor(author, name or author, is_bot)
    mentions: dict[str, None] = {}
    text = markdown(_text(event.get("text")) or _attached(event), workspace.users, workspace.channels, mentions)
    thread = _text(event.get("thread_ts"))
    edited = event.get("edited")
    yield ArchiveMessage(
        stamp,
        channel,
        author,
        at_ms,
        text,
        thread,
        thread if thread != stamp else "",
        tuple(mentions),
        is_bot,
        _stamp_ms(_text(edited.get("ts"))) if isinstance(edited, dict) else None,
        _files(event),
    )


def _author(event: dict[str, Any], workspace: _Workspace) -> tuple[str, str]:
    """The author's id, and a name where the message carries one. Bots have an id of their own, comments their own
    author.
    """
    comment = event.get("comment")
    user = _text(event.get("user")) or (_text(comment.get("user")) if isinstance(comment, dict) else "")
    profile = event.get("user_profile") or event.get("bot_profile")
    shown = _text(event.get("username"))
    if isinstance(profile, dict):
        shown = (
            shown or _text(profile.get("display_name")) or _text(profile.get("real_name")) or _text(profile.get("name"))
        )
    return user or _text(event.get("bot_id")) or shown, shown or workspace.users.get(user, "")


def _attached(event: dict[str, Any]) -> str:
    """What bots say often stands in an attachment alone."""
    attachments = event.get("attachments")
    for attachment in attachments if isinstance(attachments, list) else ():
        if isinstance(attachment, dict):
            text = _text(attachment.get("text")) or _text(attachment.get("fallback"))
            if text:
                return text
    return ""


def _files(event: dict[str, Any]) -> tuple[str, ...]:
    """Addresses of files, without the token that exports add to them; names where there is no address."""
    listed = event.get("files") if isinstance(event.get("files"), list) else [event.get("file")]
    found = []
    for file in listed or ():
        if isinstance(file, dict):
            shown = (
                _text(file.get("url_private"))
                or _text(file.get("permalink"))
                or _text(file.get("name"))
                or _text(file.get("title"))
            )
            if shown:
                found.append(_SECRET.sub(r"\1", shown).rstrip("?&"))
    return tuple(found)


def _reactions(event: dict[str, Any], channel: str, stamp: str) -> Iterator[ArchiveRecord]:
    reactions = event.get("reactions")
    for reaction in reactions if isinstance(reactions, list) else ():
        if not isinstance(reaction, dict) or not isinstance(reaction.get("users"), list):
            continue
        for user in reaction["users"]:
            if _text(user):
                yield ArchiveReaction(channel, stamp, _text(user), emoji_of(_text(reaction.get("name"))))


def markdown(text: str, users: dict[str, str], channels: dict[str, str], mentions: dict[str, None]) -> str:
    """Slack's mrkdwn as Markdown; ids of people mentioned are added to ``mentions``."""

    def token(found: re.Match[str]) -> str:
        body, _, label = found[1].partition("|")
        if body.startswith("@"):
            mentions[body[1:]] = None
            return "@" + (users.get(body[1:]) or label or body[1:])
        if body.startswith("#"):
            return "#" + (channels.get(body[1:]) or label or body[1:])
        return _command(body, label) if body.startswith("!") else _address(body, label)

    parts = CODE.split(text) if "`" in text else [text]
    done = []
    for at, part in enumerate(parts):
        plain = _TOKEN.sub(token, part) if "<" in part else part
        done.append(fenced(plain) if at % 2 else marked(plain))
    # Entities come last: an escaped "<" is not the start of a token.
    return html.unescape("".join(done)) if "&" in text else "".join(done)


def _command(body: str, label: str) -> str:
    """``<!here>``, ``<!subteam^S1|@team>``, ``<!date^…|fallback>``."""
    word = label or body[1:].partition("^")[0]
    return word if body.startswith("!date") or word.startswith("@") else "@" + word


def _address(body: str, label: str) -> str:
    if body.startswith("mailto:"):
        return label or body[7:]
    return f"[{label}]({body.replace(')', '%29')})" if label and label != body else body


def _stamp_ms(text: str) -> int | None:
    found = _STAMP.fullmatch(text)
    return int(found[1]) * 1000 + int((found[2] or "").ljust(3, "0")[:3]) if found else None


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


register_importer(
    Importer(
        "slack",
        gettext_noop("Slack export"),
        recognises,
        read,
        export=gettext_noop(
            "Settings & administration → Workspace settings → Import/export data → Export: the zip as it comes."
        ),
    )
)
