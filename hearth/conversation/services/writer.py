"""The one writer of room logs, in plain SQL: the web, the live gateway and the importers all end here.

``write_posts`` and ``write_changes`` run inside the caller's transaction and, in it, take the room's counter, insert
entries, messages, search terms and facts. Numbers are gap-free because the counter row is held until the commit.
Callers check permission first (``rules.posting``); the writer only keeps what must always hold: one message per client
id, one per (source, external id), replies inside their room.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import orjson
from django.db import connection, transaction

from hearth.conversation.rules.rendering import RENDERER, needs_markdown, render, render_plain
from hearth.conversation.services import search_index
from hearth.conversation.types import Change, NewPost, Posted
from hearth.core import facts, sql, wake
from hearth.kit.clock import now

_MESSAGE_COLUMNS = (
    "id, community_id, room_id, number, author_id, client_id, source, external_id, text, html, renderer, topic, "
    "reply_to_id, thread_id, origin, author_role, is_question, answer_due_at, first_answer_at, accepted_id, state, "
    "pinned_at, edited_at, reactions, reply_count, occurred_at, recorded_at, historical, retention"
)
_INSERT_MESSAGE = sql.insert("conversation_message", _MESSAGE_COLUMNS)
_INSERT_ENTRY = sql.insert(
    "conversation_entry",
    "community_id, room_id, number, kind, message_id, author_id, occurred_at, recorded_at, data",
)
_INSERT_MENTION = sql.insert("conversation_mention", "community_id, message_id, identity_id")
_ANSWERED = (
    "UPDATE conversation_message SET reply_count = reply_count + 1, first_answer_at = CASE WHEN author_id = %s "
    "THEN first_answer_at WHEN first_answer_at IS NULL OR first_answer_at > %s THEN %s ELSE first_answer_at END "
    "WHERE id = %s"
)
_ROOM_MOVED = (
    "UPDATE conversation_room SET last_number = %s, message_count = message_count + %s, last_message_at = "
    "CASE WHEN last_message_at IS NULL OR last_message_at < %s THEN %s ELSE last_message_at END WHERE id = %s"
)


@dataclass(slots=True)
class _Room:
    id: int
    community_id: int
    group_id: int | None
    number: int
    start: int
    latest: str | datetime | None = None
    topics: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Known:
    """A message that a new one may answer: its thread and author."""

    id: int
    room_id: int
    thread_id: int | None
    author_id: int


@dataclass(slots=True)
class _Batch:
    """Everything one call gathers before it inserts."""

    rooms: dict[int, _Room]
    recorded: datetime
    moment: Any
    adapt: Callable[[datetime], Any]
    known: dict[int, _Known] = field(default_factory=dict)
    external: dict[tuple[int, str], _Known] = field(default_factory=dict)
    messages: list[tuple[Any, ...]] = field(default_factory=list)
    entries: list[tuple[Any, ...]] = field(default_factory=list)
    terms: list[tuple[int, int, int, str]] = field(default_factory=list)
    facts: list[tuple[Any, ...]] = field(default_factory=list)
    mentions: list[tuple[int, int, int]] = field(default_factory=list)
    answered: list[tuple[Any, ...]] = field(default_factory=list)
    attached: list[tuple[int, int, int, int]] = field(default_factory=list)


def write_posts(posts: Sequence[NewPost]) -> list[Posted]:
    """Write messages of any rooms in the order given; returns what became of each, in the same order.

    A post whose client id or (source, external id) is there already becomes the message that is there.
    Must run inside a transaction; raises LookupError when a room does not exist.
    """
    if not posts:
        return []
    if not connection.in_atomic_block:
        raise facts.OutsideTransaction("write_posts must run inside a transaction")
    with connection.cursor() as cursor:
        return _write_posts(cursor, posts)


def _write_posts(cursor: Any, posts: Sequence[NewPost]) -> list[Posted]:
    rooms = _lock_rooms(cursor, {post.room_id for post in posts})
    there = _already_there(cursor, posts)
    recorded, adapt = now(), sql.adapter()
    batch = _Batch(rooms, recorded, adapt(recorded), adapt)
    fresh = [post for post in posts if not any(key in there for key in _keys(post))] if there else posts
    _resolve_targets(cursor, batch, fresh)
    ids = iter(sql.allocate_ids(cursor, "conversation_message", len(fresh)))
    out = []
    for post in posts:
        keys = _keys(post)
        first = next((there[key] for key in keys if key in there), None)
        if first is None:
            first = _gather(batch, post, next(ids))
            there.update(dict.fromkeys(keys, first))
            out.append(first)
        else:
            out.append(replace(first, fresh=False))
    _insert(cursor, batch)
    transaction.on_commit(wake.poke)
    return out


def _keys(post: NewPost) -> list[tuple[Any, ...]]:
    keys: list[tuple[Any, ...]] = []
    if post.client_id is not None:
        keys.append((post.author_id, post.client_id))
    if post.external_id is not None:
        keys.append((post.room_id, post.source, post.external_id))
    return keys


def _lock_rooms(cursor: Any, room_ids: set[int]) -> dict[int, _Room]:
    """Take the counters, in one order, so that two writers never wait for each other in a circle."""
    hold = " FOR UPDATE" if connection.vendor == "postgresql" else ""
    rooms = {}
    for chunk in sql.chunks(sorted(room_ids)):
        cursor.execute(
            "SELECT id, community_id, group_id, last_number FROM conversation_room "
            f"WHERE id IN ({sql.marks(chunk)}) ORDER BY id{hold}",
            chunk,
        )
        rooms.update({row[0]: _Room(row[0], row[1], row[2], row[3], row[3]) for row in cursor.fetchall()})
    if len(rooms) != len(room_ids):
        raise LookupError(f"no such room: {sorted(room_ids - rooms.keys())}")
    return rooms


def _already_there(cursor: Any, posts: Sequence[NewPost]) -> dict[tuple[Any, ...], Posted]:
    found: dict[tuple[Any, ...], Posted] = {}
    columns = (
        "id, number, occurred_at, html, thread_id, reply_to_id, author_id, client_id, room_id, source, external_id"
    )
    by_client = [(post.author_id, post.client_id) for post in posts if post.client_id is not None]
    by_source = [(post.room_id, post.external_id) for post in posts if post.external_id is not None]
    author, outside = "m.author_id = v.a AND m.client_id = v.b", "m.room_id = v.a AND m.external_id = v.b"
    for pairs, same in ((by_client, author), (by_source, outside)):
        for chunk in sql.chunks(pairs):
            cursor.execute(
                f"{sql.pairs_as('v', chunk)}SELECT {columns} FROM v JOIN conversation_message m ON {same}",
                sql.flat(chunk),
            )
            for row in cursor.fetchall():
                at = sql.as_datetime(row[2])
                posted = Posted(row[0], row[1], fresh=False, occurred_at=at, html=row[3], thread_id=row[4])
                found[(row[6], row[7])] = posted
                found[(row[8], row[9], row[10])] = posted
    found.pop((None, None), None)
    return found


def _resolve_targets(cursor: Any, batch: _Batch, posts: Sequence[NewPost]) -> None:
    """Look up the messages that new ones answer, and the roots of their topics."""
    columns = "m.id, m.room_id, m.thread_id, m.author_id, m.external_id, m.topic"
    wanted = sorted({post.reply_to_id for post in posts if post.reply_to_id is not None})
    for ids in sql.chunks(wanted):
        cursor.execute(f"SELECT {columns} FROM conversation_message m WHERE m.id IN ({sql.marks(ids)})", ids)
        _note(batch, cursor.fetchall())
    outside = sorted({(post.room_id, post.reply_to_external) for post in posts if post.reply_to_external})
    topics = sorted({(post.room_id, post.topic) for post in posts if post.topic})
    root = "m.room_id = v.a AND m.topic = v.b AND m.thread_id IS NULL AND NOT (m.topic = '')"
    for pairs, same in ((outside, "m.room_id = v.a AND m.external_id = v.b"), (topics, root)):
        for chunk in sql.chunks(pairs):
            cursor.execute(
                f"{sql.pairs_as('v', chunk)}SELECT {columns} FROM v JOIN conversation_message m ON {same}",
                sql.flat(chunk),
            )
            _note(batch, cursor.fetchall())


def _note(batch: _Batch, rows: Sequence[Any]) -> None:
    for message_id, room_id, thread_id, author_id, external_id, topic in rows:
        known = batch.known.setdefault(message_id, _Known(message_id, room_id, thread_id, author_id))
        if external_id is not None:
            batch.external[(room_id, external_id)] = known
        if topic and thread_id is None and room_id in batch.rooms:
            batch.rooms[room_id].topics.setdefault(topic, message_id)


def _target(batch: _Batch, post: NewPost) -> _Known | None:
    if post.reply_to_id is not None:
        target = batch.known.get(post.reply_to_id)
    elif post.reply_to_external:
        target = batch.external.get((post.room_id, post.reply_to_external))
    else:
        return None
    return target if target is not None and target.room_id == post.room_id else None


def _gather(batch: _Batch, post: NewPost, message_id: int) -> Posted:
    room = batch.rooms[post.room_id]
    room.number += 1
    target = _target(batch, post)
    root = _root(batch, room, post, target)
    happened = post.occurred_at or batch.recorded
    occurred = batch.moment if post.occurred_at is None else batch.adapt(happened)
    plain = not (needs_markdown(post.text) if post.markup is None else post.markup)
    # Imports leave the long way of rendering to the first reader; live posts are rendered now.
    html = render_plain(post.text) if plain else "" if post.historical else render(post.text)
    topic = post.topic if root is None else ""
    batch.messages.append(
        (
            message_id, room.community_id, room.id, room.number, post.author_id, post.client_id, post.source,
            post.external_id, post.text, html, RENDERER if html else 0, topic,
            target.id if target else None, root.id if root else None, post.origin, post.actor_role,
            post.is_question, sql.moment_or_none(post.answer_due_at), None, None, "visible",
            None, None if post.edited_at is None else batch.adapt(post.edited_at),
            "{}", 0, occurred, batch.moment, post.historical, "talk",
        )
    )  # fmt: skip
    batch.entries.append(
        (room.community_id, room.id, room.number, "post", message_id, post.author_id, occurred, batch.moment, "{}")
    )
    batch.terms.append((message_id, room.community_id, room.id, post.text))
    _gather_links(batch, room, post, message_id, target, root, occurred, opens=bool(topic and root is None))
    known = _Known(message_id, room.id, root.id if root else None, post.author_id)
    batch.known[message_id] = known
    if post.external_id is not None:
        batch.external[(room.id, post.external_id)] = known
    if topic:
        room.topics[topic] = message_id
    if room.latest is None or occurred > room.latest:
        room.latest = occurred
    answered = target.id if target else None
    return Posted(message_id, room.number, True, happened, html, known.thread_id, answered)  # noqa: FBT003  hot path


def _root(batch: _Batch, room: _Room, post: NewPost, target: _Known | None) -> _Known | None:
    if target is not None:
        return (
            batch.known.get(target.thread_id) or _Known(target.thread_id, room.id, None, -1)
            if target.thread_id
            else target
        )
    if post.topic and post.topic in room.topics:
        return batch.known.get(room.topics[post.topic])
    return None


def _gather_links(
    batch: _Batch, room: _Room, post: NewPost, message_id: int, target: _Known | None, root: _Known | None, at: Any,
    *, opens: bool,
) -> None:  # fmt: skip
    """Facts, mentions, and what the new message means for the ones it answers. ``opens``: it begins a topic."""
    told = {
        "message": message_id,
        "room": room.id,
        "group": room.group_id,
        "number": room.number,
        "author": post.author_id,
        "reply_to": target.id if target else None,
        "thread": root.id if root else message_id if opens else None,
        "question": post.is_question,
        "mentions": list(post.mentions),
    }
    batch.facts.append(
        (
            facts.new_fact_key(), room.community_id, "conversation.message_posted", 1, post.actor, post.actor_role,
            post.origin, f"room:{room.id}", None, at, batch.moment, post.historical, orjson.dumps(told).decode(),
        )
    )  # fmt: skip
    if post.mentions:
        batch.mentions.extend((room.community_id, message_id, identity) for identity in post.mentions)
    if target is not None or root is not None:
        asked = {known.id for known in (target, root) if known is not None}
        batch.answered.extend((post.author_id, at, at, known) for known in asked)
    if post.attachments and post.uploader_id is not None:
        batch.attached.extend((message_id, file, room.id, post.uploader_id) for file in post.attachments)


def _insert(cursor: Any, batch: _Batch) -> None:
    if not batch.messages:
        return
    sql.insert_many(cursor, _INSERT_MESSAGE, batch.messages)
    sql.insert_many(cursor, _INSERT_ENTRY, batch.entries)
    facts.insert_rows(cursor, batch.facts)
    sql.insert_many(cursor, _INSERT_MENTION, batch.mentions)
    if batch.answered:
        cursor.executemany(_ANSWERED, batch.answered)
    if batch.attached:
        cursor.executemany(
            "UPDATE conversation_attachment SET message_id = %s "
            "WHERE id = %s AND room_id = %s AND uploader_id = %s AND message_id IS NULL",
            batch.attached,
        )
    moved = [room for room in batch.rooms.values() if room.number > room.start]
    cursor.executemany(
        _ROOM_MOVED,
        [(room.number, room.number - room.start, room.latest, room.latest, room.id) for room in moved],
    )
    search_index.add(
        cursor, batch.terms
    )  # last: FTS5 writes down what it gathered when a statement of many rows follows


def write_change(change: Change) -> int:
    """Append one entry that is not a post; returns its number. Must run inside the transaction of the change."""
    if not connection.in_atomic_block:
        raise facts.OutsideTransaction("write_change must run inside the transaction of its change")
    with connection.cursor() as cursor:
        room = _lock_rooms(cursor, {change.room_id})[change.room_id]
        number, moment = room.number + 1, sql.moment(now())
        cursor.execute("UPDATE conversation_room SET last_number = %s WHERE id = %s", [number, room.id])
        cursor.execute(
            _INSERT_ENTRY,
            [
                room.community_id, room.id, number, change.kind, change.message_id, change.author_id, moment, moment,
                orjson.dumps(change.data).decode(),
            ],
        )  # fmt: skip
    transaction.on_commit(wake.poke)
    return number
