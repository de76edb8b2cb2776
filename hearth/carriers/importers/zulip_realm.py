"""Zulip's own export of an organisation: ``realm.json`` and ``messages-000001.json`` …, usually in a tar.gz.

Format: https://zulip.readthedocs.io/en/stable/production/export-and-import.html; tables as in
``zerver/lib/export.py``. Private streams are read as private; direct messages are left out (and counted) unless the
mapping includes them. Content is Zulip Markdown.
"""

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from typing import Any

from hearth.carriers.registry import ArchiveSource, Importer, Reading, SourceEntry, register_importer
from hearth.carriers.rules.emojis import emoji_of
from hearth.carriers.rules.reasons import gettext_noop
from hearth.carriers.rules.times import TimeProblemError, parse_time
from hearth.carriers.types import (
    ArchiveAuthor,
    ArchiveChannel,
    ArchiveMessage,
    ArchiveMove,
    ArchiveReaction,
    ArchiveRecord,
)

_MESSAGES = re.compile(r"(?:.*/)?messages-\d+\.json(?:\.partial)?")
_STREAM = 2  # Recipient.STREAM; 1 and 3 are direct messages to one and to several
_MOVES = {301: "join", 302: "join", 303: "leave"}  # RealmAuditLog: subscription created, activated, deactivated
_MENTION = re.compile(r"@(_?)\*\*([^*\n|]{1,200})(?:\|(\d{1,12}))?\*\*")
_PLACE = re.compile(r"#\*\*([^*\n]{1,300})\*\*")
_QUOTE = re.compile(r"^(`{3,8})quote[^\S\n]*\n(.*?)(?:^\1[^\S\n]*$|\Z)\n?", re.DOTALL | re.MULTILINE)
_SAID = re.compile(r"\[said\]\(([^)\s]{1,600})\)")
_NEAR = re.compile(r"narrow/(?:stream|channel)/(\d{1,12})[^/]*/.*/(?:near|with)/(\d{1,18})")
_CODE_POINTS = re.compile(r"(?:1f|[23])[0-9a-f]{3}(?:-(?:1f|[023e])?[0-9a-f]{2,4}){0,7}")
_UPLOAD = re.compile(r"\((/user_uploads/[^)\s]{1,500})\)")


class _Realm:
    """What ``realm.json`` says: names by id, the stream behind a recipient, reactions by message in compact arrays."""

    def __init__(self) -> None:
        self.users: dict[int, tuple[str, bool, str]] = {}
        self.by_name: dict[str, int] = {}
        self.streams: dict[int, dict[str, Any]] = {}
        self.recipients: dict[int, int] = {}
        self.members: dict[int, list[str]] = {}
        self.moves: list[ArchiveMove] = []
        self.emojis: list[str] = []
        self._emoji_at: dict[str, int] = {}
        self._reacted = array("q")
        self._reactor = array("q")
        self._emoji = array("l")

    def react(self, message: int, user: int, emoji: str) -> None:
        """Remember a reaction: 24 bytes, as an export may hold millions."""
        at = self._emoji_at.setdefault(emoji, len(self.emojis))
        if at == len(self.emojis):
            self.emojis.append(emoji)
        self._reacted.append(message)
        self._reactor.append(user)
        self._emoji.append(at)

    def sort_reactions(self) -> None:
        """Order them by message, for ``reactions_to``."""
        order = sorted(range(len(self._reacted)), key=self._reacted.__getitem__)
        self._reacted, self._reactor, self._emoji = (
            array(values.typecode, [values[at] for at in order])
            for values in (self._reacted, self._reactor, self._emoji)
        )

    def reactions_to(self, message: int) -> Iterator[tuple[int, str]]:
        """User and emoji of each reaction to a message."""
        at = bisect_left(self._reacted, message)
        while at < len(self._reacted) and self._reacted[at] == message:
            yield self._reactor[at], self.emojis[self._emoji[at]]
            at += 1


def recognises(source: ArchiveSource) -> float:
    """Certain with ``realm.json`` beside message files."""
    realm = source.find("realm.json")
    if realm is None or b'"zerver_' not in source.head(realm):
        return 0.0
    return 0.97 if any(_MESSAGES.fullmatch(entry.name) for entry in source.entries) else 0.5


def read(reading: Reading) -> Iterator[ArchiveRecord]:
    """Streams and people first, then messages by file with their reactions, then who came and went."""
    entry = reading.source.find("realm.json")
    files = [found for found in reading.source.entries if _MESSAGES.fullmatch(found.name)]
    realm = _Realm()
    reading.plan([*([entry] if entry is not None else []), *files])
    if entry is not None:
        _learn(reading, entry, realm)
    for ident, (name, is_bot, email) in realm.users.items():
        yield ArchiveAuthor(str(ident), name, is_bot, email)
    for ident, stream in realm.streams.items():
        yield _channel(ident, stream, realm)
    for file in files:
        for key, row in reading.json_items(file):
            if key == "zerver_message":
                yield from _message(reading, row, realm)
    yield from realm.moves


def _learn(reading: Reading, entry: SourceEntry, realm: _Realm) -> None:
    subscribed: list[tuple[int, int]] = []
    for key, row in reading.json_items(entry):
        if not isinstance(row, dict):
            continue
        if key.startswith("zerver_userprofile"):
            _learn_user(row, realm)
        elif key == "zerver_stream":
            realm.streams[_number(row.get("id"))] = row
        elif key == "zerver_recipient" and row.get("type") == _STREAM:
            realm.recipients[_number(row.get("id"))] = _number(row.get("type_id"))
        elif key == "zerver_subscription" and row.get("active", True):
            subscribed.append((_number(row.get("recipient")), _number(row.get("user_profile"))))
        elif key == "zerver_reaction":
            realm.react(_number(row.get("message")), _number(row.get("user_profile")), _emoji(row))
        elif key == "zerver_realmauditlog" and _number(row.get("event_type")) in _MOVES:
            _learn_move(row, realm)
    for recipient, user in subscribed:
        realm.members.setdefault(realm.recipients.get(recipient, -1), []).append(str(user))
    realm.streams.pop(-1, None)
    realm.sort_reactions()


def _emoji(row: dict[str, Any]) -> str:
    """The emoji itself where Zulip gives its code points (``1f1e8-1f1f3``), else its name."""
    code = _text(row.get("emoji_code"))
    if row.get("reaction_type", "unicode_emoji") != "unicode_emoji" or not _CODE_POINTS.fullmatch(code):
        return emoji_of(_text(row.get("emoji_name")))
    return "".join(chr(int(point, 16)) for point in code.split("-"))


def _learn_user(row: dict[str, Any], realm: _Realm) -> None:
    ident = _number(row.get("id"))
    if ident < 0:
        return
    email = _text(row.get("delivery_email")) or _text(row.get("email"))
    name = _text(row.get("full_name")) or email.partition("@")[0] or str(ident)
    realm.users[ident] = (name, bool(row.get("is_bot")) or "full_name" not in row, email)
    realm.by_name.setdefault(name, ident)


def _learn_move(row: dict[str, Any], realm: _Realm) -> None:
    stream, user = _number(row.get("modified_stream")), _number(row.get("modified_user"))
    try:
        at_ms = parse_time(row.get("event_time"))
    except TimeProblemError:
        return
    if stream >= 0 and user >= 0:
        realm.moves.append(ArchiveMove(str(stream), str(user), at_ms, _MOVES[row["event_type"]]))


def _channel(ident: int, stream: dict[str, Any], realm: _Realm) -> ArchiveChannel:
    try:
        created: int | None = parse_time(stream.get("date_created"))
    except TimeProblemError:
        created = None
    members = tuple(realm.members.get(ident, ()))
    name = _text(stream.get("name")) or str(ident)
    return ArchiveChannel(
        str(ident), name, _text(stream.get("description")), created, members, bool(stream.get("invite_only"))
    )


def _message(reading: Reading, row: Any, realm: _Realm) -> Iterator[ArchiveRecord]:
    ident = _number(row.get("id")) if isinstance(row, dict) else -1
    if ident < 0 or "content" not in row:
        yield reading.reject("not_a_message" if not isinstance(row, dict) or "content" not in row else "no_id")
        return
    stream = realm.recipients.get(_number(row.get("recipient")))
    if stream is None and not reading.mapping.include_direct:
        reading.leave_out("direct_message")
        return
    moment = row.get("date_sent", row.get("pub_date"))
    try:
        at_ms = parse_time(moment)
        edited = parse_time(row["last_edit_time"]) if row.get("last_edit_time") else None
    except TimeProblemError as problem:
        yield reading.reject(problem.code, **({} if problem.code == "no_time" else {"value": moment}))
        return
    channel = str(stream) if stream is not None else f"direct-{_number(row.get('recipient'))}"
    if stream is None:
        yield ArchiveChannel(channel, channel, is_private=True)
    sender = _number(row.get("sender"))
    known = realm.users.get(sender, ("", False, ""))
    content = _text(row.get("content"))
    mentions: dict[str, None] = {}
    text = markdown(content, realm.by_name, mentions)
    yield ArchiveMessage(
        str(ident),
        channel,
        str(sender) if sender >= 0 else "",
        at_ms,
        text,
        _text(row.get("subject")),
        _quoted(content, channel),
        tuple(mentions),
        known[1],
        edited,
        tuple(_UPLOAD.findall(content)),
    )
    for user, emoji in realm.reactions_to(ident):
        if user >= 0:
            yield ArchiveReaction(channel, str(ident), str(user), emoji)


def _quoted(content: str, channel: str) -> str:
    """The message a quote was taken from, where it lies in the same stream."""
    for said in _SAID.finditer(content):
        near = _NEAR.search(said[1])
        if near and near[1] == channel:
            return near[2]
    return ""


def markdown(content: str, by_name: dict[str, int], mentions: dict[str, None]) -> str:
    """Zulip's Markdown in common Markdown; ids of people addressed are added to ``mentions`` (a silent mention
    addresses nobody).
    """

    def mention(found: re.Match[str]) -> str:
        silent, name, ident = found.groups()
        known = ident or str(by_name.get(name, ""))
        if not silent and known:
            mentions[known] = None
        return "@" + name

    def quote(found: re.Match[str]) -> str:
        return "\n".join(f"> {line}".rstrip() for line in found[2].rstrip("\n").split("\n")) + "\n"

    if "quote" in content:
        for _ in range(3):  # quotes of quotes
            content = _QUOTE.sub(quote, content)
    if "**" in content:
        content = _PLACE.sub(r"#\1", _MENTION.sub(mention, content))
    return _SAID.sub("said", content)


def _number(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 62 else -1


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


register_importer(
    Importer(
        "zulip-realm",
        gettext_noop("Zulip organisation export"),
        recognises,
        read,
        export=gettext_noop("Organisation settings → Data exports: the .tar.gz as it comes."),
    )
)
