"""Small archives written by hand in the published formats, and a reader that gathers what comes out of them."""

import io
import json
import os
import tarfile
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from hearth.carriers.queries import open_archive
from hearth.carriers.types import (
    ArchiveAuthor,
    ArchiveChannel,
    ArchiveMessage,
    ArchiveMove,
    ArchiveReaction,
    ArchiveRecord,
    ImportMapping,
    Limits,
    Rejected,
)

NOW_MS = 1_790_000_000_000  # 2026-09-21
DATA = Path(os.environ.get("HEARTH_DATA", Path(__file__).parents[4] / "shared" / "data"))

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the real archives are not here: set HEARTH_DATA")


class Read:
    """Everything one archive gave, sorted by kind."""

    def __init__(self, records: list[ArchiveRecord], key: str, left_out: Mapping[str, int]) -> None:
        self.records = records
        self.format = key
        self.left_out = dict(left_out)
        self.messages = [it for it in records if isinstance(it, ArchiveMessage)]
        self.channels = [it for it in records if isinstance(it, ArchiveChannel)]
        self.authors = [it for it in records if isinstance(it, ArchiveAuthor)]
        self.reactions = [it for it in records if isinstance(it, ArchiveReaction)]
        self.moves = [it for it in records if isinstance(it, ArchiveMove)]
        self.rejected = [it for it in records if isinstance(it, Rejected)]
        self.codes = [it.code for it in self.rejected]
        self.texts = [it.text for it in self.messages]


def read(
    path: Path, mapping: ImportMapping | None = None, key: str | None = None, limits: Limits | None = None
) -> Read:
    """Read all of an archive at the fixed time."""
    with open_archive(path, mapping, key, now_ms=NOW_MS, limits=limits) as archive:
        records = list(archive.read())
        return Read(records, archive.format, archive.left_out)


def lines(*rows: object) -> bytes:
    """Rows as NDJSON."""
    return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)


def message(ident: int, text: str = "Morning, all", **more: object) -> dict[str, object]:
    """A line of a message archive."""
    return {"id": str(ident), "ts": 1_700_000_000 + ident, "ch": "ward", "u": "ada", "t": text, **more}


def zipped(path: Path, files: Mapping[str, object]) -> Path:
    """A zip of JSON values, texts or bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, as_bytes(content))
    return path


def tarred(path: Path, files: Mapping[str, object], mode: str = "w:gz") -> Path:
    """A tar of JSON values, texts or bytes."""
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            data = as_bytes(content)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def as_bytes(content: object) -> bytes:
    """Bytes as they are, text as UTF-8, anything else as JSON."""
    if isinstance(content, bytes):
        return content
    return content.encode() if isinstance(content, str) else json.dumps(content, ensure_ascii=False, indent=1).encode()


SLACK: dict[str, object] = {
    "users.json": [
        {"id": "U1", "name": "ada", "profile": {"display_name": "Ada", "email": "ada@example.org"}},
        {"id": "U2", "name": "bo", "real_name": "Bo Keeper", "profile": {}},
        {"id": "UB", "name": "pager", "is_bot": True, "profile": {"real_name": "Pager"}},
    ],
    "channels.json": [
        {
            "id": "C1",
            "name": "ward",
            "created": 1600000000,
            "members": ["U1", "U2"],
            "purpose": {"value": "Rounds &amp; talk"},
        },
        {"id": "C2", "name": "team/night", "members": []},
    ],
    "dms.json": [{"id": "D1", "members": ["U1", "U2"]}],
    "ward/2023-11-14.json": [
        {
            "type": "message",
            "subtype": "channel_join",
            "user": "U2",
            "ts": "1700000000.000100",
            "text": "<@U2> has joined",
        },
        {
            "type": "message",
            "user": "U1",
            "ts": "1700000001.000200",
            "thread_ts": "1700000001.000200",
            "text": "Who covers *tonight*, <@U2>? 3 &lt; 4 &amp; see <https://example.org/a|the plan> "
            "in <#C2|team/night> <!here>",
            "reactions": [{"name": "eyes", "users": ["U2", "UB"], "count": 2}],
        },
        {
            "type": "message",
            "user": "U2",
            "ts": "1700000061.000300",
            "thread_ts": "1700000001.000200",
            "text": "I ~can~ do `<x>`",
        },
        {
            "type": "message",
            "subtype": "bot_message",
            "bot_id": "B9",
            "username": "Rota",
            "ts": "1700000062.000400",
            "text": "Reminder",
        },
        {
            "type": "message",
            "subtype": "channel_topic",
            "user": "U1",
            "ts": "1700000063.000500",
            "text": "set the topic",
        },
        {
            "type": "message",
            "user": "U1",
            "ts": "1700000064.000600",
            "text": "",
            "edited": {"user": "U1", "ts": "1700000070.000000"},
            "files": [{"name": "rota.pdf", "url_private": "https://files.example.org/rota.pdf?t=xoxe-123"}],
        },
    ],
    "team/night/2023-11-15.json": [
        {"type": "message", "user": "U1", "ts": "1700090000.000100", "text": "Quiet night"},
        {"type": "message", "subtype": "channel_leave", "user": "U1", "ts": "1700090001.000100", "text": "left"},
    ],
    "D1/2023-11-14.json": [{"type": "message", "user": "U1", "ts": "1700000500.000100", "text": "between us"}],
}

_SAID = (
    '<p><span class="user-mention silent" data-user-id="7">Ada</span> '
    '<a href="#narrow/stream/12-night-ward/topic/x/near/501">said</a>:</p>'
)
ZULIP_ARCHIVE: dict[str, object] = {
    "zulip_json/stream_index.json": {
        "time": 1,
        "streams": {"night / ward": {"id": 12, "latest_id": 503, "topic_data": {}}},
    },
    "zulip_json/12-night-ward/.E2.9C.94.20who.20covers.3F.json": [
        {
            "id": 501,
            "sender_full_name": "Ada",
            "timestamp": 1700000000,
            "content": '<p>Who covers, <span class="user-mention" data-user-id="8">@Bo</span>? '
            "<em>Tonight</em> &amp; <code>a &lt; b</code></p>",
        },
        {
            "id": 502,
            "sender_full_name": "Bo",
            "timestamp": 1700000060,
            "content": _SAID + "\n<blockquote>\n<p>Who covers</p>\n</blockquote>\n<p>I do.</p>\n"
            "<ul>\n<li>till six</li>\n<li>then Dara</li>\n</ul>",
        },
        {"id": 503, "sender_full_name": "Notification Bot", "timestamp": 1700000070, "content": "<p>Resolved.</p>"},
    ],
}

ZULIP_REALM: dict[str, object] = {
    "export/realm.json": {
        "zerver_realm": [{"id": 1, "name": "Clinic"}],
        "zerver_userprofile": [
            {"id": 7, "full_name": "Ada", "delivery_email": "ada@example.org", "is_bot": False},
            {"id": 8, "full_name": "Bo", "email": "bo@example.org", "is_bot": False},
        ],
        "zerver_userprofile_crossrealm": [{"id": 3, "email": "notification-bot@zulip.com"}],
        "zerver_stream": [
            {
                "id": 12,
                "name": "night / ward",
                "description": "Rounds",
                "date_created": 1600000000.5,
                "invite_only": False,
            },
            {"id": 13, "name": "staff", "invite_only": True},
        ],
        "zerver_recipient": [
            {"id": 100, "type": 2, "type_id": 12},
            {"id": 101, "type": 2, "type_id": 13},
            {"id": 102, "type": 1, "type_id": 7},
            {"id": 103, "type": 3, "type_id": 1},
        ],
        "zerver_subscription": [
            {"recipient": 100, "user_profile": 7, "active": True},
            {"recipient": 100, "user_profile": 8, "active": False},
            {"recipient": 102, "user_profile": 7, "active": True},
        ],
        "zerver_reaction": [
            {"id": 2, "message": 501, "user_profile": 8, "emoji_name": "+1"},
            {"id": 1, "message": 501, "user_profile": 7, "emoji_name": "flag_cn", "emoji_code": "1f1e8-1f1f3"},
        ],
        "zerver_realmauditlog": [
            {"event_type": 301, "modified_stream": 12, "modified_user": 8, "event_time": 1600000001.0},
            {"event_type": 303, "modified_stream": 12, "modified_user": 8, "event_time": 1700009000.0},
            {"event_type": 101, "modified_user": 8, "event_time": 1600000001.0},
        ],
    },
    "export/messages-000001.json": {
        "zerver_message": [
            {
                "id": 501,
                "sender": 7,
                "recipient": 100,
                "subject": "cover",
                "content": "Who covers, @**Bo**? See #**staff**",
                "date_sent": 1700000000.25,
            },
            {"id": 502, "sender": 8, "recipient": 102, "subject": "", "content": "private", "date_sent": 1700000001.0},
        ],
        "zerver_usermessage": [{"id": 1, "user_profile": 7, "message": 501}],
    },
    "export/messages-000002.json": {
        "zerver_message": [
            {
                "id": 503,
                "sender": 8,
                "recipient": 100,
                "subject": "cover",
                "content": "@_**Ada|7** [said](https://z.example.org/#narrow/stream/12-night-ward/topic/cover/near/501):\n"
                "```quote\nWho covers\n```\nI do. [rota](/user_uploads/1/rota.pdf)",
                "date_sent": 1700000060.0,
                "last_edit_time": 1700000090.0,
            },
            {
                "id": 504,
                "sender": 7,
                "recipient": 103,
                "subject": "",
                "content": "also private",
                "date_sent": 1700000061.0,
            },
        ],
        "zerver_usermessage": [],
    },
}


def announcements(records: Iterable[ArchiveRecord]) -> list[ArchiveRecord]:
    """Channels and authors: what a reading that goes on hands out again."""
    return [record for record in records if isinstance(record, ArchiveChannel | ArchiveAuthor)]
